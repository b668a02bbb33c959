"""dBASE tables (dbf), read byte by byte: encoding by content, letters cut in half are told.

Layout: dBASE III+ file format; language driver IDs 0x13 and 0x7B are code page 932.
"""

import codecs
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.dbf_fields import FLAGS, DbfField, cut_cells, decode, read_field, read_fields
from gis_capture.ledger.drivers.dbf_memos import read_memos
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.encodings import find_encoding_of
from gis_capture.ledger.opening import Opened, broken, too_large
from gis_capture.ledger.table import Column, Reading, SkippedRow, Table, column_letters
from gis_capture.model import Problem
from gis_capture.text import Text

_VERSIONS = frozenset({0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7B, 0x83, 0x8B, 0x8E, 0xCB, 0xF5, 0xFB})
_LANGUAGES = {0x13: "cp932", 0x7B: "cp932"}


@dataclass
class DbfTable:
    """Attributes of a dbf file: names, one list of texts per field, and what was wrong.

    Attributes:
        records: Numbers of the records that are not deleted, from 1; parallel to the lists in `values`.
        deleted: Numbers of the deleted ones.
        date_fields: Fields that hold dates.
    """

    encoding: str
    names: list[str]
    values: list[list[str | None]]
    records: list[int]
    deleted: list[int] = field(default_factory=list)
    date_fields: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def accepts(opened: Opened) -> bool:
    """Whether the header is that of a dBASE file."""
    head = opened.head
    if len(head) < 32 or head[0] not in _VERSIONS or opened.suffix in (".txt", ".csv"):
        return False
    header_bytes, record_bytes = struct.unpack("<HH", head[8:12])
    dated = head[2] <= 12 and head[3] <= 31
    fields = read_fields(head)
    return (
        dated
        and header_bytes >= 33
        and record_bytes >= 1
        and bool(fields)
        and sum(f.length for f in fields) + 1 <= record_bytes + 1
    )


def read(opened: Opened) -> Reading:
    """Reads the table; row numbers are those of the records."""
    data = read_dbf(opened, opened.path)
    source = opened.source("dbf", data.encoding)
    return Reading(source, (_table(opened, data),), tuple(data.problems))


def _table(opened: Opened, data: DbfTable) -> Table:
    return Table(
        name=opened.path.stem,
        source=opened.source("dbf", data.encoding),
        sheet=None,
        header_rows=(),
        columns=columns_of(data.names),
        row_numbers=data.records,
        values=tuple(data.values),
        skipped=tuple(SkippedRow(number, "deleted") for number in data.deleted),
        date_cells={name: frozenset(data.records) for name in data.date_fields},
    )


def columns_of(names: Sequence[str]) -> tuple[Column, ...]:
    """Makes columns with unique names of the names of fields."""
    columns: list[Column] = []
    taken: set[str] = set()
    for number, header in enumerate(names, start=1):
        name = unique = header or f"列{column_letters(number)}"
        n = 1
        while unique in taken:
            n += 1
            unique = f"{name}_{n}"
        taken.add(unique)
        columns.append(Column(unique, header, number))
    return tuple(columns)


def read_dbf(opened: Opened, path: Path, *, cpg: str | None = None) -> DbfTable:
    """Reads a dbf file beside or as the source; raises SourceError when it is broken or too large.

    `cpg` is what a .cpg file beside it says; it is believed where the bytes do not contradict.
    """
    data = path.read_bytes()
    if len(data) < 32:
        raise broken(path, f"{len(data)} bytes")
    n_records, header_bytes, record_bytes = struct.unpack("<IHH", data[4:12])
    fields = read_fields(data)
    if not fields or record_bytes < 1:
        raise broken(path, "header")
    if n_records > opened.limits.max_rows:
        n_records = (len(data) - header_bytes) // record_bytes
        if n_records > opened.limits.max_rows:
            raise too_large(path, f"{n_records:,} rows", f"{opened.limits.max_rows:,} rows")
    body = data[header_bytes : header_bytes + n_records * record_bytes]
    n_whole = len(body) // record_bytes
    problems: list[Problem] = []
    if n_whole < n_records:
        problems.append(_cut_off(n_records, n_whole))
    records = [body[i * record_bytes : (i + 1) * record_bytes] for i in range(n_whole)]
    deleted = [number for number, record in enumerate(records, start=1) if record[:1] == b"*"]
    kept = [number for number, record in enumerate(records, start=1) if record[:1] != b"*"]
    rows = [records[number - 1] for number in kept]
    memos = read_memos(opened, path, fields, data[0], problems)
    encoding = _find_encoding(data, fields, rows, cpg)
    cells = [(f, cells) for f, cells in zip(fields, cut_cells(fields, rows), strict=True) if f.kind != FLAGS]
    names = [decode(f.name, encoding)[0] for f, _ in cells]
    values = [
        read_field(f, raw, encoding, name, kept, problems, memos) for (f, raw), name in zip(cells, names, strict=True)
    ]
    dates = [name for (f, _), name in zip(cells, names, strict=True) if f.kind in "DT"]
    return DbfTable(encoding, names, values, kept, deleted, dates, problems)


def _cut_off(claimed: int, found: int) -> Problem:
    return Problem(
        codes.TEXT_CUT_OFF,
        "warning",
        Text(
            f"{claimed:,}件のはずですが{found:,}件しかありません。途中で切れています。",
            f"The file says {claimed:,} records but holds {found:,}; it is cut off.",
        ),
        Text("元のファイルをもう一度受け取ってください。", "Get the file again."),
    )


def _find_encoding(data: bytes, fields: Sequence[DbfField], rows: Sequence[bytes], cpg: str | None) -> str:
    sample = [f.name for f in fields]
    for f in fields:
        if f.kind == "C":
            sample += [row[f.start : f.start + f.length].rstrip(b" \0") for row in rows[:5000]]
    sample = [text for text in sample if not text.isascii()]
    if not sample:
        return _codec_of(cpg) or _LANGUAGES.get(data[29]) or "cp932"
    # Bytes that are UTF-8 hardly ever are so by chance; a .cpg or a language mark is often left over from a copy.
    for name in ("utf-8", _codec_of(cpg), _LANGUAGES.get(data[29]), "cp932"):
        if name and all(decode(text, name)[2] for text in sample):
            return name
    return find_encoding_of(b"\n".join(sample))


def _codec_of(cpg: str | None) -> str | None:
    """The codec a .cpg file names: "UTF-8", "SJIS", "932", "ANSI 932"."""
    if not cpg:
        return None
    name = cpg.strip().strip("\ufeff\0").strip().lower().removeprefix("ansi").strip(" _-")
    if name in (
        "sjis",
        "shift_jis",
        "shift-jis",
        "932",
        "cp932",
        "ms932",
        "windows-31j",
        "x-sjis",
        "shiftjis",
        "oem 932",
    ):
        return "cp932"
    if name.isdigit():
        name = "utf-8" if name == "65001" else f"cp{name}"
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


DRIVER = Driver("dbf", (".dbf",), accepts, read)
