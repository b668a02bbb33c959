"""The table of a layer as GeoPackage 1.4 wants it, declared by us."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry

from gis_capture.geopackage.blob import Geometries
from gis_capture.geopackage.column_values import COLUMN_TYPES
from gis_capture.geopackage.crs import put_crs
from gis_capture.geopackage.names import OWN_PREFIX, check_names, quote_identifier
from gis_capture.geopackage.rtree import RTREE_DEFINITION, create_rtree, index_boxes, insert_trigger_name
from gis_capture.model import Field, Layer

Boxes = npt.NDArray[np.float64]

SYSTEM_COLUMNS = {
    "position_method": "TEXT",
    "position_accuracy_m": "REAL",
    "position_note": "TEXT",
    "revision": "INTEGER DEFAULT 0",
}
SYSTEM_TITLES = {
    "feature_id": "識別番号",
    "position_method": "位置の求め方",
    "position_accuracy_m": "位置の精度(m)",
    "position_note": "位置のメモ",
    "revision": "版",
}


def create_layer_table(connection: sqlite3.Connection, layer: Layer) -> None:
    """Makes the feature table of a layer with its index, its triggers and its description.

    Raises:
        FieldError: A field has a name that the table needs. CRSError: The CRS is not known.
    """
    check_names(layer)
    srs_id = put_crs(connection, layer.crs)
    geometry_type = layer.geometry_type.upper()
    columns = [
        "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
        f"geometry {geometry_type}",
        "feature_id TEXT UNIQUE",
        *(_column(field) for field in layer.fields),
        *(f"{name} {declaration}" for name, declaration in SYSTEM_COLUMNS.items()),
    ]
    table = quote_identifier(layer.key)
    connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    connection.execute(f"CREATE INDEX {quote_identifier(layer.key + '_revision')} ON {table} (revision)")
    unlocated = quote_identifier(layer.key + "_unlocated")
    connection.execute(f"CREATE INDEX {unlocated} ON {table} (fid) WHERE geometry IS NULL")
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
        " VALUES (?, 'features', ?, ?, ?)",
        (layer.key, _identifier(connection, layer), layer.description.ja if layer.description else "", srs_id),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geometry', ?, ?, 0, 0)", (layer.key, geometry_type, srs_id)
    )
    create_rtree(connection, layer.key)
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geometry', 'gpkg_rtree_index', ?, 'write-only')",
        (layer.key, RTREE_DEFINITION),
    )
    _count_features(connection, layer.key)
    describe_columns(connection, layer)


def add_column(connection: sqlite3.Connection, layer: Layer, field: Field) -> None:
    """Adds the column of a new field; features that are there have no value in it."""
    connection.execute(f"ALTER TABLE {quote_identifier(layer.key)} ADD COLUMN {_column(field)}")


def rename_columns(connection: sqlite3.Connection, layer: Layer, new_names: Mapping[str, str]) -> None:
    """Renames columns, by their old names; two may exchange their names."""
    table = quote_identifier(layer.key)
    between = {old: f"{OWN_PREFIX}renamed_{number}" for number, old in enumerate(new_names)}
    for old, new in [*between.items(), *((between[old], new) for old, new in new_names.items())]:
        connection.execute(f"ALTER TABLE {table} RENAME COLUMN {quote_identifier(old)} TO {quote_identifier(new)}")


def table_columns(connection: sqlite3.Connection, key: str) -> dict[str, str]:
    """Gives the declared types of a layer's columns by their names."""
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({quote_identifier(key)})")}


def newest_fid(connection: sqlite3.Connection, key: str) -> int:
    """The highest `fid` that a layer's table has or ever had: the next row gets one more."""
    sequence = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (key,)).fetchone()
    highest = connection.execute(f"SELECT max(fid) FROM {quote_identifier(key)}").fetchone()[0]
    return max(sequence[0] if sequence else 0, highest or 0)


def describe_columns(connection: sqlite3.Connection, layer: Layer) -> None:
    """Writes titles, helps and domains into the tables of the Schema extension."""
    connection.execute(
        "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
        (_identifier(connection, layer), layer.description.ja if layer.description else "", layer.key),
    )
    connection.execute("DELETE FROM gpkg_data_columns WHERE table_name = ?", (layer.key,))
    connection.execute(
        "DELETE FROM gpkg_data_column_constraints WHERE constraint_name LIKE ? ESCAPE '\\'",
        (_constraint_name(layer, "").replace("_", "\\_") + "%",),
    )
    titles = dict(SYSTEM_TITLES)
    taken: set[str] = set(titles.values())
    for field in layer.fields:
        # The Schema extension wants names that are unique in a table.
        title = field.title.ja if field.title.ja not in taken else f"{field.title.ja}({field.name})"
        taken.add(title)
        constraint = _write_constraint(connection, layer, field)
        connection.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)",
            (layer.key, field.name, title, field.title.en, field.help.ja if field.help else None, constraint),
        )
    connection.executemany(
        "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, NULL, NULL, NULL)",
        ((layer.key, column, title, column) for column, title in titles.items()),
    )


