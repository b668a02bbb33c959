"""The fix list of an import: the ledger as a workbook with what has to be mended, to be imported again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gis_capture.ledger import Limits, Table, read_ledger
from gis_capture.ledger.limits import DEFAULT_LIMITS
from gis_capture.ledger.recipes.fitting import column_number
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.report.marked_workbook import Mark, write_marked_workbook

_CELL = re.compile(r"(?:(?P<sheet>.+)!)?(?P<column>[A-Z]{1,3})(?P<row>[0-9]+)")


def write_fix_list(
    source: Path,
    problems: Iterable[Mapping[str, Any]],
    out: Path,
    *,
    tables: Sequence[str] = (),
    language: str = "ja",
    recipe: Recipe | None = None,
    layout: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> int:
    """Writes it; gives the number of cells that were marked.

    Args:
        source: The ledger.
        problems: As a conversion's JSON gives them; those of severity "info" need no mending and are left out.
        out: The workbook to write.
        tables: Names of those that were converted; a problem that names only a row is of the first.
        language: Of the list.
        recipe: How the source was read.
        layout: How records of a fixed length were cut.
        limits: How large it may be.

    Raises:
        SourceError: The source cannot be read.
    """
    reading = read_ledger(source, limits=limits, recipe=recipe, layout=layout)
    taken = [
        (table, {*table.row_numbers, *(skipped.row_number for skipped in table.skipped)})
        for table in reading.tables
        if not tables or table.name in tables
    ]
    marks = [_mark(problem, taken) for problem in problems if problem["severity"] != "info"]
    return write_marked_workbook(reading, source, marks, out, language=language)


def _mark(problem: Mapping[str, Any], taken: Sequence[tuple[Table, set[int]]]) -> Mark:
    found = _CELL.fullmatch(problem.get("cell") or "")
    row, name = problem.get("row"), problem.get("column") or ""
    named = [pair for pair in taken if problem.get("table") in (pair[0].name, None)] or taken
    holding = [table for table, rows in named if row is None or row in table.header_rows or row in rows]
    table = next(iter(holding), taken[0][0] if taken else None)
    column = column_number(found["column"]) if found else None
    sheet = found["sheet"] if found else None
    if table is not None:
        column = column or next((c.number for c in table.columns if c.name in (name, *name.split("・"))), None)
        sheet = sheet or table.sheet or table.name
    # Without a cell, a row may be that of any of several sheets: it is told in the list only.
    is_certain = bool(found) or len({each.sheet or each.name for each in holding}) == 1
    return Mark(
        sheet=sheet if is_certain else None,
        row=int(found["row"]) if found else row if is_certain else None,
        column=column,
        severity=problem["severity"],
        message=problem["message"],
        suggestion=problem.get("suggestion") or "",
    )
