"""Brings the table of a layer to a newer definition: columns are added, renamed or set aside, never dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import orjson

from gis_capture.errors import LayerError
from gis_capture.geopackage.names import check_names
from gis_capture.model import Field, FieldType, Layer
from gis_capture.store.tables.database import Database
from gis_capture.text import Text


@dataclass(frozen=True, slots=True)
class RemovedField:
    """A field that a newer definition took out; its column is still there."""

    field_id: str
    name: str


def read_removed_fields(connection: Database, key: str) -> tuple[RemovedField, ...]:
    """Gives the removed fields of a layer."""
    sql = "SELECT removed_fields FROM gis_capture_layers WHERE key = ?"
    row = connection.execute(sql, (key,)).fetchone()
    return tuple(RemovedField(one["field_id"], one["name"]) for one in orjson.loads(row[0])) if row else ()


class LayerTables(Protocol):
    """What the room of a database does with the tables of layers."""

    def create(self, layer: Layer) -> None:
        """Makes the table of a layer."""

    def columns(self, key: str) -> Mapping[str, str]:
        """Gives the types of a layer's columns by their names."""

    def column_type(self, field_type: FieldType) -> str:
        """The type of a field's column, as `columns` gives it."""

    def add_column(self, layer: Layer, field: Field) -> None:
        """Adds the column of a new field."""

    def rename_columns(self, layer: Layer, new_names: Mapping[str, str]) -> None:
        """Renames columns, by their old names; two may exchange their names."""

    def describe(self, layer: Layer) -> None:
        """Writes titles and helps into the database."""


def migrate_layer(connection: Database, tables: LayerTables, stored: Layer, layer: Layer) -> None:
    """Changes the table, its description and the history to a newer definition.

    A field is known by its `field_id`: it keeps its values through a renaming, and when it comes back after it was
    taken out. A new field never gets the values of another one that had its name before.

    Raises:
        LayerError: The stored definition is newer, or of another geometry type or CRS, or a field changed its type.
        FieldError: A field has a name that the table needs.
    """
    if layer.definition_version < stored.definition_version:
        raise _refused(stored, "古い定義です", "its definition is older than the stored one")
    if (layer.geometry_type, layer.crs) != (stored.geometry_type, stored.crs):
        raise _refused(stored, "形の種類と座標系は変えられません", "geometry type and CRS cannot change")
    check_names(layer)
    known = {field.field_id: field.name for field in read_removed_fields(connection, layer.key)}
    known |= {field.field_id: field.name for field in stored.fields}
    columns = tables.columns(layer.key)
    for field in layer.fields:
        name = known.get(field.field_id)
        if name is not None and columns.get(name, tables.column_type(field.type)) != tables.column_type(field.type):
            raise _refused(
                stored,
                f"項目「{field.title.ja}」の型は変えられません。新しい field_id の項目にしてください",
                f'the type of field "{field.name}" cannot change; make it a field with a field_id of its own',
            )

    wanted = {field.field_id: field.name for field in layer.fields}
    removed = {field_id: name for field_id, name in known.items() if field_id not in wanted}
    taken = {*columns, *wanted.values()}
    for field_id, name in removed.items():
        if name in wanted.values():
            removed[field_id] = next(free for n in range(1, 1000) if (free := f"{name}_removed_{n}") not in taken)
            taken.add(removed[field_id])
    after = wanted | removed
    renamed = {name: after[field_id] for field_id, name in known.items() if name != after[field_id]}
    tables.rename_columns(layer, renamed)
    _rename_in_history(connection, layer.key, renamed)
    columns = tables.columns(layer.key)
    for field in layer.fields:
        if field.name not in columns:
            tables.add_column(layer, field)
    connection.execute(
        "UPDATE gis_capture_layers SET removed_fields = ? WHERE key = ?",
        (orjson.dumps([{"field_id": one, "name": name} for one, name in removed.items()]).decode(), layer.key),
    )
    tables.describe(layer)


def _rename_in_history(connection: Database, key: str, renamed: Mapping[str, str]) -> None:
    """Gives former states the new names, so that they can be read and restored."""
    if not renamed:
        return
    states = connection.execute("SELECT id, previous FROM gis_capture_history WHERE layer = ?", (key,)).fetchall()
    connection.executemany(
        "UPDATE gis_capture_history SET previous = ? WHERE id = ?",
        ((_with_new_names(previous, renamed), row_id) for row_id, previous in states),
    )


def _with_new_names(previous: str, renamed: Mapping[str, str]) -> str:
    state = orjson.loads(previous)
    state["fields"] = {renamed.get(name, name): value for name, value in state["fields"].items()}
    return orjson.dumps(state).decode()


def _refused(stored: Layer, ja: str, en: str) -> LayerError:
    return LayerError(
        Text(
            f"レイヤー「{stored.title.ja}」の定義を変えられません。{ja}。",
            f'The definition of layer "{stored.key}" cannot be changed: {en}.',
        ),
        layer=stored.key,
    )