def _column(field: Field) -> str:
    return f"{quote_identifier(field.name)} {COLUMN_TYPES[field.type]}"


def _identifier(connection: sqlite3.Connection, layer: Layer) -> str:
    """The Japanese title; identifiers are unique in a GeoPackage, so a second one carries the key."""
    other = connection.execute(
        "SELECT 1 FROM gpkg_contents WHERE identifier = ? AND table_name <> ?", (layer.title.ja, layer.key)
    ).fetchone()
    return f"{layer.title.ja} ({layer.key})" if other else layer.title.ja


def _constraint_name(layer: Layer, field: str) -> str:
    return f"{layer.key}.{field}".lower()


def _write_constraint(connection: sqlite3.Connection, layer: Layer, field: Field) -> str | None:
    name = _constraint_name(layer, field.name)
    insert = "INSERT INTO gpkg_data_column_constraints VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    if field.domain is not None and not field.domain.allows_other:
        connection.executemany(
            insert, ((name, "enum", code.code, None, None, None, None, code.title.ja) for code in field.domain.codes)
        )
        return name if field.domain.codes else None
    limits = (field.constraints.minimum, field.constraints.maximum)
    if any(isinstance(limit, int | float) for limit in limits):
        minimum, maximum = (limit if isinstance(limit, int | float) else None for limit in limits)
        connection.execute(insert, (name, "range", None, minimum, 1, maximum, 1, None))
        return name
    return None


def note_dimensions(
    connection: sqlite3.Connection, key: str, geometries: Sequence[Geometry | None] | Geometries
) -> None:
    """Says that a layer has Z or M, once a geometry has: GDAL and QGIS take the mere permission for a 3D layer."""
    if np.all(shapely.get_coordinate_dimension(geometries) <= 2):
        return
    for column, has in (("z", shapely.has_z(geometries)), ("m", shapely.has_m(geometries))):
        if np.any(has):
            connection.execute(f"UPDATE gpkg_geometry_columns SET {column} = 2 WHERE table_name = ?", (key,))


@contextmanager
def bulk_insert(connection: sqlite3.Connection, key: str, *more_triggers: str) -> Iterator[Callable[[Boxes], None]]:
    """Takes the triggers of an insert away while many rows are written, and does their work at once.

    Gives a function that is told the boxes of each batch of rows as they are inserted, shape (n, 4): min_x, min_y,
    max_x, max_y, NaN for those without a place. The triggers of other programs stay.
    """
    names = (insert_trigger_name(key), _counter_name("insert", key), *more_triggers)
    bodies = [
        row[0]
        for name in names
        for row in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", (name,))
    ]
    for name in names:
        connection.execute(f"DROP TRIGGER IF EXISTS {quote_identifier(name)}")
    last_fid = newest_fid(connection, key)
    batches: list[Boxes] = []
    yield batches.append
    if batches:
        boxes = np.concatenate(batches)
        index_boxes(connection, key, np.arange(len(boxes)) + last_fid + 1, boxes)
        sql = "UPDATE gpkg_ogr_contents SET feature_count = feature_count + ? WHERE table_name = ?"
        connection.execute(sql, (len(boxes), key))
    for body in bodies:
        connection.execute(body)


def _counter_name(event: str, key: str) -> str:
    return f"trigger_{event}_feature_count_{key}"


def _count_features(connection: sqlite3.Connection, key: str) -> None:
    """Keeps `gpkg_ogr_contents` by the triggers that GDAL itself would make."""
    connection.execute("INSERT INTO gpkg_ogr_contents VALUES (?, 0)", (key,))
    table, value = quote_identifier(key), "'" + key.replace("'", "''") + "'"
    for event, sign in (("insert", "+"), ("delete", "-")):
        name = quote_identifier(_counter_name(event, key))
        connection.execute(
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} BEGIN"
            f" UPDATE gpkg_ogr_contents SET feature_count = feature_count {sign} 1"
            f" WHERE lower(table_name) = lower({value}); END"
        )
