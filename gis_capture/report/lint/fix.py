"""Writes a clean copy of a ledger: one table, one row of names, values that programs read; every change is listed."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis_capture.ledger import Reading, Table
from gis_capture.report.export import replacing
from gis_capture.report.lint import texts
from gis_capture.report.lint.check import columns_of
from gis_capture.report.lint.columns import Kind
from gis_capture.report.table import neutral

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_BAD_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*\[\]]')


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that is otherwise in the clean copy; `rule` is the one it broke."""

    rule: str
    cell: str
    before: str
    after: str

    def to_json(self) -> dict[str, Any]:
        """Gives a member of `changes` in `gis-capture.lint/v1`."""
        return {"rule": self.rule, "cell": self.cell, "before": self.before, "after": self.after}


def write_clean_copy(reading: Reading, out: Path) -> tuple[list[Path], list[Change]]:
    """Writes the tables of a ledger; gives the files and every change of a text.

    A workbook (".xlsx") has a sheet for each table; as CSV (UTF-8 with BOM) each has a file of its own, those behind
    the first named after their tables. Names of several rows are joined by "/", sections are a column, merged cells and
    〃 are filled in; titles, notes, blank rows and totals are left out. Signs among numbers (-, ×, 秘匿) stay.

    Raises:
        StoreError: A file cannot be written.
    """
    changes: list[Change] = []
    tables = [(table, _clean(table, changes)) for table in reading.tables if table.columns]
    if out.suffix.lower() == ".xlsx":
        with replacing(out) as unfinished:
            _write_book(tables, unfinished)
        return [out], changes
    files = []
    for n, (table, rows) in enumerate(tables or [(None, [])]):
        name = _BAD_NAME.sub("_", table.name)[:60] if table else ""
        path = out if n == 0 else out.with_name(f"{out.stem}_{name}{out.suffix}")
        while path in files:
            path = path.with_name(f"{path.stem}_{n}{path.suffix}")
        with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([[neutral(text) for text in row] for row in rows])
        files.append(path)
    return files, changes


def _clean(table: Table, changes: list[Change]) -> list[list[str]]:
    columns: list[list[str]] = []
    head = table.header_rows[-1] if table.header_rows else None
    for (column, kind), values in zip(columns_of(table), table.values, strict=True):
        name = texts.without_dependent(texts.without_layout(column.name))
        at = table.cell_name(head, column) if head else column.name
        if name != column.name:
            changes.append(Change("1-10", at, column.name, name))
        if kind.is_number and not kind.unit and len(kind.units) == 1:
            # The unit that goes from the numbers comes into the name.
            bare, name = name, f"{name}({next(iter(kind.units))})"
            changes.append(Change("1-9", at, bare, name))
        cells = [name]
        for row, text in zip(table.row_numbers, values, strict=True):
            clean = text or ""
            for rule, after in _steps(clean, kind):
                changes.append(Change(rule, table.cell_name(row, column), clean, after))
                clean = after
            cells.append(clean)
        columns.append(cells)
    return [list(row) for row in zip(*columns, strict=True)]


def _steps(text: str, kind: Kind) -> list[tuple[str, str]]:
    """The changes of a text, one after the other, each with the rule that asks for it."""
    steps: list[tuple[str, str]] = []
    if not text:
        return steps
    if kind.is_number and len(kind.units) < 2 and not texts.is_plain_number(text) and not texts.is_sign(text):
        number = texts.plain_number(text, kind.unit) if texts.n_data(text, is_prose=False) == 1 else None
        if number is not None:
            return [("1-3", number)]
    if kind.is_date and texts.is_era_only(text) and (western := texts.western_date(text)):
        return [("1-11", western)]
    if texts.n_data(text, is_prose=kind.is_prose) == 1 and (bare := texts.without_layout(text)) != text:
        steps.append(("1-5", bare))
        text = bare
    if (usual := texts.without_dependent(text)) != text:
        steps.append(("1-10", usual))
    return steps


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
                if n_row > 1 and kind.is_number and not kind.is_identifier and texts.is_plain_number(text):
                    sheet.cell(n_row, n_column, float(text) if "." in text else int(text))
                elif text:
                    put_text(sheet.cell(n_row, n_column), text)
        sheet.freeze_panes = "A2"
    if not book.worksheets:
        book.create_sheet("1")
    book.save(path)
