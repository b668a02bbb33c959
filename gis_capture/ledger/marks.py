"""What people put beside the texts of a sheet, to be told and never interpreted: comments, colours, filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

MAX_FILLS = 100_000
"""A sheet with more coloured cells is coloured as a whole."""

OWN_MARK = "【GIS Capture】"
"""Begins what we say in a comment; above it stands what people said. It outlives any format a workbook is saved in."""
OWN_COLORS = {"error": "FFC7CE", "warning": "FFEB9C", "info": "DDEBF7"}
"""Of the cells we mark, by the severity of what is said there."""

Cells = Mapping[tuple[int, int], str]
"""(row, column) of a cell, counted from 0 in its grid, and a text."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one sheet.

    Attributes:
        fills: The colour of filled cells that hold something, "FFFF00", or a name where the workbook has one.
        is_filtered: Whether a filter hides rows.
    """

    comments: Cells = field(default_factory=dict)
    fills: Cells = field(default_factory=dict)
    hidden_columns: frozenset[int] = frozenset()
    is_filtered: bool = False

    def without_own(self) -> "Marks":
        """What people marked: no part of a comment that we wrote, nor our colour on a cell with such a comment."""
        own = {place for place, text in self.comments.items() if OWN_MARK in text}
        if not own:
            return self
        said = {place: said_by_people(text) for place, text in self.comments.items()}
        return replace(
            self,
            comments={place: text for place, text in said.items() if text},
            fills={p: color for p, color in self.fills.items() if p not in own or color not in OWN_COLORS.values()},
        )

    def between(self, left: int, right: int) -> "Marks":
        """Those of the columns left to right, ends included, counted anew."""
        return Marks(
            {(row, c - left): text for (row, c), text in self.comments.items() if left <= c <= right},
            {(row, c - left): text for (row, c), text in self.fills.items() if left <= c <= right},
            frozenset(c - left for c in self.hidden_columns if left <= c <= right),
            self.is_filtered,
        )

    def moved(self, columns: Mapping[int, int]) -> "Marks":
        """The same where columns were put into others."""
        return Marks(
            {(row, columns.get(c, c)): text for (row, c), text in self.comments.items()},
            {(row, columns.get(c, c)): text for (row, c), text in self.fills.items()},
            self.hidden_columns,
            self.is_filtered,
        )


def said_by_people(comment: str) -> str:
    """The part of a comment that is not ours."""
    return comment.partition(OWN_MARK)[0].rstrip()


NO_MARKS = Marks()
