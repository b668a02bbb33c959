"""Checks a ledger by the national rules, cell for cell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.errors import SourceError
from gis_capture.ledger import DEFAULT_LIMITS, MARKED_SHEET, Column, Limits, Reading, Table, codes, read_ledger
from gis_capture.ledger.names import clean_name
from gis_capture.ledger.opening import nothing_in
from gis_capture.report.lint import texts
from gis_capture.report.lint.cells import Broken, broken_by
from gis_capture.report.lint.columns import is_kept_as_number, kind_of, names_an_area
from gis_capture.report.lint.rules import RULES, Finding
from gis_capture.report.lint.sheets import SheetFacts, read_facts
from gis_capture.text import NO_TEXT, Text

FORMAT = "gis-capture.lint/v1"
_FORMATS = ("xlsx", "xlsm", "csv", "tsv", "ods")
_MAX_OF_A_RULE = 1_000
_MAX_BOOK_BYTES = 30 << 20
_FILLED = (
    codes.MERGE_FILLED,
    codes.MERGED_NUMBER_SPLIT,
    codes.SECTION_FILLED,
    codes.BLANK_FILLED,
    codes.DITTO_FILLED,
    codes.DITTO_WITHOUT_ABOVE,
)
_BREAKS = {
    "blank": Text("空の行", "a blank row"),
    "repeated_header": Text("くり返しの見出し", "a repeated header"),
    "section": Text("区切りの見出し", "a section title"),
    "title": Text("表題", "a title"),
    "page_number": Text("ページ番号", "a page number"),
    "subtotal": Text("小計", "a subtotal"),
    "total": Text("合計", "a total"),
}


@dataclass(frozen=True, slots=True)
class Lint:
    """What was found in a ledger.

    Attributes:
        facts: What only a workbook shows, by sheet; {} of other sources.
        n_of_rule: How many places break each rule; `findings` holds at most a thousand of each.
    """

    reading: Reading
    facts: Mapping[str, SheetFacts]
    findings: tuple[Finding, ...]
    n_of_rule: Mapping[str, int]

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives `gis-capture.lint/v1`."""
        source = self.reading.source
        return {
            "format": FORMAT,
            "source": {"path": str(source.path), "driver": source.driver, "encoding": source.encoding},
            "rules": [
                {"rule": rule, "title": RULES[rule].in_language(language), "n_places": self.n_of_rule.get(rule, 0)}
                for rule in RULES
            ],
            "findings": [finding.to_json(language) for finding in self.findings],
        }


