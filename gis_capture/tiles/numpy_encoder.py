"""Encodes rows by NumPy and GEOS alone: what compiled code is checked against, and what mends the shapes it gives up.

Source of the format: Mapbox Vector Tile specification, version 2.1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry, GeometryType

from gis_capture.tiles.columns import NONE, POINT, POLYGON, Array, Columns
from gis_capture.tiles.grid import BUFFER, EXTENT, SIMPLIFY_UNITS, Tile
from gis_capture.tiles.values import encode_value

_LOW, _HIGH = -BUFFER, EXTENT + BUFFER
_MOVE, _LINE, _CLOSE = 1, 2, 7


@dataclass(frozen=True, slots=True)
class Encoded:
    """Features of one layer of a tile, and the values they refer to."""

    features: bytes | memoryview
    values: bytes | memoryview
    n_values: int


def encode_rows(
    columns: Columns, rows: Array, tile: Tile, *, chosen: Sequence[int], counts: Array | None, first_value: int = 0
) -> Encoded:
    """Encodes rows of a layer.

    Args:
        columns: The layer.
        rows: (n,) int64.
        tile: Where.
        chosen: The attributes that are wanted; their places here are their keys.
        counts: (n,) int64, for how many features each row stands; it becomes the attribute after the chosen ones.
        first_value: The number that the first value gets.
    """
    numbers: dict[Any, int] = {}
    values: list[bytes] = []

    def number_of(key: Any, content: bytes) -> int:
        if key not in numbers:
            numbers[key] = first_value + len(numbers)
            values.append(content)
        return numbers[key]

    flat: list[int] = []
    for place, geometry in enumerate(_drawn(columns, rows, tile)):
        shape = _commands(geometry)
        if not shape:
            continue
        row = int(rows[place])
        tags: list[int] = []
        for key, column in enumerate(chosen):
            value = int(columns.values[column, row])
            if value != NONE:
                tags += (key, number_of(value, columns.value(column, row)))
        if counts is not None:
            n = int(counts[place])
            tags += (len(chosen), number_of(("n", n), encode_value(n)))
        content = [0x08, int(columns.fids[row]), 0x12, _size(tags), *tags]
        content += [0x18, int(columns.kinds[row]), 0x22, _size(shape), *shape]
        flat += (0x12, _size(content), *content)
    return Encoded(_varints(np.array(flat, dtype=np.uint64)), b"".join(values), len(values))


def _drawn(columns: Columns, rows: Array, tile: Tile) -> npt.NDArray[np.object_]:
    """Gives geometries in whole units of the tile, clipped and simplified; empty where nothing is to be seen.

    What is in the tile and smaller than a unit is drawn as one unit, so that nothing goes away without a word.
    """
    kinds, drawn = columns.kinds[rows], columns.geometries(rows)
    corner, scale = np.array([tile.x, tile.y]), 2**tile.z
    drawn = np.asarray(shapely.transform(drawn, lambda xy: (xy * scale - corner) * EXTENT))
    firsts = (columns.xy[columns.vertex_offsets[columns.part_offsets[rows]]] * scale - corner) * EXTENT
    shapes = np.flatnonzero(kinds != POINT)
    clipped = shapely.clip_by_rect(_valid(drawn[shapes]), _LOW, _LOW, _HIGH, _HIGH)
    clipped = shapely.simplify(_valid(clipped), SIMPLIFY_UNITS)
    clipped = shapely.set_precision(_valid(clipped), 1)
    drawn[shapes] = [_of_kind(one, kind) for one, kind in zip(clipped, kinds[shapes], strict=True)]
    for place in shapes[shapely.is_empty(drawn[shapes])].tolist():
        x, y = np.floor(firsts[place])
        if _LOW <= x < _HIGH and _LOW <= y < _HIGH:
            drawn[place] = (
                shapely.box(x, y, x + 1, y + 1) if kinds[place] == POLYGON else shapely.LineString([(x, y), (x + 1, y)])
            )
    return drawn


def _valid(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    broken = ~shapely.is_valid(geometries)
    if broken.any():
        geometries = geometries.copy()
        geometries[broken] = shapely.make_valid(geometries[broken])
    return geometries


def _of_kind(geometry: Geometry, kind: int) -> Geometry:
    """The areas or the lines of what clipping left."""
    wanted = GeometryType.POLYGON if kind == POLYGON else GeometryType.LINESTRING
    parts = shapely.get_parts(geometry)
    while (shapely.get_type_id(parts) > GeometryType.POLYGON).any():
        parts = shapely.get_parts(parts)
    parts = parts[(shapely.get_type_id(parts) == wanted) & ~shapely.is_empty(parts)]
    made: Geometry = shapely.multipolygons(parts) if kind == POLYGON else shapely.multilinestrings(parts)
    if kind != POLYGON or shapely.is_valid(made):
        return made
    # Areas of one collection that rounding has put edge to edge are one.
    return _of_kind(shapely.unary_union(made, grid_size=1), kind)


def _commands(geometry: Geometry) -> list[int]:
    """Commands and parameters of a geometry (clause 4.3); none where it is empty."""
    numbers: list[int] = []
    last: Array = np.zeros((1, 2), dtype=np.int64)
    if shapely.get_type_id(geometry) == GeometryType.MULTIPOINT:
        xy = np.floor(shapely.get_coordinates(geometry) + 0.5).astype(np.int64)
        xy = xy[((xy >= _LOW) & (xy <= _HIGH)).all(axis=1)]
        return [_command(_MOVE, len(xy)), *_steps(xy, last)] if len(xy) else []
    is_area = shapely.get_type_id(geometry) == GeometryType.MULTIPOLYGON
    lines: Iterator[Array] = map(shapely.get_coordinates, shapely.get_parts(geometry))
    for xy in _rings(geometry) if is_area else lines:
        whole: Array = xy.astype(np.int64)
        steps = _steps(whole, last)
        numbers += (_command(_MOVE, 1), *steps[:2], _command(_LINE, len(whole) - 1), *steps[2:])
        if is_area:
            numbers.append(_command(_CLOSE, 1))
        last = whole[-1:]
    return numbers


def _rings(geometry: Geometry) -> Iterator[Array]:
    """Rings without their last point; outer ones go clockwise as the tile shows them, inner ones against it."""
    for polygon in shapely.get_parts(geometry):
        # With y downwards the orientation that is counter-clockwise on paper is the clockwise one.
        for ring in shapely.get_rings(shapely.orient_polygons(polygon)):
            yield shapely.get_coordinates(ring)[:-1]


def _steps(xy: Array, last: Array) -> list[int]:
    steps = np.diff(xy, axis=0, prepend=last).ravel()
    return [int(one) for one in (steps << 1) ^ (steps >> 63)]


def _command(kind: int, n: int) -> int:
    return kind | n << 3


def _size(numbers: Sequence[int]) -> int:
    """The bytes of numbers as varints."""
    return sum((number.bit_length() + 6) // 7 or 1 for number in numbers)


def _varints(numbers: Array) -> bytes:
    """Encodes unsigned integers, one after the other."""
    if not len(numbers):
        return b""
    limits = np.array(list(accumulate([7] * 9)), dtype=np.uint64)
    sizes = 1 + np.searchsorted(np.uint64(1) << limits, numbers, side="right")
    ends = np.cumsum(sizes)
    encoded = np.empty(ends[-1], dtype=np.uint8)
    for place in range(int(sizes.max())):
        has = sizes > place
        content = (numbers[has] >> np.uint64(7 * place)) & np.uint64(0x7F)
        more = np.where(sizes[has] > place + 1, np.uint64(0x80), np.uint64(0))
        encoded[ends[has] - sizes[has] + place] = content | more
    return encoded.tobytes()
