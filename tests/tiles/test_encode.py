"""Tiles hold what is in the store, valid, clipped and quantised."""

from collections.abc import Sequence
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry, LineString, MultiPolygon, Point, Polygon
from shapely.geometry import shape

from gis_capture.tiles.encode import TileLayer, encode_layers
from gis_capture.tiles.grid import BUFFER, EXTENT, Tile, tile_at

TAKAYAMA = (137.2525, 36.1461)


def decode(geometries: Sequence[Geometry], tile: Tile) -> list[dict[str, Any]]:
    """Encodes geometries and decodes them again, y downwards."""
    layer = TileLayer("park", geometries, range(1, len(geometries) + 1), [{"name": "城山"}] * len(geometries))
    encoded = encode_layers([layer], tile)
    if not encoded:
        return []
    decoded = mapbox_vector_tile.decode(encoded, default_options={"y_coord_down": True})
    assert list(decoded) == ["park"] and decoded["park"]["extent"] == EXTENT
    return list(decoded["park"]["features"])


def test_a_point_stands_where_it_is() -> None:
    """A position in the middle of a tile gets the units of its middle, its id and its properties."""
    tile = tile_at(*TAKAYAMA, 14)
    box = tile.bbox()
    (feature,) = decode([Point((box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2)], tile)

    assert feature["geometry"]["coordinates"] == pytest.approx([2048, 2048], abs=1)
    assert (feature["id"], feature["properties"]) == (1, {"name": "城山"})


def test_what_is_outside_leaves_no_trace() -> None:
    """Nothing in the tile gives no bytes at all, and no empty layer."""
    assert decode([Point(0, 0)], tile_at(*TAKAYAMA, 14)) == []
    assert encode_layers([TileLayer("park", [], [], [])], Tile(0, 0, 0)) == b""


def test_shapes_are_clipped_to_the_buffer() -> None:
    """A shape much larger than the tile reaches just beyond its edges."""
    tile = tile_at(*TAKAYAMA, 15)
    (feature,) = decode([shapely.box(130, 30, 140, 40)], tile)

    assert shape(feature["geometry"]).bounds == (-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)


def test_holes_stay_and_bow_ties_are_mended() -> None:
    """A hole is still a hole, and a ring that crosses itself becomes valid."""
    tile = tile_at(*TAKAYAMA, 14)
    west, south, east, north = tile.bbox()
    inside = [(x, y) for x in (0.25, 0.75) for y in (0.25, 0.75)]
    (a, b, c, d) = [(west + (east - west) * x, south + (north - south) * y) for x, y in inside]
    outer = shapely.box(west, south, east, north)
    holed = Polygon(outer.exterior, [[a, b, d, c, a]])
    bow_tie = Polygon([a, d, b, c, a])
    features = decode([holed, bow_tie], tile)

    assert shapely.get_num_interior_rings(shape(features[0]["geometry"])) == 1
    assert all(shape(feature["geometry"]).is_valid for feature in features)


def test_collections_are_taken_apart() -> None:
    """The format knows no collections; each part keeps the id."""
    tile = tile_at(*TAKAYAMA, 14)
    middle = shapely.box(*tile.bbox()).centroid
    features = decode([shapely.GeometryCollection([middle, middle.buffer(0.001)])], tile)

    assert [feature["id"] for feature in features] == [1, 1]
    assert {feature["geometry"]["type"] for feature in features} == {"Point", "Polygon"}


positions = st.tuples(st.floats(137.24, 137.27), st.floats(36.13, 36.16))


@given(st.lists(positions, min_size=4, max_size=12), st.integers(10, 18))
@settings(max_examples=60, deadline=None)
def test_every_polygon_stays_valid(ring: list[tuple[float, float]], z: int) -> None:
    """However a ring was drawn, what is decoded is valid and within the buffer."""
    for feature in decode([Polygon(ring), LineString(ring)], tile_at(*TAKAYAMA, z)):
        geometry = shape(feature["geometry"])

        assert geometry.is_valid
        assert isinstance(geometry, Polygon | MultiPolygon) == ("Polygon" in feature["geometry"]["type"])
        assert shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER).covers(geometry)
