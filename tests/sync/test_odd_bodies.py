"""Bodies that no tablet of ours sends: each is told what is wrong with it, is kept, and stops nobody else."""

import json
from typing import Any

import pytest

from gis_capture.errors import SyncError
from gis_capture.store.geopackage.store import GeoPackageStore
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.sync.office import list_waiting
from gis_capture.sync.push import push
from tests.sync.tablets import AT, POINT, Tablet, fill, new_id


def test_another_number_of_19_digits_is_another_body(store: GeoPackageStore) -> None:
    """Doubles, and so the hash, do not tell them apart."""
    fill(store)
    tablet = Tablet(store)
    first = {**tablet.change("insert", "f1"), "number_of_tag": 2**53 + 1}
    other = {**first, "number_of_tag": 2**53}
    statuses = [one["status"] for one in tablet.push(first, other, first, other)]
    assert statuses == ["applied", "rejected", "applied", "rejected"]
    with store.snapshot() as snapshot:
        assert [one.body for one in snapshot.sync.other_bodies()] == [other]


def test_a_message_nested_without_end_is_refused(store: GeoPackageStore) -> None:
    """Our readers walk by recursion; of a single change that goes too deep the text is kept, and the others go on."""
    fill(store)
    tablet, nested = Tablet(store), nest(100)
    deep = {**tablet.change("insert", "d1", fields={"name": (None, "甲")}), "x": nested}
    assert [one["status"] for one in tablet.push(deep, tablet.change("insert", "d2"), nested)] == [
        "rejected",
        "applied",
        "rejected",
    ]
    assert [one["status"] for one in tablet.push(deep)] == ["rejected"]
    with store.snapshot() as snapshot:
        known = snapshot.sync.change(deep["change_id"])
        assert known is not None and json.loads(known.body["text"]) == deep
        (other,) = snapshot.sync.other_bodies()
        assert json.loads(other.body["text"]) == nested
    with pytest.raises(SyncError):
        push(store, Tablet(store).message({"x": nest(600)}), clock=lambda: AT, new_id=new_id)


def nest(n_times: int) -> list[Any]:
    """A list in a list, so many times."""
    nested: list[Any] = []
    for _ in range(n_times):
        nested = [nested]
    return nested


def test_a_nul_anywhere_stops_nobody_else(store: GeoPackageStore) -> None:
    """In names of layers, features, devices and people: the change is kept with its reason, in any store."""
    fill(store)
    tablet = Tablet(store, device_id="ta\0blet")
    bad = [
        {**tablet.change("insert", "n1"), "layer": "la\0mp"},
        tablet.change("insert", "n\0"),
        {**tablet.change("insert", "n2"), "after": "\0"},
    ]
    located = {**tablet.change("insert", "n3"), "geometry": {"new": POINT}, "located": {"method": "g\0", "note": "\0"}}
    receipts = tablet.push(
        *bad, located, tablet.change("insert", "good", fields={"name": (None, "甲\0")}), author="班\0員"
    )

    assert [one["status"] for one in receipts] == ["rejected", "rejected", "rejected", "applied", "applied"]
    assert [one["body"] for one in list_waiting(store)] == bad
    assert {one["device_id"] for one in list_waiting(store)} == {"tablet"}
    assert store.feature("lamp", "n\0") is None
    assert list_conflicts(store, layer="la\0mp") == []


def test_instants_end_at_the_microsecond_in_any_store(store: GeoPackageStore) -> None:
    """PostgreSQL holds no more; a file that held more could not be taken there."""
    fill(store)
    tablet = Tablet(store)
    tablet.push(tablet.change("insert", "f1", fields={"seen_at": (None, "2026-11-23T11:10:00.1234567Z")}))
    feature = store.feature("lamp", "f1")
    assert feature is not None and feature.fields["seen_at"] == "2026-11-23T11:10:00.123456Z"
