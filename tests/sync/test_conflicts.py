"""How the office closes what clashed, field by field."""

from dataclasses import replace
from typing import Any

import pytest
import shapely

from gis_capture.errors import SyncError
from gis_capture.store.geopackage.store import GeoPackageStore
from gis_capture.store.protocol import Author
from gis_capture.sync.conflicts import get_conflict, list_conflicts, resolve
from gis_capture.sync.office import Office
from tests.sync.tablets import AT, LAMP, POINT, POLE, Tablet, fill, lamp, new_id

MOVED = {"type": "Point", "coordinates": [137.26, 36.15]}
PHOTO = {"sha256": "ab" * 32, "name": "a.jpg", "size_bytes": 81234, "media_type": "image/jpeg"}


@pytest.fixture
def office(store: GeoPackageStore) -> Office:
    """A person who decides."""
    return Office(store, Author("office", "係長"), lambda: AT, new_id)


def clash(store: GeoPackageStore, **layer: Any) -> tuple[Tablet, str]:
    """Two crews changed status and name of one lamp; gives the second crew's tablet and the record."""
    base = fill(store, lamp("f1", status="点灯", name="駅前"), layers=(POLE, replace(LAMP, **layer)))
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    theirs = {"status": ("点灯", "撤去"), "name": ("駅前", "駅東")}
    one.push(one.change("update", "f1", base_revision=base, fields=theirs))
    mine = {"status": ("点灯", "球切れ"), "name": ("駅前", "駅西")}
    two.push(two.change("update", "f1", base_revision=base, fields=mine))
    (record,) = list_conflicts(store)
    return two, record["conflict_id"]


def fields(store: GeoPackageStore) -> dict[str, Any]:
    """Values of the lamp."""
    feature = store.feature("lamp", "f1")
    assert feature is not None
    return dict(feature.fields)


def test_each_field_is_closed_on_its_own(store: GeoPackageStore, office: Office) -> None:
    """One is taken from the tablet, later the other is left; then the record is closed."""
    _, conflict_id = clash(store)
    half = resolve(office, conflict_id, {"status": {"take": "incoming"}}, note="現地で確認")
    assert (half["state"], fields(store)["status"], fields(store)["name"]) == ("open", "球切れ", "駅東")
    whole = resolve(office, conflict_id, {"name": {"take": "stored"}})
    assert (whole["state"], fields(store)["name"]) == ("closed", "駅東")
    decisions = {one["field"]: one["decision"] for one in whole["fields"]}
    assert decisions["status"] == {"take": "incoming", "note": "現地で確認", "author": "係長", "decided_at": AT}
    assert list_conflicts(store) == []
    assert get_conflict(store, conflict_id) == whole
    assert [one["conflict_id"] for one in list_conflicts(store, state=None)] == [conflict_id]


def test_a_third_value_may_be_better_than_both(store: GeoPackageStore, office: Office) -> None:
    """It is checked like any other."""
    _, conflict_id = clash(store)
    with pytest.raises(SyncError) as raised:
        resolve(office, conflict_id, {"status": {"take": "other", "value": "消灯"}})
    assert raised.value.subject["code"] == "not_in_domain"
    assert get_conflict(store, conflict_id)["state"] == "open"
    resolve(office, conflict_id, {"name": {"take": "other", "value": "駅前広場"}})
    assert fields(store)["name"] == "駅前広場"


def test_the_next_pull_tells_of_the_decision(store: GeoPackageStore, office: Office) -> None:
    """Feature and record have one revision; the decision is a change with an author."""
    tablet, conflict_id = clash(store)
    since = store.revision()
    resolve(office, conflict_id, {"status": {"take": "incoming"}, "name": {"take": "stored"}})
    lines = tablet.pull(since=since)
    assert [line["type"] for line in lines[2:]] == ["feature", "conflict", "end"]
    assert {line["revision"] for line in lines[2:]} == {since + 1}
    assert lines[3]["state"] == "closed"
    assert store.author_of(since + 1)[0] == Author("office", "係長")
    with store.snapshot() as snapshot:
        changes = list(snapshot.sync.changes(device_id="office"))
    assert [one.body["resolves"] for one in changes] == [conflict_id]


