"""Addresses of tiles and positions in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.errors import FeatureError
from gis_capture.tiles.grid import EXTENT, MAX_LATITUDE, MAX_ZOOM, Tile, parse_tile, tile_at, to_tile_units


@pytest.mark.parametrize("address", [(-1, 0, 0), (0, 1, 0), (3, 0, 8), (MAX_ZOOM + 1, 0, 0), (2, -1, 0)])
def test_addresses_outside_the_world_are_refused(address: tuple[int, int, int]) -> None:
    """No tile, no work."""
    with pytest.raises(FeatureError):
        parse_tile(*address)


def test_the_known_tile_of_a_known_place() -> None:
    """The old town of Takayama lies in 14/14438/6425, by the formula with asinh and tan of the latitude."""
    assert tile_at(137.2525, 36.1461, 14) == Tile(14, 14438, 6425)


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(0, MAX_ZOOM))
def test_a_position_lies_in_its_tile(lon: float, lat: float, z: int) -> None:
    """The tile found for a position is in the world and holds it."""
    tile = tile_at(lon, lat, z)
    units = to_tile_units(np.array([[lon, lat]]), tile)[0]

    assert parse_tile(*tile) == tile
    assert ((units >= -1e-3) & (units <= EXTENT + 1e-3)).all()


@given(st.integers(0, 18).flatmap(lambda z: st.tuples(st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))))
def test_the_box_has_the_corners_of_the_tile(address: tuple[int, int, int]) -> None:
    """The corners of the box are the corners in tile units; y grows to the south."""
    tile = Tile(*address)
    west, south, east, north = tile.bbox()
    corners = to_tile_units(np.array([[west, north], [east, south]]), tile)

    assert corners == pytest.approx(np.array([[0, 0], [EXTENT, EXTENT]]), abs=1e-3)
    assert -MAX_LATITUDE - 1e-9 <= south < north <= MAX_LATITUDE + 1e-9
