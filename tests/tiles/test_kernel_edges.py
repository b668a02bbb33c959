"""Areas that the edge of a tile cuts into pieces are joined anew by the compiled encoder itself, as GEOS clips them."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry, Polygon
from shapely.affinity import rotate

from gis_capture.tiles import kernel
from gis_capture.tiles.kernel_edges import rejoin

LOW, HIGH = -64, 4160
SQUARE = shapely.box(LOW, LOW, HIGH, HIGH)


def comb(teeth: list[tuple[int, int]], *, back: int = 5000) -> Polygon:
    """An area whose back lies east of the square; teeth of such lengths and widths reach into it."""
    corners, y = [(back, 0)], 0
    for length, width in teeth:
        corners += [(4300, y), (4300 - length, y + 1), (4300 - length, y + width), (4300, y + width + 1)]
        y += width + 10
    return Polygon([*corners, (back, y)])


def clip(area: Geometry) -> list[Polygon]:
    """The pieces of an area in the square, as the compiled code joins them."""
    rings, ends, end = [], [], 0
    x, y, other_x, other_y = (np.empty(6_000) for _ in range(4))
    keep, stack = np.empty(6_000, dtype=np.uint8), np.empty(12_000, dtype=np.int64)
    gx, gy = np.zeros(6_000, dtype=np.int64), np.zeros(6_000, dtype=np.int64)
    for number, ring in enumerate(shapely.get_rings(area)):
        xy = shapely.get_coordinates(ring)[:-1]
        new = kernel._ring(xy, 0, len(xy), 1.0, 0.0, 0.0, number == 0, x, y, other_x, other_y, keep, stack, gx, gy, end)
        if new > end:
            ends.append(end := new)
    if not ends:
        return []
    limits = np.array([*ends, *[0] * 6_000], dtype=np.int64)
    n_rings = rejoin(gx, gy, limits, len(ends), LOW, HIGH)
    starts = [0, *limits[: max(n_rings - 1, 0)]]
    for first, last in zip(starts, limits[:n_rings], strict=False):
        rings.append(shapely.LinearRing(np.column_stack([gx[first:last], gy[first:last]])))
    pieces: list[list[shapely.LinearRing]] = []
    for ring in rings:
        # Clockwise with y downwards is against the clock with y upwards.
        if ring.is_ccw:
            pieces.append([ring])
        else:
            pieces[-1].append(ring)
    return [Polygon(outer, holes) for outer, *holes in pieces]


# Each reaches so far in that none ends at the edge, however they are turned: what is a unit wide may be rounded away.
teeth = st.lists(st.tuples(st.integers(400, 3000), st.integers(20, 100)), min_size=2, max_size=8)


@given(teeth, st.integers(0, 3), st.integers(-3, 3))
def test_each_tooth_of_a_comb_is_a_piece(given_teeth: list[tuple[int, int]], n_quarters: int, skew: int) -> None:
    """On each side of the square; they are what GEOS finds, but for rounding."""
    area = rotate(comb(given_teeth), 90 * n_quarters + skew, origin=(2048, 2048))
    wanted = shapely.clip_by_rect(area, LOW, LOW, HIGH, HIGH)
    made = clip(area)

    found = shapely.union_all(made)
    assert len(made) == len(shapely.get_parts(wanted)) and all(one.is_valid for one in made)
    assert found.symmetric_difference(wanted).area <= 2 * wanted.length
    assert (found - SQUARE).is_empty


@pytest.mark.parametrize("n_quarters", range(4))
def test_a_hole_that_the_edge_cuts_opens_the_area(n_quarters: int) -> None:
    """And one that lies inside stays a hole, and a corner that is in the area stays in it."""
    outer = shapely.box(-500, -500, 3000, 3000)
    area = rotate(
        outer - shapely.box(-300, 1000, 500, 1500) - shapely.box(700, 700, 900, 900), 90 * n_quarters, (2048, 2048)
    )
    (made,) = clip(area)

    assert made.equals(area & SQUARE) and len(made.interiors) == 1


def test_what_is_in_doubt_is_left_alone() -> None:
    """Rings that cross one another elsewhere, or do not touch the edge."""
    inside = np.array([0, 10, 10, 0, 5]), np.array([0, 0, 10, 10, -5])
    assert rejoin(*inside, np.array([5]), 1, LOW, HIGH) == 0
    crossing = np.zeros(40, dtype=np.int64), np.zeros(40, dtype=np.int64)
    crossing[0][:4], crossing[1][:4] = (LOW, 100, 100, LOW), (0, 300, 0, 300)
    assert rejoin(*crossing, np.array([4, 0, 0, 0]), 1, LOW, HIGH) == 0


def test_overlapping_areas_are_left_alone() -> None:
    """Where they lie along the edge both at once nobody knows which piece goes on."""
    x, y = np.zeros(60, dtype=np.int64), np.zeros(60, dtype=np.int64)
    x[:8] = (LOW, 50, 50, LOW, LOW, 70, 70, LOW)
    y[:8] = (0, 0, 100, 100, 50, 50, 150, 150)
    ends = np.array([4, 8, *[0] * 8])

    assert rejoin(x, y, ends, 2, LOW, HIGH) == 0
    assert ends[:2].tolist() == [4, 8]
