"""What a field of a layer is and may hold."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gis_capture.text import Text

Value = str | int | float | bool | None
"""A field's value, everywhere: a JSON scalar. DATE is "YYYY-MM-DD", DATETIME is UTC "…Z"."""


class FieldType(StrEnum):
    """The types a field can have."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True)
class Code:
    """One allowed value of a domain; `code` is what is stored, as the department writes it (点灯)."""

    code: str
    title: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """The allowed values of a field; `allows_other` makes the list a suggestion."""

    codes: tuple[Code, ...]
    allows_other: bool = False


@dataclass(frozen=True, slots=True)
class Constraints:
    """In the words of Frictionless Table Schema."""

    required: bool = False
    unique: bool = False
    minimum: float | str | None = None
    maximum: float | str | None = None
    max_length: int | None = None
    pattern: str | None = None
    enum: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """True when another field of the same feature has one of these values."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute of a layer.

    Attributes:
        field_id: Permanent; a renamed field keeps it.
        name: Column name in the store: ASCII, lower case.
        aliases: Headers under which ledgers carry it.
        is_personal: Kept off tablets unless switched on.
        relation: Key of the layer whose `feature_id` this field holds.
    """

    field_id: str
    name: str
    title: Text
    type: FieldType = FieldType.TEXT
    help: Text | None = None
    unit: str | None = None
    domain: Domain | None = None
    constraints: Constraints = field(default_factory=Constraints)
    default: Value = None
    visible_when: Condition | None = None
    is_read_only: bool = False
    is_personal: bool = False
    aliases: tuple[str, ...] = ()
    relation: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, compare=False)
