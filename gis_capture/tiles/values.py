"""Values of attributes as they stand in a tile, each kept once."""

import struct
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np

from gis_capture.tiles.columns import NONE, Array

_MANY = 100_000
"""So many values are enough to see whether they repeat."""
_ROWS_AT_ONCE = 20_000
_DOUBLE = struct.Struct("<d")
_NOTHING = NONE.to_bytes(4, "little")
_SHORT = 125
"""Bytes of a text whose lengths take one byte each."""
_SHORT_HEADS = [bytes((0x22, n_bytes + 2, 0x0A, n_bytes)) for n_bytes in range(_SHORT + 1)]


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
            return _SHORT_HEADS[n_bytes] + text
        content = b"\x0a" + varint(n_bytes) + text
    return b"\x22" + varint(len(content)) + content


def _encode_values(values: Sequence[Any], kind: type) -> tuple[bytes, Array]:
    """Encodes values of one type as `encode_value` does; gives them in a row, and the length of each."""
    # In loops of the interpreter: a layer has millions of values.
    if kind is str:
        with suppress(UnicodeEncodeError):
            texts = [*map(str.encode, values)]
            lengths = _lengths(texts)
            if lengths.max() <= _SHORT:
                heads = map(_SHORT_HEADS.__getitem__, lengths.tolist())
                return b"".join(chain.from_iterable(zip(heads, texts, strict=True))), lengths + 4
    encoded = [*map(encode_value, values)]
    return b"".join(encoded), _lengths(encoded)


def _lengths(pieces: Sequence[bytes]) -> Array:
    return np.fromiter(map(len, pieces), dtype=np.int32, count=len(pieces))


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
        # By type as well: 1, 1.0 and True are one key otherwise.
        self._numbers: dict[tuple[int, type], dict[Any, int]] = {}
        self._n_values = 0
        self._n_seen = [0] * n_columns
        # Each grows as one: small pieces of millions of rows would leave holes that no other memory fits into.
        self._content, self._lengths = bytearray(), bytearray()
        self._columns = [bytearray() for _ in range(n_columns)]
        self._n_rows = [0] * n_columns

    @property
    def n_bytes(self) -> int:
        """About what `finish` will give."""
        return len(self._content) + 3 * len(self._lengths) + len(_NOTHING) * sum(self._n_rows)

    def add(self, column: int, values: Sequence[Any]) -> None:
        """Takes the next rows of a column; None is no value. The first column is the id, which never repeats."""
        kinds = set(map(type, values)) - {type(None)}
        if column == 0:
            found = self._put(values, str)
        elif len(kinds) == 1:
            found = self._number(column, values, kinds.pop())
        else:
            found = np.full(len(values), NONE, dtype=np.uint32)
            for kind in kinds:
                places = [place for place, value in enumerate(values) if type(value) is kind]
                found[places] = self._number(column, [values[place] for place in places], kind)
        self._append(column, found)

    def _append(self, column: int, numbers: Array) -> None:
        """Takes the numbers of rows; of a column in which there is nothing yet they are only counted."""
        held, before = self._columns[column], self._n_rows[column]
        self._n_rows[column] += len(numbers)
        if held or (numbers != NONE).any():
            held.extend(_NOTHING * (before - len(held) // len(_NOTHING)))
            held.extend(numbers.tobytes())

    def _number(self, column: int, values: Sequence[Any], kind: type) -> Array:
        """Gives the numbers of values of one type, None among them."""
        numbers = self._numbers.setdefault((column, kind), {})
        numbers[None] = NONE
        fresh = [value for value in dict.fromkeys(values) if value not in numbers]
        if fresh:
            numbers.update(zip(fresh, self._put(fresh, kind).tolist(), strict=True))
        found = np.fromiter(map(numbers.__getitem__, values), dtype=np.uint32, count=len(values))
        self._n_seen[column] += len(values)
        if self._n_seen[column] > _MANY and len(numbers) * 2 > self._n_seen[column]:
            # Values that hardly repeat are not worth the memory of all of them.
            numbers.clear()
            self._n_seen[column] = 0
        return found

    def _put(self, values: Sequence[Any], kind: type) -> Array:
        """Adds values, at least one; gives their numbers."""
        content, lengths = _encode_values(values, kind)
        self._content.extend(content)
        self._lengths.extend(lengths.tobytes())
        first, self._n_values = self._n_values, self._n_values + len(lengths)
        return np.arange(first, self._n_values, dtype=np.uint32)

    def finish(self) -> tuple[int, Array, Array, Array, Array]:
        """Gives the number of shared values, the matrix (columns, rows), and starts, lengths and bytes of values.

        The table takes no more afterwards.
        """
        matrix = np.full((len(self._columns), self._n_rows[0]), NONE, dtype=np.uint32)
        for row, held in zip(matrix, self._columns, strict=True):
            if held:
                row[:] = np.frombuffer(held, dtype=np.uint32)
                held.clear()
        self._numbers.clear()
        lengths, content = np.frombuffer(self._lengths, dtype=np.int32), np.frombuffer(self._content, dtype=np.uint8)
        starts = np.cumsum(lengths, dtype=np.int64) - lengths
        n_shared, order = number_values(matrix, self._n_values)
        return n_shared, matrix, starts[order], lengths[order], content


def number_values(matrix: Array, n_values: int) -> tuple[int, Array]:
    """Numbers values anew, in the matrix: those of several rows first, then those of one; others are left out.

    Gives the number of the first kind, and the old number of each new one.
    """
    counts = np.zeros(n_values, dtype=np.int64)
    for row in matrix:
        held = row[row != NONE]
        if len(held):
            counts += np.bincount(held, minlength=n_values)
    shared, single = np.flatnonzero(counts >= 2), np.flatnonzero(counts == 1)
    order = np.concatenate([shared, single])
    renumbered = np.full(n_values + 1, NONE, dtype=np.uint32)
    renumbered[order] = np.arange(len(order), dtype=np.uint32)
    for row in matrix:
        row[:] = renumbered[np.minimum(row, np.uint32(n_values))]
    return len(shared), order


def lay_along(n_shared: int, matrix: Array, starts: Array, lengths: Array, content: Array) -> tuple[Array, ...]:
    """Puts the values that stand in one row in the order of the rows, so that a tile reads them one after the other.

    Gives starts, lengths and bytes of values; the numbers in the matrix are those of the new order.
    """
    old = [np.arange(n_shared, dtype=np.uint32)]
    first = n_shared
    for start in range(0, matrix.shape[1], _ROWS_AT_ONCE):
        part = np.ascontiguousarray(matrix[:, start : start + _ROWS_AT_ONCE].T)
        is_own = (part >= n_shared) & (part != NONE)
        own = part[is_own]
        part[is_own] = np.arange(first, first + len(own), dtype=np.uint32)
        matrix[:, start : start + _ROWS_AT_ONCE] = part.T
        old.append(own)
        first += len(own)
    order = np.concatenate(old)
    starts, lengths = starts[order], lengths[order]
    laid = np.cumsum(lengths, dtype=np.int64) - lengths
    moved = np.empty(int(lengths.sum()), dtype=np.uint8)
    for start in range(0, len(order), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        moves, taken, begin = starts[some] - laid[some], lengths[some], int(laid[start])
        places = np.repeat(moves, taken) + np.arange(begin, begin + int(taken.sum()))
        moved[begin : begin + len(places)] = content[places]
    return laid, lengths, moved
