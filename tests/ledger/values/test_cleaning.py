"""Cleaning a column: values of the field's type, every change told once, nothing lost in silence."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.ledger.values import Origin, clean_column, format_value
from gis_capture.model import Code, Constraints, Domain, Field, FieldType, Problem, Text, Value

KIND = Domain(
    (
        Code("防火水槽", Text("防火水槽", "Cistern"), ("防火水そう", "水槽")),
        Code("消火栓", Text("消火栓", "Hydrant"), ("ショウカセン",)),
    )
)
OPEN_KIND = Domain(KIND.codes, allows_other=True)


def field(
    type: FieldType = FieldType.TEXT,
    *,
    title: str = "項目",
    unit: str | None = None,
    domain: Domain | None = None,
    constraints: Constraints | None = None,
) -> Field:
    """A field with only what a test needs."""
    return Field(
        "layer.item",
        "item",
        Text(title, title),
        type,
        unit=unit,
        domain=domain,
        constraints=constraints or Constraints(),
    )


def codes_of(problems: tuple[Problem, ...], *severities: str) -> list[tuple[str, int | None]]:
    """Code and row of the problems of these severities."""
    return [(p.code, p.row_number) for p in problems if p.severity in severities]


def test_text_is_kept_exactly() -> None:
    """No width, kanji, variation selector or word for "nothing" is touched; only blanks around a text go."""
    texts = [
        "NA",
        "NULL",
        "nan",
        "無",
        "１２３－４５",
        "①㈱",
        "𠮷野",
        "葛\U000e0100飾",
        "  両端　",
        "\ufeffBOM",
        "二 行\n目",
    ]
    cleaned = clean_column(texts, field())
    assert cleaned.values == [*texts[:8], "両端", "BOM", "二 行\n目"]
    assert cleaned.problems == ()


@pytest.mark.parametrize("text", [None, "", " ", "　", "\u200b", "\n"])
def test_blank_is_nothing(text: str | None) -> None:
    """Blanks of all kinds are None in every type."""
    for type in FieldType:
        assert clean_column([text], field(type)).values == [None]


def test_what_cannot_be_stored_or_looks_damaged_is_told() -> None:
    """NUL and lone surrogates go; private characters stay; lost digits and dates out of lot numbers are told."""
    texts = ["a\x00b", "\ud800吉", "\ue000", "1.23E+15", "5月5日", "漢\ufffd字"]
    cleaned = clean_column(texts, field(title="地番"))
    assert cleaned.values == ["ab", "吉", "\ue000", "1.23E+15", "5月5日", "漢\ufffd字"]
    assert codes_of(cleaned.problems, "warning") == [
        ("gaiji_found", 3),
        ("excel_scientific", 4),
        ("excel_date_damage", 5),
        ("text_undecodable", 6),
    ]
    assert codes_of(cleaned.problems, "info") == [("control_removed", 1)]


def test_a_day_of_the_year_is_damage_only_where_numbers_are_expected() -> None:
    """5月5日 is a fine value of a field that is no lot number."""
    assert clean_column(["5月5日"], field(title="行事日")).problems == ()


def test_a_domain_is_found_by_code_title_alias_and_folded() -> None:
    """Width and kana do not matter; every spelling that was changed is told once."""
    texts = ["防火水槽", "防火水そう", "Hydrant", "しょうかせん", "ｼｮｳｶｾﾝ", "防火水そう"]
    cleaned = clean_column(texts, field(domain=KIND))
    assert cleaned.values == ["防火水槽", "防火水槽", "消火栓", "消火栓", "消火栓", "防火水槽"]
    assert codes_of(cleaned.problems, "info") == [("domain_alias", row) for row in (2, 3, 4, 5)]
    assert "2行" in cleaned.problems[0].message.ja


def test_a_value_outside_the_domain_is_kept_and_told() -> None:
    """With a warning, unless the domain allows others."""
    cleaned = clean_column(["池"], field(domain=KIND))
    assert cleaned.values == ["池"]
    assert codes_of(cleaned.problems, "warning") == [("domain_unknown", 1)]
    assert clean_column(["池"], field(domain=OPEN_KIND)).problems == ()


def test_marks_are_yes_and_no() -> None:
    """○ × 有 無 ✓ 1 0 are read; △ is left out with an error; a dash is nothing."""
    texts = ["○", "〇", "×", "有", "無", "✓", "1", "0", "1.0", "はい", "なし", "否", "-", "△"]
    cleaned = clean_column(texts, field(FieldType.BOOLEAN))
    yes, no = True, False
    assert cleaned.values == [yes, yes, no, yes, no, yes, yes, no, yes, yes, no, no, None, None]
    assert codes_of(cleaned.problems, "error") == [("boolean_invalid", 14)]
    assert codes_of(cleaned.problems, "info") == [("not_entered", 13)]


@pytest.mark.parametrize("type", [FieldType.INTEGER, FieldType.REAL, FieldType.DATE, FieldType.DATETIME])
def test_words_for_nothing_are_nothing_where_they_are_no_value(type: FieldType) -> None:
    """不明, - and NA are no errors in a column of numbers or dates; they are told once a word."""
    cleaned = clean_column(["不明", "-", "NA", "不明"], field(type))
    assert cleaned.values == [None] * 4
    assert codes_of(cleaned.problems, "info", "warning", "error") == [("not_entered", row) for row in (1, 2, 3)]


def test_a_year_field_reads_era_years() -> None:
    """設置年度 takes S60 and 昭和60年度, and the fiscal year of a date."""
    cleaned = clean_column(["S60", "昭和60年度", "1985", "R6.2.1", "60"], field(FieldType.INTEGER, title="設置年度"))
    assert cleaned.values == [1985, 1985, 1985, 2023, None]
    assert codes_of(cleaned.problems, "error") == [("date_era_missing", 5)]


@pytest.mark.parametrize("title", ["平成30年", "令和元年", "2019年度", "令和５年度"])
def test_a_column_of_one_year_holds_its_numbers(title: str) -> None:
    """「令和元年」 above 97 is no column of years: 97 households, not a year whose era is missing."""
    cleaned = clean_column(["97", "1,200"], field(FieldType.INTEGER, title=title))
    assert (list(cleaned.values), list(cleaned.problems)) == ([97, 1200], [])


def test_the_unit_of_the_header_counts() -> None:
    """面積(ha) for a field in m² is converted, and told once for the column."""
    origin = Origin(column="面積(ha)")
    cleaned = clean_column(["1.5", "2"], field(FieldType.REAL, unit="㎡"), origin=origin)
    assert cleaned.values == [15_000.0, 20_000.0]
    assert codes_of(cleaned.problems, "info") == [("unit_converted", 1)]


def test_broken_rules_are_told_and_the_value_stays() -> None:
    """Limits, length, pattern, enum, required and unique never take a value away."""
    rules = Constraints(required=True, unique=True, max_length=3, pattern="[0-9]+", enum=("1", "1234"))
    cleaned = clean_column(["1", None, "1", "1234", "x"], field(constraints=rules))
    assert cleaned.values == ["1", None, "1", "1234", "x"]
    assert Counter(codes_of(cleaned.problems, "warning")) == Counter(
        [
            ("required_missing", 2),
            ("not_unique", 3),
            ("too_long", 4),
            ("pattern_mismatch", 5),
            ("not_in_enum", 5),
        ]
    )
    numbers = clean_column(["-1", "5", "11"], field(FieldType.INTEGER, constraints=Constraints(minimum=0, maximum=10)))
    assert numbers.values == [-1, 5, 11]
    assert codes_of(numbers.problems, "warning") == [("below_minimum", 1), ("above_maximum", 3)]
    days = clean_column(["1985/4/1"], field(FieldType.DATE, constraints=Constraints(minimum="2000-01-01")))
    assert codes_of(days.problems, "warning") == [("below_minimum", 1)]


def test_problems_say_where() -> None:
    """Row, cell, column and field are those of the source."""
    origin = Origin([7, 9], "設置日", lambda row: f"台帳!C{row}")
    (problem,) = clean_column(["R6.4.1", "2/30"], field(FieldType.DATE), origin=origin).problems[:1]
    assert (problem.row_number, problem.cell, problem.column, problem.field) == (9, "台帳!C9", "設置日", "item")


def test_many_problems_of_a_kind_are_counted() -> None:
    """Beyond the limit the last one says how many more there are."""
    cleaned = clean_column(["?!"] * 30, field(FieldType.INTEGER), max_problems=10)
    assert codes_of(cleaned.problems, "error") == [("number_invalid", row) for row in range(1, 11)] + [
        ("number_invalid", None)
    ]
    assert "20件" in cleaned.problems[-1].message.ja


def test_200_000_rows_with_few_spellings_are_read_once_each() -> None:
    """One reading per distinct text: a long column of a few dates gives one note per kind."""
    cleaned = clean_column(["R6.4.1", "S60.4.1"] * 100_000, field(FieldType.DATE))
    assert len(cleaned.values) == 200_000
    assert [(p.code, "200,000" in p.message.ja) for p in cleaned.problems] == [("era_converted", True)]


TEXTS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "R6.4.1",
            "昭和60年度",
            "1,200㎡",
            "▲3",
            "○",
            "無",
            "不明",
            "防火水そう",
            "2024/4/1 13:05",
            "1.5",
            "75mm",
            "S64.1.8",
            "1e30",
        ]
    ),
    st.integers().map(str),
    st.floats(allow_nan=False).map(str),
    st.dates().map(str),
)
FIELDS = [
    *(field(type) for type in FieldType),
    field(FieldType.REAL, unit="㎡"),
    field(FieldType.INTEGER, title="設置年度"),
    field(domain=KIND),
]


@given(texts=st.lists(TEXTS, max_size=12), chosen=st.sampled_from(FIELDS))
def test_cleaning_its_own_output_changes_nothing(texts: list[str | None], chosen: Field) -> None:
    """Law: a cleaned value written as text is read as the same value, without an error."""
    values = clean_column(texts, chosen).values
    again = clean_column([format_value(value) for value in values], chosen)
    assert _typed(again.values) == _typed(values)
    assert codes_of(again.problems, "error") == []


@given(texts=st.lists(TEXTS, max_size=12), chosen=st.sampled_from(FIELDS))
def test_every_value_is_of_the_type_and_every_loss_is_told(texts: list[str | None], chosen: Field) -> None:
    """Law: values have the field's type; each entered text without a value has an error or an info of its own."""
    expected = {FieldType.INTEGER: int, FieldType.REAL: float, FieldType.BOOLEAN: bool}.get(chosen.type, str)
    cleaned = clean_column(texts, chosen)
    assert len(cleaned.values) == len(texts)
    assert all(value is None or type(value) is expected for value in cleaned.values)
    lost = {
        text
        for text, value in zip(texts, cleaned.values, strict=True)
        if value is None and text and text.strip(" \ufeff\u200b")
    }
    if any(text.strip() for text in lost):
        assert cleaned.problems


def _typed(values: list[Value]) -> list[tuple[type, Value]]:
    return [(type(value), value) for value in values]
