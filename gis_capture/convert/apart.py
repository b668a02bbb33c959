"""Rows that lie elsewhere than what speaks against that says: all of them, where the list of problems is bounded."""

from collections.abc import Sequence
from typing import Any

from gis_capture.convert.rows import ConvertedTable

MAX_KEPT = 5_000


def rows_apart(tables: Sequence[ConvertedTable]) -> dict[str, Any]:
    """Gives `{"n_rows", "rows": [[table, row, lon, lat, lon, lat], …]}`, of many rows MAX_KEPT at most, evenly chosen.

    `table` is the place of a table in `tables`; degrees, where the row lies and where it would lie. What was told of a
    row last counts: where it disagrees with its address, that says more than that it lies outside.
    """
    found = {
        (number, problem.row_number): [round(degrees, 6) for place in problem.places for degrees in place]
        for number, converted in enumerate(tables)
        for problem in converted.problems
        if problem.row_number and len(problem.places) == 2 and problem.places[0] != problem.places[1]
    }
    step = max(1, -(-len(found) // MAX_KEPT))
    return {"n_rows": len(found), "rows": [[*row, *places] for row, places in [*found.items()][::step]]}
