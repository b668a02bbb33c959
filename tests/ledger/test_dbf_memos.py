"""Memos beside dBASE tables, and the types of FoxPro."""

import datetime
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from gis_capture.ledger import Reading, codes, read_ledger
from tests.ledger.conftest import column, only_table

MEMO = "点検済み。\r\n次回は来年度に交換する。"
Field = tuple[str, str, int, int]


def write_table(path: Path, version: int, fields: Sequence[Field], rows: Sequence[Sequence[bytes]]) -> None:
    """A table; a field is name, kind, length and flags, the cells are bytes as they stand in the file."""
    descriptors = b"".join(
        name.encode("cp932").ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([length, 0, flags]) + bytes(13)
        for name, kind, length, flags in fields
    )
    record_bytes = 1 + sum(length for _, _, length, _ in fields)
    header_bytes = 33 + len(descriptors) + (263 if version == 0x30 else 0)
    header = struct.pack("<BBBBIHH", version, 124, 4, 1, len(rows), header_bytes, record_bytes) + bytes(20)
    body = b"".join(
        b" " + b"".join(cell.ljust(f[2], b" ") for cell, f in zip(row, fields, strict=True)) for row in rows
    )
    path.write_bytes((header + descriptors + b"\r").ljust(header_bytes, b"\0") + body + b"\x1a")


def memo_file(kind: str) -> bytes:
    """A memo in block 1, so long that the next begins in block 3."""
    text = MEMO.encode("cp932")
    if kind == "dBASE III":
        return bytes(512) + (text + b"\x1a\x1a").ljust(1024, b"\0") + b"x\x1a"
    if kind == "dBASE IV":
        head = bytes(20) + struct.pack("<H", 512)
        return head.ljust(512, b"\0") + (b"\xff\xff\x08\0" + struct.pack("<I", len(text) + 8) + text).ljust(1024, b"\0")
    head = bytes(6) + struct.pack(">H", 512)
    return head.ljust(512, b"\0") + (struct.pack(">II", 1, len(text)) + text).ljust(1024, b"\0")


def read_with_memos(folder: Path, kind: str, *, blocks: Sequence[int] = (1, 0)) -> Reading:
    """A table with a memo each for some rows, 0 = none."""
    version, suffix = {"dBASE III": (0x83, ".dbt"), "dBASE IV": (0x8B, ".DBT"), "FoxPro": (0xF5, ".fpt")}[kind]
    rows = [[str(n).encode(), str(block).rjust(10).encode() if block else b""] for n, block in enumerate(blocks)]
    write_table(folder / "台帳.dbf", version, [("番号", "N", 4, 0), ("備考", "M", 10, 0)], rows)
    (folder / f"台帳{suffix}").write_bytes(memo_file(kind))
    return read_ledger(folder / "台帳.dbf")


@pytest.mark.parametrize("kind", ["dBASE III", "dBASE IV", "FoxPro"])
def test_memos_are_read(tmp_path: Path, kind: str) -> None:
    """The text of the block that the table names, in the table's encoding; no block is no text."""
    reading = read_with_memos(tmp_path, kind)
    assert column(only_table(reading), "備考") == [MEMO, None]
    assert reading.problems == ()


@pytest.mark.parametrize("kind", ["dBASE III", "dBASE IV", "FoxPro"])
def test_a_memo_that_is_not_in_the_file_is_told(tmp_path: Path, kind: str) -> None:
    """Once for the field, with the first row."""
    reading = read_with_memos(tmp_path, kind, blocks=[1, 99, 98])
    assert column(only_table(reading), "備考") == [MEMO, None, None]
    assert [(p.code, p.row_number, p.column) for p in reading.problems] == [(codes.MEMO_NOT_READ, 2, "備考")]


def test_a_missing_memo_file_is_told(tmp_path: Path) -> None:
    """The other fields are read."""
    read_with_memos(tmp_path, "dBASE III")
    (tmp_path / "台帳.dbt").unlink()
    reading = read_ledger(tmp_path / "台帳.dbf")
    assert [list(values) for values in only_table(reading).values] == [["0", "1"], [None, None]]
    assert [(p.code, p.severity) for p in reading.problems] == [(codes.MEMO_NOT_READ, "error")]
    assert "台帳.dbt" in reading.problems[0].message.ja


def test_types_of_foxpro_become_texts(tmp_path: Path) -> None:
    """Money, instants, whole and binary numbers, texts of variable length, memos by four bytes; flags tell nulls."""
    day = datetime.date(2024, 4, 1).toordinal() + 1_721_425
    fields = [
        ("名称", "V", 12, 2),
        ("金額", "Y", 8, 2),
        ("日時", "T", 8, 2),
        ("個数", "I", 4, 2),
        ("延長", "B", 8, 0),
        ("備考", "M", 4, 0),
        ("_NullFlags", "0", 1, 5),
    ]
    short = "花里町".encode("cp932")
    values = [
        short.ljust(11, b"\0") + bytes([len(short)]),
        struct.pack("<q", 12_345_000),
        struct.pack("<ii", day, 34_200_000),
        struct.pack("<i", -5),
        struct.pack("<d", 12.5),
        struct.pack("<I", 1),
    ]
    # Bits: 0 the text is shorter than its field, then one each for a null text, money, instant and number.
    full = "花里町消火栓".encode("cp932")
    rows = [[*values, b"\x01"], [full, *values[1:], b"\x00"], [*values[:4], values[4], bytes(4), b"\x1f"]]
    write_table(tmp_path / "a.dbf", 0x30, fields, rows)
    (tmp_path / "a.fpt").write_bytes(memo_file("FoxPro"))
    table = only_table(read_ledger(tmp_path / "a.dbf"))
    assert [c.name for c in table.columns] == ["名称", "金額", "日時", "個数", "延長", "備考"]
    assert [texts[0] for texts in table.values] == ["花里町", "1234.5", "2024-04-01T09:30:00", "-5", "12.5", MEMO]
    assert column(table, "名称")[1] == "花里町消火栓"
    assert [texts[2] for texts in table.values] == [None, None, None, None, "12.5", None]
