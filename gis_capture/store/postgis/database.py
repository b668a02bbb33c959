"""Connections to the database, and the statements of `store.tables` in the words of PostgreSQL."""

import select
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from itertools import chain
from typing import Any

import psycopg
from psycopg import sql as composed
from psycopg.types.string import TextLoader

from gis_capture.errors import StoreError
from gis_capture.store.postgis.failures import store_error
from gis_capture.store.postgis.place import Place
from gis_capture.store.tables.database import Rows
from gis_capture.text import Text

MAX_CONNECTIONS = 24
CONNECT_TIMEOUT_S = 10
LOCK_TIMEOUT_MS = 60_000
STATEMENT_TIMEOUT_MS = 600_000
WAIT_FOR_CONNECTION_S = 60
Connection = psycopg.Connection[tuple[Any, ...]]


@lru_cache(maxsize=1024)
def in_postgresql(sql: str) -> str:
    """Gives a statement with "?" as psycopg takes it."""
    sql = sql.replace("%", "%%").replace("SELECT value FROM json_each(?)", "SELECT json_array_elements_text(?::json)")
    return sql.replace("?", "%s")


class PostgresDatabase:
    """Implements `Database` over one connection; counts the rows that are written."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.n_written = 0

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Rows:
        """Runs a statement; what is asked for with a NUL in it is not there, and nothing that is written has one."""
        cursor = self.connection.execute(in_postgresql(sql), tuple(map(_without_nul, values)))
        if cursor.description is None:
            self.n_written += max(cursor.rowcount, 0)
        return cursor

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> Rows:
        """Runs a statement once for each row of values."""
        cursor, rows = self.connection.cursor(), iter(values)
        first = next(rows, None)
        if first is None:
            return cursor
        cursor.executemany(in_postgresql(sql), chain([first], rows))
        self.n_written += max(cursor.rowcount, 0)
        return cursor


def _without_nul(value: Any) -> Any:
    """A value that PostgreSQL can hold or look for: it knows no NUL in a text."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


class PooledDatabase:
    """Implements `Database` for reading: each statement has a connection of its own, and sees what is there then."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Rows:
        """Runs a statement; its rows are here when it has ended."""
        with self._pool.lend() as connection:
            return PostgresDatabase(connection).execute(sql, values)

    def lend(self) -> AbstractContextManager[Connection]:
        """Lends one of the connections."""
        return self._pool.lend()

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> Rows:
        """Is not for reading."""
        raise NotImplementedError


class Pool:
    """Lends connections, at most so many at once; those that the server has ended are left."""

    def __init__(self, place: Place, *, max_connections: int = MAX_CONNECTIONS) -> None:
        self.place = place
        self._idle: list[Connection] = []
        self._is_closed = False
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(max_connections)

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        """Lends a connection for a block, in which it begins no transaction by itself.

        Raises:
            StoreError: The database cannot be reached, or gives an error that the block does not take.
        """
        if not self._free.acquire(timeout=WAIT_FOR_CONNECTION_S):
            raise StoreError(
                Text(
                    "データベースへの接続がすべて使われています。少し待ってからお試しください。",
                    "All connections to the database are in use: try again in a moment.",
                ),
                place=self.place.shown,
            )
        try:
            connection = self._take()
            try:
                yield connection
            except psycopg.Error as error:
                raise store_error(self.place.shown, error) from error
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    def pids(self) -> list[int]:
        """The server's processes of connections that are idle here."""
        with self._lock:
            return [connection.info.backend_pid for connection in self._idle]

    def close(self) -> None:
        """Closes all connections; those that are lent are closed when they come back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> Connection:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return open_connection(self.place)
            if not _has_ended(connection):
                return connection
            with suppress(psycopg.Error):
                connection.close()

    def _give_back(self, connection: Connection) -> None:
        with suppress(psycopg.Error):
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                connection.rollback()
        with self._lock:
            if not connection.closed and not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()


def open_connection(place: Place) -> Connection:
    """Opens a connection to a schema.

    Raises:
        StoreError: The database cannot be reached, or PostGIS is not there.
    """
    try:
        connection = psycopg.connect(
            place.conninfo,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name=application_name(place),
            client_encoding="UTF8",
        )
    except psycopg.Error as error:
        raise store_error(place.shown, error) from error
    try:
        found = connection.execute(
            "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
            " WHERE e.extname = 'postgis'"
        ).fetchone()
        if found is None:
            raise StoreError(
                Text(
                    f"「{place.shown}」に PostGIS がありません。"
                    "データベースの管理者が CREATE EXTENSION postgis を実行してください。",
                    f'"{place.shown}" has no PostGIS: its administrator runs CREATE EXTENSION postgis in it.',
                ),
                place=place.shown,
            )
        path = composed.SQL(", ").join(map(composed.Identifier, dict.fromkeys((place.schema, found[0], "public"))))
        connection.execute(
            "SELECT set_config('search_path', %s, false), set_config('TimeZone', 'UTC', false),"
            " set_config('DateStyle', 'ISO, YMD', false), set_config('extra_float_digits', '1', false),"
            " set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false),"
            " set_config('client_min_messages', 'warning', false)",
            (path.as_string(connection), f"{LOCK_TIMEOUT_MS}", f"{STATEMENT_TIMEOUT_MS}"),
        )
    except psycopg.Error as error:
        connection.close()
        raise store_error(place.shown, error) from error
    except BaseException:
        connection.close()
        raise
    for name in ("date", "timestamptz"):
        # As texts: Python's dates end where those of PostgreSQL go on.
        connection.adapters.register_loader(name, TextLoader)
    return connection


def application_name(place: Place) -> str:
    """What the server's list of connections shows."""
    return f"gis-capture {place.schema}"[:63]


def _has_ended(connection: Connection) -> bool:
    """True when the server has said something to a connection that asked nothing: that is its end."""
    if connection.closed:
        return True
    if sys.platform == "win32":
        return bool(select.select([connection.fileno()], [], [], 0)[0])
    # Unlike select, it takes files of any number.
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
