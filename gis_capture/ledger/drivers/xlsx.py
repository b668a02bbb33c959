"""Excel workbooks (xlsx, xlsm, xlsb): values by calamine, structure from the XML."""

import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from gis_capture.errors import SourceError
from gis_capture.ledger.assemble import tables_of_grids
from gis_capture.ledger.drivers.cells import shaped_number_text
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.sheet_cells import error_cell, formula_without_value, hidden_sheet, make_grid
from gis_capture.ledger.drivers.xlsx_parts import (
    PartError,
    SheetMarks,
    last_filled,
    read_marks,
    read_sheet_paths,
    read_styles,
)
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.opening import Opened, broken, encrypted, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_MAX_SHARED_STRINGS_BYTES = 256 << 20
_MAX_PROBLEMS = 200


def accepts(opened: Opened) -> bool:
    """Whether the container holds a workbook."""
    return not opened.zip_names.isdisjoint(("xl/workbook.xml", "xl/workbook.bin"))


def read(opened: Opened) -> Reading:
    """Reads all sheets that are not hidden."""
    problems: list[Problem] = []
    driver = (
        "xlsb"
        if "xl/workbook.bin" in opened.zip_names
        else opened.suffix.lstrip(".")
        if opened.suffix == ".xlsm"
        else "xlsx"
    )
    try:
        with zipfile.ZipFile(opened.path) as archive:
            _check(opened, archive)
            marks = {} if driver == "xlsb" else _read_structure(opened, archive)
        grids = list(read_calamine(opened, marks, problems))
    except PasswordError as error:
        raise encrypted(opened.path) from error
    except (PartError, ParseError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise broken(opened.path, str(error)) from error
    source = opened.source(driver)
    return Reading(
        source, tuple(tables_of_grids(grids, source)), (*problems, *(p for grid in grids for p in grid.problems))
    )


def read_calamine(opened: Opened, marks: dict[str, SheetMarks], problems: list[Problem]) -> Iterator[Grid]:
    """Reads the visible sheets of a workbook by calamine; raises SourceError for broken ones."""
    try:
        # Given a path, calamine would believe the extension.
        with opened.path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ != SheetTypeEnum.WorkSheet:
                    continue
                if sheet.visible != SheetVisibleEnum.Visible:
                    problems.append(hidden_sheet(sheet.name))
                    continue
                found = workbook.get_sheet_by_name(sheet.name)
                if found.start is None:
                    continue
                if found.height * found.width > opened.limits.max_sheet_cells:
                    raise too_large(
                        opened.path, f"{found.height * found.width:,} cells", f"{opened.limits.max_sheet_cells:,} cells"
                    )
                rows = found.to_python(skip_empty_area=True)
                spans = [
                    (top + 1, left + 1, bottom + 1, right + 1)
                    for (top, left), (bottom, right) in found.merged_cell_ranges or ()
                ]
                yield _grid(sheet.name, rows, found.start, marks.get(sheet.name) or SheetMarks(merges=spans), problems)
    except (CalamineError, OSError) as error:
        if isinstance(error, (PasswordError, SourceError)):
            raise
        raise broken(opened.path, str(error)) from error
    except BaseException as error:
        # A panic of the Rust side is no Exception, yet it only means that the file is broken.
        if type(error).__name__ != "PanicException":
            raise
        raise broken(opened.path, "unreadable") from error


def _check(opened: Opened, archive: zipfile.ZipFile) -> None:
    for name in ("xl/sharedStrings.xml", "xl/sharedStrings.bin"):
        if name in opened.zip_names and archive.getinfo(name).file_size > _MAX_SHARED_STRINGS_BYTES:
            raise too_large(opened.path, "shared strings", f"{_MAX_SHARED_STRINGS_BYTES >> 20} MB")


def _read_structure(opened: Opened, archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    styles = read_styles(archive)
    found = {}
    for name, path in read_sheet_paths(archive).items():
        if path not in opened.zip_names or "worksheets/" not in path:
            continue
        marks = read_marks(archive, path, styles)
        if marks.last_row * marks.last_column > opened.limits.max_sheet_cells:
            last_row, last_column = last_filled(archive, path)
            if last_row * last_column > opened.limits.max_sheet_cells:
                raise too_large(
                    opened.path, f"{last_row * last_column:,} cells", f"{opened.limits.max_sheet_cells:,} cells"
                )
        found[name] = marks
    return found


def _grid(name: str, rows: list[list[Any]], start: tuple[int, int], marks: SheetMarks, problems: list[Problem]) -> Grid:
    top, left = start[0] + 1, start[1] + 1
    height, width = len(rows), len(rows[0]) if rows else 0
    shaped = {}
    for (row, column), code in marks.shaped.items():
        at, position = row - top, column - left
        if 0 <= at < height and 0 <= position < width:
            value = rows[at][position]
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                shaped[at, position] = shaped_number_text(value, code)
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
        struck=frozenset((row - top, column - left) for row, column in marks.struck if row >= top and column >= left),
        shaped=shaped,
    )


DRIVER = Driver("xlsx", (".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm"), accepts, read)
