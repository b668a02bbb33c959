"""Positions that can be read and yet are hardly true."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from gis_capture.locate.addresses import PLACED_LEVELS, Addresses
from gis_capture.locate.evidence import KnownPlaces
from gis_capture.locate.numbers import Floats
from gis_capture.locate.zone_origins import Indexes
from gis_capture.model import BBox

_AREA_PAD_DEG = 0.02
_SAME_DEG = 3e-6
_MANY_ROWS = 5
_MANY_TIMES = 3
_FEW_ROWS = 8
_FEW_SHARE = 0.3
# Nine of ten places lie within the radius of their town. Of 5,100 published rows with an address and coordinates,
# 8.1 % lie beyond it, 2.0 % beyond one and a half times that (most of them in a neighbouring town), 0.9 % beyond twice.
_REACH_FACTOR = 1.5
_MIN_DISAGREEMENT_M = 300.0


class Disagreement(NamedTuple):
    """A row whose coordinates are not where its address is."""

    row: int
    distance_m: float
    address: str
    name: str


def outside_area(lon: Floats, lat: Floats, area: BBox) -> Indexes:
    """The rows that lie outside a box in EPSG:4326."""
    is_inside = (lon >= area.min_x - _AREA_PAD_DEG) & (lon <= area.max_x + _AREA_PAD_DEG)
    is_inside &= (lat >= area.min_y - _AREA_PAD_DEG) & (lat <= area.max_y + _AREA_PAD_DEG)
    return np.flatnonzero(np.isfinite(lon) & ~is_inside)


def shared_positions(lon: Floats, lat: Floats) -> list[Indexes]:
    """The rows of each position that several have, within a third of a metre: notations of one place differ by less."""
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    # As complex numbers: sorting those is much faster than sorting pairs.
    places, inverse = np.unique(lon[known] + 1j * lat[known], return_inverse=True)
    points = np.array(shapely.points(places.real, places.imag), dtype=object)
    pairs = shapely.STRtree(points).query(points, predicate="dwithin", distance=_SAME_DEG)
    # A place that is as good as an earlier one is that.
    same = np.arange(len(places))
    for one, other in pairs[:, pairs[0] > pairs[1]].T.tolist():
        same[one] = same[other]
    of_rows = same[inverse]
    order = np.argsort(of_rows, kind="stable")
    groups = np.split(known[order], np.flatnonzero(np.diff(of_rows[order])) + 1)
    return sorted((group for group in groups if len(group) > 1), key=lambda group: int(group[0]))


def crowded(groups: Sequence[Indexes], n_placed: int) -> Iterator[Indexes]:
    """Those of shared positions that many more rows have than is usual in their table."""
    n_alone = n_placed - sum(map(len, groups))
    usual = float(np.median([1] * n_alone + [len(group) for group in groups])) if groups else 1.0
    n_many = max(_MANY_ROWS, _MANY_TIMES * usual) if n_alone or len(groups) > 1 else _MANY_ROWS
    if n_placed >= _FEW_ROWS:
        n_many = min(n_many, max(_FEW_SHARE * n_placed, usual + 1))
    yield from (group for group in groups if len(group) >= n_many)


def disagreements(
    lon: Floats, lat: Floats, accuracies_m: Floats, addresses: Addresses, known: KnownPlaces
) -> Iterator[Disagreement]:
    """The rows whose coordinates lie further from their address than its town reaches.

    Args:
        lon: Degrees, NaN for rows without coordinates.
        lat: Degrees.
        accuracies_m: Of the coordinates; NaN = nothing that counts.
        addresses: Their addresses.
        known: Where those are.
    """
    away_m = known.distances_m(lon, lat)
    limit_m = np.maximum(_REACH_FACTOR * known.reach_m, _MIN_DISAGREEMENT_M) + np.nan_to_num(accuracies_m)
    for row in np.flatnonzero(away_m > limit_m).tolist():
        match = addresses.matches[row]
        if match is not None and match.level in PLACED_LEVELS:
            yield Disagreement(row, float(away_m[row]), addresses.texts[row], match.name)
