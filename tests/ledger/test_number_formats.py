"""Texts of numbers and dates: as a person sees them, without losing digits."""

import datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from gis_capture.ledger import codes, read_ledger
from gis_capture.ledger.drivers.cells import date_text, number_text
from gis_capture.ledger.drivers.number_formats import is_unseen, shaped_number_text, shapes, shown_text
from gis_capture.ledger.drivers.sheet_cells import make_grid
from tests.ledger.conftest import only_table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (0.1 + 0.2, "0.3"),
        (137.252345678, "137.252345678"),
        (20240401.0, "20240401"),
        (1.23e15, "1230000000000000"),
        (9007199254740991.0, "9007199254740991"),
        (0.00001, "0.00001"),
        (-5.5, "-5.5"),
        (1e20, "100000000000000000000"),
        (0.0, "0"),
    ],
)
def test_numbers_are_written_in_full(value: float, text: str) -> None:
    """No exponent, no .0, no binary noise."""
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (2, "000", "002"),
        (1234, "000", "1234"),
        (0, "000", "000"),
        (5068555, "000-0000", "506-8555"),
        (577323333, "0000-00-0000", "0577-32-3333"),
        (5, '"No."0', "No.5"),
        (5, "0号", "5号"),
        (75, '"φ"0', "φ75"),
        (0.35, "0%", "35%"),
        (0.3567, "0%", "35.67%"),
        (-3, "000;△000", "△003"),
        (12, "\\A000", "A012"),
        (7, "[$-411]000", "007"),
        (1.5, "000.0", "001.5"),
        (1.25, "000.0", "001.25"),
        (1, '00"-"00', "00-01"),
        (3, '0"月"', "3月"),
        (1200, '[>=1000]0"台";0"個"', "1200台"),
        (12, '[>=1000]0"台";0"個"', "12個"),
        (-12, '[Red][<0]"▲"0"円";[Blue][=0]"なし";0"円"', "▲12円"),
        (0, '[Red][<0]"▲"0"円";[Blue][=0]"なし";0"円"', "なし"),
        (1, '"有";;"無"', "有"),
        (0, '"有";;"無"', "無"),
        (12345, '0,"千円"', "12.345千円"),
        (5, 'General"号"', "5号"),
        (5, 'G/標準"号"', "5号"),
        (7, '[DBNum3][$-411]0"棟"', "7棟"),
        (3, "000;△000", "003"),
        (0, "0;-0;;@", ""),
        (0, "#,##0;-#,##0;", ""),
        ("花里町", '@"様"', "花里町様"),
        ("花里町", '0;0;0;"高山市"@', "高山市花里町"),
        (45383.0, 'ggge"年"', "令和6年"),
        (45383.0, "[$-411]ge", "R6"),
        (43585.0, 'ggge"年度"', "平成31年度"),
        (45383.0, "e", "2024"),
        (45383.0, "aaa", "月"),
        (45383.0, "aaaa", "月曜日"),
        (datetime.datetime(2024, 4, 1), 'yyyy"年"m"月"', "2024年4月"),
        (datetime.datetime(2024, 4, 1), "yyyy/mm", "2024/04"),
        (datetime.datetime(2024, 4, 1), "yyyy", "2024"),
        (datetime.datetime(2024, 4, 1), "mmm-yy", "04-24"),
        (datetime.datetime(1989, 1, 7), 'gge"年"m"月"', "昭64年1月"),
    ],
)
def test_formats_that_add_something_are_shown(value: float | str | datetime.date, code: str, text: str) -> None:
    """Zeros in front, words, percent, a year without a day are what a person reads; digits are never rounded away."""
    assert shapes(code)
    assert shown_text(value, code) == text


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "#,##0",
        "0.00",
        "#,##0.00_ ",
        "#,##0;[Red]-#,##0",
        "@",
        "¥#,##0",
        "0.00E+00",
        "# ?/?",
        "yyyy/m/d",
        'ggge"年"m"月"d"日"',
        'm"月"d"日"',
        "[h]:mm",
        "h:mm:ss",
        "[$-F800]dddd\\, mmmm dd\\, yyyy",
        "G/標準",
        "0,",
        "d",
    ],
)
def test_formats_that_only_dress_a_number_change_nothing(code: str) -> None:
    """Thousands, decimals, colours and currency are left to the number."""
    assert not shapes(code)


