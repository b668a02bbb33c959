"""Compiled code and NumPy leave the same features of a crowded tile, for as many others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry, LineString, Point, box

from gis_capture.tiles import encoder, thinning
from gis_capture.tiles.columns import Array, Columns
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.thinning import LARGEST_CELL, Thinned, thin
from tests.tiles.drawing import PLACE, columns_of

steps = st.integers(0, 40).map(lambda n: n / 8_000)
places = st.tuples(steps, steps).map(lambda one: (PLACE[0] + one[0], PLACE[1] + one[1]))
points = places.map(Point)
areas = st.tuples(places, steps, steps).map(
    lambda one: box(*one[0], one[0][0] + one[1] + 1e-4, one[0][1] + one[2] + 1e-4)
)
lines = st.tuples(places, places).map(LineString)
layers = st.lists(st.lists(st.one_of(points, areas, lines), max_size=60), min_size=1, max_size=3)


def thinned(segments: list[Columns], tile: Tile, **limits: int) -> Thinned:
    """Of all rows."""
    return thin(segments, [np.arange(len(one)) for one in segments], tile, **limits)


@given(layers, st.integers(8, 16), st.integers(1, 80), st.sampled_from([16, 64, LARGEST_CELL]))
@settings(max_examples=150, deadline=None)
def test_both_leave_the_same(made: list[list[Geometry]], z: int, max_rows: int, first_cell: int) -> None:
    """The same rows of each segment; together they stand for all."""
    encoder.load_kernel()
    segments, tile = [columns_of(geometries) for geometries in made], tile_at(*PLACE, z)
    ours = thinned(segments, tile, max_rows=max_rows, first_cell=first_cell)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thinning, "kernels", lambda: None)
        theirs = thinned(segments, tile, max_rows=max_rows, first_cell=first_cell)

    assert ours.cell == theirs.cell
    assert [one.tolist() for one in ours.rows] == [one.tolist() for one in theirs.rows]
    assert [one.tolist() for one in ours.counts] == [one.tolist() for one in theirs.counts]
    assert sum(int(one.sum()) for one in ours.counts) == sum(map(len, segments))


def test_the_largest_stays() -> None:
    """Of those of a cell; of equals the first; what is wider than two cells stays besides."""
    encoder.load_kernel()
    tile = tile_at(*PLACE, 14)
    unit = 360 / 2**14 / 4096
    x, y = PLACE[0] + 40 * unit, PLACE[1] - 40 * unit
    squares = [box(x, y, x + width * unit, y + width * unit) for width in (1, 3, 3, 2, 200)]
    found = thinned([columns_of([Point(x, y), Point(x, y), *squares])], tile, max_rows=3)

    kept: Array = columns_of([Point(x, y), Point(x, y), *squares]).fids[found.rows[0]]
    assert dict(zip(kept.tolist(), found.counts[0].tolist(), strict=True)) == {1: 2, 4: 4, 7: 1}
    assert len(found) == 3
