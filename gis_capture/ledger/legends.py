"""Legends beside a table: what its marks and colours mean, set apart by a blank column."""

import re

from gis_capture.ledger import codes
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.table import column_letters
from gis_capture.model import Problem
from gis_capture.text import Text

_LEGEND = re.compile(
    r"[\s【\[<＜《■●※]*(?:凡\s*例|記号の(?:説明|意味)|記入(?:例|要領|上の注意)|入力規則|選択肢|legend\b)", re.IGNORECASE
)
_LONGEST = 200


def leave_out_legends(grid: Grid) -> tuple[Grid, Problem | None]:
    """Gives the columns on the left of a legend, and tells that there is one; a legend says so in its first cell."""
    left = _legend_column(grid)
    if left is None:
        return grid, None
    cell = f"{column_letters(grid.first_column + left)}{grid.number(_first_filled(grid, left))}"
    problem = Problem(
        codes.LEGEND_LEFT_OUT,
        "info",
        Text("表の右の凡例は、表に入れませんでした。", "The legend beside the table was not read as part of it."),
        table=grid.name,
        cell=f"{grid.name}!{cell}" if grid.name else cell,
    )
    return grid.block(0, left - 1), problem


def _legend_column(grid: Grid) -> int | None:
    """The first column of a legend: behind a blank column, short, and headed by the word."""
    for position in range(2, grid.n_columns):
        if any(value is not None for value in grid.columns[position - 1]):
            continue
        column = grid.columns[position]
        texts = [value for value in column if value is not None]
        if texts and len(texts) <= _LONGEST and _LEGEND.match(texts[0]):
            return position
    return None


def _first_filled(grid: Grid, position: int) -> int:
    return next(row for row, value in enumerate(grid.columns[position]) if value is not None)
