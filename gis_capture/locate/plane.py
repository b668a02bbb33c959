"""Which zone plane coordinates belong to and which of the two is north, by where the rows would come to lie."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

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
    utm_zone_of,
)
from gis_capture.locate.datum import transform
from gis_capture.locate.evidence import KnownPlaces, RankedReading, share_within
from gis_capture.locate.numbers import Floats
from gis_capture.model import BBox, Text

_ENOUGH = 0.8
_MARGIN = 0.2
_NEAR_M = 10_000.0
_KEPT = 6
# Districts on the border of two zones of UTM are drawn in one of them.
_BESIDE_UTM_DEG = 1.5

# Of 28 published ledgers in plane coordinates 22 are told so by five of their rows, and none is told wrongly.
_IN_TOWN_M = 600.0
_FAR_FROM_TOWNS_M = 1500.0

ToTown = Callable[[Floats, Floats], Floats]
"""Metres from places (degrees of JGD2011) to the nearest town; infinite where none is near."""
Beside = Callable[[], BBox | None]
"""Gives the box of what is surely placed already, in EPSG:4326; None = nothing is."""


def nowhere() -> BBox | None:
    """Nothing is placed yet."""
    return None


@dataclass(frozen=True, slots=True)
class PlaneChoice:
    """How plane coordinates are read.

    Attributes:
        code: EPSG code; None = several zones are as likely, or none fits.
        is_exchanged: North stands where east was expected.
        is_sure: No other reading comes near.
        is_doubted: It is stated, and clearly worse than another zone.
        is_far_from_all: Then, for it lies far from all that is placed already.
        ranked: All that was tried, best first.
    """

    code: int | None
    is_exchanged: bool
    is_sure: bool
    is_doubted: bool
    is_far_from_all: bool
    ranked: tuple[RankedReading, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One reading.

    Attributes:
        share: Rows that lie in the zone and the area, with room around them.
        shares_inside: Rows without that room in the area, and in the box of what is placed already; what is not known
            has no rows in it.
        share_in_zone: Rows without that room in the zone.
        distance_m: From the addresses.
    """

    code: int
    is_exchanged: bool
    share: float
    shares_inside: tuple[float, float]
    share_in_zone: float
    distance_m: float | None

    def beats(self, other: "_Candidate") -> bool:
        """Clearly better: half as far from the addresses, or many more rows where they can be."""
        if self.distance_m is not None and other.distance_m is not None:
            return self.distance_m < min(0.5 * other.distance_m, _NEAR_M) and other.distance_m - self.distance_m > 1000
        if self.code == other.code:
            # Axes that are exchanged move rows by some kilometres only: boxes are taken without room around them.
            for mine, others in zip(self.shares_inside, other.shares_inside, strict=True):
                if max(mine, others) >= _ENOUGH and abs(mine - others) > _MARGIN:
                    return mine > others
            # The box of a zone is too rough to exchange axes by, and enough to trust them as they stand.
            if not self.is_exchanged and self.share_in_zone >= _ENOUGH > other.share_in_zone + _MARGIN:
                return True
        return self.share > other.share + _MARGIN


