"""The table of values keeps each value once, as it stands in a tile."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gis_capture.tiles.columns import NONE
from gis_capture.tiles.values import ValueTable, encode_value

# Some of each are equal to another one of another type.
_VALUES = st.sampled_from([None, 0, 1, -7, 2**40, 0.0, 1.0, 2.5, True, False, "", "1", "灯" * 60, "\ud800", "あ"])


@given(st.lists(st.lists(st.tuples(_VALUES, _VALUES), min_size=1, max_size=12), max_size=5))
def test_every_row_gives_its_value_back(batches: list[list[tuple[Any, Any]]]) -> None:
    """Whatever types stand in a column, and however it is divided into batches; no value of a type is kept twice."""
    table, rows = ValueTable(3), [row for batch in batches for row in batch]
    first = 0
    for batch in batches:
        table.add(0, [f"id {number}" for number in range(first, first + len(batch))])
        first += len(batch)
        for column in (1, 2):
            table.add(column, [row[column - 1] for row in batch])
    n_shared, matrix, starts, lengths, content = table.finish()

    def found(column: int, row: int) -> bytes:
        number = matrix[column, row]
        return b"" if number == NONE else content[starts[number] :][: lengths[number]].tobytes()

    assert [found(0, row) for row in range(len(rows))] == [encode_value(f"id {row}") for row in range(len(rows))]
    for column in (1, 2):
        expected = [b"" if row[column - 1] is None else encode_value(row[column - 1]) for row in rows]
        assert [found(column, row) for row in range(len(rows))] == expected
        numbers = {int(number) for number in matrix[column] if number != NONE}
        assert len(numbers) == len({(type(row[column - 1]), row[column - 1]) for row in rows} - {(type(None), None)})
    uses = [int((matrix == number).sum()) for number in range(len(starts))]
    assert all((n > 1) == (number < n_shared) for number, n in enumerate(uses))
