"""What the office does with changes: undo, restore, release, hand on."""

from dataclasses import replace
from typing import Any

import pytest
import shapely

from gis_capture.errors import SyncError
from gis_capture.model import Constraints
from gis_capture.store.geopackage.store import GeoPackageStore
from gis_capture.store.protocol import Author
from gis_capture.sync.conflicts import list_conflicts, resolve
from gis_capture.sync.office import Office
from tests.sync.tablets import AT, LAMP, POINT, Tablet, fill, lamp, new_id

MOVED = {"type": "Point", "coordinates": [137.26, 36.15]}


@pytest.fixture
def office(store: GeoPackageStore) -> Office:
    """A person at the office."""
    return Office(store, Author("office", "係長"), lambda: AT, new_id)


def state(store: GeoPackageStore) -> Any:
    """Values and place of the lamp, None where it is not there."""
    feature = store.feature("lamp", "f1")
    if feature is None:
        return None
    values = {name: value for name, value in feature.fields.items() if value is not None}
    return values, feature.geometry and shapely.to_wkt(feature.geometry), len(feature.attachments), feature.position


def test_undo_takes_back_an_update(store: GeoPackageStore, office: Office) -> None:
    """Values and position are what they were; the undoing is on record."""
    base = fill(store, lamp("f1", status="点灯"))
    before = state(store)
    tablet = Tablet(store)
    change = tablet.change(
        "update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ"), "name": (None, "甲")}
    )
    change["geometry"] = {"old": POINT, "new": MOVED}
    tablet.push(change)
    receipt = office.undo(change["change_id"], note="取り違え")
    assert receipt["status"] == "applied"
    assert state(store)[:3] == before[:3]
    with store.snapshot() as snapshot:
        undoing = snapshot.sync.change(receipt["change_id"])
    assert undoing is not None
    assert (undoing.body["undoes"], undoing.body["note"]) == (change["change_id"], "取り違え")


def test_undo_of_an_insert_and_of_a_delete(store: GeoPackageStore, office: Office) -> None:
    """The one takes the feature away, the other brings it back whole."""
    fill(store)
    tablet = Tablet(store)
    insert = {**tablet.change("insert", "f1", fields={"name": (None, "甲")}), "geometry": {"new": POINT}}
    insert["located"] = {"method": "gps", "accuracy_m": 4}
    tablet.push(insert)
    whole = state(store)
    delete = tablet.change("delete", "f1", base_revision=store.revision())
    tablet.push(delete)
    assert office.undo(delete["change_id"])["status"] == "applied"
    assert state(store) == whole
    assert office.undo(insert["change_id"])["status"] == "merged"
    assert state(store) is None


def test_undo_does_not_overwrite_what_others_wrote_since(store: GeoPackageStore, office: Office) -> None:
    """It becomes a conflict, as any late change."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    first = tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")})
    tablet.push(first)
    tablet.push(tablet.change("update", "f1", base_revision=2, fields={"status": ("球切れ", "撤去")}))
    assert office.undo(first["change_id"])["status"] == "conflict"
    assert state(store)[0]["status"] == "撤去"


def test_a_deleted_feature_comes_back_as_it_was(store: GeoPackageStore, office: Office) -> None:
    """With its position; one that is there is not touched."""
    base = fill(store, lamp("f1", status="点灯"))
    before = state(store)
    with pytest.raises(SyncError) as raised:
        office.restore("lamp", "f1")
    assert raised.value.subject["code"] == "feature_not_deleted"
    tablet = Tablet(store)
    tablet.push(tablet.change("delete", "f1", base_revision=base))
    assert office.restore("lamp", "f1")["status"] == "applied"
    assert state(store) == before


def test_what_the_ledger_had_comes_back_though_no_tablet_may_write_it(store: GeoPackageStore, office: Office) -> None:
    """A code that the domain has not got, and a field that became required since: restored, undone, decided."""
    base = fill(store, lamp("f1", status="消灯"))
    wanted = replace(LAMP.field("name"), constraints=Constraints(required=True))
    fields = tuple(wanted if one.name == "name" else one for one in LAMP.fields)
    with store.transact(Author("office"), at=AT) as transaction:
        transaction.put_layer(replace(LAMP, fields=fields, definition_version=3))
    tablet = Tablet(store)
    mended = tablet.change("update", "f1", base_revision=base, fields={"status": ("消灯", "点灯")})
    same = tablet.change("update", "f1", base_revision=base, fields={"status": ("消灯", "消灯"), "height_m": (None, 5)})
    assert [one["status"] for one in tablet.push(same, mended)] == ["applied", "merged"]
    assert office.undo(mended["change_id"])["status"] == "applied"

    tablet.push(tablet.change("delete", "f1", base_revision=store.revision()))
    assert office.restore("lamp", "f1")["status"] == "applied"
    assert state(store)[0] == {"status": "消灯", "height_m": 5}

    late = tablet.change("update", "f1", base_revision=store.revision(), fields={"height_m": (5, 6)})
    tablet.push(tablet.change("delete", "f1", base_revision=store.revision()), late)
    (conflict,) = list_conflicts(store)
    resolve(office, conflict["conflict_id"], {"height_m": {"take": "incoming"}})
    assert state(store)[0] == {"status": "消灯", "height_m": 6}
    (receipt,) = tablet.push(tablet.change("update", "f1", fields={"status": ("消灯", "なし")}))
    assert receipt["problem"]["code"] == "not_in_domain"


def test_a_held_change_can_be_let_through(store: GeoPackageStore, office: Office) -> None:
    """The tablet with the predecessor fell into the river; what waited behind it follows."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    second = tablet.change("update", "f1", base_revision=base, after="lost", fields={"status": ("球切れ", "撤去")})
    third = tablet.change("update", "f1", base_revision=base, after=second["change_id"], fields={"name": (None, "甲")})
    tablet.push(second, third)
    receipt = office.release(second["change_id"])
    assert (receipt["status"], receipt["conflicts"]) == ("conflict", ["status"])
    assert state(store)[0] == {"status": "点灯", "name": "甲"}
    assert [one["status"] for one in tablet.push(second, third)] == ["conflict", "applied"]
    with pytest.raises(SyncError) as raised:
        office.release(second["change_id"])
    assert raised.value.subject["code"] == "change_not_waiting"


