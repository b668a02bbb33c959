"""Which columns of a table hold its positions, and how they are written."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from gis_capture.locate.angles import parse_pair
from gis_capture.locate.crs import GEOGRAPHIC, plane_code, read_code, read_datum, read_zone, read_zone_cell
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
from gis_capture.locate.result import NO_COORDINATES, Coordinates, Kind
from gis_capture.locate.words import Role, fold_header, roles_of
from gis_capture.model import BBox

Columns = Mapping[str, Sequence[str | None]]
Form = Literal["degrees", "parts", "one", "plane"]

SAMPLE_SIZE = 400
_NO_MEANING = Meaning("decimal", 0, math.inf)
_PLANE_LIMIT_M = 20_000_000.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns that may hold positions.

    Attributes:
        columns: By role; "x" is the column of east in a plane, "y" that of north.
        is_named: The headers say so; else the values alone do.
        axes_are_told: The headers say which of two plane columns is north.
    """

    form: Form
    columns: Mapping[str, tuple[str, ...]]
    is_named: bool = True
    axes_are_told: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The positions of a table as written, NaN where there is none; parallel to the rows.

    Attributes:
        x: Degrees of longitude, or metres east.
        y: Degrees of latitude, or metres north.
        is_valid: Inside Japan (in a plane: of a possible size).
        is_empty: All cells of the position are empty.
        is_incomplete: Some of them are.
        is_sentinel: A number that means "not known" stands there.
        is_swapped: Latitude and longitude stood in each other's place.
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
    unit_m: float = 1.0

    def texts(self, columns: Columns, row: int) -> str:
        """What stands in the cells of one row, with their headers."""
        names = [name for group in self.layout.columns.values() for name in group]
        return " ".join(f"{name}「{columns[name][row] or ''}」" for name in names)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the source says about its CRS.

    Attributes:
        code: EPSG code, None where nothing is said.
        is_found: Not said by the source but found by where the rows would lie.
        row_codes: Per row, where a column says it; 0 = nothing said there.
    """

    code: int | None
    is_found: bool = False
    row_codes: np.ndarray | None = field(default=None, compare=False)


def find_coordinates(columns: Columns, *, context: Sequence[str] = ()) -> Coordinates:
    """Finds the positions of a table without locating its rows.

    Args:
        columns: Texts by column name, all of one length.
        context: Title, sheet name, notes beside the table: they may name the CRS.
    """
    reading = read_positions(columns)
    return NO_COORDINATES if reading is None else describe(reading, stated_crs(columns, reading, context))


def describe(reading: Reading, stated: Stated) -> Coordinates:
    """Sums a reading up."""
    x, y = reading.x[reading.is_valid], reading.y[reading.is_valid]
    return Coordinates(
        kind=reading.kind,
        columns=reading.layout.columns,
        crs=f"EPSG:{stated.code}" if stated.code else "unknown",
        n_valid=len(x),
        bbox=BBox(float(x.min()), float(y.min()), float(x.max()), float(y.max())) if len(x) else None,
        first=(float(x[0]), float(y[0])) if len(x) else None,
    )


def read_positions(columns: Columns, *, wants_plane: bool | None = None) -> Reading | None:
    """Reads the positions of a table from the columns that hold most of them; None where no column does.

    Args:
        columns: Texts by column name.
        wants_plane: The CRS is known to be a plane (True) or geographic (False).
    """
    n_rows = max((len(values) for values in columns.values()), default=0)
    step = max(1, n_rows // SAMPLE_SIZE)
    sample = {name: values[::step] for name, values in columns.items()}
    best: tuple[float, Layout] | None = None
    for layout in _layouts(sample):
        if wants_plane is not None and wants_plane != (layout.form == "plane"):
            continue
        reading = _read(sample, layout)
        n_filled = int((~reading.is_empty).sum())
        share = reading.is_valid.sum() / n_filled if n_filled else 0.0
        if share < 0.8 and not layout.is_named:
            continue
        # Rows that are placed count; among equals, what stands first in the list of layouts.
        score = float(reading.is_valid.sum()) * (0.5 if layout.form == "plane" else 1.0) + 1e-6 * n_filled
        if n_filled and (share > 0 or layout.form != "one") and (best is None or score > best[0]):
            best = score, layout
    if best is None:
        return None
    reading = _read(columns, best[1])
    return reading if best[1].form != "plane" or reading.is_valid.any() else None


def stated_crs(columns: Columns, reading: Reading, context: Sequence[str] = ()) -> Stated:
    """Finds what the source says about its CRS: in columns of its own, the headers, the title."""
    roles = roles_of(columns)
    datum_column = next((name for name, role in roles.items() if role.axis == "datum"), None)
    zone_column = next((name for name, role in roles.items() if role.axis == "zone"), None)
    is_plane = reading.kind == "plane_xy"
    names = [name for group in reading.layout.columns.values() for name in group]
    texts = [*names, *(name for name, role in roles.items() if role.axis in ("datum", "zone")), *context]
    code = next((code for text in texts if (code := _code_in(text, is_plane=is_plane))), None)
    row_codes = None
    if datum_column or (zone_column and is_plane):
        memo: dict[tuple[str | None, str | None], int] = {}
        n_rows = len(reading.x)
        zones = columns[zone_column] if zone_column else [None] * n_rows
        datums = columns[datum_column] if datum_column else [None] * n_rows
        default_zone = next((zone for text in texts if (zone := read_zone(text))), None)
        row_codes = np.zeros(n_rows, np.int64)
        for row, key in enumerate(zip(datums, zones, strict=True)):
            if key not in memo:
                datum = read_datum(key[0]) if key[0] else None
                zone = (
                    (read_zone_cell(key[1]) if key[1] else None)
                    or (read_zone(key[0]) if key[0] and is_plane else None)
                    or default_zone
                )
                if is_plane:
                    memo[key] = plane_code(zone, datum or "jgd2011") if zone else 0
                else:
                    memo[key] = GEOGRAPHIC[datum] if datum else 0
            row_codes[row] = memo[key]
        said = row_codes[reading.is_valid & (row_codes > 0)]
        if len(said):
            code = int(np.bincount(said).argmax())
    return Stated(code, row_codes=row_codes)


def _code_in(text: str, *, is_plane: bool) -> int | None:
    code = read_code(text)
    return code if code and (code not in GEOGRAPHIC.values()) == is_plane else None


def _layouts(columns: Columns) -> list[Layout]:
    roles = roles_of(columns)
    found = [*_parts(roles), *_pairs(roles, "lon", "lat", "degrees"), *_ones(roles)]
    for base, x_name, y_name in _partners(roles, "x", "y"):
        # X and Y of a table in degrees are lon and lat; in a plane, X is north.
        found.append(Layout("degrees", {"lon": (x_name,), "lat": (y_name,)}))
        found.append(Layout("plane", {"x": (y_name,), "y": (x_name,)}, axes_are_told="座標" in base or "系" in base))
    found += [Layout("plane", {"x": (east,), "y": (north,)}) for _, east, north in _partners(roles, "east", "north")]
    named = {name for layout in found for group in layout.columns.values() for name in group}
    unnamed = [name for name in columns if name not in named]
    for name in unnamed:
        if _looks_like_pairs(columns[name]):
            found.append(Layout("one", {"latlon": (name,)}, is_named=False))
    for first, second in pairwise(list(columns)):
        if (
            first in unnamed
            and second in unnamed
            and _looks_like_degrees(columns[first])
            and _looks_like_degrees(columns[second])
        ):
            found.append(Layout("degrees", {"lon": (second,), "lat": (first,)}, is_named=False))
    return found


def _partners(roles: Mapping[str, Role], first: str, second: str, part: str = "") -> list[tuple[str, str, str]]:
    """Pairs columns of two roles: those with the same rest of the header first, then by order."""
    ones = [(name, role.base) for name, role in roles.items() if role.axis == first and role.part == part]
    others = [(name, role.base) for name, role in roles.items() if role.axis == second and role.part == part]
    pairs = []
    for name, base in ones:
        partner = next((other for other in others if other[1] == base), None)
        if partner:
            others.remove(partner)
            pairs.append((base, name, partner[0]))
    return pairs or [(a[1], a[0], b[0]) for a, b in zip(ones, others, strict=False)]


def _pairs(roles: Mapping[str, Role], first: str, second: str, form: Form) -> list[Layout]:
    whole = _partners(roles, first, second) + _partners(roles, first, second, "d")
    return [Layout(form, {first: (a,), second: (b,)}) for _, a, b in whole]


def _parts(roles: Mapping[str, Role]) -> list[Layout]:
    groups: dict[str, dict[str, dict[str, str]]] = {}
    for name, role in roles.items():
        if role.axis in ("lon", "lat"):
            # The degrees may stand in a column without a part: 緯度, 緯度分, 緯度秒.
            groups.setdefault(role.base, {}).setdefault(role.axis, {}).setdefault(role.part or "d", name)
    found = []
    for group in groups.values():
        lon, lat = group.get("lon", {}), group.get("lat", {})
        if {"d", "m"} <= lon.keys() and lon.keys() == lat.keys():
            found.append(
                Layout(
                    "parts",
                    {"lon": tuple(lon[p] for p in "dms" if p in lon), "lat": tuple(lat[p] for p in "dms" if p in lat)},
                )
            )
    return found


def _ones(roles: Mapping[str, Role]) -> list[Layout]:
    return [Layout("one", {"latlon": (name,)}) for name, role in roles.items() if role.axis == "latlon"]


def _looks_like_pairs(values: Sequence[str | None]) -> bool:
    filled = [value for value in values if value][:40]
    if not filled or sum(char.isdigit() for char in filled[0]) < 6:
        return False
    return sum(_position(value) is not None for value in filled) >= 0.8 * len(filled)


def _looks_like_degrees(values: Sequence[str | None]) -> bool:
    filled = [value for value in values if value][:40]
    return len(filled) >= 3 and sum(
        "." in value and len(value.rsplit(".", 1)[1]) >= 4 for value in filled
    ) >= 0.8 * len(filled)


def _position(text: str) -> tuple[float, float, bool] | None:
    pair = parse_pair(text)
    if pair is None:
        return None
    first, second = pair
    is_dms = first.is_dms and second.is_dms
    for lat, lon in ((first.degrees, second.degrees), (second.degrees, first.degrees)):
        if in_japan(np.float64(lon), np.float64(lat)):  # type: ignore[arg-type]
            return lon, lat, is_dms
    return None


def _read(columns: Columns, layout: Layout) -> Reading:
    readers = {"degrees": _read_degrees, "parts": _read_parts, "one": _read_one, "plane": _read_plane}
    return readers[layout.form](columns, layout)


def _read_degrees(columns: Columns, layout: Layout) -> Reading:
    (lon_name,), (lat_name,) = layout.columns["lon"], layout.columns["lat"]
    lon, lat = read_angles(columns[lon_name]), read_angles(columns[lat_name])
    is_dms = lon.is_dms & lat.is_dms
    plain_lon, plain_lat = np.where(lon.is_dms, np.nan, lon.values), np.where(lat.is_dms, np.nan, lat.values)
    meaning = meaning_of(plain_lon, plain_lat, hint=fold_header(lon_name + lat_name))
    x = np.where(lon.is_dms, lon.values, to_degrees(lon.values, meaning))
    y = np.where(lat.is_dms, lat.values, to_degrees(lat.values, meaning))
    is_swapped = in_japan(y, x)
    x, y = np.where(is_swapped, y, x), np.where(is_swapped, x, y)
    is_valid = in_japan(x, y)
    n_dms = int((is_dms & is_valid).sum())
    kind: Kind = "lonlat_columns"
    if n_dms > is_valid.sum() / 2:
        kind = "dms_columns"
    elif meaning.notation != "decimal":
        kind = "packed_dms"
    if is_valid.any() and is_swapped[is_valid].all():
        layout = Layout(layout.form, {"lon": (lat_name,), "lat": (lon_name,)}, layout.is_named)
        # Without a name there is nothing that could be wrong.
        is_swapped = is_swapped if layout.is_named else np.zeros_like(is_swapped)
    sentinel = (is_sentinel(lon.values) | is_sentinel(lat.values)) & ~is_valid
    return Reading(
        kind,
        layout,
        x,
        y,
        is_valid,
        lon.is_empty & lat.is_empty,
        lon.is_empty ^ lat.is_empty,
        sentinel,
        is_swapped,
        is_dms,
        meaning,
    )


def _read_parts(columns: Columns, layout: Layout) -> Reading:
    axes = []
    for axis in ("lon", "lat"):
        parts = [read_metres(columns[name]) for name in layout.columns[axis]]
        rest = [np.where(part.is_empty, 0.0, part.values) for part in parts[1:]]
        fits = np.all([(part >= 0) & (part < 60) for part in rest], axis=0)
        value = parts[0].values + sum(part / 60**power for power, part in enumerate(rest, 1))
        axes.append((np.where(fits, value, np.nan), np.all([part.is_empty for part in parts], axis=0), parts[0].values))
    (x, x_empty, x_first), (y, y_empty, y_first) = axes
    is_swapped = in_japan(y, x)
    x, y = np.where(is_swapped, y, x), np.where(is_swapped, x, y)
    is_valid = in_japan(x, y)
    sentinel = (is_sentinel(x_first) | is_sentinel(y_first)) & ~is_valid
    return Reading(
        "dms_columns", layout, x, y, is_valid, x_empty & y_empty, x_empty ^ y_empty, sentinel, is_swapped, is_valid
    )


def _read_one(columns: Columns, layout: Layout) -> Reading:
    (name,) = layout.columns["latlon"]
    cells = columns[name]
    x, y = np.full(len(cells), np.nan), np.full(len(cells), np.nan)
    is_dms, is_empty, sentinel = (np.zeros(len(cells), bool) for _ in range(3))
    for row, cell in enumerate(cells):
        if not cell or cell.isspace():
            is_empty[row] = True
        elif position := _position(cell):
            x[row], y[row], is_dms[row] = position
        elif pair := parse_pair(cell):
            sentinel[row] = bool(is_sentinel(np.array([pair[0].degrees, pair[1].degrees])).any())
    none = np.zeros(len(cells), bool)
    return Reading("latlon_in_one", layout, x, y, in_japan(x, y), is_empty, none, sentinel, none, is_dms)


def _read_plane(columns: Columns, layout: Layout) -> Reading:
    (x_name,), (y_name,) = layout.columns["x"], layout.columns["y"]
    x, y = read_metres(columns[x_name]), read_metres(columns[y_name])
    size = np.maximum(np.abs(x.values), np.abs(y.values))
    sentinel = ((x.values == 0) & (y.values == 0)) | (is_sentinel(x.values) & is_sentinel(y.values))
    known = np.isfinite(size) & ~sentinel
    # Nobody's ledger lies wholly within 500 m of a zone's origin: such numbers are kilometres.
    unit_m = 1000.0 if known.any() and size[known].max() < 500 else 1.0
    is_valid = known & (size * unit_m < _PLANE_LIMIT_M) & (size * unit_m > 500)
    none = np.zeros(len(size), bool)
    is_empty, is_incomplete = x.is_empty & y.is_empty, x.is_empty ^ y.is_empty
    return Reading(
        "plane_xy",
        layout,
        x.values * unit_m,
        y.values * unit_m,
        is_valid,
        is_empty,
        is_incomplete,
        sentinel,
        none,
        none,
        unit_m=unit_m,
    )
