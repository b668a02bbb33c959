"""The places of a table on a page, before anything in them is read."""

from dataclasses import dataclass

import numpy as np

from gis_capture.paper.ledgers.table import Box

MAX_ROWS, MAX_COLUMNS = 400, 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell is on a page; `is_sure` unless it is not clear where it ends."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of a page.

    Attributes:
        edges: Of its columns, in pixels.
        has_lines: It was found by its ruling lines.
    """

    n_rows: int
    n_columns: int
    places: tuple[Place, ...]
    edges: tuple[int, ...]
    has_lines: bool

    @property
    def box(self) -> Box:
        """Around all cells."""
        boxes = np.array([place.box for place in self.places])
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])
