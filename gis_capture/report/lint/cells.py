"""What one text breaks in a column of a kind, and what a clean copy makes of it."""

from collections.abc import Iterator

from gis_capture.report.lint import texts
from gis_capture.report.lint.columns import Kind
from gis_capture.text import NO_TEXT, Text

Broken = tuple[str, Text, Text]
"""A rule, what breaks it, and what to do."""


def broken_by(text: str, kind: Kind) -> Iterator[tuple[Broken, bool]]:
    """Gives what a text breaks, and whether what a clean copy makes of it breaks that rule no more."""
    steps = steps_of(text, kind)
    still = {rule for rule, _, _ in _of_text(steps[-1][1] if steps else text, kind)}
    for broken in _of_text(text, kind):
        yield broken, broken[0] not in still


def steps_of(text: str, kind: Kind) -> list[tuple[str, str]]:
    """The changes of a text, one after the other, each with the rule that asks for it."""
    steps: list[tuple[str, str]] = []
    if not text:
        return steps
    is_one = texts.n_data(text, is_prose=kind.is_prose) == 1
    if kind.is_number and is_one and not texts.is_plain_number(text) and not texts.is_sign(text):
        number = texts.plain_number(text, kind.unit)
        if number is not None and (len(kind.units) < 2 or not texts.unit_of(text)):
            return [("1-3", number)]
    if kind.is_date and texts.is_era_only(text) and (western := texts.western_date(text)):
        return [("1-11", western)]
    if is_one and (bare := texts.without_layout(text)) != text:
        steps.append(("1-5", bare))
        text = bare
    if (usual := texts.without_dependent(text)) != text:
        steps.append(("1-10", usual))
    return steps


def _of_text(text: str, kind: Kind) -> Iterator[Broken]:
    """The rules that a text breaks, and what to do."""
    shown = text if len(text) <= 40 else text[:40] + "…"
    if texts.is_ditto(text):
        told = Text(f"「{shown}」で値を省略しています。", f'"{shown}" stands for a value.')
        yield "1-6", told, Text("値を書いてください。", "Write the value.")
        return
    n = texts.n_data(text, is_prose=kind.is_prose)
    if n > 1:
        told = Text(f"1つのセルに{n}つのデータがあります：「{shown}」", f'The cell holds {n} data: "{shown}"')
        yield "1-2", told, Text("データごとにセルを分けてください。", "Give each a cell of its own.")
    if kind.is_number and n == 1 and not texts.is_plain_number(text):
        if texts.is_sign(text):
            told = Text(f"数値の列に記号「{shown}」があります。", f'The sign "{shown}" stands among numbers.')
            todo = Text("空欄にし、意味は注か別の列に書いてください。", "Leave it blank; say what it means elsewhere.")
            yield "1-13", told, todo
        elif (number := texts.plain_number(text, kind.unit)) is not None:
            told = Text(f"数値に文字が入っています：「{shown}」", f'The number has text in it: "{shown}"')
            todo = Text(f"「{number}」と書いてください。", f'Write "{number}".')
            unit = texts.unit_of(text)
            if unit and len(kind.units) > 1:
                todo = Text(
                    "数値だけにし、単位は別の列に書いてください（単位が混ざっています）。",
                    "Write the number only, and the unit in a column of its own: there are several.",
                )
            elif unit:
                todo = Text(
                    f"「{number}」と書き、単位「{unit}」は見出しに書いてください。",
                    f'Write "{number}", and the unit "{unit}" in the name of the column.',
                )
            yield "1-3", told, todo
        else:
            told = Text(f"数値の列に文字があります：「{shown}」", f'Text stands among numbers: "{shown}"')
            yield "1-3", told, Text("数値だけにしてください。", "Write numbers only.")
    bare = texts.without_layout(text)
    if "\n" in text and n == 1:
        told = Text(f"セルの中で改行しています：「{shown}」", f'Line breaks inside the cell: "{shown}"')
        yield "1-5", told, Text("改行を除いてください。", "Take them out.")
    if bare != text and n == 1:
        told = Text(f"スペースで体裁を整えています：「{shown}」", f'Blanks for looks: "{shown}"')
        yield "1-5", told, Text(f"「{bare[:40]}」と書いてください。", f'Write "{bare[:40]}".')
    if letters := texts.dependent_letters(text):
        usual = texts.without_dependent(text)
        told = Text(f"機種依存文字があります：{letters[:10]}", f"Machine-dependent characters: {letters[:10]}")
        todo = Text(f"「{usual[:40]}」のように書いてください。", f'Write it like "{usual[:40]}".')
        yield "1-10", told, todo if usual != text else NO_TEXT
    if kind.is_date and texts.is_era_only(text):
        western = texts.western_date(text)
        told = Text(f"和暦だけで書かれています：「{shown}」", f'Written by the era only: "{shown}"')
        todo = Text("西暦を書いてください。", "Write the year of the common era.")
        if western:
            todo = Text(f"「{western}」と書くか併記してください。", f'Write "{western}", or both.')
        yield "1-11", told, todo
