"""How far rows may lie from where they were put, by what was not decided or speaks against it."""

from collections.abc import Iterable, Mapping

import numpy as np

from gis_capture.locate import codes
from gis_capture.locate.crs import GEOGRAPHIC
from gis_capture.locate.datum import transform
from gis_capture.locate.evidence import KnownPlaces
from gis_capture.locate.numbers import Floats
from gis_capture.locate.settled import Settled
from gis_capture.model import Problem

DATUMS_APART_M = 450.0
"""What the Tokyo datum is off at the most."""
ZONE_REACH_M = 130_000.0
"""How far a zone of plane coordinates reaches to each side of its origin."""


def left_open_m(settled: Settled, lon: Floats, lat: Floats, known: KnownPlaces | None) -> Floats:
    """Metres from where rows were put to where the next best reading puts them; 0 where all was decided.

    Args:
        settled: How they were read.
        lon: Where they lie, degrees of JGD2011; NaN = nowhere.
        lat: Degrees.
        known: Where their addresses are.
    """
    metres = np.zeros(len(lon))
    if (other := _other_plane(settled)) is not None:
        moved = transform(*other[1:], source=other[0], target=GEOGRAPHIC["jgd2011"])
        metres = np.maximum(metres, _away_m(moved.x, moved.y, lon, lat))
    if settled.elsewhere:
        metres = np.maximum(metres, _away_m(*settled.elsewhere, lon, lat))
    if settled.is_datum_open() or codes.DATUM_DOUBTED in settled.doubts:
        metres = np.hypot(metres, DATUMS_APART_M)
    if known and codes.POSITIONS_FAR_FROM_ADDRESSES in settled.doubts:
        metres = np.maximum(metres, np.nan_to_num(known.distances_m(lon, lat)))
    return metres


def _away_m(x: Floats, y: Floats, lon: Floats, lat: Floats) -> Floats:
    return np.nan_to_num(KnownPlaces(x, y, np.zeros(len(lon))).distances_m(lon, lat), posinf=0.0)


_REACHING = (codes.ADDRESS_DISAGREES, codes.IDENTICAL_POSITIONS)


def apart_m(problems: Iterable[Problem]) -> Mapping[int, float]:
    """Metres between the place of a row and its address, by row number, where the two disagree.

    A place that was 0, 0 in a plane may be anywhere in its zone.
    """
    problems = tuple(problems)
    told = [one for one in problems if one.code in _REACHING and one.row_number and len(one.places) == 2]
    ends = np.array([place for one in told for place in one.places], np.float64).reshape(-1, 2, 2)
    known = KnownPlaces(ends[:, 1, 0], ends[:, 1, 1], np.zeros(len(ends)))
    away_m = known.distances_m(ends[:, 0, 0], ends[:, 0, 1])
    metres = dict.fromkeys((one.row_number or 0 for one in problems if one.code == codes.ON_ZONE_ORIGIN), ZONE_REACH_M)
    for one, away in zip(told, away_m.tolist(), strict=True):
        number = one.row_number or 0
        metres[number] = max(metres.get(number, 0.0), away)
    return metres


def _other_plane(settled: Settled) -> tuple[int, Floats, Floats] | None:
    """Code, east and north of another reading of plane coordinates that is as likely, or likelier than what is said."""
    reading, code = settled.reading, settled.stated.code
    if not code or reading.kind != "plane_xy":
        return None
    if codes.ZONE_DOUBTED in settled.doubts:
        chosen, other = [one for one in settled.ranked if one.about == "plane"][:2]
        is_exchanged = chosen.roles != other.roles
        return other.code, *((reading.y, reading.x) if is_exchanged else (reading.x, reading.y))
    return (code, reading.y, reading.x) if "plane" in settled.thin else None
