"""Puts rows of columns in order: along a curve that fills the world, so that those of a tile lie in few blocks."""

import numpy as np

from gis_capture.tiles.columns import BLOCK, Array, Columns, take_ragged
from gis_capture.tiles.values import lay_along

Places = tuple[Array, Array, Array, Array]
"""Offsets of parts and of vertices, `is_outer` and `xy`, as `Columns` has them."""
_CURVE_BITS = 24
"""Of each axis: 2.4 m at the equator, as fine as bounds are kept."""
_SPREAD = [
    (np.uint64(shift), np.uint64(mask))
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    )
]


def arranged(
    names: tuple[str, ...],
    values: tuple[int, Array, Array, Array, Array],
    rows: tuple[Array, Array, Array],
    places: Places,
    *,
    least: int = BLOCK,
    is_laid_along: bool = False,
) -> Columns:
    """Puts rows along the curve, unless there are few of them.

    Args:
        names: Of the attributes.
        values: What `ValueTable.finish` gives; its matrix is written to.
        rows: Numbers, checksums of ids and kinds of the rows.
        places: Of the rows.
        least: So many rows, or fewer, stay as they are.
        is_laid_along: Whether values lie as the rows do.
    """
    n_shared, matrix, starts, lengths, content = values
    fids, ids, kinds = rows
    bounds = _rounded_outwards(_bounds(places[3], places[1][places[0]]))
    is_sorted = len(kinds) > least
    if is_sorted:
        order = np.argsort(curve(bounds), kind="stable")
        fids, ids, kinds, bounds = fids[order], ids[order], kinds[order], bounds[order]
        places = _taken_places(places, order)
        for row in matrix:
            row[:] = row[order]
        del order
    # Of many rows nothing may be there twice that is not needed.
    del values, rows
    if is_sorted and is_laid_along:
        starts, lengths, content = lay_along(n_shared, matrix, starts, lengths, content)
    by_id = np.argsort(ids, kind="stable").astype(np.int32)
    boxes = bounds, block_bounds(bounds)
    return Columns(names, n_shared, fids, kinds, *boxes, *places, matrix, starts, lengths, content, ids[by_id], by_id)


def _taken_places(places: Places, rows: Array) -> Places:
    part_offsets, vertex_offsets, is_outer, xy = places
    parts, part_offsets = take_ragged(part_offsets, rows)
    vertices, vertex_offsets = take_ragged(vertex_offsets, parts)
    return part_offsets, vertex_offsets, is_outer[parts], np.ascontiguousarray(xy[vertices])


def offsets_of(lengths: Array) -> Array:
    """Where each of several things begins that lie one after the other, and where the last one ends; int64."""
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def _bounds(xy: Array, offsets: Array) -> Array:
    if len(offsets) == 1:
        return np.empty((0, 4))
    firsts = offsets[:-1]
    return np.hstack([np.minimum.reduceat(xy, firsts), np.maximum.reduceat(xy, firsts)])


def _rounded_outwards(bounds: Array) -> Array:
    rounded = bounds.astype(np.float32)
    low, high = rounded[:, :2], rounded[:, 2:]
    low[:] = np.where(low > bounds[:, :2], np.nextafter(low, np.float32(-np.inf)), low)
    high[:] = np.where(high < bounds[:, 2:], np.nextafter(high, np.float32(np.inf)), high)
    return rounded


def block_bounds(bounds: Array) -> Array:
    """The boxes of blocks, (blocks, 4) float64, of those of their rows."""
    if not len(bounds):
        return np.empty((0, 4))
    firsts = np.arange(0, len(bounds), BLOCK)
    low, high = np.minimum.reduceat(bounds[:, :2], firsts), np.maximum.reduceat(bounds[:, 2:], firsts)
    return np.hstack([low, high]).astype(np.float64)


def curve(bounds: Array) -> Array:
    """Places of boxes, (n, 4) float32 in parts of the world, by their middles on the Morton curve through the world."""
    middles = (bounds[:, :2].astype(np.float64) + bounds[:, 2:]) / 2
    cells = np.clip(middles * 2**_CURVE_BITS, 0, 2**_CURVE_BITS - 1).astype(np.uint64)
    places: Array = _spread(cells[:, 0]) | _spread(cells[:, 1]) << np.uint64(1)
    return places


def _spread(numbers: Array) -> Array:
    """Puts a zero between each two of 32 bits."""
    for shift, mask in _SPREAD:
        numbers = (numbers | numbers << shift) & mask
    return numbers
