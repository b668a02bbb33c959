"""Latitude or longitude, decimals or minutes and seconds: which reading the rows and their addresses bear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from gis_capture.locate import messages
from gis_capture.locate.checks import outside_area
from gis_capture.locate.crs import GEOGRAPHIC
from gis_capture.locate.evidence import About, KnownPlaces, RankedReading, share_within
from gis_capture.locate.layouts import Columns, Layout
from gis_capture.locate.numbers import (
    SURE_LOG_ODDS,
    SURE_PRIOR_LOG_ODDS,
    Floats,
    Notation,
    has_four_decimals,
    has_packed_digits,
)
from gis_capture.locate.reading import Reading, read_layout
from gis_capture.locate.rounding import n_decimals
from gis_capture.locate.settled import Settled
from gis_capture.model import BBox, Text

OTHER_NOTATION: Mapping[Notation, Notation] = {"decimal": "packed_dms", "packed_dms": "decimal"}
"""What numbers without marks may be instead."""
_DOUBTFUL_LOG_ODDS = 12.0
_SURE_LONG_LOG_ODDS = 2.0
_N_PACKED_DECIMALS = 4
_POSSIBLE_SHARE = 0.8
_MARGIN = 0.2
_NEAR_M = 20_000.0


def settle_degrees(columns: Columns, settled: Settled, *, area: BBox | None, known: KnownPlaces | None) -> Settled:
    """Decides order and notation.

    Args:
        columns: Texts by column name.
        settled: As the columns look by themselves.
        area: Where the rows should be, in EPSG:4326.
        known: Where they are by their addresses, parallel to the rows.
    """
    return _settle_notation(columns, _settle_order(settled, area, known), area, known)


def _settle_order(settled: Settled, area: BBox | None, known: KnownPlaces | None) -> Settled:
    """Keeps what speaks for an order that the headers do not have; in Japan no latitude can be a longitude."""
    reading = settled.reading
    if not reading.is_swapped_throughout():
        return settled
    rows = reading.sample()
    x, y = reading.x[rows], reading.y[rows]
    told = {name: role for role, (name,) in reading.layout.columns.items()}
    headed = dict(zip(told, reversed(told.values()), strict=True))
    places = known.of_rows(rows) if known else None
    ranked = (
        replace(_ranked("order", messages.EXCHANGED, x, y, area, places), roles=told),
        replace(_ranked("order", messages.AS_HEADED, y, x, area, places), roles=headed),
    )
    return replace(settled, ranked=settled.ranked + ranked)


def _settle_notation(columns: Columns, settled: Settled, area: BBox | None, known: KnownPlaces | None) -> Settled:
    """Compares decimals with minutes and seconds by some hundred rows, where both are possible."""
    reading, meaning = settled.reading, settled.reading.meaning
    if reading.layout.notation is not None or meaning.notation not in OTHER_NOTATION:
        return settled
    rows = reading.sample(~reading.is_empty & ~reading.is_sentinel & ~reading.is_dms)
    x, y = reading.x[rows], reading.y[rows]
    other = reread_degrees(columns, reading, np.flatnonzero(rows).tolist())
    # The two are kilometres apart: one address is enough to tell.
    places = replace(known.of_rows(rows), min_rows=1) if known else None
    best = replace(
        _ranked("notation", messages.NOTATIONS[meaning.notation], x, y, area, places), notation=meaning.notation
    )
    rival = replace(
        _ranked("notation", messages.NOTATIONS[other.meaning.notation], other.x, other.y, area, places),
        notation=other.meaning.notation,
    )
    is_told = meaning.notation != "decimal" or meaning.scale or meaning.log_odds <= _DOUBTFUL_LOG_ODDS
    inside = [_share_inside(one, area) for one in ((x, y), (other.x, other.y))]
    is_other = _is_clear(rival, best, inside[::-1]) and not (rival.distance_m or 0) > _NEAR_M
    if rival.share < _POSSIBLE_SHARE or not (is_told or is_other):
        return settled
    is_clear = is_other or _is_clear(best, rival, inside)
    could_be_either = meaning.notation != "decimal" or _could_be_packed(x, y, other)
    sure_log_odds = SURE_LOG_ODDS
    if meaning.notation == "decimal" and not meaning.scale:
        # 35.3045 is how minutes and seconds are packed; of 35.304512 it takes many rows to believe it.
        is_short = has_four_decimals(x, y) and _most_decimals(columns, reading.layout) <= _N_PACKED_DECIMALS
        sure_log_odds = SURE_PRIOR_LOG_ODDS if is_short else _SURE_LONG_LOG_ODDS
    is_thin = not is_clear and (best.distance_m is not None or (could_be_either and meaning.log_odds < sure_log_odds))
    if is_thin:
        whole = reread_degrees(columns, reading, range(len(reading.x)))
        settled = replace(settled, thin=settled.thin | {"notation"}, elsewhere=(whole.x, whole.y))
    elif is_other:
        settled = replace(settled, reading=reread_degrees(columns, reading, range(len(reading.x))))
        best, rival = rival, best
    return replace(settled, ranked=(*settled.ranked, best, rival))


def _ranked(
    about: About, words: Text, x: Floats, y: Floats, area: BBox | None, known: KnownPlaces | None
) -> RankedReading:
    distance_m = known.distance_m(x, y) if known else None
    share = share_within(x, y, [area] if area else [])
    return RankedReading(
        words, GEOGRAPHIC["jgd2011"], round(share, 3), None if distance_m is None else round(distance_m), about
    )


def _is_clear(one: RankedReading, other: RankedReading, inside: Sequence[float]) -> bool:
    """Is one reading clearly better: half as far from the addresses, or with many more rows where they can be?

    Args:
        one: This.
        other: Beside it.
        inside: The shares of both that lie in the area itself, without the room that is left around it.
    """
    if one.distance_m is not None and other.distance_m is not None:
        return 2 * one.distance_m < other.distance_m
    return one.share > other.share + _MARGIN or (inside[0] >= _POSSIBLE_SHARE and inside[0] > inside[1] + _MARGIN)


def _share_inside(places: tuple[Floats, Floats], area: BBox | None) -> float:
    if area is None or not len(places[0]):
        return 0.0
    is_placed = np.isfinite(places[0])
    return float(is_placed.sum() - len(outside_area(*places, area))) / len(is_placed)


def _most_decimals(columns: Columns, layout: Layout) -> int:
    """So many are written, zeros included."""
    return n_decimals(text or "" for names in layout.columns.values() for name in names for text in columns[name])


def _could_be_packed(lon: Floats, lat: Floats, packed: Reading) -> bool:
    """Are all of some decimals, by their digits and by where they would lie?"""
    is_known = np.isfinite(lon) & np.isfinite(lat)
    return bool((has_packed_digits(lon, lat) & packed.is_valid)[is_known].all())


def reread_degrees(columns: Columns, reading: Reading, rows: Sequence[int]) -> Reading:
    """Reads some rows in the other notation."""
    some = {name: [columns[name][row] for row in rows] for (name,) in reading.layout.columns.values()}
    return read_layout(some, _other_layout(reading))


def _other_layout(reading: Reading) -> Layout:
    notation = OTHER_NOTATION[reading.meaning.notation]
    return replace(reading.layout, notation=notation, scale=reading.meaning.scale)
