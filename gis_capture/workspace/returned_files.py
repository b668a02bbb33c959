"""A file that comes back alone, or as a ZIP with the photos it names."""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gis_capture.sync.checkin import codes
from gis_capture.sync.checkin.photos import SUFFIXES
from gis_capture.text import Text

MAX_ENTRIES = 20_000
MAX_UNPACKED_BYTES = 8_000_000_000
MAX_RATIO = 100
_FREE_BYTES = 50_000_000
_JOURNALS = (".gpkg-wal",)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, RuntimeError)


@contextmanager
def unpacked(path: Path, folder: Path) -> Iterator[Path]:
    """Gives the GeoPackage to read: the file itself, or the one in a ZIP, unpacked below `folder` with its photos.

    Raises:
        SourceError: The ZIP is broken, too large, or has not one GeoPackage (code `checkin_unreadable`).
    """
    if not (path.is_file() and _head(path).startswith(b"PK\x03\x04")):
        yield path
        return
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=folder) as name:
        yield _unpack(path, Path(name))


def _unpack(path: Path, target: Path) -> Path:
    try:
        # Windows of Japan names files in its own code where it does not say UTF-8.
        with zipfile.ZipFile(path, metadata_encoding="cp932") as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            main = _checked(path, entries)
            root = PurePosixPath(main.filename).parent
            for entry in entries:
                place = _place(entry, root)
                if place is None or not (entry is main or place.name.lower().endswith((*SUFFIXES, *_JOURNALS))):
                    continue
                to = target.joinpath(*place.parts)
                to.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, to.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    except _BROKEN as error:
        raise _unreadable(path, Text("ZIP が壊れています", f"the ZIP is broken: {error}")) from error
    return target / PurePosixPath(main.filename).name


def _checked(path: Path, entries: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Finds the one GeoPackage; refuses what unpacks to more than a returned file can be."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise _unreadable(path, Text("ZIP にパスワードが付いています", "the ZIP has a password"))
    n_bytes = sum(entry.file_size for entry in entries)
    is_bomb = n_bytes > _FREE_BYTES + MAX_RATIO * path.stat().st_size
    if is_bomb or len(entries) > MAX_ENTRIES or n_bytes > MAX_UNPACKED_BYTES:
        size = f"{n_bytes / 1e6:,.0f} MB"
        raise _unreadable(path, Text(f"ZIP の中身が大きすぎます: {size}", f"the ZIP is too large unpacked: {size}"))
    mains = [one for one in entries if one.filename.lower().endswith(".gpkg") and "__MACOSX" not in one.filename]
    if len(mains) != 1:
        n = len(mains)
        raise _unreadable(path, Text(f"ZIP の中の .gpkg が {n} 個です", f"the ZIP holds {n} .gpkg files, not one"))
    return mains[0]


def _place(entry: zipfile.ZipInfo, root: PurePosixPath) -> PurePosixPath | None:
    """Where an entry belongs, seen from the GeoPackage; None where it lies outside its folder."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or not path.is_relative_to(root):
        return None
    return path.relative_to(root)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _unreadable(path: Path, reason: Text) -> Exception:
    return codes.error(codes.FILE_UNREADABLE, file=path.name, reason=reason)
