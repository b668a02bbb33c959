"""Parameter files of the Geospatial Information Authority of Japan (.par): TKY2JGD, PatchJGD.

Text: a line for each corner of a third mesh (30″ × 45″), its code and the shifts of latitude and longitude in seconds.
Between corners the shifts are interpolated bilinearly, as GSI's programs do.
"""

from pathlib import Path
from typing import Literal

import numpy as np

from gis_capture.locate.numbers import Floats

_COLUMNS, _ROWS = 80, 120  # corners in a degree
_MANY = 100_000
_LARGEST_BYTES = 100_000_000


class ParameterGrid:
    """A grid of shifts; it transforms as a `pyproj.Transformer` does."""

    def __init__(self, path: Path) -> None:
        """Reads the file.

        Raises:
            ValueError: It is no parameter file.
        """
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError(f"{path.name} is too large for a parameter file")
        lines = path.read_text(encoding="cp932", errors="replace").splitlines()
        start = next(
            (
                row
                for row, line in enumerate(lines)
                if line.split()[:1] and len(line.split()[0]) == 8 and line.split()[0].isdigit()
            ),
            None,
        )
        if start is None:
            raise ValueError(f"{path.name} has no mesh codes")
        table = np.array(" ".join(lines[start:]).split(), np.float64).reshape(len(lines) - start, -1)
        code = table[:, 0].astype(np.int64)
        row = code // 10**6 * 80 + code // 1000 % 10 * 10 + code // 10 % 10
        column = (code // 10**4 % 100 + 100) * 80 + code // 100 % 10 * 10 + code % 10
        keys = row * _MANY + column
        order = np.argsort(keys)
        self._keys = keys[order]
        self._shifts = table[order, 1:3] / 3600

    def transform(
        self, lon: Floats, lat: Floats, direction: Literal["FORWARD", "INVERSE"] = "FORWARD"
    ) -> tuple[Floats, Floats]:
        """Shifts positions, degrees; infinite where a corner of the cell has no parameters."""
        if direction == "FORWARD":
            d_lat, d_lon = self._shift(lon, lat)
            return lon + d_lon, lat + d_lat
        x, y = lon, lat
        for _ in range(4):  # the shift changes by millimetres within its own length
            d_lat, d_lon = self._shift(x, y)
            x, y = lon - d_lon, lat - d_lat
        return x, y

    def _shift(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = (
            np.nan_to_num(lon, nan=0, posinf=0, neginf=0) * _COLUMNS,
            np.nan_to_num(lat, nan=0, posinf=0, neginf=0) * _ROWS,
        )
        # 1e-9: a corner written as a decimal belongs to the cell east and north of it.
        column, row = np.floor(x + 1e-9).astype(np.int64), np.floor(y + 1e-9).astype(np.int64)
        right, up = x - column, y - row
        shift = np.zeros((len(x), 2))
        for east, north in ((0, 0), (1, 0), (0, 1), (1, 1)):
            weight = np.abs(1 - east - right) * np.abs(1 - north - up)
            # A corner without weight may be missing.
            corner = np.where(weight[:, None] > 1e-9, self._at(row + north, column + east), 0.0)
            shift += weight[:, None] * corner
        return shift[:, 0], shift[:, 1]

    def _at(self, row: np.ndarray, column: np.ndarray) -> Floats:
        keys = row * _MANY + column
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found: Floats = np.where((self._keys[place] == keys)[:, None], self._shifts[place], np.inf)
        return found
