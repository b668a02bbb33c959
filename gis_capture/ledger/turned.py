"""Tables on their side, which are told: names down the first column, a record in each of the others."""

from gis_capture.ledger import codes, words
from gis_capture.ledger.grid import Grid
from gis_capture.model import Problem
from gis_capture.text import Text

_FEWEST, _MOST_ROWS = 3, 100
_ENOUGH = 0.6


def tell_turned(grid: Grid, name: str) -> Problem | None:
    """Tells of a sheet whose rows, not columns, hold one kind of value each, under names in its first column."""
    rows = [row for row in range(min(grid.n_rows, _MOST_ROWS)) if grid.n_filled[row] >= _FEWEST][1:]
    if grid.n_rows > _MOST_ROWS or len(rows) < _FEWEST:
        return None
    first = grid.leftmost(rows[0])
    names = [text for row in rows if (text := grid.columns[first][row])]
    if sum(map(words.is_name_word, names)) < _ENOUGH * len(rows) or len(set(names)) < len(names):
        return None
    kinds = [
        {kind for column in grid.columns[first + 1 :] if (kind := words.kind_of(column[row])) and kind != "-"}
        for row in rows
    ]
    single = {next(iter(found)) for found in kinds if len(found) == 1}
    n_single = sum(len(found) == 1 for found in kinds)
    if n_single < _ENOUGH * len(kinds) or not (single & {"number", "date"} and single & {"text", "long"}):
        return None
    return Problem(
        codes.MAY_BE_TURNED,
        "warning",
        Text(
            "項目が縦に、1件ずつが横に並んだ表のようです。項目が列になっていません。",
            "The names seem to stand in the first column and each record in a column of its own.",
        ),
        Text(
            "Excelでコピーし、「形式を選択して貼り付け」の「行/列の入れ替え」で直してから取り込んでください。",
            "Copy it in Excel, paste it with “Transpose”, and bring that in.",
        ),
        table=name,
    )
