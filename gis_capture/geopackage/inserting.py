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


def insert_columns(connection: sqlite3.Connection, into: str, columns: Sequence[Sequence[Any]]) -> None:
    """Inserts rows in their order, given as what each column holds; `into` is "INSERT INTO … (…)" without the values.

    Raises:
        RowRefused: A row cannot be written. Those before it are.
    """
    width, n_values = len(columns), len(columns) * len(columns[0])
    values = f"({', '.join('?' * width)})"
    n_rows = max(1, _MAX_VALUES // width)
    many, one = f"{into} VALUES {', '.join([values] * n_rows)}", f"{into} VALUES {values}"
    flat = list(chain.from_iterable(zip(*columns, strict=True)))
    for start in range(0, n_values, n_rows * width):
        some = flat[start : start + n_rows * width]
        if len(some) == n_rows * width:
            try:
                connection.execute(many, some)
                continue
            except REFUSALS:
                # The statement wrote nothing; one by one it comes out which row it is.
                pass
        for at in range(0, len(some), width):
            try:
                connection.execute(one, some[at : at + width])
            except REFUSALS as error:
                raise RowRefused((start + at) // width) from error
