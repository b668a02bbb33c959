"""Excel workbooks of before 2007: xlrd with merges, formats and fonts; calamine where xlrd gives up."""

import datetime
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import xlrd

from gis_capture.errors import SourceError
from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.calamine_sheets import make_grids, read_sheets_apart
from gis_capture.ledger.drivers.number_formats import is_unseen, shapes, shown_text
from gis_capture.ledger.drivers.sheet_cells import hidden_sheet, make_grid, unseen_cells
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.marks import MAX_FILLS, Marks
from gis_capture.ledger.opening import Opened, encrypted
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(opened: Opened) -> Reading:
    """Reads all sheets that are not hidden."""
    data = opened.path.read_bytes()
    if _ENCRYPTED in data:
        raise encrypted(opened.path)
    problems: list[Problem] = []
    source = opened.source("xls")
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        grids = list(_grids(opened, book, problems))
    except SourceError:
        raise
    except Exception as error:
        # xlrd has no error of its own for most broken records: whatever it stumbles over, the file is not whole.
        if "encrypted" in str(error).lower():
            raise encrypted(opened.path) from error
        grids = list(make_grids(read_sheets_apart(opened), problems))
    return reading_of_grids(grids, source, problems)


def _grids(opened: Opened, book: Any, problems: list[Problem]) -> Iterator[Grid]:
    for sheet in book.sheets():
        if sheet.visibility:
            problems.append(hidden_sheet(sheet.name))
            continue
        opened.check_sheet(sheet.nrows, sheet.ncols)
        if sheet.nrows and sheet.ncols:
            yield _grid(book, sheet, problems)


def _grid(book: Any, sheet: Any, problems: list[Problem]) -> Grid:
    text_of = _converter(book)
    shaped: dict[tuple[int, int], str] = {}
    struck: set[tuple[int, int]] = set()
    fills: dict[tuple[int, int], str] = {}
    unseen: list[tuple[int, int]] = []
    colors = _colors(book)
    rows: list[list[Any]] = []
    formats = [book.format_map[style.format_key].format_str for style in book.xf_list]
    struck_fonts = {number for number, font in enumerate(book.font_list) if font.struck_out}
    struck_styles = {number for number, style in enumerate(book.xf_list) if style.font_index in struck_fonts}
    for row in range(sheet.nrows):
        types, values = sheet.row_types(row), sheet.row_values(row)
        cells = [text_of(kind, value) for kind, value in zip(types, values, strict=True)]
        cells += [None] * (sheet.ncols - len(cells))
        for column, kind in enumerate(types):
            style = sheet.cell_xf_index(row, column) if kind else None
            if style is None or not 0 <= style < len(formats):
                continue
            if kind == xlrd.XL_CELL_DATE and _ELAPSED.search(formats[style]):
                cells[column] = datetime.timedelta(days=values[column])
            if style in struck_styles:
                struck.add((row, column))
            if style in colors and len(fills) <= MAX_FILLS:
                fills[row, column] = colors[style]
            if kind in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE) and shapes(formats[style]):
                value = cells[column]
                text = shown_text(value, formats[style], is_1904=bool(book.datemode))
                if text is not None:
                    shaped[row, column] = text
                if is_unseen(value, formats[style]):
                    unseen.append((row + 1, column + 1))
        rows.append(cells)
    problems += unseen_cells(sheet.name, unseen)
    return make_grid(
        sheet.name,
        rows,
        merges=[
            Merge(top, left, min(bottom, sheet.nrows) - 1, min(right, sheet.ncols) - 1)
            for top, bottom, left, right in sheet.merged_cells
            if top < sheet.nrows and left < sheet.ncols
        ],
        hidden_rows=frozenset(row for row, info in sheet.rowinfo_map.items() if info.hidden and row < sheet.nrows),
        marks=Marks(
            comments={place: note.text for place, note in sheet.cell_note_map.items()},
            fills=fills if len(fills) <= MAX_FILLS else {},
            hidden_columns=frozenset(column for column, info in sheet.colinfo_map.items() if info.hidden),
        ),
        struck=frozenset(struck),
        shaped=shaped,
    )


def _colors(book: Any) -> dict[int, str]:
    """The colours of solid fills by the number of the style; white is none."""
    colors = {}
    for number, style in enumerate(book.xf_list):
        rgb = book.colour_map.get(style.background.pattern_colour_index)
        if style.background.fill_pattern == 1 and rgb and rgb != (255, 255, 255):
            colors[number] = "{:02X}{:02X}{:02X}".format(*rgb)
    return colors


def _converter(book: Any) -> Callable[[int, Any], Any]:
    def convert(kind: int, value: Any) -> Any:
        if kind == xlrd.XL_CELL_DATE:
            return _date(value, book.datemode)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if kind == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(value, "#N/A")
        return value if kind else None

    return convert


def _date(serial: float, datemode: int) -> Any:
    """Turns a serial number into a date; below one day it is a time, and what is no date stays a number."""
    if 0 <= serial < 1:
        hour, minute = divmod(round(serial * 1440) % 1440, 60)
        return datetime.time(hour, minute)
    try:
        return xlrd.xldate.xldate_as_datetime(serial, datemode)
    except (ValueError, OverflowError):
        return serial
