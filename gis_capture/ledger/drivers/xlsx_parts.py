"""Parts of an Excel workbook that no fast reader gives: merges, number formats, hidden and struck-out, from the XML.

ECMA-376 part 1: 18.3.1 (worksheets), 18.8 (styles). A sheet is looked through in chunks: its size does not matter.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree

import numpy as np

from gis_capture.ledger.drivers.number_formats import BUILTIN_FORMATS, shapes
from gis_capture.ledger.drivers.xlsx_cells import column_number, find_cells
from gis_capture.ledger.marks import MAX_FILLS
from gis_capture.ledger.opening import DOCTYPE, Refused

_CHUNK = 4 << 20
_MAX_SMALL_PART = 64 << 20
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATIONSHIP = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_MAX_HIDDEN = 1_000
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=[\"']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)[\"']")
_BARE_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b[^>]*\br=[\"']([A-Z]{1,3})(\d+)[\"'][^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt=\"e\")[^>]*\br=\"([A-Z]{1,3})(\d+)\"[^>]*>(?:<(?:\w+:)?f\b[^>]*/>|<(?:\w+:)?f\b[^>]*>[^<]*</(?:\w+:)?f>)?"
    rb"\s*<(?:\w+:)?v>(#[^<]{1,20})</"
)
_COUNT = re.compile(rb"[cC]ount\s*=\s*[\"'](\d+)")
_ENDS_OF_ROW = (b"/row>", b":row>")


@dataclass(frozen=True, slots=True)
class Styles:
    """Styles by their number: the formats that shape numbers, those whose font is struck out, and colours."""

    formats: dict[int, str]
    struck: frozenset[int]
    fills: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class SheetMarks:
    """Structure of one sheet; rows and columns from 1.

    Attributes:
        merges: (top, left, bottom, right).
        shaped: (row, column) to the number format.
        bare_formulas: Cells whose formula has no stored result.
        errors: (row, column, text) of cells that hold an error such as #REF!.
        comments: (row, column) to the text.
        fills: (row, column) of filled cells to their colour.
        is_filtered: Whether a filter is set.
        is_1904: Whether days count from 1904, as in workbooks of the Macintosh.
        last_row: The last row with a cell that may hold something.
        last_column: The last column with such a cell.
    """

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    shaped: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: set[tuple[int, int]] = field(default_factory=set)
    bare_formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    fills: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    is_filtered: bool = False
    is_1904: bool = False
    last_row: int = 0
    last_column: int = 0


class PartError(ValueError):
    """A part of the workbook that is not as the standard says."""


def check_counts(archive: zipfile.ZipFile, names: frozenset[str]) -> None:
    """Raises PartError for a part that claims more elements than it has bytes: room would be made for them."""
    for name in names:
        is_styles = name.lower() == "xl/styles.xml"
        if is_styles or name.lower() == "xl/sharedstrings.xml":
            with archive.open(name) as file:
                head = file.read(_MAX_SMALL_PART if is_styles else 1 << 16)
            if any(int(count) > archive.getinfo(name).file_size for count in _COUNT.findall(head)):
                raise PartError(f"count in {name}")


def read_sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Gives the path of each worksheet in the container by its name."""
    workbook = parse_part(archive, "xl/workbook.xml")
    targets = {
        relationship.get("Id"): relationship.get("Target", "")
        for relationship in parse_part(archive, "xl/_rels/workbook.xml.rels")
    }
    paths = {}
    for sheet in workbook.iter():
        if local_name(sheet.tag) == "sheet":
            target = targets.get(sheet.get(_RELATIONSHIP) or sheet.get(_STRICT_RELATIONSHIP), "")
            path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            paths[sheet.get("name", "")] = path
    return paths


def counts_from_1904(archive: zipfile.ZipFile) -> bool:
    """Whether day 0 of the workbook is 1904-01-01."""
    properties = (e for e in parse_part(archive, "xl/workbook.xml") if local_name(e.tag) == "workbookPr")
    return any(element.get("date1904") in ("1", "true") for element in properties)


def read_styles(archive: zipfile.ZipFile) -> Styles:
    """Reads which cell styles shape numbers or strike text out."""
    try:
        root = parse_part(archive, "xl/styles.xml")
    except KeyError:
        return Styles({}, frozenset())
    codes = dict(BUILTIN_FORMATS)
    fonts: list[bool] = []
    formats: dict[int, str] = {}
    struck: set[int] = set()
    colors: list[str | None] = []
    fills: dict[int, str] = {}
    for part in root:
        if local_name(part.tag) == "numFmts":
            codes |= {int(f.get("numFmtId", "0")): f.get("formatCode", "") for f in part}
        elif local_name(part.tag) == "fonts":
            fonts = [
                any(local_name(c.tag) == "strike" and c.get("val", "1") not in ("0", "false") for c in font)
                for font in part
            ]
        elif local_name(part.tag) == "fills":
            colors = [_color(fill) for fill in part]
        elif local_name(part.tag) == "cellXfs":
            for number, style in enumerate(part):
                code = codes.get(int(style.get("numFmtId", "0")), "")
                if code and shapes(code):
                    formats[number] = code
                font = int(style.get("fontId", "0"))
                if font < len(fonts) and fonts[font]:
                    struck.add(number)
                fill = int(style.get("fillId", "0"))
                if fill < len(colors) and (color := colors[fill]):
                    fills[number] = color
    return Styles(formats, frozenset(struck), fills)


