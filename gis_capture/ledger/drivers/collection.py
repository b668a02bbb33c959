"""Several files as one source, out of a zip file or a folder: each ledger in it is read as if it stood alone."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.drivers.driver import Driver, read_safely
from gis_capture.ledger.drivers.fixed.layout import layout_beside
from gis_capture.ledger.drivers.photos import SUFFIXES as PHOTOS
from gis_capture.ledger.drivers.photos import is_photo, read_photo, reading_of_photos
from gis_capture.ledger.opening import Opened, open_source, unknown
from gis_capture.ledger.table import Reading, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_TEXTS = frozenset({".csv", ".tsv", ".tab", ".txt", ".dat", ".htm", ".html", ".mht", ".json", ".jsonl", ".geojson"})
_BOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".fods", ".mdb", ".accdb"})
_VECTORS = frozenset(
    {".dbf", ".shp", ".gpkg", ".fgb", ".kml", ".gpx", ".gml", ".geojsonl", ".geojsons", ".dxf", ".xml", ".zip", ".kmz"}
)
_DRAWINGS = frozenset({".dm", ".sfc", ".p21", ".jww", ".jwc", ".dwg", ".dgn"})
_BESIDE = frozenset({"codelists", "schemas", "metadata"})
"""Folders of PLATEAU and others whose XML explains the data and is none."""
_LAST = frozenset({".pdf"})
"""Read only where there is nothing else: beside ledgers they are manuals and letters."""
LEDGERS = _TEXTS | _BOOKS | _VECTORS | _DRAWINGS
IGNORED = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx"})
MAX_DEPTH = 2

_LAND_DATA = re.compile(r"[A-Z]\d{2}[a-zA-Z]?-\d{2,8}(?:_\d{2,})?")
Entry = tuple[str, Path]
"""Name as the user knows it, and where the file is."""


def is_ignored(parts: Sequence[str]) -> bool:
    """Whether a name is junk of an operating system, or the lock of an office program."""
    return any(part.lower() in IGNORED or part.startswith(("._", "~$", ".~lock")) for part in parts)


def is_worth_opening(name: str) -> bool:
    """Whether a file of this name may hold a ledger."""
    return Path(name).suffix.lower() in LEDGERS | _LAST | frozenset(PHOTOS)


def read_entries(
    opened: Opened, entries: Sequence[Entry], driver: str, *, nested: Callable[[Opened], Reading] | None
) -> Reading:
    """Reads the ledgers among some files; what was left out is told. Raises SourceError when none could be read.

    `nested` reads a zip file among them; None where that would be too deep.
    """
    ledgers = [entry for entry in entries if _is_ledger(entry[1])]
    ledgers, twins = without_twins(ledgers)
    photos = [entry for entry in entries if entry[1].suffix.lower() in PHOTOS and entry not in ledgers]
    if not ledgers and photos:
        reading = _read_photos(opened, photos, driver)
        if reading.tables:
            return reading
    if not ledgers:
        ledgers = [entry for entry in entries if entry[1].suffix.lower() in _LAST]
    reading = _read_ledgers(opened, ledgers, driver, nested)
    if twins:
        reading = replace(reading, problems=(*reading.problems, _twins_left_out(twins)))
    n_photos = len(photos) if reading.tables else 0
    if n_photos:
        reading = replace(reading, problems=(*reading.problems, _photos_left_out(n_photos)))
    return reading


def _read_ledgers(
    opened: Opened, entries: Sequence[Entry], driver: str, nested: Callable[[Opened], Reading] | None
) -> Reading:
    tables: list[Table] = []
    problems: list[Problem] = []
    encodings: set[str | None] = set()
    first_error: SourceError | None = None
    for name, path in entries:
        try:
            reading = _read_entry(open_source(path, opened.limits, opened.recipe), nested)
        except SourceError as error:
            first_error = first_error or error
            problems.append(_left_out(name, error))
            continue
        encodings.add(reading.source.encoding)
        problems += [
            replace(p, message=Text(f"{name}：{p.message.ja}", f"{name}: {p.message.en}")) for p in reading.problems
        ]
        tables += [_named(opened, name, table) for table in reading.tables]
    if not tables and first_error is not None:
        raise first_error
    source = opened.source(driver, encodings.pop() if len(encodings) == 1 else None)
    return Reading(source, tuple(tables), tuple(problems))


def _read_entry(inner: Opened, nested: Callable[[Opened], Reading] | None) -> Reading:
    from gis_capture.ledger.drivers import DRIVERS, archive

    driver: Driver | None = next((driver for driver in DRIVERS if driver.accepts(inner)), None)
    if driver is archive.DRIVER:
        if nested is None:
            raise unknown(inner.path, Text("入れ子の圧縮ファイル", "an archive inside an archive"))
        return read_safely(nested, inner)
    if driver is None:
        raise unknown(inner.path, Text("台帳ではないファイル", "a file that is no ledger"))
    return read_safely(driver.read, inner)


def _read_photos(opened: Opened, entries: Sequence[Entry], driver: str) -> Reading:
    found = []
    for name, path in entries:
        with path.open("rb") as file:
            head = file.read(32)
        if is_photo(head):
            found.append(read_photo(path, name))
    return reading_of_photos(opened.source(driver), found)


def _is_ledger(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".dbf" and any(path.with_suffix(s).exists() for s in (".shp", ".SHP")):
        return False
    if suffix == ".xml":
        if path.name.startswith("KS-META") or _BESIDE & {part.lower() for part in path.parts[-3:-1]}:
            return False
        return not path.name.lower().endswith((".shp.xml", ".gml.xml")) and not path.with_suffix("").suffix
    return suffix in LEDGERS or (suffix not in PHOTOS and suffix != ".toml" and layout_beside(path) is not None)


def without_twins(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Parts what 国土数値情報 gives several times in one archive: GeoJSON, shapefiles in two encodings, and GML.

    Returns:
        The entries to read, the first of each kind of form; and the others.
    """
    best: dict[str, Entry] = {}
    datasets: set[str] = set()
    kept, twins = [], []
    ranked = sorted(entries, key=_rank)
    for entry in ranked:
        found = _LAND_DATA.match(entry[1].stem)
        is_gml = entry[1].suffix.lower() == ".xml"
        if found is None:
            kept.append(entry)
        elif entry[1].stem in best or (is_gml and found[0] in datasets):
            twins.append(entry)
        else:
            best[entry[1].stem] = entry
            datasets.add(found[0])
            kept.append(entry)
    order = {id(entry): at for at, entry in enumerate(entries)}
    return sorted(kept, key=lambda entry: order[id(entry)]), twins


