"""What the statements of this room need of a database; an SQLite connection is one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol


class Rows(Protocol):
    """The rows of a statement."""

    @property
    def rowcount(self) -> int:
        """Number of rows that were written."""

    def __iter__(self) -> Iterator[Any]:
        """Goes through the rows."""

    def fetchone(self) -> Any:
        """Gives the next row, None at the end."""

    def fetchall(self) -> list[Any]:
        """Gives all rows that are left."""

    def fetchmany(self, size: int, /) -> list[Any]:
        """Gives some rows; none at the end."""


class Database(Protocol):
    """Runs statements with "?" for their values.

    A list of values is one value: `IN (SELECT value FROM json_each(?))` with a JSON array of texts.
    """

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Rows:
        """Runs a statement."""

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> Rows:
        """Runs a statement once for each row of values."""
