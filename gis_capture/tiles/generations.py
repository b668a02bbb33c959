"""When each tile last changed: what a client holds is still true as long as the generation of its tile is the same."""

from collections.abc import Iterator

import numpy as np

from gis_capture.tiles.columns import Array
from gis_capture.tiles.grid import BUFFER, EXTENT, Tile

DEEPEST = 14
"""Zoom of the smallest cells; tiles below share the generation of the tile that holds them."""
_MAX_CELLS_AT_ONCE = 64
_MAX_CELLS = 200_000


class Generations:
    """The revision by which what is in a tile was last seen to change.

    It names the state of a tile for all processes: whoever says a generation holds the tile as the store had it then.
    """

    def __init__(self, floor: int) -> None:
        self._reset(floor)

    def _reset(self, floor: int) -> None:
        self._cells: dict[tuple[int, int, int], int] = {}
        self._wholes: dict[tuple[int, int, int], int] = {}
        self._floor = floor

    def of(self, tile: Tile) -> int:
        """Gives the generation of a tile."""
        up = max(0, tile.z - DEEPEST)
        z, x, y = tile.z - up, tile.x >> up, tile.y >> up
        found = max(self._floor, self._cells.get((z, x, y), 0))
        if self._wholes:
            found = max(found, *(self._wholes.get((z - n, x >> n, y >> n), 0) for n in range(z + 1)))
        return found

    def raise_all(self, revision: int) -> None:
        """Says that any tile may have changed."""
        self._reset(revision)

    def stamp(self, bounds: Array, revision: int) -> None:
        """Says that what is in these boxes, (n, 4) in parts of the world, has changed."""
        if len(self._cells) > _MAX_CELLS:
            self._reset(revision)
        for box in _ranges(bounds).tolist():
            for z, (west, north, east, south) in enumerate(box):
                if (east - west + 1) * (south - north + 1) > _MAX_CELLS_AT_ONCE:
                    # Too many of them: all that is below the cells one zoom above.
                    self._wholes |= dict.fromkeys(_cells(z - 1, *box[z - 1]), revision)
                    break
                self._cells |= dict.fromkeys(_cells(z, west, north, east, south), revision)


def _ranges(bounds: Array) -> Array:
    """The tiles that show something of boxes, by box and zoom: west, north, east, south."""
    sizes = 2.0 ** np.arange(DEEPEST + 1)[:, None]
    margin = np.array([-1, -1, 1, 1]) * (BUFFER / EXTENT)
    ranges: Array = np.clip(np.floor(bounds[:, None, :] * sizes + margin), 0, sizes - 1).astype(np.int64)
    return ranges


def _cells(z: int, west: int, north: int, east: int, south: int) -> Iterator[tuple[int, int, int]]:
    """The tiles of a range."""
    return ((z, x, y) for y in range(north, south + 1) for x in range(west, east + 1))
