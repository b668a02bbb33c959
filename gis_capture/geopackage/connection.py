"""SQLite connections that can write a GeoPackage: the functions its R-tree triggers call are registered on each."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from gis_capture.errors import StoreError
from gis_capture.geopackage.blob import read_envelope
from gis_capture.text import Text

BUSY_TIMEOUT_MS = 60_000
_FUNCTIONS = {"ST_MinX": 0, "ST_MaxX": 1, "ST_MinY": 2, "ST_MaxY": 3}


def connect(path: Path, *, is_read_only: bool = False) -> sqlite3.Connection:
    """Opens a GeoPackage; statements begin no transaction by themselves.

    Raises:
        StoreError: The file is not there, not readable or not a database.
    """
    mode = "ro" if is_read_only else "rw"
    try:
        connection = sqlite3.connect(
            f"file:{quote(path.absolute().as_posix())}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1000,
        )
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    register_functions(connection)
    if is_read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def register_functions(connection: sqlite3.Connection) -> None:
    """Registers ST_MinX, ST_MaxX, ST_MinY, ST_MaxY and ST_IsEmpty over geometry blobs."""
    for name, index in _FUNCTIONS.items():
        connection.create_function(name, 1, _corner(index), deterministic=True)
    connection.create_function(
        "ST_IsEmpty", 1, lambda blob: None if blob is None else int(read_envelope(blob) is None), deterministic=True
    )


def unusable(path: Path, error: Exception) -> StoreError:
    """Says that a file cannot be used as a store."""
    return StoreError(
        Text(
            f"「{path}」を開けません({error})。ファイルがあるか、ほかのプログラムが開いていないかを確かめてください。",
            f'"{path}" cannot be opened ({error}). Check that it is there and that no other program holds it.',
        ),
        path=path,
    )


def _corner(index: int):  # type: ignore[no-untyped-def]  # a function of SQLite: bytes | None -> float | None
    def corner(blob: bytes | None) -> float | None:
        envelope = read_envelope(blob)
        return None if envelope is None else envelope[index]

    return corner
