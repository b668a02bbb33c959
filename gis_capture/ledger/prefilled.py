"""Lines at the end of a table that were numbered in advance and never written on."""

import itertools
from collections.abc import Sequence

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid

_MIN_RECORDS = 3
"""So many written rows have to agree before a value counts as printed on every line."""

_MIN_CELLS = 3
"""Beside a number and one value, a number alone may be a row whose value is not known."""


def prefilled_rows(grid: Grid, rows: Sequence[int]) -> list[int]:
    """Gives the last of some data rows that hold a running number and what is the same in all rows, nothing more.

    The number goes on from that of the last written row: a form of fifty lines on which twelve things stand.
    """
    if len(rows) <= _MIN_RECORDS or not (first := next(grid.filled(rows[-1]), None)):
        return []
    position = first[0]
    numbers = grid.columns[position]
    empty: list[int] = []
    for row in reversed(rows):
        cells = dict(grid.filled(row))
        others = {place: text for place, text in cells.items() if place != position}
        if position not in cells or any(grid.columns[place][rows[0]] != text for place, text in others.items()):
            break
        empty.append(row)
    empty.reverse()
    written = rows[: len(rows) - len(empty)]
    if not empty or len(written) < _MIN_RECORDS or all(grid.n_filled[row] < _MIN_CELLS for row in written):
        return []
    printed = {place for row in empty for place, _ in grid.filled(row)} - {position}
    if any(len({grid.columns[place][row] for row in written}) > 1 for place in printed):
        return []
    if all(set(dict(grid.filled(row))) <= {position, *printed} for row in written):
        return []
    last = [_running(numbers[row]) for row in (*written[-1:], *empty)]
    goes_on = all(a is not None and b == a + 1 for a, b in itertools.pairwise(last))
    return empty if goes_on else []


def _running(text: str | None) -> int | None:
    plain = words.fold(text).strip() if text else ""
    return int(plain) if plain.isdecimal() and len(plain) < 10 else None
