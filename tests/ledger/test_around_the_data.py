"""What stands around the data of a sheet in many ways, with the same ledger between: nothing of it becomes a row."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gis_capture.ledger import Reading, codes
from tests.ledger.conftest import names, skipped

ReadBook = Callable[..., Reading]
Cells = Sequence[Any]
NAMES = ["ID", "公園名", "住所", "面積（㎡）"]
WORDS = ["店舗名", "市町", "区分", "業態"]
PARKS = [
    [number, f"{name}公園", f"本町{number}-2", number * 120] for number, name in enumerate("東西南北中央", start=1)
]
SHOPS = [[f"{name}商店", "高山市", "物販", "小売"] for name in "東西南北中央"]
STAFF: list[Cells] = [
    ["氏名", "所属", "電話番号"],
    ["山田太郎", "維持課", "0577-32-3333"],
    ["鈴木花子", "管理課", "0577-32-3334"],
]
LEDGERS = pytest.mark.parametrize(("head", "body"), [(NAMES, PARKS), (WORDS, SHOPS)], ids=["numbers", "words"])


@LEDGERS
def test_the_date_and_the_office_below_are_no_rows(read_book: ReadBook, head: Cells, body: list[Cells]) -> None:
    """A date alone behind a gap fits a column of numbers, and is that of the document."""
    (table,) = read_book([["別紙１"], head, *body, [], ["令和6年4月1日"], ["担当：維持課　内線2345"]]).tables

    assert list(table.row_numbers) == [3, 4, 5, 6, 7, 8]
    assert {row: why for row, why in skipped(table).items() if row > 8} == {9: "blank", 10: "footnote", 11: "footnote"}


@LEDGERS
def test_a_title_above_names_said_again_begins_a_section(read_book: ReadBook, head: Cells, body: list[Cells]) -> None:
    """It is kept beside each of its rows, whether or not a column holds numbers."""
    rows: list[Cells] = [["１　中央地区"], head, *body[:3], [], ["２　東部地区"], head, *body[3:]]
    (table,) = read_book(rows).tables

    assert table.header_rows == (2,) and list(table.row_numbers) == [3, 4, 5, 9, 10, 11]
    assert names(table) == [*head, "見出し"]
    assert list(table.values[-1]) == ["１　中央地区"] * 3 + ["２　東部地区"] * 3


@LEDGERS
@pytest.mark.parametrize("title", [[], [["担当者一覧"]]], ids=["gap", "title"])
def test_a_table_of_other_names_below_is_one_of_its_own(
    read_book: ReadBook, head: Cells, body: list[Cells], title: list[Cells]
) -> None:
    """Behind a gap or a title, with rows that fill its columns and no others; it is named by its title."""
    first, second = read_book([head, *body, [], *title, *STAFF]).tables

    assert (names(first), len(first.row_numbers)) == (head, 6)
    assert (names(second), len(second.row_numbers)) == (STAFF[0], 2)
    assert second.title == ("担当者一覧" if title else None)


def test_words_like_names_behind_a_gap_are_still_a_row(read_book: ReadBook) -> None:
    """A record that leaves its last cell blank heads nothing."""
    rows: list[Cells] = [NAMES, *PARKS, [], [7, "施設公園", "管理区分町", None], [8, "点検公園", "本町8-2", 30]]
    (table,) = read_book(rows).tables

    assert len(table.row_numbers) == 8


@LEDGERS
def test_numbers_of_the_columns_are_no_row(read_book: ReadBook, head: Cells, body: list[Cells]) -> None:
    """Even of few columns, where the rows below hold words in most of them."""
    (table,) = read_book([head, [1, 2, 3, 4], *body]).tables

    assert (skipped(table), len(table.row_numbers)) == ({2: "code_row"}, 6)


@LEDGERS
def test_a_legend_beside_the_table_is_none_of_its_columns(read_book: ReadBook, head: Cells, body: list[Cells]) -> None:
    """It is told with its place; a column of the table that is called so is one."""
    legend = ["凡例", "○：良好", "△：要観察", "×：要補修"]
    beside = [[*row, None, cell] for row, cell in zip([head, *body], legend, strict=False)]
    reading = read_book([*beside, *body[3:]])

    assert names(reading.tables[0]) == head and len(reading.tables[0].row_numbers) == 6
    assert [(one.code, one.cell) for one in reading.problems] == [(codes.LEGEND_LEFT_OUT, "台帳!F1")]
    assert names(read_book([[*head, "凡例"], *([*row, "○"] for row in body)]).tables[0]) == [*head, "凡例"]


@LEDGERS
@pytest.mark.parametrize("at", [0, 1])
def test_what_must_be_filled_in_is_neither_name_nor_row(
    read_book: ReadBook, head: Cells, body: list[Cells], at: int
) -> None:
    """Above the names and below them."""
    rows: list[Cells] = [head]
    rows.insert(at, ["必須", "任意", "必須", "任意"])
    (table,) = read_book([*rows, *body]).tables

    assert names(table) == head and len(table.row_numbers) == 6


def test_a_list_below_a_summary_with_as_many_columns_is_one_of_its_own(read_book: ReadBook) -> None:
    """Behind a gap and a title."""
    summary: list[Cells] = [["区分", "箇所数", "面積"], ["市街地", 12, 3400], ["郊外", 8, 12000], ["計", 20, 15400]]
    first, second = read_book(
        [*summary, [], ["公園一覧"], ["名称", "緯度", "経度"], *([f"{n}号", 36.1, 137.2] for n in "東西南")]
    ).tables

    assert (len(first.row_numbers), len(second.row_numbers), second.title) == (2, 3, "公園一覧")


@LEDGERS
def test_a_summary_above_the_list_is_a_table_of_its_own(read_book: ReadBook, head: Cells, body: list[Cells]) -> None:
    """Figures under names, with a gap below; lines of a label and its value are no table."""
    summary: list[Cells] = [["令和6年度　集計"], ["区分", "箇所数", "面積"], ["市街地", 12, 3400], ["郊外", 8, 12000]]
    first, second = read_book([*summary, ["計", 20, 15400], [], ["施設一覧"], head, *body]).tables
    facts: list[Cells] = [["公園台帳"], ["所管課", "維持課"], ["基準日", "令和6年4月1日"], ["件数", 6], []]

    assert (names(first), list(first.row_numbers)) == (["区分", "箇所数", "面積"], [3, 4])
    assert (names(second), len(second.row_numbers), second.title) == (head, 6, "施設一覧")
    assert [names(table) for table in read_book([*facts, head, *body]).tables] == [head]


@LEDGERS
def test_names_of_three_levels_by_their_merges(read_book: ReadBook, head: Cells, body: list[Cells]) -> None:
    """The other names reach down beside them."""
    rows: list[Cells] = [
        [head[0], "基本情報", None, None],
        [None, "位置等", None, head[3]],
        [None, head[1], head[2], None],
    ]
    (table,) = read_book([*rows, *body], merges=["A1:A3", "B1:D1", "B2:C2", "D2:D3"]).tables

    assert table.header_rows == (1, 2, 3) and len(table.row_numbers) == 6
    assert names(table) == [head[0], *(f"基本情報/位置等/{name}" for name in head[1:3]), f"基本情報/{head[3]}"]


def test_a_record_that_counts_from_one_is_a_row(read_book: ReadBook) -> None:
    """Where the rows below hold numbers as well."""
    (table,) = read_book([["番号", "延長", "幅員", "口径"], [1, 2, 3, 4], [2, 5, 3, 4], [3, 8, 2, 4]]).tables

    assert len(table.row_numbers) == 3
