"""The cells of a sheet of a binary workbook and its structure ([MS-XLSB] 2.2.1.3), read by ourselves.

Readers at hand give no merges, number formats and comments, leave dates without a time as numbers, and pass over the
short cells (kinds 12 to 18) that some programs write.
"""

import struct
import zipfile
from collections.abc import Sequence
from typing import Any

from gis_capture.ledger.drivers.calamine_sheets import SheetCells
from gis_capture.ledger.drivers.xlsb_parts import Dates
from gis_capture.ledger.drivers.xlsb_records import read_records, rk_number, wide_text
from gis_capture.ledger.drivers.xlsx_parts import SheetMarks, Styles
from gis_capture.ledger.marks import MAX_FILLS
from gis_capture.ledger.opening import Opened

_ROW, _MERGE, _COLUMN, _FILTER_COLUMN = 0, 176, 60, 163
_LONG = {2: "rk", 3: "error", 4: "bool", 5: "real", 6: "text", 7: "shared", 62: "rich"}
_FORMULAS = {8: "text", 9: "real", 10: "bool", 11: "error"}
_SHORT = {13: "rk", 14: "error", 15: "bool", 16: "real", 17: "text", 18: "shared"}
_BLANK, _SHORT_BLANK = 1, 12
_CELLS = {_BLANK: "", _SHORT_BLANK: ""} | _LONG | _FORMULAS | _SHORT
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_HIDDEN_ROW = 0x10


def read_sheet(
    opened: Opened, archive: zipfile.ZipFile, name: str, path: str, texts: Sequence[str], styles: Styles, dates: Dates
) -> tuple[SheetCells, SheetMarks]:
    """Reads one sheet; formulas have their last result. Raises SourceError beyond the limit of cells."""
    marks = SheetMarks(is_1904=dates.is_1904)
    rows: dict[int, dict[int, Any]] = {}
    styled = {*styles.formats, *styles.struck, *styles.fills}
    row = column = 0
    for kind, data in read_records(archive, path):
        if kind in _CELLS:
            is_short = _SHORT_BLANK <= kind <= 18
            column = column + 1 if is_short else int.from_bytes(data[:4], "little") + 1
            at = 4 if is_short else 8
            style = int.from_bytes(data[at - 4 : at - 1], "little")
            value = _value(_CELLS[kind], data, at, texts)
            if value == "" or column > _LAST_COLUMN + 1:
                continue
            if style in dates.styles and isinstance(value, float):
                value = dates.value(value, style)
            rows.setdefault(row, {})[column] = value
            if style in styled:
                _mark(marks, (row, column), style, styles)
        elif kind == _ROW:
            row, column = min(int.from_bytes(data[:4], "little"), _LAST_ROW) + 1, 0
            if data[11] & _HIDDEN_ROW:
                marks.hidden_rows.add(row)
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", data)
            marks.merges.append((top + 1, left + 1, bottom + 1, right + 1))
        elif kind == _COLUMN:
            first, last = struct.unpack_from("<2I", data)
            if data[16] & 1:
                marks.hidden_columns.update(range(first + 1, min(last, _LAST_COLUMN) + 2))
        elif kind == _FILTER_COLUMN:
            marks.is_filtered = True
    if len(marks.fills) > MAX_FILLS:
        marks.fills.clear()
    return _filled(opened, name, rows), marks


def _mark(marks: SheetMarks, place: tuple[int, int], style: int, styles: Styles) -> None:
    if style in styles.formats:
        marks.shaped[place] = styles.formats[style]
    if style in styles.struck:
        marks.struck.add(place)
    if style in styles.fills and len(marks.fills) <= MAX_FILLS:
        marks.fills[place] = styles.fills[style]


def _value(kind: str, data: bytes, at: int, texts: Sequence[str]) -> Any:
    if kind == "shared":
        (number,) = struct.unpack_from("<I", data, at)
        return texts[number] if number < len(texts) else ""
    if kind == "rk":
        return rk_number(data, at)
    if kind == "real":
        return struct.unpack_from("<d", data, at)[0]
    if kind in ("text", "rich"):
        return wide_text(data, at + (kind == "rich"))[0]
    if kind == "bool":
        return bool(data[at])
    return _ERRORS.get(data[at], "#VALUE!") if kind == "error" else ""


def _filled(opened: Opened, name: str, rows: dict[int, dict[int, Any]]) -> SheetCells:
    """The rows from the first to the last that hold something, all of one width."""
    if not rows:
        return SheetCells(name, False, 1, 1, [], [])
    top, bottom = min(rows), max(rows)
    left, right = min(map(min, rows.values())), max(map(max, rows.values()))
    opened.check_sheet(bottom - top + 1, right - left + 1)
    blank = [""] * (right - left + 1)
    cells = [blank] * (bottom - top + 1)
    for row, values in rows.items():
        line = cells[row - top] = blank.copy()
        for column, value in values.items():
            line[column - left] = value
    return SheetCells(name, False, top, left, cells, [])
