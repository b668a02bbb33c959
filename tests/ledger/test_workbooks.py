"""Workbooks of Excel and OpenDocument: typed cells, formats, formulas, sheets, old and wrong containers."""

import datetime
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, codes, read_ledger
from tests.ledger.conftest import column, names, only_table, skipped

ReadBook = Callable[..., Reading]


def test_a_number_format_shows_its_leading_zeros(read_book: ReadBook) -> None:
    """002 is the number 2 with the format 000; the ledger says 002."""

    def dress(sheet: Worksheet) -> None:
        for row in (2, 3):
            sheet.cell(row, 1).number_format = "000"
            sheet.cell(row, 3).number_format = '"φ"0'

    table = only_table(read_book([["番号", "名称", "口径"], [2, "甲", 75], [13, "乙", 100]], dress=dress))
    assert column(table, "番号") == ["002", "013"]
    assert column(table, "口径") == ["φ75", "φ100"]


def test_dates_numbers_and_truth_values_become_texts(read_book: ReadBook) -> None:
    """Dates in ISO 8601, whole numbers without .0."""
    table = only_table(
        read_book(
            [
                ["番号", "設置日", "点検時刻", "延長", "廃止"],
                [1.0, datetime.date(2024, 4, 5), datetime.time(9, 30), 12.5, True],
                [2.0, datetime.datetime(2024, 4, 6, 10, 0), None, 13.0, False],
            ]
        )
    )
    assert [values[0] for values in table.values] == ["1", "2024-04-05", "09:30:00", "12.5", "TRUE"]
    assert [values[1] for values in table.values] == ["2", "2024-04-06T10:00:00", None, "13", "FALSE"]


def test_cells_that_are_dates_are_marked(read_book: ReadBook) -> None:
    """地番 5-5 that Excel turned into a date can be told from a text 5-6."""
    table = only_table(read_book([["番号", "地番"], [1, datetime.date(2024, 5, 5)], [2, "5-6"]]))
    assert table.date_cells == {"地番": frozenset({2})}


def test_serial_numbers_around_the_day_that_never_was(read_book: ReadBook) -> None:
    """Serial 61 is 1900-03-01; 59 is 1900-02-28."""

    def dress(sheet: Worksheet) -> None:
        for row in (2, 3):
            sheet.cell(row, 2).number_format = "yyyy-mm-dd"

    table = only_table(read_book([["番号", "日"], [1, 59], [2, 61]], dress=dress))
    assert column(table, "日") == ["1900-02-28", "1900-03-01"]


def test_a_formula_without_a_stored_result_is_told(read_book: ReadBook) -> None:
    """A workbook written by a program has formulas without results."""
    reading = read_book([["番号", "延長", "倍"], [1, 10, "=B2*2"], [2, 20, "=B3*2"]])
    assert [(p.code, p.cell) for p in reading.problems] == [
        (codes.FORMULA_WITHOUT_VALUE, "台帳!C2"),
        (codes.FORMULA_WITHOUT_VALUE, "台帳!C3"),
    ]


def test_an_error_in_a_cell_is_empty_and_told(read_book: ReadBook) -> None:
    """#REF! is not a value of the ledger."""

    def dress(sheet: Worksheet) -> None:
        sheet["B3"] = "#REF!"
        sheet["B3"].data_type = "e"

    reading = read_book([["番号", "延長"], [1, 10], [2, 20]], dress=dress)
    assert column(only_table(reading), "延長") == ["10", None]
    assert [(p.code, p.cell) for p in reading.problems] == [(codes.ERROR_CELL, "台帳!B3")]


def test_formatted_blank_rows_are_not_read(read_book: ReadBook) -> None:
    """A sheet that claims thousands of rows because somebody coloured them."""
    from openpyxl.styles import PatternFill

    def dress(sheet: Worksheet) -> None:
        for row in range(4, 3000):
            sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFFF00")

    table = only_table(read_book([["番号", "名称"], [1, "甲"], [2, "乙"]], dress=dress))
    assert (list(table.row_numbers), table.skipped) == ([2, 3], ())


def test_a_cell_far_away_is_refused_before_it_fills_the_memory(read_book: ReadBook) -> None:
    """A1 and XFD1048576 span seventeen thousand million cells."""
    with pytest.raises(SourceError, match="too large"):
        read_book([["番号"]], dress=lambda sheet: sheet.cell(1_048_576, 16_384, "x") and None)


def write_xls(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    merges: Sequence[tuple[int, int, int, int]],
    formats: Mapping[int, str],
) -> None:
    """Writes an Excel 97 workbook; `merges` are (top, bottom, left, right) from 0, `formats` are of columns."""
    book = xlwt.Workbook(encoding="cp932")
    sheet = book.add_sheet("台帳")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None and not any(t <= r <= b and left <= c <= right for t, b, left, right in merges):
                sheet.write(r, c, value, xlwt.easyxf(num_format_str=formats.get(c, "General")))
    for top, bottom, left, right in merges:
        sheet.write_merge(top, bottom, left, right, rows[top][left])
    book.save(str(path))


