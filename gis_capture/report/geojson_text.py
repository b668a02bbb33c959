"""Features as the text of GeoJSON (RFC 7946), written column by column: no object is made for a feature or a corner."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely import GeometryType

from gis_capture.geopackage.blob import Geometries, PlanePoints
from gis_capture.locate.lon_lat import is_lon_lat, to_lon_lat
from gis_capture.model import Layer
from gis_capture.model.geojson import wkb_to_geojson
from gis_capture.store.columns import Columns

_NAMES = {
    GeometryType.POINT: b"Point",
    GeometryType.LINESTRING: b"LineString",
    GeometryType.POLYGON: b"Polygon",
    GeometryType.MULTIPOINT: b"MultiPoint",
    GeometryType.MULTILINESTRING: b"MultiLineString",
    GeometryType.MULTIPOLYGON: b"MultiPolygon",
}
_POINT_START = b'{"type":"Point","coordinates":['


def columns_to_text(layer: Layer, columns: Columns) -> bytes:
    """Gives the features as `report.geojson.to_geojson` does, between commas.

    Args:
        layer: With the fields that are wanted.
        columns: That hold them.
    """
    names, n_rows = [field.name for field in layer.fields], len(columns.fids)
    if not n_rows:
        return b""
    keys = [b"," + orjson.dumps(name) + b":" for name in (*names, "revision")]
    keys[0] = b',"properties":{' + keys[0][1:]
    values = (_geometries(columns.places, layer.crs), *(_texts(columns.fields[name]) for name in names))
    parts = (_texts(columns.feature_ids), *values, _texts(columns.revisions))
    before = (b'}},{"type":"Feature","id":', b',"geometry":', *keys)
    pieces = [b""] * (2 * len(parts) * n_rows)
    for place, (start, part) in enumerate(zip(before, parts, strict=True)):
        pieces[2 * place :: 2 * len(parts)] = [start] * n_rows
        pieces[2 * place + 1 :: 2 * len(parts)] = part
    # The first one ends no feature before it.
    pieces[0] = before[0][3:]
    return b"".join(pieces) + b"}}"


def _texts(values: Sequence[Any]) -> list[bytes]:
    """The JSON of each of some numbers, texts and nothings. No text holds a line's end: JSON escapes it."""
    return orjson.dumps(values, option=orjson.OPT_INDENT_2)[4:-2].split(b",\n  ") if values else []


def _geometries(places: Geometries | PlanePoints, crs: str) -> list[bytes]:
    """The geometries: those in the plane kind by kind, all others one by one."""
    if isinstance(places, PlanePoints) and is_lon_lat(crs):
        return [_POINT_START + text + b"]}" for text in _positions(places.xy)]
    moved = to_lon_lat(np.asarray(places), crs)
    kinds = shapely.get_type_id(moved)
    if (kinds == GeometryType.POINT).all() and not (shapely.get_coordinate_dimension(moved) > 2).any():
        xy = shapely.get_coordinates(moved)
        if len(xy) == len(moved):
            return [_POINT_START + text + b"]}" for text in _positions(xy)]
    kinds[shapely.has_z(moved) | shapely.has_m(moved) | shapely.is_empty(moved)] = -1
    found: list[bytes] = [b"null"] * len(moved)
    left = ~shapely.is_missing(moved)
    for kind, name in _NAMES.items():
        rows = np.flatnonzero(kinds == kind)
        texts = _coordinates(moved[rows]) if len(rows) else []
        template = b'{"type":"' + name + b'","coordinates":[%b]}'
        for row, text in zip(rows.tolist(), texts, strict=False):
            found[row] = template % text
        left[rows[: len(texts)]] = False
    rows = np.flatnonzero(left)
    wkbs = shapely.to_wkb(moved[rows], output_dimension=4, byte_order=1, flavor="iso")
    for row, wkb in zip(rows.tolist(), wkbs, strict=True):
        found[row] = orjson.dumps(wkb_to_geojson(wkb))
    return found


def _coordinates(geometries: npt.NDArray[np.object_]) -> list[bytes]:
    """What stands between the outermost brackets of the coordinates of each; nothing where an inner part is empty."""
    _, xy, levels = shapely.to_ragged_array(geometries, include_z=False)
    is_whole = not levels or int(levels[0][-1]) == len(xy)
    if not is_whole or any((np.diff(offsets) == 0).any() for offsets in levels):
        return []
    texts = _positions(xy)
    for offsets in levels:
        texts = [b"[" + b"],[".join(texts[start:end]) + b"]" for start, end in pairwise(offsets.tolist())]
    return texts


def _positions(xy: npt.NDArray[np.float64]) -> list[bytes]:
    """What stands between the brackets of each of some positions: numbers, and a comma."""
    return orjson.dumps(np.ascontiguousarray(xy), option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")
