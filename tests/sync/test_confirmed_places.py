"""A crew says that a feature is where it stands: the geometry stays as it is, how it was found does not."""

from typing import Any

import shapely

from gis_capture.store.geopackage import GeoPackageStore
from tests.sync.tablets import POINT, Tablet, fill, lamp

SAME: dict[str, Any] = {"old": POINT, "new": POINT}
MOVED: dict[str, Any] = {"old": POINT, "new": {"type": "Point", "coordinates": [137.26, 36.15]}}
CONFIRMED = {"method": "confirmed", "accuracy_m": 4.0, "note": "現地で確認"}


def test_a_confirmed_place_keeps_its_geometry_and_tells_how_it_was_found(store: GeoPackageStore) -> None:
    """One revision, which other tablets pull; the same change again writes nothing."""
    base = fill(store, lamp("f1"))
    one, two = Tablet(store), Tablet(store)
    change = {**one.change("update", "f1", base_revision=base, geometry=SAME), "located": CONFIRMED}
    (receipt,) = one.push(change)
    revision = store.revision()
    one.push(change)
    feature = store.feature("lamp", "f1")

    assert feature is not None and feature.position.to_json() == CONFIRMED
    assert shapely.to_wkt(feature.geometry) == "POINT (137.25 36.14)"
    assert (receipt["status"], receipt["revision"], store.revision()) == ("applied", revision, revision)
    assert revision > base and feature.revision == revision
    (line,) = (line for line in two.pull(since=base) if line["type"] == "feature")
    assert line["position"] == CONFIRMED


def test_who_confirms_a_place_that_was_moved_meanwhile_changes_nothing(store: GeoPackageStore) -> None:
    """What the other crew found out stays, and there is nothing to decide."""
    base = fill(store, lamp("f1"))
    one, two = Tablet(store), Tablet(store)
    one.push({**one.change("update", "f1", base_revision=base, geometry=MOVED), "located": {"method": "gps"}})
    late = {**two.change("update", "f1", base_revision=base, geometry=SAME), "located": CONFIRMED}
    (receipt,) = two.push(late)
    feature = store.feature("lamp", "f1")

    assert feature is not None and feature.position.method == "gps"
    assert shapely.to_wkt(feature.geometry) == "POINT (137.26 36.15)"
    assert (receipt["status"], receipt["conflicts"]) == ("merged", [])


def test_a_geometry_that_is_sent_unchanged_says_nothing_by_itself(store: GeoPackageStore) -> None:
    """Without `located` nothing was confirmed."""
    base = fill(store, lamp("f1"))
    before = store.feature("lamp", "f1")
    tablet = Tablet(store)
    tablet.push(tablet.change("update", "f1", base_revision=base, geometry=SAME))
    feature = store.feature("lamp", "f1")

    assert before is not None and feature is not None
    assert (feature.position, feature.revision) == (before.position, before.revision)
