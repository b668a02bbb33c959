"""Reads the conformance cases and replays them through push into a real store."""

import json
import re
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from gis_capture.model import (
    GEOMETRY,
    Change,
    Constraints,
    Feature,
    Field,
    FieldType,
    Layer,
    Text,
    geometry_from_geojson,
    geometry_to_geojson,
)
from gis_capture.store.protocol import Author, Store
from gis_capture.sync.push import push

AT = "2026-11-23T02:10:00Z"
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_TYPES = {
    "INTEGER": "integer",
    "MEDIUMINT": "integer",
    "REAL": "real",
    "DOUBLE": "real",
    "DATETIME": "datetime",
    "BOOLEAN": "boolean",
}
_NO_LAYERS = {"layer_styles"}
_RESERVED = {GEOMETRY}

Row = dict[str, Any]
"""Values by field; a geometry is GeoJSON under `GEOMETRY`."""


@dataclass
class Table:
    """One table of one side, its rows by fid."""

    geometry_type: str | None
    types: dict[str, str]
    rows: dict[int, Row] = field(default_factory=dict)


def instant(text: str | None) -> str | None:
    """Brings the writings of an instant into one."""
    return None if text is None else re.sub(r"^(\S{10})[ T](\S+?)(\.000)?Z?$", r"\1T\2Z", text)


def exact(geometry: Any) -> Any:
    """A geometry (GeoJSON, WKT or shapely) as a value that is equal only where every ordinate is."""
    if isinstance(geometry, str):
        geometry = shapely.from_wkt(geometry)
    if isinstance(geometry, Mapping):
        geometry = geometry_from_geojson(geometry)
    return None if geometry is None else shapely.to_wkb(geometry, output_dimension=4, byte_order=1, flavor="iso")


def plain(name: str) -> str:
    """A name that a layer or field may have; the cases have capitals, blanks and Japanese, as other programs allow."""
    is_plain = re.fullmatch(r"[a-z][a-z0-9_]*", name) and name not in _RESERVED
    return name if is_plain else "n" + name.encode().hex()


def _plain_keys(value: Any, depth: int) -> Any:
    """Makes the names plain that are keys on the first levels of a document."""
    if depth == 0 or not isinstance(value, dict):
        return value
    return {key if key in _RESERVED else plain(key): _plain_keys(inner, depth - 1) for key, inner in value.items()}


def _plain_case(body: Mapping[str, Any]) -> dict[str, Any]:
    """The case with plain names of tables and fields."""
    case = dict(body)
    case["relations"] = {
        plain(table): {plain(one): plain(target) for one, target in fields.items()}
        for table, fields in body.get("relations", {}).items()
    }
    case["references"] = _plain_keys(body.get("references", {}), 2)
    for name in ("instants", "unique"):
        case[name] = {plain(table): list(map(plain, fields)) for table, fields in body.get(name, {}).items()}
    case["expected_extents"] = _plain_keys(body.get("expected_extents", {}), 1)
    case["expected_receipts"] = {side: _plain_keys(tables, 1) for side, tables in body["expected_receipts"].items()}
    case["expected_row_sets"] = {
        plain(table): [{**entry, "fields": _plain_keys(entry["fields"], 1)} for entry in entries]
        for table, entries in body["expected_row_sets"].items()
    }
    for name in ("expected_conflicts", "kept_bodies"):
        case[name] = [
            {**one, "table": plain(one["table"]), "fields": _plain_keys(one["fields"], 1)} for one in body.get(name, [])
        ]
    return case


