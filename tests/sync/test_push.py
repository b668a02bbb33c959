"""What a push does, seen from the tablet and from the store."""

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gis_capture.errors import SyncError
from gis_capture.model import Feature
from gis_capture.store import open_store
from gis_capture.store.geopackage.store import GeoPackageStore
from gis_capture.store.protocol import Author
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.sync.messages import schema
from gis_capture.sync.push import push
from tests.sync.tablets import AT, LAMP, POINT, POLE, Tablet, fill, lamp, new_id

PHOTO = {"sha256": "ab" * 32, "name": "a.jpg", "size_bytes": 81234, "media_type": "image/jpeg"}


def test_an_insert_an_update_and_a_delete_are_applied(store: GeoPackageStore) -> None:
    """The plain way of one tablet; each receipt names the revision that holds the result."""
    fill(store)
    tablet = Tablet(store)
    insert = tablet.change("insert", "f1", fields={"number": (None, "K-01"), "status": (None, "点灯")})
    insert["geometry"] = {"old": None, "new": POINT}
    assert tablet.push(insert) == [
        {"change_id": insert["change_id"], "status": "applied", "revision": 2, "conflicts": [], "problem": None}
    ]
    feature = store.feature("lamp", "f1")
    assert feature is not None
    assert (feature.fields["number"], feature.fields["status"], feature.revision) == ("K-01", "点灯", 2)
    assert feature.position.method == "field"
    update = tablet.change("update", "f1", base_revision=2, fields={"status": ("点灯", "球切れ")})
    assert tablet.push(update)[0]["revision"] == 3
    assert tablet.push(tablet.change("delete", "f1", base_revision=3))[0]["status"] == "applied"
    assert store.feature("lamp", "f1") is None
    assert store.author_of(3)[0] == Author("tablet-1", "班員")


def test_the_answer_fits_its_schema_and_names_the_epoch(store: GeoPackageStore) -> None:
    """With all kinds of receipts in it."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    changes = [
        tablet.change("update", "f1", base_revision=base, fields={"status": ("球切れ", "撤去")}),
        tablet.change("update", "f1", base_revision=base, fields={"name": (None, "甲"), "height_m": (None, -1)}),
        tablet.change("update", "f1", after="gone"),
        {"change_id": 5},
    ]
    answer = push(store, tablet.message(*changes), clock=lambda: AT, new_id=new_id)
    Draft202012Validator(schema("receipts")).validate(answer)
    assert [receipt["status"] for receipt in answer["receipts"]] == ["conflict", "rejected", "held", "rejected"]
    assert (answer["epoch"], answer["revision"]) == (store.epoch, store.revision())


def test_a_lost_answer_costs_nothing(store: GeoPackageStore) -> None:
    """The same push again gives the same receipts, no second row and no new revision."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    changes = [
        tablet.change("insert", "f2", fields={"number": (None, "K-02")}),
        tablet.change("update", "f1", base_revision=base, fields={"status": ("球切れ", "撤去")}),
        tablet.change("update", "f1", fields={"height_m": (None, "high")}),
    ]
    first = tablet.push(*changes)
    revision = store.revision()
    assert tablet.push(*changes) == first
    assert [receipt["status"] for receipt in first] == ["applied", "conflict", "rejected"]
    assert store.revision() == revision
    assert store.count("lamp") == 2
    assert len(list_conflicts(store)) == 1


def test_another_body_under_a_known_id_is_rejected_and_both_are_kept(store: GeoPackageStore) -> None:
    """An id alone does not make two changes the same."""
    fill(store)
    tablet = Tablet(store)
    first = tablet.change("insert", "f1", fields={"name": (None, "甲")})
    other = {**first, "fields": {"name": {"old": None, "new": "乙"}}}
    tablet.push(first)
    for _ in range(2):
        (receipt,) = tablet.push(other)
        assert (receipt["status"], receipt["problem"]["code"]) == ("rejected", "change_id_reused")
    with store.snapshot() as snapshot:
        (kept,) = snapshot.sync.other_bodies(first["change_id"])
        known = snapshot.sync.change(first["change_id"])
    assert (kept.body, known and known.body) == (other, first)
    assert tablet.push(first)[0]["status"] == "applied"


