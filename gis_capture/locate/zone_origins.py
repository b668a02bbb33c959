"""The origins of the plane rectangular zones, where places lie that were 0, 0 in a plane."""

from typing import Any

import numpy as np

from gis_capture.locate.numbers import Floats

Indexes = np.ndarray[Any, np.dtype[np.intp]]

# Origins of the 19 plane rectangular zones, degrees: 平成14年国土交通省告示第9号.
_ORIGINS = np.array(
    [
        *((129.5, 33.0), (131.0, 33.0), (132 + 1 / 6, 36.0), (133.5, 33.0), (134 + 1 / 3, 36.0), (136.0, 36.0)),
        *((137 + 1 / 6, 36.0), (138.5, 36.0), (139 + 5 / 6, 36.0), (140 + 5 / 6, 40.0), (140.25, 44.0), (142.25, 44.0)),
        *((144.25, 44.0), (142.0, 26.0), (127.5, 26.0), (124.0, 26.0), (131.0, 26.0), (136.0, 20.0), (154.0, 26.0)),
    ]
)
_ORIGIN_M = 100.0
_M_PER_DEG = 111_320.0


def on_zone_origin(lon: Floats, lat: Floats) -> Indexes:
    """The rows that lie on the origin of a zone: a plane coordinate of 0, 0 became a place on land."""
    is_level = np.zeros(len(lat), bool)
    for origin_lat in np.unique(_ORIGINS[:, 1]):
        is_level |= np.abs(lat - origin_lat) * _M_PER_DEG < _ORIGIN_M
    rows = np.flatnonzero(is_level)
    d_lon = (lon[rows, None] - _ORIGINS[:, 0]) * np.cos(np.radians(_ORIGINS[:, 1]))
    away_m = np.hypot(d_lon, lat[rows, None] - _ORIGINS[:, 1]) * _M_PER_DEG
    found: Indexes = rows[(away_m < _ORIGIN_M).any(axis=1)]
    return found