@given(st.integers(0, 10**9), st.integers(2, 8))
def test_zeros_in_front_can_be_taken_off_again(value: int, width: int) -> None:
    """Law: the shaped text is the number, and at least as long as its format."""
    text = shaped_number_text(float(value), "0" * width)
    assert int(text) == value
    assert len(text) == max(width, len(str(value)))


@given(st.floats(-1e15, 1e15).filter(lambda value: value == 0 or abs(value) > 1e-300))
def test_numbers_survive_being_written(value: float) -> None:
    """Law: reading the text gives the number again, to the 15 digits of a spreadsheet."""
    assert float(number_text(value)) == pytest.approx(value, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.date(2024, 4, 5), "2024-04-05"),
        (datetime.datetime(2024, 4, 5), "2024-04-05"),
        (datetime.datetime(2024, 4, 5, 9, 30), "2024-04-05T09:30:00"),
        (datetime.time(9, 30), "09:30:00"),
        (datetime.timedelta(hours=30, minutes=5), "30:05:00"),
        (datetime.timedelta(seconds=-90), "-00:01:30"),
    ],
)
def test_dates_are_written_in_iso_8601(value: datetime.date | datetime.time | datetime.timedelta, text: str) -> None:
    """A day without a time is a day."""
    assert date_text(value) == text


@pytest.mark.parametrize(
    ("value", "code", "unseen"),
    [(5, ";;;", True), ("x", ";;;", True), (5, "0;;", False), (-5, "0;;", True), ("x", "0;;", False), (0, "0", False)],
)
def test_formats_that_hide_a_value_are_known(value: float | str, code: str, unseen: bool) -> None:
    """By sign, and texts only by a fourth section."""
    assert is_unseen(value, code) == unseen
    assert not unseen or shapes(code)


def test_a_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """Era years that are numbers to others, hidden zeros as blanks, days from 1904; what is hidden is told."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.append(["番号", "設置年", "棟数", "所有者", "撤去"])
    for number in range(1, 4):
        sheet.append([number, 45383 - 1462, number - 1, "山田", datetime.date(2024, 4, number)])
        for column, code in enumerate(["000", 'ggge"年"', "0;-0;;@", '@"様"', "yyyy/m/d"], start=1):
            sheet.cell(number + 1, column).number_format = code
    book.save(tmp_path / "a.xlsx")
    reading = read_ledger(tmp_path / "a.xlsx")
    table = only_table(reading)
    assert [list(values) for values in table.values] == [
        ["001", "002", "003"],
        ["令和6年"] * 3,
        [None, "1", "2"],
        ["山田様"] * 3,
        ["2024-04-01", "2024-04-02", "2024-04-03"],
    ]
    assert [p.cell for p in reading.problems if p.code == codes.UNSEEN_CELLS] == ["Sheet!C2"]


def test_an_old_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """The same of xls, and hours beyond a day."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("台帳")
    formats = ["000", 'ggge"年"', "0;-0;;@", '@"様"', "[h]:mm"]
    for column, (name, code) in enumerate(zip(["番号", "設置年", "棟数", "所有者", "時間"], formats, strict=True)):
        sheet.write(0, column, name)
        for row in range(1, 4):
            value = [row, 45383, row - 1, "山田", 1.25][column]
            sheet.write(row, column, value, xlwt.easyxf(num_format_str=code))
    book.save(str(tmp_path / "a.xls"))
    reading = read_ledger(tmp_path / "a.xls")
    assert [list(values)[:2] for values in only_table(reading).values] == [
        ["001", "002"],
        ["令和6年"] * 2,
        [None, "1"],
        ["山田様"] * 2,
        ["30:00:00"] * 2,
    ]
    assert [p.cell for p in reading.problems if p.code == codes.UNSEEN_CELLS] == ["台帳!C2"]


_NUMBERS = st.floats() | st.integers(-(10**17), 10**17).map(float) | st.floats(-1000, 1000).map(lambda x: round(x, 2))


@given(st.lists(_NUMBERS, min_size=1, max_size=5))
def test_a_column_of_numbers_is_written_as_each_of_them_alone(numbers: list[float]) -> None:
    """Whole numbers, many digits, exponents and what is no number give the same texts in a column."""
    grid = make_grid("台帳", [[number] for number in numbers])
    assert list(grid.columns[0]) == [number_text(number) for number in numbers]
