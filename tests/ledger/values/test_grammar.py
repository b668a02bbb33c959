"""The whole grammar of dates, numbers and marks as ledgers write them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.ledger.values.choices import read_boolean
from gis_capture.ledger.values.dates import read_date
from gis_capture.ledger.values.numbers import parse_number
from gis_capture.ledger.values.texts import are_plain, read_text, trim

OUTSIDE, APPROXIMATE = "date_outside_era", "date_approximate"
MONTH, YEAR, FISCAL = "date_precision_month", "date_precision_year", "date_precision_fiscal_year"
DATES: dict[str, tuple[str | None, set[str] | None]] = {
    # Every spelling of an era.
    **dict.fromkeys(
        (
            "昭和63年3月31日",
            "昭和６３年３月３１日",
            "昭63・3・31",
            "昭６３・３・３１",
            "S63.3.31",
            "s63.3.31",
            "S63/3/31",
        ),
        ("1988-03-31", set()),
    ),
    **dict.fromkeys(
        (
            "S63-3-31",
            "S63－3－31",
            "S63ー3ー31",
            "Ｓ６３．３．３１",
            "S.63.3.31",
            "S 63. 3.31",
            "㍼63年3月31日",
            "S630331",
        ),
        ("1988-03-31", set()),
    ),
    **dict.fromkeys(
        ("昭和六十三年三月三十一日", "昭和63年3月31日（木）", "S63.3.31(木)", "(S63.3.31)", "昭和63年3月31日木曜日"),
        ("1988-03-31", set()),
    ),
    **dict.fromkeys(("令和6年4月1日", "R6.4.1", "R06.04.01", "㋿6年4月1日", "令6.4.1"), ("2024-04-01", set())),
    **dict.fromkeys(("2024/4/1", "2024.4.1", "2024-04-01", "2024年4月1日", "20240401"), ("2024-04-01", set())),
    **dict.fromkeys(("２０２４／４／１", "2024-04-01T00:00:00", "2024-04-01 00:00:00"), ("2024-04-01", set())),
    **dict.fromkeys(("令和6(2024)年4月1日", "2024年（令和6年）4月1日", "2024(R6).4.1"), ("2024-04-01", set())),
    # The first year, and the days on which eras begin and end.
    **dict.fromkeys(("令和元年5月1日", "R元.5.1", "令元.5.1", "R1.5.1"), ("2019-05-01", set())),
    "M45.7.29": ("1912-07-29", set()),
    "T1.7.30": ("1912-07-30", set()),
    "T15.12.24": ("1926-12-24", set()),
    "S1.12.25": ("1926-12-25", set()),
    "S64.1.7": ("1989-01-07", set()),
    "H1.1.8": ("1989-01-08", set()),
    "H31.4.30": ("2019-04-30", set()),
    "㍾30年1月1日": ("1897-01-01", set()),
    "㍽3年1月1日": ("1914-01-01", set()),
    "㍻元年5月2日": ("1989-05-02", set()),
    # Beyond their end: read, and told.
    "M45.7.30": ("1912-07-30", {OUTSIDE}),
    "大正15.12.25": ("1926-12-25", {OUTSIDE}),
    "S64.1.8": ("1989-01-08", {OUTSIDE}),
    "H31.5.1": ("2019-05-01", {OUTSIDE}),
    "平成32年": ("2020-01-01", {OUTSIDE, YEAR}),
    "昭和100年": ("2025-01-01", {OUTSIDE, YEAR}),
    # Less than a day.
    "平成5年3月": ("1993-03-01", {MONTH}),
    "H5.3": ("1993-03-01", {MONTH}),
    "202404": ("2024-04-01", {MONTH}),
    "平成5年": ("1993-01-01", {YEAR}),
    "H5": ("1993-01-01", {YEAR}),
    "1993": ("1993-01-01", {YEAR}),
    "令和６年度": ("2024-04-01", {FISCAL}),
    "R6年度": ("2024-04-01", {FISCAL}),
    "2024年度": ("2024-04-01", {FISCAL}),
    "S60頃": ("1985-01-01", {YEAR, APPROXIMATE}),
    "昭和60年以前": ("1985-01-01", {YEAR, APPROXIMATE}),
    "令和6年4月上旬": ("2024-04-01", {MONTH, APPROXIMATE}),
    # No such day, no one day, no era, no date.
    **dict.fromkeys(("R6.2.30", "2023-02-29", "S60.13.1", "R0.1.1", "H5.4.31"), (None, {"date_impossible"})),
    **dict.fromkeys(("S60～H3", "昭和60年〜平成3年", "S60-H3", "昭和60年4月1日～"), (None, {"date_range"})),
    **dict.fromkeys(("60.4.1", "6年4月1日", "元年", "5年度"), (None, {"date_era_missing"})),
    **dict.fromkeys(("明治初期", "大正", "昭和60年代", "要確認", "5-5"), (None, None)),
    **dict.fromkeys(("令和6(2023)年4月1日", "2024年（平成6年）4月1日"), (None, {"date_years_differ"})),
}


@pytest.mark.parametrize("text", DATES)
def test_dates(text: str) -> None:
    """The day, how exactly it is known, and what is doubtful; None where it cannot be one."""
    value, codes = DATES[text]
    reading = read_date(text)
    assert reading.value == value
    if codes is not None:
        assert {note.code for note in reading.notes} - {"era_converted"} == codes


NUMBERS: dict[str, Any] = {
    **dict.fromkeys(("12", "１２", "12 ", "+12", "12.0", "12mm", "１２㍉", "φ12", "12個", "十二", "一二", "拾弐"), 12),
    **dict.fromkeys(("▲12", "△12", "-12", "－12", "−12", "‐12"), -12),
    **dict.fromkeys(
        ("32,500", "32,500 ", "３２，５００", "32,500円", "¥32,500", "3万2千5百", "32.5千円", "3.25万"), 32_500
    ),
    **dict.fromkeys(("2500.5", "2,500.5", "2,500.5㎡", "２５００．５", "2500.5平米"), 2500.5),
    **dict.fromkeys(("約30", "30程度", "30以上", "およそ30"), 30),
    **dict.fromkeys(("1.23E+3", "1230"), 1230),
    **dict.fromkeys(
        ("10～20", "10-20", "φ75〜100", "1.2m×0.9m", "75×2", "1,2,3", "12,34", "三丁目", "○", "", "-"), None
    ),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    """Signs, commas, width, units and kanji; a range or two numbers are none."""
    assert parse_number(text).value == NUMBERS[text]


MARKS: dict[str, bool | None] = {
    **dict.fromkeys(("○", "◎", "●", "〇", "✓", "✔", "☑", "レ", "有", "あり", "有り", "可", "はい", "済", "要"), True),
    **dict.fromkeys(("該当", "1", "1.0", "TRUE", "yes", "Ｙ", "有（2か所）"), True),
    **dict.fromkeys(("×", "✕", "✗", "無", "なし", "無し", "不可", "いいえ", "未", "不要", "非該当", "0"), False),
    **dict.fromkeys(("FALSE", "no", "Ｎ", "□", "無(撤去)"), False),
    **dict.fromkeys(("△", "－", "不明", "2", "有無", "？"), None),
}


@pytest.mark.parametrize("text", MARKS)
def test_marks_for_yes_and_no(text: str) -> None:
    """What is neither is left out; a remark in brackets is told."""
    reading = read_boolean(text)
    assert reading.value is MARKS[text]
    assert bool(reading.notes) == (MARKS[text] is None or "（" in text or "(" in text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5月5日", "excel_date_damage"),
        ("1.23E+15", "excel_scientific"),
        ("1234567890123450", "excel_rounded"),
        ("12345678901234500", "excel_rounded"),
    ],
)
def test_numbers_that_excel_has_damaged_are_told(text: str, code: str) -> None:
    """They are kept as they stand, and what they may have been is said."""
    assert not are_plain([text])
    reading = read_text(text, is_lot_or_id=True)
    assert reading.value == text and [note.code for note in reading.notes] == [code]


@pytest.mark.parametrize("text", ["5-5", "123456789012345", "1234567890123456", "0577-32-3333", "000", "1E5"])
def test_numbers_that_are_whole_are_not_told(text: str) -> None:
    """Ids of many digits, lots and phone numbers."""
    assert read_text(text, is_lot_or_id=True).notes == ()


@given(st.text(alphabet="0015E+月日 \n\u3000\ufeff\x01\ue000\ufffda", min_size=1, max_size=24))
def test_texts_that_pass_for_plain_are_left_as_they_are(text: str) -> None:
    """The quick look at a whole column lets nothing through that reading each text would change or tell."""
    if are_plain(["a", text, "b"]):
        assert trim(text) == text
        reading = read_text(text, is_lot_or_id=True)
        assert (reading.value, reading.notes) == (text, ())
