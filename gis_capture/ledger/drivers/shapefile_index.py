"""The index of a shapefile (.shx): whether shapes can be found by it, and which of them are lost.

ESRI Shapefile Technical Description (1998): a head of 100 bytes, then 8 bytes a record (offset, length), big-endian
and in words of two bytes; a record of the main file has 8 bytes before its content.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

_MAGIC = b"\0\0\x27\x0a"
_HEAD_BYTES = 100
_LENGTH_AT = 24


def is_usable(index: Path, main: Path) -> bool:
    """Whether an index is whole and its entries lead to records, or the main file knows no better than it does."""
    data = index.read_bytes()
    n_bytes = 2 * int.from_bytes(data[_LENGTH_AT : _LENGTH_AT + 4], "big")
    if not data.startswith(_MAGIC) or len(data) < max(n_bytes, _HEAD_BYTES):
        return False
    entries = np.frombuffer(data, ">i4", count=2 * ((len(data) - _HEAD_BYTES) // 8), offset=_HEAD_BYTES)
    offsets, lengths = 2 * entries.astype(np.int64).reshape(-1, 2).T
    if (offsets[:1] == _HEAD_BYTES).all() and (np.diff(offsets) == lengths[:-1] + 8).all():
        return True
    # Programs that edit in place leave gaps, and records in another order.
    last = main.stat().st_size - 8
    is_plain = ((offsets >= _HEAD_BYTES) & (offsets <= last)).all() and len(np.unique(offsets)) == len(offsets)
    return bool(is_plain) or _n_records(main) < len(offsets)


def _n_records(main: Path) -> int:
    """The number of records that follow one another up to the very end of the main file; 0 where they do not."""
    size, at, count = main.stat().st_size, _HEAD_BYTES, 0
    with main.open("rb") as file:
        while at < size:
            file.seek(at + 4)
            at += 8 + 2 * int.from_bytes(file.read(4), "big")
            count += 1
    return count if at == size else 0


def lost_shapes(main: Path, index: Path, fids: Sequence[int]) -> list[int]:
    """Of records that came without a geometry the numbers of those that are no null shapes (table 1: type 0)."""
    if not fids or not index.is_file():
        return []
    with main.open("rb") as shapes, index.open("rb") as offsets:
        return [fid + 1 for fid in fids if not _is_null(shapes, offsets, fid)]


def _is_null(main: BinaryIO, offsets: BinaryIO, fid: int) -> bool:
    offsets.seek(_HEAD_BYTES + 8 * fid)
    offset = offsets.read(4)
    main.seek(2 * int.from_bytes(offset, "big") + 8)
    return len(offset) == 4 and main.read(4) == bytes(4)
