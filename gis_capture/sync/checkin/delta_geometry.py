"""Geometries of a journal: WKT as QGIS writes it, in any CRS of the layer's datum."""

import re
from typing import Any

import numpy as np
import shapely

from gis_capture.errors import CRSError
from gis_capture.geopackage.crs import epsg_code
from gis_capture.locate.crs import datum_of
from gis_capture.locate.datum import transform
from gis_capture.model import Layer, geometry_to_geojson

# "PointZ (…)" of QGIS is "Point Z (…)" everywhere else.
_DIMENSION = re.compile(r"([a-z])(zm|z|m)\s*(?=\(|empty)", re.IGNORECASE)
_SAME_GROUND = frozenset({"wgs84", "jgd2011"})


def read_wkt(text: str | None, crs: str, layer: Layer) -> Any:
    """A geometry as GeoJSON in the layer's CRS; None where there is none.

    Raises:
        ValueError: No WKT.
        CRSError: The datum of its CRS is unknown, or not that of the layer.
    """
    if not text:
        return None
    try:
        geometry = shapely.from_wkt(_DIMENSION.sub(r"\1 \2 ", text))
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise ValueError(text) from error
    if geometry.is_empty:
        return None
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise ValueError(text)
    target, source = epsg_code(layer.crs), epsg_code(crs or layer.crs)
    if source != target:
        datums = {datum_of(source), datum_of(target)}
        if len(datums) > 1 and not datums <= _SAME_GROUND:
            raise CRSError(layer.title, crs=crs)
        geometry = shapely.transform(
            geometry, lambda places: _moved(places, source, target), include_z=bool(shapely.has_z(geometry))
        )
    return geometry_to_geojson(geometry)


def _moved(places: Any, source: int, target: int) -> Any:
    moved = transform(places[:, 0], places[:, 1], source=source, target=target)
    return np.column_stack((moved.x, moved.y, places[:, 2:]))
