"""Zip files with ledgers in them: each is unpacked to a temporary folder and read as if it stood there."""

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import ZIP_ERRORS, Opened, broken, open_source, too_large, unknown
from gis_capture.ledger.table import Reading, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_IGNORED = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx"})
_TEXTS = frozenset({".csv", ".tsv", ".tab", ".txt", ".dat", ".htm", ".html", ".json", ".jsonl", ".geojson"})
_BINARIES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".dbf", ".shp", ".gpkg", ".fgb", ".zip", ".kmz"})
_LEDGERS = _TEXTS | _BINARIES | {".kml", ".gpx", ".gml", ".dxf", ".xml"}
_MAX_DEPTH = 2
_CHUNK = 1 << 20


def accepts(opened: Opened) -> bool:
    """Whether this is a zip file with at least one file of a known kind."""
    return any(PurePosixPath(name.replace("\\", "/")).suffix.lower() in _LEDGERS for name in opened.zip_names)


def read(opened: Opened) -> Reading:
    """Reads every ledger inside; what was left out is told. Raises SourceError when none could be read."""
    return _read(opened, 1)


def _read(opened: Opened, depth: int) -> Reading:
    from gis_capture.ledger.drivers import DRIVERS

    tables: list[Table] = []
    problems: list[Problem] = []
    encodings: set[str | None] = set()
    first_error: SourceError | None = None
    with tempfile.TemporaryDirectory() as folder:
        for name, path in _unpack(opened, Path(folder)):
            if not _is_ledger(path):
                continue
            inner = open_source(path, opened.limits, opened.recipe)
            try:
                driver = next((driver for driver in DRIVERS if driver.accepts(inner)), None)
                if driver is None or (driver is DRIVER and depth >= _MAX_DEPTH):
                    raise unknown(path, Text("入れ子の圧縮ファイル", "an archive inside an archive"))
                reading = _read(inner, depth + 1) if driver is DRIVER else driver.read(inner)
            except SourceError as error:
                first_error = first_error or error
                problems.append(
                    Problem(
                        codes.ENTRY_LEFT_OUT,
                        "warning",
                        Text(f"{name}：{error.message.ja}", f"{name}: {error.message.en}"),
                    )
                )
                continue
            encodings.add(reading.source.encoding)
            problems += [
                replace(p, message=Text(f"{name}：{p.message.ja}", f"{name}: {p.message.en}")) for p in reading.problems
            ]
            tables += [_named(opened, name, table) for table in reading.tables]
    if not tables and first_error is not None:
        raise first_error
    source = opened.source("zip", encodings.pop() if len(encodings) == 1 else None)
    return Reading(source, tuple(tables), tuple(problems))


def _named(opened: Opened, name: str, table: Table) -> Table:
    source = replace(table.source, path=opened.path / name)
    return replace(table, source=source)


def _is_ledger(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".dbf" and any(path.with_suffix(s).exists() for s in (".shp", ".SHP")):
        return False
    if suffix == ".xml":
        return not path.name.lower().endswith((".shp.xml", ".gml.xml")) and not path.with_suffix("").suffix
    return suffix in _LEDGERS


def _unpack(opened: Opened, folder: Path) -> list[tuple[str, Path]]:
    """Unpacks the entries under harmless names, keeping folders apart; sizes are counted, not believed."""
    found = []
    left = opened.limits.max_unpacked_bytes
    try:
        with zipfile.ZipFile(opened.path) as archive:
            for entry in archive.infolist():
                name = entry_name(entry)
                parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
                if (
                    entry.is_dir()
                    or not parts
                    or any(part.lower() in _IGNORED or part.startswith("._") for part in parts)
                ):
                    continue
                target = folder.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as packed, target.open("wb") as file:
                    while chunk := packed.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise too_large(opened.path, "unpacked", f"{opened.limits.max_unpacked_bytes >> 20:,} MB")
                        file.write(chunk)
                found.append(("/".join(parts), target))
    except SourceError:
        raise
    except ZIP_ERRORS as error:
        raise broken(opened.path, str(error)) from error
    return sorted(found)


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
