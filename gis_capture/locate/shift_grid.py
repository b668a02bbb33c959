"""The change of datum in an area as a small grid, for devices that have neither PROJ nor the official grids.

Its nodes are those of the official grids (third mesh), so that what is interpolated between them is what PROJ gives.
"""

from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path

import numpy as np

from gis_capture.locate.crs import GEOGRAPHIC, datum_of
from gis_capture.locate.datum import CELL_LAT_DEG, CELL_LON_DEG, transform
from gis_capture.locate.numbers import Floats
from gis_capture.model import BBox

# The largest shift of the Tokyo Datum is less than a cell: so many more around the area hold all its positions.
_MARGIN = 1
_BESIDE_DEG = 1e-9


@dataclass(frozen=True, slots=True)
class ShiftGrid:
    """What takes positions to JGD2011.

    Attributes:
        west: Longitude of the first column in the datum that is left; degrees.
        south: Latitude of the first row.
        shifts: Degrees east and north to add at each node, (n_rows, n_columns, 2) float64.
        accuracy_m: How far this may be from the truth; None = nothing worth telling.
    """

    west: float
    south: float
    shifts: Floats
    accuracy_m: float | None


def n_nodes(box: BBox) -> int:
    """How many nodes the grid of an area has."""
    columns, rows = _nodes(box)
    return len(columns) * len(rows)


def shift_grid(source: int, box: BBox, *, grids_dir: Path | None = None) -> ShiftGrid:
    """Gives the shifts from the datum of a CRS to JGD2011.

    Args:
        source: EPSG code.
        box: The area, in degrees.
        grids_dir: Folder with the official grids.

    Raises:
        CRSError: A datum that is not in use in Japan.
    """
    columns, rows = _nodes(box)
    lon, lat = np.meshgrid(columns * CELL_LON_DEG, rows * CELL_LAT_DEG)
    best, best_m = np.zeros((*lon.shape, 2)), np.full(lon.shape, np.inf)
    missing = None
    # Each of the cells around a node may be the one that the official grid has values for.
    for right, up in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        x, y = (lon + right * _BESIDE_DEG).ravel(), (lat + up * _BESIDE_DEG).ravel()
        moved = transform(x, y, source=GEOGRAPHIC[datum_of(source)], target=GEOGRAPHIC["jgd2011"], grids_dir=grids_dir)
        missing = missing or moved.missing_grid
        shifts = np.stack([moved.x - x, moved.y - y], axis=-1).reshape(best.shape)
        error_m = np.nan_to_num(moved.accuracies_m).reshape(lon.shape)
        best = np.where((error_m < best_m)[..., None], shifts, best)
        best_m = np.minimum(best_m, error_m)
    # With the official grid only nodes in the sea are rough.
    accuracy_m = float(best_m.max()) if missing else 0.0
    return ShiftGrid(float(lon[0, 0]), float(lat[0, 0]), best, accuracy_m or None)


def _nodes(box: BBox) -> tuple[Floats, Floats]:
    def numbers(least: float, most: float, step: float) -> Floats:
        return np.arange(floor(least / step) - _MARGIN, ceil(most / step) + _MARGIN + 1, dtype=np.float64)

    return numbers(box.min_x, box.max_x, CELL_LON_DEG), numbers(box.min_y, box.max_y, CELL_LAT_DEG)
