"""Coordinate reference systems of layers: known by EPSG code, never by name (the same code has had several names)."""

import sqlite3
from functools import lru_cache

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjError
from pyproj.exceptions import ProjError as TransformError
from shapely import Geometry

from gis_capture.errors import CRSError
from gis_capture.model import BBox
from gis_capture.text import Text

# Longitudes and latitudes of these agree with WGS 84 within what their datums differ by, some decimetres.
_SAME_AS_WGS84 = frozenset({4326, 6668, 4612})
_MARGIN_DEG = 5.0


@lru_cache
def epsg_code(crs: str) -> int:
    """Gives the code of "EPSG:6668"; it is also the srs_id.

    Raises:
        CRSError: Written otherwise, or not known to PROJ.
    """
    organization, _, code = crs.partition(":")
    try:
        if organization.upper() == "EPSG":
            CRS.from_epsg(int(code))
            return int(code)
    except (ValueError, ProjError):
        pass
    raise CRSError(
        Text(
            f"座標系「{crs}」が分かりません。「EPSG:6668」のように書いてください。",
            f'CRS "{crs}" is not known: write it as "EPSG:6668".',
        ),
        crs=crs,
    )


def put_crs(connection: sqlite3.Connection, crs: str) -> int:
    """Adds a CRS to the ones of a GeoPackage where it is missing; gives its srs_id.

    Raises:
        CRSError: Not known.
    """
    code = epsg_code(crs)
    definition = CRS.from_epsg(code)
    row = (definition.name, code, "EPSG", code, definition.to_wkt("WKT1_GDAL"), definition.scope)
    connection.execute("INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
    return code


def to_layer_crs(bbox: BBox, crs: str) -> BBox | None:
    """Gives the box in a layer's CRS that holds a box in EPSG:4326; None where they have nothing in common.

    Of a box beyond the area for which the CRS is made only the part in and around that area counts: far from it a
    projection has no sensible coordinates.
    """
    code = epsg_code(crs)
    if code in _SAME_AS_WGS84:
        return bbox
    area = CRS.from_epsg(code).area_of_use
    if area is not None and area.west <= area.east:
        bbox = BBox(
            max(bbox.min_x, area.west - _MARGIN_DEG),
            max(bbox.min_y, area.south - _MARGIN_DEG),
            min(bbox.max_x, area.east + _MARGIN_DEG),
            min(bbox.max_y, area.north + _MARGIN_DEG),
        )
    if bbox.min_x > bbox.max_x or bbox.min_y > bbox.max_y:
        return None
    try:
        return BBox(*_transformer(4326, code).transform_bounds(*bbox, densify_pts=21, errcheck=True))
    except TransformError:
        return None


def shape_in(geometry: Geometry, crs: str) -> Geometry:
    """Gives a geometry of EPSG:4326 in a layer's CRS.

    Raises:
        CRSError: It has no place there.
    """
    code = epsg_code(crs)
    if code in _SAME_AS_WGS84:
        return geometry
    transformer = _transformer(4326, code)
    projected = shapely.transform(geometry, lambda points: np.column_stack(transformer.transform(*points.T)))
    if not np.isfinite(shapely.get_coordinates(projected)).all():
        raise CRSError(
            Text(f"指定した範囲は座標系「{crs}」では表せません。", f"The area has no place in {crs}."), crs=crs
        )
    return projected


def to_wgs84(bbox: BBox, crs: str) -> BBox | None:
    """Gives the box in EPSG:4326 that holds a box in a layer's CRS; None where it has no place on earth."""
    code = epsg_code(crs)
    if code in _SAME_AS_WGS84:
        return bbox
    try:
        return BBox(*_transformer(code, 4326).transform_bounds(*bbox, densify_pts=21, errcheck=True))
    except TransformError:
        return None


@lru_cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
