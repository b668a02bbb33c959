"""Dates: every form that ledgers use, and no day made up where there is none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.ledger.values.dates import DateReading, parse_date, read_date, read_year
from gis_capture.ledger.values.eras import ERAS
from gis_capture.ledger.values.instants import read_instant

DAYS = {
    "R6.4.1": "2024-04-01",
    "r6.4.1": "2024-04-01",
    "R.6.4.1": "2024-04-01",
    "R6-4-1": "2024-04-01",
    "Ｒ６／４／１": "2024-04-01",
    "R6.4.1(月)": "2024-04-01",
    "R060401": "2024-04-01",
    "H 5. 4. 1": "1993-04-01",
    "昭６３・３・３１": "1988-03-31",
    "昭和六十三年三月三十一日": "1988-03-31",
    "㋿6年4月1日": "2024-04-01",
    "㍻元年１月８日": "1989-01-08",
    "平成31.4.30": "2019-04-30",
    "令和元年5月1日": "2019-05-01",
    "昭和64.1.7": "1989-01-07",
    "明治33年10月1日": "1900-10-01",
    "2024/4/1": "2024-04-01",
    "2024.4.1": "2024-04-01",
    "2024-04-01": "2024-04-01",
    "2024-04-01T00:00:00": "2024-04-01",
    "2024/04/01 00:00": "2024-04-01",
    "２０２４年４月１日（月）": "2024-04-01",
    "20240401": "2024-04-01",
}
PERIODS = {
    "令和6年度": ("2024-04-01", "fiscal_year"),
    "H31年度": ("2019-04-01", "fiscal_year"),
    "令和元年度": ("2019-04-01", "fiscal_year"),
    "1985年度": ("1985-04-01", "fiscal_year"),
    "昭和60年": ("1985-01-01", "year"),
    "S60": ("1985-01-01", "year"),
    "平成元年": ("1989-01-01", "year"),
    "1985": ("1985-01-01", "year"),
    "㍻元.4": ("1989-04-01", "month"),
    "昭和60年4月分": ("1985-04-01", "month"),
    "199804": ("1998-04-01", "month"),
}
DOUBTFUL = {
    "平成32年": ("2020-01-01", "date_outside_era"),
    "昭和100年": ("2025-01-01", "date_outside_era"),
    "S64.1.8": ("1989-01-08", "date_outside_era"),
    "平成31.5.1": ("2019-05-01", "date_outside_era"),
    "大正15.12.25": ("1926-12-25", "date_outside_era"),
    "S60頃": ("1985-01-01", "date_approximate"),
    "R6年4月上旬": ("2024-04-01", "date_approximate"),
    "45383": ("2024-04-01", "date_from_serial"),
}
UNREADABLE = {
    "2024/2/30": "date_impossible",
    "R6.13.1": "date_impossible",
    "S0.4.1": "date_impossible",
    "S1985.4.1": "date_impossible",
    "60.4.1": "date_era_missing",
    "S60～H3": "date_range",
    "2024/4/1～2025/3/31": "date_range",
    "未完成": "date_invalid",
    "12/25/2023": "date_invalid",
    "R6.4.1" + " " * 80 + "x": "date_invalid",
}


def codes_of(text: str, severity: str) -> list[str]:
    """Codes of the notes of one severity that reading the text as a date gives."""
    return [note.code for note in read_date(text).notes if note.severity == severity]


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day_is_read_in_every_form(text: str, day: str) -> None:
    """Era or western, any separator, any width: the day comes out, and nothing is doubtful."""
    assert read_date(text).value == day
    assert codes_of(text, "warning") == []


@pytest.mark.parametrize(("text", "expected"), PERIODS.items())
def test_a_month_or_year_becomes_its_first_day_and_says_so(text: str, expected: tuple[str, str]) -> None:
    """The precision is known, and a note tells that day and month were not in the ledger."""
    reading = parse_date(text)
    assert isinstance(reading, DateReading)
    assert (reading.first_day.isoformat(), reading.precision) == expected
    assert f"date_precision_{expected[1]}" in codes_of(text, "info")


@pytest.mark.parametrize(("text", "expected"), DOUBTFUL.items())
def test_a_doubtful_date_is_read_and_flagged(text: str, expected: tuple[str, str]) -> None:
    """Years beyond an era's end, days on the wrong side of a change of era, and rough dates carry a warning."""
    assert read_date(text).value == expected[0]
    assert codes_of(text, "warning") == [expected[1]]


@pytest.mark.parametrize(("text", "code"), UNREADABLE.items())
def test_what_is_no_day_is_left_out_with_its_reason(text: str, code: str) -> None:
    """No value is made up for impossible days, periods and years without an era."""
    assert read_date(text).value is None
    assert codes_of(text, "error") == [code]


def test_years_without_era_take_the_one_a_person_names() -> None:
    """A column of "60.4.1" is read once somebody says that it is of the Showa era."""
    assert read_date("60.4.1", default_era="昭和").value == "1985-04-01"
    assert read_date("1985.4.1", default_era="昭和").value == "1985-04-01"


@pytest.mark.parametrize(
    ("text", "is_fiscal", "year"), [("S60", False, 1985), ("R6.2.1", True, 2023), ("R6.4.1", True, 2024)]
)
def test_a_date_gives_its_year_or_fiscal_year(text: str, is_fiscal: bool, year: int) -> None:
    """January to March belong to the fiscal year that began the April before."""
    assert read_year(text, is_fiscal=is_fiscal).value == year


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024/4/1 13:05", "2024-04-01T04:05:00Z"),
        ("R6.4.1 午後1時5分", "2024-04-01T04:05:00Z"),
        ("2024/04/01 1:05:09 PM", "2024-04-01T04:05:09Z"),
        ("2024-04-01T04:05:00Z", "2024-04-01T04:05:00Z"),
        ("2024-04-01T13:05:00+09:00", "2024-04-01T04:05:00Z"),
        ("2024-04-01T13:05:00.250+09:00", "2024-04-01T04:05:00.250Z"),
        ("2024/4/1", "2024-03-31T15:00:00Z"),
    ],
)
def test_an_instant_is_japanese_time_unless_it_says_otherwise(text: str, instant: str) -> None:
    """Times without an offset are nine hours ahead of UTC."""
    assert read_instant(text).value == instant


@pytest.mark.parametrize("text", ["2024/4/1 25:00", "R6.4 13:00", "13:05", "2024/2/30 10:00", "2024-04-01T10:00+99:99"])
def test_an_impossible_instant_is_left_out(text: str) -> None:
    """Neither hour 25 nor a month with a clock time is an instant."""
    assert read_instant(text).value is None


@given(
    day=st.dates(date(1868, 10, 23), date(2099, 12, 31)), separator=st.sampled_from("./・-／．"), is_wide=st.booleans()
)
def test_every_day_of_every_era_comes_back(day: date, separator: str, is_wide: bool) -> None:
    """Law: written in its own era, in any form, a day is read as itself without a warning."""
    era = next(era for era in ERAS if era.covers(day, day))
    year = day.year - era.first_year + 1
    forms = [
        f"{era.letter}{year}{separator}{day.month}{separator}{day.day}",
        f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日",
        f"{era.name[0]}{year:02}{separator}{day.month:02}{separator}{day.day:02}",
        f"{era.letter}{year:02}{day.month:02}{day.day:02}",
    ]
    for form in forms:
        text = form.translate({ord("0") + i: ord("０") + i for i in range(10)}) if is_wide else form
        reading = read_date(text)
        assert reading.value == day.isoformat()
        assert [note.code for note in reading.notes] == ["era_converted"]
