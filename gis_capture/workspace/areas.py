"""A file with the area that somebody works in."""

import json
from pathlib import Path
from typing import Any

import shapely
from shapely import Geometry

from gis_capture.errors import FeatureError, SourceError
from gis_capture.model import geometry_from_geojson
from gis_capture.text import Text

MAX_BYTES = 20_000_000


def read_area(path: Path) -> Geometry:
    """Reads the polygons of a GeoJSON file (EPSG:4326) as one shape.

    Raises:
        SourceError: It cannot be read, or holds no polygon.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"> {MAX_BYTES:,} bytes")
        return _area(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, FeatureError, shapely.GEOSException) as error:
        raise SourceError(
            Text(
                f"「{path}」から範囲を読めません({error})。面(ポリゴン)の入った GeoJSON ファイルを指定してください。",
                f'"{path}" holds no area ({error}): name a GeoJSON file with polygons.',
            ),
            path=path,
        ) from error


def read_shape(document: Any) -> Geometry:
    """Reads the polygons of a GeoJSON document as one shape.

    Raises:
        FeatureError: It holds no polygon.
    """
    try:
        return _area(document)
    except (ValueError, KeyError, TypeError, RecursionError, shapely.GEOSException) as error:
        raise FeatureError(
            Text("面(ポリゴン)の入った GeoJSON を指定してください。", "Give GeoJSON with polygons.")
        ) from error


def _area(document: Any) -> Geometry:
    shapes = [geometry_from_geojson(one) for one in _geometries(document)]
    polygons = [one for one in shapes if one is not None and shapely.get_dimensions(one) == 2]
    area = shapely.union_all([shapely.make_valid(one) for one in polygons])
    if shapely.is_empty(area):
        raise ValueError("no polygon")
    return area


def _geometries(document: Any) -> list[Any]:
    kind = document["type"]
    if kind == "FeatureCollection":
        return [feature["geometry"] for feature in document["features"]]
    return [document["geometry"] if kind == "Feature" else document]
