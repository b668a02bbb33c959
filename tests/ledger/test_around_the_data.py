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
    stamps: list[Cells] = [["決裁", "課長", "係長"], [None, "山田", "鈴木"], [None, "印", "印"], []]
    for above in (facts, stamps):
        assert [names(table) for table in read_book([*above, head, *body]).tables] == [head]


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


@pytest.mark.parametrize("first", ["約5m", "幅広", "1,200㎡", "市"])
def test_a_cell_merged_down_from_the_first_record_is_none_of_the_names(read_book: ReadBook, first: str) -> None:
    """However it differs from what stands below it."""
    body: list[Cells] = [[1, "花岡町", first, "市道1号線"], [2, "花岡町", None, "市道2号線"]]
    body += [[n, "花岡町", f"{n}m", f"市道{n}号線"] for n in range(3, 9)]
    (table,) = read_book([["番号", "町名", "幅員", "路線名"], *body], merges=["C2:C3"]).tables

    assert (table.header_rows, len(table.row_numbers)) == ((1,), 8)


@pytest.mark.parametrize("amount", ["300㎡", "1,200円", "約5m", "300人"])
def test_a_merged_amount_with_a_unit_is_not_repeated(read_book: ReadBook, amount: str) -> None:
    """Like a number without one: repeating it would make the sum wrong."""
    body: list[Cells] = [[1, "本町", amount], [2, "花岡町", None], *([n, "東町", f"{n}0㎡"] for n in range(3, 8))]
    (table,) = read_book([["番号", "町名", "面積"], *body], merges=["C2:C3"]).tables

    assert list(table.values[2])[:2] == [amount, None]
    assert codes.MERGED_NUMBER_NOT_REPEATED in [problem.code for problem in table.problems]


@pytest.mark.parametrize("name", ["3組", "2区", "令和6年度"])
def test_a_merged_name_with_a_number_is_repeated(read_book: ReadBook, name: str) -> None:
    """It counts nothing."""
    body: list[Cells] = [[1, "本町", name], [2, "花岡町", None], *([n, "東町", "5組"] for n in range(3, 8))]
    (table,) = read_book([["番号", "町名", "班"], *body], merges=["C2:C3"]).tables

    assert list(table.values[2])[:2] == [name, name]


@pytest.mark.parametrize(
    "units",
    [[None, None, "mm", "MPa", "年月日"], [None, None, "㎜", "kW", "年度"], ["－", "－", "(mm)", "(MPa)", None]],
)
@pytest.mark.parametrize("title", [[], [["消火栓台帳"]]], ids=["bare", "title"])
def test_rows_of_units_are_no_names(read_book: ReadBook, units: Cells, title: list[Cells]) -> None:
    """Whatever the units are, and with dashes where there is none."""
    head: Cells = ["消火栓番号", "住所", "口径", "水圧", "設置年月日"]
    body: list[Cells] = [[f"{n:04}", "本町1-2", 75, 0.5, "2001/4/1"] for n in range(6)]
    (table,) = read_book([*title, head, units, *body]).tables

    assert (names(table), len(table.row_numbers)) == (head, 6)


def test_totals_of_groups_are_told_by_their_figures(read_book: ReadBook) -> None:
    """本町計 is one where it is the sum; a 時計 with a figure of its own is a record."""
    first: list[Cells] = [["番号", "名称", "面積"], *([n, f"{n}号", 100] for n in range(1, 4)), [None, "本町計", 300]]
    rows = [
        *first,
        *([n, f"{n}号", 50] for n in range(4, 7)),
        [None, "東地区計", 150],
        [None, "総計", 450],
        [None, "うち市営", 200],
    ]
    (table,) = read_book(rows).tables
    (clocks,) = read_book([*first[:4], [4, "花時計", 120], [5, "5号", 100]]).tables
    things: list[Cells] = [["場所", "名称", "基数"], ["本町", "花壇", 1], ["本町", "花時計", 1], ["東町", "砂場", 2]]
    (alike,) = read_book(things).tables
    (single,) = read_book([*things[:2], [None, "本町計", 1], *things[3:], [None, "東町計", 2]]).tables

    assert len(table.row_numbers) == 6 and len(clocks.row_numbers) == 5
    assert (len(alike.row_numbers), len(single.row_numbers)) == (3, 2)
    assert skipped(table) == {5: "subtotal", 9: "subtotal", 10: "total", 11: "statistic"}


