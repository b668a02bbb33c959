"""Counts cost the same whatever the size of a layer."""

from collections.abc import Callable
from dataclasses import replace

from gis_capture.geopackage.names import quote_identifier
from gis_capture.store.geopackage import GeoPackageStore
from gis_capture.store.protocol import FeatureQuery
from tests.store.lamps import lamp


def test_features_without_a_position_are_counted_without_going_through_the_others(
    store: GeoPackageStore, write: Callable[..., int]
) -> None:
    """An index of them alone answers the count and the pages of them."""
    write(lamp("a"), replace(lamp("b"), geometry=None), replace(lamp("c"), geometry=None))
    table = quote_identifier("lamp")
    (plan,) = store._reading().connection.execute(
        f"EXPLAIN QUERY PLAN SELECT count(*) FROM {table} WHERE geometry IS NULL"
    )
    assert "lamp_unlocated" in plan[-1]
    assert store.layer_info("lamp").n_unlocated == 2
    found = store.features("lamp", FeatureQuery(is_located=False))
    assert [feature.feature_id for feature in found] == ["b", "c"]