def test_one_bad_change_does_not_block_the_others(store: GeoPackageStore) -> None:
    """Every kind of bad one stands between good ones; each says what is wrong in both languages."""
    fill(store, lamp("f1", number="K-01"))
    tablet = Tablet(store)
    bad: dict[str, Any] = {
        "not_in_domain": tablet.change("insert", "b1", fields={"status": (None, "消灯")}),
        "layer_unknown": {**tablet.change("insert", "b2"), "layer": "bridge"},
        "feature_unknown": tablet.change("update", "b3", fields={"name": ("a", "b")}),
        "base_revision_unknown": tablet.change("update", "f1", base_revision=99, fields={"name": (None, "b")}),
        "unique_clash": tablet.change("insert", "b4", fields={"number": (None, "K-01")}),
        "geometry_type": {
            **tablet.change("insert", "b5"),
            "geometry": {"new": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
        },
        "position_outside_world": {
            **tablet.change("insert", "b6"),
            "geometry": {"new": {"type": "Point", "coordinates": [36.14, 137.25]}},
        },
        "malformed_change": {**tablet.change("update", "f1"), "kind": "move"},
    }
    good = [tablet.change("insert", f"g{number}", fields={"name": (None, "甲")}) for number in range(len(bad) + 1)]
    mixed = [change for pair in zip(good, bad.values(), strict=False) for change in pair] + good[-1:]
    receipts = tablet.push(*mixed)
    assert [receipt["problem"]["code"] for receipt in receipts[1::2]] == list(bad)
    assert {receipt["status"] for receipt in receipts[::2]} == {"applied"}
    assert all(set(receipt["problem"]["message"]) == {"ja", "en"} for receipt in receipts[1::2])
    assert store.count("lamp") == len(good) + 1
    with store.snapshot() as snapshot:
        assert [one.body for one in snapshot.sync.changes(statuses=("rejected",))] == list(bad.values())


def test_a_unique_clash_names_the_other_feature(store: GeoPackageStore) -> None:
    """So that the clerk finds it; the feature itself may keep its own value."""
    base = fill(store, lamp("f1", number="K-01", name="駅前"), lamp("f2", number="K-02"))
    tablet = Tablet(store)
    (receipt,) = tablet.push(tablet.change("update", "f2", base_revision=base, fields={"number": ("K-02", "K-01")}))
    assert receipt["problem"]["feature_id"] == "f1"
    assert "K-01 駅前" in receipt["problem"]["message"]["ja"]
    swap = tablet.change(
        "update", "f1", base_revision=base, fields={"number": ("K-01", "K-01"), "name": ("駅前", "甲")}
    )
    assert tablet.push(swap)[0]["status"] == "applied"


def test_what_came_too_early_waits_and_follows(store: GeoPackageStore) -> None:
    """In the same push or in a later one; the tablet that asks again hears of it."""
    fill(store)
    tablet = Tablet(store)
    insert = tablet.change("insert", "f1", fields={"name": (None, "甲")})
    second = tablet.change("update", "f1", after=insert["change_id"], fields={"name": ("甲", "乙")})
    third = tablet.change("update", "f1", after=second["change_id"], fields={"name": ("乙", "丙")})
    assert [receipt["status"] for receipt in tablet.push(third, second)] == ["held", "held"]
    assert store.feature("lamp", "f1") is None
    assert tablet.push(insert)[0]["status"] == "applied"
    feature = store.feature("lamp", "f1")
    assert feature is not None and feature.fields["name"] == "丙"
    assert [receipt["status"] for receipt in tablet.push(second, third)] == ["applied", "applied"]


def test_a_long_chain_that_comes_in_the_wrong_order_is_stored(store: GeoPackageStore) -> None:
    """The first change of the day comes last."""
    fill(store)
    tablet = Tablet(store)
    changes = [tablet.change("insert", "f1", fields={"height_m": (None, 0)})]
    for height in range(400):
        edit = {"height_m": (height, height + 1)}
        changes.append(tablet.change("update", "f1", after=changes[-1]["change_id"], fields=edit))
    receipts = tablet.push(*changes[::-1])
    assert {receipt["status"] for receipt in receipts} == {"applied"}
    feature = store.feature("lamp", "f1")
    assert feature is not None and feature.fields["height_m"] == 400


def test_the_successor_of_a_rejected_change_is_held(store: GeoPackageStore) -> None:
    """Its values were made on top of what the layer never got."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    bad = tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "消灯")})
    after = tablet.change("update", "f1", base_revision=base, after=bad["change_id"], fields={"name": (None, "甲")})
    receipts = tablet.push(bad, after)
    assert [receipt["status"] for receipt in receipts] == ["rejected", "held"]
    assert receipts[1]["problem"]["code"] == "predecessor_not_stored"


def test_edits_of_other_crews_merge_field_by_field(store: GeoPackageStore) -> None:
    """One wrote the name, one the status; then a third, late, another status."""
    base = fill(store, lamp("f1", name="駅前", status="点灯"))
    one, two, three = (Tablet(store, device_id=name) for name in ("one", "two", "three"))
    edits = [("name", ("駅前", "駅西")), ("status", ("点灯", "球切れ")), ("status", ("点灯", "撤去"))]
    statuses = [
        tablet.push(tablet.change("update", "f1", base_revision=base, fields={name: edit}))[0]["status"]
        for tablet, (name, edit) in zip((one, two, three), edits, strict=True)
    ]
    assert statuses == ["applied", "merged", "conflict"]
    (record,) = list_conflicts(store)
    assert record["fields"] == [
        {"field": "status", "base": "点灯", "stored": "球切れ", "incoming": "撤去", "state": "open"}
    ]
    assert (record["stored_by"]["device_id"], record["incoming_by"]["device_id"]) == ("two", "three")
    assert record["incoming_by"]["position"] == {"lon": 137.25, "lat": 36.14, "accuracy_m": 4}


def test_ones_own_chain_is_no_foreign_edit(store: GeoPackageStore) -> None:
    """Update, update, delete of one author in one outing: applied, though the base is the same for all."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    first = tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")})
    second = {**tablet.change("update", "f1", base_revision=base, after=first["change_id"]), "attachments": [PHOTO]}
    third = tablet.change("delete", "f1", base_revision=base, after=second["change_id"])
    assert [receipt["status"] for receipt in tablet.push(first, second, third)] == ["applied"] * 3
    assert store.feature("lamp", "f1") is None


