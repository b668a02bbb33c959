"""Several tables on one sheet: stacked, side by side, with titles between."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.ledger import Reading, Table, read_ledger
from tests.ledger.conftest import Rows, column, names, only_table, skipped

ReadRows = Callable[[Rows], Table]
ReadBook = Callable[..., Reading]


def test_stacked_tables_with_other_columns(read_book: ReadBook) -> None:
    """Title, names and rows twice: two tables, named by their titles."""
    tables = read_book(
        [
            ["消火栓"],
            ["番号", "所在地", "口径"],
            [1, "本町", 75],
            [2, "花里町", 100],
            [None],
            ["防火水槽"],
            ["番号", "名称", "容量", "設置年度"],
            [1, "甲", 40, 1990],
            [2, "乙", 60, 2001],
        ]
    ).tables
    assert [(names(t), list(t.row_numbers)) for t in tables] == [
        (["番号", "所在地", "口径"], [3, 4]),
        (["番号", "名称", "容量", "設置年度"], [8, 9]),
    ]
    assert [t.name for t in tables] == ["台帳 消火栓", "台帳 防火水槽"]
    assert [skipped(t) for t in tables] == [{1: "title"}, {5: "blank", 6: "title"}]


def test_stacked_tables_with_the_same_columns_are_one(read_book: ReadBook) -> None:
    """The title above the repeated names becomes the section of the rows below."""
    table = only_table(
        read_book(
            [
                ["番号", "所在地", "口径"],
                [1, "本町", 75],
                [2, "花里町", 100],
                [None],
                ["第２分団", None, None],
                ["番号", "所在地", "口径"],
                [3, "西町", 75],
            ],
            merges=["A5:C5"],
        )
    )
    assert column(table, "番号") == ["1", "2", "3"]
    assert skipped(table) == {4: "blank", 5: "section", 6: "repeated_header"}


def test_blocks_side_by_side_with_the_same_names(read_book: ReadBook) -> None:
    """The same names three times in a row: three tables, each with its own end."""
    tables = read_book(
        [
            ["町別世帯数"],
            ["町名", "世帯数", "人口", "町名", "世帯数", "人口"],
            ["本町", 10, 20, "西町", 5, 9],
            ["花里町", 11, 22, "東町", 6, 10],
            ["上町", 12, 23, "合計", 44, 84],
        ]
    ).tables
    assert [column(t, "町名") for t in tables] == [["本町", "花里町", "上町"], ["西町", "東町"]]
    assert [t.columns[0].number for t in tables] == [1, 4]
    assert skipped(tables[1])[5] == "total"


def test_tables_side_by_side_with_a_gap(read_book: ReadBook) -> None:
    """Two ledgers beside each other, each with its own names and number of rows."""
    tables = read_book(
        [
            ["番号", "名称", "延長", None, "コード", "意味"],
            [1, "甲線", 10, None, "A", "良好"],
            [2, "乙線", 20, None, "B", "要補修"],
            [3, "丙線", 30, None, None, None],
            [4, "丁線", 40, None, None, None],
            [5, "戊線", 50, None, None, None],
        ]
    ).tables
    assert [(names(t), len(t.row_numbers)) for t in tables] == [(["番号", "名称", "延長"], 5), (["コード", "意味"], 2)]


def test_a_spacer_column_does_not_part_a_table(read_book: ReadBook) -> None:
    """A narrow blank column inside a ledger whose rows go on behind it."""
    table = only_table(
        read_book(
            [
                ["番号", "名称", None, "延長", "幅員"],
                [1, "甲線", None, 10, 4],
                [2, "乙線", None, 20, 5],
                [3, "丙線", None, 30, 4],
            ]
        )
    )
    assert names(table) == ["番号", "名称", "延長", "幅員"]


def test_all_sheets_are_read_but_hidden_ones(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """A hidden sheet holds the choices of drop-down lists; it is told."""
    import openpyxl

    from gis_capture.ledger import read_ledger

    book = openpyxl.Workbook()
    for name, state in (("令和5年", "visible"), ("令和6年", "visible"), ("リスト", "hidden")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["番号", "名称"])
        sheet.append([1, "甲"])
    book.remove(book["Sheet"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    reading = read_ledger(path)
    assert [(t.name, t.sheet) for t in reading.tables] == [("令和5年", "令和5年"), ("令和6年", "令和6年")]
    assert [problem.code for problem in reading.problems] == ["hidden_sheet"]


def test_a_blank_record_in_the_middle_of_a_text_does_not_end_the_table(read_rows: ReadRows) -> None:
    """Data go on behind it."""
    table = read_rows([["番号", "名称", "住所"], ["1", "甲", "本町"], [None, None, None], ["2", "乙", "西町"]])
    assert list(table.row_numbers) == [2, 4]


def test_two_names_twice_in_a_row_are_one_table(read_rows: ReadRows) -> None:
    """緯度, 経度, 緯度, 経度 without anything else may be the two ends of lines."""
    table = read_rows(
        [["緯度", "経度", "緯度", "経度"], ["36.1", "137.2", "36.2", "137.3"], ["36.3", "137.2", "36.4", "137.3"]]
    )
    assert names(table) == ["緯度", "経度", "緯度_2", "経度_2"]
    assert len(table.row_numbers) == 2


def test_a_cover_is_no_table(tmp_path: Path) -> None:
    """A sheet of three lines, one of them a date, is the cover of the workbook; a list of names is none."""
    book = openpyxl.Workbook()
    cover, ledger, members = book.active, book.create_sheet("花里町"), book.create_sheet("施設")
    assert isinstance(cover, Worksheet)
    cover.title = "表紙"
    sheets: dict[Worksheet, list[list[str | int]]] = {
        cover: [["消火栓台帳"], ["令和6年4月1日現在"], ["消防本部"]],
        ledger: [["番号", "口径"], [1, 65], [2, 75]],
        members: [["施設名"], ["公民館"], ["図書館"]],
    }
    for sheet, rows in sheets.items():
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "消火栓.xlsx")
    tables = read_ledger(tmp_path / "消火栓.xlsx").tables
    assert [(table.sheet, len(table.row_numbers)) for table in tables] == [("花里町", 2), ("施設", 2)]
