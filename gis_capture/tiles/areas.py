"""Which rows of columns lie in the area of who asks."""

from functools import lru_cache

import numpy as np
import shapely
from shapely import Geometry

from gis_capture.locate.area import Area, fine, made_ready
from gis_capture.tiles.columns import Array, Columns
from gis_capture.tiles.grid import to_world


def rows_inside(area: Area, columns: Columns, rows: Array) -> Array:
    """Those of some rows that touch an area."""
    shape = _in_world(area)
    west, north, east, south = shapely.bounds(shape)
    bounds = columns.bounds[rows]
    near = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= south) & (bounds[:, 3] >= north)
    rows = rows[near]
    found: Array = rows[shapely.intersects(shape, columns.geometries(rows))] if len(rows) else rows
    return found


@lru_cache(256)
def _in_world(area: Area) -> Geometry:
    return made_ready(shapely.make_valid(shapely.transform(fine(area), lambda xy: to_world(np.asarray(xy)))))