def test_an_edit_of_a_field_that_the_insert_left_empty_stops_its_authors_delete(store: GeoPackageStore) -> None:
    """Who made a feature saw that all else was empty, though no pull has told them a revision."""
    fill(store)
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    insert = one.change("insert", "f1", fields={"name": (None, "甲")})
    one.push(insert)
    two.push(two.change("update", "f1", base_revision=store.revision(), fields={"height_m": (None, 5)}))
    (receipt,) = one.push(one.change("delete", "f1", after=insert["change_id"]))
    assert (receipt["status"], receipt["conflicts"]) == ("conflict", ["height_m"])
    update = one.change("update", "f1", after=insert["change_id"], fields={"status": (None, "点灯")})
    del update["fields"]["status"]["old"]
    assert one.push(update)[0]["status"] == "merged"


def test_somebody_elses_photo_stops_a_delete(store: GeoPackageStore) -> None:
    """A photo is an edit like any other."""
    base = fill(store, lamp("f1", status="点灯"))
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    one.push({**one.change("update", "f1", base_revision=base), "attachments": [PHOTO]})
    (receipt,) = two.push(two.change("delete", "f1", base_revision=base))
    assert (receipt["status"], receipt["conflicts"]) == ("conflict", ["attachments"])
    assert store.feature("lamp", "f1") is not None


