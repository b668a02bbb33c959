"""Sheets of workbooks by calamine, a fast reader in Rust; in a process of its own where damage can bring it down.

On damaged binary workbooks (xls) calamine may ask for more memory than there is, which ends the whole process
and not only the reading. So those are read by a child: `python -m` this module, PATH and a number of cells.
"""

import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from gis_capture.cores import all_cores
from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.drivers.number_formats import is_unseen, shown_text
from gis_capture.ledger.drivers.sheet_cells import (
    error_cell,
    formula_without_value,
    hidden_sheet,
    make_grid,
    unseen_cells,
)
from gis_capture.ledger.drivers.xlsx_parts import SheetMarks
from gis_capture.ledger.grid import MARKED_SHEET, Grid, Merge
from gis_capture.ledger.marks import Marks
from gis_capture.ledger.opening import Opened, broken, encrypted
from gis_capture.model import Problem
from gis_capture.text import Text

_CHILD_SECONDS = 60
_CHILD_BYTES = 1 << 30
_MAX_PROBLEMS = 200
_MAX_GAP_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet: typed cells from the first filled row and column on, which count from 1.

    Attributes:
        spans: Merged ranges (top, left, bottom, right) from 1, ends included; none are told for OpenDocument.
    """

    name: str
    is_hidden: bool
    top: int
    left: int
    rows: list[list[Any]]
    spans: list[tuple[int, int, int, int]]


def read_sheets(opened: Opened) -> Iterator[SheetCells]:
    """Reads the sheets, hidden ones without cells; raises SourceError for broken and encrypted workbooks."""
    try:
        # Given a path, calamine would believe the extension.
        with opened.path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ != SheetTypeEnum.WorkSheet:
                    continue
                if sheet.visible != SheetVisibleEnum.Visible:
                    yield SheetCells(sheet.name, True, 1, 1, [], [])
                    continue
                yield from _read_sheet(opened, workbook, sheet.name)
    except PasswordError as error:
        raise encrypted(opened.path) from error
    except SourceError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise broken(opened.path, str(error)) from error
    except BaseException as error:
        # A panic of the Rust side is no Exception, yet it only means that the file is broken.
        if type(error).__name__ != "PanicException":
            raise
        raise broken(opened.path, "unreadable") from error


def _read_sheet(opened: Opened, workbook: Any, name: str) -> Iterator[SheetCells]:
    found = workbook.get_sheet_by_name(name)
    if found.start is None:
        return
    opened.check_sheet(found.height, found.width)
    ranges = found.merged_cell_ranges or ()
    spans = [(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges]
    rows = found.to_python(skip_empty_area=True)
    yield SheetCells(name, False, found.start[0] + 1, found.start[1] + 1, rows, spans)


def read_sheets_apart(opened: Opened) -> list[SheetCells]:
    """Does the same in a child with a gigabyte and a minute; raises SourceError also where the child dies."""
    command = [sys.executable, "-m", __spec__.name, str(opened.path), str(opened.limits.max_sheet_cells)]
    try:
        with all_cores():
            child = subprocess.run(command, capture_output=True, timeout=_CHILD_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise broken(opened.path, f"{_CHILD_SECONDS} s") from error
    if child.returncode:
        raise broken(opened.path, "unreadable")
    result = pickle.loads(child.stdout)
    if isinstance(result, dict):
        raise SourceError(Text(result["ja"], result["en"]), path=opened.path)
    return cast(list[SheetCells], result)


def make_grids(
    sheets: Iterable[SheetCells], problems: list[Problem], *, marks: Mapping[str, SheetMarks] | None = None
) -> Iterator[Grid]:
    """Makes grids of sheets, with what is known of their structure beside the merges; a hidden sheet is told.

    The list that we have written into a workbook is passed over.
    """
    for sheet in sheets:
        if sheet.name == MARKED_SHEET:
            continue
        if sheet.is_hidden:
            problems.append(hidden_sheet(sheet.name))
        else:
            known = (marks or {}).get(sheet.name)
            yield _grid(sheet, known or SheetMarks(merges=sheet.spans), problems)


def _end(rows: Sequence[Sequence[Any]]) -> int:
    """The number of rows up to the first gap of ten thousand blank ones; behind it things stand by accident."""
    end = 0
    for number, row in enumerate(rows):
        if row.count("") < len(row):
            if number > end + _MAX_GAP_ROWS and end:
                break
            end = number + 1
    return end


def _far_cells(sheet: str, row: int) -> Problem:
    return Problem(
        codes.FAR_CELLS,
        "warning",
        Text(
            f"シート「{sheet}」の{row}行目から下に1万行を超える空白があります。その先は読みませんでした。",
            f'On sheet "{sheet}" more than ten thousand blank rows begin at {row}; what follows was not read.',
        ),
        Text("必要なデータであれば空白の行を削除してください。", "Delete the blank rows if the data below are wanted."),
        row_number=row,
    )


def _grid(sheet: SheetCells, marks: SheetMarks, problems: list[Problem]) -> Grid:
    name, top, left = sheet.name, sheet.top, sheet.left
    rows = sheet.rows[: _end(sheet.rows)]
    if len(rows) < len(sheet.rows):
        problems.append(_far_cells(name, top + len(rows)))
    height, width = len(rows), len(rows[0]) if rows else 0
    shaped: dict[tuple[int, int], str] = {}
    unseen: list[tuple[int, int]] = []
    for (row, column), code in marks.shaped.items():
        at, position = row - top, column - left
        if 0 <= at < height and 0 <= position < width:
            value = rows[at][position]
            text = None if value == "" else shown_text(value, code, is_1904=marks.is_1904)
            if text is not None:
                shaped[at, position] = text
            if value != "" and is_unseen(value, code):
                unseen.append((row, column))
    problems += unseen_cells(name, unseen)
    problems += [formula_without_value(name, row, column) for row, column in marks.bare_formulas[:_MAX_PROBLEMS]]
    problems += [error_cell(name, row, column, text) for row, column, text in marks.errors[:_MAX_PROBLEMS]]
    return make_grid(
        name,
        rows,
        first_row=top,
        first_column=left,
        merges=[
            Merge(max(0, r1 - top), max(0, c1 - left), min(r2 - top, height - 1), min(c2 - left, width - 1))
            for r1, c1, r2, c2 in marks.merges
            if top <= r1 <= r2 and r1 - top < height and left <= c1 <= c2 and c1 - left < width
        ],
        hidden_rows=frozenset(row - top for row in marks.hidden_rows if 0 <= row - top < height),
        marks=Marks(
            comments={(row - top, column - left): text for (row, column), text in marks.comments.items()},
            fills={(row - top, column - left): color for (row, column), color in marks.fills.items()},
            hidden_columns=frozenset(column - left for column in marks.hidden_columns),
            is_filtered=marks.is_filtered,
        ),
        struck=frozenset((row - top, column - left) for row, column in marks.struck if row >= top and column >= left),
        shaped=shaped,
    )


def _run_child(path: Path, max_sheet_cells: int) -> None:
    # Imported again, because what is named __main__ here has another name where it is unpickled.
    from gis_capture.ledger.drivers import calamine_sheets
    from gis_capture.ledger.limits import Limits

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_CHILD_BYTES, _CHILD_BYTES))
    opened = Opened(path, b"", path.stat().st_size, Limits(max_sheet_cells=max_sheet_cells))
    result: object
    try:
        result = list(calamine_sheets.read_sheets(opened))
    except SourceError as error:
        result = {"ja": error.message.ja, "en": error.message.en}
    sys.stdout.buffer.write(pickle.dumps(result))


if __name__ == "__main__":
    _run_child(Path(sys.argv[1]), int(sys.argv[2]))
