"""Makes tables of regions: names, values, filled-in merges and ditto marks, and a note for every change."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gis_capture.ledger import codes
from gis_capture.ledger.date_damage import find_date_damage
from gis_capture.ledger.fills import Fills, fill_blanks, fill_dittos, fill_merges
from gis_capture.ledger.form_answers import find_form_answers
from gis_capture.ledger.graph_paper import collapse
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.legends import leave_out_legends
from gis_capture.ledger.line_pairs import LinePairs, find_line_pairs, join_lines
from gis_capture.ledger.marked import tell_hidden, tell_marked
from gis_capture.ledger.names import name_columns, squeeze_name
from gis_capture.ledger.recipes.forms import is_small, read_form
from gis_capture.ledger.recipes.regions import regions_by_recipe
from gis_capture.ledger.regions import Region, find_regions
from gis_capture.ledger.table import Column, Reading, SkippedRow, Source, Table, column_letters
from gis_capture.ledger.turned import tell_turned
from gis_capture.model import Problem
from gis_capture.text import Text

_MAX_PROBLEMS = 1000
_MAX_REMARKS, _MAX_REMARK = 30, 200
_SECTION = "見出し"


def reading_of_grids(grids: Iterable[Grid], source: Source, problems: Iterable[Problem] = ()) -> Reading:
    """Makes a reading of sheets: their tables, and what was wrong with the source, the sheets and their cells."""
    sheets = list(grids)
    told = [*problems, *(problem for grid in sheets for problem in grid.problems)]
    tables, lists = [], sheets
    for form in source.recipe.forms if source.recipe else ():
        table, lists, left_out = read_form(lists, form, source)
        tables += [table] if table else []
        told += left_out
    apart = [leave_out_legends(grid) for grid in lists]
    told += [problem for _, problem in apart if problem is not None]
    tables += _tables_of_grids([grid for grid, _ in apart], source)
    return Reading(source, tuple(tables), tuple(told), tuple(grid for grid in sheets if is_small(grid)))


def _tables_of_grids(grids: Iterable[Grid], source: Source) -> list[Table]:
    """Finds the tables of all sheets; tables that share a sheet are named after their titles."""
    tables = []
    taken: set[str] = set()
    for grid in grids:
        regions, pairs = _find_regions(grid)
        if source.recipe is not None:
            regions = regions_by_recipe(grid, regions, source.recipe)
        for number, region in enumerate(regions, start=1):
            name = grid.name or source.path.stem
            if len(regions) > 1:
                name = f"{name} {region.title or number}"
            if name in taken:
                name = f"{name} ({number})"
            taken.add(name)
            table = _assemble(region, name, source)
            tables.append(_with_second_lines(table, grid, pairs) if pairs else table)
    return tables


def _find_regions(grid: Grid) -> tuple[list[Region], LinePairs | None]:
    """The tables of a sheet, and which of its rows are second lines; None where no table has its names above them."""
    pairs = find_line_pairs(grid)
    if pairs is not None:
        regions = find_regions(join_lines(grid, pairs))
        if any(pairs.header in region.header.rows for region in regions):
            return regions, pairs
    return find_regions(grid), None


def _with_second_lines(table: Table, grid: Grid, pairs: LinePairs) -> Table:
    """Says which rows were the second lines of records, and where their values stand."""
    if grid.number(pairs.header) not in table.header_rows:
        return table
    lower, *seconds = map(grid.number, pairs.seconds)
    told_here = {lower, *seconds}
    others = (one for one in table.skipped if one.row_number not in told_here)
    skipped = sorted((*others, *(SkippedRow(row, "second_line") for row in seconds)), key=lambda one: one.row_number)
    cells = dict(table.cells)
    for n, position in enumerate(pairs.columns):
        letters = column_letters(grid.first_column + position)
        for row in table.row_numbers:
            name = f"{letters}{row + 1}"
            cells[row, grid.first_column + grid.n_columns + n] = f"{grid.name}!{name}" if grid.name else name
    note = Problem(
        codes.LINES_JOINED,
        "info",
        Text("2行で1件の表として読みました。", "Each record takes two lines; they were read as one row."),
        table=table.name,
    )
    header_rows = (*table.header_rows, lower)
    return replace(table, header_rows=header_rows, skipped=tuple(skipped), cells=cells, notes=(note, *table.notes))


def _assemble(region: Region, name: str, source: Source) -> Table:
    grid, header, body = region.grid, region.header, region.body
    struck = _struck_rows(grid, body.rows)
    rows: Sequence[int] = [row for row in body.rows if row not in struck] if struck else body.rows
    collapsed = collapse(grid, header.rows, rows)
    if collapsed is not grid:
        grid, region = collapsed, replace(region, grid=collapsed)
    skipped = [*region.above, *body.skipped, *((row, "struck_out") for row in struck)]
    used = [_has_value(column, rows) for column in grid.columns]
    named = name_columns(grid, header.rows, used)
    columns = [column for _, column in named]
    rule = source.recipe.rule_for(grid.name, [column.name for column in columns]) if source.recipe else None
    row_numbers = [grid.number(row) for row in rows] if not isinstance(rows, range) else _numbers(grid, rows)
    table = Table(
        name=name,
        source=source,
        sheet=grid.name,
        header_rows=tuple(grid.number(row) for row in header.rows),
        columns=tuple(columns),
        row_numbers=row_numbers,
        values=tuple(_take(grid.columns[position], rows) for position, _ in named),
    )
    rules = rule.pair([column.name for column in columns]) if rule else {}
    fills = Fills(table, rows, {position: i for i, (position, _) in enumerate(named)}, grid, body.resets, rules)
    fill_merges(fills)
    fill_dittos(fills)
    fill_blanks(fills)
    columns, values = list(columns), list(fills.values)
    if body.sections:
        column, texts = _section_column(region, rows, columns, (rule and rule.section_column) or _SECTION)
        columns.append(column)
        values.append(texts)
        fills.notes += _section_notes(table, region, column)
    whole = Table(
        name=name,
        source=source,
        sheet=table.sheet,
        header_rows=table.header_rows,
        columns=tuple(columns),
        row_numbers=row_numbers,
        values=tuple(values),
        skipped=tuple(SkippedRow(grid.number(row), reason) for row, reason in sorted(skipped)),
        notes=tuple(fills.notes),
        problems=(*fills.problems, *_problems(table, region, struck)),
        date_cells=_date_cells(grid, rows, named),
        title=region.title,
        remarks=_remarks(grid, skipped),
    )
    damaged = find_date_damage(whole) if whole.date_cells else ()
    answers = find_form_answers(whole)
    if damaged or answers:
        return replace(whole, notes=(*whole.notes, *answers), problems=(*whole.problems, *damaged))
    return whole


def _remarks(grid: Grid, skipped: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """The first texts of titles and notes, as far as they are short."""
    rows = (row for row, reason in skipped if reason in ("title", "footnote", "comment"))
    texts = (text for row in rows for _, text in grid.filled(row) if len(text) <= _MAX_REMARK)
    return tuple(itertools.islice(texts, _MAX_REMARKS))


def _numbers(grid: Grid, rows: range) -> range:
    return range(grid.number(rows.start), grid.number(rows.start) + len(rows))


def _take(column: Sequence[str | None], rows: Sequence[int]) -> Sequence[str | None]:
    if isinstance(rows, range):
        return column[rows.start : rows.stop]
    return [column[row] for row in rows]


def _has_value(column: Sequence[str | None], rows: Sequence[int]) -> bool:
    return any(column[row] is not None for row in rows)


def _struck_rows(grid: Grid, rows: Sequence[int]) -> set[int]:
    """Rows of which all texts are struck out: written off by hand, not in the ledger any more."""
    by_row: dict[int, set[int]] = {}
    for row, column in grid.struck:
        by_row.setdefault(row, set()).add(column)
    data = set(rows) if by_row else set()
    return {row for row, found in by_row.items() if row in data and all(c in found for c, _ in grid.filled(row))}


def _section_column(
    region: Region, rows: Sequence[int], columns: Sequence[Column], wanted: str
) -> tuple[Column, list[str | None]]:
    """The titles of sections as a column of their own; it stands where the first title stands.

    Where the names are repeated below every title, the title above the first names is the first section.
    """
    grid, sections = region.grid, region.body.sections
    taken = {column.name for column in columns}
    name, n = wanted, 1
    while name in taken:
        n += 1
        name = f"{wanted}_{n}"
    first = next(position for position, _ in grid.filled(min(sections)))
    reasons = dict(region.body.skipped)
    titles = (next(grid.filled(row))[1].strip() for row, reason in reversed(region.above) if reason == "title")
    is_first_above = any(reasons.get(row + 1) == "repeated_header" for row in sections)
    current = next(titles, None) if is_first_above else None
    texts: list[str | None] = []
    starts = sorted(sections)
    for row in rows:
        while starts and starts[0] < row:
            current = sections[starts.pop(0)]
        texts.append(current)
    return Column(name, name, grid.first_column + first), texts


def _section_notes(table: Table, region: Region, column: Column) -> list[Problem]:
    return [
        Problem(
            codes.SECTION_FILLED,
            "info",
            Text(
                f"見出し「{title}」を、次の見出しまでの各行の「{column.name}」に入れました。",
                f'The section title "{title}" was filled into "{column.name}" of the rows up to the next one.',
            ),
            row_number=region.grid.number(row),
            column=column.name,
            cell=table.cell_name(region.grid.number(row), column),
        )
        for row, title in sorted(region.body.sections.items())
    ]


def _date_cells(grid: Grid, rows: Sequence[int], named: Sequence[tuple[int, Column]]) -> dict[str, frozenset[int]]:
    if not grid.date_rows:
        return {}
    kept = set(rows)
    return {
        column.name: frozenset(grid.number(row) for row in found)
        for position, column in named
        if (found := grid.date_rows.get(position, frozenset()) & kept)
    }


def _problems(table: Table, region: Region, struck: set[int]) -> list[Problem]:
    grid, header = region.grid, region.header
    found: list[Problem] = []
    if not header.rows and table.row_numbers:
        found.append(
            Problem(
                codes.NO_HEADER,
                "warning",
                Text(
                    "見出し行が見つかりません。列の位置を項目名にしました。",
                    "No header row was found; columns are named by their position.",
                ),
                Text("一番上に項目名の行を加えてください。", "Add a row of column names on top."),
                row_number=table.row_numbers[0],
            )
        )
    headers = [column.header for column in table.columns if column.header]
    for column in table.columns:
        if column.header and column.name != squeeze_name(column.header):
            found.append(
                Problem(
                    codes.REPEATED_COLUMN_NAME,
                    "info",
                    Text(
                        f"項目「{column.header}」が{headers.count(column.header)}列あります。{column.name}として読みました。",
                        f'"{column.header}" heads {headers.count(column.header)} columns; this one is "{column.name}".',
                    ),
                    row_number=table.header_rows[-1] if table.header_rows else None,
                    column=column.name,
                )
            )
    for row in sorted(struck):
        found.append(
            Problem(
                codes.STRUCK_OUT_ROW,
                "warning",
                Text("取り消し線の行なので除きました。", "The row is struck out and was left out."),
                Text("必要な行であれば取り消し線を外してください。", "Take off the line if the row is to be kept."),
                row_number=grid.number(row),
            )
        )
    found += [turned] if (turned := tell_turned(grid, table.name)) else []
    found += _ragged(region)
    found += tell_hidden(table, region)
    found += tell_marked(table, region)
    return found


def _ragged(region: Region) -> list[Problem]:
    """Rows of a text file whose number of cells differs from that of the names."""
    grid, rows = region.grid, region.body.rows
    if not grid.usual_width:
        return []
    width = grid.widths.get(region.header.rows[-1], grid.usual_width) if region.header.rows else grid.usual_width
    if width == grid.usual_width:
        data = rows if isinstance(rows, range) else set(rows)
        found = [row for row in sorted(grid.widths) if row in data]
    else:
        found = [row for row in rows if grid.widths.get(row, grid.usual_width) != width]
    beyond = grid.columns[width:]
    found = [row for row in found if grid.widths.get(row, grid.usual_width) < width or any(c[row] for c in beyond)]
    return [
        Problem(
            codes.RAGGED_ROW,
            "warning",
            Text(
                f"この行のセルは{grid.widths.get(row, grid.usual_width)}個で、見出しと違います。",
                f"This row has {grid.widths.get(row, grid.usual_width)} cells, other than the header.",
            ),
            Text(
                "区切りや引用符の抜けがないか確かめてください。", "Check it for a missing separator or quotation mark."
            ),
            row_number=grid.number(row),
        )
        for row in found[:_MAX_PROBLEMS]
    ]
