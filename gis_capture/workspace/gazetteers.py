"""Builds the gazetteer of a workspace, also from layers: parcels of the Ministry of Justice, areas, own points."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import shapely

from gis_capture.convert.geometries import as_array, to_crs
from gis_capture.errors import SourceError
from gis_capture.ledger import Limits, Table, read_ledger
from gis_capture.locate.crs import GEOGRAPHIC, parse_crs
from gis_capture.locate.gazetteer import build_gazetteer
from gis_capture.locate.gazetteer.places import Place
from gis_capture.locate.words import fold_header
from gis_capture.text import Text
from gis_capture.workspace.folder import Folder

_HOME = re.compile("(.{2,3}[都道府県])(.*)")
_COLUMNS = {
    "pref": re.compile("都道府県名?|pref(?:_name)?"),
    "city": re.compile("市区?町村名?|city(?:_name)?"),
    "town": re.compile("大字名?|町字名?|町名|町丁目名?|s_name|大字町丁目名?|town"),
    "chome": re.compile("丁目名?|chome"),
    "koaza": re.compile("小字名?|字名?|koaza"),
    "lot": re.compile("地番|筆番|街区符号(?:・地番)?|lot"),
}


def build_for(folder: Folder, files: Sequence[Path], *, limits: Limits, built_at: str) -> dict[str, int]:
    """Builds the gazetteer of a workspace anew; gives the numbers of cities, towns and lots.

    Args:
        folder: The workspace; its city is that of layers that name none.
        files: Public tables (CSV, plain, gzip or zip), and layers with columns 大字, 丁目, 小字, 地番.
        limits: How large a layer may be.
        built_at: Noted in the file.

    Raises:
        SourceError: A file cannot be read, or none holds a place.
    """
    layers = [path for path in files if not _is_table(path)]
    tables = [path for path in files if path not in layers]
    places = (place for path in layers for place in _places_of(path, folder.city, limits))
    return build_gazetteer(tables, folder.gazetteer_path, built_at=built_at, places=places, names_of_places=layers)


def _is_table(path: Path) -> bool:
    """Whether the file is one of the public tables: text, also gzipped, or a zip file with some in it."""
    suffix = path.suffix.lower()
    if suffix != ".zip":
        return suffix in (".csv", ".txt", ".gz")
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.lower().endswith(".csv") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return True


def _places_of(path: Path, home: str, limits: Limits) -> Iterator[Place]:
    n_found = 0
    for table in read_ledger(path, limits=limits).tables:
        for place in _places_in(table, home):
            n_found += 1
            yield place
    if not n_found:
        raise SourceError(
            Text(
                f"「{path.name}」には、住所辞書にできる地物がありません。大字(町名)の列と座標系のあるレイヤーを指定し、"
                '市町村の列がないときは、workspace.toml に city = "岐阜県高山市" のように書いてください。',
                f'"{path.name}" holds nothing for a gazetteer: give a layer with a CRS and a column 大字, and where no '
                'column names the city, write city = "…" into workspace.toml.',
            ),
            path=path,
        )


def _places_in(table: Table, home: str) -> Iterator[Place]:
    headers = [fold_header(column.name) for column in table.columns]
    found = {
        role: next((at for at, header in enumerate(headers) if pattern.fullmatch(header)), None)
        for role, pattern in _COLUMNS.items()
    }
    if found["town"] is None or table.geometries is None or not table.crs:
        return
    known = _HOME.fullmatch(home)
    pref_home, city_home = known.groups() if known else ("", "")
    moved, _ = to_crs(
        as_array(table.geometries), source=parse_crs(table.crs), target=GEOGRAPHIC["jgd2011"], grids_dir=None
    )
    points = shapely.point_on_surface(moved)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    texts = {role: [""] * len(lon) if at is None else table.values[at] for role, at in found.items()}
    for row in np.flatnonzero(np.isfinite(lon)).tolist():
        pref, city, town, chome, koaza, lot = ((texts[role][row] or "").strip() for role in _COLUMNS)
        pref, city = pref or pref_home, city or city_home
        if pref and city and town:
            yield Place(pref, city.removeprefix(pref), town + chome, koaza, lot, float(lon[row]), float(lat[row]))
