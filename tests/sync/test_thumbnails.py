"""Small pictures: turned as the camera says, bounded, kept; the photo stays as it came, byte for byte."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gis_capture.errors import SyncError
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.thumbnails import EDGES_PX, thumbnail


@pytest.fixture
def folder(tmp_path: Path) -> AttachmentFolder:
    """An empty folder of photos."""
    return AttachmentFolder(tmp_path / "attachments")


def keep(folder: AttachmentFolder, content: bytes) -> str:
    """Brings a photo in; gives its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    folder.receive(sha256, [content], start=0, total=len(content))
    return sha256


def photo(*, size: tuple[int, int] = (800, 400), orientation: int | None = None, kind: str = "JPEG") -> bytes:
    """A picture whose left half is red, with the tag that says how the camera was held."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010E] = "現場の写真"
    if orientation:
        exif[0x0112] = orientation
    file = io.BytesIO()
    picture.save(file, kind, exif=exif)
    return file.getvalue()


def opened(path: Path) -> Any:
    """A thumbnail."""
    with Image.open(path) as picture:
        picture.load()
        return picture


def colour(picture: Any, x: float, y: float) -> str:
    """Which half a point is in."""
    red, _, blue = picture.getpixel((int(picture.width * x), int(picture.height * y)))
    return "red" if red > blue else "blue"


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (None, (256, 128), (0.1, 0.5)),
        (3, (256, 128), (0.9, 0.5)),
        (6, (128, 256), (0.5, 0.1)),
        (8, (128, 256), (0.5, 0.9)),
    ],
)
def test_a_picture_stands_upright(
    folder: AttachmentFolder, orientation: int | None, size: tuple[int, int], red_at: tuple[float, float]
) -> None:
    """However the camera was held; the picture itself needs no tag any more, and the photo keeps its own."""
    content = photo(orientation=orientation)
    sha256 = keep(folder, content)

    picture = opened(thumbnail(folder, sha256, edge_px=200))

    assert picture.size == size
    assert colour(picture, *red_at) == "red"
    assert dict(picture.getexif()) == {}
    assert folder.path(sha256).read_bytes() == content


def test_only_a_few_sizes_are_made_and_each_once(folder: AttachmentFolder) -> None:
    """Whatever is asked for; a small photo is not made larger."""
    sha256 = keep(folder, photo())
    paths = {thumbnail(folder, sha256, edge_px=edge) for edge in (1, 100, 128, 200, 5_000)}
    stamps = {path: path.stat().st_mtime_ns for path in paths}

    assert {path.parent.name for path in paths} == {"128", "256", str(EDGES_PX[-1])}
    assert opened(folder.folder / "thumbnails" / "1024" / f"{sha256}.jpg").size == (800, 400)
    assert {path: path.stat().st_mtime_ns for path in (thumbnail(folder, sha256, edge_px=128), *paths)} == stamps


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_of_pictures(folder: AttachmentFolder, kind: str) -> None:
    """PNG and WebP too; what is transparent becomes white."""
    file = io.BytesIO()
    Image.new("RGBA", (300, 300), (255, 0, 0, 0)).save(file, kind)
    assert opened(thumbnail(folder, keep(folder, file.getvalue()), edge_px=128)).getpixel((9, 9)) == (255, 255, 255)


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims so many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        png_bomb(60_000, 60_000),
        png_bomb(12_000, 9_000),
        png_bomb(0, 0),
        photo()[:2_000],
        b"\xff\xd8\xff",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99,
        b"%PDF-1.7\n",
        b"GIF89a" + b"\0" * 99,
        b"RIFF\x04\0\0\0WEBP",
    ],
    ids=["bomb", "large", "empty_png", "cut", "three_bytes", "heic", "pdf", "gif", "empty_webp"],
)
def test_what_gives_no_picture_is_told(folder: AttachmentFolder, content: bytes) -> None:
    """Bombs, cut and odd files: nothing is left behind, and the file is kept as it came."""
    sha256 = keep(folder, content)

    with pytest.raises(SyncError) as error:
        thumbnail(folder, sha256, edge_px=256)

    assert error.value.subject["code"] == "thumbnail_impossible"
    assert [path for path in (folder.folder / "thumbnails").rglob("*") if path.is_file()] == []
    assert folder.path(sha256).read_bytes() == content


def test_a_photo_that_has_not_come_is_told(folder: AttachmentFolder) -> None:
    """It is no picture that cannot be made, but one that is not here."""
    with pytest.raises(SyncError) as error:
        thumbnail(folder, "ab" * 32, edge_px=256)
    assert error.value.subject["code"] == "attachment_unknown"
