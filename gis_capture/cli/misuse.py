"""What click says of a command that it does not understand, in the words of the chosen language."""

import re

import click

_QUOTED = r"['\"]?(.+?)['\"]?"
# click's own sentences, and what they are in Japanese; a sentence that is not here stays as it is.
_SENTENCES = tuple(
    (re.compile(pattern, re.DOTALL), japanese)
    for pattern, japanese in (
        (r"Got unexpected extra arguments? \((.+)\)", r'余分な指定があります（\1）。空白を含む名前は " " で囲みます。'),
        (rf"No such option:? {_QUOTED}\.?(?: .*)?", r"「\1」というオプションはありません。"),
        (rf"No such command {_QUOTED}\.(?: .*)?", r"「\1」というコマンドはありません。"),
        (r"Missing command\.", r"コマンドを指定してください。"),
        (rf"Option {_QUOTED} requires (?:an argument|\d+ arguments)\.", r"「\1」のあとに値を指定してください。"),
        (rf"Option {_QUOTED} does not take a value\.", r"「\1」に値は付けられません。"),
        (rf"{_QUOTED} is not one of (.+)\.", r"「\1」は使えません。使えるもの：\2"),
        (rf"{_QUOTED} is not a valid (?:integer|float)(?: range)?\.", r"「\1」は数ではありません。"),
        (r"(\S+) is not in the range (.+)\.", r"\1 は範囲の外です（\2）。"),
        (rf"\w+ {_QUOTED} does not exist\.", r"「\1」がありません。"),
        (rf"\w+ {_QUOTED} is a (?:file|directory)\.", r"「\1」はファイルとフォルダーを取り違えています。"),
        (rf"\w+ {_QUOTED} is not (?:readable|writable)\.", r"「\1」を読み書きする権限がありません。"),
    )
)


def describe_misuse(error: click.UsageError, language: str) -> str:
    """Says what was wrong with a command, and what was meant perhaps."""
    if language != "ja":
        return error.format_message()
    if isinstance(error, click.MissingParameter):
        return f"{_name_of(error) or '値'} を指定してください。"
    said = _translate(error.message)
    if isinstance(error, click.BadParameter) and (name := _name_of(error)):
        said = f"{name}: {said}"
    meant = getattr(error, "possibilities", None)
    return f"{said} もしかして: {'、'.join(meant)}" if meant else said


def _translate(sentence: str) -> str:
    for pattern, japanese in _SENTENCES:
        if found := pattern.fullmatch(sentence.strip()):
            return found.expand(japanese)
    return sentence


def _name_of(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    return error.param.opts[0] if isinstance(error.param, click.Option) else error.param.make_metavar(_context(error))


def _context(error: click.BadParameter) -> click.Context:
    return error.ctx or click.get_current_context()
