"""Tables of which each record takes two lines, as paper forms do: names over names, values over values."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.subheads import is_unit_row

_LAST_HEADER = 15
_FEWEST_PAIRS = 3
_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class LinePairs:
    """Where the second lines are.

    Attributes:
        header: The upper header row, counted from 0.
        stop: The first row behind the pairs.
        columns: Columns that have a second name; they stand once more behind the last column of the sheet.
    """

    header: int
    stop: int
    columns: tuple[int, ...]

    @property
    def seconds(self) -> range:
        """The lower rows: that of the names first, then those of the records."""
        return range(self.header + 1, self.stop, 2)


def find_line_pairs(grid: Grid) -> LinePairs | None:
    """Finds two header rows, the lower one with names of its own and none above the first column, over pairs of rows.

    The lower row of each pair is blank in the first column and filled only where the lower header row is.
    """
    for header in range(min(_LAST_HEADER, grid.n_rows - 2)):
        pairs = _pairs_below(grid, header)
        if pairs is not None:
            return pairs
    return None


def _pairs_below(grid: Grid, header: int) -> LinePairs | None:
    upper, lower = dict(grid.filled(header)), dict(grid.filled(header + 1))
    first, merges = min(upper, default=0), grid.merges_by_row
    n_names = sum(map(words.is_name_word, (*list(upper.values())[:1], *lower.values())))
    if (
        len(upper) < 3
        or not lower
        or min(lower) <= first
        or not any(column in upper for column in lower)
        or not all(
            _joins_lines(merge, header, lower) for row in range(header, header + 4) for merge in merges.get(row, ())
        )
        or n_names < (0.5 if merges.get(header + 2) else 1) * (1 + len(lower))
        or is_unit_row(grid, header + 1)
    ):
        return None
    stop, n_second = header + 2, 0
    while stop + 1 < grid.n_rows:
        above, below = dict(grid.filled(stop)), dict(grid.filled(stop + 1))
        if first not in above or not above.keys() <= upper.keys() or not below.keys() <= lower.keys():
            break
        n_second += bool(below)
        stop += 2
    n_pairs = (stop - header - 2) // 2
    if n_second < _FEWEST_PAIRS or n_second < _ENOUGH * n_pairs:
        return None
    return LinePairs(header, stop, tuple(sorted(lower)))


def _joins_lines(merge: Merge, header: int, lower: Collection[int]) -> bool:
    """Whether a merged cell is one of both lines of a record, or of both rows of names, in a column with one name."""
    is_pair = merge.left == merge.right and merge.bottom == merge.top + 1 and (merge.top - header) % 2 == 0
    return is_pair and merge.left not in lower


def join_lines(grid: Grid, pairs: LinePairs) -> Grid:
    """Brings the second lines, of the names and of the records, behind the first ones; their rows become blank."""
    columns = [list(column) for column in grid.columns]
    for position in pairs.columns:
        column = columns[position]
        added: list[str | None] = [None] * grid.n_rows
        for row in pairs.seconds:
            added[row - 1], column[row] = column[row], None
        columns.append(added)
    place = {position: grid.n_columns + n for n, position in enumerate(pairs.columns)}

    def moved(row: int, column: int) -> tuple[int, int]:
        return (row - 1, place[column]) if row in pairs.seconds and column in place else (row, column)

    dates: dict[int, set[int]] = {}
    for column_at, rows in grid.date_rows.items():
        for row in rows:
            at, to = moved(row, column_at)
            dates.setdefault(to, set()).add(at)
    return replace(
        grid,
        columns=columns,
        struck=frozenset(moved(row, column) for row, column in grid.struck),
        date_rows={column: frozenset(rows) for column, rows in dates.items()},
    )
