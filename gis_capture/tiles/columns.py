"""A layer as columns: what tiles are encoded from.

Rows lie along a space-filling curve, so that those of a tile lie in few blocks. Everything is a flat, read-only array,
so that it can be a file that is mapped into memory and shared by processes.
"""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import shapely

Array = npt.NDArray[Any]
BLOCK = 256
POINT, LINE, POLYGON = 1, 2, 3
"""Kinds of geometries, as the tile specification numbers them (4.3.4)."""
NONE = 0xFFFFFFFF
"""Stands in `values` where a feature has no value."""
FEATURE_ID = "feature_id"


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of a layer; a feature whose collection mixes kinds has a row for each kind.

    Attributes:
        names: Of the attributes; the first one is `feature_id`.
        n_shared: Values with a smaller number stand in several rows; all others in one.
        fids: (n,) int64.
        kinds: (n,) uint8.
        bounds: (n, 4) float32: min_x, min_y, max_x, max_y, rounded outwards.
        block_bounds: (blocks, 4) float64.
        part_offsets: (n + 1,) int64: where the parts of a row begin; its points, lines or rings.
        vertex_offsets: (parts + 1,) int64.
        is_outer: (parts,) uint8: whether a ring begins a polygon; rings are not closed.
        xy: (vertices, 2) float64: Web Mercator, the world is 0 to 1, y from the north.
        values: (names, n) uint32: numbers of values.
        value_starts: (values,) int64: where the encoded value begins in `value_bytes`.
        value_lengths: (values,) int32.
        value_bytes: uint8: values as they stand in a tile's layer, with their tag and length.
        id_keys: (n,) uint32, ascending: CRC-32 of the feature_id.
        id_rows: (n,) int32: the rows of `id_keys`.
    """

    names: tuple[str, ...]
    n_shared: int
    fids: Array
    kinds: Array
    bounds: Array
    block_bounds: Array
    part_offsets: Array
    vertex_offsets: Array
    is_outer: Array
    xy: Array
    values: Array
    value_starts: Array
    value_lengths: Array
    value_bytes: Array
    id_keys: Array
    id_rows: Array

    def __post_init__(self) -> None:
        # Compiled code is made for read-only arrays alone: one version, whether they come from a file or not.
        for name in ARRAYS:
            getattr(self, name).flags.writeable = False

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.fids)

    def value(self, name: int, row: int) -> bytes:
        """The encoded value of an attribute by its number; empty where there is none."""
        number = self.values[name, row]
        if number == NONE:
            return b""
        start = self.value_starts[number]
        return self.value_bytes[start : start + self.value_lengths[number]].tobytes()

    def rows_of(self, feature_id: str) -> list[int]:
        """The rows of a feature."""
        text = feature_id.encode()
        key = np.uint32(crc32(text))
        first, last = np.searchsorted(self.id_keys, key), np.searchsorted(self.id_keys, key, side="right")
        rows = self.id_rows[first:last].tolist()
        return [row for row in rows if self.value(0, row).endswith(text)]

    def rows_in(self, box: tuple[float, float, float, float]) -> Array:
        """The rows, int64, whose bounds touch a box (min_x, min_y, max_x, max_y)."""
        if len(self) <= BLOCK:
            return np.flatnonzero(_touches(self.bounds, box)) if len(self) else np.empty(0, dtype=np.int64)
        blocks = np.flatnonzero(_touches(self.block_bounds, box))
        if not len(blocks):
            return blocks
        whole = self.block_bounds[blocks]
        west, north, east, south = box
        is_cut = (whole[:, 0] < west) | (whole[:, 1] < north) | (whole[:, 2] > east) | (whole[:, 3] > south)
        rows = blocks[:, None] * BLOCK + np.arange(BLOCK)
        is_in = np.ones(rows.shape, dtype=bool)
        n_full, n_left = divmod(len(self), BLOCK)
        if blocks[-1] == n_full:
            is_in[-1, :n_left] = _touches(self.bounds[-n_left:], box)
            is_in[-1, n_left:] = False
            is_cut[-1] = False
        # Of blocks that lie inside no row is looked at; the others are taken as a whole.
        is_in[is_cut] = _touches(self.bounds[: n_full * BLOCK].reshape(n_full, BLOCK, 4)[blocks[is_cut]], box)
        found: Array = rows[is_in]
        return found

    def geometries(self, rows: Array) -> npt.NDArray[np.object_]:
        """The geometries of rows, in the coordinates of `xy`."""
        made = np.empty(len(rows), dtype=object)
        for kind in (POINT, LINE, POLYGON):
            chosen = np.flatnonzero(self.kinds[rows] == kind)
            if len(chosen):
                made[chosen] = self._geometries(kind, rows[chosen])
        return made

    def _geometries(self, kind: int, rows: Array) -> npt.NDArray[np.object_]:
        parts, row_offsets = take_ragged(self.part_offsets, rows)
        if kind == POLYGON:
            vertices, ring_offsets = take_ragged(self.vertex_offsets, parts, is_closed=True)
            firsts = np.flatnonzero(self.is_outer[parts])
            polygon_offsets = np.append(firsts, len(parts))
            offsets = (ring_offsets, polygon_offsets, np.searchsorted(polygon_offsets, row_offsets))
            return np.asarray(shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, self.xy[vertices], offsets))
        vertices, line_offsets = take_ragged(self.vertex_offsets, parts)
        if kind == LINE:
            many, levels = shapely.GeometryType.MULTILINESTRING, (line_offsets, row_offsets)
            return np.asarray(shapely.from_ragged_array(many, self.xy[vertices], levels))
        return np.asarray(shapely.from_ragged_array(shapely.GeometryType.MULTIPOINT, self.xy[vertices], (row_offsets,)))


ARRAYS = {
    name: np.dtype(kind)
    for name, kind in (
        ("fids", "<i8"),
        ("kinds", "u1"),
        ("bounds", "<f4"),
        ("block_bounds", "<f8"),
        ("part_offsets", "<i8"),
        ("vertex_offsets", "<i8"),
        ("is_outer", "u1"),
        ("xy", "<f8"),
        ("values", "<u4"),
        ("value_starts", "<i8"),
        ("value_lengths", "<i4"),
        ("value_bytes", "u1"),
        ("id_keys", "<u4"),
        ("id_rows", "<i4"),
    )
}
"""The types of the arrays of `Columns` by their names."""


def _touches(bounds: Array, box: tuple[float, float, float, float]) -> Array:
    """Which bounds, (…, 4), touch a box; bool."""
    west, north, east, south = box
    touched: Array = (
        (bounds[..., 0] <= east) & (bounds[..., 2] >= west) & (bounds[..., 1] <= south) & (bounds[..., 3] >= north)
    )
    return touched


def take_ragged(offsets: Array, rows: Array, *, is_closed: bool = False) -> tuple[Array, Array]:
    """Gives the places of what belongs to rows, and new offsets; `is_closed` repeats each first at the end."""
    starts, lengths = offsets[rows], offsets[rows + 1] - offsets[rows]
    taken = lengths + 1 if is_closed else lengths
    ends = np.cumsum(taken)
    new_offsets = np.concatenate(([0], ends)).astype(np.int64)
    places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - new_offsets[:-1], taken)
    if is_closed:
        places[new_offsets[1:] - 1] = starts
    return places, new_offsets
