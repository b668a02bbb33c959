"""An extract of a gazetteer: the towns of an area with their lots, for devices that search without a network."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import compress, groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

from gis_capture.locate.area import Area
from gis_capture.model import BBox

DEGREE_DIGITS = 6
_DEGREE_M = 90_000
"""Of longitude in the middle of Japan; to the north a town reaches a little too far by it."""
_TOWNS = f"""
SELECT town_id, city.name, town.name || town.koaza, town.lon, town.lat, coalesce(town.radius_m, 0) AS radius_m
FROM town JOIN city USING (city_id)
WHERE max(?1 - town.lon, town.lon - ?3, ?2 - town.lat, town.lat - ?4) <= coalesce(town.radius_m, 0) / {_DEGREE_M}.0
ORDER BY town_id
"""
_LOTS = """
SELECT town_id, lot_key, lon, lat, 0 FROM lot
WHERE town_id IN (SELECT value FROM json_each(?)) ORDER BY town_id LIMIT ?
"""
Row = tuple[Any, ...]


class ExtractedTown(NamedTuple):
    """A town or a part of one; `lots` are (name, lon, lat)."""

    city: str
    name: str
    lon: float
    lat: float
    radius_m: float
    lots: Sequence[tuple[str, float, float]]


def extract_towns(
    path: Path,
    box: BBox,
    *,
    n_towns: int,
    n_lots: int,
    area: Area | None = None,
    is_near: Callable[[float, float], bool] = lambda lon, lat: True,
) -> Iterator[ExtractedTown]:
    """Gives the towns that reach into a box (EPSG:4326), in the order of the gazetteer.

    Args:
        path: A file made by `build_gazetteer`.
        box: Where they are wanted.
        n_towns: At most so many.
        n_lots: Where there are more lots than these, none are given: half a list would be taken for a whole one.
        area: Of who asks: towns that do not reach into it are left out, and lots outside of it.
        is_near: Tells by the point of a town whether it is wanted.
    """
    wanted = box if area is None else area.common(box)
    if wanted is None:
        return
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        reaching = _inside(area, database.execute(_TOWNS, wanted).fetchall())
        towns = list(islice((row for row in reaching if is_near(row[3], row[4])), n_towns))
        rows = database.execute(_LOTS, (json.dumps([row[0] for row in towns]), n_lots + 1)).fetchall()
    lots = _inside(area, rows) if len(rows) <= n_lots else []
    by_town = {
        town_id: [(name, round(lon, DEGREE_DIGITS), round(lat, DEGREE_DIGITS)) for _, name, lon, lat, _ in group]
        for town_id, group in groupby(lots, key=lambda row: row[0])
    }
    for town_id, city, name, lon, lat, radius_m in towns:
        place = round(lon, DEGREE_DIGITS), round(lat, DEGREE_DIGITS)
        yield ExtractedTown(city, name, *place, round(radius_m), by_town.get(town_id, ()))


def _inside(area: Area | None, rows: list[Row]) -> list[Row]:
    """Those of some rows (…, lon, lat, radius_m) that reach into an area."""
    if area is None or not rows:
        return rows
    lon, lat, radius_m = np.array([row[-3:] for row in rows], dtype=np.float64).T
    points = shapely.points(lon, lat)
    shapes = np.where(radius_m > 0, shapely.buffer(points, radius_m / _DEGREE_M), points)
    return list(compress(rows, area.mask(shapes, "EPSG:4326")))
