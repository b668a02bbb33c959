"""Connections that read a store: one for each thread that reads, and one for each snapshot; none is left behind."""

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis_capture.errors import StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.store.geopackage.guarded import GuardedConnection
from gis_capture.store.geopackage.reading import GeoPackageReading, LastingReading
from gis_capture.text import Text

CACHE_KIB = 512
"""What a connection keeps of the file: each of dozens of threads has one, and the system keeps the file for all."""


class ReaderPool:
    """Lends connections; those that nobody has any more are lent again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._opened: list[sqlite3.Connection] = []
        self._local = threading.local()
        self._is_closed = False

    def of_this_thread(self) -> GeoPackageReading:
        """The reading of this thread; its connection is free when the thread and all it reads lazily have ended."""
        reading: GeoPackageReading | None = getattr(self._local, "reading", None)
        if reading is None:
            connection = self._take()
            reading = self._local.reading = LastingReading(connection)
            weakref.finalize(reading, self._idle.append, connection).atexit = False
        return reading

    @contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """Lends a connection for a block."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def close(self) -> None:
        """Closes all connections, whoever reads by them, and opens none any more; what is read then ends at once."""
        self._is_closed = True
        self._idle.clear()
        while self._opened:
            self._opened.pop().close()

    def _take(self) -> sqlite3.Connection:
        # Without a lock, because a finalizer may give one back in the midst of this; a list's pop and append are whole.
        with suppress(IndexError):
            return self._idle.pop()
        connection = connect(self._path, factory=GuardedConnection)
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        # The file is not mapped into memory: a program that shortens it in place would end the server (decision 4).
        self._opened.append(connection)
        if self._is_closed:
            connection.close()
            raise StoreError(
                Text(f"「{self._path}」は閉じています。", f'"{self._path}" has been closed.'), path=self._path
            )
        return connection
