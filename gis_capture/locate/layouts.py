"""Which columns of a table may hold positions, by their headers and their values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gis_capture.locate.angles import parse_angle, parse_position
from gis_capture.locate.grid_references import parse_grid_reference
from gis_capture.locate.labelled import are_labelled
from gis_capture.locate.numbers import Notation
from gis_capture.locate.words import Role, fold_header, roles_of

Columns = Mapping[str, Sequence[str | None]]
Form = Literal["degrees", "parts", "one", "plane", "mesh", "grid"]
FORMS_OF_DEGREES: tuple[Form, ...] = ("degrees", "one")
"""Numbers without marks in these may be decimals or minutes and seconds."""
_NUMBERED = re.compile(r"座標値?[_(]?([12])[)]?")
_PART_AT_END = re.compile(r"([度分秒])[)]?(?:[_.]?[0-9]|[(][0-9][)])?$")
_NAMELESS = re.compile("列[A-Z]{1,2}")


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns that may hold positions.

    Attributes:
        columns: By role; "x" is the column of east in a plane, "y" that of north, both one where a cell holds both.
        is_named: The headers say so; else the values alone do.
        axes_are_told: The headers say which of two plane columns is north.
        notation: What numbers without marks are taken for; None = the values tell.
        scale: Power of ten by which they are too large; None = the values tell.
        is_said: A person says so.
    """

    form: Form
    columns: Mapping[str, tuple[str, ...]]
    is_named: bool = True
    axes_are_told: bool = True
    notation: Notation | None = None
    scale: int | None = None
    is_said: bool = False


def find_layouts(columns: Columns) -> list[Layout]:
    """Lists the columns that may hold positions, the likeliest first."""
    roles = roles_of(columns)
    found = [*_parts(roles), *_parts_beside(columns, roles), *_pairs(roles, "lon", "lat", "degrees"), *_ones(roles)]
    for _, x_name, y_name in _partners(roles, "x", "y"):
        # X and Y of a table in degrees are lon and lat; in a plane, X is north by rule, and east to many programs.
        found.append(Layout("degrees", {"lon": (x_name,), "lat": (y_name,)}))
        found.append(Layout("plane", {"x": (y_name,), "y": (x_name,)}, axes_are_told=False))
    found += _bare_parts(columns, roles)
    found += [
        Layout("plane", {"x": (name,), "y": (name,)}, is_named=name in roles, axes_are_told=False)
        for name in columns
        if are_labelled(columns[name])
    ]
    letters = {fold_header(name).removesuffix("(m)"): name for name in columns}
    # E and N are directions together only: each alone is a grade, a number …
    both = [("", letters["e"], letters["n"])] if {"e", "n"} <= letters.keys() else []
    for _, east, north in both + _partners(roles, "east", "north"):
        found.append(Layout("degrees", {"lon": (east,), "lat": (north,)}))
        found.append(Layout("plane", {"x": (east,), "y": (north,)}))
    numbered = {match[1]: name for name in columns if (match := _NUMBERED.fullmatch(fold_header(name)))}
    if len(numbered) == 2:
        found.append(Layout("degrees", {"lon": (numbered["2"],), "lat": (numbered["1"],)}, is_named=False))
        found.append(Layout("plane", {"x": (numbered["2"],), "y": (numbered["1"],)}, axes_are_told=False))
    found += [Layout("mesh", {"mesh": (name,)}) for name, role in roles.items() if role.axis == "mesh"]
    grids = [
        name for name in columns if (name in roles and roles[name].axis == "grid") or _looks_like_grid(columns[name])
    ]
    found += [Layout("grid", {"grid": (name,)}) for name in grids]
    named = {name for layout in found for group in layout.columns.values() for name in group}
    unnamed = [name for name in columns if name not in named]
    degrees = {name for name in unnamed if _looks_like_degrees(columns[name])}
    for first, second in pairwise(columns):
        if first in degrees and second in degrees:
            found.append(Layout("degrees", {"lon": (second,), "lat": (first,)}, is_named=False))
    # Behind these: one column of 135 39.1803 beside one of 34 52.8500 is a pair by itself, too.
    found += [
        Layout("one", {"latlon": (name,)}, is_named=False) for name in unnamed if _looks_like_pairs(columns[name])
    ]
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
    # 緯度(秒) without degrees beside it counts all of them in seconds.
    whole = whole or _partners(roles, first, second, "s")
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