class Case:
    """One case of `cases.json`."""

    def __init__(self, folder: Path, body: Mapping[str, Any]) -> None:
        self.folder, self.body = folder, _plain_case(body)
        self.relations: Mapping[str, Mapping[str, str]] = self.body["relations"]
        self.instants: Mapping[str, list[str]] = self.body["instants"]
        self.base, self.theirs, self.mine = (self._read(body[side]) for side in ("base", "theirs", "mine"))

    def _read(self, side: str | Mapping[str, Any]) -> dict[str, Table]:
        tables = _read_file(self.folder / side) if isinstance(side, str) else _read_inline(side["inline"])
        for name, table in tables.items():
            for row in table.rows.values():
                row.update({one: instant(row[one]) for one in self.instants.get(name, [])})
            table.types.update(dict.fromkeys(self.instants.get(name, []), "datetime"))
        return tables

    def key(self, side: str, table: str, fid: int) -> str:
        """Names a feature by who made it: "base:2", "mine:4"."""
        if fid in self.base[table].rows:
            return f"base:{fid}"
        return f"{'theirs' if self.body.get('same_checkout') else side}:{fid}"

    def feature_id(self, table: str, key: str) -> str:
        """The UUID of a feature."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.body['id']}/{table}/{key}"))

    def keys(self) -> dict[str, tuple[str, str]]:
        """Table and key of every feature, by its UUID."""
        sides = {"base": self.base, "theirs": self.theirs, "mine": self.mine}
        pairs = {
            (t, self.key(side, t, fid)) for side, tables in sides.items() for t in tables for fid in tables[t].rows
        }
        return {self.feature_id(table, key): (table, key) for table, key in pairs}

    def layers(self) -> list[Layer]:
        """The definitions that the tables and the constraints of the case amount to."""
        return [self._layer(name, table) for name, table in self.base.items()]

    def _layer(self, name: str, table: Table) -> Layer:
        unique = self.body.get("unique", {}).get(name, [])
        relations = dict(self.relations.get(name, {}))
        relations |= {one: ".".join(two) for one, two in self.body.get("references", {}).get(name, {}).items()}
        fields = tuple(
            Field(
                f"{name}.{one}",
                one,
                Text(one, one),
                FieldType.TEXT if one in self.relations.get(name, {}) else FieldType(kind),
                constraints=Constraints(unique=one in unique),
                relation=relations.get(one),
            )
            for one, kind in (table.types or {"unused": "text"}).items()  # ours have at least one field
        )
        return Layer(name, Text(name, name), table.geometry_type or "Geometry", fields, crs="EPSG:4326")  # type: ignore[arg-type]

    def state(self, side: str, table: str, fid: int) -> Row:
        """A row with its relations as feature_ids."""
        row = dict(getattr(self, side)[table].rows[fid])
        for name, target in self.relations.get(table, {}).items():
            if row[name] is not None:
                row[name] = self.feature_id(target, self.key(side, target, row[name]))
        return row

    def fill(self, store: Store) -> int:
        """Stores the base; gives its revision."""
        with store.transact(Author("office"), at=AT) as transaction:
            for layer in self.layers():
                transaction.put_layer(layer)
            for name, table in self.base.items():
                transaction.insert(self._feature(name, fid) for fid in table.rows)
        return store.revision()

    def _feature(self, table: str, fid: int) -> Feature:
        row = self.state("base", table, fid)
        geometry = geometry_from_geojson(row.pop(GEOMETRY, None))
        return Feature(table, self.feature_id(table, f"base:{fid}"), geometry, row)

    def changes(self, side: str, base_revision: int) -> dict[tuple[str, str], dict[str, Any]]:
        """What a side did since the base, by table and key of the feature."""
        found = {}
        for name, base in self.base.items():
            rows = getattr(self, side).get(name, base).rows
            for fid in [*base.rows, *(fid for fid in rows if fid not in base.rows)]:
                key = self.key(side, name, fid)
                before = self.state("base", name, fid) if fid in base.rows else None
                after = self.state(side, name, fid) if fid in rows else None
                if before == after:
                    continue
                maker = "theirs" if self.body.get("same_checkout") else side
                identity = {
                    "change_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.body['id']}/{maker}/{name}/{key}")),
                    "layer": name,
                    "feature_id": self.feature_id(name, key),
                    "base_revision": base_revision if before is not None else None,
                    "made_at": AT,
                }
                found[name, key] = Change.between(before, after, **identity).to_json()
        return found

    def replay(self, store: Store) -> dict[str, dict[tuple[str, str], dict[str, Any]]]:
        """Pushes theirs, then mine; gives the receipts by side, table and key."""
        base_revision = self.fill(store)
        receipts = {}
        for side in ("theirs", "mine"):
            changes = self.changes(side, base_revision)
            message = {
                "format": "gis-capture.push/v1",
                "device_id": side,
                "author": f"{side} crew",
                "clock_at": AT,
                "changes": json.loads(json.dumps(list(changes.values()))),
            }
            answer = push(store, message, clock=lambda: AT, new_id=lambda: str(uuid.uuid4()))
            receipts[side] = dict(zip(changes, answer["receipts"], strict=True))
        return receipts


def _read_inline(tables: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Table]:
    found = {}
    for name, entries in tables.items():
        values: dict[str, set[type]] = {}
        rows: dict[int, Row] = {}
        for entry in entries:
            row = rows[entry["fid"]] = _plain_keys(entry["fields"], 1)
            for one, value in row.items():
                values.setdefault(one, set()).add(type(value))
            if GEOMETRY in entry:
                wkt = entry[GEOMETRY]
                row[GEOMETRY] = geometry_to_geojson(shapely.from_wkt(wkt)) if wkt else None
        types = {
            one: "integer" if int in kinds else "real" if float in kinds else "text" for one, kinds in values.items()
        }
        found[plain(name)] = Table(None, types, rows)
    return found


def _read_file(path: Path) -> dict[str, Table]:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        geometries = {
            table: (column, kind)
            for table, column, kind in db.execute(
                "SELECT table_name, column_name, geometry_type_name FROM gpkg_geometry_columns"
            )
        }
        names = db.execute("SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes')")
        return {
            plain(name): _read_table(db, name, *geometries.get(name, (None, None)))
            for (name,) in names.fetchall()
            if name not in _NO_LAYERS
        }
    finally:
        db.close()


def _read_table(db: sqlite3.Connection, name: str, geometry_column: str | None, kind: str | None) -> Table:
    columns = db.execute(f'PRAGMA table_info("{name}")').fetchall()
    types = {
        plain(column): _TYPES.get(declared.partition("(")[0].upper(), "text")
        for _, column, declared, *_ in columns
        if column not in ("fid", geometry_column)
    }
    names = {"MULTILINESTRING": "MultiLineString", "MULTIPOINT": "MultiPoint", "LINESTRING": "LineString"}
    table = Table(names.get(kind, kind.capitalize()) if kind else None, types)
    for values in db.execute(f'SELECT * FROM "{name}"'):
        row = dict(zip((column for _, column, *_ in columns), values, strict=True))
        fid = row.pop("fid")
        blob = row.pop(geometry_column) if geometry_column else None
        row = _plain_keys(row, 1)
        row.update({one: bool(row[one]) for one, kind in types.items() if kind == "boolean" and row[one] is not None})
        if geometry_column:
            offset = 0 if blob is None else 8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7]
            row[GEOMETRY] = None if blob is None else geometry_to_geojson(shapely.from_wkb(blob[offset:]))
        table.rows[fid] = row
    return table
