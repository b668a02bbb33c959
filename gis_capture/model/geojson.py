"""Geometries as GeoJSON (RFC 7946) and back, every ordinate kept.

Beyond the standard, a measure is the fourth number of a position, with null where there is no height: [x, y, null, m].
Positions are (x, y) = (lon, lat) or (east, north) of the layer's CRS, whatever that is.
The way goes through ISO WKB, because it is the one form in which shapely keeps Z, M and both to the last bit.
"""

import math
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from shapely import Geometry, Point

from gis_capture.errors import FeatureError
from gis_capture.text import Text

_TYPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
_SIZES = (2, 3, 3, 4)
_NAN, _PLANE = math.nan, 2
_HEADER = struct.Struct("<BI")
_COUNT = struct.Struct("<I")
_POINT = struct.Struct("<BI2d")
_POINT_HEAD = _HEADER.pack(1, 1)


def geometry_to_geojson(geometry: Geometry | None) -> dict[str, Any] | None:
    """Gives the GeoJSON of a geometry; None stays None."""
    if geometry is None:
        return None
    if isinstance(geometry, Point) and shapely.get_coordinate_dimension(geometry) == _PLANE:
        ((x, y),) = shapely.get_coordinates(geometry).tolist() or [(_NAN, _NAN)]
        return {"type": "Point", "coordinates": [x, y] if x == x else []}
    return wkb_to_geojson(shapely.to_wkb(geometry, output_dimension=4, byte_order=1, flavor="iso"))


def wkb_to_geojson(wkb: bytes) -> dict[str, Any]:
    """Gives the GeoJSON of little-endian ISO WKB, without a geometry in between.

    Raises:
        ValueError: It is of another kind.
    """
    if len(wkb) == _POINT.size and wkb[:5] == _POINT_HEAD:
        x, y = _POINT.unpack(wkb)[2:]
        return {"type": "Point", "coordinates": [x, y] if x == x else []}
    try:
        return _Reader(wkb).geometry()
    except (struct.error, IndexError) as error:
        raise ValueError(str(error)) from error


class _Reader:
    """Walks over little-endian ISO WKB."""

    def __init__(self, wkb: bytes) -> None:
        self.wkb, self.offset = wkb, 0

    def geometry(self) -> dict[str, Any]:
        kind, dims = self._header()
        if kind == 7:
            return {"type": _TYPES[6], "geometries": [self.geometry() for _ in range(self._count())]}
        return {"type": _TYPES[kind - 1], "coordinates": self._coordinates(kind, dims)}

    def _coordinates(self, kind: int, dims: int) -> list[Any]:
        if kind == 1:
            position = self._positions(1, dims)[0]
            return [] if math.isnan(position[0]) else position
        if kind == 2:
            return self._positions(self._count(), dims)
        if kind == 3:
            return [self._positions(self._count(), dims) for _ in range(self._count())]
        return [self._coordinates(*self._header()) for _ in range(self._count())]

    def _positions(self, n: int, dims: int) -> list[Any]:
        size = _SIZES[dims]
        flat = struct.unpack_from(f"<{n * size}d", self.wkb, self.offset)
        self.offset += 8 * n * size
        positions = [list(flat[i : i + size]) for i in range(0, n * size, size)]
        return positions if dims == 0 else [_short(position, dims) for position in positions]

    def _header(self) -> tuple[int, int]:
        order, code = _HEADER.unpack_from(self.wkb, self.offset)
        self.offset += 5
        dims, kind = divmod(code, 1000)
        if order != 1 or dims > 3 or not 1 <= kind <= len(_TYPES):
            raise ValueError(f"WKB of byte order {order} and type {code}")
        return kind, dims

    def _count(self) -> int:
        (n,) = _COUNT.unpack_from(self.wkb, self.offset)
        self.offset += 4
        return int(n)


