"""What people put beside the texts of a sheet, to be told and never interpreted: comments, colours, filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_FILLS = 100_000
"""A sheet with more coloured cells is coloured as a whole."""

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


NO_MARKS = Marks()
