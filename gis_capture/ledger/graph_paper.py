"""Sheets drawn like graph paper (方眼紙): narrow columns, of which each value covers several that are merged."""

from collections.abc import Sequence
from dataclasses import replace

from gis_capture.ledger.grid import Grid, Merge

_MERGED_SHARE = 0.6
_SAMPLE = 400


def collapse(grid: Grid, header_rows: Sequence[int], rows: Sequence[int]) -> Grid:
    """Brings the values below one merged name into its first column, where they begin here and there below it.

    Only on graph paper, where most values cover several columns, and never two values of a row into one cell: the
    parts of a name that stand beside each other in one row are columns of their own.
    """
    if not header_rows or not grid.merges or not _is_graph_paper(grid, rows):
        return grid
    lowest = header_rows[-1]
    names = [m for m in grid.merges_by_row.get(lowest, ()) if m.right > m.left and m.bottom >= lowest]
    columns = list(grid.columns)
    moved: dict[int, int] = {}
    for name in names:
        inside = range(name.left, name.right + 1)
        filled = [position for position in inside if any(columns[position][row] is not None for row in rows)]
        if not filled or filled == [name.left] or _meet(columns, filled, rows):
            continue
        column = list(columns[name.left])
        for row in rows:
            column[row] = next((text for p in filled if (text := columns[p][row]) is not None), None)
        columns[name.left] = column
        for position in filled:
            if position != name.left:
                kept = set(rows)
                columns[position] = [None if r in kept else text for r, text in enumerate(columns[position])]
                moved[position] = name.left
    if not moved:
        return grid
    below = set(rows)
    merges = [
        Merge(m.top, moved[m.left], m.bottom, m.right) if m.left in moved and m.top in below else m for m in grid.merges
    ]
    dates = {
        position: frozenset(row for p in (position, *(q for q, to in moved.items() if to == position))
                            for row in grid.date_rows.get(p, frozenset()))
        for position in {*grid.date_rows, *moved.values()} - moved.keys()
    }  # fmt: skip
    struck = frozenset((row, moved.get(column, column)) for row, column in grid.struck)
    rows_of_dates = {p: d for p, d in dates.items() if d}
    marks = grid.marks.moved(moved)
    return replace(grid, columns=columns, merges=merges, struck=struck, date_rows=rows_of_dates, marks=marks)


def _is_graph_paper(grid: Grid, rows: Sequence[int]) -> bool:
    n_filled = n_merged = 0
    for row in rows[:_SAMPLE]:
        begin = {m.left for m in grid.merges_by_row.get(row, ()) if m.right > m.left and m.top == row}
        for position, _ in grid.filled(row):
            n_filled += 1
            n_merged += position in begin
    return n_filled > 0 and n_merged >= _MERGED_SHARE * n_filled


def _meet(columns: Sequence[Sequence[str | None]], positions: Sequence[int], rows: Sequence[int]) -> bool:
    """Whether two of these columns have a value in one row."""
    return any(sum(columns[position][row] is not None for position in positions) > 1 for row in rows)