def _short(position: list[float], dims: int) -> list[float | None]:
    """Leaves out what a position has not got: [x, y], [x, y, z], [x, y, null, m] or [x, y, z, m]."""
    x, y = position[:2]
    z = position[2] if dims != 2 else _NAN
    m = position[-1] if dims >= 2 else _NAN
    if not math.isnan(m):
        return [x, y, None if math.isnan(z) else z, m]
    return [x, y] if math.isnan(z) else [x, y, z]


def geometry_from_geojson(value: Any) -> Geometry | None:
    """Reads a GeoJSON geometry; None stays None. A Z or M that is null or NaN is read as missing.

    Raises:
        FeatureError: Not a GeoJSON geometry, or a position without two finite numbers.
    """
    if value is None:
        return None
    try:
        dims = _dims(value)
        wkb = b"".join(_encode(value, dims))
        return shapely.from_wkb(wkb)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError, shapely.GEOSException) as error:
        raise FeatureError(
            Text(
                "図形(GeoJSON)を読めません。種類が違うか、座標が欠けているか、数でない値が入っています。",
                "The geometry is no GeoJSON: its type is unknown, or a coordinate is missing or not a number.",
            )
        ) from error


def has_missing_ordinate(value: Any) -> bool:
    """Tells whether a position of a GeoJSON geometry has a NaN or null where a Z or M stands."""
    return value is not None and any(
        _ordinate(z) is None and (z is not None or len(position) == 3)
        for position in _all_positions(value)
        for z in position[2:4]
    )


def _ordinate(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _all_positions(value: Any) -> Iterator[Sequence[Any]]:
    stack = list(value["geometries"]) if "geometries" in value else [value["coordinates"]]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield from _all_positions(item)
        elif item and not isinstance(item[0], list | tuple):
            yield item
        else:
            stack.extend(item)


def _dims(value: Any) -> int:
    """0 = XY, 1 = Z, 2 = M, 3 = ZM: what at least one position has."""
    has_z = has_m = False
    for position in _all_positions(value):
        if len(position) > 2:
            has_z = has_z or _ordinate(position[2]) is not None
            has_m = has_m or (len(position) > 3 and _ordinate(position[3]) is not None)
    return has_z + 2 * has_m


def _encode(value: Any, dims: int) -> Iterator[bytes]:
    kind = _TYPES.index(value["type"]) + 1
    if kind == 7:
        parts = value["geometries"]
        yield _HEADER.pack(1, kind + 1000 * dims) + _COUNT.pack(len(parts))
        for part in parts:
            yield from _encode(part, dims)
    else:
        yield from _encode_coordinates(kind, value["coordinates"], dims)


def _encode_coordinates(kind: int, coordinates: Any, dims: int) -> Iterator[bytes]:
    yield _HEADER.pack(1, kind + 1000 * dims)
    if kind == 1:
        size = _SIZES[dims]
        yield _encode_positions([coordinates], dims) if coordinates else struct.pack(f"<{size}d", *[_NAN] * size)
    elif kind == 2:
        yield _COUNT.pack(len(coordinates)) + _encode_positions(coordinates, dims)
    else:
        yield _COUNT.pack(len(coordinates))
        for part in coordinates:
            if kind == 3:
                yield _COUNT.pack(len(part)) + _encode_positions(part, dims)
            else:
                yield from _encode_coordinates(kind - 3, part, dims)


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no coordinate")
    return float(value)


def _encode_positions(positions: Any, dims: int) -> bytes:
    flat: list[float] = []
    for position in positions:
        if not 2 <= len(position) <= 4:
            raise ValueError(f"{position!r} is no position")
        flat += (_finite(position[0]), _finite(position[1]))
        if dims:
            rest = [_ordinate(part) for part in position[2:]]
            z, m = (*rest, None, None)[:2]
            flat += [_NAN if part is None else part for part in ((z,), (m,), (z, m))[dims - 1]]
    return struct.pack(f"<{len(flat)}d", *flat)
