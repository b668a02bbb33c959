"""Which zone plane coordinates belong to and which of the two is north, by where the rows would come to lie."""

from dataclasses import dataclass

import numpy as np

from gis_capture.locate.angles import JAPAN
from gis_capture.locate.crs import crs_of, plane_code
from gis_capture.locate.datum import transform
from gis_capture.locate.numbers import Floats
from gis_capture.model import BBox

WEB_MERCATOR = 3857
_JGD2011_UTM_51 = 6688
_SAMPLE_SIZE = 400
_PAD_DEG = 0.3
_ENOUGH = 0.8
_MARGIN = 0.2


@dataclass(frozen=True, slots=True)
class PlaneChoice:
    """How plane coordinates are read.

    Attributes:
        code: EPSG code; None = several zones are as likely, or none fits.
        is_exchanged: North stands where east was expected.
        is_sure: No other reading comes near.
        candidates: (EPSG code, is_exchanged, share of rows that fit), best first.
    """

    code: int | None
    is_exchanged: bool
    is_sure: bool
    candidates: tuple[tuple[int, bool, float], ...]


def choose_plane(x: Floats, y: Floats, *, code: int | None, axes_are_told: bool, area: BBox | None) -> PlaneChoice:
    """Ranks the readings of plane coordinates.

    Args:
        x: Metres, expected east.
        y: Metres, expected north.
        code: The CRS where it is stated; else all zones are tried.
        axes_are_told: The headers say which is north.
        area: Where the rows should be, in EPSG:4326.
    """
    step = max(1, len(x) // _SAMPLE_SIZE)
    x, y = x[::step], y[::step]
    codes = [code] if code else _possible_codes(x, y)
    ranked = []
    for candidate in codes:
        for is_exchanged in (False, True):
            east, north = (y, x) if is_exchanged else (x, y)
            ranked.append((candidate, is_exchanged, _share(east, north, candidate, area)))
    # Stable: as stated and north first, unless another reading fits clearly more rows.
    ranked.sort(key=lambda entry: -entry[2])
    as_told = next((entry for entry in ranked if not entry[1] and (code or entry[2] == ranked[0][2])), ranked[0])
    best = as_told if as_told[2] >= ranked[0][2] - _MARGIN or (axes_are_told and as_told[2] > 0) else ranked[0]
    others = [entry for entry in ranked if entry != best and (entry[0] != best[0] or not axes_are_told)]
    is_sure = best[2] >= _ENOUGH and all(entry[2] < best[2] - _MARGIN for entry in others)
    other_zones = [entry for entry in ranked if entry[0] != best[0]]
    is_found = code is not None or (best[2] >= _ENOUGH and all(entry[2] < best[2] - _MARGIN for entry in other_zones))
    return PlaneChoice(best[0] if is_found else None, best[1] and is_found, is_sure, tuple(ranked[:6]))


def _possible_codes(x: Floats, y: Floats) -> list[int]:
    larger, smaller = np.maximum(x, y), np.minimum(x, y)
    if len(x) and np.median(larger) > 10_000_000:
        return [WEB_MERCATOR]
    if len(x) and np.median(larger) > 2_000_000 and np.median(smaller) > 100_000:
        return [_JGD2011_UTM_51 + zone for zone in range(5)]
    return [plane_code(zone, "jgd2011") for zone in range(1, 20)]


def _share(east: Floats, north: Floats, code: int, area: BBox | None) -> float:
    """The share of rows within the zone's area of use and the area."""
    if not len(east):
        return 0.0
    moved = transform(east, north, source=code, target=crs_of(code).geodetic_crs.to_epsg() or 6668)  # type: ignore[union-attr]
    bounds = crs_of(code).area_of_use
    boxes = [JAPAN, *([BBox(*bounds.bounds)] if bounds else [])]
    fits = np.isfinite(moved.x)
    for box in boxes + ([area] if area else []):
        fits &= (moved.x >= box[0] - _PAD_DEG) & (moved.x <= box[2] + _PAD_DEG)
        fits &= (moved.y >= box[1] - _PAD_DEG) & (moved.y <= box[3] + _PAD_DEG)
    return float(fits.mean())
