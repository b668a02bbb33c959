"""Which stores this version reads."""

import sqlite3
from pathlib import Path

from gis_capture.errors import FormatVersionError, StoreError
from gis_capture.text import Text

FORMAT_VERSION = 2
MIN_SUPPORTED_VERSION, MAX_SUPPORTED_VERSION = 1, FORMAT_VERSION


def read_meta(connection: sqlite3.Connection, key: str) -> str:
    """What a store says of itself; empty where it says nothing."""
    row = connection.execute("SELECT value FROM gis_capture_meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def read_version(connection: sqlite3.Connection) -> int:
    """The version of a store's tables; 0 where it does not say one."""
    text = read_meta(connection, "format_version")
    return int(text) if text.isascii() and text.isdigit() else 0


def check_version(path: Path, connection: sqlite3.Connection) -> None:
    """Sees that a file is a store, of a version that can be read or upgraded.

    Raises:
        StoreError: It is none.
        FormatVersionError: A newer version wrote it.
    """
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "gis_capture_meta" not in tables:
        raise StoreError(
            Text(
                f"「{path}」は GIS Capture のファイルではありません。",
                f'"{path}" is not a store of GIS Capture.',
            ),
            path=path,
        )
    version = read_version(connection)
    if not MIN_SUPPORTED_VERSION <= version <= MAX_SUPPORTED_VERSION:
        raise FormatVersionError(
            Text(
                f"「{path}」は形式の版が {version} です。この GIS Capture が読めるのは版"
                f" {MAX_SUPPORTED_VERSION} までです。新しい GIS Capture で開いてください。",
                f'"{path}" has format version {version}; this GIS Capture reads up to'
                f" {MAX_SUPPORTED_VERSION}. Open it with a newer one.",
            ),
            path=path,
            version=version,
        )
