"""Writes a clean copy of a ledger: one table, one row of names, values that programs read; every change is listed."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis_capture.ledger import Column, SkippedRow, Table, codes
from gis_capture.ledger.left_out import LEFT_OUT
from gis_capture.model import Problem
from gis_capture.report.export import replacing
from gis_capture.report.lint import texts
from gis_capture.report.lint.cells import steps_of
from gis_capture.report.lint.check import Lint, filled_cells
from gis_capture.report.lint.columns import Kind, columns_of, is_kept_as_number
from gis_capture.report.table import neutral
from gis_capture.text import NO_TEXT, Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_BAD_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*\[\]]')


_RULES = {
    codes.MERGE_FILLED: "1-4",
    codes.MERGED_NUMBER_SPLIT: "1-4",
    codes.MERGED_NUMBER_NOT_REPEATED: "1-4",
    codes.MERGED_ACROSS_COLUMNS: "1-4",
    codes.DITTO_FILLED: "1-6",
    codes.BLANK_FILLED: "1-6",
    codes.SECTION_FILLED: "2-1",
}
"""What reading fills in, by the rule that asks for it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that is otherwise in the clean copy.

    Attributes:
        rule: The one it broke.
        before: None where the message says it.
        message: What was done; NO_TEXT where before and after say it.
    """

    rule: str
    cell: str
    before: str | None
    after: str
    message: Text = NO_TEXT

    def to_json(self, language: str) -> dict[str, Any]:
        """Gives a member of `changes` in `gis-capture.lint/v1`."""
        message = self.message
        if message == NO_TEXT:
            message = Text(f"「{self.before}」→「{self.after}」", f'"{self.before}" → "{self.after}"')
        return {
            "rule": self.rule,
            "cell": self.cell,
            "before": self.before,
            "after": self.after,
            "message": message.in_language(language),
        }


@dataclass(frozen=True, slots=True)
class CleanCopy:
    """What was written, and all that is otherwise than in the ledger.

    Attributes:
        left_out: Rows that are no data, each with its table.
        told: Of the source as a whole: sheets, legends, cells that were not read.
    """

    files: tuple[Path, ...]
    changes: tuple[Change, ...]
    left_out: tuple[tuple[Table, SkippedRow], ...]
    told: tuple[Problem, ...]

    def to_json(self, language: str) -> dict[str, Any]:
        """Gives `fixed` of `gis-capture.lint/v1`."""
        return {
            "files": [str(path) for path in self.files],
            "changes": [change.to_json(language) for change in self.changes],
            "left_out": [
                {
                    "table": table.name,
                    "sheet": table.sheet,
                    "row": row.row_number,
                    "reason": row.reason,
                    "words": LEFT_OUT[row.reason].in_language(language) if row.reason in LEFT_OUT else row.reason,
                }
                for table, row in self.left_out
            ],
            "told": [problem.to_json(language) for problem in self.told],
        }


def write_clean_copy(lint: Lint, out: Path) -> CleanCopy:
    """Writes the tables of a ledger; gives the files, every change of a cell and every row that is left out.

    A workbook (".xlsx") has a sheet for each table; as CSV (UTF-8 with BOM) each has a file of its own, those behind
    the first named after their tables. Names of several rows are joined by "/", sections are a column, merged cells and
    〃 are filled in; titles, notes, blank and struck-out rows and totals are left out. Signs among numbers (-, ×, 秘匿)
    stay.

    Raises:
        StoreError: A file cannot be written.
    """
    reading = lint.reading
    is_book = out.suffix.lower() == ".xlsx"
    changes: list[Change] = []
    tables = [
        (table, _clean(table, changes, _texts_of(lint, table) if is_book else set()))
        for table in reading.tables
        if table.columns
    ]
    files = [out]
    if is_book:
        with replacing(out) as unfinished:
            _write_book(tables, unfinished)
    else:
        files = _write_texts(tables, out)
    left_out = ((table, row) for table in reading.tables for row in table.skipped)
    return CleanCopy(tuple(files), tuple(changes), tuple(left_out), reading.problems)


def _texts_of(lint: Lint, table: Table) -> set[tuple[int, int]]:
    """Cells that the workbook holds as texts."""
    facts = lint.facts.get(table.sheet or "")
    return facts.texts - filled_cells(table) if facts else set()


def _write_texts(tables: Sequence[tuple[Table, list[list[str]]]], out: Path) -> list[Path]:
    files: list[Path] = []
    for n, (table, rows) in enumerate(tables):
        name = _BAD_NAME.sub("_", table.name)[:60]
        path = out if n == 0 else out.with_name(f"{out.stem}_{name}{out.suffix}")
        while path in files:
            path = path.with_name(f"{path.stem}_{n}{path.suffix}")
        with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([[neutral(text) for text in row] for row in rows])
        files.append(path)
    return files


def _clean(table: Table, changes: list[Change], kept_as_texts: set[tuple[int, int]]) -> list[list[str]]:
    columns: list[list[str]] = []
    changes += _filled_in(table)
    for (column, kind), values in zip(columns_of(table), table.values, strict=True):
        name = _name(table, column, kind, changes)
        cells = [name]
        for row, text in zip(table.row_numbers, values, strict=True):
            clean = text or ""
            for rule, after in steps_of(clean, kind):
                changes.append(Change(rule, table.cell_name(row, column), clean, after))
                clean = after
            if clean == text and (row, column.number) in kept_as_texts and is_kept_as_number(clean, kind):
                told = Text(f"文字列の「{clean}」を数値にしました。", f'Made the text "{clean}" a number.')
                changes.append(Change("1-3", table.cell_name(row, column), clean, clean, told))
            cells.append(clean)
        columns.append(cells)
    return [list(row) for row in zip(*columns, strict=True)]


def _filled_in(table: Table) -> Iterator[Change]:
    """What reading has filled in, and the columns that it added for it."""
    columns = {column.name: column for column in table.columns}
    place = {row: at for at, row in enumerate(table.row_numbers)}
    added: set[str] = set()
    for told in (*table.notes, *table.problems):
        column = columns.get(told.column or "")
        if column is None or told.code not in _RULES:
            continue
        if told.code == codes.SECTION_FILLED and column.name not in added:
            added.add(column.name)
            message = Text(f"区切りの見出しの列「{column.name}」を加えました。", f'Added the column "{column.name}".')
            yield Change("2-1", _head(table, column), None, column.name, message)
        at = place.get(told.row_number or 0)
        after = table.values[table.columns.index(column)][at] if at is not None else None
        yield Change(_RULES[told.code], told.cell or column.name, None, after or "", told.message)


def _name(table: Table, column: Column, kind: Kind, changes: list[Change]) -> str:
    """The name of a column in the copy; whatever makes it another is listed."""
    is_added = any(note.code == codes.SECTION_FILLED and note.column == column.name for note in table.notes)
    name = column.name
    steps = [("1-6", name)] if column.header != name and not is_added else []
    bare = texts.without_layout(name)
    steps += [("1-5", bare), ("1-10", texts.without_dependent(bare))]
    name = steps[-1][1]
    if kind.is_number and not kind.unit and len(kind.units) == 1:
        # The unit that goes from the numbers comes into the name.
        steps.append(("1-9", f"{name}({next(iter(kind.units))})"))
    before = column.name if is_added else column.header
    for rule, after in steps:
        if after != before:
            changes.append(Change(rule, _head(table, column), before, after))
        before = after
    return before


def _head(table: Table, column: Column) -> str:
    return table.cell_name(table.header_rows[-1], column) if table.header_rows else column.name


def _write_book(tables: Sequence[tuple[Table, list[list[str]]]], path: Path) -> None:
    import openpyxl

    from gis_capture.report.marked_workbook import put_text, sheet_title

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table, rows in tables:
        sheet: Worksheet = book.create_sheet(sheet_title(table.name, book.sheetnames))
        kinds = [kind for _, kind in columns_of(table)]
        for n_row, row in enumerate(rows, start=1):
            for n_column, (text, kind) in enumerate(zip(row, kinds, strict=True), start=1):
                if n_row > 1 and is_kept_as_number(text, kind):
                    sheet.cell(n_row, n_column, float(text) if "." in text else int(text))
                elif text:
                    put_text(sheet.cell(n_row, n_column), text)
        sheet.freeze_panes = "A2"
    if not book.worksheets:
        book.create_sheet("1")
    book.save(path)
