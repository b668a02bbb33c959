"""A sheet as its driver gives it: texts by column, with merges and marks; positions inside it count from 0."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gis_capture.ledger.marks import NO_MARKS, Marks
from gis_capture.model import Problem

MARKED_SHEET = "GIS Capture"
"""Name of the sheet on which we list what to mend; it is no part of a ledger."""

_MAX_MERGED_ROWS = 2_000_000
_MAX_KEPT_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, ends included, counted from 0 inside the grid; the text stands in its first cell."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """Cells of one sheet or text file.

    Attributes:
        name: Name of the sheet; None for a file without sheets.
        columns: One list of texts per column, all of one length; None = empty.
        first_row: Number of the first row as the user sees it, from 1.
        first_column: Number of the first column, 3 = C.
        lists_trailing_blanks: Whether blank rows at the end were written by somebody (records of a text file).
        widths: Rows of a text file that have another number of cells than most, which have `usual_width`.
        date_rows: Column to the rows whose cell is a date in the source.
        struck: (row, column) of cells whose text is struck out.
    """

    name: str | None
    columns: Sequence[Sequence[str | None]]
    first_row: int = 1
    first_column: int = 1
    merges: Sequence[Merge] = ()
    hidden_rows: frozenset[int] = frozenset()
    marks: Marks = NO_MARKS
    struck: frozenset[tuple[int, int]] = frozenset()
    date_rows: Mapping[int, frozenset[int]] = field(default_factory=dict)
    widths: Mapping[int, int] = field(default_factory=dict)
    usual_width: int = 0
    lists_trailing_blanks: bool = False
    problems: tuple[Problem, ...] = ()
    # Each rule asks for the same row again.
    _filled: dict[int, list[tuple[int, str]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.columns)

    def row(self, index: int) -> list[str | None]:
        """The texts of one row."""
        return [column[index] for column in self.columns]

    def number(self, index: int) -> int:
        """The number of a row as the user sees it."""
        return self.first_row + index

    @cached_property
    def merges_by_row(self) -> Mapping[int, list[Merge]]:
        """The merges that touch a row; of a tall one only the first rows know, of very many only the first."""
        found: dict[int, list[Merge]] = {}
        n_left = _MAX_MERGED_ROWS
        for merge in self.merges:
            for row in range(merge.top, min(merge.bottom, merge.top + 5000) + 1):
                found.setdefault(row, []).append(merge)
            n_left -= merge.bottom - merge.top + 1
            if n_left < 0:
                break
        return found

    def spans(self, index: int) -> list[Merge]:
        """The merges over several columns that begin in a row."""
        return [m for m in self.merges_by_row.get(index, ()) if m.right > m.left and m.top == index]

    def leftmost(self, index: int) -> int:
        """The column of the first filled cell of a row; 0 in a blank one."""
        return next((position for position, _ in self.filled(index)), 0)

    def block(self, left: int, right: int) -> "Grid":
        """The columns left to right (ends included) as a grid of their own."""
        kept = [
            Merge(m.top, max(m.left, left) - left, m.bottom, min(m.right, right) - left)
            for m in self.merges
            if m.left <= right and m.right >= left and (m.left >= left or m.top < self.n_rows)
        ]
        return Grid(
            self.name,
            self.columns[left : right + 1],
            first_row=self.first_row,
            first_column=self.first_column + left,
            merges=kept,
            hidden_rows=self.hidden_rows,
            marks=self.marks.between(left, right),
            struck=frozenset((r, c - left) for r, c in self.struck if left <= c <= right),
            date_rows={c - left: rows for c, rows in self.date_rows.items() if left <= c <= right},
            widths=self.widths,
            usual_width=self.usual_width,
            lists_trailing_blanks=self.lists_trailing_blanks,
        )

    @cached_property
    def n_filled(self) -> NDArray[np.int32]:
        """Number of filled cells of each row, shape (n_rows,)."""
        counts = np.zeros(self.n_rows, dtype=np.int32)
        for column in self.columns:
            # Most columns of a ledger are full; asking for None first is a hundred times faster than looking at each.
            counts += np.array([value is not None for value in column]) if None in column else 1
        return counts

    def filled(self, index: int) -> Iterator[tuple[int, str]]:
        """The (column, text) of the filled cells of one row."""
        found = self._filled.get(index)
        if found is None:
            if len(self._filled) >= _MAX_KEPT_ROWS:
                self._filled.clear()
            found = self._filled[index] = [
                (position, value)
                for position, column in enumerate(self.columns)
                if (value := column[index]) is not None
            ]
        return iter(found)
