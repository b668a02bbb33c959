"""What reading one text gives: a value, and notes on what was done to get it."""

from dataclasses import dataclass
from typing import NamedTuple

from gis_capture.ledger.values.codes import TITLES
from gis_capture.model import Severity, Text, Value
from gis_capture.text import NO_TEXT


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about one spelling.

    Attributes:
        severity: "info" is told once for the column, everything else for every row.
    """

    code: str
    severity: Severity
    message: Text
    suggestion: Text = NO_TEXT


class ValueReading(NamedTuple):
    """A value and how it was found; `value` is None where the text holds none."""

    value: Value
    notes: tuple[Note, ...] = ()


NOTHING = ValueReading(None)


def unreadable(code: str, message: Text, suggestion: Text) -> ValueReading:
    """Leaves the value out and says why; the text itself stays in the account of the row."""
    return ValueReading(None, (Note(code, "error", message, suggestion),))


def changed(code: str, message: Text | None = None) -> Note:
    """Tells that a value was changed on the way; without words of its own the title of the code says it all."""
    return Note(code, "info", message or TITLES[code])