def test_an_old_workbook_is_read_with_merges_and_formats(tmp_path: Path) -> None:
    """xls: leading zeros, dates, merged header and body."""
    path = tmp_path / "a.xls"
    rows: list[list[Any]] = [
        ["番号", "所在", None, "設置日"],
        [None, "町名", "地番", None],
        [2, "本町", "1-1", datetime.date(2020, 4, 1)],
        [3, None, "1-2", datetime.date(2021, 5, 5)],
    ]
    write_xls(
        path, rows, merges=[(0, 1, 0, 0), (0, 0, 1, 2), (0, 1, 3, 3), (2, 3, 1, 1)], formats={0: "000", 3: "yyyy/mm/dd"}
    )
    table = only_table(read_ledger(path))
    assert names(table) == ["番号", "所在/町名", "所在/地番", "設置日"]
    assert [list(values) for values in table.values] == [
        ["002", "003"],
        ["本町", "本町"],
        ["1-1", "1-2"],
        ["2020-04-01", "2021-05-05"],
    ]
    assert table.date_cells == {"設置日": frozenset({3, 4})}


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="台帳">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def read_ods(tmp_path: Path, rows: str) -> Reading:
    """Reads rows given as OpenDocument XML."""
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(rows=rows))
    return read_ledger(path)


def cell(text: str, kind: str = "string", **attributes: str) -> str:
    """One cell; the attributes are of the table, a value beside `kind` is given as "float:2"."""
    kind, _, value = kind.partition(":")
    name = "date-value" if kind == "date" else "value"
    told = f' office:{name}="{value}"' if value else ""
    more = "".join(f' table:{key.replace("_", "-")}="{count}"' for key, count in attributes.items())
    return f'<table:table-cell office:value-type="{kind}"{told}{more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, times: int = 1) -> str:
    """One row."""
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def test_an_opendocument_sheet_is_read_with_merges_and_shown_zeros(tmp_path: Path) -> None:
    """ods: vertical merge, 002, date, rows repeated to the end of the sheet."""
    rows = [
        row(cell("番号"), cell("町名"), cell("設置日"), cell("緯度")),
        row(
            cell("002", "float:2"),
            cell("本町", number_rows_spanned="2"),
            cell("R2.4.1", "date:2020-04-01"),
            cell("36.14", "float:36.142345"),
        ),
        row(
            cell("003", "float:3"),
            "<table:covered-table-cell/>",
            "<table:table-cell/>",
            cell("36.15", "float:36.152345"),
        ),
        row('<table:table-cell table:number-columns-repeated="1024"/>', times=1_048_573),
    ]
    table = only_table(read_ods(tmp_path, "".join(rows)))
    assert [list(values) for values in table.values] == [
        ["002", "003"],
        ["本町", "本町"],
        ["2020-04-01", None],
        ["36.142345", "36.152345"],
    ]
    assert table.skipped == ()


@pytest.mark.parametrize(
    "rows", [row(cell("a", number_columns_repeated="999999999")), row(cell("a"), times=999_999_999)]
)
def test_cells_repeated_a_thousand_million_times_are_refused(tmp_path: Path, rows: str) -> None:
    """A few bytes that unfold to more than any memory."""
    with pytest.raises(SourceError, match="too large"):
        read_ods(tmp_path, rows)


def test_a_web_page_under_the_name_of_a_workbook_is_read(tmp_path: Path) -> None:
    """Many systems export HTML and call it .xls; spans are merges, and the page says its own encoding."""
    path = tmp_path / "export.xls"
    path.write_bytes(
        "<html><head><meta charset=Shift_JIS></head><body><table border=1>"
        "<tr><th rowspan=2>番号</th><th colspan=2>所在</th></tr><tr><th>町名</th><th>地番</th></tr>"
        "<tr><td>1<td rowspan=2>本町<td>1-1</tr><tr><td>2<td>1&#45;2<br>隣</td></tr></table></body></html>".encode(
            "cp932"
        )
    )
    reading = read_ledger(path)
    table = only_table(reading)
    assert (reading.source.driver, reading.source.encoding) == ("html", "cp932")
    assert names(table) == ["番号", "所在/町名", "所在/地番"]
    assert [list(values) for values in table.values] == [["1", "2"], ["本町", "本町"], ["1-1", "1-2\n隣"]]
    assert [p.code for p in reading.problems] == [codes.WRONG_EXTENSION]


