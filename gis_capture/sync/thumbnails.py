"""Small pictures of photos, made when they are first asked for and kept; the photo itself is never touched.

They are turned as the camera says (EXIF orientation) and hold no EXIF of their own.
"""

import os
import warnings
from pathlib import Path
from threading import Lock

from PIL import Image, ImageOps, UnidentifiedImageError

from gis_capture.sync import codes
from gis_capture.sync.attachments import AttachmentFolder

EDGES_PX = (128, 256, 512, 1024)
MAX_PIXELS = 80_000_000
"""A phone's largest photos have 50 million; a bomb says billions."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
_BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
)
# One picture is unpacked at a time, so that many who look at a list do not fill the memory.
_ONE_AT_A_TIME = Lock()


def thumbnail(folder: AttachmentFolder, sha256: str, *, edge_px: int) -> Path:
    """Gives a JPEG whose longer edge has at least `edge_px`, if the photo has, from a few sizes; made when needed.

    Raises:
        SyncError: The photo is not here, or no picture can be made of it (code `thumbnail_impossible`).
    """
    edge_px = next((edge for edge in EDGES_PX if edge >= edge_px), EDGES_PX[-1])
    media_type = folder.media_type(sha256)
    made = folder.folder / "thumbnails" / str(edge_px) / f"{sha256}.jpg"
    if made.is_file():
        return made
    if media_type not in {f"image/{name.lower()}" for name in _FORMATS}:
        raise codes.error(codes.THUMBNAIL_IMPOSSIBLE, reason=media_type)
    with _ONE_AT_A_TIME:
        if not made.is_file():
            _make(folder.path(sha256), made, edge_px)
    return made


def _make(photo: Path, made: Path, edge_px: int) -> None:
    made.parent.mkdir(parents=True, exist_ok=True)
    unfinished = made.with_name(f"{made.name}.{os.getpid()}.part")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(photo, formats=_FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise ValueError(f"{opened.width} × {opened.height}")
                # A JPEG is unpacked at the size that is needed.
                opened.draft("RGB", (edge_px, edge_px))
                picture = ImageOps.exif_transpose(opened)
                picture.thumbnail((edge_px, edge_px))
                _flat(picture).save(unfinished, "JPEG", quality=_QUALITY)
    except _BROKEN as error:
        unfinished.unlink(missing_ok=True)
        raise codes.error(codes.THUMBNAIL_IMPOSSIBLE, reason=str(error)) from error
    os.replace(unfinished, made)


def _flat(picture: Image.Image) -> Image.Image:
    """A picture without transparency, on white."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")
