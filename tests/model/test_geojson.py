"""Geometries through GeoJSON."""

from typing import Any

import pytest
import shapely

from gis_capture.errors import FeatureError
from gis_capture.model import geometry_from_geojson, geometry_to_geojson, has_missing_ordinate


@pytest.mark.parametrize(
    "wkt",
    [
        "POINT (137.25000001 36.1)",
        "POINT Z (1 2 3)",
        "POINT M (1 2 3)",
        "POINT ZM (1 2 3 4)",
        "POINT EMPTY",
        "LINESTRING (0 0, 0.1 0.2)",
        "MULTIPOINT ZM ((1 2 3 4), (5 6 7 8))",
        "POLYGON Z ((0 0 1, 9 0 1, 9 9 1, 0 0 1), (1 1 1, 2 1 1, 2 2 1, 1 1 1))",
        "MULTILINESTRING M ((0 0 1, 1 1 2))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
        "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))",
    ],
)
def test_every_ordinate_survives(wkt: str) -> None:
    """Type, Z, M and structure come back bit for bit."""
    geometry = shapely.from_wkt(wkt)
    again = geometry_from_geojson(geometry_to_geojson(geometry))
    assert again is not None
    wkb = [shapely.to_wkb(one, output_dimension=4, flavor="iso") for one in (geometry, again)]
    assert wkb[0] == wkb[1]


def test_it_is_the_geojson_of_others() -> None:
    """Without measures it is what the standard and shapely write."""
    polygon = shapely.box(0, 0, 1, 1)
    assert geometry_to_geojson(polygon) == shapely.geometry.mapping(polygon) | {
        "coordinates": [[list(xy) for xy in polygon.exterior.coords]]
    }
    assert geometry_to_geojson(None) is None


@pytest.mark.parametrize("z", [None, float("nan")])
def test_a_height_that_is_no_number_is_missing(z: float | None) -> None:
    """NaN and null where a Z stands give a geometry without Z, and it is told."""
    value = {"type": "Point", "coordinates": [1, 2, z]}
    geometry = geometry_from_geojson(value)
    assert not shapely.has_z(geometry)
    assert has_missing_ordinate(value)
    assert not has_missing_ordinate({"type": "Point", "coordinates": [1, 2, None, 3]})


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Point"},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": ["a", 2]},
        {"type": "Point", "coordinates": [True, 2]},
        {"type": "Point", "coordinates": [float("inf"), 2]},
        {"type": "Point", "coordinates": [10**400, 2]},
        {"type": "Point", "coordinates": {"a": 1}},
        {"type": "Polygon", "coordinates": [[1, 2]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [3, 3]]]},
        {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "Circle", "coordinates": []},
        {"type": "GeometryCollection", "geometries": [5]},
        {"type": ["a"], "coordinates": [1, 2]},
        {},
        [],
        5,
        "x",
    ],
)
def test_what_is_no_geometry_is_refused(value: Any) -> None:
    """Anything a client can send ends in an error of ours."""
    with pytest.raises(FeatureError):
        geometry_from_geojson(value)