def test_a_new_workbook_under_an_old_name_is_read(tmp_path: Path) -> None:
    """New content called .xls."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["番号", "名称"])
    sheet.append([1, "甲"])
    book.save(tmp_path / "a.xlsx")
    path = (tmp_path / "a.xlsx").rename(tmp_path / "a.xls")
    reading = read_ledger(path)
    assert (reading.source.driver, len(reading.tables)) == ("xlsx", 1)
    assert [p.code for p in reading.problems] == [codes.WRONG_EXTENSION]


def test_totals_below_a_sheet_with_merged_label(read_book: ReadBook) -> None:
    """合計 merged over two columns."""
    table = only_table(
        read_book([["番号", "名称", "延長"], [1, "甲", 10], [2, "乙", 20], ["合　計", None, 30]], merges=["A4:B4"])
    )
    assert skipped(table) == {4: "total"}
    assert table.problems == ()


def test_a_workbook_that_xlrd_cannot_read_is_read_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calamine reads it in a process of its own, which damage may bring down."""
    import xlrd

    def give_up(**_: object) -> None:
        raise xlrd.XLRDError("Expected BOF record")

    monkeypatch.setattr(xlrd, "open_workbook", give_up)
    path = tmp_path / "a.xls"
    rows: list[list[Any]] = [["番号", "町名"], [1, "本町"], [2, None]]
    write_xls(path, rows, merges=[(1, 2, 1, 1)], formats={})
    table = only_table(read_ledger(path))
    assert [list(values) for values in table.values] == [["1", "2"], ["本町", "本町"]]


def test_a_damaged_old_workbook_does_not_end_the_process(tmp_path: Path) -> None:
    """Seeded damage to an Excel 97 workbook: it is read or refused."""
    source = tmp_path / "source.xls"
    rows: list[list[Any]] = [["番号", "町名"], [1, "本町"], [2, "西町"]]
    write_xls(source, rows, merges=[], formats={})
    generator = random.Random(1)
    n_refused = 0
    for _ in range(8):
        damaged = bytearray(source.read_bytes())
        for _ in range(40):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        path = tmp_path / "a.xls"
        path.write_bytes(damaged)
        try:
            read_ledger(path)
        except SourceError:
            n_refused += 1
    assert n_refused > 0


def test_a_cell_far_below_is_left_out_and_told(read_book: ReadBook) -> None:
    """Somebody hit a key at the end of the sheet; a million blank rows are not listed."""
    rows = [["番号", "名称"], [1, "甲"], [2, "乙"]]
    reading = read_book(rows, dress=lambda sheet: sheet.cell(1_000_000, 2, "x"))
    table = only_table(reading)
    assert (list(table.row_numbers), table.skipped) == ([2, 3], ())
    assert [(problem.code, problem.row_number) for problem in reading.problems] == [(codes.FAR_CELLS, 4)]


def test_comments_colours_and_what_is_hidden_are_told(read_book: ReadBook) -> None:
    """A yellow row, a comment, a hidden column and rows behind a filter: read, and told by row and cell."""

    def dress(sheet: Worksheet) -> None:
        sheet["B3"].comment = Comment("撤去済み\n要確認", "係")
        sheet["A3"].fill = PatternFill("solid", fgColor="FFFFFF00")
        sheet.column_dimensions["C"].hidden = True
        sheet.auto_filter.ref = "A1:C5"
        sheet.auto_filter.add_filter_column(0, ["1"])
        sheet.row_dimensions[4].hidden = True

    rows = [["番号", "名称", "備考"], *([n, f"灯{n}", "x"] for n in range(1, 5))]
    table = only_table(read_book(rows, dress=dress))
    told = {problem.code: problem for problem in table.problems}

    assert (len(table.row_numbers), names(table)) == (4, ["番号", "名称", "備考"])
    assert str(told[codes.CELL_COMMENT].cell).endswith("!B3")
    assert "撤去済み 要確認" in told[codes.CELL_COMMENT].message.ja
    assert (told[codes.COLORED_CELLS].row_number, "FFFF00" in told[codes.COLORED_CELLS].message.ja) == (3, True)
    assert "備考" in told[codes.HIDDEN_COLUMNS].message.ja
    assert "フィルター" in told[codes.HIDDEN_ROWS].message.ja


def test_a_sheet_that_is_coloured_row_by_row_is_not_told(read_book: ReadBook) -> None:
    """A colour that most rows have says nothing about any of them."""

    def dress(sheet: Worksheet) -> None:
        for row in (2, 3, 4):
            sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFDDEEFF")

    table = only_table(read_book([["番号", "名称"], [1, "甲"], [2, "乙"], [3, "丙"], [4, "丁"]], dress=dress))
    assert codes.COLORED_CELLS not in {problem.code for problem in table.problems}


def test_marks_of_an_old_workbook_are_told(tmp_path: Path) -> None:
    """Colours and hidden columns of BIFF8."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("台帳")
    yellow = xlwt.easyxf("pattern: pattern solid, fore_colour yellow")
    rows: list[list[Any]] = [["番号", "名称"], [1, "甲"], [2, "乙"], [3, "丙"]]
    for row, values in enumerate(rows):
        for place, value in enumerate(values):
            sheet.write(row, place, value, yellow if row == 2 else xlwt.Style.default_style)
    sheet.col(1).hidden = True
    book.save(str(tmp_path / "old.xls"))

    table = only_table(read_ledger(tmp_path / "old.xls"))
    told = {problem.code: problem for problem in table.problems}
    assert (told[codes.COLORED_CELLS].row_number, told[codes.HIDDEN_COLUMNS].severity) == (3, "warning")
