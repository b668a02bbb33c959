"""Gives every row of a table its position."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gis_capture.locate import codes
from gis_capture.locate.addresses import Addresses, find_addresses, gives_place
from gis_capture.locate.crs import GEOGRAPHIC, crs_of, parse_crs
from gis_capture.locate.datum import transform
from gis_capture.locate.evidence import KnownPlaces, with_margins
from gis_capture.locate.find import describe, read_positions
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.layouts import Columns
from gis_capture.locate.left_open import DATUMS_APART_M, apart_m, left_open_m
from gis_capture.locate.messages import doubts_of_rows, told_once
from gis_capture.locate.moving import move_cells, move_rows
from gis_capture.locate.plane import Beside, nowhere
from gis_capture.locate.points import Points
from gis_capture.locate.reading import Reading
from gis_capture.locate.result import NO_COORDINATES, Located
from gis_capture.locate.rounding import rounding_m
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.locate.second import compare, datums_told, second_reading
from gis_capture.locate.settle import settle
from gis_capture.locate.settled import Settled
from gis_capture.locate.stated import stated_crs
from gis_capture.locate.telling import Teller
from gis_capture.locate.telling_addresses import tell_addresses, tell_no_coordinates, tell_outside
from gis_capture.model import BBox

_METHODS = {
    "lonlat_columns": "coordinates",
    "latlon_in_one": "coordinates",
    "dms_columns": "dms",
    "packed_dms": "dms",
    "plane_xy": "plane",
    "grid_reference": "plane",
    "mesh_code": "mesh",
}
# Nothing that is written tells more than this.
_FINEST_M = 1.0
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
    beside: Beside = nowhere,
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
        beside: Gives the box of what is surely placed in the other layers, in EPSG:4326: where headers do not tell
            which axis of a plane is north, it may.

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
        # A person who says what the columns are has chosen between two pairs, too.
        rest = None if wanted or said.roles else second_reading(columns, reading)
        other = stated_crs(*rest, context, said) if rest else stated
        told = datums_told(reading, stated, rest[1], other) if rest else None
        if told:
            stated, other = told[:2]
        if rest and other.is_newer(stated):
            # Numbers in the newer datum need no grid.
            reading, stated, other = rest[1], other, stated
            rest = second_reading(columns, reading)
        places = _told_by(rest[1], reading, known) if rest else known
        settled = settle(
            columns,
            reading,
            stated,
            wanted=wanted,
            area=area,
            known=places,
            grids_dir=grids_dir,
            beside=beside,
            to_town_m=gazetteer.to_town_m if gazetteer else None,
        )
        located = _by_coordinates(columns, settled, numbers, target, grids_dir, area, addresses, known)
        if rest:
            places = _told_by(reading, rest[1], known)
            settled_rest = settle(
                *rest, other, wanted=None, area=area, known=places, grids_dir=grids_dir, beside=beside
            )
            second = _by_coordinates(rest[0], settled_rest, numbers, target, grids_dir, area, None, None)
            are_stated = settled.stated.has_datum and settled_rest.stated.has_datum
            located = compare(located, second, numbers, target, are_stated=are_stated)
            located = replace(located, problems=(*located.problems, *([told[2]] if told else [])))
        if wants_areas and settled.reading.cells is not None:
            located = replace(located, areas=move_cells(settled, target, grids_dir))
    if addresses is None:
        return located
    # Where cells are wanted as areas, a point in one is no better.
    finer = () if located.areas else _finer_by_address(located, addresses, target)
    return _by_addresses(located, addresses, numbers, target, grids_dir, finer, area)


def _told_by(other: Reading, reading: Reading, known: KnownPlaces | None) -> KnownPlaces | None:
    """Where the rows of a reading should be: which axis of a plane is north is told by degrees beside it."""
    if reading.kind != "plane_xy" or other.is_plane or not other.is_valid.any():
        return known
    return KnownPlaces.exact(*(np.where(other.is_valid, axis, np.nan) for axis in (other.x, other.y)))


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
    moved, reasons = move_rows(reading, settled.stated, target, grids_dir)
    is_placed = np.isfinite(moved.x) & np.isfinite(moved.y)
    rounded_m = rounding_m(reading, columns)
    accuracies_m = np.where(
        np.isnan(rounded_m), moved.accuracies_m, np.hypot(rounded_m, np.nan_to_num(moved.accuracies_m))
    )
    for row in settled.stated.unsaid:
        accuracies_m[row] = np.hypot(np.nan_to_num(accuracies_m[row]), DATUMS_APART_M)
    methods = np.full(len(is_placed), _METHODS[reading.kind], dtype=object)
    if reading.kind in ("lonlat_columns", "latlon_in_one"):
        methods[reading.is_dms] = "dms"
    if reading.is_deviating is not None:
        methods[reading.is_deviating] = "coordinates"
    methods[~is_placed] = None
    is_coarse = is_placed & (rounded_m > _COARSE_M) & (reading.cells is None)
    lonlat = transform(moved.x, moved.y, source=target, target=GEOGRAPHIC["jgd2011"])
    open_m = left_open_m(settled, lonlat.x, lonlat.y, known)
    teller = Teller(settled, columns, numbers)
    problems = (
        *teller.table_problems(moved),
        *teller.row_problems(reasons),
        *teller.coarse(np.flatnonzero(is_coarse), rounded_m),
        *teller.checks(lonlat.x, lonlat.y, accuracies_m, area, addresses, known),
    )
    open_m = np.where(open_m > 0, open_m, np.nan)
    if disagreeing := apart_m(problems):
        open_m = np.fmax(open_m, np.array([disagreeing.get(number, np.nan) for number in numbers]))
    doubted = np.flatnonzero(open_m > np.nan_to_num(accuracies_m)).tolist()
    accuracies_m = np.fmax(np.fmax(accuracies_m, open_m), _FINEST_M)
    return Located(
        geometries=Points(np.where(is_placed, moved.x, np.nan), moved.y),
        methods=methods.tolist(),
        accuracies_m=[
            None if metres != metres or not placed else round(metres, 1)
            for metres, placed in zip(accuracies_m.tolist(), is_placed.tolist(), strict=True)
        ],
        notes=teller.notes(moved, problems),
        reasons=reasons,
        problems=told_once(problems),
        coordinates=describe(reading, settled.stated),
        operation="; ".join(moved.operations),
        readings=with_margins(settled.ranked),
        crs_columns=settled.stated.columns,
        doubted=frozenset(doubted),
    )


def _finer_by_address(located: Located, addresses: Addresses, target: int) -> Sequence[int]:
    """The rows whose address is nearer than their coordinates tell (mesh codes, few digits), and agrees with them."""
    coordinates_m = located.coarseness_m()
    known = KnownPlaces(*addresses.points())
    lonlat = located.geometries.in_degrees(target)
    away_m = known.distances_m(lonlat.x, lonlat.y)
    is_finer = (known.reach_m < coordinates_m) & (away_m <= coordinates_m + known.reach_m)
    rows: list[int] = np.flatnonzero(is_finer).tolist()
    return rows


def _by_addresses(
    located: Located,
    addresses: Addresses,
    numbers: Sequence[int],
    target: int,
    grids_dir: Path | None,
    finer: Sequence[int],
    area: BBox | None,
) -> Located:
    """Places the rows that have no position yet, or a coarser one, by their addresses, as far as those are known."""
    missing = [row for row in np.flatnonzero(located.geometries.is_missing()).tolist() if addresses.texts[row]]
    rows = sorted([*missing, *finer])
    found = [(row, match) for row in rows if (match := addresses.matches[row]) and gives_place(match)]
    lon = np.array([match.lon for _, match in found], np.float64)
    lat = np.array([match.lat for _, match in found], np.float64)
    moved = transform(lon, lat, source=GEOGRAPHIC["jgd2011"], target=target, grids_dir=grids_dir)
    for (row, match), x, y in zip(found, moved.x.tolist(), moved.y.tolist(), strict=True):
        located.geometries.put(row, x, y)
        located.methods[row], located.reasons[row] = "address", None
        located.accuracies_m[row] = match.accuracy_m
        rest = f"、残り「{match.tail}」" if match.tail else ""
        before = f"{located.notes[row]}、より詳しい" if located.notes[row] else ""
        located.notes[row] = f"{before}住所「{addresses.texts[row]}」→「{match.name}」{rest}"
        if match.level == "city":
            located.notes[row] = f"{located.notes[row]}、市区町村まで（確認）"
        elif not match.is_sure:
            located.notes[row] = f"{located.notes[row]}、読みが確かでないため誤差を広くとる（確認）"
    for row in set(rows) - {row for row, _ in found}:
        located.reasons[row] = codes.ADDRESS_NOT_FOUND
    outside = tell_outside(found, addresses, area, numbers)
    doubts = doubts_of_rows(outside)
    for row, _ in found:
        if numbers[row] in doubts:
            located.notes[row] = f"{located.notes[row]}（{doubts[numbers[row]]}）"
    problems = (*tell_addresses(located.problems, addresses, rows, numbers), *told_once(outside))
    return replace(located, problems=problems, address_columns=addresses.columns)
