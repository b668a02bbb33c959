"""The extent of a layer is exact after any edits, although only the neighbourhood of its old edge is looked at."""

import tempfile
from pathlib import Path
from typing import Any

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from gis_capture.geopackage.connection import connect
from gis_capture.model import Feature, Layer, Text
from gis_capture.store import open_store
from tests.store.lamps import AT, LAMPS, OFFICE

LAYER = Layer("lamp", Text("場所", "Places"), "Geometry", LAMPS.fields, allows_any_position=True)
ORDINATE = st.sampled_from([0.0, -1e-9, 1e-9, 137.25, 137.2500001, 137.25 + 1e-13, -179.9, 179.9, 36.0]) | st.floats(
    -180, 180
).filter(lambda value: abs(value) > 1e-20)
PLACE = (
    st.none()
    | st.builds(Point, ORDINATE, ORDINATE)
    | st.lists(st.tuples(ORDINATE, ORDINATE), min_size=2, max_size=3, unique=True).map(LineString)
)
STEPS = st.lists(st.tuples(st.integers(0, 5), PLACE | st.just("delete")), min_size=1, max_size=12)


@settings(max_examples=8)
@given(st.lists(PLACE, min_size=6, max_size=6), st.lists(STEPS, min_size=1, max_size=3))
def test_an_extent_is_exact_after_any_edits(first: list[Any], transactions: list[list[tuple[int, Any]]]) -> None:
    """Features at the edge move away or are deleted, others share the edge, hair-breadths apart."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        store = open_store(path, create=True)
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.put_layer(LAYER)
            transaction.insert([Feature("lamp", f"f{number}", place, {}) for number, place in enumerate(first)])
        for steps in transactions:
            with store.transact(OFFICE, at=AT) as transaction:
                for number, place in steps:
                    feature = Feature("lamp", f"f{number}", None if place == "delete" else place, {})
                    is_there = transaction.feature("lamp", feature.feature_id) is not None
                    if place == "delete":
                        if is_there:
                            transaction.delete("lamp", feature.feature_id)
                    elif is_there:
                        transaction.update(feature)
                    else:
                        transaction.insert([feature])
            located = [one.geometry for one in store.features("lamp") if one.geometry is not None]
            expected = tuple(shapely.total_bounds(located).tolist()) if located else (None,) * 4
            database = connect(path, is_read_only=True)
            sql = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'lamp'"
            assert database.execute(sql).fetchone() == expected
            database.close()
            assert store.check_integrity() == []
        store.close()
