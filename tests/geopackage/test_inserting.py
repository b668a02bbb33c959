"""Many rows a statement: the same rows as one by one, and the same row refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.geopackage.inserting import RowRefused, insert_columns


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A table of a number and a text that may not come twice."""
    with closing(new_table()) as connection:
        yield connection


def new_table() -> sqlite3.Connection:
    """In memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (fid INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE, b REAL)")
    return connection


@given(st.integers(0, 3_500))
def test_rows_get_their_numbers_in_order(n_rows: int) -> None:
    """However many statements they need."""
    texts, halves = [f"x{n}" for n in range(n_rows)], [n / 2 for n in range(n_rows)]
    with closing(new_table()) as connection:
        insert_columns(connection, "INSERT INTO t (a, b)", (texts, halves))
        found = connection.execute("SELECT * FROM t").fetchall()
        assert found == list(zip(range(1, n_rows + 1), texts, halves, strict=True))


@pytest.mark.parametrize("place", [0, 1, 999, 1_000, 2_345, 2_499])
@pytest.mark.parametrize("value", ["x7", object(), 1 << 70, "\ud800"])
def test_the_row_that_is_refused_is_known(connection: sqlite3.Connection, place: int, value: object) -> None:
    """A text that is there, no value at all, a number too large, half a letter: the row is named, the others stand."""
    connection.execute("INSERT INTO t (a) VALUES ('x7')")
    texts: list[object] = [f"y{n}" for n in range(2_500)]
    texts[place] = value
    with pytest.raises(RowRefused) as refused:
        insert_columns(connection, "INSERT INTO t (a, b)", (texts, [0.0] * 2_500))
    assert refused.value.place == place
    assert isinstance(refused.value.__cause__, (sqlite3.Error, OverflowError, UnicodeEncodeError))
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (1 + place,)
