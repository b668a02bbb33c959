"""Makes the base map pack: a folder of GeoJSON files → one PMTiles archive with a source layer for each file."""

import gzip
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Geometry
from shapely.geometry import shape

from gis_capture.errors import SourceError
from gis_capture.model import BBox, Value
from gis_capture.text import Text
from gis_capture.tiles.encode import TileLayer, encode_layers
from gis_capture.tiles.grid import BUFFER, Tile, tile_at
from gis_capture.tiles.pmtiles import encode_pmtiles

MIN_ZOOM, MAX_ZOOM = 10, 15
FIRST_ZOOM = {
    "building": 14,
    **{"bridge": 13, "lane": 13, "public": 13, "school": 13},
    **{"park": 12, "street": 12},
}
"""Zoom from which a layer, or a kind of feature, is drawn; everything else from the lowest."""


@dataclass(frozen=True)
class _Layer:
    """The content of one file; the sequences are parallel, geometries in degrees (lon, lat)."""

    name: str
    geometries: Sequence[Geometry]
    properties: Sequence[Mapping[str, Value]]


def build_basemap_pack(source_dir: Path, target_path: Path) -> None:
    """Writes one PMTiles pack, zooms 10–15, whose source layers have the names of the files.

    Args:
        source_dir: Holds `road`, `river`, `building`, `landuse`, `place` (`.geojson`; others are taken too), in degrees
            (lon, lat); the properties `kind`, `name` and others become those of the tiles.
        target_path: Is replaced at once when the pack is whole.

    Raises:
        SourceError: There are no such files, or one is not GeoJSON.
    """
    layers = [_read(path) for path in sorted(source_dir.glob("*.geojson"))]
    geometries = [geometry for layer in layers for geometry in layer.geometries]
    if not geometries:
        raise SourceError(
            Text(
                f"「{source_dir}」に背景地図のファイル(*.geojson)がありません。フォルダーを確かめてください。",
                f'There are no base map files (*.geojson) in "{source_dir}"; check the folder.',
            ),
            path=source_dir,
        )
    bounds = BBox(*map(float, shapely.total_bounds(np.array(geometries, dtype=object))))
    tiles = {}
    for tile in _tiles_over(bounds):
        content = encode_layers(_layers_in(layers, tile), tile)
        if content:
            tiles[tile] = gzip.compress(content, mtime=0)
    pack = encode_pmtiles(tiles, bounds=bounds, metadata=_metadata(layers))
    partial = target_path.with_name(target_path.name + ".part")
    partial.write_bytes(pack)
    os.replace(partial, target_path)


def _read(path: Path) -> _Layer:
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        geometries = [shape(feature["geometry"]) for feature in features]
        return _Layer(path.stem, geometries, [dict(feature["properties"] or {}) for feature in features])
    except (OSError, ValueError, LookupError, TypeError, shapely.errors.ShapelyError) as error:
        raise SourceError(
            Text(f"「{path}」は GeoJSON として読めません({error})。", f'"{path}" cannot be read as GeoJSON ({error}).'),
            path=path,
        ) from error


def _tiles_over(bounds: BBox) -> Iterator[Tile]:
    for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
        first, last = tile_at(bounds.min_x, bounds.max_y, zoom), tile_at(bounds.max_x, bounds.min_y, zoom)
        for x in range(first.x, last.x + 1):
            for y in range(first.y, last.y + 1):
                yield Tile(zoom, x, y)


def _layers_in(layers: Sequence[_Layer], tile: Tile) -> Iterator[TileLayer]:
    """What of each layer may be seen in a tile."""
    box = tile.bbox(BUFFER)
    for layer in layers:
        if tile.z < FIRST_ZOOM.get(layer.name, 0):
            continue
        low_x, low_y, high_x, high_y = shapely.bounds(np.array(layer.geometries, dtype=object)).T
        touches = (low_x <= box.max_x) & (high_x >= box.min_x) & (low_y <= box.max_y) & (high_y >= box.min_y)
        seen = [
            n
            for n in map(int, np.flatnonzero(touches))
            if tile.z >= FIRST_ZOOM.get(str(layer.properties[n].get("kind")), 0)
        ]
        ids = [n + 1 for n in seen]
        yield TileLayer(layer.name, [layer.geometries[n] for n in seen], ids, [layer.properties[n] for n in seen])


def _metadata(layers: Sequence[_Layer]) -> dict[str, Any]:
    described = []
    for layer in layers:
        fields = {
            name: "Boolean" if isinstance(value, bool) else "String" if isinstance(value, str) else "Number"
            for properties in layer.properties
            for name, value in properties.items()
        }
        first_zoom = max(MIN_ZOOM, FIRST_ZOOM.get(layer.name, 0))
        described.append({"id": layer.name, "fields": fields, "minzoom": first_zoom, "maxzoom": MAX_ZOOM})
    return {"name": "basemap", "type": "baselayer", "vector_layers": described}
