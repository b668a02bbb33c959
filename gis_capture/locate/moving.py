"""Takes rows from the CRS in which they are read to that of their layer."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from shapely import Polygon

from gis_capture.locate import codes
from gis_capture.locate.crs import GEOGRAPHIC, datum_of
from gis_capture.locate.datum import Moved, transform
from gis_capture.locate.numbers import Floats, in_japan
from gis_capture.locate.reading import Reading
from gis_capture.locate.settled import Settled
from gis_capture.locate.stated import Stated


def move_cells(settled: Settled, target: int, grids_dir: Path | None) -> Sequence[Polygon | None]:
    """The cells of mesh codes in the target CRS, each corner moved by itself; None for rows without a position."""
    reading = settled.reading
    assert reading.cells is not None
    corners = [np.where(reading.is_valid[:, None], axis, np.nan) for axis in reading.cells.corners()]
    four = replace(
        reading,
        x=corners[0].ravel(),
        y=corners[1].ravel(),
        is_valid=np.repeat(reading.is_valid, 4),
        is_empty=np.repeat(reading.is_empty, 4),
        is_incomplete=np.repeat(reading.is_incomplete, 4),
        is_sentinel=np.repeat(reading.is_sentinel, 4),
    )
    row_codes = settled.stated.row_codes
    stated = replace(settled.stated, row_codes=None if row_codes is None else np.repeat(row_codes, 4))
    moved, _ = move_rows(four, stated, target, grids_dir)
    rings = np.stack([moved.x, moved.y], axis=1).reshape(-1, 4, 2)
    is_there = np.isfinite(rings).all(axis=(1, 2))
    areas = np.full(len(rings), None, dtype=object)
    areas[is_there] = shapely.polygons(rings[is_there])
    made: list[Polygon | None] = areas.tolist()
    return made


def move_rows(reading: Reading, stated: Stated, target: int, grids_dir: Path | None) -> tuple[Moved, list[str | None]]:
    """Takes all valid rows to the target, group by group of the same CRS, and gives the reason for the others."""
    n_rows = len(reading.x)
    is_plane = reading.is_plane
    default = stated.code or (0 if is_plane else GEOGRAPHIC[datum_of(target)])
    row_codes = np.full(n_rows, default, np.int64)
    if stated.row_codes is not None:
        row_codes = np.where(stated.row_codes > 0, stated.row_codes, default)
    result = Moved(np.full(n_rows, np.nan), np.full(n_rows, np.nan), np.full(n_rows, np.nan), np.zeros(n_rows, bool))
    for code in np.unique(row_codes[reading.is_valid]).tolist():
        if code == 0:
            continue
        rows = reading.is_valid & (row_codes == code)
        part = transform(reading.x[rows], reading.y[rows], source=code, target=target, grids_dir=grids_dir)
        result.x[rows], result.y[rows] = part.x, part.y
        result.accuracies_m[rows], result.is_gap[rows] = part.accuracies_m, part.is_gap
        for step, is_used in part.steps.items():
            used = np.zeros(n_rows, bool)
            used[rows] = is_used
            result = replace(result, steps=result.with_steps(used, step))
        result = replace(result, missing_grid=result.missing_grid or part.missing_grid)
    if is_plane:
        lonlat = transform(result.x, result.y, source=target, target=GEOGRAPHIC[datum_of(target)])
        is_outside = ~in_japan(lonlat.x, lonlat.y)
        result.x[is_outside], result.y[is_outside] = np.nan, np.nan
    return result, _reasons(reading, result.x, row_codes)


def _reasons(reading: Reading, x: Floats, row_codes: np.ndarray) -> list[str | None]:
    reasons: list[str | None] = [None] * len(x)
    for row in np.flatnonzero(~np.isfinite(x)).tolist():
        if reading.is_empty[row]:
            reasons[row] = codes.POSITION_MISSING
        elif reading.is_sentinel[row]:
            reasons[row] = codes.COORDINATE_SENTINEL
        elif reading.is_incomplete[row]:
            reasons[row] = codes.COORDINATE_INCOMPLETE
        elif not np.isfinite(reading.x[row]) or not np.isfinite(reading.y[row]):
            reasons[row] = codes.COORDINATE_UNREADABLE
        elif row_codes[row] == 0 and reading.is_valid[row]:
            reasons[row] = codes.CRS_UNKNOWN
        else:
            reasons[row] = codes.COORDINATE_OUTSIDE_JAPAN
    return reasons
