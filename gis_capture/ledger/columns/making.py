"""A layer of its own for a ledger nobody defined: every column becomes a field."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely

from gis_capture.definitions.checks import RESERVED_NAMES
from gis_capture.ledger.columns.matching import GENERIC_KEY, match_columns
from gis_capture.ledger.table import Column, Table
from gis_capture.ledger.values.folding import fold_header
from gis_capture.ledger.values.inference import infer_type
from gis_capture.ledger.values.units import unit_of_header
from gis_capture.model import Field, FieldType, Layer, Section, Text
from gis_capture.model.layer import GeometryType

MAX_FIELDS = 400
_MADE = "ledger_"
# Numbers of geometry types in GEOS; a ring is a closed line.
_TYPES: dict[int, GeometryType] = {
    0: "Point",
    1: "LineString",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
}
_NO_GEOMETRY = -1
_MULTI: dict[str, GeometryType] = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}


def layer_key_of(table: Table) -> str:
    """Gives the key of a table's own layer; the same for every file of this name with a sheet of this name."""
    return layer_key_of_words(table.source.path.stem, table.sheet or "", table.name)


def layer_key_of_words(*words: str) -> str:
    """Gives the key of a layer that is known by some words."""
    return f"{_MADE}{_hash(chr(0).join(words))}"


def is_made_key(key: str) -> bool:
    """Whether a layer was made of a ledger that nobody defined."""
    return key.startswith(_MADE)


def make_layer(
    table: Table, *, key: str, title: Text, template: Layer | None = None, leave_out: Collection[str] = ()
) -> Layer:
    """Makes a layer whose fields are the columns of a table.

    A field's name comes from its header alone, so that the same header is the same field in next year's file.

    Args:
        table: Whose columns, types and geometry are taken.
        key: Key of the new layer.
        title: Its title.
        template: Gives style and rules, the fields that columns match, and those of its form section "inspection".
        leave_out: Names of columns that become no field: those that hold the position.
    """
    base = template or Layer(GENERIC_KEY, title, "Geometry", ())
    known = match_columns(table, base).fields
    inspection = tuple(section for section in base.sections if section.key == "inspection")
    on_site = {name: base.field(name) for section in inspection for name in section.fields}
    taken = {field.name for field in base.fields}
    in_ledger: dict[str, Field] = {}
    for column, texts in list(zip(table.columns, table.values, strict=True))[:MAX_FIELDS]:
        if column.name in leave_out or known.get(column.name) in on_site:
            continue
        if column.name in known:
            field = base.field(known[column.name])
            is_new = column.name not in (field.title.ja, field.name, *field.aliases)
            in_ledger[field.name] = replace(field, aliases=(*field.aliases, column.name)) if is_new else field
        else:
            field = _field_of(column, texts, taken)
            in_ledger[field.name] = field
            taken.add(field.name)
    fields = _without_names_of_others(on_site | in_ledger)
    sections = (*inspection, Section("ledger", Text("台帳", "Ledger"), tuple(in_ledger))) if in_ledger else inspection
    return replace(
        base,
        key=key,
        title=title,
        description=None,
        geometry_type=_geometry_type(table),
        fields=tuple(replace(field, field_id=f"{key}.{field.name}") for field in fields.values()),
        definition_version=1,
        key_fields=tuple(name for name in base.key_fields if name in fields),
        label=_label(base, in_ledger),
        aliases=(),
        sections=sections,
    )


def _without_names_of_others(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Takes aliases from the fields of the template that head columns of their own: 管理番号 beside 整理番号."""
    titles = {fold_header(field.title.ja): field.name for field in fields.values()}
    return {
        name: replace(
            field, aliases=tuple(alias for alias in field.aliases if titles.get(fold_header(alias), name) == name)
        )
        for name, field in fields.items()
    }


def _field_of(column: Column, texts: Sequence[str | None], taken: Collection[str]) -> Field:
    return Field(
        field_id="",
        name=_field_name(column, taken),
        title=Text(column.name, column.name),
        type=infer_type(texts),
        unit=unit_of_header(column.name),
    )


def _label(base: Layer, fields: Mapping[str, Field]) -> str:
    wanted = re.findall(r"\{(\w+)\}", base.label)
    if wanted and all(name in fields for name in wanted):
        return base.label
    first = next((field.name for field in fields.values() if field.type is FieldType.TEXT), None)
    return f"{{{first}}}" if first else ""


def _field_name(column: Column, taken: Collection[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", column.name.lower()).strip("_")[:40] if column.name.isascii() else ""
    if re.fullmatch(r"[a-z][a-z0-9_]*", slug) and slug not in taken and slug not in RESERVED_NAMES:
        return slug
    name = f"c_{_hash(column.name)}"
    while name in taken:
        name = f"c_{_hash(name)}"
    return name


def geometry_kinds(table: Table) -> list[GeometryType]:
    """The type of each geometry that a source brings; what a layer has no name for is "Geometry"."""
    ids = shapely.get_type_id(np.array([*(table.geometries or ()), None], dtype=object)).tolist()
    return [_TYPES.get(type_id, "Geometry") for type_id in ids if type_id != _NO_GEOMETRY]


def _geometry_type(table: Table) -> GeometryType:
    """One type where all geometries are of one; its Multi type where some are; Geometry for a mixture."""
    kinds = set(geometry_kinds(table))
    if len(kinds) < 2:
        return kinds.pop() if kinds else "Point"
    singles = {kind.removeprefix("Multi") for kind in kinds}
    return _MULTI.get(singles.pop(), "Geometry") if len(singles) == 1 else "Geometry"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
