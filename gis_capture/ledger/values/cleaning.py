"""Turns the texts of one column into values of a field, and tells everything that changed or did not fit."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gis_capture.ledger.values import codes
from gis_capture.ledger.values.choices import DomainReader, read_boolean
from gis_capture.ledger.values.constraints import Rule, rules_of
from gis_capture.ledger.values.dates import FIRST_YEAR, LAST_YEAR, read_date, read_year
from gis_capture.ledger.values.folding import fold
from gis_capture.ledger.values.instants import read_instant
from gis_capture.ledger.values.numbers import parse_integer, parse_real
from gis_capture.ledger.values.reading import NOTHING, Note, ValueReading, changed
from gis_capture.ledger.values.telling import MAX_PROBLEMS, Teller
from gis_capture.ledger.values.texts import are_plain, read_text, trim
from gis_capture.ledger.values.units import are_convertible, unit_of_header
from gis_capture.model import Field, FieldType, Problem, Text, Value

_NO_ENTRY = (
    "- -- --- … ・ ･ / ? NA N/A #N/A NULL nan None 不明 なし 無し 無 無番 該当なし 未定 未記入 未入力 未調査 調査中"
)
_NOT_ENTERED = frozenset(fold(word) for word in _NO_ENTRY.split())
_LOT_OR_ID = ("番地", "地番", "番号", "ID", "id", "number", "符号")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The values of a column, parallel to its texts, and what there is to tell."""

    values: list[Value]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a column stands, for the problems.

    Attributes:
        row_numbers: Parallel to the texts; None = counted from 1.
        column: Name of the column in the source; a unit it states counts for numbers without one.
        cell_name: Gives the cell of a row number, as Excel names it.
    """

    row_numbers: Sequence[int] | None = None
    column: str | None = None
    cell_name: Callable[[int], str] | None = None


def clean_column(
    texts: Sequence[str | None],
    field: Field,
    *,
    origin: Origin | None = None,
    default_era: str | None = None,
    source_unit: str | None = None,
    max_problems: int = MAX_PROBLEMS,
) -> Cleaned:
    """Reads every text of a column as the field's type, once per distinct text.

    A text that cannot be read gives None and a problem of severity "error"; a value that breaks a rule of the field
    (domain, minimum, required, unique, …) is kept with a "warning"; what was changed on the way is told once per kind
    as "info". The texts themselves are not touched: the account of the row keeps them.

    Args:
        texts: One per row; None or blank = nothing entered.
        field: What the values must be.
        origin: Where the column stands.
        default_era: Era of years without one.
        source_unit: Unit of numbers without one; None = what the column's header says.
        max_problems: Of one code; how many more there are is told in a last one.
    """
    origin = origin or Origin()
    teller = Teller(field=field.name, column=origin.column, cell_name=origin.cell_name, max_problems=max_problems)
    rows = origin.row_numbers or range(1, len(texts) + 1)
    distinct = dict.fromkeys(texts)
    is_plain = field.type is FieldType.TEXT and field.domain is None and are_plain(filter(None, distinct))
    longest = max(map(len, filter(None, distinct)), default=0) if is_plain else None
    read = ValueReading if is_plain else _reader(field, source_unit or _source_unit(field, origin.column), default_era)
    rules = rules_of(field, longest=longest)
    if is_plain and not rules:
        values: list[Value] = [text or None for text in texts]
    else:
        readings = _read_distinct(distinct, read, rules)
        values = [readings[text].value for text in texts]
        teller.tell_readings(texts, rows, readings)
    if field.constraints.required and None in values:
        teller.tell(_REQUIRED, (row for row, value in zip(rows, values, strict=True) if value is None))
    if field.constraints.unique:
        _tell_repeated(values, rows, teller)
    return Cleaned(values, teller.problems())


def format_value(value: Value) -> str | None:
    """Writes a value as a text that cleaning reads back as the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _read_distinct(
    texts: Iterable[str | None], read: Callable[[str], ValueReading], rules: Sequence[Rule]
) -> dict[str | None, ValueReading]:
    readings: dict[str | None, ValueReading] = {}
    for text in texts:
        reading = read(trimmed) if text and (trimmed := trim(text)) else NOTHING
        if rules and reading.value is not None:
            broken = [note for rule in rules if (note := rule(reading.value)) is not None]
            reading = ValueReading(reading.value, (*reading.notes, *broken)) if broken else reading
        readings[text] = reading
    return readings


