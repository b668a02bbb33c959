"""Which columns of a table may hold positions, by their headers and their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gis_capture.locate.angles import parse_position
from gis_capture.locate.numbers import Notation
from gis_capture.locate.words import Role, roles_of

Columns = Mapping[str, Sequence[str | None]]
Form = Literal["degrees", "parts", "one", "plane", "mesh"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns that may hold positions.

    Attributes:
        columns: By role; "x" is the column of east in a plane, "y" that of north.
        is_named: The headers say so; else the values alone do.
        axes_are_told: The headers say which of two plane columns is north.
        notation: What numbers without marks are taken for; None = the values tell.
        is_said: A person says so.
    """

    form: Form
    columns: Mapping[str, tuple[str, ...]]
    is_named: bool = True
    axes_are_told: bool = True
    notation: Notation | None = None
    is_said: bool = False


def find_layouts(columns: Columns) -> list[Layout]:
    """Lists the columns that may hold positions, the likeliest first."""
    roles = roles_of(columns)
    found = [*_parts(roles), *_pairs(roles, "lon", "lat", "degrees"), *_ones(roles)]
    for base, x_name, y_name in _partners(roles, "x", "y"):
        # X and Y of a table in degrees are lon and lat; in a plane, X is north.
        found.append(Layout("degrees", {"lon": (x_name,), "lat": (y_name,)}))
        found.append(Layout("plane", {"x": (y_name,), "y": (x_name,)}, axes_are_told="座標" in base or "系" in base))
    found += [Layout("plane", {"x": (east,), "y": (north,)}) for _, east, north in _partners(roles, "east", "north")]
    found += [Layout("mesh", {"mesh": (name,)}) for name, role in roles.items() if role.axis == "mesh"]
    named = {name for layout in found for group in layout.columns.values() for name in group}
    unnamed = [name for name in columns if name not in named]
    for name in unnamed:
        if _looks_like_pairs(columns[name]):
            found.append(Layout("one", {"latlon": (name,)}, is_named=False))
    degrees = {name for name in unnamed if _looks_like_degrees(columns[name])}
    for first, second in pairwise(columns):
        if first in degrees and second in degrees:
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
        parts = [part for part in "dms" if part in lon]
        if {"d", "m"} <= lon.keys() and lon.keys() == lat.keys():
            columns = {"lon": tuple(lon[part] for part in parts), "lat": tuple(lat[part] for part in parts)}
            found.append(Layout("parts", columns))
    return found


def _ones(roles: Mapping[str, Role]) -> list[Layout]:
    return [Layout("one", {"latlon": (name,)}) for name, role in roles.items() if role.axis == "latlon"]


def _looks_like_pairs(values: Sequence[str | None]) -> bool:
    filled = [value for value in values if value][:40]
    if not filled or sum(char.isdigit() for char in filled[0]) < 6:
        return False
    return sum(parse_position(value) is not None for value in filled) >= 0.8 * len(filled)


def _looks_like_degrees(values: Sequence[str | None]) -> bool:
    filled = [value for value in values if value][:40]
    n_fine = sum(len(value.partition(".")[2]) >= 4 for value in filled)
    return len(filled) >= 3 and n_fine >= 0.8 * len(filled)
