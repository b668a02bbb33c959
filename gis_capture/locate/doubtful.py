"""Tells of positions that can be read and yet are hardly true: where they lie, and where they should."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gis_capture.locate import codes, messages
from gis_capture.locate.addresses import Addresses, find_addresses
from gis_capture.locate.beyond import beyond_japan
from gis_capture.locate.checks import crowded, disagreements, outside_area, shared_positions
from gis_capture.locate.evidence import KnownPlaces
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.layouts import Columns
from gis_capture.locate.messages import fill
from gis_capture.locate.numbers import Floats, in_japan
from gis_capture.locate.rereading import Rereading
from gis_capture.locate.written import Written, written_addresses
from gis_capture.locate.zone_origins import Indexes, on_zone_origin
from gis_capture.model import BBox, Problem, Text

_FITTING_M = 1000.0
_MOST = 0.8
_FEW = 10

Reread = Callable[[Sequence[int]], Rereading | None]


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """Rows with their places, in degrees of JGD2011; NaN = none.

    Attributes:
        cells: What the row says of its place.
        row_numbers: As the user of the source sees them.
        column: Where the place is said; None for geometries.
        accuracies_m: Of the places; NaN = nothing that counts, as everywhere where it is None.
    """

    lon: Floats
    lat: Floats
    cells: Callable[[int], str]
    row_numbers: Sequence[int]
    column: str | None = None
    accuracies_m: Floats | None = None

    def beyond(self) -> Iterator[Problem]:
        """Places that are not in Japan."""
        found = beyond_japan(self.lon, self.lat)
        for code, is_so, message in (
            (codes.COORDINATES_SWAPPED, found.is_swapped, messages.SWAPPED_GEOMETRY),
            (codes.COORDINATE_OUTSIDE_JAPAN, found.is_beyond & ~found.is_swapped, messages.OUTSIDE_JAPAN),
        ):
            rows = np.flatnonzero(is_so).tolist()
            if len(rows) > max(_MOST * np.isfinite(self.lon).sum(), _FEW):
                text = fill(messages.MANY_ROWS, n_rows=len(rows), words=codes.TITLES[code])
                yield Problem(code, "warning", text, messages.CHECK_CITY_AND_CRS, column=self.column)
                continue
            for row in rows:
                yield self._problem(row, code, message)

    def alone(self, area: BBox | None) -> Iterator[Problem]:
        """What can be told of each row by itself: origins of zones, places outside an area."""
        for row in on_zone_origin(self.lon, self.lat).tolist():
            yield self._problem(row, codes.ON_ZONE_ORIGIN, messages.ON_ZONE_ORIGIN)
        is_in_japan = in_japan(self.lon, self.lat)
        if area is None:
            return
        outside = [row for row in outside_area(self.lon, self.lat, area).tolist() if is_in_japan[row]]
        if len(outside) > max(_MOST * np.isfinite(self.lon).sum(), _FEW):
            # That is one mistake and not as many as there are rows: `told_once` leaves the rows to their notes.
            message = fill(messages.MOSTLY_OUTSIDE_AREA, n_rows=len(outside))
            yield Problem(
                codes.POSITION_OUTSIDE_AREA, "warning", message, messages.CHECK_CITY_AND_CRS, column=self.column
            )
        for row in outside:
            lon, lat = _place(self.lon, self.lat, row)
            edge = min(max(lon, area.min_x), area.max_x), min(max(lat, area.min_y), area.max_y)
            yield self._problem(row, codes.POSITION_OUTSIDE_AREA, messages.OUTSIDE_AREA, edge)

    def together(self, written: Written | None, known: KnownPlaces | None = None) -> Iterator[Problem]:
        """Places that rows of different addresses share, row by row; without addresses, places of very many rows.

        Of rows that share a place, those whose address is just there are not to blame while others are elsewhere.

        Args:
            written: What the rows say of their addresses.
            known: Where those are.
        """
        groups = shared_positions(self.lon, self.lat)
        untold = []
        for rows in groups:
            n_places = written.n_places(rows.tolist()) if written else None
            if n_places is None:
                untold.append(rows)
            if not written or not n_places or n_places < 2:
                continue
            for row in self._odd(rows, known).tolist():
                words = {"n_rows": len(rows), "address": written.texts[row], "cells": "{cells}"}
                there = [_place(known.lon, known.lat, row)] if known and np.isfinite(known.lon[row]) else []
                message = fill(messages.IDENTICAL_POSITIONS_ELSEWHERE, **words)
                yield self._problem(row, codes.IDENTICAL_POSITIONS, message, *there)
        for rows in crowded(groups, int(np.isfinite(self.lon).sum())):
            if any(rows is one for one in untold):
                message = fill(messages.IDENTICAL_POSITIONS, n_rows=len(rows), cells="{cells}")
                for row in rows.tolist():
                    yield self._problem(row, codes.IDENTICAL_POSITIONS, message)

    def _odd(self, rows: Indexes, known: KnownPlaces | None) -> Indexes:
        """Those of some rows that are not where their address is; all of them where that tells nothing."""
        if known is None:
            return rows
        away_m = known.of_rows(rows).distances_m(self.lon[rows], self.lat[rows])
        odd: Indexes = rows[~(away_m <= known.reach_m[rows])]
        return odd if len(odd) else rows

    def against(self, addresses: Addresses, known: KnownPlaces, otherwise: Reread | None = None) -> Iterator[Problem]:
        """The rows that lie further from their address, or the town of their lot, than that reaches.

        Args:
            addresses: Of the rows.
            known: Where those are.
            otherwise: Reads some rows in another way; where that brings one to its address, it is told.
        """
        accuracies_m = np.full(len(self.lon), np.nan) if self.accuracies_m is None else self.accuracies_m
        disagreeing = list(disagreements(self.lon, self.lat, accuracies_m, addresses, known))
        rows = np.array([found.row for found in disagreeing], np.intp)
        other = otherwise(rows.tolist()) if otherwise and disagreeing else None
        nearer_m = known.of_rows(rows).distances_m(other.lon, other.lat) if other else np.full(len(rows), np.nan)
        for found, metres in zip(disagreeing, nearer_m.tolist(), strict=True):
            distance = messages.format_distance(found.distance_m)
            words = {"distance": distance, "address": found.address, "name": found.name}
            message = fill(messages.ADDRESS_DISAGREES, **words, cells=self.cells(found.row))
            there = _place(known.lon, known.lat, found.row)
            suggestion = messages.CHECK_PLACE
            if other and metres <= max(float(known.reach_m[found.row]), _FITTING_M):
                near = messages.format_distance(metres)
                suggestion = fill(messages.FITS_OTHERWISE, words=other.words, distance=near)
            yield self._problem(found.row, codes.ADDRESS_DISAGREES, message, there, suggestion=suggestion)

    def _problem(
        self,
        row: int,
        code: str,
        message: Text,
        *others: tuple[float, float],
        suggestion: Text = messages.CHECK_PLACE,
    ) -> Problem:
        if "{cells}" in message.ja:
            message = fill(message, cells=self.cells(row))
        places = (_place(self.lon, self.lat, row), *others)
        number = self.row_numbers[row]
        return Problem(code, "warning", message, suggestion, number, self.column, places=places)


def check_geometries(
    columns: Columns, lon: Floats, lat: Floats, gazetteer: Gazetteer | None, *, row_numbers: Sequence[int]
) -> Iterator[Problem]:
    """Tells what is doubtful about geometries that a source brings, such as parcels far from their town.

    Args:
        columns: Texts by column name.
        lon: A point of each geometry, degrees of JGD2011; NaN = none.
        lat: Degrees.
        gazetteer: Knows where their towns are.
        row_numbers: As the user of the source sees them.
    """
    rows = PlacedRows(lon, lat, lambda row: f"{lat[row]:.5f}, {lon[row]:.5f}", row_numbers)
    area = gazetteer.area_of(gazetteer.home) if gazetteer and gazetteer.home else None
    yield from rows.beyond()
    yield from rows.alone(area)
    addresses = find_addresses(columns, gazetteer) if gazetteer else None
    known = KnownPlaces(*addresses.points()) if addresses else None
    if written := written_addresses(columns, addresses):
        # Without addresses nothing speaks against several things in one place.
        yield from rows.together(written, known)
    if addresses and known:
        yield from rows.against(addresses, known)


def _place(lon: Floats, lat: Floats, row: int) -> tuple[float, float]:
    return round(float(lon[row]), 7), round(float(lat[row]), 7)
