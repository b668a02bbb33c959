"""Which zone plane coordinates belong to and which of the two is north, by where the rows would come to lie."""

from dataclasses import dataclass

import numpy as np

from gis_capture.locate.checks import outside_area
from gis_capture.locate.crs import (
    GEOGRAPHIC,
    WEB_MERCATOR,
    crs_of,
    datum_of,
    in_datum,
    plane_code,
    plane_name,
    utm_code,
)
from gis_capture.locate.datum import transform
from gis_capture.locate.evidence import KnownPlaces, RankedReading, share_within
from gis_capture.locate.numbers import Floats
from gis_capture.model import BBox, Text

_ENOUGH = 0.8
_MARGIN = 0.2
_NEAR_M = 10_000.0
_KEPT = 6


@dataclass(frozen=True, slots=True)
class PlaneChoice:
    """How plane coordinates are read.

    Attributes:
        code: EPSG code; None = several zones are as likely, or none fits.
        is_exchanged: North stands where east was expected.
        is_sure: No other reading comes near.
        is_doubted: It is stated, and clearly worse than another zone.
        ranked: All that was tried, best first.
    """

    code: int | None
    is_exchanged: bool
    is_sure: bool
    is_doubted: bool
    ranked: tuple[RankedReading, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    code: int
    is_exchanged: bool
    share: float
    share_inside: float
    distance_m: float | None

    def beats(self, other: "_Candidate") -> bool:
        """Clearly better: half as far from the addresses, or many more rows where they can be."""
        if self.distance_m is not None and other.distance_m is not None:
            return self.distance_m < min(0.5 * other.distance_m, _NEAR_M) and other.distance_m - self.distance_m > 1000
        if self.code == other.code and max(self.share_inside, other.share_inside) >= _ENOUGH:
            # Axes that are exchanged move rows by some kilometres only: the area is taken without room around it.
            return self.share_inside > other.share_inside + _MARGIN
        return self.share > other.share + _MARGIN


def choose_plane(
    x: Floats,
    y: Floats,
    *,
    code: int | None,
    axes_are_told: bool,
    axes_are_said: bool = False,
    area: BBox | None = None,
    known: KnownPlaces | None = None,
) -> PlaneChoice:
    """Ranks the readings of plane coordinates.

    A stated zone is never exchanged for another, but compared with all others.

    Args:
        x: Metres, expected east.
        y: Metres, expected north.
        code: The CRS where it is stated.
        axes_are_told: The headers say which is north.
        axes_are_said: A person says it; then nothing else is tried.
        area: Where the rows should be, in EPSG:4326.
        known: Where they are by their addresses.
    """
    orders = (False,) if axes_are_said else (False, True)
    candidates = [
        _candidate(x, y, code=one, is_exchanged=is_exchanged, area=area, known=known)
        for one in ([code] if code else _possible_codes(x, y))
        for is_exchanged in orders
    ]
    if code and (known or area or max(one.share for one in candidates) < _ENOUGH):
        # Something may speak against what is stated.
        others = [in_datum(one, datum_of(code)) for one in _possible_codes(x, y)]
        candidates += [
            _candidate(x, y, code=one, is_exchanged=is_exchanged, area=area, known=known)
            for one in dict.fromkeys(others)
            if one != code
            for is_exchanged in orders
        ]
    # Stable: north first, as surveyors write, among equals.
    candidates.sort(
        key=lambda one: (
            -one.share if one.distance_m is None else one.distance_m,
            -one.share_inside if one.distance_m is None else 0.0,
            one.is_exchanged,
        )
    )
    best = next(one for one in candidates if code in (None, one.code))
    as_told = next(one for one in candidates if not one.is_exchanged and one.code == best.code)
    may_exchange = not axes_are_told or best.distance_m is not None or as_told.share == 0
    if not (best.beats(as_told) and may_exchange):
        best = as_told
    is_near = best.share >= _ENOUGH if best.distance_m is None else best.distance_m < _NEAR_M
    rivals = [one for one in candidates if one.code != best.code]
    beaten_zones = code is not None or all(best.beats(one) for one in rivals)
    beaten_axes = axes_are_told or all(best.beats(one) for one in candidates if one.is_exchanged != best.is_exchanged)
    is_found = code is not None or (is_near and beaten_zones)
    return PlaneChoice(
        code=best.code if is_found else None,
        is_exchanged=best.is_exchanged and is_found,
        is_sure=is_near and beaten_zones and beaten_axes,
        is_doubted=code is not None and any(one.beats(best) for one in rivals),
        ranked=tuple(_ranked(one) for one in [best, *(one for one in candidates if one is not best)][:_KEPT]),
    )


def _candidate(
    x: Floats, y: Floats, *, code: int, is_exchanged: bool, area: BBox | None, known: KnownPlaces | None
) -> _Candidate:
    east, north = (y, x) if is_exchanged else (x, y)
    moved = transform(east, north, source=code, target=GEOGRAPHIC["jgd2011"])
    bounds = crs_of(code).area_of_use
    boxes = [*([BBox(*bounds.bounds)] if bounds else []), *([area] if area else [])]
    distance_m = known.distance_m(moved.x, moved.y) if known else None
    n_outside = len(outside_area(moved.x, moved.y, area)) if area else 0
    share_inside = 1 - n_outside / len(x) if area and len(x) else 0.0
    return _Candidate(code, is_exchanged, share_within(moved.x, moved.y, boxes), share_inside, distance_m)


def _ranked(one: _Candidate) -> RankedReading:
    axes = Text("、Xが東", ", X is east") if one.is_exchanged else Text("、Xが北", ", X is north")
    return RankedReading(
        words=Text((named := plane_name(one.code)).ja + axes.ja, named.en + axes.en),
        code=one.code,
        share=round(one.share, 3),
        distance_m=None if one.distance_m is None else round(one.distance_m),
        roles={"x": "north", "y": "east"} if one.is_exchanged else {"x": "east", "y": "north"},
    )


def _possible_codes(x: Floats, y: Floats) -> list[int]:
    """The zones that numbers of this size may belong to, in the newest datum."""
    larger, smaller = np.maximum(x, y), np.minimum(x, y)
    if len(x) and np.median(larger) > 10_000_000:
        return [WEB_MERCATOR]
    if len(x) and np.median(larger) > 2_000_000 and np.median(smaller) > 100_000:
        return [utm_code(zone, "jgd2011") for zone in range(51, 56)]
    return [plane_code(zone, "jgd2011") for zone in range(1, 20)]