def lint_ledger(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Lint:
    """Checks a ledger.

    Raises:
        SourceError: It cannot be read, or holds no table.
    """
    reading = read_ledger(path, limits=limits)
    if not reading.tables:
        raise SourceError(nothing_in(path), path=path)
    facts = _facts(path, reading)
    found: list[Finding] = []
    n_of_rule: dict[str, int] = {}
    for finding in _findings(reading, facts):
        n_of_rule[finding.rule] = n_of_rule.get(finding.rule, 0) + 1
        if n_of_rule[finding.rule] <= _MAX_OF_A_RULE:
            found.append(finding)
    order = {rule: n for n, rule in enumerate(RULES)}
    found.sort(key=lambda f: (order[f.rule], f.sheet or "", f.row or 0, f.column or 0))
    return Lint(reading, facts, tuple(found), n_of_rule)


def _facts(path: Path, reading: Reading) -> Mapping[str, SheetFacts]:
    if reading.source.driver not in ("xlsx", "xlsm") or path.stat().st_size > _MAX_BOOK_BYTES:
        return {}
    from gis_capture.report.marked_workbook import open_book

    book = open_book(path)
    try:
        return read_facts(path, book)
    finally:
        book.close()


def _findings(reading: Reading, facts: Mapping[str, SheetFacts]) -> Iterator[Finding]:
    driver = reading.source.driver
    if driver not in _FORMATS:
        yield Finding(
            "1-1",
            Text(f"ファイル形式は{driver}です。", f"The file is {driver}."),
            Text("Excel（.xlsx）かCSVで保存してください。", "Save it as a workbook (.xlsx) or CSV."),
            is_fixed=True,
        )
    for name, of_sheet in facts.items():
        if name != MARKED_SHEET:
            yield from _of_sheet(name, of_sheet)
    by_sheet: dict[str | None, list[Table]] = {}
    for table in reading.tables:
        by_sheet.setdefault(table.sheet, []).append(table)
        yield from _of_table(table, facts.get(table.sheet or ""))
    for sheet, tables in by_sheet.items():
        for table in tables[1:]:
            yield Finding(
                "2-2",
                Text(f"1つのシートに表が{len(tables)}つあります。", f"{len(tables)} tables stand on one sheet."),
                Text("表ごとにシートを分けてください。", "Give each table a sheet of its own."),
                sheet,
                table.header_rows[0] if table.header_rows else next(iter(table.row_numbers), None),
                table.columns[0].number if table.columns else None,
                is_fixed=True,
            )


def _of_sheet(name: str, facts: SheetFacts) -> Iterator[Finding]:
    for top, left, bottom, right in facts.merges:
        yield Finding(
            "1-4",
            Text(
                f"{bottom - top + 1}行×{right - left + 1}列のセルが結合されています。",
                f"{bottom - top + 1} × {right - left + 1} cells are merged.",
            ),
            Text("結合を解除し、各セルに値を入れてください。", "Take the merge apart and fill in each cell."),
            name,
            top,
            left,
            is_fixed=True,
        )
    for row, column in facts.formulas:
        yield Finding(
            "1-7",
            Text("数式が入っています。", "The cell holds a formula."),
            Text("値の貼り付けで、値に置き換えてください。", "Replace it by its value (paste values)."),
            name,
            row,
            column,
            is_fixed=True,
        )
    for row, column in facts.drawings:
        yield Finding(
            "1-8",
            Text("図形・画像・グラフがあります。", "A drawing, picture or chart lies here."),
            Text("表から取り除き、別のファイルにしてください。", "Take it off the table into a file of its own."),
            name,
            row,
            column,
            is_fixed=True,
        )


def _of_table(table: Table, facts: SheetFacts | None) -> Iterator[Finding]:
    if facts is None:
        yield from _merges(table)
    yield from _names(table)
    yield from _breaks(table)
    if table.columns and not names_an_area(table):
        yield Finding(
            "1-12",
            Text("住所・地域名・地域コードの列がありません。", "No column holds an address, an area or its code."),
            Text("地域コードか地域名の列を加えてください。", "Add a column with the code or name of the area."),
            table.sheet,
            table.header_rows[-1] if table.header_rows else None,
            table.columns[0].number,
        )
    filled = filled_cells(table)
    for column, values in zip(table.columns, table.values, strict=True):
        kind = kind_of(column, values)
        if kind.is_number and kind.is_measure and not kind.unit:
            yield Finding(
                "1-9",
                Text(f"「{column.name}」の単位が書かれていません。", f'"{column.name}" states no unit.'),
                Text("「面積（㎡）」のように見出しに単位を書いてください。", "State it in the name: area (m2)."),
                table.sheet,
                table.header_rows[-1] if table.header_rows else None,
                column.number,
                is_fixed=len(kind.units) == 1,
            )
        known: dict[str, list[tuple[Broken, bool]]] = {}
        for row, text in zip(table.row_numbers, values, strict=True):
            if text is None or (row, column.number) in filled:
                continue
            if text not in known:
                known[text] = list(broken_by(text, kind))
            for (rule, message, suggestion), is_fixed in known[text]:
                yield Finding(rule, message, suggestion, table.sheet, row, column.number, is_fixed)
            is_text = facts is not None and (row, column.number) in facts.texts
            if is_text and is_kept_as_number(text, kind):
                yield _number_as_text(table, row, column, text)


def _number_as_text(table: Table, row: int, column: Column, text: str) -> Finding:
    return Finding(
        "1-3",
        Text(f"数値「{text}」が文字列として入っています。", f'The number "{text}" is kept as text.'),
        Text("数値に変換してください。", "Convert it to a number."),
        table.sheet,
        row,
        column.number,
        is_fixed=True,
    )


def _merges(table: Table) -> Iterator[Finding]:
    """Merges of sources whose sheets are not looked at: as reading has told them."""
    of_merge = (codes.MERGE_FILLED, codes.MERGED_NUMBER_NOT_REPEATED, codes.MERGED_ACROSS_COLUMNS)
    for problem in (*table.problems, *table.notes):
        if problem.code in of_merge:
            column = next((c.number for c in table.columns if c.name == problem.column), None)
            todo = Text("結合を解除し、各セルに値を入れてください。", "Take the merge apart and fill in each cell.")
            yield Finding("1-4", problem.message, todo, table.sheet, problem.row_number, column, is_fixed=True)


def filled_cells(table: Table) -> set[tuple[int, int]]:
    """Cells that reading has filled in, or that hold 〃: what is read there is not theirs."""
    number = {column.name: column.number for column in table.columns}
    return {
        (told.row_number, number[told.column])
        for told in (*table.notes, *table.problems)
        if told.code in _FILLED and told.row_number and told.column in number
    }


def _names(table: Table) -> Iterator[Finding]:
    row = table.header_rows[-1] if table.header_rows else None
    for problem in (*table.problems, *table.notes):
        if problem.code in (codes.DITTO_FILLED, codes.DITTO_WITHOUT_ABOVE):
            column = next((c.number for c in table.columns if c.name == problem.column), None)
            todo = problem.suggestion if problem.suggestion.ja else Text("値を書いてください。", "Write the value.")
            is_fixed = problem.code == codes.DITTO_FILLED
            yield Finding("1-6", problem.message, todo, table.sheet, problem.row_number, column, is_fixed)
    for named in table.columns:
        if not named.header:
            told = Text("項目名がありません。", "The column has no name.")
            yield Finding(
                "1-6", told, Text("項目名を書いてください。", "Name it."), table.sheet, row, named.number, is_fixed=True
            )
        letters = texts.dependent_letters(named.header)
        if letters:
            told = Text(
                f"項目名に機種依存文字があります：{letters}", f"Machine-dependent characters in a name: {letters}"
            )
            usual = texts.without_dependent(named.header)
            todo = Text(f"「{usual}」のように書いてください。", f'Write it like "{usual}".')
            yield Finding("1-10", told, todo, table.sheet, row, named.number, is_fixed=usual != named.header)
        if " " in clean_name(named.header) and not named.header.isascii():
            told = Text(f"項目名にスペースがあります：「{named.header}」", f'Blanks in a name: "{named.header}"')
            yield Finding("1-5", told, NO_TEXT, table.sheet, row, named.number, is_fixed=False)


def _breaks(table: Table) -> Iterator[Finding]:
    if not len(table.row_numbers):
        return
    first, last = table.row_numbers[0], table.row_numbers[-1]
    for skipped in table.skipped:
        words = _BREAKS.get(skipped.reason)
        if words and first < skipped.row_number < last:
            yield Finding(
                "2-1",
                Text(f"表の途中に{words.ja}があります。", f"The table is broken by {words.en}."),
                Text("行を削除し、必要な区分は列にしてください。", "Delete the row; make a column of what it says."),
                table.sheet,
                skipped.row_number,
                is_fixed=True,
            )
