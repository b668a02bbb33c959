"""Pages of paper as pixels: scans and photographs, PDFs, and the clean sheet; within limits."""

import struct
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from gis_capture.errors import SourceError
from gis_capture.paper import codes
from gis_capture.text import Text

Pixels = NDArray[np.uint8]
MAX_PIXELS = 120_000_000
"""Of one page before it is made smaller."""
MAX_PAGES = 200
# What is worked on: more shows no more of a pen.
_WORK_PX = 5_000
_DPI = 250
# What libraries raise for files that are cut or made up.
_BROKEN = (
    *(UnidentifiedImageError, pypdfium2.PdfiumError, cv2.error, struct.error),
    *(OSError, EOFError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError),
)
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")


def read_pages(path: Path) -> Iterator[Pixels]:
    """Reads the pages of a scan or photograph, one after the other; blue, green, red.

    Raises:
        SourceError: No picture, broken, or too large.
    """
    for page in numbered_pages(path):
        if page.pixels is not None:
            yield page.pixels


class Page(NamedTuple):
    """One page of a scan.

    Attributes:
        number: From 1.
        n_pages: Of the scan.
        pixels: Blue, green, red; None for a page that was not asked for.
        dpi: As the scan says it; None where it says nothing that can be.
    """

    number: int
    n_pages: int
    pixels: Pixels | None
    dpi: float | None


def numbered_pages(path: Path, *, dpi: float = _DPI, without: Collection[int] = ()) -> Iterator[Page]:
    """Reads the pages of a scan or photograph, with their numbers.

    Args:
        path: Of the scan.
        dpi: That pages of a PDF are drawn at.
        without: Pages that are not opened.

    Raises:
        SourceError: No picture, broken, or too large.
    """
    try:
        with path.open("rb") as file:
            is_pdf = b"%PDF-" in file.read(1024)
        yield from _pdf_pages(path, dpi, without) if is_pdf else _picture_pages(path, without)
    except _BROKEN as error:
        if isinstance(error, SourceError):
            raise
        if isinstance(error, pypdfium2.PdfiumError) and "password" in str(error).lower():
            raise SourceError(
                Text(
                    f"「{path.name}」はパスワードで保護されています。保護を外した PDF を選んでください。",
                    f'"{path.name}" is locked with a password: choose a PDF without one.',
                ),
                path=path,
                code=codes.SCAN_LOCKED,
            ) from error
        raise SourceError(
            Text(
                f"「{path.name}」を画像として読めません。壊れているか、対応していない形式です"
                "(PDF・JPEG・PNG・TIFF・WebP が使えます)。",
                f'"{path.name}" cannot be read: broken, or of another format than PDF, JPEG, PNG, TIFF, WebP.',
            ),
            path=path,
            code=codes.SCAN_BROKEN,
        ) from error


def clean_page(pdf: Path, px_per_mm: float) -> Pixels:
    """A sheet as it was printed; blue, green, red."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pixels: Pixels = document[0].render(scale=px_per_mm * 25.4 / 72).to_numpy()[..., :3].copy()
        return pixels
    finally:
        document.close()


def take_page(source: Path, page: int, target: Path) -> None:
    """Writes one page of a PDF as a PDF of its own."""
    whole, one = pypdfium2.PdfDocument(source), pypdfium2.PdfDocument.new()
    try:
        one.import_pages(whole, [page])
        one.save(target)
    finally:
        one.close()
        whole.close()


def _pdf_pages(path: Path, dpi: float, without: Collection[int]) -> Iterator[Page]:
    document = pypdfium2.PdfDocument(path)
    try:
        n_pages = len(document)
        if n_pages > MAX_PAGES:
            raise _too_large(path, f"{n_pages:,} pages")
        if n_pages == 0:
            raise ValueError("no page")
        for number in range(1, n_pages + 1):
            if number in without:
                yield Page(number, n_pages, None, None)
                continue
            page = document[number - 1]
            width, height = page.get_size()
            # A page may say that it is as large as a house.
            scale = min(dpi / 72, _WORK_PX / max(width, height, 1))
            pixels: Pixels = page.render(scale=scale).to_numpy()
            colored = pixels[..., :3].copy() if pixels.ndim == 3 else cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
            page.close()
            yield Page(number, n_pages, colored, scale * 72)
    finally:
        document.close()


def _picture_pages(path: Path, without: Collection[int]) -> Iterator[Page]:
    # The limit is our own, and is looked at before anything is unpacked.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path, formats=FORMATS) as picture:
        n_pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        if n_pages > MAX_PAGES:
            raise _too_large(path, f"{n_pages:,} pages")
        for number in range(1, n_pages + 1):
            if number in without:
                yield Page(number, n_pages, None, None)
                continue
            picture.seek(number - 1)
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_large(path, f"{picture.width:,} × {picture.height:,}")
            long_edge, dpi = max(picture.size), _dpi_of(picture)
            picture.draft("RGB", (_WORK_PX, _WORK_PX))
            upright = _colored(ImageOps.exif_transpose(picture))
            if max(upright.size) > _WORK_PX:
                upright.thumbnail((_WORK_PX, _WORK_PX), Image.Resampling.BOX)
            smaller = max(upright.size) / long_edge
            pixels = np.ascontiguousarray(np.asarray(upright)[..., ::-1])
            yield Page(number, n_pages, pixels, dpi * smaller if dpi else None)


def _colored(picture: Image.Image) -> Image.Image:
    """A picture in red, green, blue: 16 bits of gray as 8, and white paper where it is transparent."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        over = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    return picture.convert("RGB")


def _dpi_of(picture: Image.Image) -> float | None:
    """What a scanner says; cameras and programs write 72 or 96 for want of anything better."""
    try:
        dpi = float(picture.info.get("dpi", (0, 0))[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return dpi if 100 <= dpi <= 1200 else None


def _too_large(path: Path, found: str) -> SourceError:
    return SourceError(
        Text(
            f"「{path.name}」は大きすぎます({found})。{MAX_PAGES}ページ、各 {MAX_PIXELS:,} 画素までです。",
            f'"{path.name}" is too large ({found}): at most {MAX_PAGES} pages of {MAX_PIXELS:,} pixels.',
        ),
        path=path,
        code=codes.SCAN_LARGE,
    )
