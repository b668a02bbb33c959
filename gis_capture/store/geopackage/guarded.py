"""SQLite connections for reading that one thread may close while another reads."""

import sqlite3
import threading
from typing import Any, Self

PATIENCE_S = 0.02


class GuardedConnection(sqlite3.Connection):
    """Its closing cuts the statement that runs, and waits until that has ended.

    The module itself takes the database from under a thread that is in the midst of a statement, which ends the
    process. Who reads on after that gets `sqlite3.ProgrammingError`.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.guard = threading.Lock()
        super().__init__(*arguments, **named)

    def cursor(self, factory: Any = None) -> Any:
        """Gives a cursor that is guarded as well; there is no other kind."""
        return super().cursor(GuardedCursor)

    def execute(self, sql: str, values: Any = (), /) -> Any:
        """Runs a statement up to its first row."""
        # The module's own way does not ask the cursor.
        return super().cursor(GuardedCursor).execute(sql, values)

    def close(self) -> None:
        """Closes it; once more changes nothing."""
        while not self.guard.acquire(timeout=PATIENCE_S):
            self.interrupt()
        try:
            super().close()
        finally:
            self.guard.release()


class GuardedCursor(sqlite3.Cursor):
    """A statement in the midst of which its connection is not closed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        assert isinstance(connection, GuardedConnection)
        super().__init__(connection)
        self._guard = connection.guard

    def execute(self, sql: str, values: Any = (), /) -> Self:
        """Runs a statement up to its first row."""
        with self._guard:
            return super().execute(sql, values)

    def fetchone(self) -> Any:
        """Gives the next row, None at the end."""
        with self._guard:
            return super().fetchone()

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """Gives some rows, none at the end."""
        with self._guard:
            return super().fetchmany(size)

    def fetchall(self) -> list[Any]:
        """Gives all rows that are left."""
        with self._guard:
            return super().fetchall()

    def __next__(self) -> Any:
        with self._guard:
            return super().__next__()
