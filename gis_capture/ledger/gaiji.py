"""An office's own table of 外字: what its private characters are in Unicode."""

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.table import Reading, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_UNICODE = re.compile(r"(?:U\+|&#x|\\u)?([0-9A-F]{4,6});?", re.IGNORECASE)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_MAX_ROWS = 20_000


def read_gaiji(path: Path) -> dict[str, str]:
    """Reads `gaiji.csv`: a code (U+E000, or F040 of code page 932) and what it is, one a line; "#" begins a remark.

    Raises:
        SourceError: It cannot be read, or a line is not of that form.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [row for row in csv.reader(file) if row and any(cell.strip() for cell in row)][:_MAX_ROWS]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _wrong(path, str(error)) from error
    table: dict[str, str] = {}
    for number, row in enumerate(lines, start=1):
        code = row[0].strip()
        if code.startswith("#") or (number == 1 and not _UNICODE.fullmatch(code)):
            continue
        letter = _letter(code)
        if letter is None or len(row) < 2 or not row[1].strip():
            raise _wrong(path, ",".join(row)[:60])
        table[letter] = row[1].strip()
    return table


def replace_gaiji(reading: Reading, gaiji: Mapping[str, str]) -> Reading:
    """Puts in what the office's table says, and notes it once for each column; other private characters stay."""
    if not gaiji:
        return reading
    table = str.maketrans(dict(gaiji))
    return replace(reading, tables=tuple(_replaced(each, gaiji, table) for each in reading.tables))


def _replaced(table: Table, gaiji: Mapping[str, str], translation: Mapping[int, str]) -> Table:
    values, notes = list(table.values), list(table.notes)
    for index, column in enumerate(table.columns):
        texts = values[index]
        known = sorted(set(_PRIVATE.findall("".join(filter(None, texts)))) & gaiji.keys())
        if not known:
            continue
        values[index] = [text.translate(translation) if text else text for text in texts]
        at = next(row for row, text in zip(table.row_numbers, texts, strict=True) if text and known[0] in text)
        shown = "、".join(f"U+{ord(letter):04X}→{gaiji[letter]}" for letter in known[:20])
        message = Text(f"外字を置き換えました（{shown}）。", f"Private characters were replaced ({shown}).")
        cell = table.cell_name(at, column)
        notes.append(Problem(codes.GAIJI_REPLACED, "info", message, row_number=at, column=column.name, cell=cell))
    return replace(table, values=tuple(values), notes=tuple(notes)) if len(notes) > len(table.notes) else table


def _letter(code: str) -> str | None:
    match = _UNICODE.fullmatch(code)
    if match is None:
        return None
    point = match[1]
    # A bare F040 is a code of code page 932, where that has a private character; U+F040 is Unicode's.
    if code == point and len(point) == 4:
        try:
            letter = bytes.fromhex(point).decode("cp932")
        except UnicodeDecodeError:
            letter = ""
        if _PRIVATE.fullmatch(letter):
            return letter
    letter = chr(int(point, 16)) if int(point, 16) < 0x110000 else ""
    return letter if _PRIVATE.fullmatch(letter) else None


def _wrong(path: Path, found: str) -> SourceError:
    return SourceError(
        Text(
            f"外字の表「{path.name}」を読めません（{found}）。「U+E000,髙」のように書いてください。",
            f'The table of private characters "{path.name}" cannot be read ({found}): write lines such as "U+E000,髙".',
        ),
        path=path,
    )
