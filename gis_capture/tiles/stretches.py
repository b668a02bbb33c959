"""Stretches of the curve along which pieces of columns lie: put in order, and written where they belong."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

import numpy as np

from gis_capture.tiles.arranging import arranged, offsets_of
from gis_capture.tiles.columns import ARRAYS, BLOCK, NONE, Array, Columns
from gis_capture.tiles.merging import row_ids
from gis_capture.tiles.piece import Piece, n_rows_of, part_of, shape_of
from gis_capture.tiles.sidecar import ColumnsWriter

_IDS_AT_ONCE = 1 << 20
Stretch = Sequence[tuple[int, int]]
"""The first row in each piece, and the one after the last."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Values that stand in several rows of a piece: their new numbers by piece, their lengths, and their bytes."""

    numbers: Sequence[Array]
    lengths: Array
    content: Array


class MergedFile:
    """Writes stretches one after the other, until all rows of the pieces are there.

    Args:
        file: Empty; open for reading and writing.
        pieces: Of which the stretches are.
        shared: Their values.

    Raises:
        OSError: The disk is full, here as in its methods.
    """

    def __init__(self, file: BinaryIO, pieces: Sequence[Piece], shared: Shared) -> None:
        n_rows, n_parts, n_vertices, n_own, n_bytes = (
            sum(shape_of(piece, name)[0] for piece in pieces)
            for name in ("fids", "is_outer", "xy", "value_starts", "value_bytes")
        )
        n_values = n_own - sum(piece.n_shared for piece in pieces) + len(shared.lengths)
        n_bytes += len(shared.content)
        n_bytes -= sum(int(part_of(piece, "value_lengths", 0, piece.n_shared).sum()) for piece in pieces)
        n_blocks = -(-n_rows // BLOCK)
        self._shared, self._n_rows = shared, n_rows
        shapes = {
            **dict.fromkeys(ARRAYS, (n_rows,)),
            "bounds": (n_rows, 4),
            "block_bounds": (n_blocks, 4),
            "part_offsets": (n_rows + 1,),
            "vertex_offsets": (n_parts + 1,),
            "is_outer": (n_parts,),
            "xy": (n_vertices, 2),
            "values": (len(pieces[0].names), n_rows),
            "value_starts": (n_values,),
            "value_lengths": (n_values,),
            "value_bytes": (n_bytes,),
        }
        self._writer = ColumnsWriter(file, pieces[0].names, len(shared.lengths), shapes)
        self._writer.put("value_starts", offsets_of(shared.lengths)[:-1])
        self._writer.put("value_lengths", shared.lengths)
        self._writer.put("value_bytes", shared.content)
        self._at_row = self._at_part = self._at_vertex = 0
        self._at_value, self._at_byte = len(shared.lengths), len(shared.content)
        self._ids = np.empty(n_rows, dtype=np.uint32)
        self._low, self._high = (np.full((n_blocks, 2), edge) for edge in (np.inf, -np.inf))

    def add(self, columns: Columns) -> None:
        """Takes the next stretch along the curve, as `stretch_columns` gives it."""
        put, n_shared = self._writer.put, len(self._shared.lengths)
        put("fids", columns.fids, at=self._at_row)
        put("kinds", columns.kinds, at=self._at_row)
        put("bounds", columns.bounds, at=4 * self._at_row)
        put("part_offsets", columns.part_offsets + self._at_part, at=self._at_row)
        put("vertex_offsets", columns.vertex_offsets + self._at_vertex, at=self._at_part)
        put("is_outer", columns.is_outer, at=self._at_part)
        put("xy", columns.xy, at=2 * self._at_vertex)
        for name, numbers in enumerate(columns.values):
            is_own = (numbers >= n_shared) & (numbers != NONE)
            moved = np.where(is_own, numbers + np.uint32(self._at_value - n_shared), numbers)
            put("values", moved, at=name * self._n_rows + self._at_row)
        put(
            "value_starts",
            columns.value_starts[n_shared:] + self._at_byte - len(self._shared.content),
            at=self._at_value,
        )
        put("value_lengths", columns.value_lengths[n_shared:], at=self._at_value)
        put("value_bytes", columns.value_bytes[len(self._shared.content) :], at=self._at_byte)
        self._ids[self._at_row : self._at_row + len(columns)] = row_ids(columns)
        self._widen_blocks(columns.bounds)
        self._at_row += len(columns)
        self._at_part += len(columns.is_outer)
        self._at_vertex += len(columns.xy)
        self._at_value += len(columns.value_starts) - n_shared
        self._at_byte += len(columns.value_bytes) - len(self._shared.content)

    def _widen_blocks(self, bounds: Array) -> None:
        blocks = np.arange(self._at_row, self._at_row + len(bounds)) // BLOCK
        firsts = np.flatnonzero(np.diff(blocks, prepend=-1))
        low, high = self._low[blocks[firsts]], self._high[blocks[firsts]]
        self._low[blocks[firsts]] = np.minimum(low, np.minimum.reduceat(bounds[:, :2], firsts))
        self._high[blocks[firsts]] = np.maximum(high, np.maximum.reduceat(bounds[:, 2:], firsts))

    def finish(self) -> None:
        """Writes what is known in the end."""
        self._writer.put("block_bounds", np.hstack([self._low, self._high]))
        n_steps, at = max(1, len(self._ids) // _IDS_AT_ONCE), 0
        borders = [step * 2**32 // n_steps for step in range(n_steps + 1)]
        for first, end in pairwise(borders):
            rows = np.flatnonzero((self._ids >= first) & (self._ids < end))
            rows = rows[np.argsort(self._ids[rows], kind="stable")]
            self._writer.put("id_keys", self._ids[rows], at=at)
            self._writer.put("id_rows", rows, at=at)
            at += len(rows)


def stretch_columns(pieces: Sequence[Piece], stretch: Stretch, shared: Shared) -> Columns:
    """Puts a stretch of the curve in order; all shared values are in its columns, and its own after them.

    Args:
        pieces: Each along the curve, with `id_keys` in the order of the rows.
        stretch: Of at least one row.
        shared: Their values.
    """
    rows, places, matrices = [], [], []
    starts, lengths, content = [offsets_of(shared.lengths)[:-1]], [shared.lengths], [shared.content]
    n_values, n_bytes = len(shared.lengths), len(shared.content)
    for piece, numbers, (first, end) in zip(pieces, shared.numbers, stretch, strict=True):
        if first == end:
            continue
        rows.append([part_of(piece, name, first, end) for name in ("fids", "id_keys", "kinds")])
        places.append(_places(piece, first, end))
        matrix = _values(piece, first, end)
        is_own = (matrix >= piece.n_shared) & (matrix != NONE)
        is_shared = matrix < piece.n_shared
        matrix[is_shared] = numbers[matrix[is_shared]]
        matrices.append(matrix)
        # Those of rows that lie together lie together.
        if len(own := matrix[is_own]):
            least, most = int(own.min()), int(own.max())
            matrix[is_own] = own - np.uint32(least) + np.uint32(n_values)
            begins, sizes = (part_of(piece, name, least, most + 1) for name in ("value_starts", "value_lengths"))
            begin, stop = int(begins[0]), int(begins[-1] + sizes[-1])
            starts.append(begins - begin + n_bytes)
            lengths.append(sizes)
            content.append(part_of(piece, "value_bytes", begin, stop))
            n_values, n_bytes = n_values + len(own), n_bytes + stop - begin
    fids, ids, kinds = (np.concatenate(ones) for ones in zip(*rows, strict=True))
    n_parts, n_vertices, is_outer, xy = (np.concatenate(ones) for ones in zip(*places, strict=True))
    matrix = np.concatenate(matrices, axis=1)
    values = len(shared.lengths), matrix, np.concatenate(starts), np.concatenate(lengths), np.concatenate(content)
    joined = offsets_of(n_parts), offsets_of(n_vertices), is_outer, xy
    return arranged(pieces[0].names, values, (fids, ids, kinds), joined, least=0, is_laid_along=True)


def _places(piece: Piece, first: int, end: int) -> tuple[Array, Array, Array, Array]:
    """Of rows: numbers of parts by row and of vertices by part, `is_outer` and `xy`."""
    part_offsets = part_of(piece, "part_offsets", first, end + 1)
    first_part, end_part = int(part_offsets[0]), int(part_offsets[-1])
    vertex_offsets = part_of(piece, "vertex_offsets", first_part, end_part + 1)
    xy = part_of(piece, "xy", 2 * int(vertex_offsets[0]), 2 * int(vertex_offsets[-1])).reshape(-1, 2)
    return np.diff(part_offsets), np.diff(vertex_offsets), part_of(piece, "is_outer", first_part, end_part), xy


def _values(piece: Piece, first: int, end: int) -> Array:
    n_rows = n_rows_of(piece)
    return np.array(
        [part_of(piece, "values", at + first, at + end) for at in range(0, n_rows * len(piece.names), n_rows)]
    )
