"""Warps single tiles of sheets whose archive is still being made; run as a process of its own, JOB as JSON.

Reads "z x y" a line; answers with the length of a WebP picture (four bytes, 0 = nothing there) and the picture.
"""

import json
import struct
import sys
from contextlib import ExitStack
from pathlib import Path

from PIL import Image

from gis_capture.tiles.grid import Tile
from gis_capture.tiles.raster.building import composed, encode
from gis_capture.tiles.raster.sheet import Sheet
from gis_capture.tiles.raster.warping import OpenSheet


def answer(path: Path) -> None:
    """Answers until nobody asks any more."""
    job = json.loads(path.read_text(encoding="utf-8"))
    with ExitStack() as stack:
        sheets = [stack.enter_context(OpenSheet(Sheet.from_json(sheet))) for sheet in job["sheets"]]
        for line in sys.stdin:
            pixels = composed(sheets, Tile(*map(int, line.split())), 1)
            content = b"" if pixels is None else encode(Image.fromarray(pixels, "RGBA"), is_lossless=False)
            sys.stdout.buffer.write(struct.pack("<I", len(content)) + content)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    answer(Path(sys.argv[1]))
