"""Makes GeoPackage files that are whole or not there."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from gis_capture.geopackage.connection import unusable
from gis_capture.geopackage.crs import put_crs
from gis_capture.geopackage.functions import register_functions

CORE_SCHEMA = files("gis_capture.geopackage").joinpath("schema.sql").read_text(encoding="utf-8")


def create_geopackage(
    path: Path, fill: Callable[[sqlite3.Connection], None], *, check: Callable[[Path], None] | None = None
) -> None:
    """Makes a GeoPackage beside its place, lets `fill` write into it, and moves it there; an older file is replaced.

    `check` looks at the whole file before it gets its name; what it raises leaves the older file.

    Raises:
        StoreError: The folder cannot be written.
    """
    partial = path.with_name(path.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        connection = sqlite3.connect(partial, isolation_level=None)
        try:
            register_functions(connection)
            # The file gets its name only when it is whole, so nothing needs a journal until then.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(CORE_SCHEMA)
            put_crs(connection, "EPSG:4326")
            fill(connection)
        finally:
            connection.close()
        if check is not None:
            check(partial)
        put_in_place(partial, path)
    except (OSError, sqlite3.Error) as error:
        raise unusable(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(partial: Path, path: Path) -> None:
    """Gives a whole file its name; an older one is replaced.

    Raises:
        OSError, sqlite3.Error: The older one cannot be replaced.
    """
    with partial.open("rb+") as whole:
        os.fsync(whole.fileno())
    _end_journal(path)
    os.replace(partial, path)


def _end_journal(path: Path) -> None:
    """Brings the journal of an older file into it and takes it away: SQLite would read it into the new file."""
    journals = [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal")]
    if not path.exists() or not any(journal.exists() for journal in journals):
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        is_busy = older.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if is_busy:
        raise sqlite3.OperationalError("database is locked")
    for journal in journals:
        journal.unlink(missing_ok=True)
