"""A bulk load leaves the same as single inserts do."""

from typing import Any

import numpy as np
import shapely

from gis_capture.model import BBox
from gis_capture.store import FeatureQuery, GeoPackageStore
from tests.store.lamps import AT, OFFICE, lamp


def test_a_bulk_load_is_indexed_and_counted(store: GeoPackageStore, write: Any) -> None:
    """Twice, the second time into a layer that has features: boxes find what they should, all triggers are back."""
    random = np.random.default_rng(20261123)
    places = random.uniform((137.0, 36.0), (137.5, 36.5), (12_000, 2))
    features = [lamp(f"l{number}", x, y, number=str(number)) for number, (x, y) in enumerate(places.tolist())]
    write(*features[:6_000])
    write(*features[6_000:])
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.delete("lamp", "l0")
        transaction.insert([lamp("last", 140, 40)])

    box = BBox(137.1, 36.1, 137.13, 36.2)
    x, y = places.T
    inside = (x >= box.min_x) & (x <= box.max_x) & (y >= box.min_y) & (y <= box.max_y)
    found = {one.feature_id: one.geometry for one in store.features("lamp", FeatureQuery(bbox=box))}
    assert found.keys() >= {f"l{number}" for number in np.flatnonzero(inside) if number}
    # The R-tree holds 32 bits: a metre or two.
    near = shapely.box(*box).buffer(1e-4)
    assert [one for one in found.values() if not near.covers(one)] == []
    assert (store.layer_info("lamp").n_features, store.check_integrity()) == (12_000, [])
    assert store.layer_info("lamp").extent == (*places[1:].min(axis=0), 140, 40)