def _color(fill: ElementTree.Element) -> str | None:
    """The colour of a solid fill, "FFFF00" or the number of a theme's colour; None for white and no fill."""
    for pattern in fill:
        color = next((part for part in pattern if local_name(part.tag) == "fgColor"), None)
        if pattern.get("patternType") != "solid" or color is None:
            return None
        rgb = color.get("rgb", "")[-6:].upper()
        name = rgb or next((f"{kind} {color.get(kind)}" for kind in ("theme", "indexed") if color.get(kind)), "")
        return color_name(name)
    return None


def color_name(name: str) -> str | None:
    """The name of a colour; None for white and for none."""
    return name if name not in ("", "FFFFFF", "theme 0", "indexed 9", "indexed 64") else None


def read_marks(archive: zipfile.ZipFile, path: str, styles: Styles) -> SheetMarks:
    """Looks through one sheet."""
    marks = SheetMarks()
    with archive.open(path) as file:
        for number, chunk in enumerate(_whole_rows(file)):
            if number == 0:
                marks.hidden_columns = _hidden_columns(chunk)
            marks.is_filtered = marks.is_filtered or b"filterColumn" in chunk
            _read_hidden_rows(chunk, marks)
            if len(marks.fills) > MAX_FILLS:
                marks.fills.clear()
                styles = replace(styles, fills={})
            _read_cells(chunk, styles, marks)
            if b't="e"' in chunk:
                marks.errors += [
                    (int(m[2]), column_number(m[1]), m[3].decode("ascii", "replace")) for m in _ERROR.finditer(chunk)
                ]
            if b"f" in chunk and (b"<f" in chunk or b":f" in chunk):
                marks.bare_formulas += [(int(m[2]), column_number(m[1])) for m in _BARE_FORMULA.finditer(chunk)]
            for match in _MERGE.finditer(chunk) if b"mergeCell " in chunk else ():
                marks.merges.append((int(match[2]), column_number(match[1]), int(match[4]), column_number(match[3])))
    return marks


def _hidden_columns(head: bytes) -> set[int]:
    hidden: set[int] = set()
    for column in _COLUMN.findall(head[: head.find(b"<sheetData")]) if b" hidden=" in head else ():
        first, last = (re.search(rb"\b%s=[\"'](\d+)" % name, column) for name in (b"min", b"max"))
        if _HIDDEN.search(column) and first and last:
            hidden.update(range(int(first[1]), min(int(last[1]), int(first[1]) + _MAX_HIDDEN) + 1))
    return hidden


def _read_hidden_rows(chunk: bytes, marks: SheetMarks) -> None:
    for row in _ROW.findall(chunk) if b" hidden=" in chunk else ():
        if _HIDDEN.search(row) and (number := _ROW_NUMBER.search(row)):
            marks.hidden_rows.add(int(number[1]))


def _read_cells(chunk: bytes, styles: Styles, marks: SheetMarks) -> None:
    cells = find_cells(chunk)
    rows, columns, numbers = (of_cell[cells.hold] for of_cell in cells[:3])
    # Every cell is asked, because one that says it stands far away makes a reader take room for all between.
    marks.last_row = max(marks.last_row, rows.max(initial=0).item())
    marks.last_column = max(marks.last_column, columns.max(initial=0).item())
    matter = np.isin(numbers, [*styles.formats, *styles.struck, *styles.fills])
    places = zip(rows[matter].tolist(), columns[matter].tolist(), strict=True)
    for place, number in zip(places, numbers[matter].tolist(), strict=True):
        if number in styles.formats:
            marks.shaped[place] = styles.formats[number]
        if number in styles.struck:
            marks.struck.add(place)
        if number in styles.fills:
            marks.fills[place] = styles.fills[number]


def _whole_rows(file: IO[bytes]) -> Iterator[bytes]:
    """Reads in chunks that end with a row."""
    rest = b""
    while chunk := file.read(_CHUNK):
        chunk = rest + chunk
        if b"<!DOCTYPE" in chunk[:4096]:
            raise Refused(DOCTYPE)
        end = max(map(chunk.rfind, _ENDS_OF_ROW)) + len(_ENDS_OF_ROW[0])
        if end < len(_ENDS_OF_ROW[0]):
            end = len(chunk) if len(chunk) > 16 * _CHUNK else 0
        rest = chunk[end:]
        if end:
            yield chunk[:end]
    yield rest


def parse_part(archive: zipfile.ZipFile, path: str) -> ElementTree.Element:
    """Parses a small part; raises PartError for one that is too large, Refused for a document type."""
    if archive.getinfo(path).file_size > _MAX_SMALL_PART:
        raise PartError(f"{path} is too large")
    data = archive.read(path)
    if b"<!DOCTYPE" in data[:4096]:
        raise Refused(DOCTYPE)
    return ElementTree.fromstring(data)


def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]
