"""Checks a change against its layer's definition, without looking into the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pyproj
import shapely
from shapely import Geometry

from gis_capture.errors import FeatureError
from gis_capture.model import (
    ABSENT,
    GEOMETRY,
    Change,
    Edit,
    Field,
    Layer,
    PositionQuality,
    Problem,
    State,
    geometry_from_geojson,
    has_missing_ordinate,
)
from gis_capture.sync import codes
from gis_capture.sync.values import clean_value, equality_of, value_problems, wrong_type
from gis_capture.text import Text

_TYPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Geometry")
_TYPE_WORDS = {
    "Point": Text("点", "point"),
    "LineString": Text("線", "line"),
    "Polygon": Text("面", "polygon"),
    "MultiPoint": Text("点の集まり", "multi-point"),
    "MultiLineString": Text("線の集まり", "multi-line"),
    "MultiPolygon": Text("面の集まり", "multi-polygon"),
    "Geometry": Text("図形の集まり", "collection"),
}
_PROMOTE: Mapping[tuple[str, str], Callable[..., Geometry]] = {
    ("Point", "MultiPoint"): shapely.multipoints,
    ("LineString", "MultiLineString"): shapely.multilinestrings,
    ("Polygon", "MultiPolygon"): shapely.multipolygons,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A change whose values are clean.

    Attributes:
        change: With the known fields only; the halves of its geometry are shapely geometries.
        unknown: Edits of fields that the definition has not got.
        problems: One of severity "error" means that the change cannot be stored.
    """

    change: Change
    unknown: Mapping[str, Edit]
    problems: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        """Whether the change can be stored."""
        return all(problem.severity != "error" for problem in self.problems)


_RULES = (
    codes.NOT_IN_DOMAIN,
    codes.OUT_OF_RANGE,
    codes.TOO_LONG,
    codes.PATTERN_MISMATCH,
    codes.REQUIRED,
    codes.GEOMETRY_INVALID,
    codes.FIELD_READ_ONLY,
)
"""What a ledger may break: its rows are stored as they are, and the rule is pointed out."""


def check(
    change: Change,
    layer: Layer,
    *,
    stored: State | None,
    former: State | None = None,
    may_write_personal: bool = True,
    may_break_rules: bool = False,
) -> Checked:
    """Cleans the values of a change and says what speaks against it.

    `stored` is what the layer holds now: whether a field is required may hang on the value of another.
    `former` are the values the feature has or had when it was deleted; what stays as it was is no reason to refuse.
    `may_break_rules` takes what a conversion takes too: values out of a domain or a range, fields that are read only.
    """
    fields = {field.name: field for field in layer.fields}
    edits: dict[str, Edit] = {}
    unknown: dict[str, Edit] = {}
    problems: list[Problem] = []
    for name, edit in change.edits.items():
        if name == GEOMETRY:
            edits[name] = _check_geometry(edit, layer, problems)
        elif name not in fields:
            unknown[name] = edit
            problems.append(codes.problem(codes.FIELD_UNKNOWN, "warning", field=name))
        else:
            edits[name] = _check_edit(edit, fields[name], problems)
            if change.kind != "delete":
                problems += _permission_problems(change, fields[name], edits[name], may_write_personal)
    clean = replace(change, edits=edits, located=_without_nul(change.located))
    if change.kind == "delete":
        problems, unknown = [], {}
    else:
        problems += _required_problems(clean, layer, stored)
    excused = set(fields) | {GEOMETRY} if may_break_rules else _unchanged(problems, clean, layer, former)
    return Checked(
        clean,
        unknown,
        tuple(
            replace(one, severity="warning") if one.code in _RULES and one.field in excused else one for one in problems
        ),
    )


def _unchanged(problems: Sequence[Problem], change: Change, layer: Layer, former: State | None) -> set[str]:
    """Names of fields with problems whose value is the former one."""
    if not problems or former is None:
        return set()
    same, names = equality_of(layer), {problem.field for problem in problems if problem.field}
    values = {name: edit.new for name, edit in change.edits.items() if edit.new is not ABSENT}
    return {name for name in names if same(name, values.get(name), former.get(name))}


def _check_edit(edit: Edit, field: Field, problems: list[Problem]) -> Edit:
    try:
        new = edit.new if edit.new is ABSENT else clean_value(field, edit.new)
    except (ValueError, OverflowError):
        problems.append(wrong_type(field, edit.new))
        return edit
    if new is not ABSENT:
        problems += value_problems(field, new)
    if isinstance(edit.new, str) and "\0" in edit.new:
        problems.append(codes.problem(codes.NUL_REMOVED, "warning", field=field.name, title=field.title))
    try:
        return Edit(edit.old if edit.old is ABSENT else clean_value(field, edit.old), new)
    except (ValueError, OverflowError):
        return Edit(edit.old, new)


