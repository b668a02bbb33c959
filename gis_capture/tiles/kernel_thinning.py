"""Finds the rows that stand for others in a crowded tile; compiled, without the interpreter's lock."""

from typing import Any

from gis_capture.tiles.compiled import compiled
from gis_capture.tiles.grid import EXTENT

Array = Any


@compiled
def one_per_cell(
    bounds: Array, kinds: Array, rows: Array, first: int, size: float, tile_x: int, tile_y: int,
    cell: int, has_large: bool, best: Array, sizes: Array, counts: Array, large: Array, n_large: int,
) -> int:  # fmt: skip
    """Takes rows of a segment into the cells, and the numbers of those that are wider than two cells into `large`.

    Args:
        bounds: Of the segment.
        kinds: Of the segment.
        rows: Looked at.
        first: The number of the first of them; the others follow.
        size: Of the world in tiles.
        tile_x: Of the tile.
        tile_y: Of the tile.
        cell: Its width in units.
        has_large: Whether what is wider than two cells is none of theirs.
        best: The number of the largest row of each kind in each cell so far, of equals the first; -1 = none.
        sizes: Of these.
        counts: How many there are.
        large: As many as there is room for.
        n_large: So many are there already.

    Returns:
        How many are wider than two cells.
    """
    n_cells = -(-EXTENT // cell)
    for i in range(len(rows)):
        row = rows[i]
        west, north = (bounds[row, 0] * size - tile_x) * EXTENT, (bounds[row, 1] * size - tile_y) * EXTENT
        east, south = (bounds[row, 2] * size - tile_x) * EXTENT, (bounds[row, 3] * size - tile_y) * EXTENT
        width = max(east - west, south - north)
        if has_large and width > 2 * cell:
            if n_large < len(large):
                large[n_large] = first + i
            n_large += 1
            continue
        x = int(min(max((west + east) / 2, 0.0), EXTENT - 1.0)) // cell
        y = int(min(max((north + south) / 2, 0.0), EXTENT - 1.0)) // cell
        place = ((kinds[row] - 1) * n_cells + y) * n_cells + x
        counts[place] += 1
        if best[place] < 0 or width > sizes[place]:
            best[place], sizes[place] = first + i, width
    return n_large
