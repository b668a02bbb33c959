"""Columns that mix decimals with minutes and seconds: each row is judged for itself, by its address and other rows."""

from dataclasses import dataclass, replace

import numpy as np

from gis_capture.locate.degrees import reread_degrees
from gis_capture.locate.evidence import KnownPlaces
from gis_capture.locate.gazetteer.spots import distances_m
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Bools, Floats, Meaning, has_packed_digits, in_japan, to_degrees
from gis_capture.locate.reading import Reading
from gis_capture.locate.settled import Settled

_PACKED = Meaning("packed_dms", 0, 0.0)
_FITTING_M = 1000.0
_REACH_FACTOR = 1.5
_NEAREST_M = 3000.0
# Both ends of a decimal number look like seconds in so many of them where its minutes always do.
_SHARE_BY_CHANCE = 0.36
_SIGMAS = 4.5


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Where the rows would lie in the other notation, degrees, and in which rows it is possible."""

    x: Floats
    y: Floats
    is_possible: Bools


def read_otherwise(columns: Columns, reading: Reading) -> OtherReading:
    """Reads all rows as packed where they are taken for decimals, and the other way round."""
    is_plain = ~reading.is_dms
    if reading.is_deviating is not None:
        is_plain &= ~reading.is_deviating
    if reading.meaning.notation == "decimal":
        x, y = to_degrees(reading.x, _PACKED), to_degrees(reading.y, _PACKED)
        is_plain &= has_packed_digits(reading.x, reading.y)
    else:
        other = reread_degrees(columns, reading, range(len(reading.x)))
        x, y = other.x, other.y
    return OtherReading(x, y, is_plain & in_japan(x, y))


def settle_rows(columns: Columns, settled: Settled, known: KnownPlaces | None) -> Settled:
    """Reads single rows in the other notation where their address or the other rows say so; what stays open is kept.

    Args:
        columns: Texts by column name.
        settled: The notation of the table is decided.
        known: Where the rows are by their addresses, parallel to them.
    """
    reading = settled.reading
    other = read_otherwise(columns, reading)
    if not other.is_possible.any():
        return settled
    is_other, is_same = _by_addresses(reading, other, known)
    # A packed number with sixty minutes is none.
    is_other |= other.is_possible & ~reading.is_valid & ~is_same
    is_undecided = other.is_possible & ~is_other & ~is_same
    is_moved, is_open = _by_rows(reading, other, is_other, is_undecided)
    if is_other.any() or is_moved.any() or _are_too_many(reading, other):
        is_open |= is_undecided & ~is_moved & _are_alike(reading, other, is_other | is_moved)
    is_other |= is_moved
    is_open |= is_moved
    if not (is_other.any() or is_open.any()):
        return settled
    here = (np.where(is_open, there, np.nan) for there in (other.x, other.y))
    if is_moved.any():
        here = (np.where(is_moved, axis, rest) for axis, rest in zip((reading.x, reading.y), here, strict=True))
    elsewhere_x, elsewhere_y = here
    return replace(settled, reading=_with_rows(reading, other, is_other), elsewhere=(elsewhere_x, elsewhere_y))


def _by_addresses(reading: Reading, other: OtherReading, known: KnownPlaces | None) -> tuple[Bools, Bools]:
    none = np.zeros(len(reading.x), bool)
    if known is None:
        return none, none
    here_m, there_m = known.distances_m(reading.x, reading.y), known.distances_m(other.x, other.y)
    here_m = np.where(reading.is_valid, here_m, np.inf)
    fitting_m = np.maximum(known.reach_m, _FITTING_M)
    is_near = here_m <= _REACH_FACTOR * fitting_m
    is_other = other.is_possible & ~is_near & (there_m <= fitting_m) & (2 * there_m < here_m)
    is_same: Bools = is_near & ~(there_m <= fitting_m)
    return is_other, is_same


def _by_rows(reading: Reading, other: OtherReading, is_other: Bools, is_undecided: Bools) -> tuple[Bools, Bools]:
    """Undecided rows that lie among the others only in the other notation, and those that lie beside them anyway."""
    none = np.zeros(len(reading.x), bool)
    x, y = np.where(is_other, other.x, reading.x), np.where(is_other, other.y, reading.y)
    is_sure = (reading.is_valid | is_other) & ~is_undecided
    if reading.meaning.notation != "decimal" and not is_sure.any():
        # Of packed numbers none is sure, but most are right.
        is_sure = reading.is_valid
    if not is_sure.any() or not is_undecided.any():
        return none, none
    middle_x, middle_y = np.median(x[is_sure]), np.median(y[is_sure])

    def away_m(lon: Floats, lat: Floats) -> Floats:
        return np.asarray(distances_m(lon - middle_x, lat - middle_y, np.full(len(lat), middle_y)))

    reach_m = max(_NEAREST_M, _REACH_FACTOR * float(np.percentile(away_m(x[is_sure], y[is_sure]), 90)))
    is_away = is_undecided & (away_m(reading.x, reading.y) > 2 * reach_m)
    there_m = away_m(other.x, other.y)
    return is_away & (there_m <= reach_m), is_away & (there_m > reach_m) & (there_m <= 2 * reach_m)


def _are_too_many(reading: Reading, other: OtherReading) -> bool:
    """Do more decimals end like seconds than can by chance?"""
    if reading.meaning.notation != "decimal":
        return False
    rows = reading.is_valid & has_packed_digits(reading.x, reading.y)
    places = np.unique(reading.x[rows] + 1j * reading.y[rows])
    n_fitting = len(np.unique(reading.x[other.is_possible] + 1j * reading.y[other.is_possible]))
    by_chance = _SHARE_BY_CHANCE * len(places)
    return n_fitting > by_chance + _SIGMAS * float(np.sqrt(by_chance * (1 - _SHARE_BY_CHANCE)))


def _are_alike(reading: Reading, other: OtherReading, is_other: Bools) -> Bools:
    """Rows that lie among all others in either notation."""
    x, y = np.where(is_other, other.x, reading.x), np.where(is_other, other.y, reading.y)
    is_placed = np.isfinite(x)
    boxes = [(np.min(axis[is_placed]), np.max(axis[is_placed])) for axis in (x, y)]
    inside = np.ones(len(x), bool)
    for axis, (low, high) in zip((other.x, other.y), boxes, strict=True):
        pad = _NEAREST_M / 111_320
        inside &= (axis >= low - pad) & (axis <= high + pad)
    return inside


def _with_rows(reading: Reading, other: OtherReading, is_other: Bools) -> Reading:
    x, y = np.where(is_other, other.x, reading.x), np.where(is_other, other.y, reading.y)
    moved = replace(reading, x=x, y=y, is_valid=reading.is_valid | is_other)
    if reading.meaning.notation == "decimal":
        return replace(moved, is_dms=reading.is_dms | is_other, is_packed=is_other)
    before = np.zeros(len(x), bool) if reading.is_deviating is None else reading.is_deviating
    return replace(moved, is_deviating=before | is_other)