def test_a_rejected_change_is_handed_on_with_a_mended_value(store: GeoPackageStore, office: Office) -> None:
    """Its successor follows, and the tablet hears of it when it asks again."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    bad = tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "消灯"), "name": (None, "甲")})
    after = tablet.change("update", "f1", base_revision=base, after=bad["change_id"], fields={"height_m": (None, 5)})
    tablet.push(bad, after)
    with pytest.raises(SyncError) as raised:
        office.hand_on(bad["change_id"])
    assert raised.value.subject["code"] == "not_in_domain"
    receipt = office.hand_on(bad["change_id"], fields={"status": "球切れ"}, note="消灯は球切れ")
    assert (receipt["change_id"], receipt["status"]) == (bad["change_id"], "applied")
    assert state(store)[0] == {"status": "球切れ", "name": "甲", "height_m": 5.0}
    assert [one["status"] for one in tablet.push(bad, after)] == ["applied", "applied"]


def test_changes_that_wait_for_each_other_can_be_let_through(store: GeoPackageStore, office: Office) -> None:
    """A chain that bites its own tail ends in no loop."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    first = tablet.change("delete", "f1", base_revision=base)
    second = tablet.change("update", "f1", base_revision=base, after=first["change_id"], fields={"name": (None, "甲")})
    first["after"] = second["change_id"]
    alone = tablet.change("delete", "f1", base_revision=base)
    alone["after"] = alone["change_id"]
    assert [one["status"] for one in tablet.push(first, second, alone)] == ["held"] * 3
    assert office.release(first["change_id"])["status"] == "conflict"
    assert office.release(alone["change_id"])["status"] == "conflict"
    assert state(store)[0] == {"status": "点灯", "name": "甲"}


def test_a_point_outside_the_world_is_mended_and_handed_on(store: GeoPackageStore, office: Office) -> None:
    """Longitude and latitude had been swapped."""
    fill(store)
    tablet = Tablet(store)
    bad = {**tablet.change("insert", "f1"), "geometry": {"new": {"type": "Point", "coordinates": [36.14, 137.25]}}}
    assert tablet.push(bad)[0]["status"] == "rejected"
    office.hand_on(bad["change_id"], geometry=POINT)
    assert state(store)[1] == "POINT (137.25 36.14)"


def test_a_change_that_never_came_is_told(store: GeoPackageStore, office: Office) -> None:
    """For all that asks for one."""
    for ask in (office.undo, office.release, office.hand_on):
        with pytest.raises(SyncError) as raised:
            ask("x")
        assert raised.value.subject["code"] == "change_unknown"


def test_undo_of_a_change_that_agreed_takes_nothing_of_another_author_back(
    store: GeoPackageStore, office: Office
) -> None:
    """Two crews saw the same broken lamp: the second one wrote nothing, so there is nothing of it to take back."""
    base = fill(store, lamp("f1", status="点灯"))
    fields = {"status": ("点灯", "球切れ")}
    first, second = Tablet(store, "tablet-a"), Tablet(store, "tablet-b")
    first.push(first.change("update", "f1", base_revision=base, fields=fields))
    agreeing = second.change("update", "f1", base_revision=base, fields=fields)
    assert second.push(agreeing)[0]["status"] == "merged"

    with pytest.raises(SyncError) as error:
        office.undo(agreeing["change_id"])

    assert error.value.subject["code"] == "nothing_to_undo"
    assert state(store)[0]["status"] == "球切れ"
