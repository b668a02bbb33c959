"""Many rows a statement: SQLite counts the rows of a table, and begins and ends, once a statement."""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

_MAX_VALUES = 2_000
REFUSALS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, OverflowError, UnicodeEncodeError)
"""What a write of one row may raise."""


class RowRefused(Exception):
    """A row that cannot be written, by its place from 0; what SQLite says of it is the cause."""

    def __init__(self, place: int) -> None:
        super().__init__(f"row {place}")
        self.place = place


def insert_rows(connection: sqlite3.Connection, into: str, rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows in their order; `into` is "INSERT INTO … (…)" without the values. In half the time of one by one.

    Raises:
        RowRefused: A row cannot be written. Those before it are.
    """
    if not rows:
        return
    values = f"({', '.join('?' * len(rows[0]))})"
    n_at_once = max(1, _MAX_VALUES // len(rows[0]))
    many = f"{into} VALUES {', '.join([values] * n_at_once)}"
    for start in range(0, len(rows), n_at_once):
        some = rows[start : start + n_at_once]
        if len(some) == n_at_once:
            try:
                connection.execute(many, list(chain.from_iterable(some)))
                continue
            except REFUSALS:
                # The statement wrote nothing; one by one it comes out which row it is.
                pass
        for place, row in enumerate(some, start):
            try:
                connection.execute(f"{into} VALUES {values}", row)
            except REFUSALS as error:
                raise RowRefused(place) from error
