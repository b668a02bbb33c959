"""Features as GeoJSON (RFC 7946): EPSG:4326, properties by field name."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson
import shapely

from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.model import Feature, Layer
from gis_capture.model.geojson import wkb_to_geojson

_BATCH = 1_000


def to_geojson(layer: Layer, features: Iterable[Feature]) -> Iterator[dict[str, Any]]:
    """Gives GeoJSON features with `id`, `geometry` (null = not located) and `properties` (fields and `revision`).

    Geometries are moved to EPSG:4326 in batches; JGD2011 is taken as it is.
    """
    names = [field.name for field in layer.fields]
    rows = iter(features)
    while batch := list(islice(rows, _BATCH)):
        geometries = to_lon_lat([feature.geometry for feature in batch], layer.crs)
        wkbs = shapely.to_wkb(geometries, output_dimension=4, byte_order=1, flavor="iso")
        for feature, wkb in zip(batch, wkbs, strict=True):
            yield {
                "type": "Feature",
                "id": feature.feature_id,
                "geometry": None if wkb is None else wkb_to_geojson(wkb),
                "properties": {
                    **{name: feature.fields.get(name) for name in names},
                    "revision": feature.revision,
                },
            }


def encode_collection(features: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Gives the bytes of a FeatureCollection piece by piece."""
    yield b'{"type":"FeatureCollection","features":['
    for number, feature in enumerate(features):
        yield (b",\n" if number else b"\n") + orjson.dumps(feature)
    yield b"\n]}\n"
