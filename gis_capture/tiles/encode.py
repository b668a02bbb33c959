"""Mapbox Vector Tiles 2.1 from geometries with properties."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from gis_capture.model import Value
from gis_capture.tiles.grid import BUFFER, EXTENT, SIMPLIFY_UNITS, Tile, to_tile_units


@dataclass(frozen=True, slots=True)
class TileLayer:
    """What one layer brings into a tile; the sequences are parallel.

    Attributes:
        geometries: (lon, lat) in degrees.
        ids: Unsigned integers.
        properties: None is left out.
    """

    name: str
    geometries: Sequence[Geometry]
    ids: Sequence[int]
    properties: Sequence[Mapping[str, Value]]


def encode_layers(layers: Iterable[TileLayer], tile: Tile) -> bytes:
    """Gives the tile's bytes; none at all when nothing is to be seen in it."""
    encoded = []
    for layer in layers:
        features = list(_features(layer, tile))
        if features:
            encoded.append({"name": layer.name, "features": features})
    if not encoded:
        return b""
    return bytes(mapbox_vector_tile.encode(encoded, default_options={"extents": EXTENT, "y_coord_down": True}))


def _features(layer: TileLayer, tile: Tile) -> Iterator[dict[str, Any]]:
    for number, geometry in enumerate(_drawn(layer.geometries, tile)):
        for part in _plain_parts(geometry):
            properties = {name: value for name, value in layer.properties[number].items() if value is not None}
            yield {"geometry": part, "id": layer.ids[number], "properties": properties}


def _drawn(geometries: Sequence[Geometry], tile: Tile) -> NDArray[np.object_]:
    """Gives the geometries in whole tile units, clipped and simplified; empty where nothing is left."""
    drawn = shapely.force_2d(np.array(geometries, dtype=object))
    drawn = shapely.transform(drawn, lambda lon_lat: to_tile_units(lon_lat, tile))
    drawn = _valid(drawn)
    drawn = shapely.clip_by_rect(drawn, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    drawn = shapely.simplify(_valid(drawn), SIMPLIFY_UNITS)
    return np.asarray(shapely.set_precision(_valid(drawn), 1))


def _valid(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    broken = ~shapely.is_valid(geometries)
    if broken.any():
        geometries[broken] = shapely.make_valid(geometries[broken])
    return geometries


def _plain_parts(geometry: Geometry) -> Iterator[Geometry]:
    """Takes collections apart, which the format does not know."""
    if shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION:
        for part in shapely.get_parts(geometry):
            yield from _plain_parts(part)
    elif not shapely.is_empty(geometry):
        yield geometry
