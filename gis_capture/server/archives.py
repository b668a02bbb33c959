"""Tiles of archives on the disk; each is opened once."""

import io
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PIL import Image

from gis_capture.tiles.archive import Archive
from gis_capture.tiles.grid import Tile

TILE_PX = 256
_OPEN = 32
Find = Callable[[Tile], bytes | None]


@lru_cache(_OPEN)
def open_archive(path: Path) -> Archive:
    """Gives an archive whose name carries its hash, so that it never changes."""
    return Archive(path)


def converted(content: bytes, kind: str) -> bytes:
    """Gives a picture as "png" or "jpg"; what shows through is white in a JPEG."""
    return _written(Image.open(io.BytesIO(content)).convert("RGBA"), kind)


def doubled(find: Find, tile: Tile, max_zoom: int, kind: str) -> bytes | None:
    """Gives a tile of 512 pixels: the four below it, or the tile itself enlarged where there are none."""
    parts: list[tuple[tuple[int, int], bytes]] = []
    if tile.z < max_zoom:
        corners = [(x, y) for y in (0, 1) for x in (0, 1)]
        below = ((corner, find(Tile(tile.z + 1, 2 * tile.x + corner[0], 2 * tile.y + corner[1]))) for corner in corners)
        parts = [(corner, content) for corner, content in below if content]
        if not parts:
            return None
        whole = Image.new("RGBA", (2 * TILE_PX, 2 * TILE_PX))
        for (x, y), content in parts:
            whole.paste(Image.open(io.BytesIO(content)).convert("RGBA"), (x * TILE_PX, y * TILE_PX))
        return _written(whole, kind)
    single = find(tile)
    if not single:
        return None
    enlarged = Image.open(io.BytesIO(single)).convert("RGBA").resize((2 * TILE_PX, 2 * TILE_PX))
    return _written(enlarged, kind)


def _written(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "jpg":
        white = Image.new("RGBA", picture.size, "white")
        Image.alpha_composite(white, picture).convert("RGB").save(out, "JPEG", quality=88)
    elif kind == "webp":
        picture.save(out, "WEBP", quality=85, method=2)
    else:
        picture.save(out, "PNG", compress_level=3)
    return out.getvalue()
