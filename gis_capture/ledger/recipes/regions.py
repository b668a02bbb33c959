"""Tables whose header a recipe names, where looking at the sheet alone finds something else."""

from collections.abc import Sequence

from gis_capture.ledger.grid import Grid
from gis_capture.ledger.headers import Header
from gis_capture.ledger.names import name_columns
from gis_capture.ledger.recipes.recipe import Recipe, TableRule
from gis_capture.ledger.regions import Region
from gis_capture.ledger.rows import read_body


def regions_by_recipe(grid: Grid, found: Sequence[Region], recipe: Recipe) -> list[Region]:
    """Gives the regions that were found, and for each table of the recipe that is not among them the stated one.

    A stated header takes the place of the regions whose rows it covers; where its names do not stand there either,
    what was found stays, so that it can be told what differs.
    """
    regions = list(found)
    for rule in recipe.tables:
        if not rule.header_rows or not rule.is_for_sheet(grid.name) or any(_fits(rule, region) for region in regions):
            continue
        stated = _stated(grid, rule)
        if stated is not None and _fits(rule, stated):
            first, stop = stated.header.rows[0], stated.body.stop
            regions = [r for r in regions if _last(r) < first or _first(r) >= stop] + [stated]
    return sorted(regions, key=lambda region: (_first(region), region.grid.first_column))


def _stated(grid: Grid, rule: TableRule) -> Region | None:
    rows = tuple(number - grid.first_row for number in rule.header_rows)
    body = rule.first_data_row - grid.first_row if rule.first_data_row else rows[-1] + 1
    if rows[0] < 0 or body >= grid.n_rows:
        return None
    skipped = tuple((row, "code_row") for row in range(rows[-1] + 1, body) if grid.n_filled[row])
    header = Header(rows, body, skipped)
    above = tuple((row, "title" if grid.n_filled[row] else "blank") for row in range(rows[0]))
    return Region(grid, header, read_body(grid, header, 0, grid.n_rows), (*above, *skipped), None)


def _fits(rule: TableRule, region: Region) -> bool:
    grid, header = region.grid, region.header
    if not header.rows:
        return False
    rows = region.body.rows
    used = [any(column[row] is not None for row in rows) for column in grid.columns]
    return not rule.missing([column.name for _, column in name_columns(grid, header.rows, used)])


def _first(region: Region) -> int:
    return region.header.rows[0] if region.header.rows else region.header.first_body_row


def _last(region: Region) -> int:
    return region.body.stop - 1
