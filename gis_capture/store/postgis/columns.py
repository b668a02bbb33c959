"""Values of fields as columns of PostgreSQL hold them, and back."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gis_capture.model import FieldType, Value

COLUMN_TYPES = {
    FieldType.TEXT: "text",
    FieldType.INTEGER: "bigint",
    FieldType.REAL: "double precision",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.DATETIME: "timestamp with time zone",
}
COLUMNS = (
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    " WHERE attrelid = ?::text::regclass AND attnum > 0 AND NOT attisdropped"
)
"""Names and types of the columns of a table."""
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00(?::?00)?)?")


def column_writer(field_type: FieldType) -> Callable[[Any], Any] | None:
    """How a value becomes a column's content; None = as it is."""
    if field_type is FieldType.REAL:
        # The other store takes NaN for NULL, and JSON has none.
        return lambda value: None if value != value else value
    return None


def column_reader(field_type: FieldType) -> Callable[[Any], Value] | None:
    """How a column's content becomes a value; None = as it is."""
    return read_instant if field_type is FieldType.DATETIME else None


def read_instant(content: Any) -> Value:
    """Reads what PostgreSQL writes for an instant in UTC; the fraction has no digits, three or six."""
    match = _INSTANT.fullmatch(content) if isinstance(content, str) else None
    if match is None:
        return content  # type: ignore[no-any-return]  # Infinity, or a year that has five digits: as it is
    day, time, fraction = match.groups()
    digits = (fraction or "").rstrip("0")
    digits = digits.ljust(3 if len(digits) <= 3 else 6, "0")[:6] if digits else ""
    return f"{day}T{time}{'.' + digits if digits else ''}Z"


def from_noted(field_type: FieldType, content: Any) -> Value:
    """Reads a value that the trigger of direct edits wrote as JSON."""
    if content is None:
        return None
    match field_type:
        case FieldType.REAL:
            number = float(content)
            return number if math.isfinite(number) else None
        case FieldType.DATETIME:
            try:
                at = datetime.fromisoformat(content).astimezone(UTC)
            except ValueError:
                return str(content)
            return read_instant(at.strftime("%Y-%m-%dT%H:%M:%S.%f+00"))
    return content  # type: ignore[no-any-return]


def fits(field_type: FieldType, value: Any) -> bool:
    """Tells whether a column can hold a value."""
    match field_type, value:
        case _, None:
            return True
        case FieldType.TEXT, str():
            return "\0" not in value and value.encode("utf-8", "replace").decode("utf-8") == value
        case FieldType.BOOLEAN, bool():
            return True
        case FieldType.INTEGER, int() if not isinstance(value, bool):
            return -(2**63) <= value < 2**63
        case FieldType.REAL, int() | float() if not isinstance(value, bool):
            return abs(value) <= 1.7976931348623157e308 or value != value
        case ((FieldType.DATE | FieldType.DATETIME), str()):
            try:
                datetime.fromisoformat(value)
            except ValueError:
                return False
            return True
    return False
