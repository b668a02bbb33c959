"""Trouble with one row, cell or feature: told, not thrown."""

from dataclasses import dataclass
from typing import Any, Literal

from gis_capture.text import NO_TEXT, Text

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What was found where, and what to do about it.

    Attributes:
        code: A named constant of `docs/problems.md`, such as "latitude_out_of_range".
        severity: "error" = a value or row was left out, "warning" = look at it, "info" = changed on the way.
        message: What was found, with the words of the source.
        suggestion: What to do.
        row_number: 1-based as the user of the source sees it; None = the whole source or feature.
        column: Name of the column in the source.
        cell: The cell as Excel names it, "Sheet1!C5".
        field: Name of the layer's field.
        table: Name of the table, where the source has several.
        feature_id: Another feature that has to do with it, such as the one that holds a unique value.
        places: Where the row lies, and where it would lie by what speaks against that; (lon, lat) in degrees.
    """

    code: str
    severity: Severity
    message: Text
    suggestion: Text = NO_TEXT
    row_number: int | None = None
    column: str | None = None
    cell: str | None = None
    field: str | None = None
    feature_id: str | None = None
    places: tuple[tuple[float, float], ...] = ()
    table: str | None = None

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives the form of `gis-capture.inspect/v1`, with the words of one language; `places` only where there are."""
        named = {"table": self.table} if self.table is not None else {}
        places = {"places": [list(place) for place in self.places]} if self.places else {}
        return {
            **named,
            "row": self.row_number,
            "column": self.column,
            "cell": self.cell,
            "field": self.field,
            "code": self.code,
            "severity": self.severity,
            "message": self.message.in_language(language),
            "suggestion": self.suggestion.in_language(language),
            **places,
        }
