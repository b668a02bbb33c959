"""Columns of a layer that is larger than the memory: made in pieces, which lie in files until they are merged.

An external merge sort: every piece lies along the same curve through the world, so that a stretch of the curve is a few
rows of each piece that lie together. The stretches are put in order one after the other and written where they belong.
Besides one stretch, memory holds four bytes of a row, and values that stand in several rows of a piece.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np

from gis_capture.model import Layer
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.tiles.arranging import arranged, curve, offsets_of
from gis_capture.tiles.building import build_pieces
from gis_capture.tiles.columns import ARRAYS, BLOCK, NONE, Array, Columns
from gis_capture.tiles.merging import merge_columns, row_ids, taken
from gis_capture.tiles.sidecar import ColumnsWriter, read_columns, write_columns

PIECE_BYTES = 64 << 20
"""Of the columns of a piece; twice as much is needed while they are made."""
STRETCH_BYTES = 32 << 20
_MOST_KNOWN = 500_000
"""Values told to be the same in several pieces; of more each piece has its own: hardly two are in one tile."""
_SAMPLED = 32
"""Rows of a piece of which one tells where on the curve they lie."""
_IDS_AT_ONCE = 1 << 20
_Stretch = Sequence[tuple[int, int]]
"""The first row in each piece, and the one after the last."""


class Pieces:
    """Columns of a layer in pieces: one alone in memory, several in files without names, gone when nobody holds them.

    Args:
        layer: Whose fields of `field_names` the batches hold.
        batches: Of the store.
        folder: Of the files; None = that of the system.
        piece_bytes: Of a piece, about.
        stretch_bytes: Of what is put in order at once, about.
    """

    def __init__(
        self,
        layer: Layer,
        batches: Iterable[StoredColumns],
        folder: Path | None,
        *,
        piece_bytes: int = PIECE_BYTES,
        stretch_bytes: int = STRETCH_BYTES,
    ) -> None:
        self._folder, self._stretch_bytes = folder, stretch_bytes
        if folder:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
        self._pieces: list[Columns | BinaryIO] = []
        self._files = ExitStack()
        for columns in build_pieces(layer, batches, most_bytes=piece_bytes):
            self._pieces.append(columns)
            if len(self._pieces) > 1:
                self._pieces[-2:] = [self._laid_down(piece) for piece in self._pieces[-2:]]

    def __enter__(self) -> Self:
        """Holds the files."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Lets go of the files; columns that were given stay."""
        self._files.close()

    def __len__(self) -> int:
        """Number of pieces."""
        return len(self._pieces)

    @property
    def n_rows(self) -> int:
        """Of all pieces."""
        return sum(len(self._piece(number)) for number in range(len(self)))

    def columns(self) -> Columns:
        """All of them as one, in a file without a name; in memory where there is one alone, or no room on the disk."""
        if len(self) == 1:
            return self._piece(0)
        with suppress(OSError), _nameless_file(self._folder) as file:
            self.write(file)
            return read_columns(file)
        pieces = [self._piece(number) for number in range(len(self))]
        return merge_columns([(piece, np.arange(len(piece))) for piece in pieces])

    def write(self, file: BinaryIO) -> None:
        """Writes all of them as one to an empty file.

        Raises:
            OSError: The disk is full.
        """
        if len(self) == 1:
            write_columns(file, self._piece(0))
            return
        shared = self._shared_values()
        merged = _Merged(file, [self._piece(number) for number in range(len(self))], shared)
        for stretch in self._stretches():
            # Mapped anew each time: what was read of a file would count as memory of this process otherwise.
            merged.add(_stretch_columns([self._piece(number) for number in range(len(self))], stretch, shared))
        merged.finish()

    def _laid_down(self, piece: Columns | BinaryIO) -> Columns | BinaryIO:
        """Puts a piece into a file, unless there is no room; its `id_keys` are in the order of the rows then."""
        if not isinstance(piece, Columns):
            return piece
        kept = replace(piece, id_keys=row_ids(piece), id_rows=np.arange(len(piece), dtype=np.int32))
        with suppress(OSError):
            file = self._files.enter_context(_nameless_file(self._folder))
            write_columns(file, kept)
            return file
        return kept

    def _piece(self, number: int) -> Columns:
        piece = self._pieces[number]
        return piece if isinstance(piece, Columns) else read_columns(piece)

    def _shared_values(self) -> "_Shared":
        known, values, numbers = dict[bytes, int](), list[bytes](), list[Array]()
        for number in range(len(self)):
            columns, own = self._piece(number), list[int]()
            ends = (columns.value_starts + columns.value_lengths)[: columns.n_shared]
            content = columns.value_bytes[: int(ends[-1]) if len(ends) else 0].tobytes()
            for start, end in zip(columns.value_starts[: columns.n_shared].tolist(), ends.tolist(), strict=True):
                value = content[start:end]
                found = known.get(value, len(values))
                if found == len(values):
                    values.append(value)
                    if len(known) < _MOST_KNOWN:
                        known[value] = found
                own.append(found)
            numbers.append(np.array(own, dtype=np.uint32))
        lengths = np.fromiter(map(len, values), dtype=np.int32, count=len(values))
        return _Shared(numbers, lengths, np.frombuffer(b"".join(values), dtype=np.uint8))

    def _stretches(self) -> Iterator[_Stretch]:
        """Divides the curve where so many bytes lie between."""
        keys, weights = [], []
        for number in range(len(self)):
            columns = self._piece(number)
            keys.append(curve(columns.bounds[::_SAMPLED]))
            weights.append(np.diff(_n_bytes_before(columns, [*range(0, len(columns), _SAMPLED), len(columns)])))
        order = np.argsort(along := np.concatenate(keys), kind="stable")
        n_bytes = np.cumsum(np.concatenate(weights)[order])
        borders = np.unique(along[order][np.flatnonzero(np.diff(n_bytes // self._stretch_bytes)) + 1])
        rows = []
        for number in range(len(self)):
            columns = self._piece(number)
            rows.append([0, *np.searchsorted(curve(columns.bounds), borders).tolist(), len(columns)])
        for firsts, ends in pairwise(zip(*rows, strict=True)):
            yield from self._divided([*zip(firsts, ends, strict=True)])

    def _divided(self, stretch: _Stretch) -> Iterator[_Stretch]:
        """Takes a stretch piece by piece where too much lies in the same place."""
        before = [_n_bytes_before(self._piece(number), rows) for number, rows in enumerate(stretch)]
        n_bytes = [end - first for first, end in before]
        if sum(n_bytes) <= 4 * self._stretch_bytes:
            if any(n_bytes):
                yield stretch
            return
        for number, (first, end) in enumerate(stretch):
            step = max(1, int((end - first) * self._stretch_bytes / max(1.0, n_bytes[number])))
            for start in range(first, end, step):
                yield [(start, min(start + step, end)) if one == number else (0, 0) for one in range(len(stretch))]


@dataclass(frozen=True, slots=True)
class _Shared:
    """Values that stand in several rows of a piece: their new numbers by piece, their lengths, and their bytes."""

    numbers: Sequence[Array]
    lengths: Array
    content: Array


class _Merged:
    """Writes stretches one after the other."""

    def __init__(self, file: BinaryIO, pieces: Sequence[Columns], shared: _Shared) -> None:
        n_rows = sum(map(len, pieces))
        n_own = sum(len(piece.value_starts) - piece.n_shared for piece in pieces)
        n_bytes = sum(int(piece.value_lengths[piece.n_shared :].sum()) for piece in pieces) + len(shared.content)
        self._shared, self._n_names, self._n_rows = shared, len(pieces[0].names), n_rows
        shapes = {
            **dict.fromkeys(ARRAYS, (n_rows,)),
            "bounds": (n_rows, 4),
            "block_bounds": (-(-n_rows // BLOCK), 4),
            "part_offsets": (n_rows + 1,),
            "vertex_offsets": (sum(len(piece.is_outer) for piece in pieces) + 1,),
            "is_outer": (sum(len(piece.is_outer) for piece in pieces),),
            "xy": (sum(len(piece.xy) for piece in pieces), 2),
            "values": (self._n_names, n_rows),
            **dict.fromkeys(("value_starts", "value_lengths"), (len(shared.lengths) + n_own,)),
            "value_bytes": (n_bytes,),
        }
        self._writer = ColumnsWriter(file, pieces[0].names, len(shared.lengths), shapes)
        self._writer.put("value_starts", offsets_of(shared.lengths)[:-1])
        self._writer.put("value_lengths", shared.lengths)
        self._writer.put("value_bytes", shared.content)
        self._at_row = self._at_part = self._at_vertex = 0
        self._at_value, self._at_byte = len(shared.lengths), len(shared.content)
        self._ids = np.empty(n_rows, dtype=np.uint32)
        self._low, self._high = (np.full((-(-n_rows // BLOCK), 2), edge) for edge in (np.inf, -np.inf))

    def add(self, columns: Columns) -> None:
        """Takes the next stretch."""
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


@contextmanager
def _nameless_file(folder: Path | None) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile(dir=folder) as file:
        yield file


def _n_bytes_before(columns: Columns, rows: Sequence[int]) -> Array:
    """About how many bytes lie before each of some rows; float64."""
    places = columns.xy.nbytes + columns.vertex_offsets.nbytes
    others = sum(getattr(columns, name).nbytes for name in ARRAYS) - places
    vertices = columns.vertex_offsets[columns.part_offsets[[*rows]]]
    before: Array = vertices * (places / max(1, len(columns.xy))) + np.array(rows) * (others / max(1, len(columns)))
    return before


def _stretch_columns(pieces: Sequence[Columns], stretch: _Stretch, shared: _Shared) -> Columns:
    """Puts a stretch of the curve in order; all shared values are in its columns, and its own after them."""
    rows, places, matrices = [], [], []
    starts, lengths, content = [offsets_of(shared.lengths)[:-1]], [shared.lengths], [shared.content]
    n_values, n_bytes = len(shared.lengths), len(shared.content)
    for piece, numbers, (first, end) in zip(pieces, shared.numbers, stretch, strict=True):
        if first == end:
            continue
        rows.append((piece.fids[first:end], piece.id_keys[first:end], piece.kinds[first:end]))
        places.append(taken(piece, np.arange(first, end)))
        matrix = piece.values[:, first:end].copy()
        is_own = (matrix >= piece.n_shared) & (matrix != NONE)
        is_shared = matrix < piece.n_shared
        matrix[is_shared] = numbers[matrix[is_shared]]
        matrices.append(matrix)
        # Those of rows that lie together lie together.
        if len(own := matrix[is_own]):
            least, most = int(own.min()), int(own.max())
            matrix[is_own] = own - np.uint32(least) + np.uint32(n_values)
            begin, stop = int(piece.value_starts[least]), int(piece.value_starts[most] + piece.value_lengths[most])
            starts.append(piece.value_starts[least : most + 1] - begin + n_bytes)
            lengths.append(piece.value_lengths[least : most + 1])
            content.append(piece.value_bytes[begin:stop])
            n_values, n_bytes = n_values + len(own), n_bytes + stop - begin
    fids, ids, kinds = (np.concatenate(ones) for ones in zip(*rows, strict=True))
    n_parts, n_vertices, is_outer, xy = (np.concatenate(ones) for ones in zip(*places, strict=True))
    matrix = np.concatenate(matrices, axis=1)
    values = len(shared.lengths), matrix, np.concatenate(starts), np.concatenate(lengths), np.concatenate(content)
    joined = offsets_of(n_parts), offsets_of(n_vertices), is_outer, xy
    return arranged(pieces[0].names, values, (fids, ids, kinds), joined, least=0, is_laid_along=True)
