"""How large tiles will be, told from some of them."""

from collections.abc import Sequence

import numpy as np

from gis_capture.tiles.columns import Array
from gis_capture.tiles.grid import BUFFER, EXTENT, Tile
from gis_capture.tiles.packing import pack
from gis_capture.tiles.service import MAX_FEATURES, TileService

N_SAMPLES = 24
"""Tiles of a zoom that are encoded; where there are no more, all of them."""
_MOST_ROWS = 200_000
_MARGIN = BUFFER / EXTENT


def estimate_bytes(tiles: TileService, keys: Sequence[str], first: Tile, last: Tile) -> float:
    """Estimates the bytes of all tiles of a zoom from a north-western to a south-eastern one, packed.

    Each feature stands for the tiles that its box touches. Some of these are drawn, evenly along the curve on which
    the features lie: a tile is drawn as often as it has features, and counts as much less. So empty land costs nothing
    and towns count as much as they will weigh.

    Source:
        Hansen and Hurwitz, On the Theory of Sampling from Finite Populations, Ann. Math. Statist. 14 (1943), 333-362.
    """
    n_across, n_down = last.x - first.x + 1, last.y - first.y + 1
    if n_across * n_down <= N_SAMPLES:
        every = (Tile(first.z, first.x + i, first.y + j) for i in range(n_across) for j in range(n_down))
        return float(sum(len(pack(tiles.encode(keys, *tile))) for tile in every))
    bounds, n_rows = tiles.bounds_in(keys, first, last, most=_MOST_ROWS)
    if not n_rows:
        return 0.0
    corners = _corners(bounds, first, last)
    widths, heights = corners[:, 2] - corners[:, 0] + 1, corners[:, 3] - corners[:, 1] + 1
    ends = np.cumsum(widths * heights)
    # Half a step from the ends: a draw at the very first feature would count it for as many as the others.
    drawn = ((np.arange(N_SAMPLES) + 0.5) * ends[-1] / N_SAMPLES).astype(np.int64)
    rows = np.searchsorted(ends, drawn, side="right")
    down, across = np.divmod(drawn - (ends - widths * heights)[rows], widths[rows])
    places = corners[rows, :2] + np.stack((across, down), axis=1)
    shares = dict[Tile, float]()
    total = 0.0
    for tile in (Tile(first.z, *place) for place in places.tolist()):
        if tile not in shares:
            shares[tile] = _share(tiles, keys, tile)
        total += shares[tile]
    return total / N_SAMPLES * int(ends[-1]) * n_rows / len(bounds)


def _share(tiles: TileService, keys: Sequence[str], tile: Tile) -> float:
    """The bytes of a tile for each of its features; nothing inside of an area, whose equal tiles a pack holds once."""
    content = tiles.encode(keys, *tile)
    last = 2**tile.z - 1
    bounds, n_rows = tiles.bounds_in(keys, tile, tile, most=MAX_FEATURES)
    reach = _corners(bounds, Tile(tile.z, 0, 0), Tile(tile.z, last, last))
    if (reach[:, 2] - reach[:, 0] > 1).any():
        beside = tile._replace(x=tile.x + 1 if tile.x < last else tile.x - 1)
        if tiles.encode(keys, *beside) == content:
            return 0.0
    return len(pack(content)) / max(1, n_rows)


def _corners(bounds: Array, first: Tile, last: Tile) -> Array:
    """The numbers of the tiles, (n, 4) int64, from which and to which boxes reach, as far as they are wanted."""
    reach = bounds.astype(np.float64) * 2**first.z + (-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
    corners: Array = np.floor(reach).astype(np.int64)
    np.clip(corners, (first.x, first.y) * 2, (last.x, last.y) * 2, out=corners)
    return corners
