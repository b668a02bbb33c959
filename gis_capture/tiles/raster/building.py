"""Cuts sheets into an archive of tiles; run as a process of its own: `python -m` this module, JOB as JSON.

The finest zoom is warped once, in squares of eight by eight tiles; every zoom below is made of the four tiles above it,
so that all zooms lie on the grid of web maps. Prints a share of the whole a line; the archive gets its name when whole.
Ends when its input does, with the process that began it.
"""

import io
import json
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gis_capture.durability import NO_ROOM_ERRORS
from gis_capture.model import BBox
from gis_capture.tiles.archive import ArchiveWriter, tiles_over
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.raster.children import NO_ROOM
from gis_capture.tiles.raster.sheet import Sheet
from gis_capture.tiles.raster.warping import TILE_PX, OpenSheet, Pixels

_SQUARE = 3
QUALITY = 85
_WAITING = 256
_THREADS = 2


class Building:
    """One archive in the making."""

    def __init__(self, sheets: Sequence[OpenSheet], writer: ArchiveWriter, job: dict[str, Any]) -> None:
        self._sheets = sheets
        self._writer = writer
        self._is_lossless = bool(job["is_lossless"])
        self._max_zoom = int(job["max_zoom"])
        self._bounds = BBox(*job["bounds"])
        self._square_zoom = max(self._max_zoom - _SQUARE, int(job["min_zoom"]))
        self._encoder = ThreadPoolExecutor(_THREADS)
        self._encoding: list[tuple[Tile, Future[bytes]]] = []
        self.n_squares = sum(1 for _ in tiles_over(self._bounds, self._square_zoom))
        self.n_done = 0

    def run(self, min_zoom: int) -> None:
        """Makes all tiles."""
        for tile in tiles_over(self._bounds, min_zoom):
            self._make(tile)
        self._drain(0)
        self._encoder.shutdown()

    def _make(self, tile: Tile) -> Image.Image | None:
        """Writes a tile and all below it; gives its picture, None where nothing is in it."""
        if tile.z == self._square_zoom:
            picture = self._make_square(tile)
            self.n_done += 1
            print(self.n_done / self.n_squares, flush=True)
            return picture
        # Only what the box touches has to be looked at.
        children = [child for child in _children(tile) if self._touches(child)]
        return self._joined(tile, [(child, self._make(child)) for child in children])

    def _make_square(self, tile: Tile) -> Image.Image | None:
        n_tiles = 1 << (self._max_zoom - tile.z)
        first = Tile(self._max_zoom, tile.x * n_tiles, tile.y * n_tiles)
        pixels = composed(self._sheets, first, n_tiles)
        if pixels is None:
            return None
        picture: Image.Image = Image.fromarray(pixels, "RGBA")
        for z in range(self._max_zoom, tile.z - 1, -1):
            n = 1 << (z - tile.z)
            for y in range(n):
                for x in range(n):
                    corner = (x * TILE_PX, y * TILE_PX, (x + 1) * TILE_PX, (y + 1) * TILE_PX)
                    self._write(Tile(z, tile.x * n + x, tile.y * n + y), picture.crop(corner))
            if z > tile.z:
                picture = _halved(picture)
        return picture

    def _joined(self, tile: Tile, parts: Sequence[tuple[Tile, Image.Image | None]]) -> Image.Image | None:
        if all(picture is None for _, picture in parts):
            return None
        joined = Image.new("RGBA", (2 * TILE_PX, 2 * TILE_PX))
        for child, picture in parts:
            if picture is not None:
                joined.paste(picture, ((child.x - 2 * tile.x) * TILE_PX, (child.y - 2 * tile.y) * TILE_PX))
        halved = _halved(joined)
        self._write(tile, halved)
        return halved

    def _write(self, tile: Tile, picture: Image.Image) -> None:
        if picture.getchannel("A").getbbox() is None:
            return
        self._encoding.append((tile, self._encoder.submit(encode, picture, is_lossless=self._is_lossless)))
        self._drain(_WAITING)

    def _drain(self, n_left: int) -> None:
        while len(self._encoding) > n_left:
            tile, content = self._encoding.pop(0)
            self._writer.add(tile, content.result())

    def _touches(self, tile: Tile) -> bool:
        box = tile.bbox()
        west, south, east, north = self._bounds
        return box.min_x <= east and box.max_x >= west and box.min_y <= north and box.max_y >= south


def composed(sheets: Sequence[OpenSheet], first: Tile, n_tiles: int) -> Pixels | None:
    """Reads a square of tiles of all sheets; later ones lie over earlier ones."""
    whole: Pixels | None = None
    for sheet in sheets:
        pixels = sheet.read(first, n_tiles)
        if pixels is None:
            continue
        if whole is None:
            whole = pixels
            continue
        whole = laid_over(pixels, whole)
    return whole


def laid_over(upper: Pixels, lower: Pixels) -> Pixels:
    """Lays pixels over others: what shows through the upper ones is the lower ones, as far as these show.

    Source:
        Porter and Duff, Compositing Digital Images, SIGGRAPH 1984, "over".
    """
    shown = upper[..., 3:].astype(np.uint32) * 255
    through = lower[..., 3:].astype(np.uint32) * (255 - upper[..., 3:])
    whole = np.maximum(shown + through, 1)
    colors = (upper[..., :3] * shown + lower[..., :3] * through + whole // 2) // whole
    return np.concatenate([colors, (shown + through + 127) // 255], axis=2).astype(np.uint8)


def encode(picture: Image.Image, *, is_lossless: bool) -> bytes:
    """Makes a WebP picture; without transparency where nothing shows through."""
    if picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=60 if is_lossless else QUALITY, lossless=is_lossless, method=2)
    return out.getvalue()


def _halved(picture: Image.Image) -> Image.Image:
    # Colours count as much as they show.
    return picture.convert("RGBa").reduce(2).convert("RGBA")


def _children(tile: Tile) -> list[Tile]:
    return [Tile(tile.z + 1, 2 * tile.x + x, 2 * tile.y + y) for y in (0, 1) for x in (0, 1)]


def build(job: dict[str, Any]) -> None:
    """Builds the archive of a job: sheets, target, bounds, zooms, metadata."""
    with ExitStack() as stack:
        sheets = [stack.enter_context(OpenSheet(Sheet.from_json(sheet))) for sheet in job["sheets"]]
        writer = stack.enter_context(ArchiveWriter(Path(job["target"]), tile_type="webp"))
        Building(sheets, writer, job).run(int(job["min_zoom"]))
        writer.finish(bounds=BBox(*job["bounds"]), metadata=job["metadata"])


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def main(job: Path) -> int:
    """Builds the archive of the job in a file; gives the exit code, `NO_ROOM` where the disk is full."""
    try:
        build(json.loads(job.read_text(encoding="utf-8")))
    except OSError as error:
        if error.errno not in NO_ROOM_ERRORS:
            raise
        return NO_ROOM
    return 0


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(main(Path(sys.argv[1])))
