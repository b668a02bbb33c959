"""Numbers: signs, units, widths, kanji; and nothing that is not one number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.ledger.values.kanji import parse_kanji_number
from gis_capture.ledger.values.numbers import parse_integer, parse_number, parse_real
from gis_capture.ledger.values.units import parse_unit, unit_of_header

NUMBERS = {
    "75": 75,
    "75.0": 75,
    "32,500": 32_500,
    "2,500.5㎡": 2_500.5,
    "１２３．５": 123.5,
    "▲12": -12,
    "△1,200": -1_200,
    "－5": -5,
    "−0.5": -0.5,
    "φ75": 75,
    "￥1,000": 1_000,
    "７５㍉": 75,
    "80％": 80,
    "5基": 5,
    "3階建": 3,
    "1.23E+15": 1_230_000_000_000_000,
    "百二十三": 123,
    "二〇二六": 2026,
    "拾壱": 11,
    "1万2千": 12_000,
    "12.5万": 125_000,
    "1990万円": 19_900_000,
    "100千円": 100_000,
    ".5": 0.5,
}
UNREADABLE = {
    "10～20": "number_range",
    "22~48": "number_range",
    "10から20": "number_range",
    "1.2m×0.9m": "number_invalid",
    "屋内191人／屋外0人": "number_invalid",
    "1,23": "number_invalid",
    "二三十": "number_invalid",
    "3DK": "number_invalid",
    "1e999": "number_invalid",
    "十数本": "number_invalid",
    "5月5日": "number_invalid",
    "三之町": "number_invalid",
    "nan": "number_invalid",
    "9" * 500: "number_invalid",
}
_DIGITS = "〇一二三四五六七八九"
_FORMAL = "〇壱弐参四五六七八九"


def kanji_of(number: int, digits: str) -> str:
    """Writes 0 to 9999 9999 as a person does: 千二百三万四十."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return kanji_of(high, digits) + "万" + (kanji_of(low, digits) if low else "")
    text = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("" if digit == 1 and sign else digits[digit]) + sign
    return text or "〇"


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_a_number_is_read_as_ledgers_write_it(text: str, value: float) -> None:
    """Commas, ▲, units, full width and kanji do not hide the number."""
    reading = parse_number(text)
    assert reading.value == value
    assert all(note.severity == "info" for note in reading.notes)


@pytest.mark.parametrize(("text", "code"), UNREADABLE.items())
def test_what_is_not_one_number_is_left_out_with_its_reason(text: str, code: str) -> None:
    """Ranges, products, misplaced commas and names with numerals give no value."""
    reading = parse_number(text)
    assert reading.value is None
    assert [(note.code, note.severity) for note in reading.notes] == [(code, "error")]


@pytest.mark.parametrize(
    ("text", "unit", "source_unit", "value", "code"),
    [
        ("75mm", "mm", None, 75, "unit_removed"),
        ("75mm", "m", None, 0.075, "unit_converted"),
        ("1.5ha", "㎡", None, 15_000, "unit_converted"),
        ("10坪", "㎡", None, 33.057851240, "unit_converted"),
        ("1.2", "㎡", "ha", 12_000, "unit_converted"),
        ("500㎡", "㎡", "ha", 500, "unit_removed"),
        ("20VA", "W", None, 20, "unit_differs"),
    ],
)
def test_units_are_converted_within_a_quantity_only(
    text: str, unit: str, source_unit: str | None, value: float, code: str
) -> None:
    """Metres and millimetres are converted, watts and volt-amperes are not; either is told."""
    reading = parse_number(text, unit=unit, source_unit=source_unit)
    assert reading.value == pytest.approx(value)
    assert [note.code for note in reading.notes] == [code]


@pytest.mark.parametrize("text", ["約30", "30程度", "30以上", "約３０ｍ"])
def test_an_approximate_number_carries_a_warning(text: str) -> None:
    """The number is kept, the doubt is told."""
    reading = parse_number(text)
    assert reading.value == 30
    assert "number_approximate" in [note.code for note in reading.notes if note.severity == "warning"]


def test_an_integer_has_no_fraction_and_fits_the_store() -> None:
    """75.0 is 75; 75.5 and 2 to the power of 63 are left out."""
    assert parse_integer("75.0").value == 75
    assert [note.code for note in parse_integer("75.5").notes] == ["number_not_integer"]
    assert parse_integer(str(2**63 - 1)).value == 2**63 - 1
    assert [note.code for note in parse_integer(str(2**63)).notes] == ["number_too_large"]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("面積（㎡）", "m2"),
        ("口径(管径ｍｍ)", "mm"),
        ("延長（単位：ｍ）", "m"),
        ("住所（番地まで）", None),
        ("男性トイレ数（小便器）", None),
        ("開始（年）", None),
        ("面積", None),
    ],
)
def test_a_header_states_its_unit_in_brackets(header: str, unit: str | None) -> None:
    """Other remarks in brackets are no units."""
    assert unit_of_header(header) == unit


def test_spellings_of_a_unit_are_one_unit() -> None:
    """㎡, ｍ２ and 平米 mean the same."""
    assert parse_unit("㎡") == parse_unit("ｍ２") == parse_unit("平米") == parse_unit("M2")
    assert parse_unit("目") is None


@given(number=st.integers(0, 99_999_999), digits=st.sampled_from([_DIGITS, _FORMAL]))
def test_kanji_numerals_come_back(number: int, digits: str) -> None:
    """Law: a number written in kanji, by place or by unit, is read as itself."""
    assert parse_kanji_number(kanji_of(number, digits)) == number
    assert parse_kanji_number("".join(digits[int(digit)] for digit in str(number))) == number


@given(value=st.decimals(-(10**12), 10**12, places=3), unit=st.sampled_from(["", "㎡", " m2", "㍍"]))
def test_grouped_numbers_with_units_come_back(value: Decimal, unit: str) -> None:
    """Law: with thousands separators, ▲ for minus and a unit behind, a number is read as itself."""
    text = f"{'▲' if value < 0 else ''}{abs(value):,}{unit}"
    assert parse_real(text).value == float(value)


@given(text=st.text(max_size=120))
def test_any_text_is_a_number_or_has_a_reason(text: str) -> None:
    """Law: nothing raises; without a value there is exactly one error."""
    reading = parse_number(text)
    assert (reading.value is None) == any(note.severity == "error" for note in reading.notes)
