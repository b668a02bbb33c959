"""Reads MBTiles, the older archive of map tiles: an SQLite file with rows counted from the south.

Source of the format: MBTiles specification, version 1.3.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gis_capture.errors import SourceError
from gis_capture.text import Text

MAGIC = b"SQLite format 3\0"
MAX_ZOOM = 26
MAX_TILE_BYTES = 16 << 20


def read_metadata(path: Path) -> dict[str, str]:
    """Gives the names and values that the file tells of itself.

    Raises:
        SourceError: No MBTiles file, or a broken one.
    """
    try:
        with closing(_open(path)) as connection:
            rows = connection.execute("SELECT name, value FROM metadata LIMIT 1000").fetchall()
    except sqlite3.Error as error:
        raise broken(path, str(error)) from error
    return {str(name): str(value) for name, value in rows}


def read_tiles(path: Path) -> Iterator[tuple[int, int, int, bytes]]:
    """Gives (z, x, y, content) of every tile, rows counted from the north.

    Raises:
        SourceError: The file is broken, or a tile is none.
    """
    try:
        with closing(_open(path)) as connection:
            for z, x, row, content in connection.execute(
                "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles"
            ):
                if not (all(isinstance(n, int) for n in (z, x, row)) and isinstance(content, bytes)):
                    raise broken(path, f"{z}/{x}/{row}")
                if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= row < 1 << z and len(content) < MAX_TILE_BYTES):
                    raise broken(path, f"{z}/{x}/{row}")
                yield z, x, (1 << z) - 1 - row, content
    except sqlite3.Error as error:
        raise broken(path, str(error)) from error


def _open(path: Path) -> sqlite3.Connection:
    # What a program has not put into the file itself yet lies in a second one.
    log = path.with_name(path.name + "-wal")
    has_log = log.is_file() and log.stat().st_size > 0
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{'' if has_log else '&immutable=1'}", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def broken(path: Path, reason: str) -> SourceError:
    """The error of a file that is no MBTiles file, or a broken one."""
    return SourceError(
        Text(f"「{path.name}」は MBTiles として読めません({reason})。", f'"{path.name}" is no MBTiles file: {reason}.'),
        path=path,
    )
