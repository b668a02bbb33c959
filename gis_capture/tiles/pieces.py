"""Columns of a layer that is larger than the memory: made in pieces, which lie in files until they are merged.

An external merge sort: every piece lies along the same curve through the world, so that a stretch of the curve is a few
rows of each piece that lie together. The stretches are put in order one after the other and written where they belong.
Besides one stretch, memory holds four bytes of a row, and values that stand in several rows of a piece.
"""

import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np

from gis_capture.model import Layer
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.tiles.arranging import curve
from gis_capture.tiles.building import build_pieces
from gis_capture.tiles.columns import ARRAYS, Array, Columns
from gis_capture.tiles.merging import merge_columns, row_ids
from gis_capture.tiles.piece import FiledPiece, Piece, n_rows_of, part_of, shape_of
from gis_capture.tiles.sidecar import read_columns, write_columns
from gis_capture.tiles.stretches import MergedFile, Shared, Stretch, stretch_columns

PIECE_BYTES = 64 << 20
"""Of the columns of a piece, about; up to four times as much is needed while they are made."""
STRETCH_BYTES = 32 << 20
_MOST_KNOWN = 500_000
"""Values told to be the same in several pieces; of more each piece has its own: hardly two are in one tile."""
_SAMPLED = 32
"""Rows of a piece of which one tells where on the curve they lie."""


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
        self._pieces: list[Piece] = []
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
        return sum(map(n_rows_of, self._pieces))

    def columns(self) -> Columns:
        """All of them as one, in a file without a name; in memory where there is one alone, or no room on the disk."""
        if isinstance(lone := self._pieces[0], Columns) and len(self) == 1:
            return lone
        with suppress(OSError), _nameless_file(self._folder) as file:
            self.write(file)
            return read_columns(file)
        pieces = [piece if isinstance(piece, Columns) else piece.columns() for piece in self._pieces]
        return merge_columns([(piece, np.arange(len(piece))) for piece in pieces])

    def write(self, file: BinaryIO) -> None:
        """Writes all of them as one to an empty file.

        Raises:
            OSError: The disk is full.
        """
        if isinstance(lone := self._pieces[0], Columns) and len(self) == 1:
            write_columns(file, lone)
            return
        shared = self._shared_values()
        merged = MergedFile(file, self._pieces, shared)
        for stretch in self._stretches():
            merged.add(stretch_columns(self._pieces, stretch, shared))
        merged.finish()

    def _laid_down(self, piece: Piece) -> Piece:
        """Puts a piece into a file, unless there is no room; its `id_keys` are in the order of the rows then."""
        if not isinstance(piece, Columns):
            return piece
        kept = replace(piece, id_keys=row_ids(piece), id_rows=np.arange(len(piece), dtype=np.int32))
        with suppress(OSError):
            file = self._files.enter_context(_nameless_file(self._folder))
            write_columns(file, kept)
            return FiledPiece(file)
        return kept

    def _shared_values(self) -> Shared:
        known, values, numbers = dict[bytes, int](), list[bytes](), list[Array]()
        for piece in self._pieces:
            own, place = list[int](), 0
            lengths = part_of(piece, "value_lengths", 0, piece.n_shared)
            content = part_of(piece, "value_bytes", 0, int(lengths.sum())).tobytes()
            for length in lengths.tolist():
                value, place = content[place : place + length], place + length
                found = known.get(value, len(values))
                if found == len(values):
                    values.append(value)
                    if len(known) < _MOST_KNOWN:
                        known[value] = found
                own.append(found)
            numbers.append(np.array(own, dtype=np.uint32))
        lengths = np.fromiter(map(len, values), dtype=np.int32, count=len(values))
        return Shared(numbers, lengths, np.frombuffer(b"".join(values), dtype=np.uint8))

    def _stretches(self) -> Iterator[Stretch]:
        """Divides the curve where so many bytes lie between."""
        keys, weights = [], []
        for piece in self._pieces:
            keys.append(_curve(piece)[::_SAMPLED])
            weights.append(np.diff(_n_bytes_before(piece, [*range(0, n_rows_of(piece), _SAMPLED), n_rows_of(piece)])))
        order = np.argsort(along := np.concatenate(keys), kind="stable")
        n_bytes = np.cumsum(np.concatenate(weights)[order])
        borders = np.unique(along[order][np.flatnonzero(np.diff(n_bytes // self._stretch_bytes)) + 1])
        rows, before = [], []
        for piece in self._pieces:
            rows.append([0, *np.searchsorted(_curve(piece), borders).tolist(), n_rows_of(piece)])
            before.append(_n_bytes_before(piece, rows[-1]).tolist())
        ends = zip(pairwise(zip(*rows, strict=True)), pairwise(zip(*before, strict=True)), strict=True)
        for (first, last), (low, high) in ends:
            yield from self._divided([*zip(first, last, strict=True)], np.subtract(high, low))

    def _divided(self, stretch: Stretch, n_bytes: Array) -> Iterator[Stretch]:
        """Takes a stretch piece by piece where too much lies in the same place."""
        if n_bytes.sum() <= 4 * self._stretch_bytes:
            if n_bytes.any():
                yield stretch
            return
        for number, (first, end) in enumerate(stretch):
            step = max(1, int((end - first) * self._stretch_bytes / max(1.0, n_bytes[number])))
            for start in range(first, end, step):
                yield [(start, min(start + step, end)) if one == number else (0, 0) for one in range(len(stretch))]


def _curve(piece: Piece) -> Array:
    return curve(part_of(piece, "bounds", 0, 4 * n_rows_of(piece)).reshape(-1, 4))


@contextmanager
def _nameless_file(folder: Path | None) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile(dir=folder) as file:
        yield file


def _n_bytes_before(piece: Piece, rows: Sequence[int]) -> Array:
    """About how many bytes lie before each of some rows; float64."""
    sizes = {name: math.prod(shape_of(piece, name)) * kind.itemsize for name, kind in ARRAYS.items()}
    places = sizes["xy"] + sizes["vertex_offsets"]
    parts = part_of(piece, "part_offsets", 0, n_rows_of(piece) + 1)[[*rows]]
    vertices = part_of(piece, "vertex_offsets", 0, shape_of(piece, "vertex_offsets")[0])[parts]
    by_vertex, by_row = (
        places / max(1, shape_of(piece, "xy")[0]),
        (sum(sizes.values()) - places) / max(1, n_rows_of(piece)),
    )
    before: Array = vertices * by_vertex + np.array(rows) * by_row
    return before
