"""Writes small binary workbooks ([MS-XLSB]): cells of every kind, formats, merges, what is hidden, comments."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Cell = str | float | bool | None
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"""


@dataclass
class BinarySheet:
    """One sheet; places are (row, column) from 1, `formats` and `struck` give cells their style."""

    rows: Sequence[Sequence[Cell]]
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    struck: frozenset[tuple[int, int]] = frozenset()
    merges: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], int] = field(default_factory=dict)
    has_short_cells: bool = False


def write_xlsb(path: Path, sheet: BinarySheet, *, is_1904: bool = False) -> Path:
    """Writes a workbook with the sheet 台帳, and a hidden one 作業."""
    codes = sorted(set(sheet.formats.values()))
    texts = list(dict.fromkeys(v for row in sheet.rows for v in row if isinstance(v, str) and len(v) > 1))
    parts = {
        "xl/workbook.bin": _workbook(is_1904=is_1904),
        "xl/styles.bin": _styles(codes),
        "xl/sharedStrings.bin": _record(159, struct.pack("<II", len(texts), len(texts)))
        + b"".join(_record(19, b"\0" + _wide(text)) for text in texts)
        + _record(160),
        "xl/worksheets/sheet1.bin": _sheet(sheet, codes, texts),
        "xl/worksheets/sheet2.bin": _record(129) + _record(145) + _record(146) + _record(130),
        "xl/comments1.bin": _comments(sheet.comments),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        sheets = [("worksheet", "worksheets/sheet1.bin"), ("worksheet", "worksheets/sheet2.bin")]
        others = [("styles", "styles.bin"), ("sharedStrings", "sharedStrings.bin")]
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.bin")]))
        archive.writestr("xl/_rels/workbook.bin.rels", _relations([*sheets, *others]))
        archive.writestr("xl/worksheets/_rels/sheet1.bin.rels", _relations([("comments", "../comments1.bin")]))
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    lines = [
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    ]
    name = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{name}">{"".join(lines)}</Relationships>'


def _record(kind: int, data: bytes = b"") -> bytes:
    return _varying(kind) + _varying(len(data)) + data


def _varying(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _workbook(*, is_1904: bool) -> bytes:
    sheets = [
        _record(156, struct.pack("<II", hidden, number) + _wide(f"rId{number}") + _wide(name))
        for number, (name, hidden) in enumerate((("台帳", 0), ("作業", 1)), 1)
    ]
    properties = _record(153, struct.pack("<II", int(is_1904), 0) + _wide(""))
    return _record(131) + properties + _record(143) + b"".join(sheets) + _record(144) + _record(132)


def _styles(codes: Sequence[str]) -> bytes:
    """Twice the formats: plain, then struck out; number 0 of each is without a format."""
    formats = b"".join(_record(44, struct.pack("<H", 164 + n) + _wide(code)) for n, code in enumerate(codes))
    font = "<HHHHBBBBBBBBB"
    fonts = b"".join(
        _record(43, struct.pack(font, 220, bits, 400, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0) + b"\xff" + _wide("Meiryo"))
        for bits in (0, 8)
    )
    styles = b"".join(
        _record(47, struct.pack("<HHHHHBBI", 0, number, font_number, 0, 0, 0, 0, 0))
        for font_number in (0, 1)
        for number in (0, *(164 + n for n in range(len(codes))))
    )
    n_styles = struct.pack("<I", 2 * (len(codes) + 1))
    return b"".join(
        [
            _record(278),
            _record(615, struct.pack("<I", len(codes))) + formats + _record(616),
            _record(611, struct.pack("<I", 2)) + fonts + _record(612),
            _record(617, n_styles) + styles + _record(618),
            _record(279),
        ]
    )


def _sheet(sheet: BinarySheet, codes: Sequence[str], texts: Sequence[str]) -> bytes:
    n_columns = max(map(len, sheet.rows))
    out = [_record(129), _record(148, struct.pack("<IIII", 0, len(sheet.rows) - 1, 0, n_columns - 1))]
    if sheet.hidden_columns:
        columns = [_record(60, struct.pack("<IIIIH", c - 1, c - 1, 2560, 0, 1)) for c in sorted(sheet.hidden_columns)]
        out += [_record(390), *columns, _record(391)]
    out.append(_record(145))
    for row, values in enumerate(sheet.rows, 1):
        is_hidden = 0x10 if row in sheet.hidden_rows else 0
        out.append(_record(0, struct.pack("<IIHBBBI", row - 1, 0, 300, 0, is_hidden, 0, 0)))
        for column, value in enumerate(values, 1):
            place = (row, column)
            style = codes.index(sheet.formats[place]) + 1 if place in sheet.formats else 0
            style += (len(codes) + 1) * (place in sheet.struck)
            is_short = sheet.has_short_cells and column > 1
            out.append(_cell(value, column, style, texts, sheet.errors.get(place), is_short=is_short))
    out.append(_record(146))
    merges = [_record(176, struct.pack("<IIII", t - 1, b - 1, m - 1, r - 1)) for t, m, b, r in sheet.merges]
    if merges:
        out += [_record(177, struct.pack("<I", len(merges))), *merges, _record(178)]
    return b"".join([*out, _record(130)])


def _cell(
    value: Cell, column: int, style: int, texts: Sequence[str], error: int | None, *, is_short: bool = False
) -> bytes:
    """Texts of one character stand in their cell, quarters as four bytes, others as eight."""
    if error is not None:
        kind, data = 3, bytes([error])
    elif value is None:
        kind, data = 1, b""
    elif isinstance(value, bool):
        kind, data = 4, bytes([value])
    elif isinstance(value, str):
        kind, data = (7, struct.pack("<I", texts.index(value))) if value in texts else (6, _wide(value))
    elif value == int(value) and abs(value) < 1 << 29:
        kind, data = 2, struct.pack("<i", int(value) << 2 | 2)
    elif value * 100 == int(value * 100) and abs(value) < 1 << 22:
        kind, data = 2, struct.pack("<i", int(value * 100) << 2 | 3)
    else:
        kind, data = 5, struct.pack("<d", value)
    head = style.to_bytes(3, "little") + b"\0"
    return _record(kind + 11, head + data) if is_short else _record(kind, struct.pack("<I", column - 1) + head + data)


def _comments(comments: Mapping[tuple[int, int], str]) -> bytes:
    out = [_record(628), _record(633)]
    for (row, column), text in comments.items():
        place = struct.pack("<IIIII", 0, row - 1, row - 1, column - 1, column - 1)
        out += [_record(635, place + bytes(16)), _record(637, b"\0" + _wide(text)), _record(636)]
    return b"".join([*out, _record(634), _record(629)])
