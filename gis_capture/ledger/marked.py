"""Tells what a sheet hides, and what people marked in it beside the texts."""

from collections import Counter
from collections.abc import Iterator, Mapping

from gis_capture.ledger import codes
from gis_capture.ledger.regions import Region
from gis_capture.ledger.table import Table
from gis_capture.model import Problem
from gis_capture.text import Text

_MAX_TOLD = 200
_MAX_COLORS = 10
_N_ROWS_NAMED = 10
_MAX_CHARS = 200


def tell_hidden(table: Table, region: Region) -> list[Problem]:
    """Rows and columns that the sheet does not show and that were read all the same."""
    grid = region.grid
    found = []
    if hidden := sorted(grid.hidden_rows.intersection(region.body.rows)) if grid.hidden_rows else []:
        how = Text("フィルターで隠れた", "filtered-out") if grid.marks.is_filtered else Text("非表示の", "hidden")
        found.append(
            Problem(
                codes.HIDDEN_ROWS,
                "warning",
                Text(
                    f"{how.ja}行が{len(hidden)}行あります。データとして読みました。",
                    f"{len(hidden)} {how.en} rows were read as data.",
                ),
                Text("不要な行は台帳から削除してください。", "Delete the rows in the ledger if they are not wanted."),
                row_number=grid.number(hidden[0]),
            )
        )
    numbers = {grid.first_column + position for position in grid.marks.hidden_columns}
    if names := [column.name for column in table.columns if column.number in numbers]:
        found.append(
            Problem(
                codes.HIDDEN_COLUMNS,
                "warning",
                Text(
                    f"非表示の列があります：{'、'.join(names)}。データとして読みました。",
                    f"Hidden columns were read as data: {', '.join(names)}.",
                ),
                Text(
                    "不要な列は台帳から削除してください。", "Delete the columns in the ledger if they are not wanted."
                ),
            )
        )
    return found


def tell_marked(table: Table, region: Region) -> list[Problem]:
    """Comments and colours in the names and the rows of a table, but for those of a list of what is to be mended."""
    grid, marks = region.grid, region.grid.marks.without_own()
    if not (marks.comments or marks.fills):
        return []
    kept = {*region.body.rows, *region.header.rows}
    columns = {column.number - grid.first_column: column for column in table.columns}
    comments, rows = {}, {}
    for (row, position), text in sorted(marks.comments.items()):
        if row in kept and position in columns:
            cell = table.cell_name(grid.number(row), columns[position])
            comments[cell], rows[cell] = text, grid.number(row)
    body = set(region.body.rows)
    colors: dict[int, set[str]] = {}
    for (row, position), color in marks.fills.items():
        if row in body and position in columns:
            colors.setdefault(grid.number(row), set()).add(color)
    return [*_comments(comments, rows), *_fills(colors, len(body))]


def _comments(comments: Mapping[str, str], rows: Mapping[str, int]) -> Iterator[Problem]:
    """Tells the comments of a table by the names of their cells; of very many only the first."""
    for cell, text in list(comments.items())[:_MAX_TOLD]:
        words = " ".join(text.split())
        shown = words if len(words) <= _MAX_CHARS else words[:_MAX_CHARS] + "…"
        yield Problem(
            codes.CELL_COMMENT,
            "info",
            Text(f"セルにコメント「{shown}」があります。", f'The cell has a comment: "{shown}".'),
            Text("残す内容は台帳の列に書いてください。", "Write what is to be kept into a column of the ledger."),
            row_number=rows[cell],
            cell=cell,
        )


def _fills(colors: Mapping[int, set[str]], n_rows: int) -> Iterator[Problem]:
    """Tells colours that some rows have and most have not: they may mean something that only people know.

    Args:
        colors: Of the filled cells, by row number.
        n_rows: Of the table.
    """
    counts = Counter(color for found in colors.values() for color in found)
    for color, n in counts.most_common(_MAX_COLORS):
        if n * 2 > n_rows:
            continue
        rows = [row for row, found in sorted(colors.items()) if color in found]
        named = "、".join(map(str, rows[:_N_ROWS_NAMED])) + ("…" if n > _N_ROWS_NAMED else "")
        yield Problem(
            codes.COLORED_CELLS,
            "info",
            Text(
                f"{n}行に色（{color}）を塗ったセルがあります（{named}行目）。色は取り込みません。",
                f"{n} rows have cells filled with {color} (rows {named}). Colours are not taken in.",
            ),
            Text("色に意味があれば、列を加えて言葉で書いてください。", "If it means something, say it in a column."),
            row_number=rows[0],
        )
