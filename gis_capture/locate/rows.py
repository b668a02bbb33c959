"""Gives every row of a table its position."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from shapely import Polygon

from gis_capture.locate import codes
from gis_capture.locate.addresses import Addresses, find_addresses, gives_place
from gis_capture.locate.crs import GEOGRAPHIC, crs_of, datum_of, parse_crs
from gis_capture.locate.datum import Moved, transform
from gis_capture.locate.evidence import KnownPlaces, with_margins
from gis_capture.locate.find import describe, read_positions
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Floats, in_japan
from gis_capture.locate.points import Points
from gis_capture.locate.reading import Reading
from gis_capture.locate.result import NO_COORDINATES, Located
from gis_capture.locate.rounding import rounding_m
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.locate.settle import settle
from gis_capture.locate.settled import Settled
from gis_capture.locate.stated import Stated, stated_crs
from gis_capture.locate.telling import Teller, tell_addresses, tell_no_coordinates
from gis_capture.model import BBox

_METHODS = {
    "lonlat_columns": "coordinates",
    "latlon_in_one": "coordinates",
    "dms_columns": "dms",
    "packed_dms": "dms",
    "plane_xy": "plane",
    "mesh_code": "mesh",
}
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
    gazetteer: Gazetteer | None = None,
    address_columns: Sequence[str] = (),
    city: str | None = None,
    wants_areas: bool = False,
    said: Said = NOTHING_SAID,
) -> Located:
    """Gives every row its position, with the method, the accuracy and what was read.

    Args:
        columns: Texts by column name, all of one length; None or "" = empty.
        crs: What a person says of the coordinates ("EPSG:6675", "平面直角座標系第7系"); None = what the source says.
        layer_crs: CRS of the points that come out.
        row_numbers: Numbers of the rows as the user of the source sees them, for the problems; None = 1, 2, 3 …
        context: Title, sheet name, notes beside the table: they may name the CRS.
        area: Where the rows should be, in EPSG:4326; decides between zones of plane coordinates. None = in the city
            that the gazetteer calls home, if any.
        grids_dir: Folder of datum grids (TKY2JGD.tif …).
        gazetteer: Places rows without coordinates by their addresses, and decides between readings of coordinates.
        address_columns: Where addresses stand, in order; () = found by their headers.
        city: Where addresses lie that name no city; None = at the gazetteer's home, else told by the other rows.
        wants_areas: Mesh codes give their cells, too, besides the middles.
        said: What a person says of the columns.

    Raises:
        CRSError: `crs` or `layer_crs` is not known.
    """
    n_rows = max((len(values) for values in columns.values()), default=0)
    numbers = row_numbers if row_numbers is not None else range(1, n_rows + 1)
    target = parse_crs(layer_crs)
    wanted = parse_crs(crs) if crs else None
    names = [*address_columns, *(name for name, role in said.roles.items() if role == "address")]
    if area is None and gazetteer and gazetteer.home:
        area = gazetteer.area_of(gazetteer.home)
    addresses = find_addresses(columns, gazetteer, names=names, city=city) if gazetteer else None
    reading = read_positions(columns, wants_plane=crs_of(wanted).is_projected, said=said) if wanted else None
    reading = reading or read_positions(columns, said=said)
    if reading is None:
        located = _unlocated(n_rows)
    else:
        known = KnownPlaces(*addresses.points()) if addresses else None
        stated = stated_crs(columns, reading, context, said)
        settled = settle(columns, reading, stated, wanted=wanted, area=area, known=known, grids_dir=grids_dir)
        located = _by_coordinates(columns, settled, numbers, target, grids_dir, area, addresses, known)
        if wants_areas and settled.reading.cells is not None:
            located = replace(located, areas=_areas(settled, target, grids_dir))
    return _by_addresses(located, addresses, numbers, target, grids_dir) if addresses else located


def _unlocated(n_rows: int) -> Located:
    nothing: list[None] = [None] * n_rows
    reasons: list[str | None] = [codes.NO_COORDINATES] * n_rows
    problems = tell_no_coordinates() if n_rows else ()
    nowhere = Points(np.full(n_rows, np.nan), np.full(n_rows, np.nan))
    return Located(nowhere, [*nothing], [*nothing], [*nothing], reasons, problems, NO_COORDINATES)


def _by_coordinates(
    columns: Columns,
    settled: Settled,
    numbers: Sequence[int],
    target: int,
    grids_dir: Path | None,
    area: BBox | None,
    addresses: Addresses | None,
    known: KnownPlaces | None,
) -> Located:
    reading = settled.reading
    moved, reasons = _move(reading, settled.stated, target, grids_dir)
    is_placed = np.isfinite(moved.x) & np.isfinite(moved.y)
    rounded_m = rounding_m(reading)
    accuracies_m = np.where(
        np.isnan(rounded_m), moved.accuracies_m, np.hypot(rounded_m, np.nan_to_num(moved.accuracies_m))
    )
    is_dms = reading.is_dms if reading.kind in ("lonlat_columns", "latlon_in_one") else np.zeros(len(is_placed), bool)
    method = _METHODS[reading.kind]
    is_coarse = is_placed & (rounded_m > _COARSE_M) & (reading.cells is None)
    lonlat = transform(moved.x, moved.y, source=target, target=GEOGRAPHIC["jgd2011"])
    if known and reading.cells is not None:
        # An address anywhere in a cell, or as near it as towns reach, agrees with it.
        is_within = known.distances_m(lonlat.x, lonlat.y) <= rounded_m + known.reach_m
        known = replace(known, lon=np.where(is_within, np.nan, known.lon))
    teller = Teller(settled, columns, numbers)
    problems = (
        *teller.table_problems(moved),
        *teller.row_problems(reasons),
        *teller.coarse(np.flatnonzero(is_coarse), rounded_m),
        *teller.checks(lonlat.x, lonlat.y, area, addresses, known),
    )
    return Located(
        geometries=Points(np.where(is_placed, moved.x, np.nan), moved.y),
        methods=[
            None if not placed else "dms" if minutes else method
            for placed, minutes in zip(is_placed.tolist(), is_dms.tolist(), strict=True)
        ],
        accuracies_m=[
            None if metres != metres or not placed else round(metres, 1)
            for metres, placed in zip(accuracies_m.tolist(), is_placed.tolist(), strict=True)
        ],
        notes=teller.notes(moved),
        reasons=reasons,
        problems=problems,
        coordinates=describe(reading, settled.stated),
        operation="; ".join(moved.operations),
        readings=with_margins(settled.ranked),
    )


def _by_addresses(
    located: Located, addresses: Addresses, numbers: Sequence[int], target: int, grids_dir: Path | None
) -> Located:
    """Places the rows that have no position yet by their addresses, as far as those are known."""
    rows = [row for row in np.flatnonzero(located.geometries.is_missing()).tolist() if addresses.texts[row]]
    found = [(row, match) for row in rows if (match := addresses.matches[row]) and gives_place(match)]
    lon = np.array([match.lon for _, match in found], np.float64)
    lat = np.array([match.lat for _, match in found], np.float64)
    moved = transform(lon, lat, source=GEOGRAPHIC["jgd2011"], target=target, grids_dir=grids_dir)
    for (row, match), x, y in zip(found, moved.x.tolist(), moved.y.tolist(), strict=True):
        located.geometries.put(row, x, y)
        located.methods[row], located.reasons[row] = "address", None
        located.accuracies_m[row] = match.accuracy_m
        rest = f"、残り「{match.tail}」" if match.tail else ""
        located.notes[row] = f"住所「{addresses.texts[row]}」→「{match.name}」{rest}"
        if match.level == "city":
            located.notes[row] = f"{located.notes[row]}、市区町村まで（確認）"
        elif not match.is_sure:
            located.notes[row] = f"{located.notes[row]}、読みが確かでないため誤差を広くとる（確認）"
    for row in set(rows) - {row for row, _ in found}:
        located.reasons[row] = codes.ADDRESS_NOT_FOUND
    problems = tell_addresses(located.problems, addresses, rows, numbers)
    return replace(located, problems=problems, address_columns=addresses.columns)


def _areas(settled: Settled, target: int, grids_dir: Path | None) -> Sequence[Polygon | None]:
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
    moved, _ = _move(four, stated, target, grids_dir)
    rings = np.stack([moved.x, moved.y], axis=1).reshape(-1, 4, 2)
    is_there = np.isfinite(rings).all(axis=(1, 2))
    areas = np.full(len(rings), None, dtype=object)
    areas[is_there] = shapely.polygons(rings[is_there])
    made: list[Polygon | None] = areas.tolist()
    return made


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
