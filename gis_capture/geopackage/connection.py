"""SQLite connections that can write a GeoPackage: the functions its R-tree triggers call are registered on each."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from gis_capture.durability import is_for_want_of_room
from gis_capture.errors import StoreError
from gis_capture.geopackage.functions import register_functions
from gis_capture.text import Text

BUSY_TIMEOUT_MS = 60_000
# The module asks every None and every blob in vain whether it knows how to adapt itself, and that costs half as much as
# the insert of its row; what is registered here gives them back as they are, without a call into Python.
_NOTHING: dict[None, None] = {}
sqlite3.register_adapter(type(None), _NOTHING.get)
sqlite3.register_adapter(bytes, bytes)


def connect(
    path: Path, *, is_read_only: bool = False, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """Opens a GeoPackage; statements begin no transaction by themselves.

    Raises:
        StoreError: The file is not there, not readable or not a database.
    """
    mode = "ro" if is_read_only else "rw"
    connection = None
    try:
        connection = sqlite3.connect(
            f"file:{quote(path.absolute().as_posix())}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1000,
            factory=factory,
        )
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise unusable(path, error) from error
    register_functions(connection)
    if is_read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def unusable(path: Path, error: Exception) -> StoreError:
    """Says that a file cannot be used as a store."""
    if is_for_want_of_room(path, error):
        return StoreError(
            Text(
                f"ディスクに空き容量がないため、「{path}」を開けません。中身はそのままです。"
                "空きを作ってから、もう一度お試しください。",
                f'The disk is full, so "{path}" cannot be opened. What is in it is untouched: '
                "make room, then try again.",
            ),
            path=path,
            code="disk_full",
        )
    return StoreError(
        Text(
            f"「{path}」を開けません({error})。ファイルがあるか、ほかのプログラムが開いていないかを確かめてください。",
            f'"{path}" cannot be opened ({error}). Check that it is there and that no other program holds it.',
        ),
        path=path,
    )
