"""What a GeoPackage holds beside what it declares: programs that know its list of contents pass such tables by."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gis_capture.errors import StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.geopackage.names import quote_identifier

_NO_DATA = ("layer_styles", "qgis_projects", "ogr_empty_table", "data_licenses")
_NO_DATA_PREFIXES = ("gpkg_", "gpkgext_", "rtree_", "sqlite_", "gis_capture_")
_MOST_TABLES = 1_000


@dataclass(frozen=True, slots=True)
class Contents:
    """Names of tables.

    Attributes:
        undeclared: Tables and views with rows that are not in the list of contents.
        missing: In the list, and not in the file.
        rasters: Pyramids of tiles.
    """

    undeclared: Sequence[str] = ()
    missing: Sequence[str] = ()
    rasters: Sequence[str] = ()


def read_contents(path: Path) -> Contents:
    """Compares the list of contents with the tables; a file that cannot be looked at gives nothing."""
    try:
        with closing(connect(path, is_read_only=True)) as connection:
            return _contents(connection)
    except (StoreError, sqlite3.DatabaseError):
        return Contents()


def declare_tables(path: Path, names: Sequence[str]) -> None:
    """Adds tables to the list of contents; a column of geometry blobs makes one a layer in the CRS that they name."""
    with closing(connect(path)) as connection:
        connection.execute("BEGIN")
        for name in names:
            column, srs_id = _geometry(connection, name)
            kind = "features" if column else "attributes"
            connection.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES (?, ?, ?)", (name, kind, srs_id)
            )
            if column:
                connection.execute(
                    "INSERT OR REPLACE INTO gpkg_geometry_columns VALUES (?, ?, 'GEOMETRY', ?, 2, 2)",
                    (name, column, srs_id),
                )
        connection.execute("COMMIT")


def _contents(connection: sqlite3.Connection) -> Contents:
    declared = connection.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
    there = {name.lower(): name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    known = {name.lower() for name, _ in declared}
    if "gpkg_extensions" in there:
        extensions = connection.execute("SELECT table_name FROM gpkg_extensions WHERE table_name IS NOT NULL")
        known |= {name.lower() for (name,) in extensions}
    # The list of tables tells the ones that belong to virtual tables apart.
    tables = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view')"
    ).fetchall()
    undeclared = [
        name
        for (name,) in tables
        if name.lower() not in known
        and name.lower() not in _NO_DATA
        and not name.lower().startswith(_NO_DATA_PREFIXES)
        and _has_rows(connection, name)
    ]
    return Contents(
        undeclared[:_MOST_TABLES],
        [name for name, _ in declared if name.lower() not in there],
        [name for name, kind in declared if kind not in ("features", "attributes") and name.lower() in there],
    )


def _has_rows(connection: sqlite3.Connection, name: str) -> bool:
    try:
        return connection.execute(f"SELECT 1 FROM {quote_identifier(name)} LIMIT 1").fetchone() is not None
    except sqlite3.DatabaseError:
        return False  # a view of what is no longer there


def _geometry(connection: sqlite3.Connection, name: str) -> tuple[str | None, int]:
    """The column of geometry blobs, and the CRS in the header of its first one (GeoPackage 1.3, 2.1.3)."""
    table = quote_identifier(name)
    for _, column, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall():
        head = connection.execute(
            f"SELECT substr({quote_identifier(column)}, 1, 8) FROM {table}"
            f" WHERE typeof({quote_identifier(column)}) = 'blob' LIMIT 1"
        ).fetchone()
        if head and len(head[0]) == 8 and head[0].startswith(b"GP"):
            return column, int.from_bytes(head[0][4:], "little" if head[0][3] & 1 else "big", signed=True)
    return None, 0
