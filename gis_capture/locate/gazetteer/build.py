"""Builds a gazetteer: one SQLite file out of public tables of towns, blocks and parcels."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from gis_capture.errors import SourceError
from gis_capture.locate.gazetteer.folding import format_kanji, key_of, parse_small_number
from gis_capture.locate.gazetteer.places import Place
from gis_capture.locate.gazetteer.sources import read_places
from gis_capture.locate.gazetteer.spots import distances_m
from gis_capture.locate.numbers import Floats
from gis_capture.text import Text

FORMAT_VERSION = 1
APPLICATION_ID = 0x47434761  # "GCGa"

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE city (
    city_id INTEGER PRIMARY KEY, pref TEXT NOT NULL, name TEXT NOT NULL, lon REAL, lat REAL, radius_m REAL);
CREATE TABLE town (
    town_id INTEGER PRIMARY KEY, city_id INTEGER NOT NULL, name TEXT NOT NULL, base_key TEXT NOT NULL, chome INTEGER,
    koaza TEXT NOT NULL, koaza_key TEXT NOT NULL, lon REAL, lat REAL, radius_m REAL);
CREATE TABLE lot (
    town_id INTEGER NOT NULL, lot_key TEXT NOT NULL, lon REAL NOT NULL, lat REAL NOT NULL,
    PRIMARY KEY (town_id, lot_key)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX town_of_city ON town (city_id);
CREATE INDEX town_of_base ON town (base_key);
"""
_PLACE_BY_LOTS = """
UPDATE town SET (lon, lat, radius_m) = (SELECT avg(lon), avg(lat), 200.0 FROM lot WHERE lot.town_id = town.town_id)
WHERE lon IS NULL
"""
_CHOME = re.compile("(.*?)([〇一二三四五六七八九十百]+|[0-9]{1,3})(?:丁目|丁)$")
_PARENTHESES = re.compile("[（(][^）)]*[）)]")
_M_PER_DEG = 111_320.0
_WINDOWS_M = (400, 800, 1600, 3200, 6400, 12800)
_ENOUGH_NEIGHBOURS = 3


def build_gazetteer(
    files: Iterable[Path],
    path: Path,
    *,
    built_at: str = "",
    places: Iterable[Place] = (),
    names_of_places: Iterable[Path] = (),
) -> dict[str, int]:
    """Builds a gazetteer anew; an old one at `path` is replaced only when the new one is whole.

    Args:
        files: CSV (plain, gzip, zip) of ISJ, of the Address Base Registry, or with pref, city, town, koaza, lat, lon.
        path: Of the SQLite file.
        built_at: Noted in the file.
        places: More of them, as layers hold.
        names_of_places: The files they come from, for the record.

    Returns:
        Numbers of cities, towns and lots.

    Raises:
        SourceError: A file cannot be read, or none holds a place.
    """
    files = list(files)
    draft = path.with_name(path.name + ".part")
    draft.unlink(missing_ok=True)
    database = sqlite3.connect(draft, isolation_level=None)
    try:
        database.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = {APPLICATION_ID};"
        )
        database.executescript(f"PRAGMA user_version = {FORMAT_VERSION}; {_SCHEMA}")
        database.execute("BEGIN")
        counts = _fill(database, chain(read_places(files), places))
        if not counts["n_towns"]:
            raise SourceError(
                Text("住所が1件も見つかりませんでした。", "No address was found in these files."), path=path
            )
        sources = "\n".join(file.name for file in (*files, *names_of_places))
        database.executemany("INSERT INTO meta VALUES (?, ?)", [("sources", sources), ("built_at", built_at)])
        database.execute("COMMIT")
        database.executescript(_INDEXES)
        database.close()
        draft.replace(path)
    finally:
        database.close()
        draft.unlink(missing_ok=True)
    return counts


def split_chome(key: str) -> tuple[str, int | None]:
    """Takes 二丁目 off the key of a town: 助七二丁目 is the second of 助七, for no one writes 七二 for 72."""
    match = _CHOME.match(key) if key.endswith(("丁目", "丁")) else None
    for start in range(match.start(2), match.end(2)) if match else ():
        digits = key[start : match.end(2)] if match else ""
        number = parse_small_number(digits)
        if number is not None and digits in (str(number), format_kanji(number)):
            return key[:start], number
    return key, None


