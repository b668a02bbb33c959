"""Memo files beside dBASE tables: .dbt of dBASE III and IV, .fpt of FoxPro; a memo that is not there is told.

dBASE III ends a memo by 0x1A; dBASE IV and FoxPro give its length. The table holds the number of the block.
"""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from gis_capture.ledger import codes
from gis_capture.ledger.opening import Opened, size_text, too_large
from gis_capture.model import Problem
from gis_capture.text import Text

MEMO_KINDS = frozenset("MGPW")
_PICTURES = frozenset("GPW")
_DBASE_IV = frozenset({0x8B, 0x8E, 0xCB})
_MARK_IV = b"\xff\xff\x08\x00"
_BLOCK = 512


class _Field(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def length(self) -> int: ...


class Memos:
    """The memo file of one table."""

    def __init__(self, path: Path, version: int) -> None:
        self._name = path.name
        self._data = path.read_bytes()
        self._is_foxpro = path.suffix.lower() == ".fpt"
        self._has_lengths = version in _DBASE_IV
        size = 0
        if self._is_foxpro and len(self._data) >= 8:
            size = struct.unpack(">H", self._data[6:8])[0]
        elif self._has_lengths and len(self._data) >= 22:
            size = struct.unpack("<H", self._data[20:22])[0]
        self._block = size or _BLOCK

    def texts(self, name: str, cells: Sequence[bytes], numbers: Sequence[int], problems: list[Problem]) -> list[bytes]:
        """The memos that the cells of a field point at; those that are not there are told once for the field."""
        found: list[bytes] = []
        missing: list[int] = []
        for number, cell in zip(numbers, cells, strict=True):
            block = _block_number(cell)
            memo = self._memo(block) if block else b""
            if memo is None:
                missing.append(number)
            found.append(memo or b"")
        if missing:
            problems.append(_not_in_file(self._name, name, missing))
        return found

    def _memo(self, block: int) -> bytes | None:
        at = block * self._block
        head = self._data[at : at + 8]
        if len(head) < 8:
            return None
        if self._is_foxpro:
            kind, length = struct.unpack(">II", head)
            return self._piece(at + 8, length) if kind == 1 else None
        if head[:4] == _MARK_IV:
            return self._piece(at + 8, struct.unpack("<I", head[4:8])[0] - 8)
        if self._has_lengths:
            return None
        end = self._data.find(b"\x1a", at)
        return self._data[at : end if end >= 0 else None].replace(b"\x8d\n", b"")

    def _piece(self, start: int, length: int) -> bytes | None:
        return self._data[start : start + length] if 0 <= length <= len(self._data) - start else None


def read_memos(
    opened: Opened, path: Path, fields: Sequence[_Field], version: int, problems: list[Problem]
) -> Memos | None:
    """Opens the memo file of a table that has fields for memos; None where there is none, which is told."""
    kinds = {f.kind for f in fields if f.kind in MEMO_KINDS and f.length in (4, 10)}
    if not kinds:
        return None
    if kinds & _PICTURES:
        problems.append(_pictures(path.name))
    beside = (part for part in path.parent.iterdir() if part.stem == path.stem)
    memo = next((part for part in sorted(beside) if part.suffix.lower() in (".dbt", ".fpt")), None)
    if memo is None:
        problems.append(_no_file(path))
        return None
    if memo.stat().st_size > opened.limits.max_source_bytes:
        raise too_large(memo, size_text(memo.stat().st_size), size_text(opened.limits.max_source_bytes))
    return Memos(memo, version)


def _block_number(cell: bytes) -> int:
    if len(cell) == 4:
        return int.from_bytes(cell, "little")
    text = cell.strip(b" \0")
    return int(text) if text.isdigit() else 0


def _no_file(path: Path) -> Problem:
    return Problem(
        codes.MEMO_NOT_READ,
        "error",
        Text(
            f"メモのファイル（{path.stem}.dbtか{path.stem}.fpt）がないので、メモの項目は空欄です。",
            f"There is no {path.stem}.dbt or {path.stem}.fpt, so the fields with memos are empty.",
        ),
        Text("同じ名前のファイルを一緒に読み込んでください。", "Read it together with that file."),
    )


def _not_in_file(file: str, name: str, rows: Sequence[int]) -> Problem:
    return Problem(
        codes.MEMO_NOT_READ,
        "warning",
        Text(
            f"「{name}」のメモが{file}の中に見つからない行が{len(rows):,}行あります（{rows[0]}行目など）。空欄にしました。",
            f"The memos of {len(rows):,} rows (row {rows[0]} and others) are not in {file}; they were read as empty.",
        ),
        Text("dbfとメモのファイルを同時に書き出し直してください。", "Export the table and its memos together."),
        row_number=rows[0],
        column=name,
    )


def _pictures(name: str) -> Problem:
    return Problem(
        codes.MEMO_NOT_READ,
        "info",
        Text(
            f"「{name}」の画像・オブジェクトの項目は読みません。",
            f'Fields of pictures and objects in "{name}" are not read.',
        ),
    )
