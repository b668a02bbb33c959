"""Sheets, styles, texts and comments of binary workbooks ([MS-XLSB] 2.3 and 2.4)."""

import datetime
import posixpath
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from gis_capture.ledger.drivers.number_formats import BUILTIN_FORMATS, shapes
from gis_capture.ledger.drivers.xlsb_records import read_records, wide_text
from gis_capture.ledger.drivers.xlsx_parts import Styles, color_name, parse_part

_BUILTIN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_ELAPSED = 46
_TEXT, _FONT, _FORMAT, _FILL, _STYLE, _BEGIN_STYLES, _END_STYLES = 19, 43, 44, 45, 47, 617, 618
_SHEET, _WORKBOOK, _COMMENT, _COMMENT_TEXT = 156, 153, 635, 637
_SOLID, _STRUCK = 1, 8
_INDEXED, _RGB, _THEME = 1, 2, 3


class SheetPart(NamedTuple):
    """A worksheet and the path of its part."""

    name: str
    path: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Dates:
    """Styles, by their number, that show numbers as dates, and those that show them as time that passed."""

    styles: frozenset[int]
    elapsed: frozenset[int]
    is_1904: bool

    def value(self, number: float, style: int) -> float | datetime.datetime | datetime.time | datetime.timedelta:
        """The date that a number of such a style stands for; a number that is none stays."""
        if style in self.elapsed:
            return datetime.timedelta(days=number) if abs(number) < 1e6 else number
        try:
            found = from_excel(number, MAC_EPOCH if self.is_1904 else WINDOWS_EPOCH)
        except (ValueError, OverflowError):
            return number
        return number if found is None else found


def read_sheet_parts(archive: zipfile.ZipFile) -> tuple[list[SheetPart], bool]:
    """The worksheets in the order of the workbook, and whether its days count from 1904."""
    targets = {r.get("Id"): r.get("Target", "") for r in parse_part(archive, "xl/_rels/workbook.bin.rels")}
    sheets, is_1904 = [], False
    for kind, data in read_records(archive, "xl/workbook.bin"):
        if kind == _WORKBOOK:
            is_1904 = bool(data[0] & 1)
        elif kind == _SHEET:
            relation, end = wide_text(data, 8)
            path = posixpath.normpath(posixpath.join("/xl", targets.get(relation, ""))).lstrip("/")
            if "worksheets/" in path:
                sheets.append(SheetPart(wide_text(data, end)[0], path, is_hidden=bool(data[0])))
    return sheets, is_1904


def read_texts(archive: zipfile.ZipFile) -> list[str]:
    """The shared texts; none where the workbook has none."""
    path = "xl/sharedStrings.bin"
    if path not in archive.namelist():
        return []
    return [wide_text(data, 1)[0] for kind, data in read_records(archive, path) if kind == _TEXT]


def read_styles(archive: zipfile.ZipFile, *, is_1904: bool) -> tuple[Styles, Dates]:
    """What the styles of cells show, and which of them are dates."""
    codes = dict(BUILTIN_FORMATS)
    struck_fonts: list[bool] = []
    colors: list[str | None] = []
    styles: list[Sequence[int]] = []
    is_inside = False
    for kind, data in read_records(archive, "xl/styles.bin"):
        if kind == _FORMAT:
            codes[int.from_bytes(data[:2], "little")] = wide_text(data, 2)[0]
        elif kind == _FONT:
            struck_fonts.append(bool(data[2] & _STRUCK))
        elif kind == _FILL:
            colors.append(_color(data))
        elif kind in (_BEGIN_STYLES, _END_STYLES):
            is_inside = kind == _BEGIN_STYLES
        elif kind == _STYLE and is_inside:
            styles.append(struct.unpack_from("<HHH", data, 2))
    formats, struck, fills, dates, elapsed = {}, set(), {}, set(), set()
    for number, (format_number, font, fill) in enumerate(styles):
        code = codes.get(format_number, "")
        if code and shapes(code):
            formats[number] = code
        if format_number in _BUILTIN_DATES or (code and is_date_format(code)):
            dates.add(number)
        if format_number == _ELAPSED or (code and is_timedelta_format(code)):
            elapsed.add(number)
        if font < len(struck_fonts) and struck_fonts[font]:
            struck.add(number)
        if fill < len(colors) and (color := colors[fill]):
            fills[number] = color
    return Styles(formats, frozenset(struck), fills), Dates(frozenset(dates), frozenset(elapsed), is_1904)


def _color(fill: bytes) -> str | None:
    """The colour of a solid fill (2.4.157, 2.5.17)."""
    pattern, kind, index = struct.unpack_from("<IBB", fill)
    names = {_INDEXED: f"indexed {index}", _RGB: fill[8:11].hex().upper(), _THEME: f"theme {index}"}
    return color_name(names.get(kind >> 1, "")) if pattern == _SOLID else None


def read_comments(archive: zipfile.ZipFile, path: str) -> dict[tuple[int, int], str]:
    """The comments of a sheet by (row, column) from 1; none where it has none."""
    sheet = PurePosixPath(path)
    found: dict[tuple[int, int], str] = {}
    relations = str(sheet.parent / "_rels" / f"{sheet.name}.rels")
    for relation in parse_part(archive, relations) if relations in archive.namelist() else ():
        part = posixpath.normpath(posixpath.join("/", str(sheet.parent), relation.get("Target", ""))).lstrip("/")
        if not relation.get("Type", "").endswith("/comments") or part not in archive.namelist():
            continue
        place = (0, 0)
        for kind, data in read_records(archive, part):
            if kind == _COMMENT:
                row, column = struct.unpack_from("<I4xI", data, 4)
                place = (row + 1, column + 1)
            elif kind == _COMMENT_TEXT:
                found[place] = wide_text(data, 1)[0]
    return found
