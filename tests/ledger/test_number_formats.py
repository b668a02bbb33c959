"""Texts of numbers and dates: as a person sees them, without losing digits."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.ledger.drivers.cells import date_text, number_text, shaped_number_text, shapes_number


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
    ],
)
def test_formats_that_add_something_are_shown(value: float, code: str, text: str) -> None:
    """Zeros in front, words and percent belong to what a person reads; digits are never rounded away."""
    assert shapes_number(code)
    assert shaped_number_text(value, code) == text


@pytest.mark.parametrize(
    "code", ["General", "0", "#,##0", "0.00", "#,##0.00_ ", "#,##0;[Red]-#,##0", "@", "¥#,##0", "0.00E+00", "# ?/?"]
)
def test_formats_that_only_dress_a_number_change_nothing(code: str) -> None:
    """Thousands, decimals, colours and currency are left to the number."""
    assert not shapes_number(code)


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
