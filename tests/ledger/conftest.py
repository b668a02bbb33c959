"""Writes small ledgers with one quirk each, and reads them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.ledger import Reading, Table, read_ledger

Rows = Sequence[Sequence[Any]]


@pytest.fixture
def read_text(tmp_path: Path) -> Callable[..., Reading]:
    """Reads a text as a file; `encoding` and `name` may be given."""

    def read(text: str | bytes, *, encoding: str = "utf-8", name: str = "ledger.csv") -> Reading:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_ledger(path)

    return read


@pytest.fixture
def read_rows(tmp_path: Path) -> Callable[..., Table]:
    """Reads rows as a CSV file with one table; None is an empty cell."""

    def read(rows: Rows) -> Table:
        path = tmp_path / "ledger.csv"
        lines = [",".join("" if cell is None else f'"{cell}"' for cell in row) for row in rows]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return only_table(read_ledger(path))

    return read


@pytest.fixture
def read_book(tmp_path: Path) -> Callable[..., Reading]:
    """Reads rows as the sheet 台帳 of a workbook; `merges` are ranges, `dress` may change the sheet."""

    def read(rows: Rows, *, merges: Sequence[str] = (), dress: Callable[[Worksheet], None] | None = None) -> Reading:
        book = openpyxl.Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        sheet.title = "台帳"
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
        if dress is not None:
            dress(sheet)
        path = tmp_path / "ledger.xlsx"
        book.save(path)
        return read_ledger(path)

    return read


def only_table(reading: Reading) -> Table:
    """The one table of a reading."""
    assert len(reading.tables) == 1, [table.name for table in reading.tables]
    return reading.tables[0]


def names(table: Table) -> list[str]:
    """The names of a table's columns."""
    return [column.name for column in table.columns]


def column(table: Table, name: str) -> list[str | None]:
    """The values of one column."""
    return list(table.values[names(table).index(name)])


def skipped(table: Table) -> dict[int, str]:
    """Reasons of the rows that were left out, by their numbers."""
    return {row.row_number: row.reason for row in table.skipped}