def test_a_tablet_that_asks_after_the_decision_hears_that_it_is_done(store: GeoPackageStore, office: Office) -> None:
    """Its first answer was lost, and the pull that told of the decision came before it knew of the conflict."""
    base = fill(store, lamp("f1", status="撤去"))
    tablet = Tablet(store)
    change = tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")})
    assert tablet.push(change)[0]["status"] == "conflict"
    (record,) = list_conflicts(store)
    resolve(office, record["conflict_id"], {"status": {"take": "stored"}})
    (receipt,) = tablet.push(change)
    assert (receipt["status"], receipt["conflicts"], receipt["revision"]) == ("merged", ["status"], store.revision())


def test_leaving_the_stored_value_is_told_too(store: GeoPackageStore, office: Office) -> None:
    """Nothing changes in the layer, yet the tablet hears that it is decided."""
    tablet, conflict_id = clash(store)
    since = store.revision()
    resolve(office, conflict_id, {"status": {"take": "stored"}, "name": {"take": "stored"}})
    assert [line["type"] for line in tablet.pull(since=since)[2:]] == ["conflict", "end"]


def test_what_is_closed_stays_closed(store: GeoPackageStore, office: Office) -> None:
    """A second decision on the same field changes nothing."""
    _, conflict_id = clash(store)
    first = resolve(office, conflict_id, {"status": {"take": "stored"}, "name": {"take": "stored"}})
    again = resolve(office, conflict_id, {"status": {"take": "incoming"}})
    assert again["fields"] == first["fields"]
    assert fields(store)["status"] == "撤去"


def test_where_the_incoming_value_was_taken_the_stored_one_can_come_back(
    store: GeoPackageStore, office: Office
) -> None:
    """The record holds what was overwritten."""
    _, conflict_id = clash(store, on_conflict="take_incoming")
    assert fields(store)["status"] == "球切れ"
    resolve(office, conflict_id, {"status": {"take": "stored"}, "name": {"take": "incoming"}})
    assert (fields(store)["status"], fields(store)["name"]) == ("撤去", "駅西")


def test_an_edit_of_a_deleted_feature_brings_it_back_with_its_values(store: GeoPackageStore, office: Office) -> None:
    """Status, position and photo of the tablet; the rest as it was last."""
    base = fill(store, lamp("f1", status="点灯", name="駅前"))
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    one.push(one.change("delete", "f1", base_revision=base))
    edit = two.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")})
    two.push({**edit, "geometry": {"old": POINT, "new": MOVED}, "attachments": [PHOTO]})
    (record,) = list_conflicts(store)
    assert (record["stored_kind"], record["kind"]) == ("delete", "update")
    decisions = {name: {"take": "incoming"} for name in ("status", "geometry", "attachments")}
    assert resolve(office, record["conflict_id"], decisions)["state"] == "closed"
    feature = store.feature("lamp", "f1")
    assert feature is not None and feature.geometry is not None
    assert (feature.fields["status"], feature.fields["name"]) == ("球切れ", "駅前")
    assert shapely.to_wkt(feature.geometry) == "POINT (137.26 36.15)"
    assert [photo.sha256 for photo in feature.attachments] == ["ab" * 32]


@pytest.mark.parametrize(("take", "is_there"), [("incoming", False), ("stored", True)])
def test_a_wish_to_delete_is_granted_or_not(store: GeoPackageStore, office: Office, take: str, is_there: bool) -> None:
    """Somebody had edited what the tablet wanted to delete."""
    base = fill(store, lamp("f1", status="点灯"))
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    one.push(one.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}))
    two.push(two.change("delete", "f1", base_revision=base))
    (record,) = list_conflicts(store)
    closed = resolve(office, record["conflict_id"], {"status": {"take": take}})
    assert closed["state"] == "closed"
    assert (store.feature("lamp", "f1") is not None) == is_there


