"""Access databases (mdb, accdb), by mdbtools where they are installed.

Texts of Jet 4 and ACE are Unicode; those of Access 97 (Jet 3) are code page 932 in Japan.
"""

import csv
import io
import re
import shutil
import struct
from collections.abc import Sequence

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.apart import Ended, run_apart
from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import Opened, broken, encrypted, too_large
from gis_capture.ledger.table import Reading, Source, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_MAGIC = re.compile(rb"\x00\x01\x00\x00Standard (?:Jet|ACE) DB\x00")
# The header from byte 24 on is RC4 under this fixed key; the key of the pages stands in it (0 = not encrypted).
_HEADER_KEY = struct.pack("<I", 0x6B39DAC7)
_PAGE_KEY_AT = 0x3E
_PROGRAMS = ("mdb-tables", "mdb-export")
_MEMORY_BYTES = 512 << 20
_MAX_TABLES = 200
_BREAK = "\x1e"
_ENVIRON = {"MDB_JET3_CHARSET": "CP932", "MDBICONV": "UTF-8", "LC_ALL": "C.UTF-8"}


def accepts(opened: Opened) -> bool:
    """Whether this is a database of Jet or ACE."""
    return _MAGIC.match(opened.head) is not None


def read(opened: Opened) -> Reading:
    """Reads every table that is not of the system; row numbers count from 1 in the order of the database."""
    if _is_encrypted(opened.head) and opened.head[13:16] == b"ACE":
        raise encrypted(opened.path)
    if any(shutil.which(program) is None for program in _PROGRAMS):
        raise _no_tools(opened)
    names = _run(opened, ["mdb-tables", "-1", "-t", "table", str(opened.path)]).output.decode("utf-8", "replace")
    source = opened.source("access")
    tables: list[Table] = []
    problems: list[Problem] = []
    wanted = [name for name in names.split("\n") if name and not name.startswith(("MSys", "~"))]
    if len(wanted) > _MAX_TABLES:
        raise too_large(opened.path, f"{len(wanted)} tables", f"{_MAX_TABLES} tables")
    for name in wanted:
        try:
            tables.append(_table(opened, source, name))
        except SourceError as error:
            problems.append(
                Problem(
                    codes.ENTRY_LEFT_OUT,
                    "warning",
                    Text(f"表「{name}」：{error.message.ja}", f'Table "{name}": {error.message.en}'),
                )
            )
    if not tables and problems:
        raise broken(opened.path, Text("どの表も読めません", "no table can be read"))
    return Reading(source, tuple(tables), tuple(problems))


def _table(opened: Opened, source: Source, name: str) -> Table:
    command = ["mdb-export", "-B", "-D", "%Y-%m-%d", "-T", "%Y-%m-%dT%H:%M:%S", "-b", "strip", "-R", _BREAK + "\n"]
    text = _run(opened, [*command, str(opened.path), name]).output.decode("utf-8", "backslashreplace")
    rows = _rows(opened, text)
    header = rows[0] if rows else []
    body = rows[1:]
    if len(body) > opened.limits.max_rows:
        raise too_large(opened.path, f"{len(body):,} rows", f"{opened.limits.max_rows:,} rows")
    width = len(header)
    return Table(
        name=name,
        source=source,
        sheet=name,
        header_rows=(),
        columns=columns_of(header),
        row_numbers=range(1, len(body) + 1),
        values=tuple([_cell(row[at]) if at < len(row) else None for row in body] for at in range(width)),
    )


def _rows(opened: Opened, text: str) -> list[list[str]]:
    # The sign between records cannot stand in a text, so a line break inside one is never mistaken for it.
    csv.field_size_limit(opened.limits.max_cell_chars * 10)
    try:
        return list(csv.reader(io.StringIO(text.replace(_BREAK + "\n", "\r\n"), newline="")))
    except csv.Error as error:
        raise broken(opened.path, str(error)) from error


def _cell(text: str) -> str | None:
    text = text.removesuffix("T00:00:00")
    return text if text.strip() else None


def _run(opened: Opened, command: Sequence[str]) -> Ended:
    cpu_s = opened.limits.seconds_for(opened.size_bytes)
    try:
        done = run_apart(command, cpu_s=cpu_s, memory_bytes=_MEMORY_BYTES, environ=_ENVIRON)
    except OSError as error:
        raise _no_tools(opened) from error
    if done.is_late:
        raise broken(opened.path, Text(f"{cpu_s:.0f}秒で読み終わりません", f"not read within {cpu_s:.0f} s"))
    if done.returncode:
        # The simple encoding of Jet is undone by mdbtools itself; what is left needs a password.
        if _is_encrypted(opened.head):
            raise encrypted(opened.path)
        reason = done.errors.strip()[:200] or f"{command[0]} ended with {done.returncode}"
        raise broken(opened.path, Text("Accessのデータベースとして読めません", f"no Access database: {reason}"))
    return done


def _is_encrypted(head: bytes) -> bool:
    if len(head) < 0x98:
        return False
    plain = _rc4(_HEADER_KEY, head[0x18:0x98])
    return plain[_PAGE_KEY_AT - 0x18 : _PAGE_KEY_AT - 0x14] != bytes(4)


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)


def _no_tools(opened: Opened) -> SourceError:
    name = opened.path.name
    return SourceError(
        Text(
            f"「{name}」はAccessのデータベースです。読むにはmdbtoolsが必要です"
            "（Debian・Ubuntuでは apt install mdbtools）。入れられないときは、"
            "Accessで表を開き「外部データ」からExcelかCSVに書き出してください。",
            f'"{name}" is an Access database, which needs mdbtools (apt install mdbtools on Debian and Ubuntu). '
            "Otherwise export its tables from Access to Excel or CSV.",
        ),
        path=opened.path,
    )


DRIVER = Driver("access", (".mdb", ".accdb"), accepts, read)
