"""Tiles of archives on the disk; each is opened once."""

import io
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PIL import Image

from gis_capture.tiles.archive import Archive
from gis_capture.tiles.grid import Tile

TILE_PX = 256
_MOST_OPEN = 32
_LOOK_S = 5.0
Find = Callable[[Tile], bytes | None]


class OpenArchives:
    """Archives whose names carry their hash, so that they never change; one that was taken away is let go of.

    Until then the disk would keep its place, though nobody finds it any more.
    """

    def __init__(self) -> None:
        self._open: dict[Path, Archive] = {}
        self._look_again_at_s = 0.0

    def get(self, path: Path) -> Archive:
        """Gives an archive, which is opened once.

        Raises:
            SourceError: It is broken, or was taken away.
        """
        if (now_s := time.monotonic()) > self._look_again_at_s:
            self._look_again_at_s = now_s + _LOOK_S
            for gone in [one for one in list(self._open) if not one.is_file()]:
                # Who reads it now holds it; it is closed with the last of them.
                self._open.pop(gone, None)
        found = self._open.get(path)
        if found is None:
            found = self._open[path] = Archive(path)
            if len(self._open) > _MOST_OPEN:
                # Another thread may be at it.
                with suppress(RuntimeError, StopIteration):
                    self._open.pop(next(iter(self._open)), None)
        return found


open_archive = OpenArchives().get
"""That of this process."""


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