@pytest.mark.parametrize("kind", ["update", "delete"])
def test_a_decision_does_not_overwrite_what_came_after_the_record(
    store: GeoPackageStore, office: Office, kind: str
) -> None:
    """Who decided had not seen it: the field clashes anew, and the feature stays."""
    base = fill(store, lamp("f1", status="点灯"))
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    one.push(one.change("update", "f1", base_revision=base, fields={"status": ("点灯", "撤去")}))
    edit = {"status": ("点灯", "球切れ")} if kind == "update" else {}
    two.push(two.change(kind, "f1", base_revision=base, fields=edit))
    (record,) = list_conflicts(store)
    one.push(one.change("update", "f1", base_revision=store.revision(), fields={"status": ("撤去", "点灯")}))
    closed = resolve(office, record["conflict_id"], {"status": {"take": "incoming"}})
    assert closed["state"] == "closed"
    assert fields(store)["status"] == "点灯"
    (again,) = list_conflicts(store)
    assert (again["kind"], again["fields"][0]["stored"]) == (kind, "点灯")


def test_a_value_without_a_field_can_only_be_set_aside(store: GeoPackageStore, office: Office) -> None:
    """There is no place for it in the layer."""
    base = fill(store, lamp("f1"))
    tablet = Tablet(store)
    tablet.push(tablet.change("update", "f1", base_revision=base, fields={"colour": ("白", "黄")}))
    (record,) = list_conflicts(store)
    with pytest.raises(SyncError) as raised:
        resolve(office, record["conflict_id"], {"colour": {"take": "incoming"}})
    assert raised.value.subject["code"] == "decision_invalid"
    assert resolve(office, record["conflict_id"], {"colour": {"take": "stored"}})["state"] == "closed"


@pytest.mark.parametrize("decision", [{}, {"take": "mine"}, {"take": "other"}])
def test_a_decision_that_says_nothing_is_refused(store: GeoPackageStore, office: Office, decision: Any) -> None:
    """Nothing is written."""
    _, conflict_id = clash(store)
    revision = store.revision()
    with pytest.raises(SyncError):
        resolve(office, conflict_id, {"status": decision})
    assert store.revision() == revision


def test_a_decision_on_a_field_that_does_not_clash_is_refused(store: GeoPackageStore, office: Office) -> None:
    """It must be a slip."""
    _, conflict_id = clash(store)
    with pytest.raises(SyncError) as raised:
        resolve(office, conflict_id, {"height_m": {"take": "stored"}})
    assert raised.value.subject["code"] == "decision_invalid"


def test_a_deletion_closes_the_whole_record(store: GeoPackageStore, office: Office) -> None:
    """When the feature is gone, there is nothing left to decide."""
    base = fill(store, lamp("f1", status="点灯"))
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    theirs = {"status": ("点灯", "球切れ"), "name": (None, "駅前")}
    one.push(one.change("update", "f1", base_revision=base, fields=theirs))
    two.push(two.change("delete", "f1", base_revision=base))
    (record,) = list_conflicts(store)
    closed = resolve(office, record["conflict_id"], {"name": {"take": "incoming"}}, note="撤去済み")
    assert store.feature("lamp", "f1") is None
    assert [clash["decision"]["note"] for clash in closed["fields"]] == ["撤去済み"] * 2


def test_a_record_that_is_not_there_is_told(store: GeoPackageStore, office: Office) -> None:
    """For reading and for closing."""
    for ask in (lambda: get_conflict(store, "x"), lambda: resolve(office, "x", {})):
        with pytest.raises(SyncError) as raised:
            ask()  # type: ignore[no-untyped-call]
        assert raised.value.subject["code"] == "conflict_unknown"
