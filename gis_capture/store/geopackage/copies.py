"""Copies of a store that nobody has open: looked at before they are trusted, and given a life of their own."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gis_capture.errors import StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.store.geopackage.format_version import check_version, read_meta, read_version
from gis_capture.store.geopackage.reading import GeoPackageReading
from gis_capture.store.sync_records import PushedChange
from gis_capture.store.tables.sync import SyncTables
from gis_capture.text import Text

RELEASE_TIMEOUT_MS = 2_000


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """What a copy of a store says of itself."""

    format_version: int
    epoch: str
    revision: int
    n_features: int


def check_copy(path: Path) -> StoreCopy:
    """Reads a copy from end to end, without changing it.

    Raises:
        StoreError: It is damaged, or no store.
        FormatVersionError: A newer version wrote it.
    """
    try:
        with closing(connect(path, is_read_only=True)) as connection:
            check_version(path, connection)
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            if found != ["ok"]:
                raise _damaged(path, found[0])
            reading = GeoPackageReading(connection)
            counts = [reading.layer_info(layer.key).n_features for layer in reading.layers()]
            version, epoch = read_version(connection), read_meta(connection, "epoch")
            return StoreCopy(version, epoch, reading.newest_revision(), sum(counts))
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) from error


def renew_epoch(path: Path, epoch: str) -> None:
    """Begins a new life of a store, so that tablets which knew another state of it bring theirs up to it."""
    try:
        with closing(connect(path)) as connection:
            connection.execute("UPDATE gis_capture_meta SET value = ? WHERE key = 'epoch'", (epoch,))
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) from error


def release_file(path: Path) -> bool:
    """Brings the journal of a store into its file, for it to be put aside; False where the file is too damaged for it.

    Raises:
        StoreError: A server or another program has it open.
    """
    try:
        with closing(connect(path)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {RELEASE_TIMEOUT_MS}")
            # Leaving the WAL takes the file for oneself, which nobody can have while another is connected.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _in_use(path) from error
        return False
    except (sqlite3.Error, StoreError):
        return False
    return True


def _in_use(path: Path) -> StoreError:
    return StoreError(
        Text(
            f"「{path}」は使われています。サーバー(gis-capture serve)と QGIS を止めてから、もう一度お試しください。"
            "何も変わっていません。",
            f'"{path}" is in use: stop the server (gis-capture serve) and QGIS, then try again. Nothing has changed.',
        ),
        path=path,
    )


def _damaged(path: Path, reason: str) -> StoreError:
    return StoreError(
        Text(f"「{path}」は壊れています({reason})。", f'"{path}" is damaged ({reason}).'),
        path=path,
        code="damaged_file",
    )


def read_changes(path: Path) -> Iterator[PushedChange]:
    """Reads the changes that came, in their order, without touching the file."""
    with closing(connect(path, is_read_only=True)) as connection:
        yield from SyncTables(connection).changes()


def read_change_ids(path: Path) -> set[str]:
    """The ids of all changes that came."""
    with closing(connect(path, is_read_only=True)) as connection:
        return {row[0] for row in connection.execute("SELECT change_id FROM gis_capture_receipts")}
