"""Cuts strips out of straightened pages: the picture of a row or a cell, within limits."""

import io
from pathlib import Path
from threading import Lock

from PIL import Image

from gis_capture.errors import SourceError
from gis_capture.paper.ledgers.table import MAX_SIDE_PX, Box
from gis_capture.text import Text

MARGIN_PX = 6
MAX_WIDTH_PX = 2_400
_QUALITY = 82
# One page is unpacked at a time, so that many who look at features do not fill the memory.
_ONE_AT_A_TIME = Lock()


def open_page(path: Path) -> Image.Image:
    """Unpacks a straightened page.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        with _ONE_AT_A_TIME, Image.open(path, formats=("JPEG",)) as picture:
            if max(picture.size) > MAX_SIDE_PX:
                raise ValueError(f"{picture.width} × {picture.height}")
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise SourceError(
            Text(f"紙の画像「{path.name}」を読めません({error})。", f'The page "{path.name}" cannot be read: {error}'),
            path=path,
            code="scanned_page",
        ) from error


def cut_strip(page: Image.Image, box: Box) -> bytes:
    """Gives a box of a page as a JPEG, with a little around it."""
    left, top, right, bottom = box
    edges = (left - MARGIN_PX, top - MARGIN_PX, right + MARGIN_PX, bottom + MARGIN_PX)
    # A box beyond the page, of a ledger that was read anew since, is what there is of it.
    west, east = (min(max(edge, 0), page.width) for edge in edges[::2])
    north, south = (min(max(edge, 0), page.height) for edge in edges[1::2])
    strip = page.crop(
        (min(west, page.width - 1), min(north, page.height - 1), max(east, west + 1), max(south, north + 1))
    )
    strip.thumbnail((MAX_WIDTH_PX, MAX_SIDE_PX))
    written = io.BytesIO()
    strip.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