def _fill(database: sqlite3.Connection, places: Iterable[Place]) -> dict[str, int]:
    cities: dict[tuple[str, str], int] = {}
    towns: dict[tuple[int, str, int | None, str], int] = {}
    keys: dict[str, tuple[str, int | None]] = {}
    koaza_keys: dict[str, str] = {}
    points: list[tuple[float, float]] = []
    rows: list[tuple[object, ...]] = []
    n_lots = 0
    lots: list[tuple[int, str, float, float]] = []
    for place in places:
        city_id = cities.setdefault((place.pref, place.city), len(cities) + 1)
        town, koaza = place.town, place.koaza
        if "（" in town or "(" in town:
            town = _PARENTHESES.sub("", town)
        if not town:
            # （大字なし）: such a city has only 字, and they stand where others have their towns.
            town, koaza = koaza, ""
        if town not in keys:
            keys[town] = split_chome(key_of(town))
        if koaza not in koaza_keys:
            koaza_keys[koaza] = key_of(koaza).removeprefix("字") if koaza else ""
        # Sources write a town in ways of their own: 三之町, 三ノ町, 大字三之町.
        identity = (city_id, *keys[town], koaza_keys[koaza])
        town_id = towns.get(identity)
        has_point = place.lon is not None and place.lat is not None
        if town_id is None:
            town_id = towns[identity] = len(towns) + 1
            rows.append((town_id, city_id, town, *keys[town], koaza, koaza_keys[koaza]))
            points.append((place.lon, place.lat) if has_point and not place.lot else (np.nan, np.nan))  # type: ignore[arg-type]
        elif has_point and not place.lot and np.isnan(points[town_id - 1][0]):
            points[town_id - 1] = (place.lon, place.lat)  # type: ignore[assignment]
        if place.lot and place.lon is not None and place.lat is not None:
            lots.append((town_id, key_of(place.lot), place.lon, place.lat))
            if len(lots) == 100_000:
                n_lots += _write_lots(database, lots)
    n_lots += _write_lots(database, lots)
    _write_towns(database, rows, points)
    _write_cities(database, cities, rows, points)
    if n_lots:
        database.execute(_PLACE_BY_LOTS)
    return {"n_cities": len(cities), "n_towns": len(rows), "n_lots": n_lots}


def _write_lots(database: sqlite3.Connection, lots: list[tuple[int, str, float, float]]) -> int:
    database.executemany("INSERT OR IGNORE INTO lot VALUES (?, ?, ?, ?)", lots)
    n_lots = len(lots)
    lots.clear()
    return n_lots


def _write_towns(
    database: sqlite3.Connection, rows: Sequence[tuple[object, ...]], points: Sequence[tuple[float, float]]
) -> None:
    array = np.array(points, np.float64).reshape(-1, 2)
    # SQLite stores NaN as NULL.
    values = zip(rows, array.tolist(), _radii_m(rows, array).tolist(), strict=True)
    ordered = sorted(((*row, *point, radius) for row, point, radius in values), key=lambda row: row[1])
    database.executemany("INSERT INTO town VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ordered)


def _write_cities(
    database: sqlite3.Connection,
    cities: dict[tuple[str, str], int],
    rows: Sequence[tuple[object, ...]],
    points: Sequence[tuple[float, float]],
) -> None:
    owners = np.array([row[1] for row in rows], np.int64)
    array = np.array(points, np.float64).reshape(-1, 2)
    order = np.argsort(owners, kind="stable")
    bounds = np.searchsorted(owners[order], np.arange(1, len(cities) + 2))
    values: list[tuple[int, str, str, float | None, float | None, float | None]] = []
    for (pref, name), city_id in cities.items():
        own = array[order[bounds[city_id - 1] : bounds[city_id]]]
        own = own[np.isfinite(own[:, 0])]
        if len(own):
            lon, lat = np.median(own, axis=0).tolist()
            radius_m = float(np.percentile(distances_m(own[:, 0] - lon, own[:, 1] - lat, lat), 95))
            values.append((city_id, pref, name, lon, lat, radius_m))
        else:
            values.append((city_id, pref, name, None, None, None))
    database.executemany("INSERT INTO city VALUES (?, ?, ?, ?, ?, ?)", values)


def _radii_m(rows: Sequence[tuple[object, ...]], points: Floats) -> Floats:
    """How far towns and their parts reach.

    A whole town is as large as other whole towns around it: beside a new quarter of many 丁目 it is not small for that.
    """
    radii = radii_m(points[:, 0], points[:, 1])
    names: dict[tuple[object, object], int] = {}
    owners = np.array([names.setdefault((row[1], row[3]), len(names)) for row in rows], np.int64)
    is_whole = np.array([row[4] is None and not row[6] for row in rows], bool)
    known = np.isfinite(points[:, 0])
    n_points = np.bincount(owners[known], minlength=len(names))
    with np.errstate(invalid="ignore"):
        middles = [np.bincount(owners[known], points[known, axis], len(names)) / n_points for axis in (0, 1)]
    return np.where(is_whole, np.sqrt(radii * radii_m(*middles)[owners]), radii)


def radii_m(lon: Floats, lat: Floats) -> Floats:
    """How far a town reaches from its point, by how far its neighbours are; metres, shape (n,), NaN without a point.

    The smallest window with enough points in it tells the area that one town has there.
    """
    result = np.full(len(lon), np.nan)
    known = np.isfinite(lon)
    x = lon[known] * np.cos(np.radians(lat[known])) * _M_PER_DEG
    y = lat[known] * _M_PER_DEG
    radii = np.full(len(x), _WINDOWS_M[-1] * 0.5)
    for size in reversed(_WINDOWS_M):
        column, row = np.floor(x / size).astype(np.int64), np.floor(y / size).astype(np.int64)
        cells, where, counts = np.unique(column * 1_000_000 + row, return_inverse=True, return_counts=True)
        n_near = np.zeros(len(cells), np.int64)
        for step in [right * 1_000_000 + up for right in (-1, 0, 1) for up in (-1, 0, 1)]:
            found = np.minimum(np.searchsorted(cells, cells + step), len(cells) - 1)
            n_near += np.where(cells[found] == cells + step, counts[found], 0)
        near = n_near[where.ravel()]
        enough = near > _ENOUGH_NEIGHBOURS
        radii[enough] = np.sqrt(9 * size**2 / near[enough] / np.pi)
    result[known] = radii
    return result
