"""What a field may hold: values cleaned, checked, and compared as values."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import shapely

from gis_capture.model import ATTACHMENTS, GEOMETRY, Field, FieldType, Layer, Problem
from gis_capture.sync import codes
from gis_capture.sync.merge import Same
from gis_capture.text import Text

_TYPE_WORDS = {
    FieldType.TEXT: Text("文字", "text"),
    FieldType.INTEGER: Text("整数", "whole number"),
    FieldType.REAL: Text("数", "number"),
    FieldType.BOOLEAN: Text("はい・いいえ", "yes or no"),
    FieldType.DATE: Text("日付", "date"),
    FieldType.DATETIME: Text("日時", "date and time"),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_MAX_INTEGER = 2**63


def clean_value(field: Field, value: Any) -> Any:
    """Brings a JSON scalar into the one form in which the store holds it.

    Raises:
        ValueError: It is no value of the field's type.
    """
    if value is None:
        return None
    match field.type:
        case FieldType.TEXT if isinstance(value, str):
            return value.replace("\0", "")
        case FieldType.BOOLEAN if isinstance(value, bool):
            return value
        case FieldType.INTEGER if _is_number(value) and value == int(value) and -_MAX_INTEGER <= value < _MAX_INTEGER:
            return int(value)
        case FieldType.REAL if _is_number(value):
            return float(value)
        case FieldType.DATE if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value).isoformat()
        case FieldType.DATETIME if isinstance(value, str):
            return value if _INSTANT.fullmatch(value) and instant(value) else _format_instant(instant(value))
    raise ValueError(value)


def _is_number(value: Any) -> bool:
    """An int or a float that fits a double and is finite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1.7976931348623157e308


@lru_cache(maxsize=4096)
def instant(value: str) -> datetime:
    """Reads an ISO 8601 instant; one without a zone is UTC."""
    at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _format_instant(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat() + "Z"


def value_problems(field: Field, value: Any) -> Iterator[Problem]:
    """Says what speaks against a clean value: domain and constraints, but for required and unique."""
    if value is None:
        return
    rules = field.constraints
    about: dict[str, Any] = {"field": field.name, "title": field.title, "value": value}
    allowed = {code.code for code in field.domain.codes} if field.domain and not field.domain.allows_other else None
    if (allowed is not None and str(value) not in allowed) or (rules.enum and value not in rules.enum):
        yield codes.problem(codes.NOT_IN_DOMAIN, **about)
    low, high = rules.minimum, rules.maximum
    if _is_less(value, low) or _is_less(high, value):
        limits: dict[str, Any] = {"minimum": "" if low is None else low, "maximum": "" if high is None else high}
        yield codes.problem(codes.OUT_OF_RANGE, **about, **limits)
    if isinstance(value, str) and rules.max_length is not None and len(value) > rules.max_length:
        yield codes.problem(codes.TOO_LONG, **about, max_length=rules.max_length, length=len(value))
    if isinstance(value, str) and rules.pattern and not re.fullmatch(rules.pattern, value):
        yield codes.problem(codes.PATTERN_MISMATCH, **about, pattern=rules.pattern)


def wrong_type(field: Field, value: Any) -> Problem:
    """The problem of a value that is not of the field's type."""
    return codes.problem(
        codes.WRONG_TYPE, field=field.name, title=field.title, value=value, type=_TYPE_WORDS[field.type]
    )


def _is_less(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, str) != isinstance(other, str):
        return False
    return bool(one < other)


def equality_of(layer: Layer) -> Same:
    """Gives the equality of the values of a layer's features."""
    types = {field.name: field.type for field in layer.fields}

    def same(name: str, one: Any, other: Any) -> bool:
        if one is other:
            return True
        if one is None or other is None:
            return False
        if name == GEOMETRY:
            return _ordinates(one) == _ordinates(other)
        if name == ATTACHMENTS:
            return {attachment["sha256"] for attachment in one} == {attachment["sha256"] for attachment in other}
        if types.get(name) == FieldType.DATETIME:
            return _is_same_instant(one, other)
        return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)

    return same


def _ordinates(geometry: Any) -> bytes | None:
    return shapely.to_wkb(geometry, output_dimension=4, byte_order=1, flavor="iso") if geometry is not None else None


def _is_same_instant(one: Any, other: Any) -> bool:
    try:
        return instant(one) == instant(other)
    except (TypeError, ValueError):
        return bool(one == other)