def test_the_same_insert_under_another_id_gets_the_first_receipt(store: GeoPackageStore) -> None:
    """A tablet that gave its outbox new ids after a move adds no second row."""
    fill(store)
    tablet = Tablet(store)
    first = tablet.change("insert", "f1", fields={"name": (None, "甲")})
    again = {**first, "change_id": new_id()}
    (one,), (two,) = tablet.push(first), tablet.push(again)
    assert two == {**one, "change_id": again["change_id"]}
    assert store.count("lamp") == 1


def test_a_field_that_is_gone_keeps_its_value_on_record(store: GeoPackageStore) -> None:
    """The rest of an old tablet's change is stored."""
    base = fill(store, lamp("f1", name="駅前"))
    fields = {"name": ("駅前", "駅西"), "colour": ("白", "黄")}
    tablet = Tablet(store)
    (receipt,) = tablet.push(tablet.change("update", "f1", base_revision=base, definition_version=1, fields=fields))
    assert (receipt["status"], receipt["conflicts"]) == ("conflict", ["colour"])
    feature = store.feature("lamp", "f1")
    assert feature is not None and feature.fields["name"] == "駅西"
    (record,) = list_conflicts(store)
    assert record["fields"] == [{"field": "colour", "base": "白", "incoming": "黄", "state": "open"}]


def test_photos_are_added_once_and_can_be_taken_away(store: GeoPackageStore) -> None:
    """Two crews add two photos; one of them goes again."""
    base = fill(store, lamp("f1"))
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two")
    other = {**PHOTO, "sha256": "cd" * 32}
    one.push({**one.change("update", "f1", base_revision=base), "attachments": [PHOTO, PHOTO]})
    two.push({**two.change("update", "f1", base_revision=base), "attachments": [other]})
    feature = store.feature("lamp", "f1")
    assert feature is not None and [photo.sha256[:2] for photo in feature.attachments] == ["ab", "cd"]
    two.push({**two.change("update", "f1", base_revision=feature.revision), "detached": [PHOTO]})
    feature = store.feature("lamp", "f1")
    assert feature is not None and [photo.sha256[:2] for photo in feature.attachments] == ["cd"]


def test_how_a_position_was_found_is_kept(store: GeoPackageStore) -> None:
    """The tablet says it with the geometry; without a word it was found in the field."""
    base = fill(store, lamp("f1"))
    tablet = Tablet(store)
    moved = {"old": POINT, "new": {"type": "Point", "coordinates": [137.26, 36.15]}}
    change = tablet.change("update", "f1", base_revision=base, geometry=moved)
    tablet.push({**change, "located": {"method": "gps", "accuracy_m": 3.5}})
    feature = store.feature("lamp", "f1")
    assert feature is not None
    assert (feature.position.method, feature.position.accuracy_m) == ("gps", 3.5)
    assert shapely.to_wkt(feature.geometry) == "POINT (137.26 36.15)"


def test_a_missing_parent_is_told_not_refused(store: GeoPackageStore) -> None:
    """Also when the parent is deleted under its children."""
    fill(store)
    tablet = Tablet(store)
    pole = {**tablet.change("insert", "p1"), "layer": "pole"}
    child, orphan = (
        tablet.change("insert", name, fields={"pole": (None, to)}) for name, to in (("c", "p1"), ("o", "p2"))
    )
    receipts = tablet.push(pole, child, orphan)
    assert [receipt["status"] for receipt in receipts] == ["applied"] * 3
    assert [receipt["problem"] and receipt["problem"]["code"] for receipt in receipts] == [None, None, "parent_missing"]
    delete = {**tablet.change("delete", "p1", base_revision=store.revision()), "layer": "pole"}
    (receipt,) = tablet.push(delete)
    assert (receipt["status"], receipt["problem"]["code"]) == ("applied", "children_left")
    assert receipt["problem"]["feature_id"] == "c"


