"""Files a gazetteer is built from: town tables, 位置参照情報 (大字・町丁目, 街区), Address Base Registry CSV.

A file is known by its header, not by its name. It may be plain, gzip or zip; UTF-8 or cp932.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gis_capture.errors import SourceError
from gis_capture.locate.gazetteer.places import Place, parse_degrees, picker
from gis_capture.locate.gazetteer.registry import AddressRegistry
from gis_capture.text import Text

_LARGEST_BYTES = 2 << 30
# The table itself, and its description, name the column of the town so.
_TOWN_OF_BLOCK = ("大字・丁目名", "大字・町丁目名")


_Reader = Callable[[list[str], Iterable[list[str]]], Iterator[Place]]


def read_places(paths: Iterable[Path]) -> Iterator[Place]:
    """Reads the places of all files; those of the Address Base Registry come last, when its tables can be joined.

    Raises:
        SourceError: A file cannot be read, or its columns are not known.
    """
    registry = AddressRegistry()
    for path in paths:
        yield from _read_file(path, registry)
    yield from registry.places()


def _read_file(path: Path, registry: AddressRegistry) -> Iterator[Place]:
    try:
        for name, stream in _open_texts(path):
            yield from _read_table(stream, name, registry)
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, csv.Error, EOFError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(
            Text(
                f"住所の一覧「{path.name}」を読めません（{error}）。",
                f'The table of towns "{path.name}" cannot be read ({error}).',
            ),
            path=path,
        ) from error


def _read_table(stream: io.TextIOBase, name: str, registry: AddressRegistry) -> Iterator[Place]:
    rows = csv.reader(stream)
    header = [cell.strip().strip("\ufeff") for cell in next(rows, [])]
    if registry.add(header, rows):
        return
    reader = next((reader for columns, reader in _READERS if columns <= set(header)), None)
    if reader is None:
        found = "、".join(header[:8])
        raise SourceError(
            Text(
                f"「{name}」は住所の一覧として読めません（見出し：{found}）。"
                "位置参照情報またはアドレス・ベース・レジストリのCSVを指定してください。",
                f'"{name}" is no known table of towns (columns: {found}).'
                " Give a CSV of ISJ or of the Address Base Registry.",
            ),
            path=name,
        )
    yield from reader(header, rows)


def _open_texts(path: Path) -> Iterator[tuple[str, io.TextIOBase]]:
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                # Some archives of the ministry have backslashes in their names.
                name = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
                if name.lower().endswith(".csv") and info.file_size < _LARGEST_BYTES:
                    yield name, _decoded(archive.read(info))
        return
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            data = stream.read(_LARGEST_BYTES)
    yield path.name, _decoded(data)


def _decoded(data: bytes) -> io.TextIOBase:
    try:
        return io.StringIO(data.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        return io.StringIO(data.decode("cp932"), newline="")


def _town_table(header: list[str], rows: Iterable[list[str]]) -> Iterator[Place]:
    pick = picker(header, "pref", "city", "town", "koaza", "lon", "lat")
    for row in rows:
        pref, city, town, koaza, lon, lat = pick(row)
        yield Place(pref, city, town, koaza, "", parse_degrees(lon), parse_degrees(lat))


def _isj_towns(header: list[str], rows: Iterable[list[str]]) -> Iterator[Place]:
    pick = picker(header, "都道府県名", "市区町村名", "大字町丁目名", "経度", "緯度")
    for row in rows:
        pref, city, town, lon, lat = pick(row)
        yield Place(pref, city, town, "", "", parse_degrees(lon), parse_degrees(lat))


def _isj_blocks(header: list[str], rows: Iterable[list[str]]) -> Iterator[Place]:
    town_name = next(name for name in _TOWN_OF_BLOCK if name in header)
    names = ("都道府県名", "市区町村名", town_name, "小字・通称名", "街区符号・地番", "経度", "緯度", "代表フラグ")
    pick = picker(header, *names)
    for row in rows:
        pref, city, town, koaza, lot, lon, lat, is_representative = pick(row)
        if is_representative != "0":
            yield Place(pref, city, town, koaza, lot, parse_degrees(lon), parse_degrees(lat))


_READERS: tuple[tuple[frozenset[str], _Reader], ...] = (
    (frozenset({"pref", "city", "town", "lat", "lon"}), _town_table),
    *((frozenset({"街区符号・地番", name, "緯度", "経度"}), _isj_blocks) for name in _TOWN_OF_BLOCK),
    (frozenset({"大字町丁目名", "市区町村名", "緯度", "経度"}), _isj_towns),
)
