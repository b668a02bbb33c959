"""Values of fields as GeoPackage columns hold them, and back."""

import re
from collections.abc import Callable
from typing import Any

from gis_capture.model import FieldType, Value

COLUMN_TYPES = {
    FieldType.TEXT: "TEXT",
    FieldType.INTEGER: "INTEGER",
    FieldType.REAL: "REAL",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATE: "DATE",
    FieldType.DATETIME: "DATETIME",
}

_ZONELESS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?")


def column_writer(field_type: FieldType) -> Callable[[Any], Any] | None:
    """How a value becomes a column's content; None = as it is.

    GeoPackage demands milliseconds in a DATETIME (clause 1.1.1.1.3).
    """
    if field_type is FieldType.BOOLEAN:
        return lambda value: None if value is None else int(value)
    if field_type is FieldType.REAL:
        # SQLite takes NaN for NULL without a word.
        return lambda value: None if value != value else value
    if field_type is FieldType.DATETIME:
        return _with_milliseconds
    return None


def column_reader(field_type: FieldType) -> Callable[[Any], Value] | None:
    """How a column's content becomes a value; None = as it is."""
    if field_type is FieldType.BOOLEAN:
        return lambda content: None if content is None else bool(content)
    if field_type is FieldType.DATETIME:
        return _instant
    return None


def _instant(content: Any) -> Value:
    """An instant as we write it; some programs leave the Z out, though GeoPackage knows UTC only."""
    if not isinstance(content, str):
        return content  # type: ignore[no-any-return]
    text = content if content.endswith("Z") or not _ZONELESS.fullmatch(content) else content.replace(" ", "T") + "Z"
    return text.replace(".000Z", "Z")


def _with_milliseconds(value: Any) -> Any:
    if isinstance(value, str) and value.endswith("Z") and "." not in value:
        return value[:-1] + ".000Z"
    return value
