"""Zip files with ledgers in them: each is unpacked to a temporary folder and read as if it stood there."""

import re
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from gis_capture.errors import SourceError
from gis_capture.ledger.drivers.collection import MAX_DEPTH, Entry, is_ignored, is_worth_opening, read_entries
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import ZIP_ERRORS, Opened, broken, size_text, too_large
from gis_capture.ledger.table import Reading

_CHUNK = 1 << 20
_MAX_PART_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')


def accepts(opened: Opened) -> bool:
    """Whether this is a zip file with at least one file of a known kind."""
    return any(is_worth_opening(name.replace("\\", "/")) for name in opened.zip_names)


def read(opened: Opened) -> Reading:
    """Reads every ledger inside; what was left out is told. Raises SourceError when none could be read."""
    return read_nested(opened, depth=1)


def read_nested(opened: Opened, *, depth: int) -> Reading:
    """Reads a zip file that stands inside others; too many are refused."""

    def deeper(inner: Opened) -> Reading:
        return read_nested(inner, depth=depth + 1)

    with tempfile.TemporaryDirectory() as folder:
        entries = _unpack(opened, Path(folder))
        return read_entries(opened, entries, "zip", nested=deeper if depth < MAX_DEPTH else None)


def _unpack(opened: Opened, folder: Path) -> list[Entry]:
    """Unpacks the entries under harmless names, keeping folders apart; sizes are counted, not believed."""
    found: dict[str, Path] = {}
    left = opened.limits.max_unpacked_bytes
    try:
        with zipfile.ZipFile(opened.path) as archive:
            for entry in archive.infolist():
                parts = [part for part in PurePosixPath(entry_name(entry)).parts if part not in ("/", "..", ".")]
                if entry.is_dir() or not parts or is_ignored(parts):
                    continue
                name = _free_name("/".join(_harmless(part) for part in parts), found)
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as packed, target.open("wb") as file:
                    while chunk := packed.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise too_large(opened.path, "unpacked", size_text(opened.limits.max_unpacked_bytes))
                        file.write(chunk)
                found[name] = target
    except SourceError:
        raise
    except ZIP_ERRORS as error:
        raise broken(opened.path, str(error)) from error
    return sorted(found.items())


def _harmless(part: str) -> str:
    """A name that every file system takes and that stays where it is put."""
    part = _FORBIDDEN.sub("_", part)
    if len(part.encode("utf-8", "replace")) <= _MAX_PART_BYTES:
        return part
    suffix = PurePosixPath(part).suffix[:10]
    return part.encode("utf-8", "replace")[: _MAX_PART_BYTES - 12].decode("utf-8", "ignore") + suffix


def _free_name(name: str, taken: dict[str, Path]) -> str:
    """A name that is not taken yet: two entries of one name are two files."""
    path = PurePosixPath(name)
    n = 1
    while name in taken:
        n += 1
        name = str(path.with_name(f"{path.stem} ({n}){path.suffix}"))
    return name


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry: without the UTF-8 flag it is of Windows, so code page 932 with backslashes."""
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp932"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


DRIVER = Driver("zip", (".zip", ".kmz"), accepts, read)
