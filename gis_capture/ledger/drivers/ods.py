"""OpenDocument spreadsheets (ods), read from their XML with merges, comments, colours and what is hidden or struck out.

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
from gis_capture.ledger.drivers.ods_styles import STYLE_TAG, OdsStyles, read_styles
from gis_capture.ledger.drivers.sheet_cells import hidden_sheet, make_grid
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.marks import MAX_FILLS, Marks
from gis_capture.ledger.opening import ZIP_ERRORS, Opened, broken, encrypted, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ANNOTATION = f"{_OFFICE}annotation"
_HIDDEN = frozenset({"collapse", "filter"})
_MAX_COLUMNS = 16_384
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
                grids = list(_sheets(opened, file, OdsStyles(), problems))
                return reading_of_grids(grids, opened.source("ods"), problems)
        with zipfile.ZipFile(opened.path) as archive:
            if "META-INF/manifest.xml" in opened.zip_names and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise encrypted(opened.path)
            styles = read_styles(archive)
            with archive.open("content.xml") as file:
                grids = list(_sheets(opened, file, styles, problems))
    except SourceError:
        raise
    except (ParseError, *ZIP_ERRORS) as error:
        raise broken(opened.path, str(error)) from error
    source = opened.source("ods")
    return reading_of_grids(grids, source, problems)


@dataclass(slots=True)
class _Row:
    """A row up to its last filled cell; everything else by its column, from 0.

    Attributes:
        merges: (column, rows, columns).
        shaped: Texts shown otherwise than the value.
        styles: Name of the style of filled cells.
    """

    cells: list[Any] = field(default_factory=list)
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    shaped: dict[int, str] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)
    styles: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Sheet:
    name: str
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    is_filtered: bool = False
    shaped: dict[tuple[int, int], str] = field(default_factory=dict)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    fills: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: set[tuple[int, int]] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    column_styles: list[str] = field(default_factory=list)
    n_blank: int = 0
    width: int = 0


def _sheets(opened: Opened, file: IO[bytes], styles: OdsStyles, problems: list[Problem]) -> Iterator[Grid]:
    sheet: _Sheet | None = None
    depth = 0
    for event, element in read_elements(file):
        tag = element.tag
        if tag == f"{_TABLE}table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                sheet = _Sheet(element.get(f"{_TABLE}name", ""))
                if element.get(f"{_TABLE}style-name") in styles.hidden_sheets:
                    problems.append(hidden_sheet(sheet.name))
                    sheet = None
            elif event == "end" and depth == 0:
                if sheet is not None and sheet.rows:
                    yield _grid(sheet)
                sheet = None
                element.clear()
        elif event == "end" and tag == STYLE_TAG:
            styles.add(element)
        elif event == "end" and depth == 1 and sheet is not None and tag == f"{_TABLE}table-column":
            _add_columns(sheet, element)
        elif event == "end" and tag == f"{_TABLE}table-row" and depth == 1:
            if sheet is not None:
                _add_row(opened, sheet, element, styles)
            element.clear()


def _add_columns(sheet: _Sheet, element: Element) -> None:
    begin = len(sheet.column_styles)
    times = min(int(element.get(f"{_TABLE}number-columns-repeated", "1")), _MAX_COLUMNS - begin)
    sheet.column_styles += [element.get(f"{_TABLE}default-cell-style-name", "")] * times
    if element.get(f"{_TABLE}visibility") in _HIDDEN:
        sheet.hidden_columns.update(range(begin, begin + times))


def _add_row(opened: Opened, sheet: _Sheet, element: Element, styles: OdsStyles) -> None:
    times = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
    found = _read_row(opened, sheet, element)
    if not found.cells:
        sheet.n_blank += times
        return
    width = max(sheet.width, len(found.cells))
    n_rows = len(sheet.rows) + sheet.n_blank + times
    opened.check_sheet(n_rows, width)
    sheet.width = width
    sheet.rows += [[]] * sheet.n_blank
    sheet.n_blank = 0
    visibility = element.get(f"{_TABLE}visibility")
    sheet.is_filtered = sheet.is_filtered or visibility == "filter"
    for row in range(len(sheet.rows), len(sheet.rows) + times):
        sheet.merges += [Merge(row, at, row + n_down - 1, at + n_across - 1) for at, n_down, n_across in found.merges]
        sheet.shaped |= {(row, column): text for column, text in found.shaped.items()}
        sheet.comments |= {(row, column): text for column, text in found.comments.items()}
        for column, name in found.styles.items():
            style = styles.of(name)
            if style.is_struck:
                sheet.struck.add((row, column))
            if style.color and len(sheet.fills) <= MAX_FILLS:
                sheet.fills[row, column] = style.color
        if visibility in _HIDDEN:
            sheet.hidden.add(row)
        sheet.rows.append(found.cells)


def _read_row(opened: Opened, sheet: _Sheet, element: Element) -> _Row:
    row = _Row()
    n_blank = 0
    row_style = element.get(f"{_TABLE}default-cell-style-name", "")
    for cell in element:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        value, text = _value(cell)
        down, across = (
            int(cell.get(f"{_TABLE}number-rows-spanned", "1")),
            int(cell.get(f"{_TABLE}number-columns-spanned", "1")),
        )
        if down > 1 or across > 1:
            row.merges.append((len(row.cells) + n_blank, min(down, 100_000), min(across, _MAX_COLUMNS)))
        if value is None or cell.tag == f"{_TABLE}covered-table-cell":
            n_blank += times
            continue
        begin, end = len(row.cells) + n_blank, len(row.cells) + n_blank + times
        if end > _MAX_COLUMNS:
            raise too_large(opened.path, f"{end:,} columns", f"{_MAX_COLUMNS:,} columns")
        row.cells += [None] * n_blank
        row.cells += [value] * times
        n_blank = 0
        own_style = cell.get(f"{_TABLE}style-name") or row_style
        comment = "\n".join("".join(_text(p)) for note in cell.findall(_ANNOTATION) for p in note.iter(f"{_TEXT}p"))
        for column in range(begin, end):
            if text is not None:
                row.shaped[column] = text
            if comment:
                row.comments[column] = comment
            of_column = sheet.column_styles[column] if column < len(sheet.column_styles) else ""
            row.styles[column] = own_style or of_column
    return row


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
        marks=Marks(
            comments=sheet.comments,
            fills=sheet.fills if len(sheet.fills) <= MAX_FILLS else {},
            hidden_columns=frozenset(column for column in sheet.hidden_columns if column <= last_column),
            is_filtered=sheet.is_filtered,
        ),
        struck=frozenset(sheet.struck),
        shaped=sheet.shaped,
    )


DRIVER = Driver("ods", (".ods", ".ots", ".fods"), accepts, read)
