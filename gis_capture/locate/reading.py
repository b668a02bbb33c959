"""The cells of a layout, read as positions."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from gis_capture.locate.angles import parse_pair, parse_position
from gis_capture.locate.crs import utm_code
from gis_capture.locate.grid_references import read_grid_references
from gis_capture.locate.labelled import split_labelled
from gis_capture.locate.layouts import Columns, Form, Layout
from gis_capture.locate.mesh import MeshCells, read_mesh_codes
from gis_capture.locate.numbers import (
    Bools,
    Floats,
    Meaning,
    in_japan,
    is_sentinel,
    meaning_of,
    read_angles,
    read_metres,
    to_degrees,
)
from gis_capture.locate.result import Kind
from gis_capture.locate.words import fold_header

_NO_MEANING = Meaning("decimal", 0, math.inf)
_SAMPLE_SIZE = 400
_PLANE_LIMIT_M = 20_000_000.0
_SMALLEST_M = 500.0
_UNIT = re.compile(r"(?:[(\[,、・/:]|単位:?)(km|mm|cm)(?:[)\],、・/]|$)")
_UNITS_M = {"km": 1000.0, "mm": 0.001, "cm": 0.01}


@dataclass(frozen=True, slots=True)
class Reading:
    """The positions of a table as written, NaN where there is none; arrays are parallel to the rows.

    Attributes:
        x: Degrees of longitude, or metres east.
        y: Degrees of latitude, or metres north.
        is_valid: Inside Japan (in a plane: of a possible size).
        is_empty: All cells of the position are empty.
        is_incomplete: Some of them are.
        is_sentinel: A number that means "not known" stands there.
        is_swapped: Latitude and longitude stood in each other's place.
        is_dms: Minutes were written.
        is_deviating: Decimal degrees as they stand, while the table as a whole is written otherwise.
        is_packed: Minutes and seconds without marks, while the table as a whole is written in decimals.
        cells: Of mesh codes; None for points.
        zone_codes: EPSG codes of the zones that the positions themselves name, in JGD2011; 0 = none.
        units_m: Metres that the last written digit stands for; None = told by the numbers.
        scale_m: Metres that a number of plane coordinates counts.
    """

    kind: Kind
    layout: Layout
    x: Floats
    y: Floats
    is_valid: Bools
    is_empty: Bools
    is_incomplete: Bools
    is_sentinel: Bools
    is_swapped: Bools
    is_dms: Bools
    meaning: Meaning = _NO_MEANING
    is_deviating: Bools | None = None
    is_packed: Bools | None = None
    cells: MeshCells | None = None
    zone_codes: np.ndarray | None = None
    units_m: Floats | None = None
    scale_m: float = 1.0

    @property
    def is_plane(self) -> bool:
        """Are these metres?"""
        return self.kind in ("plane_xy", "grid_reference")

    def is_swapped_throughout(self) -> bool:
        """Do latitude and longitude stand in each other's column?"""
        return bool(self.is_valid.any() and self.is_swapped[self.is_valid].all())

    def turned(self) -> "Reading":
        """The same plane coordinates with north and east exchanged."""
        columns = {"x": self.layout.columns["y"], "y": self.layout.columns["x"]}
        return replace(self, x=self.y, y=self.x, layout=replace(self.layout, columns=columns))

    def sample(self, among: Bools | None = None) -> Bools:
        """Marks some hundred rows, valid ones unless others are named, spread over the table."""
        rows = np.flatnonzero(self.is_valid if among is None else among)
        chosen = np.zeros(len(self.x), bool)
        chosen[rows[:: max(1, len(rows) // _SAMPLE_SIZE)]] = True
        return chosen

    def texts(self, columns: Columns, row: int) -> str:
        """What stands in the cells of one row, with their headers."""
        names = dict.fromkeys(name for group in self.layout.columns.values() for name in group)
        return " ".join(f"{name}「{columns[name][row] or ''}」" for name in names)


def read_layout(columns: Columns, layout: Layout) -> Reading:
    """Reads the columns of a layout."""
    return _READERS[layout.form](columns, layout)


def _read_degrees(columns: Columns, layout: Layout) -> Reading:
    (lon_name,), (lat_name,) = layout.columns["lon"], layout.columns["lat"]
    lon, lat = read_angles(columns[lon_name]), read_angles(columns[lat_name])
    plain = (np.where(axis.is_dms, np.nan, axis.values) for axis in (lon, lat))
    meaning = _as_said(meaning_of(*plain, hint=fold_header(lon_name + lat_name)), layout)
    is_deviating = _are_degrees(lon.values, lat.values, meaning) & ~(lon.is_dms | lat.is_dms)
    is_plain = lon.is_dms | lat.is_dms | is_deviating
    x, y = (np.where(is_plain, axis.values, to_degrees(axis.values, meaning)) for axis in (lon, lat))
    x, y, is_swapped = _in_order(x, y)
    is_valid = in_japan(x, y)
    is_dms = (lon.is_dms & lat.is_dms) | ((meaning.notation == "seconds") & ~is_plain)
    kind: Kind = "lonlat_columns"
    if (is_dms & is_valid).sum() > is_valid.sum() / 2:
        kind = "dms_columns"
    elif meaning.notation != "decimal":
        kind = "packed_dms"
    if is_valid.any() and is_swapped[is_valid].all():
        layout = replace(layout, columns={"lon": (lat_name,), "lat": (lon_name,)})
        # Without a name there is nothing that could be wrong.
        is_swapped = is_swapped & layout.is_named
    return Reading(
        kind=kind,
        layout=layout,
        x=x,
        y=y,
        is_valid=is_valid,
        is_empty=lon.is_empty & lat.is_empty,
        is_incomplete=lon.is_empty ^ lat.is_empty,
        is_sentinel=(is_sentinel(lon.values) | is_sentinel(lat.values)) & ~is_valid,
        is_swapped=is_swapped,
        is_dms=is_dms,
        meaning=meaning,
        is_deviating=is_deviating,
    )


def _read_parts(columns: Columns, layout: Layout) -> Reading:
    values, empties, firsts = [], [], []
    for axis in ("lon", "lat"):
        parts = [read_metres(columns[name]) for name in layout.columns[axis]]
        rest = [np.where(part.is_empty, 0.0, part.values) for part in parts[1:]]
        fits = np.all([(part >= 0) & (part <= 60) for part in rest], axis=0)
        value = parts[0].values + sum(part / 60**power for power, part in enumerate(rest, 1))
        values.append(np.where(fits, value, np.nan))
        empties.append(np.all([part.is_empty for part in parts], axis=0))
        firsts.append(parts[0].values)
    x, y, is_swapped = _in_order(values[0], values[1])
    is_valid = in_japan(x, y)
    return Reading(
        kind="dms_columns",
        layout=layout,
        x=x,
        y=y,
        is_valid=is_valid,
        is_empty=empties[0] & empties[1],
        is_incomplete=empties[0] ^ empties[1],
        is_sentinel=(is_sentinel(firsts[0]) | is_sentinel(firsts[1])) & ~is_valid,
        is_swapped=is_swapped,
        is_dms=is_valid,
    )


def _read_one(columns: Columns, layout: Layout) -> Reading:
    (name,) = layout.columns["latlon"]
    cells = columns[name]
    n_rows = len(cells)
    x, y, first, second = (np.full(n_rows, np.nan) for _ in range(4))
    is_dms, is_empty, none = (np.zeros(n_rows, bool) for _ in range(3))
    for row, cell in enumerate(cells):
        if not cell or cell.isspace():
            is_empty[row] = True
        elif (position := parse_position(cell)) and position[2]:
            x[row], y[row], is_dms[row] = position
        elif pair := parse_pair(cell):
            first[row], second[row] = pair[0].degrees, pair[1].degrees
    meaning = _as_said(meaning_of(second, first, hint=fold_header(name)), layout)
    is_deviating = _are_degrees(second, first, meaning)
    axes = (np.where(is_deviating, values, to_degrees(values, meaning)) for values in (second, first))
    plain_x, plain_y, _ = _in_order(*axes)
    x, y = np.where(is_dms, x, plain_x), np.where(is_dms, y, plain_y)
    is_dms |= (meaning.notation == "seconds") & ~is_deviating
    is_valid = in_japan(x, y)
    return Reading(
        kind="packed_dms" if meaning.notation in ("packed_dms", "packed_dm") else "latlon_in_one",
        layout=layout,
        x=x,
        y=y,
        is_valid=is_valid,
        is_empty=is_empty,
        is_incomplete=none,
        is_sentinel=(is_sentinel(first) | is_sentinel(second)) & ~is_valid,
        is_swapped=none,
        is_dms=is_dms,
        meaning=meaning,
        is_deviating=is_deviating,
    )


def _read_plane(columns: Columns, layout: Layout) -> Reading:
    (x_name,), (y_name,) = layout.columns["x"], layout.columns["y"]
    east, north = columns[x_name], columns[y_name]
    if x_name == y_name:
        # What cannot be split stays unreadable in both.
        pairs = [split_labelled(cell) or (cell, cell) for cell in east]
        north, east = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    x, y = read_metres(east), read_metres(north)
    size = np.maximum(np.abs(x.values), np.abs(y.values))
    # Nothing lies exactly on an axis of a zone.
    sentinel = (x.values == 0) | (y.values == 0) | (is_sentinel(x.values) & is_sentinel(y.values))
    known = np.isfinite(size) & ~sentinel
    # Nobody's ledger lies within 500 m of a zone's origin: where most numbers are so small, all are kilometres.
    unit_m = 1000.0 if known.any() and np.median(size[known]) < _SMALLEST_M else 1.0
    headed = [_UNIT.search(fold_header(name)) for name in (x_name, y_name)]
    if headed[0] and headed[1] and headed[0][1] == headed[1][1]:
        unit_m = _UNITS_M[headed[0][1]]
    none = np.zeros(len(size), bool)
    return Reading(
        kind="plane_xy",
        layout=layout,
        x=x.values * unit_m,
        y=y.values * unit_m,
        is_valid=known & (size * unit_m < _PLANE_LIMIT_M) & (size * unit_m > _SMALLEST_M),
        is_empty=x.is_empty & y.is_empty,
        is_incomplete=x.is_empty ^ y.is_empty,
        is_sentinel=sentinel,
        is_swapped=none,
        is_dms=none,
        scale_m=unit_m,
    )


def _read_mesh(columns: Columns, layout: Layout) -> Reading:
    (name,) = layout.columns["mesh"]
    cells = read_mesh_codes(columns[name], header=name)
    x, y = cells.middles()
    none = np.zeros(len(x), bool)
    return Reading(
        kind="mesh_code",
        layout=layout,
        x=x,
        y=y,
        is_valid=in_japan(x, y),
        is_empty=cells.is_empty,
        is_incomplete=none,
        is_sentinel=none,
        is_swapped=none,
        is_dms=none,
        cells=cells,
    )


def _read_grid(columns: Columns, layout: Layout) -> Reading:
    (name,) = layout.columns["grid"]
    squares = read_grid_references(columns[name])
    none = np.zeros(len(squares.zones), bool)
    return Reading(
        kind="grid_reference",
        layout=layout,
        x=squares.east,
        y=squares.north,
        is_valid=squares.zones > 0,
        is_empty=squares.is_empty,
        is_incomplete=none,
        is_sentinel=none,
        is_swapped=none,
        is_dms=none,
        zone_codes=np.where(squares.zones > 0, utm_code(0, "jgd2011") + squares.zones, 0),
        units_m=squares.sizes_m,
    )


def _as_said(meaning: Meaning, layout: Layout) -> Meaning:
    """What a person says of the numbers comes before what they look like."""
    scale = meaning.scale if layout.scale is None else layout.scale
    return replace(meaning, notation=layout.notation or meaning.notation, scale=scale)


def _are_degrees(lon: Floats, lat: Floats, meaning: Meaning) -> Bools:
    """Tells which numbers are degrees of Japan as they stand, where all are taken for packed or scaled ones."""
    is_other = bool(meaning.scale) or meaning.notation == "seconds"
    return (in_japan(lon, lat) | in_japan(lat, lon)) & is_other


def _in_order(x: Floats, y: Floats) -> tuple[Floats, Floats, Bools]:
    """Puts longitude before latitude where they are exchanged; in Japan no latitude can be a longitude."""
    is_swapped = in_japan(y, x)
    return np.where(is_swapped, y, x), np.where(is_swapped, x, y), is_swapped


_READERS: Mapping[Form, Callable[[Columns, Layout], Reading]] = {
    "degrees": _read_degrees,
    "parts": _read_parts,
    "one": _read_one,
    "plane": _read_plane,
    "mesh": _read_mesh,
    "grid": _read_grid,
}
