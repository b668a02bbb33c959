"""Features written column by column say what features written one by one say."""

from dataclasses import replace

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry, Point

from gis_capture.geopackage.blob import PlanePoints, decode_places, encode_geometry
from gis_capture.model import Feature, Field, FieldType, Layer, Text, Value
from gis_capture.report.geojson import to_geojson
from gis_capture.report.geojson_text import columns_to_text
from gis_capture.store.columns import Columns
from tests.geopackage.test_blob import geometries

NAMES = ("名 100%", "n")
FIELDS = tuple(Field(f"l.{name}", name, Text(name, name), FieldType.TEXT) for name in NAMES)
LAYER = Layer("l", Text("l", "l"), "Geometry", FIELDS)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(['",\n  "', ",\n  ", "\\", "%b", "\x00\n", "]"]),
)


def written(ones: list[Geometry | None], values: list[Value], layer: Layer = LAYER) -> tuple[bytes, bytes]:
    """The texts of features made by columns, and one by one."""
    ids, column = [f"id {number}" for number in range(len(ones))], np.empty(len(ones), dtype=object)
    column[:] = ones
    fields = {NAMES[0]: values, NAMES[1]: tuple(reversed(values))}
    columns = Columns([*range(len(ones))], ids, column, fields, [*range(len(ones))])
    rows = zip(ids, ones, *fields.values(), columns.revisions, strict=True)
    features = [Feature("l", one, place, dict(zip(NAMES, row, strict=True)), last) for one, place, *row, last in rows]
    return columns_to_text(layer, columns), b",".join(map(orjson.dumps, to_geojson(layer, features)))


@given(st.lists(st.tuples(geometries(), VALUES), max_size=8))
def test_both_ways_of_writing_give_the_same_bytes(rows: list[tuple[Geometry | None, Value]]) -> None:
    """Of every kind of geometry, every value, and texts that look like the marks between values."""
    by_columns, one_by_one = written([row[0] for row in rows], [row[1] for row in rows])

    assert by_columns == one_by_one


@pytest.mark.parametrize(
    "wkt",
    [
        "MULTIPOINT (EMPTY, (1 2))",
        "MULTIPOLYGON (EMPTY, ((0 0, 1 0, 1 1, 0 0)))",
        "MULTILINESTRING (EMPTY, (0 0, 1 1))",
    ],
)
def test_parts_that_are_empty_stay(wkt: str) -> None:
    """Beside others of their kind that have none."""
    whole = shapely.from_wkt(wkt.replace("EMPTY, ", ""))
    by_columns, one_by_one = written([shapely.from_wkt(wkt), whole], [None, 1])

    assert by_columns == one_by_one


def test_coordinates_are_those_of_the_layer_to_the_last_bit() -> None:
    """A corner of a parcel is written so that it is read back as it is."""
    x, y = 137.25999999999996, 36.14000000000000767
    texts, _ = written([shapely.Point(x, y), shapely.LineString([(y, x), (x, y)])], [None, None])

    point, line = orjson.loads(b"[" + texts + b"]")
    assert point["geometry"]["coordinates"] == [x, y]
    assert line["geometry"]["coordinates"] == [[y, x], [x, y]]


@pytest.mark.parametrize("crs", ["EPSG:6668", "EPSG:6675"])
def test_points_without_geometries_give_the_same_bytes(crs: str) -> None:
    """As a file gives them, whole and from the first ones on; in a plane system they are moved."""
    layer = replace(LAYER, crs=crs)
    points: list[Geometry | None] = [Point(137.25 + number / 7, 36.1 - number / 3) for number in range(5)]
    blobs = [encode_geometry(point, 6668) for point in points]
    places = decode_places(blobs)
    assert isinstance(places, PlanePoints) and not isinstance(decode_places([*blobs, None]), PlanePoints)
    values: list[Value] = [*range(5)]
    fields = {name: values for name in NAMES}
    columns = Columns([*range(5)], [f"id {number}" for number in range(5)], places, fields, [*range(5)])
    features = [
        Feature("l", one, point, dict.fromkeys(NAMES, number), number)
        for number, (one, point) in enumerate(zip(columns.feature_ids, points, strict=True))
    ]

    whole = [orjson.dumps(document) for document in to_geojson(layer, features)]
    assert columns_to_text(layer, columns) == b",".join(whole)
    assert columns_to_text(layer, columns.first(2)) == b",".join(whole[:2])
    assert (columns.geometries == np.array(points, dtype=object)).all()