def test_codes_of_the_columns_are_no_record(read_book: ReadBook) -> None:
    """Letters with numbers that count on."""
    body: list[Cells] = [["あ", "本町", "2001"], ["い", "東町", "2002"], ["う", "西町", "2003"]]
    (table,) = read_book([["名称", "住所", "設置年"], ["P29_001", "P29_002", "P29_003"], *body]).tables

    assert (skipped(table), len(table.row_numbers)) == ({2: "code_row"}, 3)


def test_a_total_with_a_count_in_words_begins_no_table(read_book: ReadBook) -> None:
    """Below a subtotal, above a note; all of them are accounted for."""
    body: list[Cells] = [[n, f"000{n}", "LED", 10, 36.1, 137.2] for n in range(1, 6)]
    ends: list[Cells] = [["小計", None, None, "5基"], ["合計", None, None, "5基"], ["※1 W数は定格"]]
    (table,) = read_book([["番号", "電柱番号", "種別", "W数", "緯度", "経度"], *body, *ends]).tables

    assert skipped(table) == {7: "subtotal", 8: "total", 9: "footnote"}


@pytest.mark.parametrize("lines", [["道路照明灯台帳", "作成：建設課"], ["道路照明灯台帳", "令和6年4月1日現在"]])
def test_the_title_is_no_office_and_no_date(read_book: ReadBook, lines: list[str]) -> None:
    """Even where these stand nearer to the names."""
    (table,) = read_book([*([line] for line in lines), NAMES, *PARKS]).tables

    assert table.title == "道路照明灯台帳"
    assert set(lines) <= set(table.remarks)


def test_a_table_on_its_side_is_told(read_book: ReadBook) -> None:
    """By rows of one kind under names in the first column; a table of figures by year is none."""
    rows: list[Cells] = [
        ["項目", "施設1", "施設2", "施設3"],
        ["名称", "東便所", "西便所", "南便所"],
        ["住所", "本町1", "東町2", "西町3"],
    ]
    rows += [
        ["緯度", 36.1, 36.2, 36.3],
        ["経度", 137.1, 137.2, 137.3],
        ["設置年月日", "2001/4/1", "2002/4/1", "2003/4/1"],
    ]
    years: list[Cells] = [
        ["項目", "2022", "2023", "2024"],
        ["人口", 100, 110, 120],
        ["世帯数", 40, 41, 42],
        ["面積", 9, 9, 9],
    ]

    codebook: list[Cells] = [
        ["項目", "桁数", "小数", "説明"],
        ["名称", 20, 0, "正式なもの"],
        ["住所", 40, 0, "町名から"],
    ]
    codebook += [["電話番号", 13, 0, "市外局番から"], ["緯度", 9, 6, None], ["備考", "-", "任意", "自由に書く"]]

    assert [one.code for one in read_book(rows).tables[0].problems] == [codes.MAY_BE_TURNED]
    assert not read_book(codebook).tables[0].problems
    assert not read_book(years).tables[0].problems and not read_book([NAMES, *PARKS]).tables[0].problems


def test_a_record_that_counts_from_one_is_a_row(read_book: ReadBook) -> None:
    """Where the rows below hold numbers as well."""
    (table,) = read_book([["番号", "延長", "幅員", "口径"], [1, 2, 3, 4], [2, 5, 3, 4], [3, 8, 2, 4]]).tables

    assert len(table.row_numbers) == 3
