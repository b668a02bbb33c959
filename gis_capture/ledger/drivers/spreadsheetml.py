"""XML spreadsheets of Excel 2002 and 2003, as many systems write them under the name .xls.

Microsoft, XML Spreadsheet Reference (urn:schemas-microsoft-com:office:spreadsheet). Rows and cells without an
index follow the one before; a merge says how many cells it reaches further.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import read_elements
from gis_capture.ledger.drivers.number_formats import shapes, shown_text
from gis_capture.ledger.drivers.sheet_cells import hidden_sheet, make_grid
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.opening import Opened, broken, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_NAMESPACE = b"urn:schemas-microsoft-com:office:spreadsheet"
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_FORMATS = {"Percent": "0.00%"}
_MAX_COLUMNS = 16_384
_MAX_SPAN = 1_048_576


def accepts(opened: Opened) -> bool:
    """Whether the text is XML that names the spreadsheet's namespace at its root."""
    head = opened.head[:8192].replace(b"\0", b"")
    return re.search(rb"<(?:\w+:)?Workbook\b", head) is not None and _NAMESPACE in head


def read(opened: Opened) -> Reading:
    """Reads all sheets that are not hidden."""
    problems: list[Problem] = []
    try:
        with opened.path.open("rb") as file:
            grids = list(_grids(opened, file, problems))
    except (ParseError, ValueError) as error:
        raise broken(opened.path, str(error)) from error
    return reading_of_grids(grids, opened.source("xml-spreadsheet"), problems)


@dataclass
class _Sheet:
    name: str
    rows: dict[int, dict[int, Any]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    shaped: dict[tuple[int, int], str] = field(default_factory=dict)
    row: int = 0
    width: int = 0
    is_hidden: bool = False


@dataclass
class _Styles:
    formats: dict[str, str] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)


def _grids(opened: Opened, file: IO[bytes], problems: list[Problem]) -> Iterator[Grid]:
    styles, sheet = _Styles(), _Sheet("")
    for event, element in read_elements(file):
        tag = element.tag
        if event == "start":
            if tag == f"{_SS}Worksheet":
                sheet = _Sheet(element.get(f"{_SS}Name", ""))
        elif tag == f"{_SS}Style":
            _add_style(styles, element)
        elif tag == f"{_SS}Row":
            _add_row(opened, sheet, element, styles)
            element.clear()
        elif tag == f"{_EXCEL}Visible" and element.text in ("SheetHidden", "SheetVeryHidden"):
            sheet.is_hidden = True
        elif tag == f"{_SS}Worksheet":
            if sheet.is_hidden:
                problems.append(hidden_sheet(sheet.name))
            elif sheet.rows:
                yield _grid(sheet)
            element.clear()


def _add_style(styles: _Styles, style: Element) -> None:
    number = style.get(f"{_SS}ID", "")
    for part in style:
        if part.tag == f"{_SS}NumberFormat":
            code = part.get(f"{_SS}Format", "")
            code = _FORMATS.get(code, code)
            if code and shapes(code):
                styles.formats[number] = code
        elif part.tag == f"{_SS}Font" and part.get(f"{_SS}StrikeThrough") == "1":
            styles.struck.add(number)


def _add_row(opened: Opened, sheet: _Sheet, row: Element, styles: _Styles) -> None:
    sheet.row = _index(row, sheet.row + 1)
    if row.get(f"{_SS}Hidden") == "1":
        sheet.hidden.add(sheet.row)
    cells: dict[int, Any] = {}
    column = 0
    for cell in row:
        if cell.tag != f"{_SS}Cell":
            continue
        column = _index(cell, column + 1)
        across, down = _count(cell, "MergeAcross"), _count(cell, "MergeDown")
        if across or down:
            sheet.merges.append((sheet.row, column, sheet.row + down, column + across))
        data = cell.find(f"{_SS}Data")
        value = None if data is None else _value(data)
        if value is not None:
            cells[column] = value
            style = cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID") or ""
            if style in styles.struck:
                sheet.struck.add((sheet.row, column))
            if style in styles.formats:
                shown = shown_text(value, styles.formats[style])
                if shown is not None:
                    sheet.shaped[sheet.row, column] = shown
        column += across
    if cells:
        sheet.rows[sheet.row] = cells
        sheet.width = max(sheet.width, *cells)
        if sheet.width > _MAX_COLUMNS:
            raise too_large(opened.path, f"{sheet.width:,} columns", f"{_MAX_COLUMNS:,} columns")
        opened.check_sheet(sheet.row, sheet.width)
    # "Span" repeats an empty row; the index of what follows already counts it.
    sheet.row += _count(row, "Span")


def _index(element: Element, otherwise: int) -> int:
    text = element.get(f"{_SS}Index")
    return max(otherwise, int(text)) if text else otherwise


def _count(element: Element, name: str) -> int:
    return min(max(0, int(element.get(f"{_SS}{name}", "0"))), _MAX_SPAN)


def _value(data: Element) -> Any:
    text = "".join(data.itertext())
    kind = data.get(f"{_SS}Type", "String")
    if not text or text.isspace():
        return None
    if kind == "Number":
        return float(text)
    if kind == "Boolean":
        return text.strip() in ("1", "true")
    if kind == "DateTime":
        return _date(text)
    return text


def _date(text: str) -> Any:
    try:
        value = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    # Excel counts times of day from the last day of 1899.
    return value.time() if value.date() == datetime.date(1899, 12, 31) else value


def _grid(sheet: _Sheet) -> Grid:
    top = min(sheet.rows)
    rows = [
        [sheet.rows.get(row, {}).get(column) for column in range(1, sheet.width + 1)]
        for row in range(top, max(sheet.rows) + 1)
    ]
    return make_grid(
        sheet.name,
        rows,
        first_row=top,
        merges=[
            Merge(r1 - top, c1 - 1, min(r2 - top, len(rows) - 1), min(c2, sheet.width) - 1)
            for r1, c1, r2, c2 in sheet.merges
            if top <= r1 < top + len(rows) and c1 <= sheet.width
        ],
        hidden_rows=frozenset(row - top for row in sheet.hidden if top <= row < top + len(rows)),
        struck=frozenset((row - top, column - 1) for row, column in sheet.struck),
        shaped={(row - top, column - 1): text for (row, column), text in sheet.shaped.items()},
    )


DRIVER = Driver("xml-spreadsheet", (".xml",), accepts, read)