def _without_nul(located: PositionQuality | None) -> PositionQuality | None:
    if located is None:
        return None
    method, note = (text.replace("\0", "") if text else text for text in (located.method, located.note))
    return replace(located, method=method, note=note)


def _permission_problems(change: Change, field: Field, edit: Edit, may_write_personal: bool) -> list[Problem]:
    if edit.old == edit.new:
        return []
    code = codes.FIELD_PERSONAL if field.is_personal and not may_write_personal else None
    if field.is_read_only and change.kind == "update":
        code = codes.FIELD_READ_ONLY
    return [codes.problem(code, field=field.name, title=field.title)] if code else []


def _required_problems(change: Change, layer: Layer, stored: State | None) -> list[Problem]:
    """Tells of required fields that stay empty; a tablet with an older definition is not stopped by them."""
    is_older = change.definition_version is not None and change.definition_version < layer.definition_version
    state = change.apply_to(stored) or {}
    found = []
    for field in layer.fields:
        is_written = field.name in change.edits or change.kind == "insert"
        if not (field.constraints.required and is_written) or state.get(field.name) not in (None, ""):
            continue
        if not _is_asked(layer, field, state):
            continue
        code, severity = (codes.REQUIRED_SINCE, "warning") if is_older else (codes.REQUIRED, "error")
        found.append(codes.problem(code, severity, field=field.name, title=field.title))  # type: ignore[arg-type]
    return found


def _is_asked(layer: Layer, field: Field, state: Mapping[str, object]) -> bool:
    """Whether the condition of a field holds, and that of the field which it looks at, and so on."""
    seen: set[str] = set()
    while (condition := field.visible_when) is not None and field.name not in seen:
        if state.get(condition.field) not in condition.values:
            return False
        seen.add(field.name)
        field = layer.field(condition.field)
    return True


def _check_geometry(edit: Edit, layer: Layer, problems: list[Problem]) -> Edit:
    old = _read_old(edit.old, layer)
    if edit.new is ABSENT:
        return Edit(old, ABSENT)
    try:
        new = geometry_from_geojson(edit.new)
    except FeatureError as error:
        problems.append(codes.problem(codes.GEOMETRY_UNREADABLE, field=GEOMETRY, reason=error.message))
        return Edit(old, None)
    if has_missing_ordinate(edit.new):
        problems.append(codes.problem(codes.ORDINATE_MISSING, "warning", field=GEOMETRY))
    if new is not None:
        new = _promote(new, layer)
        problems += geometry_problems(new, layer)
    return Edit(old, new)


def _read_old(value: Any, layer: Layer) -> Any:
    try:
        geometry = ABSENT if value is ABSENT else geometry_from_geojson(value)
    except FeatureError:
        return ABSENT
    return _promote(geometry, layer) if isinstance(geometry, Geometry) else geometry


def _promote(geometry: Geometry, layer: Layer) -> Geometry:
    """Makes a part a multi geometry of one part, where the layer holds such; no coordinate changes."""
    promote = _PROMOTE.get((_type_of(geometry), layer.geometry_type))
    return promote([geometry]) if promote else geometry


def _type_of(geometry: Geometry) -> str:
    return _TYPES[shapely.get_type_id(geometry)]


def geometry_problems(geometry: Geometry, layer: Layer) -> list[Problem]:
    """Says what speaks against a geometry: its type, its place, its validity (OGC 06-103r4, 6.1)."""
    if layer.geometry_type not in (_type_of(geometry), "Geometry"):
        found, expected = _TYPE_WORDS[_type_of(geometry)], _TYPE_WORDS[layer.geometry_type]
        return [codes.problem(codes.GEOMETRY_TYPE, field=GEOMETRY, found=found, expected=expected)]
    if shapely.is_empty(geometry):
        return [codes.problem(codes.GEOMETRY_INVALID, field=GEOMETRY, reason=Text("座標がありません", "empty"))]
    if not layer.allows_any_position and _is_geographic(layer.crs):
        for x, y in shapely.get_coordinates(geometry):
            if abs(x) > 180 or abs(y) > 90:
                return [codes.problem(codes.POSITION_OUTSIDE_WORLD, field=GEOMETRY, x=x, y=y)]
    if not shapely.is_valid(geometry):
        reason = str(shapely.is_valid_reason(geometry))
        ja = "線が自分自身と交わっています" if "Self-intersection" in reason else reason
        return [codes.problem(codes.GEOMETRY_INVALID, field=GEOMETRY, reason=Text(ja, reason))]
    return []


@lru_cache(maxsize=64)
def _is_geographic(crs: str) -> bool:
    return bool(pyproj.CRS.from_user_input(crs).is_geographic)
