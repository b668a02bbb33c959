"""A piece of the columns of a layer that is made in several, in memory or in a file."""

import math

from gis_capture.tiles.columns import Array, Columns
from gis_capture.tiles.sidecar import ColumnsReader


class FiledPiece(ColumnsReader):
    """A piece in a file. It is read and not mapped: what is mapped of a file counts as memory of the process."""

    def columns(self) -> Columns:
        """All of it, in memory."""
        arrays = {name: self.read(name, 0, math.prod(shape)).reshape(shape) for name, shape in self.shapes.items()}
        return Columns(self.names, self.n_shared, **arrays)


Piece = Columns | FiledPiece


def shape_of(piece: Piece, name: str) -> tuple[int, ...]:
    """The shape of an array."""
    shape: tuple[int, ...] = getattr(piece, name).shape if isinstance(piece, Columns) else piece.shapes[name]
    return shape


def n_rows_of(piece: Piece) -> int:
    """The number of rows."""
    return shape_of(piece, "fids")[0]


def part_of(piece: Piece, name: str, first: int, end: int) -> Array:
    """Items of an array, whose rows lie one after the other."""
    if isinstance(piece, FiledPiece):
        return piece.read(name, first, end)
    some: Array = getattr(piece, name).reshape(-1)[first:end]
    return some
