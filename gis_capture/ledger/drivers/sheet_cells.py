"""Typed cells of spreadsheets, row by row as the libraries give them, turned into a grid of texts."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.cells import date_text, number_text
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.marks import NO_MARKS, Marks
from gis_capture.ledger.table import column_letters
from gis_capture.model import Problem
from gis_capture.text import Text

_DATES = (datetime.date, datetime.time, datetime.timedelta)
_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)
_MAX_PROBLEMS = 200
_MAX_SHORT = 16


def cell_text(value: Any) -> str | None:
    """Gives a cell's text: numbers in full, dates in ISO 8601, TRUE and FALSE; None for an empty one."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    return date_text(value) if isinstance(value, _DATES) else str(value)


def _texts(cells: Sequence[Any], kinds: set[type]) -> list[str | None]:
    """Does what `cell_text` does for a column, without a call for each: a large sheet has millions of cells."""
    if kinds == {str}:
        blank = {cell for cell in set(cells) if not cell or cell.isspace()}
        return [None if cell in blank else cell for cell in cells] if blank else list(cells)
    if kinds == {float}:
        return list(_number_texts(cells))
    numbers = iter(_number_texts([cell for cell in cells if type(cell) is float]))
    return [next(numbers) if type(cell) is float else None if cell == "" else cell_text(cell) for cell in cells]


def _number_texts(numbers: Sequence[float]) -> list[str]:
    """Does what `number_text` does: the shortest digits are the same where there are no more than fifteen."""
    if not numbers:
        return []
    written = orjson.dumps(numbers)[1:-1].decode()
    # The last number has no comma behind it.
    texts = f"{written},".replace(".0,", ",")[:-1].split(",")
    if "e" not in written and "n" not in written and max(map(len, texts)) <= _MAX_SHORT:
        return texts
    return [
        number_text(number) if len(text) > _MAX_SHORT or "e" in text or text == "null" else text
        for number, text in zip(numbers, texts, strict=True)
    ]


def make_grid(
    name: str,
    rows: Sequence[Sequence[Any]],
    *,
    first_row: int = 1,
    first_column: int = 1,
    merges: Sequence[Merge] = (),
    hidden_rows: frozenset[int] = frozenset(),
    marks: Marks = NO_MARKS,
    struck: frozenset[tuple[int, int]] = frozenset(),
    shaped: Mapping[tuple[int, int], str] | None = None,
) -> Grid:
    """Turns rows of typed cells into a grid; positions count from 0 in `rows`, `shaped` are texts known already."""
    columns: list[list[str | None]] = []
    date_rows: dict[int, frozenset[int]] = {}
    problems: list[Problem] = []
    for position, cells in enumerate(zip(*rows, strict=True)):
        kinds = set(map(type, cells))
        texts = _texts(cells, kinds)
        if any(issubclass(kind, _DATES) for kind in kinds):
            date_rows[position] = frozenset(row for row, cell in enumerate(cells) if isinstance(cell, _DATES))
        if not _ERRORS.isdisjoint(texts):
            for row, text in enumerate(texts):
                if text in _ERRORS:
                    texts[row] = None
                    problems.append(error_cell(name, first_row + row, first_column + position, str(text)))
        columns.append(texts)
    for (row, position), text in (shaped or {}).items():
        columns[position][row] = text or None
    return Grid(
        name,
        columns,
        first_row=first_row,
        first_column=first_column,
        merges=merges,
        hidden_rows=hidden_rows,
        marks=marks,
        struck=struck,
        date_rows=date_rows,
        problems=tuple(problems[:_MAX_PROBLEMS]),
    )


def error_cell(sheet: str, row: int, column: int, text: str) -> Problem:
    """The problem of a formula that ended in an error such as #REF!."""
    return Problem(
        codes.ERROR_CELL,
        "warning",
        Text(
            f"数式の結果が{text}です。空欄として読みました。", f"The formula gave {text}; the cell was read as empty."
        ),
        Text("台帳で数式を直すか、値を入力してください。", "Mend the formula or fill in the value."),
        row_number=row,
        cell=f"{sheet}!{column_letters(column)}{row}",
    )


def formula_without_value(sheet: str, row: int, column: int) -> Problem:
    """The problem of a formula whose result the workbook does not hold."""
    return Problem(
        codes.FORMULA_WITHOUT_VALUE,
        "warning",
        Text(
            "数式の計算結果が保存されていません。空欄として読みました。",
            "The result of the formula is not stored; the cell was read as empty.",
        ),
        Text("Excelで開いて上書き保存してください。", "Open the workbook in Excel and save it."),
        row_number=row,
        cell=f"{sheet}!{column_letters(column)}{row}",
    )


def unseen_cells(sheet: str, cells: Sequence[tuple[int, int]]) -> list[Problem]:
    """Tells of cells (row, column) of which their number format shows nothing; zeros among them count as empty."""
    if not cells:
        return []
    row, column = cells[0]
    told = Problem(
        codes.UNSEEN_CELLS,
        "info",
        Text(
            f"表示形式で見えなくしてあるセルが{len(cells):,}個あります。0は空欄、ほかは値のまま読みました。",
            f"The number format hides {len(cells):,} cells. Zeros were read as empty, all else as it is.",
        ),
        row_number=row,
        cell=f"{sheet}!{column_letters(column)}{row}",
    )
    return [told]


def hidden_sheet(name: str) -> Problem:
    """The problem of a sheet that was left out because it is hidden."""
    return Problem(
        codes.HIDDEN_SHEET,
        "info",
        Text(f"シート「{name}」は非表示なので読みませんでした。", f'The sheet "{name}" is hidden and was not read.'),
        Text("読み込むときは、Excelで再表示して保存してください。", "Unhide it in Excel and save, if it is wanted."),
    )