def test_a_layer_that_takes_the_incoming_value_keeps_the_other_on_record(store: GeoPackageStore) -> None:
    """The record shows what was overwritten."""
    layers = (POLE, replace(LAMP, on_conflict="take_incoming"))
    base = fill(store, lamp("f1", status="撤去"), layers=layers)
    tablet = Tablet(store)
    (receipt,) = tablet.push(tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}))
    assert receipt["status"] == "conflict"
    feature = store.feature("lamp", "f1")
    assert feature is not None and feature.fields["status"] == "球切れ"
    (record,) = list_conflicts(store)
    assert (record["taken"], record["fields"][0]["stored"]) == ("incoming", "撤去")


def test_another_epoch_applies_nothing(store: GeoPackageStore) -> None:
    """The tablet pulls first."""
    fill(store)
    tablet = Tablet(store)
    with pytest.raises(SyncError) as raised:
        tablet.push(tablet.change("insert", "f1"), epoch="other")
    assert raised.value.subject["code"] == "epoch_changed"
    assert store.count("lamp") == 0
    assert tablet.push(tablet.change("insert", "f1"), epoch=store.epoch)[0]["status"] == "applied"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ([], "malformed_message"),
        ({"format": "gis-capture.push/v2", "device_id": "d", "changes": []}, "malformed_message"),
        ({"format": "gis-capture.push/v1", "changes": []}, "malformed_message"),
        ({"format": "gis-capture.push/v1", "device_id": "d", "changes": {}}, "malformed_message"),
        ({"format": "gis-capture.push/v1", "device_id": "d", "changes": [{}] * 1001}, "too_many_changes"),
    ],
)
def test_a_message_of_another_kind_is_refused(store: GeoPackageStore, message: Any, code: str) -> None:
    """As a whole, in words for people."""
    with pytest.raises(SyncError) as raised:
        push(store, message, clock=lambda: AT, new_id=new_id)
    assert raised.value.subject["code"] == code


def test_a_push_that_fails_half_way_has_not_happened(store: GeoPackageStore) -> None:
    """Neither features nor receipts; the retry does all of it."""
    base = fill(store, lamp("f1", status="撤去"))
    tablet = Tablet(store)
    changes = [
        tablet.change("insert", "f2"),
        tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}),
    ]

    def no_id() -> str:
        raise MemoryError

    with pytest.raises(MemoryError):
        push(store, tablet.message(*changes), clock=lambda: AT, new_id=no_id)
    assert (store.count("lamp"), store.revision()) == (1, base)
    assert [receipt["status"] for receipt in tablet.push(*changes)] == ["applied", "conflict"]


def test_instants_are_points_in_time(store: GeoPackageStore) -> None:
    """Seen as written by one program, stored as written by another: no clash."""
    base = fill(store, lamp("f1", seen_at="2026-11-23T02:10:00Z"))
    tablet = Tablet(store)
    seen = {"seen_at": ("2026-11-23T11:10:00+09:00", "2026-11-23T03:00:00.5Z")}
    (receipt,) = tablet.push(tablet.change("update", "f1", base_revision=base, fields=seen))
    assert receipt["status"] == "applied"


