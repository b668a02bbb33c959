"""Header rows: where they are, how many, and what the columns are called."""

from collections.abc import Callable

import pytest

from gis_capture.ledger import Reading, Table, codes
from tests.ledger.conftest import Rows, column, names, only_table, skipped

ReadRows = Callable[[Rows], Table]
ReadBook = Callable[..., Reading]
ReadText = Callable[..., Reading]
LAMPS = [["1", "本町１号", "高山市本町1-1", "36.141", "LED"], ["2", "本町２号", "高山市本町1-2", "36.142", "水銀灯"]]


def test_titles_and_remarks_above_are_not_header(read_rows: ReadRows) -> None:
    """様式, title, date and unit stand above; the names are the last row before the data."""
    table = read_rows(
        [
            ["様式第１号", None, None, None, None],
            ["令和６年度　街路灯台帳", None, None, None, None],
            [None, None, None, None, "令和6年4月1日現在"],
            [None, None, None, None, None],
            ["番号", "名称", "所在地", "緯度", "灯種"],
            *LAMPS,
        ]
    )
    assert table.header_rows == (5,)
    assert names(table) == ["番号", "名称", "所在地", "緯度", "灯種"]
    assert skipped(table) == {1: "title", 2: "title", 3: "title", 4: "blank"}


def test_a_remark_beside_the_title_does_not_make_it_a_header(read_rows: ReadRows) -> None:
    """Title on the left, 単位 on the right."""
    table = read_rows(
        [["街路灯台帳", None, None, None, "（単位：基）"], ["番号", "名称", "所在地", "緯度", "灯種"], *LAMPS]
    )
    assert table.header_rows == (2,)


def test_names_of_a_ledger_of_words_only(read_rows: ReadRows) -> None:
    """Without any number the words of the header decide."""
    table = read_rows([["町内会名", "会長氏名", "備考"], ["花里町一区", "山田", None], ["花里町二区", "佐藤", "新任"]])
    assert table.header_rows == (1,)


def test_names_that_no_dictionary_knows(read_rows: ReadRows) -> None:
    """An unusual header is still a header: it is the first row, and nothing speaks against it."""
    table = read_rows([["なまえ", "どこ", "いつ"], ["たろう", "やま", "あさ"], ["じろう", "かわ", "よる"]])
    assert table.header_rows == (1,)


@pytest.mark.parametrize(
    "years",
    [["2021", "2022", "2023"], ["H30", "R1", "R2"], ["平成30年", "令和元年", "令和2年"], ["2022", "2023", "計"]],
)
def test_years_as_names(read_rows: ReadRows, years: list[str]) -> None:
    """Columns named by years stand above numbers, and are numbers themselves."""
    table = read_rows(
        [["路線名", *years], ["本町線", "10", "12", "15"], ["花里線", "20", "21", "9"], ["西町線", "3", "4", "8"]]
    )
    assert table.header_rows == (1,)
    assert names(table) == ["路線名", *years]


def test_two_years_as_names(read_rows: ReadRows) -> None:
    """Two years and a known word."""
    table = read_rows([["施設名", "2022", "2023"], ["公民館", "100", "120"], ["図書館", "90", "95"]])
    assert table.header_rows == (1,)


def test_a_first_row_of_data_is_not_a_header(read_rows: ReadRows) -> None:
    """Nothing is lost where a ledger begins without names; that is told."""
    table = read_rows(LAMPS)
    assert table.header_rows == ()
    assert names(table) == ["列A", "列B", "列C", "列D", "列E"]
    assert len(table.row_numbers) == 2
    assert [problem.code for problem in table.problems] == [codes.NO_HEADER]


def test_a_first_row_that_repeats_below_is_not_a_header(read_rows: ReadRows) -> None:
    """Words that come again in their column are values."""
    table = read_rows([["岐阜県", "高山市", "花里町"], ["岐阜県", "高山市", "本町"], ["岐阜県", "飛騨市", "古川町"]])
    assert table.header_rows == ()
    assert len(table.row_numbers) == 3


def test_one_data_row_is_enough(read_rows: ReadRows) -> None:
    """A ledger that has just begun."""
    table = read_rows([["番号", "名称", "設置年度"], ["1", "灯", "2024"]])
    assert (table.header_rows, list(table.row_numbers)) == ((1,), [2])


def test_a_ledger_without_rows_keeps_its_names(read_rows: ReadRows) -> None:
    """An empty form has columns and no rows."""
    table = read_rows([["管理番号", "名称", "所在地", "緯度", "経度"]])
    assert (names(table), len(table.row_numbers)) == (["管理番号", "名称", "所在地", "緯度", "経度"], 0)


