"""Fields of dBASE and FoxPro tables: what the bytes of a cell mean, by the letter of the field's type."""

import codecs
import datetime
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.cells import date_text
from gis_capture.ledger.drivers.dbf_memos import MEMO_KINDS, Memos
from gis_capture.model import Problem
from gis_capture.text import Text

_MAX_PROBLEMS = 200
FLAGS = "0"
"""The kind of the field in which Visual FoxPro keeps its flags."""
_NULLABLE = 2
_JULIAN_DAY_ZERO = 1_721_425


@dataclass(frozen=True, slots=True)
class DbfField:
    """A field: where it stands in a record, and the flags that FoxPro gives it."""

    name: bytes
    kind: str
    start: int
    length: int
    flags: int = 0


def read_fields(data: bytes) -> list[DbfField]:
    """The field descriptors, 32 bytes each, until the mark 0x0D."""
    fields: list[DbfField] = []
    start, at = 1, 32
    while at + 32 <= len(data) and data[at] not in (0x0D, 0x00) and len(fields) < 2048:
        kind = chr(data[at + 11])
        length = data[at + 16] + (data[at + 17] << 8 if kind == "C" else 0)
        if not kind.isalpha() and kind not in "@+0":
            break
        fields.append(DbfField(data[at : at + 11].split(b"\0")[0], kind, start, length, data[at + 18]))
        start += length
        at += 32
    return fields


def decode(raw: bytes, encoding: str) -> tuple[str, bool, bool]:
    """Decodes a text; tells whether its last letter was cut in half, and whether all else was of the encoding."""
    try:
        return raw.decode(encoding), False, True
    except UnicodeDecodeError:
        pass
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        return decoder.decode(raw), True, True
    except UnicodeDecodeError:
        return raw.decode(encoding, "backslashreplace"), False, False


def cut_cells(fields: Sequence[DbfField], rows: Sequence[bytes]) -> list[list[bytes]]:
    """The bytes of each cell by field; nothing for those that Visual FoxPro flags as null, and texts as long as told.

    A field of variable length has a bit that says its last byte is its length, a nullable one a bit that it is null.
    """
    flags = next((f for f in fields if f.kind == FLAGS), None)
    masks = [int.from_bytes(row[flags.start : flags.start + flags.length], "little") for row in rows] if flags else []
    bit = 0
    cut: list[list[bytes]] = []
    for f in fields:
        cells = [row[f.start : f.start + f.length] for row in rows]
        if f.kind in "VQ" and flags:
            cells = [
                cell[: cell[-1]] if mask >> bit & 1 and cell else cell for cell, mask in zip(cells, masks, strict=True)
            ]
            bit += 1
        if f.flags & _NULLABLE and flags:
            cells = [b"" if mask >> bit & 1 else cell for cell, mask in zip(cells, masks, strict=True)]
            bit += 1
        cut.append(cells)
    return cut


def read_field(
    f: DbfField,
    raw: Sequence[bytes],
    encoding: str,
    name: str,
    numbers: Sequence[int],
    problems: list[Problem],
    memos: Memos | None,
) -> list[str | None]:
    """The texts of one field; letters cut in half and memos that are not there are told."""
    if f.kind in "NF":
        return [_number_text(cell) for cell in raw]
    if f.kind == "D":
        return [_date_text(cell) for cell in raw]
    if f.kind == "L":
        return [{b"T": "TRUE", b"Y": "TRUE", b"F": "FALSE", b"N": "FALSE"}.get(cell.upper()[:1]) for cell in raw]
    if f.kind in "I+" and f.length == 4:
        return [str(struct.unpack("<i", cell)[0]) if len(cell) == 4 else None for cell in raw]
    if f.kind in "BO" and f.length == 8:
        return [_number_text(repr(struct.unpack("<d", cell)[0]).encode()) if len(cell) == 8 else None for cell in raw]
    if f.kind == "Y" and f.length == 8:
        return [_currency_text(cell) for cell in raw]
    if f.kind == "T" and f.length == 8:
        return [_instant_text(cell) for cell in raw]
    if f.kind in MEMO_KINDS:
        if memos is None:
            return [None] * len(raw)
        raw = memos.texts(name, raw, numbers, problems)
    values: list[str | None] = []
    for number, cell in zip(numbers, raw, strict=True):
        text, is_cut, fits = decode(cell.split(b"\0")[0].rstrip(b" "), encoding)
        text = text.rstrip(" ")
        values.append(text if text.strip() else None)
        if (is_cut or not fits) and len(problems) < _MAX_PROBLEMS:
            problems.append(_damaged(number, name, text, is_cut=is_cut))
    return values


def _currency_text(raw: bytes) -> str | None:
    if len(raw) < 8:
        return None
    value = Decimal(struct.unpack("<q", raw)[0]) / 10_000
    return format(value.normalize(), "f")


def _instant_text(raw: bytes) -> str | None:
    """A Julian day and milliseconds."""
    if len(raw) < 8 or not raw.strip(b" \0"):
        return None
    day, milliseconds = struct.unpack("<ii", raw)
    try:
        date = datetime.datetime.fromordinal(day - _JULIAN_DAY_ZERO)
        return date_text(date + datetime.timedelta(seconds=round(milliseconds / 1000)))
    except (ValueError, OverflowError):
        return None


def _damaged(number: int, name: str, text: str, *, is_cut: bool) -> Problem:
    if is_cut:
        return Problem(
            codes.TEXT_CUT_OFF,
            "warning",
            Text(f"「{text}」の後の文字が途中で切れています。", f'The letter behind "{text}" is cut in half.'),
            Text("元の台帳で正しい値を確かめてください。", "Look up the value in the original ledger."),
            row_number=number,
            column=name,
        )
    return Problem(
        codes.BYTES_NOT_DECODED,
        "warning",
        Text(
            f"「{text}」に文字コードに合わない文字があります。", f'"{text}" holds bytes that are not of the encoding.'
        ),
        row_number=number,
        column=name,
    )


def _number_text(raw: bytes) -> str | None:
    text = raw.strip(b" \0").decode("ascii", "replace")
    if not text or set(text) <= {"*"}:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite():
        return None
    if "." not in text and "e" not in text.lower():
        return text
    plain = format(value, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _date_text(raw: bytes) -> str | None:
    text = raw.strip(b" \0").decode("ascii", "replace")
    if not text or set(text) == {"0"}:
        return None
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        return text
