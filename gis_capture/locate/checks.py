"""Positions that can be read and yet are hardly true."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from gis_capture.locate.addresses import PLACED_LEVELS, Addresses
from gis_capture.locate.evidence import KnownPlaces
from gis_capture.locate.numbers import Floats
from gis_capture.model import BBox

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
_AREA_PAD_DEG = 0.02
_MANY_ROWS = 5
_MANY_SHARE = 0.02
_FEW_ROWS = 8
_FEW_SHARE = 0.3
# Nine of ten places lie within the radius of their town, 97 of 100 within twice that.
_REACH_FACTOR = 3.0
_MIN_DISAGREEMENT_M = 2000.0


class Disagreement(NamedTuple):
    """A row whose coordinates are not where its address is."""

    row: int
    distance_m: float
    address: str
    name: str


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


def outside_area(lon: Floats, lat: Floats, area: BBox) -> Indexes:
    """The rows that lie outside a box in EPSG:4326."""
    is_inside = (lon >= area.min_x - _AREA_PAD_DEG) & (lon <= area.max_x + _AREA_PAD_DEG)
    is_inside &= (lat >= area.min_y - _AREA_PAD_DEG) & (lat <= area.max_y + _AREA_PAD_DEG)
    return np.flatnonzero(np.isfinite(lon) & ~is_inside)


def identical_positions(lon: Floats, lat: Floats) -> Iterator[tuple[int, int]]:
    """Positions that a good part of the rows share: the first row of each, and how many there are."""
    known = np.flatnonzero(np.isfinite(lon))
    # Centimetres of both in one integer: sorting numbers is much faster than sorting pairs.
    keys = np.round(lon[known] * 1e7).astype(np.int64) * 10**10 + np.round(lat[known] * 1e7).astype(np.int64)
    places, first, counts = np.unique(keys, return_index=True, return_counts=True)
    if len(places) > 1:
        n_many = max(_MANY_ROWS, _MANY_SHARE * len(known))
        if len(known) >= _FEW_ROWS:
            n_many = min(n_many, _FEW_SHARE * len(known))
        for place in np.flatnonzero(counts >= n_many):
            yield int(known[first[place]]), int(counts[place])


def disagreements(lon: Floats, lat: Floats, addresses: Addresses, known: KnownPlaces) -> Iterator[Disagreement]:
    """The rows whose coordinates lie further from their address than its town reaches.

    Args:
        lon: Degrees, NaN for rows without coordinates.
        lat: Degrees.
        addresses: Their addresses.
        known: Where those are.
    """
    away_m = known.distances_m(lon, lat)
    limit_m = np.maximum(_REACH_FACTOR * known.reach_m, _MIN_DISAGREEMENT_M)
    for row in np.flatnonzero(away_m > limit_m).tolist():
        match = addresses.matches[row]
        if match is not None and match.level in PLACED_LEVELS:
            yield Disagreement(row, float(away_m[row]), addresses.texts[row], match.name)