@pytest.mark.parametrize("n_lamps", [200, 20_000])
def test_the_work_of_a_push_hangs_on_its_edits_and_not_on_the_layer(tmp_path: Path, n_lamps: int) -> None:
    """SQLite's own steps are counted, in thousands; all lamps stand on one spot: each is the layer's edge."""
    store = open_store(tmp_path / "layers.gpkg", create=True)
    base = fill(store, *(lamp(f"f{number}", number=f"K-{number}", status="点灯") for number in range(n_lamps)))
    tablet, n_steps = Tablet(store), itertools.count()
    edits = {"status": ("点灯", "球切れ"), "name": (None, "駅前")}
    place = {"old": None, "new": {"type": "Point", "coordinates": [137.3, 36.2]}}
    changes = [tablet.change("update", f"f{n}", base_revision=base, fields=edits) for n in range(0, 200, 4)]
    changes += [
        tablet.change("insert", f"g{n}", fields={"number": (None, f"G-{n}")}, geometry=place) for n in range(50)
    ]
    changes += [tablet.change("delete", f"f{n}", base_revision=base) for n in range(1, 200, 4)]
    tablet.push(tablet.change("insert", "first"))  # indexes fields, once for ever
    store._writer.set_progress_handler(lambda: next(n_steps) < 0, 1000)

    assert {receipt["status"] for receipt in tablet.push(*changes)} == {"applied"}

    store._writer.set_progress_handler(None, 0)
    assert 0 < next(n_steps) < 100
    store.close()


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just("\ud800")
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
KEYS = ("change_id", "layer", "feature_id", "kind", "after", "base_revision", "fields", "geometry", "attachments")
BODIES = JSON | st.builds(
    lambda plain, strange: {**plain, **strange},
    st.fixed_dictionaries(
        {
            "change_id": st.uuids().map(str),
            "layer": st.sampled_from(["lamp", "pole", "x"]),
            "feature_id": st.sampled_from(["f1", "f2"]),
            "kind": st.sampled_from(["insert", "update", "delete"]),
            "fields": st.dictionaries(
                st.sampled_from(["name", "height_m", "seen_at", "x", "\ud800"]),
                st.fixed_dictionaries({"old": SCALARS, "new": SCALARS}),
            ),
        }
    ),
    st.dictionaries(st.sampled_from(KEYS), JSON, max_size=2),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(BODIES, max_size=4))
def test_whatever_comes_gets_a_receipt(store: GeoPackageStore, bodies: list[Any]) -> None:
    """No change, however strange, stops a push; each body is in the layer, on record or kept."""
    if not store.layers():
        fill(store, lamp("f1", name="駅前"))
    tablet = Tablet(store, device_id="fuzz")
    message = {**tablet.message(), "changes": bodies, "author": "\ud800"}
    answer = push(store, message, clock=lambda: AT, new_id=new_id)
    assert len(answer["receipts"]) == len(bodies)
    Draft202012Validator(schema("receipts")).validate(answer)
    again = push(store, message, clock=lambda: AT, new_id=new_id)
    assert [one["status"] for one in again["receipts"]] == [one["status"] for one in answer["receipts"]]


def test_features_beyond_the_layer_are_untouched(store: GeoPackageStore) -> None:
    """The same feature_id in two layers is two features."""
    base = fill(store, lamp("same", name="甲"), Feature("pole", "same", None, {"number": "7"}))
    tablet = Tablet(store)
    tablet.push(tablet.change("delete", "same", base_revision=base))
    assert store.feature("lamp", "same") is None
    assert store.feature("pole", "same") is not None


def test_pushes_that_arrive_together_are_all_stored(store: GeoPackageStore) -> None:
    """At the end of the day the tablets come back at once; two of them edited the same lamp."""
    base = fill(store, lamp("f1", status="点灯"))
    tablets = [Tablet(store, device_id=f"tablet-{number}") for number in range(6)]

    def send(tablet: Tablet) -> list[dict[str, Any]]:
        inserts = [tablet.change("insert", f"{tablet.device_id}-{number}") for number in range(20)]
        edit = {"status": ("点灯", "球切れ" if tablet.device_id < "tablet-3" else "撤去")}
        return tablet.push(*inserts, tablet.change("update", "f1", base_revision=base, fields=edit))

    with ThreadPoolExecutor(len(tablets)) as pool:
        receipts = list(pool.map(send, tablets))
    assert store.count("lamp") == 1 + 6 * 20
    assert Counter(of_tablet[-1]["status"] for of_tablet in receipts) == {"applied": 1, "merged": 2, "conflict": 3}
    assert len(list_conflicts(store)) == 3
