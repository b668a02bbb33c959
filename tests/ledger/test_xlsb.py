"""Binary workbooks: cells of every kind, what formats show of them, merges and what is hidden."""

import random
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from gis_capture.errors import SourceError
from gis_capture.ledger import codes, read_ledger
from gis_capture.ledger.limits import Limits
from tests.ledger.conftest import column, only_table
from tests.ledger.xlsb_writer import BinarySheet, Cell, write_xlsb

HEAD = ["番号", "設置日", "延長", "町名", "廃止"]


def a_sheet(*, has_short_cells: bool = False) -> BinarySheet:
    """A ledger of three rows: 002 by format, dates, a merge down, a struck-out row."""
    rows: list[list[Cell]] = [
        [*HEAD],
        [2, 45387, 12.5, "甲町", True],
        [13, 45387.5, 1 / 3, None, False],
        [104, None, 1e12, "乙", None],
    ]
    return BinarySheet(
        rows,
        formats={(r, 1): "000" for r in (2, 3, 4)} | {(r, 2): "[$-411]ge.m.d" for r in (2, 3)},
        struck=frozenset((4, c) for c in range(1, 6)),
        merges=[(2, 4, 3, 4)],
        hidden_rows=frozenset({3}),
        hidden_columns=frozenset({3}),
        comments={(2, 4): "要確認"},
        has_short_cells=has_short_cells,
    )


@pytest.mark.parametrize("has_short_cells", [False, True], ids=["long cells", "short cells"])
def test_a_binary_workbook_reads_as_its_formats_show_it(tmp_path: Path, *, has_short_cells: bool) -> None:
    """Leading zeros, dates, merges, truth values; the same from cells that do not say their column."""
    table = only_table(read_ledger(write_xlsb(tmp_path / "a.xlsb", a_sheet(has_short_cells=has_short_cells))))
    assert column(table, "番号") == ["002", "013"]
    assert column(table, "設置日") == ["2024-04-05", "2024-04-05T12:00:00"]
    assert column(table, "延長") == ["12.5", "0.333333333333333"]
    assert column(table, "町名") == ["甲町", "甲町"]
    assert column(table, "廃止") == ["TRUE", "FALSE"]
    assert [(row.row_number, row.reason) for row in table.skipped] == [(4, "struck_out")]
    assert table.date_cells == {"設置日": frozenset({2, 3})}


def test_what_is_hidden_or_commented_in_a_binary_workbook_is_told(tmp_path: Path) -> None:
    """Hidden sheet, row, column; a comment: as in any other workbook."""
    told = {p.code for p in read_ledger(write_xlsb(tmp_path / "a.xlsb", a_sheet())).problems}
    table_told = {p.code for p in only_table(read_ledger(tmp_path / "a.xlsb")).problems}
    assert {codes.HIDDEN_SHEET, codes.HIDDEN_ROWS, codes.HIDDEN_COLUMNS, codes.CELL_COMMENT} <= told | table_told


def test_another_reader_sees_the_same_values(tmp_path: Path) -> None:
    """The workbooks of these tests are such to calamine too, but for dates and formats."""
    path = write_xlsb(tmp_path / "a.xlsb", a_sheet())
    first, second, third = CalamineWorkbook.from_path(path).get_sheet_by_name("台帳").to_python()[1:]
    assert (first[0], first[2:]) == (2, [12.5, "甲町", True])
    assert (second[0], second[4], third[2:4]) == (13, False, [1e12, "乙"])


def test_days_of_a_binary_workbook_may_count_from_1904(tmp_path: Path) -> None:
    """The same number is a day four years later."""
    sheet = BinarySheet([["番号", "日"], [1, 43925], [2, 43926]], formats={(2, 2): "yyyy-mm-dd", (3, 2): "yyyy-mm-dd"})
    table = only_table(read_ledger(write_xlsb(tmp_path / "a.xlsb", sheet, is_1904=True)))
    assert column(table, "日") == ["2024-04-05", "2024-04-06"]


def test_errors_of_a_binary_workbook_are_told_with_their_cell(tmp_path: Path) -> None:
    """#N/A is no value."""
    sheet = BinarySheet([["番号", "延長"], [1, 2.5], [2, 0]], errors={(3, 2): 42})
    reading = read_ledger(write_xlsb(tmp_path / "a.xlsb", sheet))
    assert column(only_table(reading), "延長") == ["2.5", None]
    assert [(p.code, p.cell) for p in reading.problems if p.code == codes.ERROR_CELL] == [(codes.ERROR_CELL, "台帳!B3")]


def test_a_binary_workbook_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """By the cells between the first and the last."""
    path = write_xlsb(tmp_path / "a.xlsb", a_sheet())
    with pytest.raises(SourceError, match="20 cells"):
        read_ledger(path, limits=Limits(max_sheet_cells=19))


def test_damaged_binary_workbooks_are_read_or_refused(tmp_path: Path) -> None:
    """Seeded damage to each part, and parts that break off."""
    with zipfile.ZipFile(write_xlsb(tmp_path / "whole.xlsb", a_sheet())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chance, outcomes = random.Random(4), set()
    for name in [name for name in parts if name.endswith(".bin")] * 25:
        data = bytearray(parts[name])
        for _ in range(chance.choice((1, 3, 20))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with zipfile.ZipFile(tmp_path / "a.xlsb", "w") as archive:
            for other, whole in parts.items():
                archive.writestr(other, data[: chance.randint(1, len(data))] if other == name else whole)
        try:
            outcomes.add(read_ledger(tmp_path / "a.xlsb").source.driver)
        except SourceError as error:
            outcomes.add(error.message.ja[-20:])
    assert len(outcomes) > 1
