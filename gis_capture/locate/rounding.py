"""What the number of written digits leaves open."""

import re
import unicodedata
from collections.abc import Iterable

import numpy as np

from gis_capture.locate.angles import parse_angle, parse_pair, with_point
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Bools, Floats
from gis_capture.locate.reading import Reading

_M_PER_DEG = 111_320.0
_DECIMALS = re.compile(r"[.．]([0-9０-９]+)")
# How programs print whole degrees.
_PRINTED = re.compile(r"\s*[0-9０-９]+[.．][0０]\D*")
# Finest first, so that the coarsest unit that both numbers are whole in stays.
_DECIMAL_UNITS_DEG = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_DMS_UNITS_DEG = (0.1 / 3600, 1 / 3600, 1 / 60, 1.0)
_PLANE_UNITS_M = (1.0, 10.0, 100.0, 1000.0)
_RADIUS = np.sqrt(2) / 2
"""Of a square of one unit: its corners are so far from its middle."""
_SURVEYED_M = 1.0
"""No ledger says how well it was surveyed; no plane coordinate is called better, however many digits it has."""


def rounding_m(reading: Reading, columns: Columns) -> Floats:
    """The radius in metres that the last written digit leaves, by row; NaN where it is below a metre.

    Both numbers have to end early: one of them does so by chance in one row of ten. Zeros that were written count.
    """
    if reading.cells is not None:
        return reading.cells.radii_m()
    if reading.units_m is not None:
        return np.where(reading.units_m > 1, reading.units_m / np.sqrt(2), np.nan)
    if reading.kind == "plane_xy":
        return _of_plane(reading, columns)
    radii = np.full(len(reading.x), np.nan)
    is_dms = reading.is_dms | (reading.kind == "packed_dms")
    if reading.is_deviating is not None:
        is_dms &= ~reading.is_deviating
    for units_deg, rows in ((_DECIMAL_UNITS_DEG, ~is_dms), (_DMS_UNITS_DEG, is_dms)):
        for unit_deg in units_deg if rows.any() else ():
            is_whole = _are_whole(reading.x, reading.y, unit_deg)
            if reading.meaning.scale and not is_whole[reading.is_valid].all():
                # 137260000 beside 137251823 has all of its zeros written.
                continue
            radii[rows & is_whole] = unit_deg * _RADIUS * _M_PER_DEG
    for row in np.flatnonzero(~is_dms & (radii > 0)).tolist() if reading.meaning.scale == 0 else ():
        if n_written := n_decimals(text for text in _cells(reading, columns, row) if not _PRINTED.fullmatch(text)):
            radius_m = 10.0**-n_written * _RADIUS * _M_PER_DEG
            radii[row] = np.nan if radius_m < 1 else min(radii[row], radius_m)
    for row in np.flatnonzero(is_dms).tolist():
        if finest_deg := _minutes_unit_deg(reading, columns, row):
            radius_m = finest_deg * _RADIUS * _M_PER_DEG
            radii[row] = np.nan if radius_m < 1 else radius_m
    return radii


def _of_plane(reading: Reading, columns: Columns) -> Floats:
    """Half of the last written digit; whole numbers count as rounded as far as both end in zeros."""
    cells = [columns[name] for names in reading.layout.columns.values() for name in names]
    units_m = np.full(len(reading.x), np.nan)
    for unit_m in _PLANE_UNITS_M:
        units_m[_are_whole(reading.x, reading.y, unit_m)] = unit_m
    for row, texts in enumerate(zip(*cells, strict=True)):
        if n_written := n_decimals(text or "" for text in texts):
            is_km = any("km" in unicodedata.normalize("NFKC", text or "").lower() for text in texts)
            units_m[row] = 10.0**-n_written * (1000 if is_km else reading.scale_m)
    radii: Floats = np.maximum(np.nan_to_num(units_m) * _RADIUS, _SURVEYED_M)
    return radii


def _minutes_unit_deg(reading: Reading, columns: Columns, row: int) -> float | None:
    """What the last digit of decimal minutes stands for, and of decimal seconds; None where neither has decimals."""
    if reading.layout.form == "parts":
        written = [[(columns[name][row] or "").strip() for name in names] for names in reading.layout.columns.values()]
        units_deg = [_unit_deg(parts) for parts in written]
    elif reading.meaning.notation == "packed_dm":
        n_written = n_decimals(_cells(reading, columns, row))
        units_deg = [10.0**-n_written / 60] if n_written else []
    else:
        cells = list(_cells(reading, columns, row))
        angles = (parse_pair(cells[0]) or ()) if len(cells) == 1 else map(parse_angle, cells)
        units_deg = [one.unit_deg for one in angles if one and one.is_dms]
    finest = min(units_deg, default=0.0)
    # Whole minutes and whole seconds are told by the numbers.
    return None if not finest or any(abs(finest * n - 1) < 1e-9 for n in (1, 60, 3600)) else finest


def _unit_deg(parts: Iterable[str]) -> float:
    filled = [(power, text) for power, text in enumerate(parts) if text]
    power, text = filled[-1] if filled else (0, "")
    return 10.0 ** -n_decimals([text]) / 60.0**power


def _cells(reading: Reading, columns: Columns, row: int) -> Iterable[str]:
    return (columns[name][row] or "" for group in reading.layout.columns.values() for name in group)


def n_decimals(cells: Iterable[str]) -> int:
    """The most decimals that any of some cells has, as they are written."""
    return max((len(digits) for cell in cells for digits in _DECIMALS.findall(with_point(cell))), default=0)


def _are_whole(x: Floats, y: Floats, unit: float) -> Bools:
    is_whole = np.ones(len(x), bool)
    for values in (x, y):
        units = values / unit
        is_whole &= np.abs(units - np.round(units)) < 1e-5
    return is_whole
