"""The grid that takes a tablet from the Tokyo Datum to JGD2011 says what PROJ says."""

from pathlib import Path

import numpy as np
import pytest

from gis_capture.locate.datum import CELL_LAT_DEG, CELL_LON_DEG, transform
from gis_capture.locate.shift_grid import ShiftGrid, shift_grid
from gis_capture.model import BBox

M_PER_DEG = 111_320.0
TAKAYAMA = BBox(137.20, 36.10, 137.32, 36.20)
# A coast, and where the ground moved in 2011.
ISHINOMAKI = BBox(141.20, 38.36, 141.45, 38.50)


def interpolated(grid: ShiftGrid, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Does what docs/format.md says of the message."""
    column, row = (x - grid.west) / CELL_LON_DEG, (y - grid.south) / CELL_LAT_DEG
    left, below = np.floor(column).astype(int), np.floor(row).astype(int)
    right, up = (column - left)[:, None], (row - below)[:, None]
    shifts = grid.shifts
    lower = shifts[below, left] * (1 - right) + shifts[below, left + 1] * right
    upper = shifts[below + 1, left] * (1 - right) + shifts[below + 1, left + 1] * right
    shift = lower * (1 - up) + upper * up
    return x + shift[:, 0], y + shift[:, 1]


def away_m(box: BBox, source: int, grids_dir: Path | None) -> np.ndarray:
    """How far the grid and PROJ are from each other, at a thousand places."""
    dice = np.random.default_rng(7)
    x, y = dice.uniform(box.min_x, box.max_x, 1000), dice.uniform(box.min_y, box.max_y, 1000)
    grid = shift_grid(source, box, grids_dir=grids_dir)
    moved = transform(x, y, source=source, target=6668, grids_dir=grids_dir)
    got_x, got_y = interpolated(grid, x, y)
    is_sure = ~moved.is_gap
    return np.hypot((got_x - moved.x) * np.cos(np.radians(y)), got_y - moved.y)[is_sure] * M_PER_DEG


def test_without_the_official_grid_it_says_the_three_parameters_and_how_rough_they_are() -> None:
    """A millimetre between nodes; some metres from the truth, which is told."""
    assert away_m(TAKAYAMA, 4301, None).max() < 0.001
    grid = shift_grid(30167, TAKAYAMA)
    assert grid.accuracy_m == pytest.approx(9.06, abs=0.01)
    assert grid.shifts[..., 0].mean() * M_PER_DEG < -200
    assert shift_grid(6675, TAKAYAMA).accuracy_m is None
    assert not shift_grid(6675, TAKAYAMA).shifts.any()


@pytest.mark.parametrize(("box", "source"), [(TAKAYAMA, 4301), (ISHINOMAKI, 4301), (ISHINOMAKI, 4612)])
def test_with_the_official_grids_it_says_what_they_say(shared_dir: Path, box: BBox, source: int) -> None:
    """Also on a coast, where some nodes have no value, and where the ground moved: there two grids are joined."""
    grids_dir = shared_dir / "grids"
    assert shift_grid(source, box, grids_dir=grids_dir).accuracy_m is None
    assert away_m(box, source, grids_dir).max() < 0.02
