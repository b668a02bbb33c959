"""Latitude or longitude, decimals or minutes and seconds: which reading the rows and their addresses bear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from gis_capture.locate import messages
from gis_capture.locate.crs import GEOGRAPHIC
from gis_capture.locate.evidence import About, KnownPlaces, RankedReading, share_within
from gis_capture.locate.layouts import Columns, Layout
from gis_capture.locate.numbers import SURE_LOG_ODDS, Floats, Notation
from gis_capture.locate.reading import Reading, read_layout
from gis_capture.locate.settled import Settled
from gis_capture.model import BBox, Text

OTHER_NOTATION: Mapping[Notation, Notation] = {"decimal": "packed_dms", "packed_dms": "decimal"}
"""What numbers without marks may be instead."""
_DOUBTFUL_LOG_ODDS = 12.0
_POSSIBLE_SHARE = 0.8
_MARGIN = 0.2


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
    places = known.of_rows(rows) if known else None
    best = replace(
        _ranked("notation", messages.NOTATIONS[meaning.notation], x, y, area, places), notation=meaning.notation
    )
    rival = replace(
        _ranked("notation", messages.NOTATIONS[other.meaning.notation], other.x, other.y, area, places),
        notation=other.meaning.notation,
    )
    is_told = meaning.notation != "decimal" or meaning.scale or meaning.log_odds <= _DOUBTFUL_LOG_ODDS
    if rival.share < _POSSIBLE_SHARE or not (is_told or _is_clear(rival, best)):
        return settled
    if _is_clear(rival, best):
        best, rival = rival, best
        reading = reread_degrees(columns, reading, range(len(reading.x)))
    is_thin = not _is_clear(best, rival) and (best.distance_m is not None or meaning.log_odds < SURE_LOG_ODDS)
    thin: frozenset[About] = settled.thin | {"notation"} if is_thin else settled.thin
    return replace(settled, reading=reading, ranked=(*settled.ranked, best, rival), thin=thin)


def _ranked(
    about: About, words: Text, x: Floats, y: Floats, area: BBox | None, known: KnownPlaces | None
) -> RankedReading:
    distance_m = known.distance_m(x, y) if known else None
    share = share_within(x, y, [area] if area else [])
    return RankedReading(
        words, GEOGRAPHIC["jgd2011"], round(share, 3), None if distance_m is None else round(distance_m), about
    )


def _is_clear(one: RankedReading, other: RankedReading) -> bool:
    """Is one reading clearly better: half as far from the addresses, or with many more rows where they can be?"""
    if one.distance_m is not None and other.distance_m is not None:
        return 2 * one.distance_m < other.distance_m
    return one.share > other.share + _MARGIN


def reread_degrees(columns: Columns, reading: Reading, rows: Sequence[int]) -> Reading:
    """Reads some rows in the other notation."""
    some = {name: [columns[name][row] for row in rows] for (name,) in reading.layout.columns.values()}
    return read_layout(some, _other_layout(reading))


def _other_layout(reading: Reading) -> Layout:
    notation = OTHER_NOTATION[reading.meaning.notation]
    return replace(reading.layout, notation=notation, scale=reading.meaning.scale)
