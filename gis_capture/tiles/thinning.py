"""Which rows stand for others where a tile would have too many: one for each cell of a grid, and how many it is for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gis_capture.tiles.columns import POLYGON, Array, Columns
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
    bounds = np.concatenate([one.bounds[chosen] for one, chosen in zip(segments, rows, strict=True)]).astype(np.float64)
    kinds = np.concatenate([one.kinds[chosen] for one, chosen in zip(segments, rows, strict=True)]).astype(np.int64)
    bounds = (bounds * 2**tile.z - (tile.x, tile.y, tile.x, tile.y)) * EXTENT
    middles = np.clip((bounds[:, :2] + bounds[:, 2:]) / 2, 0, EXTENT - 1)
    sizes = (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
    # In this order the last one that is written into a cell is the largest, and of equals the first.
    order = np.argsort(sizes[::-1], kind="stable")[::-1] if sizes.any() else np.arange(len(sizes))
    order = order[::-1]
    cell = first_cell
    while True:
        is_kept, counts = _one_per_cell(middles, sizes, kinds, order, cell)
        if cell >= LARGEST_CELL or int(is_kept.sum()) <= max_rows:
            break
        cell *= 2
    ends = np.cumsum([len(chosen) for chosen in rows])[:-1]
    parts = zip(rows, np.split(is_kept, ends), np.split(counts, ends), strict=True)
    kept = [(chosen[stays], numbers[stays]) for chosen, stays, numbers in parts]
    return Thinned([one for one, _ in kept], [numbers for _, numbers in kept], cell)


def _one_per_cell(middles: Array, sizes: Array, kinds: Array, order: Array, cell: int) -> tuple[Array, Array]:
    n_cells = -(-EXTENT // cell)
    places = (middles // cell).astype(np.int64)
    cells = (kinds - 1) * n_cells * n_cells + places[:, 1] * n_cells + places[:, 0]
    is_large = (sizes > 2 * cell) & (cell < LARGEST_CELL)
    small = order[~is_large[order]]
    first = np.full(POLYGON * n_cells * n_cells, -1, dtype=np.int64)
    first[cells[small]] = small
    numbers = np.bincount(cells[small], minlength=len(first))
    taken = first[first >= 0]
    is_kept, counts = is_large.copy(), np.ones(len(sizes), dtype=np.int64)
    is_kept[taken] = True
    counts[taken] = numbers[cells[taken]]
    return is_kept, counts
