"""Click commands whose help and complaints exist in Japanese and English.

`--lang` before the command, or GIS_CAPTURE_LANGUAGE, chooses; the default is Japanese.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from gis_capture.errors import CaptureError
from gis_capture.text import LANGUAGES, Text

Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)

LANGUAGE_VARIABLE = "GIS_CAPTURE_LANGUAGE"

HEADINGS = {
    "Usage": Text("使い方", "Usage"),
    "Options": Text("オプション", "Options"),
    "Commands": Text("コマンド", "Commands"),
}


def language_of(context: click.Context | None = None) -> str:
    """The language chosen for this run: "ja" or "en"."""
    context = context or click.get_current_context(silent=True)
    return str((context.find_root().meta if context else {}).get("language", "ja"))


def say(text: Text, *, error: bool = False) -> None:
    """Prints a line in the chosen language."""
    click.echo(text.in_language(language_of()), err=error)


class Option(click.Option):
    """An option with help in both languages."""

    def __init__(self, *arguments: Any, help: Text, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.words = help

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Gives the words of the chosen language."""
        self.help = self.words.in_language(language_of(ctx))
        return super().get_help_record(ctx)


def option(*names: str, help: Text, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """`click.option` with help in both languages."""
    return click.option(*names, cls=Option, help=help, **attributes)


class _Localized(click.Command):
    words: Text

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        heading = HEADINGS["Usage"].in_language(language_of(ctx))
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=f"{heading}: ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.words.in_language(language_of(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        records = [record for parameter in options if (record := parameter.get_help_record(ctx))]
        if records:
            with formatter.section(HEADINGS["Options"].in_language(language_of(ctx))):
                formatter.write_dl(records)


class Command(_Localized):
    """A command with help in both languages."""

    def __init__(self, *arguments: Any, words: Text, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.words = words

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, described in the chosen language."""
        return _help_option(super().get_help_option(ctx), ctx)


class Group(_Localized, click.Group):
    """A group that imports a command's module only when it is asked for.

    Args:
        modules: Command name to the module that holds a `command` object.
    """

    def __init__(self, *arguments: Any, words: Text, modules: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.words = words
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Gives the commands in the order in which a person needs them."""
        return [*self.modules, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command's module."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        command: click.Command = importlib.import_module(self.modules[cmd_name]).command
        return command

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, described in the chosen language."""
        return _help_option(super().get_help_option(ctx), ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options, then the commands with the first sentence of their help."""
        super().format_options(ctx, formatter)
        language = language_of(ctx)
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            assert isinstance(command, _Localized)
            rows.append((name, command.words.in_language(language).split("。")[0].split(". ")[0]))
        with formatter.section(HEADINGS["Commands"].in_language(language)):
            formatter.write_dl(rows)


def _help_option(found: click.Option | None, ctx: click.Context) -> click.Option | None:
    if found is not None:
        found.help = Text("この説明を表示します。", "Shows this help.").in_language(language_of(ctx))
    return found


def choose_language(ctx: click.Context, _: click.Parameter, value: str) -> str:
    """Remembers `--lang` before any help is shown."""
    ctx.find_root().meta["language"] = value
    return value


language_option = option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="ja",
    envvar=LANGUAGE_VARIABLE,
    is_eager=True,
    expose_value=False,
    callback=choose_language,
    help=Text("表示する言語(ja または en)。", "Language of all messages (ja or en)."),
)


def tell_error(error: CaptureError, language: str) -> None:
    """Prints what went wrong to standard error."""
    label = Text("エラー: ", "Error: ")
    click.echo(label.in_language(language) + error.message.in_language(language), err=True)