def choose_plane(
    x: Floats,
    y: Floats,
    *,
    code: int | None,
    axes_are_told: bool,
    axes_are_said: bool = False,
    area: BBox | None = None,
    beside: Beside = nowhere,
    known: KnownPlaces | None = None,
    to_town_m: ToTown | None = None,
    x_is_east: bool = False,
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
        beside: Box of what is surely placed in the other layers, in EPSG:4326.
        known: Where they are by their addresses.
        to_town_m: Gives the distances of places to the nearest town. Where nothing else tells the axes, rows are put
            beside towns rather than far from all, and the axes stay open.
        x_is_east: The letter of `x` is X, for the words.
    """
    orders = (False,) if axes_are_said else (False, True)
    is_open = not (axes_are_told or axes_are_said)
    is_alone = code is not None and area is None and known is None
    placed = beside() if is_open or is_alone else None
    if code and placed and is_alone and _are_all_far(x, y, code, orders, placed):
        # Another zone may bring the rows to where all else is.
        among = choose_plane(
            x,
            y,
            code=code,
            axes_are_told=axes_are_told,
            axes_are_said=axes_are_said,
            area=placed,
            x_is_east=x_is_east,
        )
        if among.is_doubted:
            return replace(among, is_far_from_all=True)
    boxes = (area, placed if is_open else None)
    candidates = [
        _candidate(x, y, code=one, is_exchanged=is_exchanged, boxes=boxes, known=known, is_stated=code is not None)
        for one in ([code] if code else _possible_codes(x, y))
        for is_exchanged in orders
    ]
    if code and (known or area or max(one.share for one in candidates) < _ENOUGH):
        # Something may speak against what is stated.
        others = [in_datum(one, datum_of(code)) for one in _possible_codes(x, y)]
        candidates += [
            _candidate(x, y, code=one, is_exchanged=is_exchanged, boxes=boxes, known=known)
            for one in dict.fromkeys(others)
            if one != code
            for is_exchanged in orders
        ]
    # Stable: north first, as surveyors write, among equals.
    candidates.sort(
        key=lambda one: (
            -one.share if one.distance_m is None else one.distance_m,
            *(-share for share in one.shares_inside if one.distance_m is None),
            one.is_exchanged,
        )
    )
    best = next(one for one in candidates if code in (None, one.code))
    as_told = next(one for one in candidates if not one.is_exchanged and one.code == best.code)
    may_exchange = not axes_are_told or best.distance_m is not None or as_told.share == 0
    if not (best.beats(as_told) and may_exchange):
        best = as_told
    other = next((one for one in candidates if one.code == best.code and one.is_exchanged != best.is_exchanged), None)
    is_undecided = is_open and other is not None and best.distance_m is None and not best.beats(other)
    if to_town_m and other and is_undecided and _is_nearer_to_towns(other, best, x, y, to_town_m):
        best = other
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
        is_far_from_all=False,
        ranked=tuple(
            _ranked(one, x_is_east) for one in [best, *(one for one in candidates if one is not best)][:_KEPT]
        ),
    )


def _are_all_far(x: Floats, y: Floats, code: int, orders: Iterable[bool], box: BBox) -> bool:
    """Do all rows lie far outside of a box, whichever axis is north?"""
    for is_exchanged in orders:
        east, north = (y, x) if is_exchanged else (x, y)
        moved = transform(east, north, source=code, target=GEOGRAPHIC["jgd2011"])
        if share_within(moved.x, moved.y, [box]) > 0:
            return False
    return len(x) > 0


def _candidate(
    x: Floats,
    y: Floats,
    *,
    code: int,
    is_exchanged: bool,
    boxes: tuple[BBox | None, BBox | None],
    known: KnownPlaces | None,
    is_stated: bool = False,
) -> _Candidate:
    east, north = (y, x) if is_exchanged else (x, y)
    moved = transform(east, north, source=code, target=GEOGRAPHIC["jgd2011"])
    bounds = crs_of(code).area_of_use
    zone = BBox(*bounds.bounds) if bounds else None
    if zone and is_stated and utm_zone_of(code):
        zone = zone._replace(min_x=zone.min_x - _BESIDE_UTM_DEG, max_x=zone.max_x + _BESIDE_UTM_DEG)
    return _Candidate(
        code=code,
        is_exchanged=is_exchanged,
        share=share_within(moved.x, moved.y, [box for box in (zone, boxes[0]) if box]),
        shares_inside=(_share_inside(moved.x, moved.y, boxes[0]), _share_inside(moved.x, moved.y, boxes[1])),
        share_in_zone=_share_inside(moved.x, moved.y, zone),
        distance_m=known.distance_m(moved.x, moved.y) if known else None,
    )


def _share_inside(lon: Floats, lat: Floats, box: BBox | None) -> float:
    return 1 - len(outside_area(lon, lat, box)) / len(lon) if box and len(lon) else 0.0


def _is_nearer_to_towns(one: _Candidate, other: _Candidate, x: Floats, y: Floats, to_town_m: ToTown) -> bool:
    """Do most rows lie in towns by one reading, and far from any by the other?"""
    metres = []
    for each in (one, other):
        east, north = (y, x) if each.is_exchanged else (x, y)
        moved = transform(east, north, source=each.code, target=GEOGRAPHIC["jgd2011"])
        metres.append(float(np.median(to_town_m(moved.x, moved.y))) if len(x) else np.inf)
    return one.share >= _ENOUGH and metres[0] < _IN_TOWN_M and metres[1] > max(_FAR_FROM_TOWNS_M, 3 * metres[0])


def _ranked(one: _Candidate, x_is_east: bool) -> RankedReading:
    is_east = one.is_exchanged != x_is_east
    axes = Text("、Xが東", ", X is east") if is_east else Text("、Xが北", ", X is north")
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