def test_newlines_and_wide_spaces_are_taken_out_of_names(read_rows: ReadRows) -> None:
    """A name broken over two lines or spread with wide spaces is one word."""
    table = read_rows([["番 号", "名　　称", "設置\n年度"], ["1", "灯", "2024"], ["2", "灯2", "2023"]])
    assert names(table) == ["番号", "名称", "設置年度"]


def test_words_in_the_last_row_are_no_names_of_an_empty_table(read_rows: ReadRows) -> None:
    """Offices and posts are words like names are; a row with others above it and none below is a record."""
    rows: list[list[str | None]] = [
        ["局", "部", "課", "係", "所属名称", "電話番号", "機構分類名称"],
        ["高松市", None, None, "市長", "高松市市長", None, "市長"],
        ["高松市", None, None, "副市長", "高松市副市長", None, "副市長"],
        ["高松市", None, None, "代表監査委員", "高松市代表監査委員", None, "市長"],
    ]
    table = read_rows(rows)
    assert (table.header_rows, len(table.row_numbers)) == ((1,), 3)
    assert read_rows([["公園一覧", None, None], ["番号", "名称", "所在地"]]).header_rows == (2,)


def test_repeated_names_are_numbered_and_told(read_rows: ReadRows) -> None:
    """備考 twice: both columns are kept under names of their own."""
    table = read_rows([["番号", "備考", "備考"], ["1", "あ", "い"], ["2", "う", "え"]])
    assert names(table) == ["番号", "備考", "備考_2"]
    assert [c.header for c in table.columns] == ["番号", "備考", "備考"]
    assert codes.REPEATED_COLUMN_NAME in [problem.code for problem in table.problems]


def test_a_column_without_name_is_named_by_its_letter(read_rows: ReadRows) -> None:
    """Its values are kept; a column without name and value is dropped."""
    table = read_rows([["番号", None, "名称", None], ["1", "ア", "灯", None], ["2", "イ", "栓", None]])
    assert names(table) == ["番号", "列B", "名称"]
    assert table.columns[1].header == ""


def test_two_header_rows_with_merges(read_book: ReadBook) -> None:
    """Parent and child are joined by a slash; a name that spans both rows stands alone."""
    table = only_table(
        read_book(
            [
                ["番号", "所在", None, "設置", None],
                [None, "町名", "地番", "年度", "業者"],
                [1, "本町", "1-1", 2020, "甲"],
                [2, "花里町", "2-3", 2021, "乙"],
            ],
            merges=["A1:A2", "B1:C1", "D1:E1"],
        )
    )
    assert table.header_rows == (1, 2)
    assert names(table) == ["番号", "所在/町名", "所在/地番", "設置/年度", "設置/業者"]


def test_three_header_rows_with_merges(read_book: ReadBook) -> None:
    """Three levels."""
    table = only_table(
        read_book(
            [
                ["路線", "点検", None, None, None],
                [None, "令和5年度", None, "令和6年度", None],
                [None, "判定", "箇所", "判定", "箇所"],
                ["1号線", "Ⅰ", 3, "Ⅱ", 4],
                ["2号線", "Ⅱ", 5, "Ⅰ", 1],
            ],
            merges=["A1:A3", "B1:E1", "B2:C2", "D2:E2"],
        )
    )
    assert table.header_rows == (1, 2, 3)
    assert names(table)[1:3] == ["点検/令和5年度/判定", "点検/令和5年度/箇所"]


def test_two_header_rows_of_a_text_file(read_rows: ReadRows) -> None:
    """An exported merge: a blank parent belongs to the one on its left; a name without child stands alone."""
    table = read_rows(
        [
            ["番号", "所在", None, "設置", None, "備考"],
            [None, "町名", "地番", "年度", "業者", None],
            ["1", "本町", "1-1", "2020", "甲", None],
            ["2", "花里町", "2-3", "2021", "乙", "要確認"],
        ]
    )
    assert table.header_rows == (1, 2)
    assert names(table) == ["番号", "所在/町名", "所在/地番", "設置/年度", "設置/業者", "備考"]


def test_a_title_merged_over_the_table_is_not_a_parent(read_book: ReadBook) -> None:
    """The title spans all columns: it is no part of the names."""
    table = only_table(
        read_book(
            [
                ["消火栓台帳", None, None, None],
                ["番号", "名称", "口径", "設置年度"],
                [1, "甲", 75, 2001],
                [2, "乙", 100, 2002],
            ],
            merges=["A1:D1"],
        )
    )
    assert names(table) == ["番号", "名称", "口径", "設置年度"]
    assert skipped(table) == {1: "title"}


