"""Geometries of any layer as a web map needs them."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry

from gis_capture.locate.crs import parse_crs
from gis_capture.locate.datum import transform

WGS84 = 4326


@lru_cache(maxsize=64)
def is_lon_lat(crs: str) -> bool:
    """Tells whether geometries in a CRS are drawn as they are.

    Raises:
        CRSError: A CRS that is not known or has no datum of Japan.
    """
    return parse_crs(crs) in (WGS84, 6668)


def to_lon_lat(geometries: Sequence[Geometry | None] | npt.NDArray[np.object_], crs: str) -> npt.NDArray[np.object_]:
    """Gives geometries in EPSG:4326, heights as they are; JGD2011 is drawn as WGS 84 without a change.

    Args:
        geometries: Shapely geometries, None where there is none.
        crs: Theirs, "EPSG:6675".

    Raises:
        CRSError: A CRS that is not known or has no datum of Japan.
    """
    given = np.empty(len(geometries), dtype=object)
    given[:] = geometries
    if is_lon_lat(crs):
        return given
    source = parse_crs(crs)

    def move(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        moved = transform(xy[:, 0], xy[:, 1], source=source, target=WGS84)
        return np.column_stack((moved.x, moved.y, xy[:, 2:]))

    moved = given.copy()
    has_z = shapely.has_z(given)
    for rows, include_z in ((~has_z, False), (has_z, True)):
        if rows.any():
            moved[rows] = shapely.transform(given[rows], move, include_z=include_z)
    return moved