def _rank(entry: Entry) -> tuple[int, bool]:
    suffix = entry[1].suffix.lower()
    forms = (".geojson", ".shp", ".gml", ".xml")
    return forms.index(suffix) if suffix in forms else 0, "shift" in entry[0].lower()


def _twins_left_out(twins: Sequence[Entry]) -> Problem:
    names = "、".join(name for name, _ in twins[:10])
    return Problem(
        codes.ENTRY_LEFT_OUT,
        "info",
        Text(
            f"同じデータの別の形式なので読みませんでした：{names}", f"The same data in another form, not read: {names}"
        ),
    )


def _named(opened: Opened, name: str, table: Table) -> Table:
    source = replace(table.source, path=opened.path / name)
    return replace(table, source=source)


def _left_out(name: str, error: SourceError) -> Problem:
    told = Text(f"{name}：{error.message.ja}", f"{name}: {error.message.en}")
    return Problem(codes.ENTRY_LEFT_OUT, "warning", told)


def _photos_left_out(n: int) -> Problem:
    return Problem(
        codes.ATTACHMENTS_LEFT_OUT,
        "info",
        Text(f"台帳と一緒にある写真{n:,}枚は読みませんでした。", f"{n:,} photos beside the ledgers were not read."),
        Text("写真の位置を取り込むときは、写真だけを選んでください。", "Choose the photos alone to take their places."),
    )
