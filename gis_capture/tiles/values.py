"""Values of attributes as they stand in a tile, each kept once."""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from gis_capture.tiles.columns import NONE, Array

_MANY = 100_000
"""So many values are enough to see whether they repeat."""
_DOUBLE = struct.Struct("<d")
_SHORT = 125
"""Bytes of a text whose lengths take one byte each."""


def encode_value(value: Any) -> bytes:
    """Gives a value as an entry of the values of a tile's layer (Mapbox Vector Tile 2.1, 4.4), with tag and length."""
    if isinstance(value, bool):
        content = b"\x38\x01" if value else b"\x38\x00"
    elif isinstance(value, int) and value >= 0:
        content = b"\x28" + varint(value)
    elif isinstance(value, int):
        content = b"\x30" + varint((-value << 1) - 1)
    elif isinstance(value, float):
        content = b"\x19" + _DOUBLE.pack(value)
    else:
        text = str(value).encode("utf-8", "replace")
        if (n_bytes := len(text)) <= _SHORT:
            return bytes((0x22, n_bytes + 2, 0x0A, n_bytes)) + text
        content = b"\x0a" + varint(n_bytes) + text
    return b"\x22" + varint(len(content)) + content


def varint(number: int) -> bytes:
    """Encodes an unsigned integer (Protocol Buffers, "Base 128 Varints")."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


class ValueTable:
    """Numbers values while a layer is read; knows in the end which ones stand in several rows."""

    def __init__(self, n_columns: int) -> None:
        # By type as well: 1, 1.0 and True are one key otherwise. The first column is the id, which never repeats.
        self._numbers: list[dict[Any, int]] = [{} for _ in range(n_columns)]
        self._n_values = 0
        self._n_seen = [0] * n_columns
        self._pieces: list[bytes] = []
        self._lengths: list[Array] = []
        self._columns: list[list[Array]] = [[] for _ in range(n_columns)]

    def add(self, column: int, values: Sequence[Any]) -> None:
        """Takes the next rows of a column; None is no value."""
        numbers = self._numbers[column]
        self._n_seen[column] += len(values)
        if column == 0:
            encoded = [encode_value(value) for value in values]
            found = np.arange(self._n_values, self._n_values + len(values), dtype=np.uint32)
        elif values.count(None) == len(values):
            encoded, found = [], np.full(len(values), NONE, dtype=np.uint32)
        else:
            before = self._n_values
            fresh: list[Any] = []
            found = np.empty(len(values), dtype=np.uint32)
            for place, value in enumerate(values):
                if value is None:
                    found[place] = NONE
                    continue
                key = value if type(value) is str else (type(value), value)
                number = numbers.get(key)
                if number is None:
                    number = numbers[key] = before + len(fresh)
                    fresh.append(value)
                found[place] = number
            encoded = [encode_value(value) for value in fresh]
            if self._n_seen[column] > _MANY and len(numbers) * 2 > self._n_seen[column]:
                # Values that hardly repeat are not worth the memory of all of them.
                numbers.clear()
                self._n_seen[column] = 0
        self._columns[column].append(found)
        if not encoded:
            return
        self._n_values += len(encoded)
        self._pieces.append(b"".join(encoded))
        self._lengths.append(np.fromiter(map(len, encoded), dtype=np.int32, count=len(encoded)))

    def finish(self) -> tuple[int, Array, Array, Array, Array]:
        """Gives the number of shared values, the matrix (columns, rows), and starts, lengths and bytes of values."""
        matrix = np.array([np.concatenate(ones) if ones else [] for ones in self._columns], dtype=np.uint32)
        lengths = np.concatenate([*self._lengths, np.empty(0, dtype=np.int32)])
        content = np.frombuffer(b"".join(self._pieces), dtype=np.uint8)
        counts = np.bincount(matrix[matrix != NONE].astype(np.int64), minlength=self._n_values)
        order = np.argsort(counts < 2, kind="stable")
        renumbered = np.empty(self._n_values + 1, dtype=np.uint32)
        renumbered[order] = np.arange(self._n_values, dtype=np.uint32)
        renumbered[-1] = NONE
        matrix = renumbered[np.minimum(matrix, np.uint32(self._n_values))]
        starts = np.cumsum(lengths, dtype=np.int64) - lengths
        return int((counts >= 2).sum()), matrix, starts[order], lengths[order], content
