"""OpenDocument spreadsheets (ods), read from their XML with merges and hidden rows.

OpenDocument 1.3 part 3, clauses 9.1 (tables) and 19.385 (value types). Repeated rows and cells are only
spread out as far as something stands in them.
"""

import datetime
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from gis_capture.errors import SourceError
from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import read_elements
from gis_capture.ledger.drivers.sheet_cells import hidden_sheet, make_grid
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.opening import ZIP_ERRORS, Opened, broken, encrypted, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DURATION = re.compile(r"P(?:T)?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")


def accepts(opened: Opened) -> bool:
    """Whether the container says it is a spreadsheet, or holds one without saying so; or it is one in a single XML."""
    if "content.xml" in opened.zip_names:
        return b"opendocument.text" not in opened.head[:100]
    return _is_flat(opened)


def _is_flat(opened: Opened) -> bool:
    return b"<office:document " in opened.head[:4096] and b"opendocument.spreadsheet" in opened.head


def read(opened: Opened) -> Reading:
    """Reads all sheets that are not hidden."""
    problems: list[Problem] = []
    try:
        if _is_flat(opened):
            with opened.path.open("rb") as file:
                return reading_of_grids(list(_sheets(opened, file, problems)), opened.source("ods"), problems)
        with zipfile.ZipFile(opened.path) as archive:
            if "META-INF/manifest.xml" in opened.zip_names and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise encrypted(opened.path)
            with archive.open("content.xml") as file:
                grids = list(_sheets(opened, file, problems))
    except SourceError:
        raise
    except (ParseError, *ZIP_ERRORS) as error:
        raise broken(opened.path, str(error)) from error
    source = opened.source("ods")
    return reading_of_grids(grids, source, problems)


@dataclass
class _Sheet:
    name: str
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    shaped: dict[tuple[int, int], str] = field(default_factory=dict)
    n_blank: int = 0
    width: int = 0


def _sheets(opened: Opened, file: IO[bytes], problems: list[Problem]) -> Iterator[Grid]:
    sheet: _Sheet | None = None
    hidden_styles: set[str] = set()
    depth = 0
    for event, element in read_elements(file):
        tag = element.tag
        if tag == f"{_TABLE}table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                sheet = _Sheet(element.get(f"{_TABLE}name", ""))
                if element.get(f"{_TABLE}style-name") in hidden_styles:
                    problems.append(hidden_sheet(sheet.name))
                    sheet = None
            elif event == "end" and depth == 0:
                if sheet is not None and sheet.rows:
                    yield _grid(sheet)
                sheet = None
                element.clear()
        elif event == "end" and tag == f"{_STYLE}style":
            if any(p.get(f"{_TABLE}display") == "false" for p in element.iter(f"{_STYLE}table-properties")):
                hidden_styles.add(element.get(f"{_STYLE}name", ""))
        elif event == "end" and tag == f"{_TABLE}table-row" and depth == 1:
            if sheet is not None:
                _add_row(opened, sheet, element)
            element.clear()


def _add_row(opened: Opened, sheet: _Sheet, element: Element) -> None:
    times = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
    cells, merges, shaped = _cells(opened, element)
    if not cells:
        sheet.n_blank += times
        return
    width = max(sheet.width, len(cells))
    n_rows = len(sheet.rows) + sheet.n_blank + times
    if n_rows * width > opened.limits.max_sheet_cells or n_rows > opened.limits.max_rows:
        raise too_large(opened.path, f"{n_rows * width:,} cells", f"{opened.limits.max_sheet_cells:,} cells")
    sheet.width = width
    sheet.rows += [[]] * sheet.n_blank
    sheet.n_blank = 0
    is_hidden = element.get(f"{_TABLE}visibility") in ("collapse", "filter")
    for _ in range(times):
        row = len(sheet.rows)
        sheet.merges += [
            Merge(row, column, row + n_down - 1, column + n_across - 1) for column, n_down, n_across in merges
        ]
        sheet.shaped |= {(row, column): text for column, text in shaped}
        if is_hidden:
            sheet.hidden.add(row)
        sheet.rows.append(cells)