@pytest.mark.parametrize(
    "units", [["", "", "(mm)", "(m)"], [None, None, "㎜", "ｍ"], [None, "（人）", "（㎡）", "（円）"]]
)
def test_a_row_of_units_below_the_names_is_left_out(read_rows: ReadRows, units: list[str | None]) -> None:
    """Units are neither names nor data."""
    table = read_rows(
        [
            ["番号", "名称", "口径", "延長"],
            units,
            ["1", "甲", "75", "12"],
            ["2", "乙", "100", "13"],
            ["3", "丙", "150", "9"],
        ]
    )
    assert skipped(table) == {2: "unit"}
    assert (table.header_rows, list(table.row_numbers)) == ((1,), [3, 4, 5])


@pytest.mark.parametrize("numbers", [["(1)", "(2)", "(3)", "(4)"], ["①", "②", "③", "④"], ["ア", "イ", "ウ", "エ"]])
def test_a_row_that_numbers_the_columns_is_left_out(read_rows: ReadRows, numbers: list[str]) -> None:
    """(1) (2) (3) below the names."""
    table = read_rows([["番号", "名称", "口径", "延長"], numbers, ["1", "甲", "75", "12"], ["2", "乙", "100", "13"]])
    assert skipped(table) == {2: "code_row"}


def test_a_first_row_of_small_numbers_is_data(read_rows: ReadRows) -> None:
    """1, 2, 3 may number the columns, but it may as well be the first record."""
    table = read_rows([["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]])
    assert list(table.row_numbers) == [2, 3]


def test_the_preamble_of_linkdata(read_text: ReadText) -> None:
    """Rows that begin with # are remarks; the row #property names the columns."""
    table = only_table(
        read_text(
            "#LINK,,\n#lang,ja,\n#property,name,address\n#object_type_xsd,string,string\n1,公園,高松市\n2,緑地,高松市\n"
        )
    )
    assert table.header_rows == (3,)
    assert skipped(table) == {1: "comment", 2: "comment", 4: "code_row"}
    assert list(table.row_numbers) == [5, 6]


def test_a_sheet_of_prose_is_not_a_table(read_book: ReadBook) -> None:
    """Instructions in one column."""
    assert (
        read_book(
            [["この台帳の使い方について説明します。"], ["はじめに内容を確認してください。"], ["次に入力してください。"]]
        ).tables
        == ()
    )


def test_a_single_column_of_names_is_a_table(read_text: ReadText) -> None:
    """A list with one column."""
    table = only_table(read_text("施設名称\n中央公民館\n東公民館\n"))
    assert column(table, "施設名称") == ["中央公民館", "東公民館"]


def test_a_table_that_does_not_begin_at_a1(read_book: ReadBook) -> None:
    """Row and column numbers are those of the sheet."""
    table = only_table(
        read_book([[None], [None], [None, None, "番号", "名称"], [None, None, 1, "灯"], [None, None, 2, "栓"]])
    )
    assert table.header_rows == (3,)
    assert [c.number for c in table.columns] == [3, 4]
    assert table.cell_name(4, table.columns[1]) == "台帳!D4"


@pytest.mark.parametrize(
    ("again", "header_row", "reason_row"),
    [(["no", "name", "lat"], 1, 2), (["integer", "string", "float"], 1, 2), (["整数", "文字列", "小数"], 1, 2)],
)
def test_names_said_again_as_codes_or_types_are_left_out(
    read_rows: ReadRows, again: list[str], header_row: int, reason_row: int
) -> None:
    """A second row with English names or types of data is neither name nor data."""
    table = read_rows([["番号", "名称", "緯度"], again, ["1", "甲", "36.1"], ["2", "乙", "36.2"]])
    assert (table.header_rows, skipped(table)) == ((header_row,), {reason_row: "code_row"})


def test_three_header_rows_of_a_text_file(read_rows: ReadRows) -> None:
    """Three levels of exported merges."""
    table = read_rows(
        [
            ["番号", "点検", None, None, None],
            [None, "令和5年度", None, "令和6年度", None],
            [None, "判定", "箇所", "判定", "箇所"],
            ["1", "Ⅰ", "3", "Ⅱ", "4"],
            ["2", "Ⅱ", "5", "Ⅰ", "1"],
        ]
    )
    assert table.header_rows == (1, 2, 3)
    assert names(table)[3:] == ["点検/令和6年度/判定", "点検/令和6年度/箇所"]


def test_days_as_names(read_rows: ReadRows) -> None:
    """Dates of inspections stand above marks."""
    table = read_rows([["施設名", "2024/4/1", "2024/5/1"], ["公民館", "○", "×"], ["図書館", "×", "○"]])
    assert table.header_rows == (1,)


def test_pairs_of_words_above_are_not_the_table(read_rows: ReadRows) -> None:
    """作成日, 件数 and the like stand above as pairs."""
    table = read_rows(
        [
            ["台帳名", "消火栓", None],
            ["件数", "2", None],
            ["番号", "名称", "口径"],
            ["1", "甲", "75"],
            ["2", "乙", "100"],
        ]
    )
    assert (table.header_rows, list(table.row_numbers)) == ((3,), [4, 5])


def test_two_header_rows_above_words_only(read_book: ReadBook) -> None:
    """Without numbers below, the merges tell that the second row belongs to the header."""
    table = only_table(
        read_book(
            [
                ["記号", "所在", None, "管理"],
                [None, "町名", "字", None],
                ["あ", "本町", "上", "維持課"],
                ["い", "西町", "下", "水道課"],
            ],
            merges=["A1:A2", "B1:C1", "D1:D2"],
        )
    )
    assert (table.header_rows, names(table)) == ((1, 2), ["記号", "所在/町名", "所在/字", "管理"])


def test_a_form_for_one_record_loses_no_line(read_book: ReadBook) -> None:
    """Names on the left, values on the right: every line is kept as a row until the form is understood."""
    rows = [["施設台帳", None], ["名称", "中央公民館"], ["住所", "高山市花岡町"], ["設置年", 2001], ["面積", 300.5]]
    table = only_table(read_book(rows))
    assert (table.header_rows, list(table.row_numbers)) == ((), [1, 2, 3, 4, 5])


def test_a_row_of_words_with_fewer_contrasts_is_data(read_rows: ReadRows) -> None:
    """「不明」 in one of three columns of numbers does not make a row of data a second header."""
    table = read_rows(
        [
            ["橋梁", "橋長", "幅員", "径間"],
            ["東橋", "不明", "4.5", "調査中"],
            ["西橋", "12.3", "5.0", "1"],
            ["北橋", "20.1", "6.2", "2"],
            ["南橋", "8.0", "3.0", "1"],
        ]
    )
    assert table.header_rows == (1,)
    assert column(table, "橋長") == ["不明", "12.3", "20.1", "8.0"]


def test_latin_words_with_a_number_are_names(read_rows: ReadRows) -> None:
    """Programs name columns field1, field2; codes such as F-001 are data."""
    table = read_rows([["field1", "field2"], ["F-001", "本町"], ["F-002", "花里町"]])
    assert table.header_rows == (1,)
    assert column(table, "field1") == ["F-001", "F-002"]


def test_units_and_numbers_of_columns_below_the_names_are_no_names(read_book: ReadBook) -> None:
    """Names, units, (1) (2) (3): the names head the columns, the other two rows are told as what they are."""
    rows = [
        ["管路番号", "口径", "延長", "材質", "布設年度"],
        [None, "mm", "m", None, "年"],
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        *[[f"P{i:03d}", 100 + i, 25.5 + i, "DIP", f"S{40 + i}"] for i in range(1, 8)],
    ]
    table = only_table(read_book(rows))
    assert (names(table), table.header_rows) == (rows[0], (1,))
    assert skipped(table) == {2: "unit", 3: "code_row"}
    assert len(table.row_numbers) == 7


def test_who_made_the_table_and_when_are_not_its_names(read_rows: ReadRows) -> None:
    """Labels with their values in several cells, a sentence and numbers of columns stand above the names."""
    table = read_rows(
        [
            ["防火水槽台帳", None, None, None],
            ["作成課：消防総務課", None, "作成日：2024/5/1", None],
            ["本表は令和6年4月1日現在の内容である。", None, None, None],
            [None, None, None, None],
            ["①", "②", "③", "④"],
            ["管理番号", "所在地", "容量(t)", "構造"],
            *([f"W{number}", f"朝日町万石{number}", "40", "RC"] for number in range(1, 9)),
        ]
    )
    assert table.header_rows == (6,)
    assert names(table) == ["管理番号", "所在地", "容量(t)", "構造"]
    assert len(table.row_numbers) == 8


def test_a_unit_below_a_name_is_part_of_it(read_book: ReadBook) -> None:
    """In brackets, in a header row of its own beside children: 延長 over (m) is 延長(m), no parent with a child."""
    rows = [
        ["路線番号", "延長", "幅員", None],
        [None, "(m)", "最小", "最大"],
        *[[100 + i, 120.5 + i, 3.0, 5.5] for i in range(6)],
    ]
    table = only_table(read_book(rows, merges=["A1:A2", "C1:D1"]))
    assert names(table) == ["路線番号", "延長(m)", "幅員/最小", "幅員/最大"]
