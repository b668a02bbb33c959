"""The compiled encoder draws what NumPy and GEOS draw: the same features, valid, within a unit."""

import math
import re

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry, GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry import shape

from gis_capture.tiles import encoder
from gis_capture.tiles.grid import BUFFER, EXTENT, Tile, tile_at
from tests.tiles.drawing import columns_of, draw, encoded

PLACE = (137.2525, 36.1461)
FRAME = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
positions = st.tuples(st.floats(137.20, 137.30), st.floats(36.10, 36.20))
near = st.tuples(st.floats(137.2520, 137.2530), st.floats(36.1455, 36.1465))


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """A valid area around a place, perhaps with a hole in it."""
    x, y = draw(st.one_of(positions, near))
    radii = draw(st.lists(st.floats(0.00001, 0.03), min_size=3, max_size=40))
    angles = [2 * math.pi * i / len(radii) for i in range(len(radii))]
    ring = [(x + r * math.cos(a), y + r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]
    hole = [(x + r / 3 * math.cos(a), y + r / 3 * math.sin(a)) for r, a in zip(radii, angles, strict=True)]
    return Polygon(ring, [hole] if draw(st.booleans()) else [])


points = st.lists(positions, min_size=1, max_size=4).map(MultiPoint)
lines = st.lists(st.one_of(positions, near), min_size=2, max_size=30).map(LineString)
areas = st.lists(stars(), min_size=1, max_size=3).map(lambda ones: shapely.union_all(ones))
shapes: st.SearchStrategy[Geometry] = st.one_of(points, lines, areas, stars())
geometries = st.one_of(shapes, st.lists(shapes, min_size=1, max_size=3).map(GeometryCollection), st.none())


@given(st.lists(geometries, min_size=1, max_size=6), st.integers(0, 22))
@settings(max_examples=150, deadline=None)
def test_both_encoders_draw_the_same(given_geometries: list[Geometry | None], z: int) -> None:
    """The same ids and attributes; shapes that differ by rounding and simplifying alone."""
    columns, tile = columns_of(given_geometries), tile_at(*PLACE, z)
    ours, theirs = (draw(columns, tile, is_compiled=is_compiled) for is_compiled in (True, False))

    named = [(one["id"], one["properties"]) for one in ours if not shape(one["geometry"]).within(_EDGE)]
    assert named == [(one["id"], one["properties"]) for one in theirs if not shape(one["geometry"]).within(_EDGE)]
    for one in ours:
        geometry = shape(one["geometry"])
        assert geometry.is_valid
        assert FRAME.buffer(1).covers(geometry)
        same = [shape(x["geometry"]) for x in theirs if x["id"] == one["id"] and _kind(x) == _kind(one)]
        other = same[0] if same else None
        if other is not None and "Polygon" in one["geometry"]["type"]:
            # Each may go astray by a unit along the outline.
            assert geometry.symmetric_difference(other).area <= 2 * (geometry.length + other.length) + 4
        elif other is not None:
            assert geometry.hausdorff_distance(other) <= 3


_EDGE = FRAME.difference(shapely.box(-BUFFER + 2, -BUFFER + 2, EXTENT + BUFFER - 2, EXTENT + BUFFER - 2)).buffer(1)
"""Where rounding decides whether something is in a tile."""


def _kind(feature: dict[str, dict[str, str]]) -> str:
    return feature["geometry"]["type"].removeprefix("Multi")


@pytest.mark.parametrize("is_compiled", [True, False])
def test_each_kind_is_drawn_where_it_is(is_compiled: bool) -> None:
    """A point, a line, an area with a hole, several areas, and a collection, which has a part for each kind."""
    tile = tile_at(*PLACE, 14)
    west, south, east, north = tile.bbox()
    x, y, step = (west + east) / 2, (south + north) / 2, (east - west) / 8
    square, far = shapely.box(x, y, x + step, y + step), shapely.box(x - 2 * step, y, x - step, y + step)
    holed = square.difference(square.buffer(-step / 3))
    drawn = draw(
        columns_of(
            [
                Point(x, y, 30),
                LineString([(x, y), (x + step, y)]),
                holed,
                MultiPolygon([square, far]),
                GeometryCollection([Point(x, y), square]),
                Point(),
                None,
            ]
        ),
        tile,
        is_compiled=is_compiled,
    )

    assert [(one["id"], one["geometry"]["type"]) for one in drawn] == [
        (1, "Point"),
        (2, "LineString"),
        (3, "Polygon"),
        (4, "MultiPolygon"),
        (5, "Point"),
        (5, "Polygon"),
    ]
    assert drawn[0]["geometry"]["coordinates"] == pytest.approx([2048, 2048], abs=1)
    assert shape(drawn[1]["geometry"]).length == pytest.approx(512, abs=2)
    assert shapely.get_num_interior_rings(shape(drawn[2]["geometry"])) == 1
    assert drawn[0]["properties"] == {"feature_id": "id-0", "size": 0.0}
    assert drawn[1]["properties"] == {"feature_id": "id-1", "size": 0.5, "name": "公園1", "label": "公園1"}


@pytest.mark.parametrize("is_compiled", [True, False])
def test_what_is_smaller_than_a_unit_is_drawn_as_one(is_compiled: bool) -> None:
    """Nothing goes away without a word where many small things are seen from far."""
    x, y = PLACE
    small = [shapely.box(x, y, x + 1e-6, y + 1e-6), LineString([(x, y), (x + 1e-6, y)])]
    drawn = draw(columns_of(small), tile_at(x, y, 8), is_compiled=is_compiled)

    assert [one["geometry"]["type"] for one in drawn] == ["Polygon", "LineString"]
    assert shape(drawn[0]["geometry"]).area == 1


@pytest.mark.parametrize("is_compiled", [True, False])
def test_areas_larger_than_the_tile_fill_its_frame(is_compiled: bool) -> None:
    """And what touches only the outside leaves no trace."""
    world = [shapely.box(-180, -85, 180, 85), shapely.box(0, 0, 1, 1)]
    (drawn,) = draw(columns_of(world), tile_at(*PLACE, 12), is_compiled=is_compiled)

    assert shape(drawn["geometry"]).equals(FRAME)


@pytest.mark.parametrize("is_compiled", [True, False])
def test_broken_areas_are_mended(is_compiled: bool) -> None:
    """A ring that crosses itself, and one that goes there and back."""
    x, y = PLACE
    bow = Polygon([(x, y), (x + 0.01, y + 0.01), (x + 0.01, y), (x, y + 0.01)])
    drawn = draw(columns_of([bow]), tile_at(x, y, 12), is_compiled=is_compiled)

    assert len(drawn) == 1 and shape(drawn[0]["geometry"]).is_valid and shape(drawn[0]["geometry"]).area > 100


OVERLAPPING = """GEOMETRYCOLLECTION (
POLYGON ((137.2109 36.1115, 137.2148 36.1318, 137.2422 36.125, 137.232 36.1236, 137.2109 36.1115),
 (137.2161 36.1205, 137.2185 36.1218, 137.2168 36.1216, 137.2166 36.1227, 137.2161 36.1205)),
POLYGON ((137.2422 36.1385, 137.2656 36.125, 137.2461 36.1182, 137.2422 36.1385)),
POLYGON ((137.2109 36.1115, 137.2148 36.1318, 137.2344 36.125, 137.2109 36.1115),
 (137.2174 36.1273, 137.2161 36.1205, 137.224 36.125, 137.2174 36.1273)),
POLYGON ((137.2422 36.16, 137.2656 36.1465, 137.2422 36.133, 137.2422 36.16)))"""


@pytest.mark.parametrize("is_compiled", [True, False])
def test_areas_of_a_collection_that_rounding_puts_edge_to_edge_are_one(is_compiled: bool) -> None:
    """They overlap as they stand, and what is drawn is valid."""
    columns = columns_of([shapely.from_wkt(OVERLAPPING)])
    (area,) = draw(columns, tile_at(*PLACE, 3), is_compiled=is_compiled)
    assert shape(area["geometry"]).is_valid


def test_the_world_is_drawn_at_its_seam() -> None:
    """Positions at 180 degrees and beyond the square world are at its edge, and nothing fails."""
    edge = [Point(180, 0), Point(-180, 90), shapely.box(179, -1, 181, 1)]
    drawn = [feature for x in (0, 1) for feature in draw(columns_of(edge), Tile(1, x, 0), is_compiled=True)]

    assert {one["id"] for one in drawn} == {1, 2, 3}


@pytest.mark.parametrize("is_compiled", [True, False])
@given(given_geometries=st.lists(geometries, min_size=1, max_size=4), z=st.integers(0, 20), height=st.floats(-1e6, 1e6))
@settings(max_examples=15, deadline=None)
def test_heights_and_measures_draw_nothing_else(
    given_geometries: list[Geometry | None], z: int, height: float, *, is_compiled: bool
) -> None:
    """A tile is the same whether its geometries carry Z, M, both or none."""
    tile = tile_at(*PLACE, z)
    flat = draw(columns_of(given_geometries), tile, is_compiled=is_compiled)
    for names in ("z", "m", "zm"):
        ones = [one and _with_ordinates(one, names, height) for one in given_geometries]
        assert draw(columns_of(ones), tile, is_compiled=is_compiled) == flat


def _with_ordinates(geometry: Geometry, names: str, value: float) -> Geometry:
    wkt = shapely.to_wkt(geometry, rounding_precision=-1)
    for kind in ("POINT", "LINESTRING", "POLYGON", "GEOMETRYCOLLECTION"):
        wkt = wkt.replace(f"{kind} (", f"{kind} {names.upper()} (")
    more = f" {value!r}" * len(names)
    return shapely.from_wkt(re.sub(r"(-?[\d.]+(?:e-?\d+)?) (-?[\d.]+(?:e-?\d+)?)(?=[,)])", rf"\1 \2{more}", wkt))


@given(st.floats(-200, 200), st.floats(-90, 90), st.floats(0.001, 40), st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_areas_across_the_seam_stay_in_their_frame(west: float, south: float, width: float, z: int) -> None:
    """Beyond 180 degrees nothing is drawn, nothing wraps round, and what is drawn is valid in both encoders."""
    area = shapely.box(west, south, west + width, min(south + width, 90))
    columns, last = columns_of([area]), 2**z - 1
    for x in {0, last}:
        tile = Tile(z, x, tile_at(0, min(max(south, -80), 80), z).y)
        for is_compiled in (True, False):
            for one in draw(columns, tile, is_compiled=is_compiled):
                drawn = shape(one["geometry"])
                assert drawn.is_valid and FRAME.buffer(1).covers(drawn)


def test_what_a_tile_is_written_into_is_used_again() -> None:
    """It is megabytes, given back when the tile is put together."""
    columns, tile = columns_of([Point(PLACE)]), tile_at(*PLACE, 14)
    first = encoded(columns, tile, is_compiled=True)
    idle = [*encoder._idle]

    assert idle and encoded(columns, tile, is_compiled=True) == first
    assert encoder._idle == idle