def _cells(opened: Opened, row: Element) -> tuple[list[Any], list[tuple[int, int, int]], list[tuple[int, str]]]:
    """The values of a row up to the last filled one, its merges (column, rows, columns) and texts shown otherwise."""
    cells: list[Any] = []
    merges: list[tuple[int, int, int]] = []
    shaped: list[tuple[int, str]] = []
    n_blank = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        value, text = _value(cell)
        down, across = (
            int(cell.get(f"{_TABLE}number-rows-spanned", "1")),
            int(cell.get(f"{_TABLE}number-columns-spanned", "1")),
        )
        if down > 1 or across > 1:
            merges.append((len(cells) + n_blank, min(down, 100_000), min(across, 16_384)))
        if value is None or cell.tag == f"{_TABLE}covered-table-cell":
            n_blank += times
            continue
        if len(cells) + n_blank + times > 16_384:
            raise too_large(opened.path, f"{len(cells) + n_blank + times:,} columns", "16,384 columns")
        cells += [None] * n_blank
        n_blank = 0
        if text is not None:
            shaped += [(len(cells) + i, text) for i in range(times)]
        cells += [value] * times
    return cells, merges, shaped


def _value(cell: Element) -> tuple[Any, str | None]:
    """The value of a cell, and its shown text where that says more than the number does ("002", "No.5")."""
    kind = cell.get(f"{_OFFICE}value-type")
    if kind is None:
        return None, None
    shown = "\n".join("".join(_text(p)) for p in cell.findall(f"{_TEXT}p"))
    if kind in ("float", "percentage", "currency"):
        value = float(cell.get(f"{_OFFICE}value", "nan"))
        if shown.startswith("#") or shown.startswith("Err:"):
            return "#VALUE!", None
        return value, shown if _says_more(shown, number_text(value), kind) else None
    if kind == "date":
        return _date(cell.get(f"{_OFFICE}date-value", ""), shown), None
    if kind == "time":
        return _time(cell.get(f"{_OFFICE}time-value", ""), shown), None
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", None
    return shown or cell.get(f"{_OFFICE}string-value") or None, None


def _says_more(shown: str, plain: str, kind: str) -> bool:
    if kind == "currency":
        return False
    digits = re.sub(r"\D", "", shown)
    same_digits = digits.lstrip("0") == re.sub(r"\D", "", plain).lstrip("0")
    if kind == "percentage":
        return bool(digits)
    return same_digits and (re.match(r"0\d", shown) is not None or re.search(r"[^\s\d.,()¥￥$€+%-]", shown) is not None)


def _text(element: Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        tag = child.tag
        if tag == f"{_TEXT}s":
            yield " " * min(1000, int(child.get(f"{_TEXT}c", "1")))
        elif tag == f"{_TEXT}line-break":
            yield "\n"
        elif tag == f"{_TEXT}tab":
            yield "\t"
        elif tag == f"{_TEXT}ruby":
            for base in child.findall(f"{_TEXT}ruby-base"):
                yield from _text(base)
        elif not tag.endswith("}annotation"):
            yield from _text(child)
        if child.tail:
            yield child.tail


def _date(value: str, shown: str) -> Any:
    try:
        return datetime.datetime.fromisoformat(value) if "T" in value else datetime.date.fromisoformat(value)
    except ValueError:
        return shown or None


def _time(value: str, shown: str) -> Any:
    match = _DURATION.match(value)
    if match is None:
        return shown or None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _grid(sheet: _Sheet) -> Grid:
    rows = [[*row, *[None] * (sheet.width - len(row))] for row in sheet.rows]
    last_row, last_column = len(rows) - 1, sheet.width - 1
    return make_grid(
        sheet.name,
        rows,
        merges=[
            Merge(m.top, m.left, min(m.bottom, last_row), min(m.right, last_column))
            for m in sheet.merges
            if m.left <= last_column
        ],
        hidden_rows=frozenset(sheet.hidden),
        shaped=sheet.shaped,
    )


DRIVER = Driver("ods", (".ods", ".ots", ".fods"), accepts, read)
