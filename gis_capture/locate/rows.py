"""Gives every row of a table its position."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from gis_capture.locate import codes, messages
from gis_capture.locate.crs import GEOGRAPHIC, crs_of, datum_of, parse_crs
from gis_capture.locate.datum import Moved, transform
from gis_capture.locate.find import describe, read_positions
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Floats, in_japan
from gis_capture.locate.plane import PlaneChoice, choose_plane
from gis_capture.locate.reading import Reading
from gis_capture.locate.result import NO_COORDINATES, Located
from gis_capture.locate.stated import Stated, stated_crs
from gis_capture.locate.telling import Teller
from gis_capture.model import BBox, Problem

_METHODS = {
    "lonlat_columns": "coordinates",
    "latlon_in_one": "coordinates",
    "dms_columns": "dms",
    "packed_dms": "dms",
    "plane_xy": "plane",
    "mesh_code": "mesh",
}
_M_PER_DEG = 111_320.0
_COARSE_M = 50.0


def locate_rows(
    columns: Columns,
    *,
    crs: str | None,
    layer_crs: str,
    row_numbers: Sequence[int] | None = None,
    context: Sequence[str] = (),
    area: BBox | None = None,
    grids_dir: Path | None = None,
) -> Located:
    """Gives every row its position, with the method, the accuracy and what was read.

    Args:
        columns: Texts by column name, all of one length; None or "" = empty.
        crs: What a person says of the coordinates ("EPSG:6675", "平面直角座標系第7系"); None = what the source says.
        layer_crs: CRS of the points that come out.
        row_numbers: Numbers of the rows as the user of the source sees them, for the problems; None = 1, 2, 3 …
        context: Title, sheet name, notes beside the table: they may name the CRS.
        area: Where the rows should be, in EPSG:4326; decides between zones of plane coordinates.
        grids_dir: Folder of datum grids (TKY2JGD.tif …).

    Raises:
        CRSError: `crs` or `layer_crs` is not known.
    """
    n_rows = max((len(values) for values in columns.values()), default=0)
    numbers = row_numbers if row_numbers is not None else range(1, n_rows + 1)
    target = parse_crs(layer_crs)
    wanted = parse_crs(crs) if crs else None
    reading = read_positions(columns, wants_plane=crs_of(wanted).is_projected) if wanted else None
    reading = reading or read_positions(columns)
    if reading is None:
        found = (Problem(codes.NO_COORDINATES, "warning", *messages.NO_COORDINATES),) if n_rows else ()
        nothing: list[None] = [None] * n_rows
        return Located(
            [*nothing], [*nothing], [*nothing], [*nothing], [codes.NO_COORDINATES] * n_rows, found, NO_COORDINATES
        )

    teller = Teller(reading, columns, numbers)
    stated = stated_crs(columns, reading, context)
    choice = None
    if reading.kind == "plane_xy":
        reading, stated, choice = _settle_plane(reading, stated, wanted, area)
    elif wanted:
        stated = Stated(GEOGRAPHIC[datum_of(wanted)] if crs_of(wanted).is_projected else wanted)
    moved, reasons = _move(reading, stated, target, grids_dir)
    problems = [*teller.table_problems(stated, choice, moved), *teller.row_problems(reasons)]
    return _located(reading, stated, moved, reasons, tuple(problems), teller)


def _settle_plane(
    reading: Reading, stated: Stated, wanted: int | None, area: BBox | None
) -> tuple[Reading, Stated, PlaneChoice]:
    stated = Stated(wanted) if wanted and crs_of(wanted).is_projected else stated
    is_valid = reading.is_valid
    choice = choose_plane(
        reading.x[is_valid],
        reading.y[is_valid],
        code=stated.code,
        axes_are_told=reading.layout.axes_are_told,
        area=area,
    )
    if choice.is_exchanged:
        layout = replace(reading.layout, columns={"x": reading.layout.columns["y"], "y": reading.layout.columns["x"]})
        reading = replace(reading, x=reading.y, y=reading.x, layout=layout)
    return reading, stated if stated.code else Stated(choice.code, is_found=choice.code is not None), choice


def _move(reading: Reading, stated: Stated, target: int, grids_dir: Path | None) -> tuple[Moved, list[str | None]]:
    """Takes all valid rows to the target, group by group of the same CRS, and gives the reason for the others."""
    n_rows = len(reading.x)
    is_plane = reading.kind == "plane_xy"
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
        operations = tuple(dict.fromkeys((*result.operations, *part.operations)))
        result = replace(result, operations=operations, missing_grid=result.missing_grid or part.missing_grid)
    if is_plane:
        _drop_outside_japan(result, target)
    return result, _reasons(reading, result, row_codes)


def _drop_outside_japan(moved: Moved, target: int) -> None:
    lonlat = transform(moved.x, moved.y, source=target, target=GEOGRAPHIC[datum_of(target)])
    is_outside = ~in_japan(lonlat.x, lonlat.y)
    moved.x[is_outside], moved.y[is_outside] = np.nan, np.nan


def _reasons(reading: Reading, moved: Moved, row_codes: np.ndarray) -> list[str | None]:
    reasons: list[str | None] = [None] * len(moved.x)
    for row in np.flatnonzero(~np.isfinite(moved.x)).tolist():
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


def _rounding_m(reading: Reading) -> Floats:
    """The radius that the last written digit leaves, metres; NaN where it is below a metre."""
    if reading.radii_m is not None:
        return reading.radii_m
    if reading.kind == "plane_xy":
        return np.full(len(reading.x), np.nan)
    is_dms = reading.is_dms | (reading.kind == "packed_dms")
    radius = np.full(len(reading.x), np.nan)
    # Finest first, so that the coarsest unit that both numbers are whole in stays.
    for unit_deg, of_dms in (
        (1e-4, False),
        (1e-3, False),
        (1e-2, False),
        (0.1 / 3600, True),
        (1 / 3600, True),
        (1 / 60, True),
    ):
        is_whole = np.ones(len(radius), bool)
        for values in (reading.x, reading.y):
            units = values / unit_deg
            is_whole &= np.abs(units - np.round(units)) < 1e-5
        radius[is_whole & (is_dms == of_dms)] = unit_deg / 2 * _M_PER_DEG * np.sqrt(2)
    return radius


def _located(
    reading: Reading,
    stated: Stated,
    moved: Moved,
    reasons: list[str | None],
    problems: tuple[Problem, ...],
    teller: Teller,
) -> Located:
    is_placed = np.isfinite(moved.x) & np.isfinite(moved.y)
    geometries = np.full(len(moved.x), None, dtype=object)
    geometries[is_placed] = shapely.points(moved.x[is_placed], moved.y[is_placed])
    rounding_m = _rounding_m(reading)
    accuracies_m = np.where(
        np.isnan(rounding_m), moved.accuracies_m, np.hypot(rounding_m, np.nan_to_num(moved.accuracies_m))
    )
    method = _METHODS[reading.kind]
    is_coarse = is_placed & (rounding_m > _COARSE_M) & (reading.radii_m is None)
    return Located(
        geometries=geometries.tolist(),
        methods=[method if placed else None for placed in is_placed.tolist()],
        accuracies_m=[
            None if a != a or not placed else round(a, 1)
            for a, placed in zip(accuracies_m.tolist(), is_placed.tolist(), strict=True)
        ],
        notes=teller.notes(stated, moved),
        reasons=reasons,
        problems=(*problems, *teller.coarse(np.flatnonzero(is_coarse), rounding_m)),
        coordinates=describe(reading, stated if not stated.is_found else Stated(None)),
        operation="; ".join(moved.operations),
    )
