"""Points as two arrays: an object for each is made only when somebody asks for it."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Point

from gis_capture.locate.crs import GEOGRAPHIC
from gis_capture.locate.datum import Moved, transform
from gis_capture.locate.numbers import Floats


class Points(Sequence[Point | None]):
    """A sequence of points (x, y), None where there is none.

    Args:
        x: Shape (n,), east or longitude; NaN = no point.
        y: Shape (n,), north or latitude.
    """

    def __init__(self, x: Floats, y: Floats) -> None:
        self._x, self._y = x, y

    def __len__(self) -> int:
        """Number of rows, with and without a point."""
        return len(self._x)

    @overload
    def __getitem__(self, index: int) -> Point | None: ...

    @overload
    def __getitem__(self, index: slice) -> list[Point | None]: ...

    def __getitem__(self, index: int | slice) -> Point | list[Point | None] | None:
        """Makes one point, or those of a slice."""
        if isinstance(index, slice):
            return self._make(index)
        return self._make(slice(index, index + 1 or None))[0] if -len(self) <= index < len(self) else _refuse(index)

    def __iter__(self) -> Iterator[Point | None]:
        """Makes all points."""
        return iter(self._make(slice(None)))

    def __eq__(self, other: object) -> bool:
        """Compares with any sequence of points."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as that of a list

    def put(self, row: int, x: float, y: float) -> None:
        """Sets the point of a row."""
        self._x[row], self._y[row] = x, y

    def in_degrees(self, crs: int) -> Moved:
        """Longitude and latitude (JGD2011) of points in a CRS; NaN for those that are missing."""
        return transform(self._x, self._y, source=crs, target=GEOGRAPHIC["jgd2011"])

    def is_missing(self) -> npt.NDArray[np.bool_]:
        """True for rows without a point, shape (n,)."""
        return ~(np.isfinite(self._x) & np.isfinite(self._y))

    def _make(self, rows: slice) -> list[Point | None]:
        x, y = self._x[rows], self._y[rows]
        made = np.full(len(x), None, dtype=object)
        is_there = np.isfinite(x) & np.isfinite(y)
        made[is_there] = shapely.points(x[is_there], y[is_there])
        return made.tolist()


def _refuse(index: int) -> Point:
    raise IndexError(index)
