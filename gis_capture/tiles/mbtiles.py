"""Makes a PMTiles archive of an MBTiles file, so that there is one way to serve and to take along."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

from gis_capture.errors import SourceError
from gis_capture.geopackage.mbtiles import broken, read_metadata, read_tiles
from gis_capture.model import BBox
from gis_capture.text import Text
from gis_capture.tiles.archive import ArchiveWriter
from gis_capture.tiles.grid import MAX_LATITUDE, Tile
from gis_capture.tiles.pmtiles import MAX_PART_BYTES, unpack

_TYPES = {"pbf": "mvt", "mvt": "mvt", "png": "png", "jpg": "jpg", "jpeg": "jpg", "webp": "webp"}
_BEGINNINGS = {"png": b"\x89PNG", "jpg": b"\xff\xd8\xff"}
_GZIP = b"\x1f\x8b"
_LAYER = b"\x1a"
"""With it a vector tile begins that is not packed: field 3, a message."""
_WORLD = BBox(-180, -MAX_LATITUDE, 180, MAX_LATITUDE)


def convert_mbtiles(source: Path, target: Path) -> None:
    """Copies all tiles; vector tiles are gzipped where they are not.

    Raises:
        SourceError: The file is broken, or holds tiles of an unknown kind or none.
    """
    said = read_metadata(source)
    # What tiles are counts, not what the file says, if it does: older ones need not, and programs say "image/png".
    first = next((content for *_, content in read_tiles(source)), b"")
    tile_type = kind_of(first) or _TYPES.get(said.get("format", "").lower())
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
            writer.add(Tile(z, x, y), _gzipped(content, source) if tile_type == "mvt" else content)
            n_tiles += 1
        if not n_tiles:
            raise SourceError(
                Text(f"「{source.name}」にタイルがありません。", f'"{source.name}" holds no tiles.'), path=source
            )
        writer.finish(bounds=_bounds(said.get("bounds", "")), metadata=_metadata(said))


def kind_of(content: bytes) -> str | None:
    """Tells by its first bytes what kind a tile is of, as PMTiles names it; None = no tile that is known."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if found := next((kind for kind, beginning in _BEGINNINGS.items() if content.startswith(beginning)), None):
        return found
    return "mvt" if content.startswith((_GZIP, _LAYER)) or _is_zlib(content) else None


def _is_zlib(content: bytes) -> bool:
    """By its header (RFC 1950, section 2.2)."""
    return len(content) > 2 and content[0] == 0x78 and int.from_bytes(content[:2]) % 31 == 0


def _gzipped(content: bytes, source: Path) -> bytes:
    if content.startswith(_GZIP):
        return content
    if _is_zlib(content):
        try:
            content = unpack(content, MAX_PART_BYTES)
        except ValueError as error:
            raise broken(source, str(error)) from error
    return gzip.compress(content, mtime=0)


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
