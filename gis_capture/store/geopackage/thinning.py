"""A bounded number of features for a map: all of a box, or one for each cell of a grid laid over it."""

from collections.abc import Iterator
from math import isqrt

from gis_capture.geopackage.rtree import rtree_name
from gis_capture.model import BBox, Feature
from gis_capture.store.geopackage.reading import GeoPackageReading

_TOUCHES = "maxx >= :west AND minx <= :east AND maxy >= :south AND miny <= :north"


def thinned_features(
    reading: GeoPackageReading, layer: str, bbox: BBox, *, max_features: int
) -> Iterator[tuple[int, int, Feature]]:
    """Gives (fid, number of features it stands for, feature); the largest of each cell, in the order of `fid`.

    Args:
        reading: Of the store.
        layer: Its key.
        bbox: In EPSG:4326; features whose box touches it.
        max_features: Beyond it the box is cut into as many cells.
    """
    west, south, east, north = reading.bbox_in(layer, bbox)
    table = rtree_name(layer)
    n_cells = isqrt(max_features)
    values = {
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "limit": max_features + 1,
        "n_cells": n_cells,
        "width": (east - west) / n_cells or 1.0,
        "height": (north - south) / n_cells or 1.0,
    }
    database = reading.connection
    found = database.execute(f"SELECT id, 1 FROM {table} WHERE {_TOUCHES} LIMIT :limit", values).fetchall()
    if len(found) > max_features:
        # Beside max() SQLite gives the other columns of the row that has it.
        sql = f"""
            SELECT id, n FROM (
              SELECT id, count(*) AS n, max((maxx - minx) * (maxy - miny)),
                min(max(CAST(((minx + maxx) / 2 - :west) / :width AS INTEGER), 0), :n_cells - 1) AS cell_x,
                min(max(CAST(((miny + maxy) / 2 - :south) / :height AS INTEGER), 0), :n_cells - 1) AS cell_y
              FROM {table} WHERE {_TOUCHES} GROUP BY cell_x, cell_y)"""
        found = database.execute(sql, values).fetchall()
    numbers = dict(found)
    for fid, feature in reading.features_by_fid(layer, numbers):
        yield fid, numbers[fid], feature