def _reader(field: Field, source_unit: str | None, default_era: str | None) -> Callable[[str], ValueReading]:
    """Chooses how one trimmed, non-empty text of the field is read."""
    read = _type_reader(field, source_unit, default_era)
    if field.domain is None:
        return read
    domain = DomainReader(field.domain)

    def read_code(text: str) -> ValueReading:
        chosen = domain.read(text)
        reading = read(str(chosen.value))
        return ValueReading(reading.value, (*chosen.notes, *reading.notes)) if chosen.notes else reading

    return read_code


def _type_reader(field: Field, source_unit: str | None, default_era: str | None) -> Callable[[str], ValueReading]:
    unit = field.unit
    match field.type:
        case FieldType.INTEGER if _is_year(field):
            is_fiscal = "年度" in f"{field.title.ja}{unit}"
            return _or_not_entered(lambda text: _read_year(text, is_fiscal=is_fiscal, default_era=default_era))
        case FieldType.INTEGER:
            return _or_not_entered(lambda text: parse_integer(text, unit=unit, source_unit=source_unit))
        case FieldType.REAL:
            return _or_not_entered(lambda text: parse_real(text, unit=unit, source_unit=source_unit))
        case FieldType.BOOLEAN:
            return _or_not_entered(read_boolean)
        case FieldType.DATE:
            return _or_not_entered(lambda text: read_date(text, default_era=default_era))
        case FieldType.DATETIME:
            return _or_not_entered(lambda text: read_instant(text, default_era=default_era))
        case _:
            is_id = any(map(is_name_of_ids, (field.title.ja, field.name, *field.aliases)))
            return lambda text: read_text(text, is_lot_or_id=is_id)


def is_name_of_ids(name: str) -> bool:
    """Whether a field or column of this name holds lot numbers or ids."""
    return any(word in name for word in _LOT_OR_ID)


def _or_not_entered(read: Callable[[str], ValueReading]) -> Callable[[str], ValueReading]:
    """Takes 不明, - and the like for nothing, where they are not a value of the type (無 is one for yes and no)."""

    def read_or_skip(text: str) -> ValueReading:
        reading = read(text)
        if reading.value is None and fold(text) in _NOT_ENTERED:
            message = Text(f"「{text}」を記入なしとしました", f'"{text}" was taken for nothing entered')
            return ValueReading(None, (changed(codes.NOT_ENTERED, message),))
        return reading

    return read_or_skip


def _is_year(field: Field) -> bool:
    title = field.title.ja
    if re.search(r"[0-9０-９元]\s*年度?$", title):
        # A column of the numbers of one year: 「令和5年」.
        return False
    return field.unit in ("年", "年度") or title.endswith(("年", "年度")) or field.name.endswith("year")


def _read_year(text: str, *, is_fiscal: bool, default_era: str | None) -> ValueReading:
    number = parse_integer(text, unit="年")
    if isinstance(number.value, int) and FIRST_YEAR <= number.value <= LAST_YEAR:
        return number
    return read_year(text, is_fiscal=is_fiscal, default_era=default_era)


def _source_unit(field: Field, column: str | None) -> str | None:
    """The unit of the column's header where it is of the same quantity as the field's."""
    stated = unit_of_header(column or "")
    return stated if are_convertible(stated, field.unit) else None


_REQUIRED = Note(
    codes.REQUIRED_MISSING,
    "warning",
    Text("必須の項目が空です。", "A required field is empty."),
    Text("台帳に値を入れてください。", "Fill it in in the ledger."),
)


def _tell_repeated(values: Sequence[Value], rows: Sequence[int], teller: Teller) -> None:
    first_rows: dict[Value, int] = {}
    for row, value in zip(rows, values, strict=True):
        if value is None:
            continue
        first = first_rows.setdefault(value, row)
        if first != row:
            message = Text(f"「{value}」は{first}行目と同じです。", f'"{value}" stands in row {first} already.')
            suggestion = Text("重複していないか確かめてください。", "Check whether it is a duplicate.")
            teller.tell(Note(codes.NOT_UNIQUE, "warning", message, suggestion), (row,))
