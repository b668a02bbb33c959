"""Finds the rows of a tile by the boxes of blocks and rows; compiled, without the interpreter's lock."""

from typing import Any

import numpy as np

from gis_capture.tiles.columns import BLOCK
from gis_capture.tiles.compiled import compiled

Array = Any


@compiled
def rows_in(block_bounds: Array, bounds: Array, west: float, north: float, east: float, south: float) -> Array:
    """Gives what `Columns.rows_in` gives, of its arrays of these names."""
    # As NumPy compares them with a number.
    low_x, low_y, high_x, high_y = np.float32(west), np.float32(north), np.float32(east), np.float32(south)
    n_blocks, n_most = 0, len(block_bounds)
    blocks = np.empty(n_most, dtype=np.int64)
    for block in range(n_most):
        is_beside = block_bounds[block, 0] > east or block_bounds[block, 2] < west
        if not (is_beside or block_bounds[block, 1] > south or block_bounds[block, 3] < north):
            blocks[n_blocks] = block
            n_blocks += 1
    rows, n = np.empty(n_blocks * BLOCK, dtype=np.int64), 0
    for block in blocks[:n_blocks]:
        is_whole = block_bounds[block, 0] >= west and block_bounds[block, 2] <= east
        is_whole = is_whole and block_bounds[block, 1] >= north and block_bounds[block, 3] <= south
        for row in range(block * BLOCK, min((block + 1) * BLOCK, len(bounds))):
            # Written in any case: whether it counts is no branch, which would be guessed wrong as often as not.
            rows[n] = row
            is_in = (bounds[row, 0] <= high_x) & (bounds[row, 2] >= low_x)
            n += is_whole | (is_in & (bounds[row, 1] <= high_y) & (bounds[row, 3] >= low_y))
    return rows[:n]
