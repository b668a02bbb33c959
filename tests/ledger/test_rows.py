"""Rows that are not data: totals, sections, notes, repeated headers, each left out with its reason."""

from collections.abc import Callable
from typing import Any

import pytest

from gis_capture.ledger import Reading, Table
from tests.ledger.conftest import Rows, column, names, only_table, skipped

ReadRows = Callable[[Rows], Table]
ReadBook = Callable[..., Reading]
NAMES: list[Any] = ["番号", "名称", "延長", "幅員"]


@pytest.mark.parametrize("word", ["合計", "合　計", "計", "総計", "総合計", "【合計】", "合計：", "Total", "累計"])
def test_a_total_is_left_out(read_rows: ReadRows, word: str) -> None:
    """By its word, in the first or the second column."""
    rows = [NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"]]
    assert set(skipped(read_rows([*rows, [word, None, "30", None]])).values()) <= {"total", "subtotal"}
    assert list(skipped(read_rows([*rows, [None, word, "30", None]]))) == [4]


def test_sums_carried_over_pages_are_left_out(read_rows: ReadRows) -> None:
    """次頁繰越 at the foot of a page and 前頁より繰越 at the head of the next; 繰越 alone only where it is the sum."""
    rows = [NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"], ["次頁繰越", None, "30", None]]
    rows += [["前頁より繰越", None, "30", None], ["3", "丙", "5", "5"], ["4", "丁", "7", "5"]]
    assert skipped(read_rows(rows)) == {4: "subtotal", 5: "subtotal"}
    assert skipped(read_rows([*rows[:3], ["繰　越", None, "30", None]])) == {4: "subtotal"}
    assert skipped(read_rows([*rows[:3], ["3", "繰越", "5", "5"], ["4", "現年", "9", "5"]])) == {}


@pytest.mark.parametrize("name", ["会計課", "計量所", "時計台", "設計事務所", "合計橋", "総合運動公園", "計画道路"])
def test_a_name_with_the_letter_of_totals_is_data(read_rows: ReadRows, name: str) -> None:
    """計 inside another word means nothing."""
    assert skipped(read_rows([NAMES, ["1", "甲", "10", "4"], ["2", name, "20", "5"], ["3", "丙", "5", "5"]])) == {}


def test_subtotals_of_groups_are_left_out(read_rows: ReadRows) -> None:
    """小計 after every group, 合計 at the end."""
    table = read_rows(
        [
            NAMES,
            ["1", "甲", "10", "4"],
            ["2", "乙", "20", "5"],
            ["小計", None, "30", None],
            ["3", "丙", "7", "4"],
            ["小　計", None, "7", None],
            ["合計", None, "37", None],
        ]
    )
    assert skipped(table) == {4: "subtotal", 6: "subtotal", 7: "total"}
    assert column(table, "延長") == ["10", "20", "7"]


def test_a_sum_without_a_word_is_left_out_by_arithmetic(read_rows: ReadRows) -> None:
    """Numbers alone below the rows, equal to their sums."""
    table = read_rows(
        [NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"], ["3", "丙", "7", "1"], [None, None, "37", "10"]]
    )
    assert skipped(table) == {5: "total"}


def test_means_and_extremes_are_left_out_where_they_are_so(read_rows: ReadRows) -> None:
    """平均・最大・最小 by their word and by arithmetic, as rounded; a thing of that name is data."""
    rows = [NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"], ["3", "丙", "7", "1"]]
    below = [
        ["合計", None, "37", "10"],
        ["平均", None, "12.3", "3.3"],
        ["最大", None, "20", "5"],
        [None, "最小", "7", "1"],
    ]
    assert skipped(read_rows([*rows, *below])) == {5: "total", 6: "statistic", 7: "statistic", 8: "statistic"}
    assert skipped(read_rows([*rows, ["4", "最大", "8", "2"]])) == {}


def test_what_a_total_is_held_against_is_left_out(read_rows: ReadRows) -> None:
    """前年度, 増減 and 構成比 below a total; the same words on a thing are data."""
    rows = [NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"], ["3", "丙", "7", "1"]]
    below = [
        ["合計", None, "37", "10"],
        ["前年度", None, "30", "9"],
        ["増減", None, "7", "1"],
        ["構成比", None, "1", "1"],
    ]
    assert skipped(read_rows([*rows, *below])) == {5: "total", 6: "statistic", 7: "statistic", 8: "statistic"}
    assert skipped(read_rows([*rows, ["4", "前年度", "8", "2"]])) == {}
    assert skipped(read_rows([*rows, [None, "前年度", "8", "2"]])) == {}


def test_lines_that_only_have_their_number_are_left_out(read_rows: ReadRows) -> None:
    """A form numbered in advance, with a word printed on every line; a number that does not go on is a row."""
    rows = [[*NAMES, "市"], *([str(n), f"名{n}", "10", str(n), "甲市"] for n in range(1, 6))]
    empty = [[str(n), None, None, None, "甲市"] for n in range(6, 10)]
    assert skipped(read_rows([*rows, *empty])) == dict.fromkeys(range(7, 11), "prefilled")
    assert skipped(read_rows([*rows, ["9", None, None, None, "甲市"]])) == {}


def test_numbers_without_a_name_that_are_no_sum_are_data(read_rows: ReadRows) -> None:
    """A row whose name is missing is not lost."""
    table = read_rows(
        [NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"], ["3", None, "7", "1"], [None, None, "8", "3"]]
    )
    assert skipped(table) == {}


def test_repeated_page_headers_are_left_out(read_rows: ReadRows) -> None:
    """The same names again on every page."""
    rows: list[list[Any]] = [NAMES]
    for page in range(3):
        rows += [[str(page * 2 + i), f"線{page}{i}", "10", "4"] for i in range(2)]
        rows += [NAMES] if page < 2 else []
    table = read_rows(rows)
    assert skipped(table) == {4: "repeated_header", 7: "repeated_header"}
    assert len(table.row_numbers) == 6


def test_repeated_pages_with_titles_and_numbers(read_book: ReadBook) -> None:
    """Title, header of two rows, data, page number - again and again: one table."""
    page = [["街路灯台帳", None, None, None], ["番号", "所在", None, "灯数"], [None, "町名", "地番", None]]
    rows = []
    for number in range(3):
        rows += [
            *page,
            *([number * 2 + i, f"町{number}", f"{i}-1", 3] for i in range(2)),
            [None, None, f"- {number + 1} -", None],
        ]
    merges = [
        m for top in (1, 7, 13) for m in (f"A{top + 1}:A{top + 2}", f"B{top + 1}:C{top + 1}", f"D{top + 1}:D{top + 2}")
    ]
    table = only_table(read_book(rows, merges=merges))
    assert names(table)[:4] == ["番号", "所在/町名", "所在/地番", "灯数"]
    assert [r for r in column(table, "番号") if r] == ["0", "1", "2", "3", "4", "5"]
    assert len(table.row_numbers) == 6


@pytest.mark.parametrize(
    "note",
    [
        "※印は撤去予定",
        "（注）延長は概数",
        "注１　令和5年度末現在",
        "備考：数値は暫定",
        "*1:推定値",
        "出典：道路台帳",
        "注) 概数",
    ],
)
def test_notes_below_are_left_out(read_rows: ReadRows, note: str) -> None:
    """By how they begin, with or without a blank row above."""
    rows = [NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"]]
    assert skipped(read_rows([*rows, [note, None, None, None]])) == {4: "footnote"}
    assert skipped(read_rows([*rows, [None, None, None, None], [note, None, None, None]])) == {
        4: "blank",
        5: "footnote",
    }


def test_notes_of_several_lines_are_left_out(read_rows: ReadRows) -> None:
    """The second line of a note has no mark."""
    table = read_rows(
        [
            NAMES,
            ["1", "甲", "10", "4"],
            ["2", "乙", "20", "5"],
            ["（注）１．延長は概数", None, None, None],
            ["　　２．幅員は最小値", None, None, None],
        ]
    )
    assert skipped(table) == {4: "footnote", 5: "footnote"}


def test_a_last_row_with_only_its_number_is_data(read_rows: ReadRows) -> None:
    """A number that is taken but not filled in yet is not a note."""
    table = read_rows([NAMES, ["1", "甲", "10", "4"], ["2", "乙", "20", "5"], ["3", None, None, None]])
    assert list(table.row_numbers) == [2, 3, 4]


def test_a_sparse_row_in_the_middle_is_data(read_rows: ReadRows) -> None:
    """Two filled cells of many."""
    table = read_rows(
        [
            ["番号", "名称", "住所", "電話", "緯度", "経度"],
            ["1", "甲", "花里町", "32-1", "36.1", "137.2"],
            ["2", "乙", None, None, None, None],
            ["3", "丙", "本町", "33-2", "36.2", "137.3"],
        ]
    )
    assert skipped(table) == {}


def test_sections_become_a_column(read_book: ReadBook) -> None:
    """A title merged across the table heads the rows below it."""
    table = only_table(
        read_book(
            [
                NAMES,
                ["第１分団", None, None, None],
                [1, "甲", 10, 4],
                [2, "乙", 20, 5],
                ["第２分団", None, None, None],
                [3, "丙", 30, 4],
            ],
            merges=["A2:D2", "A5:D5"],
        )
    )
    assert skipped(table) == {2: "section", 5: "section"}
    assert column(table, "見出し") == ["第１分団", "第１分団", "第２分団"]
    assert [(note.code, note.cell) for note in table.notes] == [
        ("section_filled", "台帳!A2"),
        ("section_filled", "台帳!A5"),
    ]


def test_sections_by_a_mark_or_by_words_among_numbers(read_rows: ReadRows) -> None:
    """【上宝地区】 is a section; so is a word alone in a column of running numbers."""
    table = read_rows(
        [
            NAMES,
            ["【上宝地区】", None, None, None],
            ["1", "甲", "10", "4"],
            ["2", "乙", "20", "5"],
            ["国府地区", None, None, None],
            ["3", "丙", "30", "4"],
        ]
    )
    assert skipped(table) == {2: "section", 5: "section"}
    assert column(table, "見出し") == ["【上宝地区】", "【上宝地区】", "国府地区"]


def test_blank_rows_inside_are_told_and_blank_rows_behind_a_sheet_are_not(read_book: ReadBook) -> None:
    """Nobody wrote the blank rows at the end of a sheet."""
    table = only_table(read_book([NAMES, [1, "甲", 10, 4], [None], [2, "乙", 20, 5], [None], [None]]))
    assert skipped(table) == {3: "blank"}
    assert list(table.row_numbers) == [2, 4]


def test_rows_of_dashes_hold_nothing(read_rows: ReadRows) -> None:
    """A row with a dash and nothing else is blank."""
    table = read_rows(
        [
            ["番号", "名称", "住所", "標高", "備考"],
            ["1", "甲", "花里町", "500", "あ"],
            ["2", "乙", "本町", "510", "い"],
            [None, None, None, "-", None],
        ]
    )
    assert skipped(table) == {4: "blank"}


def test_struck_out_rows_are_left_out_and_told(read_book: ReadBook) -> None:
    """A line through all cells of a row means that the thing is gone."""
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

    def strike(sheet: Worksheet) -> None:
        for cell in sheet[3]:
            cell.font = Font(strike=True)
        sheet["B4"].font = Font(strike=True)

    table = only_table(read_book([NAMES, [1, "甲", 10, 4], [2, "乙", 20, 5], [3, "丙", 30, 6]], dress=strike))
    assert skipped(table) == {3: "struck_out"}
    assert [p.row_number for p in table.problems if p.code == "struck_out_row"] == [3]


def test_hidden_rows_are_read_and_told(read_book: ReadBook) -> None:
    """A filter hides rows that are data all the same."""
    table = only_table(
        read_book(
            [NAMES, [1, "甲", 10, 4], [2, "乙", 20, 5]],
            dress=lambda sheet: sheet.row_dimensions.__getitem__(3).__setattr__("hidden", True),
        )
    )
    assert list(table.row_numbers) == [2, 3]
    assert [(p.code, p.row_number) for p in table.problems] == [("hidden_rows", 3)]


def test_subtotals_that_name_their_group(read_rows: ReadRows) -> None:
    """「本町 計」 and 「西町小計」; a name that ends in 計 without a gap is none."""
    table = read_rows(
        [
            ["地区", "名称", "延長"],
            ["本町", "甲", "10"],
            ["本町", "会計", "20"],
            ["本町 計", None, "30"],
            ["西町", "統計", "7"],
            ["西町小計", None, "7"],
        ]
    )
    assert skipped(table) == {4: "subtotal", 6: "subtotal"}


def test_sections_by_words_when_the_body_begins_with_one(read_rows: ReadRows) -> None:
    """第１分団 alone in the first row heads a group; a thing without particulars further down is data."""
    table = read_rows(
        [
            ["名称", "住所", "口径"],
            ["第１分団", None, None],
            ["甲", "本町", "75"],
            ["乙", None, None],
            ["第２分団", None, None],
            ["丙", "西町", "100"],
        ]
    )
    assert skipped(table) == {2: "section", 5: "section"}
    assert column(table, "名称") == ["甲", "乙", "丙"]


def test_records_of_two_lines_keep_their_second_line(read_book: ReadBook) -> None:
    """Cells merged over both lines; the last line is no note."""
    table = only_table(
        read_book(
            [["番号", "名称", "備考"], [1, "甲", "上"], [None, None, "下"], [2, "乙", "上"], [None, None, "下"]],
            merges=["A2:A3", "B2:B3", "A4:A5", "B4:B5"],
        )
    )
    assert column(table, "名称") == ["甲", "甲", "乙", "乙"]
    assert column(table, "備考") == ["上", "下", "上", "下"]


def test_a_stray_remark_far_below_a_long_ledger_does_not_touch_its_rows(read_rows: ReadRows) -> None:
    """Thousands of blank rows lie between."""
    rows: list[list[Any]] = [NAMES, *([str(i), f"線{i}", "10", "4"] for i in range(6000))]
    table = read_rows([*rows, *[[None] * 4] * 3000, ["以上", None, None, None]])
    assert len(table.row_numbers) == 6000
    assert skipped(table)[9002] == "footnote"


def test_every_page_says_title_names_and_sum_again(read_book: ReadBook) -> None:
    """A printed ledger: 「台帳 2/3」 above the names of each page, 「頁計」 below its rows, 「累計」 at the end."""
    rows: list[list[object]] = []
    for page in range(3):
        rows += [["占用物件台帳", None, None, None, f"{page + 1}/3"], ["許可番号", "占用者", "物件", "数量", "占用料"]]
        rows += [[f"第{page * 4 + i}号", f"会社{i}", "電柱", i, i * 100] for i in range(1, 5)]
        rows.append(["頁計", None, None, 10, 1000])
    rows.append(["累計", None, None, 30, 3000])
    table = only_table(read_book(rows))
    assert column(table, "許可番号") == [f"第{i}号" for i in range(1, 13)]
    assert skipped(table) == {
        **{1: "title", 7: "subtotal", 8: "title", 9: "repeated_header", 14: "subtotal"},
        **{15: "title", 16: "repeated_header", 21: "subtotal", 22: "subtotal"},
    }


@pytest.mark.parametrize("mark", ["記入例", "（例）", "【入力例】"])
def test_an_example_of_how_to_fill_in_is_no_record(read_book: ReadBook, mark: str) -> None:
    """Forms of the offices show one filled row first; further down the word is a value like others."""
    rows = [
        ["番号", "名称", "面積"],
        [mark, "○○公園", 500],
        *[[i, f"公園{i}", i * 10] for i in range(1, 6)],
        ["例", "乙", 1],
    ]
    table = only_table(read_book(rows))
    assert skipped(table) == {2: "example"}
    assert len(table.row_numbers) == 6


def test_what_must_be_filled_in_is_no_name(read_book: ReadBook) -> None:
    """必須 and 任意 above the names are not joined to them."""
    rows = [["必須", "必須", "任意"], ["施設番号", "施設名", "定員"], [1, "甲館", 10], [2, "乙館", 20]]
    table = only_table(read_book(rows))
    assert (names(table), skipped(table)) == (["施設番号", "施設名", "定員"], {1: "title"})


def test_days_of_the_month_are_names(read_book: ReadBook) -> None:
    """1 to 31 behind a name head columns, although they are numbers like those below."""
    rows = [["観測所", *range(1, 32)], *[[f"{name}町", *[(n * 7) % 40 for n in range(31)]] for name in "甲乙丙"]]
    table = only_table(read_book(rows))
    assert (table.header_rows, len(table.row_numbers), names(table)[:3]) == ((1,), 3, ["観測所", "1", "2"])


def test_another_header_right_below_the_data_begins_a_table(read_book: ReadBook) -> None:
    """No blank row between: it begins with the same name and goes on with others."""
    rows = [
        *[["番号", "橋名", "橋長"], [1, "甲橋", 10], [2, "乙橋", 20]],
        *[["番号", "トンネル名", "延長", "建設年"], [1, "丙", 100, 1990], [2, "丁", 200, 1991]],
    ]
    assert [(names(t), list(t.row_numbers)) for t in read_book(rows).tables] == [
        (["番号", "橋名", "橋長"], [2, 3]),
        (["番号", "トンネル名", "延長", "建設年"], [5, 6]),
    ]
