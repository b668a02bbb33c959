"""Brings a store of an older version to the present one.

What is missing is done version by version in one transaction, after a copy of the store was put aside: a kill at any
moment leaves the old store. A change of the tables is made in two places: in `schema.sql` or `sync_records.sql` for new
stores, and as an upgrade here for those that are there; `tests/store/geopackage/versions` has one of each old version.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import orjson

from gis_capture.errors import StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.geopackage.files import put_in_place
from gis_capture.store.geopackage.format_version import FORMAT_VERSION, read_version
from gis_capture.store.geopackage.schema import EXTENSION_DEFINITION
from gis_capture.store.source_rows import SourceRow, blocks_of
from gis_capture.store.tables.writing import put_blocks
from gis_capture.text import Text


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What makes a store of version `to - 1` one of version `to`; statements must do no harm where they were run."""

    to: int
    statements: Sequence[str] = ()
    finish: Callable[[sqlite3.Connection], None] = lambda connection: None


def _pack_source_rows(connection: sqlite3.Connection) -> None:
    """Packs the account of imports, one row a row until version 1, into blocks."""
    rows = connection.execute(
        "SELECT s.import_number, s.row_number, s.outcome, s.reason, s.feature_id, h.columns, s.raw, s.table_name"
        " FROM gis_capture_source_rows s JOIN gis_capture_source_headers h ON h.id = s.header_id"
        " ORDER BY s.import_number, s.id"
    )
    for number, ones in groupby(rows, key=itemgetter(0)):
        put_blocks(connection, number, blocks_of(_source_row(*row[1:]) for row in ones))
    for table in ("gis_capture_source_rows", "gis_capture_source_headers"):
        connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM gpkg_extensions WHERE table_name = ?", (table,))
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES ('gis_capture_source_blocks', NULL, 'gis_capture', ?, 'read-write')",
        (EXTENSION_DEFINITION,),
    )


def _source_row(
    row_number: int, outcome: str, reason: str | None, feature_id: str | None, columns: str, raw: str, table: str | None
) -> SourceRow:
    texts = dict(zip(orjson.loads(columns), orjson.loads(raw), strict=True))
    return SourceRow(row_number, outcome, reason, feature_id, texts, table)


UPGRADES: Sequence[Upgrade] = (
    Upgrade(
        2,
        (
            # To read a layer as it was on a date, and to list what was deleted, by what changed since and not by all.
            "CREATE INDEX IF NOT EXISTS gis_capture_history_layer ON gis_capture_history (layer, revision)",
            # To find what a tablet or a check-out has sent.
            "CREATE INDEX IF NOT EXISTS gis_capture_receipts_device ON gis_capture_receipts (device_id)",
            "CREATE TABLE IF NOT EXISTS gis_capture_source_blocks ( id INTEGER PRIMARY KEY,"
            " import_number INTEGER NOT NULL, first_id TEXT, last_id TEXT, rows BLOB NOT NULL )",
            "CREATE INDEX IF NOT EXISTS gis_capture_source_blocks_import ON gis_capture_source_blocks (import_number)",
            "CREATE INDEX IF NOT EXISTS gis_capture_source_blocks_ids ON gis_capture_source_blocks (first_id, last_id)",
        ),
        _pack_source_rows,
    ),
)


def upgrade(path: Path, connection: sqlite3.Connection, *, upgrades: Sequence[Upgrade] = UPGRADES) -> Path | None:
    """Upgrades the store that a connection has open; gives the copy of the old one, None where nothing was to be done.

    Raises:
        StoreError: The copy or the store cannot be written; nothing has changed then.
    """
    newest = max((FORMAT_VERSION, *(one.to for one in upgrades)))
    if read_version(connection) == newest:
        return None
    try:
        # Nobody writes between the copy and the upgrade; another process may have done it while we waited.
        connection.execute("BEGIN IMMEDIATE")
        version = read_version(connection)
        if version == newest:
            connection.execute("ROLLBACK")
            return None
        copy = _put_copy_aside(path, version)
        for one in upgrades:
            if one.to > version:
                for statement in one.statements:
                    connection.execute(statement)
                one.finish(connection)
        connection.execute("UPDATE gis_capture_meta SET value = ? WHERE key = 'format_version'", (str(newest),))
        connection.execute("COMMIT")
    except (OSError, sqlite3.Error) as error:
        raise _not_upgraded(path, error) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return copy


def _put_copy_aside(path: Path, version: int) -> Path:
    """Copies a store to `backups/<name>-version-<n>.gpkg` beside it; one that is there gets a number of its own."""
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    names = (f"{path.stem}-version-{version}{f'-{n}' if n else ''}.gpkg" for n in range(1_000))
    copy = next(free for name in names if not (free := folder / name).exists())
    partial = copy.with_name(copy.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        with closing(connect(path, is_read_only=True)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
        put_in_place(partial, copy)
    finally:
        partial.unlink(missing_ok=True)
    return copy


def _not_upgraded(path: Path, error: Exception) -> StoreError:
    return StoreError(
        Text(
            f"「{path}」を新しい形式にできません({error})。何も変わっていません。"
            "空き容量と、ほかに開いているプログラムを確かめてから、もう一度開いてください。",
            f'"{path}" cannot be upgraded ({error}). Nothing has changed: check free space and programs that hold it,'
            " then open it again.",
        ),
        path=path,
    )