def _parts_beside(columns: Columns, roles: Mapping[str, Role]) -> list[Layout]:
    """Whole degrees with two columns without a header behind them, as of a merged 北緯 over 度, 分 and 秒."""
    names, found = list(columns), dict[tuple[str, str], tuple[str, ...]]()
    for at, name in enumerate(names):
        role, group = roles.get(name), tuple(names[at : at + 3])
        if role is None or role.axis not in ("lon", "lat") or len(group) < 3:
            continue
        is_bare = all(_NAMELESS.fullmatch(other) for other in group[1:])
        degrees, minutes, seconds = (columns[one] for one in group)
        is_whole = is_bare and _are_up_to(degrees, 180, whole=True) and _are_up_to(minutes, 60, whole=True)
        if is_whole and _are_up_to(seconds, 60):
            found[role.base, role.axis] = group
    return [
        Layout("parts", {"lon": group, "lat": found[base, "lat"]})
        for (base, axis), group in found.items()
        if axis == "lon" and (base, "lat") in found
    ]


def _bare_parts(columns: Columns, roles: Mapping[str, Role]) -> list[Layout]:
    """Six columns 度, 分, 秒, 度, 分, 秒 in a row that no header calls latitude or longitude."""
    names = [name for name in columns if name not in roles]
    parts = ["".join(_PART_AT_END.findall(fold_header(name))) for name in names]
    groups = [names[at : at + 6] for at in range(len(names) - 5) if parts[at : at + 6] == [*"度分秒度分秒"]]
    # Those of a position are latitude first, or exchanged as a whole.
    return [Layout("parts", {"lon": tuple(six[3:]), "lat": tuple(six[:3])}, is_named=False) for six in groups]


def _are_up_to(cells: Sequence[str | None], most: int, *, whole: bool = False) -> bool:
    numbers = [parse_angle(cell) for cell in cells if cell and not cell.isspace()]
    return bool(numbers) and all(
        one is not None and 0 <= one.degrees <= most and (not whole or one.degrees == int(one.degrees))
        for one in numbers
    )


def _ones(roles: Mapping[str, Role]) -> list[Layout]:
    return [Layout("one", {"latlon": (name,)}) for name, role in roles.items() if role.axis == "latlon"]


def _looks_like_pairs(values: Sequence[str | None]) -> bool:
    filled = [value for value in values if value][:40]
    if not filled or sum(char.isdigit() for char in filled[0]) < 6:
        return False
    return sum(parse_position(value) is not None for value in filled) >= 0.8 * len(filled)


def _looks_like_grid(values: Sequence[str | None]) -> bool:
    filled = [value for value in values if value][:40]
    return bool(filled) and sum(parse_grid_reference(value) is not None for value in filled) >= 0.8 * len(filled)


def _looks_like_degrees(values: Sequence[str | None]) -> bool:
    """Four decimals, or minutes as in 35度29分57.95秒; numbers of houses are out of Japan."""
    filled = [value for value in values if value][:40]
    n_fine = sum(len(value.replace("．", ".").partition(".")[2]) >= 4 or _has_minutes(value) for value in filled)
    return len(filled) >= 3 and n_fine >= 0.8 * len(filled)


def _has_minutes(value: str) -> bool:
    angle = parse_angle(value)
    return angle is not None and angle.is_dms and 20 <= angle.degrees < 155
