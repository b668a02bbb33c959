"""What was read of a scanned ledger together with what people decided: which cells wait, and what each says."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gis_capture.paper.ledgers.table import DOUBTS, Box, ScannedCell, ScannedLedger
from gis_capture.workspace.scanned.decisions import Choice, Decision, Place, latest

Likeness = tuple[int, int, str, tuple[str, ...]]
MAX_TITLE = 80


@dataclass(frozen=True)
class Review:
    """The state of a review.

    Attributes:
        decisions: All of them, oldest first.
    """

    ledger: ScannedLedger
    decisions: Sequence[Decision]

    @cached_property
    def standing(self) -> Mapping[Place, Decision]:
        """The decision on each cell, where there is one."""
        return {place: one for place, one in latest(self.decisions).items() if one.text is not None}

    def cells(self, table: int | None = None) -> Iterator[tuple[Place, ScannedCell]]:
        """All cells, or those of one table, in the order of rows."""
        for number, one in enumerate(self.ledger.tables):
            if table in (None, number):
                for cell in one.cells:
                    yield Place(number, cell.row, cell.column), cell

    @cached_property
    def by_place(self) -> Mapping[Place, ScannedCell]:
        """Each cell by where it is."""
        return dict(self.cells())

    def text(self, place: Place) -> str:
        """What a cell says: as somebody decided, else as it was read."""
        decided = self.standing.get(place)
        return decided.text or "" if decided else self.by_place[place].proposal

    def is_open(self, place: Place) -> bool:
        """Whether a cell waits for a person."""
        return not self.by_place[place].is_accepted and place not in self.standing

    def open_places(self, table: int | None = None) -> list[Place]:
        """The cells that wait."""
        return [place for place, _ in self.cells(table) if self.is_open(place)]

    def counts(self, table: int | None = None) -> dict[str, int]:
        """How far the review is: `n_cells`, `n_accepted` without anybody, `n_decided`, `n_open`."""
        cells = list(self.cells(table))
        n_decided = sum(place in self.standing for place, _ in cells)
        n_accepted = sum(cell.is_accepted and place not in self.standing for place, cell in cells)
        return {
            "n_cells": len(cells),
            "n_accepted": n_accepted,
            "n_decided": n_decided,
            "n_open": len(cells) - n_decided - n_accepted,
        }

    def similar_choices(self, like: Place, text: str) -> list[Choice]:
        """A text for a cell and for all that wait in its column and were read exactly as it was."""
        wanted = self.likeness(like)
        return [Choice(like, text)] + [
            Choice(place, text)
            for place in self.open_places(like.table)
            if place != like and self.likeness(place) == wanted
        ]

    def likeness(self, place: Place) -> Likeness:
        """What cells that were read alike have in common."""
        cell = self.by_place[place]
        return place.table, place.column, cell.proposal, tuple(one.text for one in cell.readings)

    @cached_property
    def n_alike(self) -> Counter[Likeness]:
        """How many cells that wait were read alike."""
        return Counter(self.likeness(place) for place in self.open_places())

    def column_titles(self, table: int) -> list[str]:
        """What each column is called: the cells of the header above it, joined."""
        one = self.ledger.tables[table]
        parts: list[list[str]] = [[] for _ in range(one.n_columns)]
        for place, cell in self.cells(table):
            if cell.row < one.header_rows and (text := self.text(place)):
                for column in range(cell.column, cell.column + cell.column_span):
                    if text not in parts[column]:
                        parts[column].append(text)
        return [" ".join(words)[:MAX_TITLE] for words in parts]

    def cell_json(self, place: Place) -> dict[str, Any]:
        """A cell, as its page shows it."""
        cell, decided = self.by_place[place], self.standing.get(place)
        n_alike = self.n_alike[self.likeness(place)]
        return {
            "row": cell.row,
            "column": cell.column,
            "page": cell.page,
            "box": list(cell.box),
            "is_header": cell.row < self.ledger.tables[place.table].header_rows,
            "readings": [{"engine": one.engine, "text": one.text} for one in cell.readings],
            "proposal": cell.proposal,
            "doubts": [{"code": code, **DOUBTS[code].to_json()} for code in cell.doubts if code in DOUBTS],
            "is_accepted": cell.is_accepted,
            "decision": decided.to_json() if decided else None,
            "n_alike": max(n_alike - 1, 0) if self.is_open(place) else 0,
        }

    def row_strip(self, table: int, row: int) -> tuple[int, Box] | None:
        """Where a row lies on paper: the page and the box around its cells; None where it has none."""
        return self._strips[table].get(row)

    @cached_property
    def _strips(self) -> list[dict[int, tuple[int, Box]]]:
        found: list[dict[int, tuple[int, Box]]] = []
        for table in self.ledger.tables:
            strips: dict[int, tuple[int, Box]] = {}
            # A cell over several rows is no measure of one of them.
            for cell in sorted(table.cells, key=lambda one: one.row_span):
                for row in range(cell.row, cell.row + cell.row_span):
                    page, box = strips.get(row, (cell.page, cell.box))
                    if page == cell.page and (cell.row_span == 1 or row not in strips):
                        pairs = zip(box, cell.box, strict=True)
                        left, top, right, bottom = ((min, min, max, max)[side](pair) for side, pair in enumerate(pairs))
                        strips[row] = page, (left, top, right, bottom)
            found.append(strips)
        return found
