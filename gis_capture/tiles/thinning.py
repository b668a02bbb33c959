"""Which rows stand for others where a tile would have too many: one for each cell of a grid, and how many it is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gis_capture.tiles.columns import POLYGON, Array, Columns
from gis_capture.tiles.encoder import Kernels, kernels
from gis_capture.tiles.grid import EXTENT, Tile

SMALLEST_CELL = 16
LARGEST_CELL = 2 * EXTENT


@dataclass(frozen=True, slots=True)
class Thinned:
    """Rows of each segment with the number of rows that each of them stands for; `cell` is the width of a cell."""

    rows: list[Array]
    counts: list[Array]
    cell: int

    def __len__(self) -> int:
        """Number of rows that are left."""
        return sum(map(len, self.rows))


def thin(
    segments: Sequence[Columns], rows: Sequence[Array], tile: Tile, *, max_rows: int, first_cell: int = SMALLEST_CELL
) -> Thinned:
    """Leaves at most so many rows, by the smallest cells of at least `first_cell` units that do it.

    Of the points, lines and areas whose middle is in a cell the largest one of each kind stays. What is wider than
    two cells stays as it is, until not even the largest cells are enough.
    """
    made = kernels()
    cell = first_cell
    while True:
        numbers, counts = (
            _numpy_one_per_cell(segments, rows, tile, cell)
            if made is None
            else _one_per_cell(made, segments, rows, tile, cell, max_rows)
        )
        if cell >= LARGEST_CELL or len(numbers) <= max_rows:
            break
        cell *= 2
    firsts = np.cumsum([0, *map(len, rows)])
    ends = np.searchsorted(numbers, firsts)
    kept = [chosen[numbers[a:b] - first] for chosen, first, (a, b) in zip(rows, firsts, pairwise(ends), strict=False)]
    return Thinned(kept, np.split(counts, ends[1:-1]), cell)


def _one_per_cell(
    made: Kernels, segments: Sequence[Columns], rows: Sequence[Array], tile: Tile, cell: int, max_rows: int
) -> tuple[Array, Array]:
    """Gives the numbers of rows that stay, ascending, through all segments, and for how many each stands.

    They are more than `max_rows` where there are more; then they are not all.
    """
    n_cells = -(-EXTENT // cell)
    best = np.full(POLYGON * n_cells * n_cells, -1, dtype=np.int64)
    sizes, counts = np.empty(len(best)), np.zeros(len(best), dtype=np.int64)
    large, n_large, first = np.empty(min(max_rows + 1, sum(map(len, rows))), dtype=np.int64), 0, 0
    for one, chosen in zip(segments, rows, strict=True):
        n_large = made.one_per_cell(
            one.bounds, one.kinds, chosen, first, 2.0**tile.z, tile.x, tile.y, cell, cell < LARGEST_CELL,
            best, sizes, counts, large, n_large,
        )  # fmt: skip
        first += len(chosen)
    cells = np.flatnonzero(best >= 0)
    numbers = np.concatenate([best[cells], large[:n_large]])
    order = np.argsort(numbers)
    return numbers[order], np.concatenate([counts[cells], np.ones(len(numbers) - len(cells), dtype=np.int64)])[order]


def _numpy_one_per_cell(
    segments: Sequence[Columns], rows: Sequence[Array], tile: Tile, cell: int
) -> tuple[Array, Array]:
    """Gives what `_one_per_cell` gives, by NumPy."""
    bounds = np.concatenate([one.bounds[chosen] for one, chosen in zip(segments, rows, strict=True)]).astype(np.float64)
    kinds = np.concatenate([one.kinds[chosen] for one, chosen in zip(segments, rows, strict=True)]).astype(np.int64)
    bounds = (bounds * 2**tile.z - (tile.x, tile.y, tile.x, tile.y)) * EXTENT
    middles = np.clip((bounds[:, :2] + bounds[:, 2:]) / 2, 0, EXTENT - 1)
    sizes = (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
    n_cells = -(-EXTENT // cell)
    places = (middles // cell).astype(np.int64)
    cells = (kinds - 1) * n_cells * n_cells + places[:, 1] * n_cells + places[:, 0]
    is_large = (sizes > 2 * cell) & (cell < LARGEST_CELL)
    # In this order the last one that is written into a cell is the largest, and of equals the first.
    order = np.lexsort((-np.arange(len(sizes)), sizes))
    small = order[~is_large[order]]
    first = np.full(POLYGON * n_cells * n_cells, -1, dtype=np.int64)
    first[cells[small]] = small
    numbers = np.sort(np.concatenate([first[first >= 0], np.flatnonzero(is_large)]))
    counts = np.where(is_large, 1, np.bincount(cells[small], minlength=len(first))[cells])
    return numbers, counts[numbers]
