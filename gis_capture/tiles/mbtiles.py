"""Makes a PMTiles archive of an MBTiles file, so that there is one way to serve and to take along."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

from gis_capture.errors import SourceError
from gis_capture.geopackage.mbtiles import read_metadata, read_tiles
from gis_capture.model import BBox
from gis_capture.text import Text
from gis_capture.tiles.archive import ArchiveWriter
from gis_capture.tiles.grid import MAX_LATITUDE, Tile

_TYPES = {"pbf": "mvt", "mvt": "mvt", "png": "png", "jpg": "jpg", "jpeg": "jpg", "webp": "webp"}
_WORLD = BBox(-180, -MAX_LATITUDE, 180, MAX_LATITUDE)


def convert_mbtiles(source: Path, target: Path) -> None:
    """Copies all tiles; vector tiles are gzipped where they are not.

    Raises:
        SourceError: The file is broken, or holds tiles of an unknown kind or none.
    """
    said = read_metadata(source)
    tile_type = _TYPES.get(said.get("format", "").lower())
    if tile_type is None:
        found = said.get("format", "-")
        raise SourceError(
            Text(
                f"「{source.name}」のタイルの形式「{found[:40]}」は扱えません。",
                f'"{source.name}" holds tiles of the format "{found[:40]}", which is not known.',
            ),
            path=source,
        )
    n_tiles = 0
    with ArchiveWriter(target, tile_type=tile_type) as writer:
        for z, x, y, content in read_tiles(source):
            is_plain = tile_type == "mvt" and content[:2] != b"\x1f\x8b"
            writer.add(Tile(z, x, y), gzip.compress(content, mtime=0) if is_plain else content)
            n_tiles += 1
        if not n_tiles:
            raise SourceError(
                Text(f"「{source.name}」にタイルがありません。", f'"{source.name}" holds no tiles.'), path=source
            )
        writer.finish(bounds=_bounds(said.get("bounds", "")), metadata=_metadata(said))


def _metadata(said: dict[str, str]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: said[name] for name in ("name", "attribution", "type") if name in said}
    try:
        layers = json.loads(said.get("json", "{}"))["vector_layers"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return kept
    return {**kept, "vector_layers": layers}


def _bounds(text: str) -> BBox:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return _WORLD
    is_box = (
        all(map(math.isfinite, (west, south, east, north)))
        and -180 <= west < east <= 180
        and -90 <= south < north <= 90
    )
    return BBox(west, south, east, north) if is_box else _WORLD
