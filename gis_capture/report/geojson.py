"""Features as GeoJSON (RFC 7946): EPSG:4326, properties by field name."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely import Geometry

from gis_capture.locate.lon_lat import is_lon_lat, to_lon_lat
from gis_capture.model import Feature, Layer
from gis_capture.model.geojson import geometry_to_geojson, wkb_to_geojson

_BATCH = 1_000
_POINT = 0
Geometries = Sequence[Geometry | None] | npt.NDArray[np.object_]


def to_geojson(layer: Layer, features: Iterable[Feature]) -> Iterator[dict[str, Any]]:
    """Gives GeoJSON features with `id`, `geometry` (null = not located) and `properties` (fields and `revision`).

    Geometries are moved to EPSG:4326 in batches; JGD2011 is taken as it is.
    """
    names = [field.name for field in layer.fields]
    rows = iter(features)
    while batch := list(islice(rows, _BATCH)):
        for feature, geometry in zip(batch, _geometries([one.geometry for one in batch], layer.crs), strict=True):
            yield {
                "type": "Feature",
                "id": feature.feature_id,
                "geometry": geometry,
                "properties": {
                    **{name: feature.fields.get(name) for name in names},
                    "revision": feature.revision,
                },
            }


def _geometries(geometries: Geometries, crs: str) -> list[dict[str, Any] | None]:
    """Gives the geometries of features, points in the plane at once."""
    if len(geometries) == 1 and is_lon_lat(crs):
        return [geometry_to_geojson(geometries[0])]
    moved = to_lon_lat(geometries, crs)
    if len(moved) == 1:
        return [geometry_to_geojson(moved[0])]
    is_plain = (shapely.get_type_id(moved) == _POINT) & ~shapely.has_z(moved) & ~shapely.has_m(moved)
    if (is_plain & ~shapely.is_empty(moved)).all():
        return [{"type": "Point", "coordinates": position} for position in shapely.get_coordinates(moved).tolist()]
    wkbs = shapely.to_wkb(moved, output_dimension=4, byte_order=1, flavor="iso")
    return [None if wkb is None else wkb_to_geojson(wkb) for wkb in wkbs]


def encode_collection(features: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Gives the bytes of a FeatureCollection piece by piece."""
    yield b'{"type":"FeatureCollection","features":['
    for number, feature in enumerate(features):
        yield (b",\n" if number else b"\n") + orjson.dumps(feature)
    yield b"\n]}\n"
