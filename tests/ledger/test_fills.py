"""Merged cells and ditto marks: filled where that is safe, and always noted."""

from collections.abc import Callable

import pytest

from gis_capture.ledger import Reading, Table, codes
from tests.ledger.conftest import Rows, column, only_table

ReadRows = Callable[[Rows], Table]
ReadBook = Callable[..., Reading]


def test_a_merged_text_is_filled_into_each_row_and_noted(read_book: ReadBook) -> None:
    """The town of three lamps is written once."""
    table = only_table(
        read_book(
            [["番号", "町名", "灯種"], [1, "本町", "LED"], [2, None, "LED"], [3, None, "水銀灯"], [4, "西町", "LED"]],
            merges=["B2:B4"],
        )
    )
    assert column(table, "町名") == ["本町", "本町", "本町", "西町"]
    assert [(n.code, n.severity, n.row_number, n.column, n.cell) for n in table.notes] == [
        (codes.MERGE_FILLED, "info", 3, "町名", "台帳!B3"),
        (codes.MERGE_FILLED, "info", 4, "町名", "台帳!B4"),
    ]


def test_a_merged_number_is_not_repeated(read_book: ReadBook) -> None:
    """An area over three rows would be counted three times; it stays in the first, and a problem asks."""
    table = only_table(
        read_book(
            [["番号", "名称", "面積"], [1, "甲", 300], [2, "乙", None], [3, "丙", None], [4, "丁", 50]],
            merges=["C2:C4"],
        )
    )
    assert column(table, "面積") == ["300", None, None, "50"]
    assert [(p.code, p.severity, p.cell) for p in table.problems] == [
        (codes.MERGED_NUMBER_NOT_REPEATED, "warning", "台帳!C2")
    ]


def test_a_merged_identifier_is_repeated_although_it_is_a_number(read_book: ReadBook) -> None:
    """年度 and 番号 say which group a row is of; they are not summed."""
    table = only_table(
        read_book([["設置年度", "名称", "灯数"], [2020, "甲", 3], [None, "乙", 4], [2021, "丙", 5]], merges=["A2:A3"])
    )
    assert column(table, "設置年度") == ["2020", "2020", "2021"]


def test_a_cell_merged_across_columns_is_told(read_book: ReadBook) -> None:
    """Nobody can know to which column it belongs."""
    table = only_table(
        read_book(
            [
                ["番号", "名称", "住所", "備考"],
                [1, "甲", "本町", "あ"],
                [2, "廃止", None, None],
                [3, "丙", "西町", "い"],
            ],
            merges=["B3:D3"],
        )
    )
    assert [(p.code, p.cell) for p in table.problems] == [(codes.MERGED_ACROSS_COLUMNS, "台帳!B3")]
    assert column(table, "名称") == ["甲", "廃止", "丙"]


@pytest.mark.parametrize("mark", ["〃", "同上", " 〃 ", "″", "々"])
def test_ditto_marks_are_filled_along_the_chain(read_rows: ReadRows, mark: str) -> None:
    """Each takes the value above it, which may be filled in itself."""
    table = read_rows([["番号", "町名", "灯種"], ["1", "本町", "LED"], ["2", mark, "LED"], ["3", mark, "水銀灯"]])
    assert column(table, "町名") == ["本町", "本町", "本町"]
    assert [(n.code, n.row_number, n.column) for n in table.notes] == [
        (codes.DITTO_FILLED, 3, "町名"),
        (codes.DITTO_FILLED, 4, "町名"),
    ]


def test_a_ditto_mark_below_a_subtotal_repeats_nothing(read_rows: ReadRows) -> None:
    """A total or a section in between ends the chain; the mark is kept and told."""
    table = read_rows(
        [
            ["番号", "町名", "灯数"],
            ["1", "本町", "3"],
            ["2", "〃", "4"],
            ["小計", None, "7"],
            ["3", "〃", "5"],
            ["4", "西町", "5"],
        ]
    )
    assert column(table, "町名") == ["本町", "本町", "〃", "西町"]
    assert [(p.code, p.row_number) for p in table.problems] == [(codes.DITTO_WITHOUT_ABOVE, 5)]


def test_a_ditto_mark_in_the_first_row_is_told(read_rows: ReadRows) -> None:
    """There is nothing above but the names."""
    table = read_rows([["番号", "町名", "灯数"], ["1", "〃", "3"], ["2", "西町", "4"]])
    assert column(table, "町名")[0] == "〃"
    assert [p.code for p in table.problems] == [codes.DITTO_WITHOUT_ABOVE]


def test_a_ditto_mark_across_a_repeated_header_goes_on(read_rows: ReadRows) -> None:
    """A page break does not end the chain."""
    names = ["番号", "町名", "灯数"]
    table = read_rows([names, ["1", "本町", "3"], ["2", "〃", "4"], names, ["3", "〃", "5"]])
    assert column(table, "町名") == ["本町", "本町", "本町"]


def test_squared_paper_is_collapsed_to_its_columns(read_book: ReadBook) -> None:
    """方眼紙: each item is merged over several narrow columns; what remains are the items."""
    rows: Rows = [
        ["番号", None, "名称", None, None, "延長", None],
        [1, None, "甲線", None, None, 10, None],
        [2, None, "乙線", None, None, 20, None],
        [3, None, "丙線", None, None, 30, None],
    ]
    merges = [
        f"{left}{row}:{right}{row}" for row in range(1, 5) for left, right in (("A", "B"), ("C", "E"), ("F", "G"))
    ]
    table = only_table(read_book(rows, merges=merges))
    assert [c.name for c in table.columns] == ["番号", "名称", "延長"]
    assert column(table, "延長") == ["10", "20", "30"]
    assert table.problems == ()
