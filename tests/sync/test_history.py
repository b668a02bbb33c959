"""The history of a feature, undo by revision, what was deleted, and layers as they were."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from gis_capture.errors import LayerError, SyncError
from gis_capture.model import Attachment, Feature
from gis_capture.store import GeoPackageStore, open_store
from gis_capture.store.protocol import Author
from gis_capture.sync.history import feature_history, list_deleted
from gis_capture.sync.office import Office
from tests.sync.tablets import AT, LAMP, POINT, Tablet, fill, lamp, new_id

MOVED = {"type": "Point", "coordinates": [137.26, 36.15]}
PHOTO = {"sha256": "ab" * 32, "name": "1.jpg", "size_bytes": 3, "media_type": "image/jpeg"}


@pytest.fixture
def office(store: GeoPackageStore) -> Office:
    """A person at the office."""
    return Office(store, Author("office", "係長"), lambda: AT, new_id)


def told(store: GeoPackageStore) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, author and changed values of each entry, newest first."""
    entries = feature_history(store, "lamp", "f1")["entries"]
    return [
        (one["kind"], one["author"], {field["field"]: (field["from"], field["to"]) for field in one["fields"]})
        for one in entries
    ]


def test_a_life_is_told_from_its_end_to_its_beginning(store: GeoPackageStore, office: Office) -> None:
    """Added, edited with a photo and another place, deleted, restored: who, from which value to which, and where."""
    base = fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    edit = tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}, attachments=[PHOTO])
    edit["geometry"] = {"old": POINT, "new": MOVED}
    tablet.push(edit)
    tablet.push(tablet.change("delete", "f1", base_revision=store.revision()))
    office.restore("lamp", "f1")

    history = feature_history(store, "lamp", "f1")
    assert told(store) == [
        ("restore", "係長", {"status": (None, "球切れ")}),
        ("delete", "班員", {"status": ("球切れ", None)}),
        ("update", "班員", {"status": ("点灯", "球切れ")}),
        ("insert", "係長", {"status": (None, "点灯")}),
    ]
    update = history["entries"][2]
    assert update["geometry"] == {"from": POINT, "to": MOVED}
    assert [photo["name"] for photo in update["attached"]] == ["1.jpg"]
    assert update["changes"][0]["change_id"] == edit["change_id"]
    assert update["changes"][0]["position"]["lon"] == 137.25
    assert (history["is_deleted"], update["at"]) == (False, AT)
    assert [entry["revision"] for entry in history["entries"]] == [4, 3, 2, 1]


def test_what_never_was_has_no_history(store: GeoPackageStore) -> None:
    """An id or a layer that is not known is told, not shown as an empty page."""
    fill(store)
    with pytest.raises(SyncError) as error:
        feature_history(store, "lamp", "f9")
    assert error.value.subject["code"] == "feature_unknown"
    with pytest.raises(LayerError):
        feature_history(store, "lump", "f9")


def test_an_import_is_named_by_its_file(store: GeoPackageStore) -> None:
    """The author of imported values is the source they came from."""
    fill(store)
    with store.transact(Author("import:i1"), at=AT, note="街路灯.csv") as transaction:
        transaction.insert([lamp("f1", status="点灯")])
        transaction.put_import({"import_id": "i1", "source_name": "街路灯.csv", "layer": "lamp"}, [])
    assert feature_history(store, "lamp", "f1")["entries"][0]["source_name"] == "街路灯.csv"


def edit_in_store(store: GeoPackageStore, **values: Any) -> int:
    """Writes values as an import or another program does: by no change that was pushed."""
    feature = store.feature("lamp", "f1")
    assert feature
    with store.transact(Author("direct edit"), at=AT) as transaction:
        transaction.update(replace(feature, fields={**feature.fields, **values}, geometry=Point(137.3, 36.2)))
        return transaction.revision


def test_what_no_tablet_wrote_can_be_undone_too(store: GeoPackageStore, office: Office) -> None:
    """By its revision: values and place are those before, and the undoing is in the history."""
    fill(store, lamp("f1", status="点灯", name="甲"))
    before = store.feature("lamp", "f1")
    revision = edit_in_store(store, status="球切れ", name="乙")

    receipt = office.undo_revision("lamp", "f1", revision, note="取り違え")

    after = store.feature("lamp", "f1")
    assert receipt["status"] == "applied"
    assert (
        after
        and before
        and (after.fields, after.geometry, after.position)
        == (
            before.fields,
            before.geometry,
            before.position,
        )
    )
    assert told(store)[0] == ("update", "係長", {"status": ("球切れ", "点灯"), "name": ("乙", "甲")})


def test_undo_of_undo_is_the_state_before(store: GeoPackageStore, office: Office) -> None:
    """Twice the inverse is the change itself, photos included."""
    fill(store, lamp("f1", status="点灯"))
    tablet = Tablet(store)
    tablet.push(tablet.change("update", "f1", base_revision=1, fields={"status": ("点灯", None)}, attachments=[PHOTO]))
    edited = store.feature("lamp", "f1")
    office.undo_revision("lamp", "f1", 2)
    between = store.feature("lamp", "f1")
    office.undo_revision("lamp", "f1", 3)
    again = store.feature("lamp", "f1")

    assert edited and between and again
    assert (between.fields["status"], between.attachments) == ("点灯", ())
    assert (again.fields, again.attachments) == (edited.fields, edited.attachments)


def test_undoing_an_insert_deletes_and_undoing_that_restores(store: GeoPackageStore, office: Office) -> None:
    """Each way, by its revision."""
    revision = fill(store, lamp("f1", status="点灯"))
    office.undo_revision("lamp", "f1", revision)
    assert store.feature("lamp", "f1") is None
    office.undo_revision("lamp", "f1", revision + 1)
    assert [kind for kind, _, _ in told(store)] == ["restore", "delete", "insert"]


def test_what_others_wrote_since_becomes_a_conflict(store: GeoPackageStore, office: Office) -> None:
    """Undo overwrites nobody: their value stays, the former one is in a record; other fields are turned back."""
    fill(store, lamp("f1", status="点灯", name="甲"))
    tablet = Tablet(store)
    tablet.push(
        tablet.change("update", "f1", base_revision=1, fields={"status": ("点灯", "球切れ"), "name": ("甲", "乙")})
    )
    tablet.push(tablet.change("update", "f1", base_revision=2, fields={"status": ("球切れ", "撤去")}))

    receipt = office.undo_revision("lamp", "f1", 2)

    feature = store.feature("lamp", "f1")
    assert (receipt["status"], receipt["conflicts"]) == ("conflict", ["status"])
    assert feature and (feature.fields["status"], feature.fields["name"]) == ("撤去", "甲")


def test_a_revision_that_did_nothing_to_the_feature_is_told(store: GeoPackageStore, office: Office) -> None:
    """Nothing is written for it; a deletion that was made good is not undone again."""
    fill(store, lamp("f1", status="点灯"), lamp("f2"))
    tablet = Tablet(store)
    tablet.push(tablet.change("update", "f2", base_revision=1, fields={"status": (None, "点灯")}))
    tablet.push(tablet.change("delete", "f1", base_revision=2))
    office.restore("lamp", "f1")
    for revision, code in ((2, "nothing_to_undo"), (99, "nothing_to_undo"), (3, "feature_not_deleted")):
        with pytest.raises(SyncError) as error:
            office.undo_revision("lamp", "f1", revision)
        assert error.value.subject["code"] == code
    assert store.revision() == 4


def test_deleted_features_are_listed_newest_first(store: GeoPackageStore, office: Office) -> None:
    """Found by any value but hidden ones; what was restored is not among them; a page says whether there is more."""
    fill(store, *(lamp(f"f{n}", number=f"A-{n}", owner="山田") for n in range(4)))
    for n in (1, 2, 3):
        tablet = Tablet(store)
        tablet.push(tablet.change("delete", f"f{n}", base_revision=store.revision()))
    office.restore("lamp", "f2")
    tablet.push(tablet.change("delete", "f2", base_revision=store.revision()))
    office.restore("lamp", "f1")

    found = list_deleted(store, "lamp", limit=10)
    assert [(one["feature_id"], one["label"]) for one in found["features"]] == [("f2", "A-2"), ("f3", "A-3")]
    assert [one["author"] for one in found["features"]] == ["班員", "班員"]
    assert list_deleted(store, "lamp", limit=1)["has_more"]
    assert [one["label"] for one in list_deleted(store, "lamp", text="A-3", limit=9)["features"]] == ["A-3"]
    assert len(list_deleted(store, "lamp", text="山田", limit=9)["features"]) == 2
    hidden = list_deleted(store, "lamp", text="山田", limit=9, hidden=["owner"])
    assert hidden["features"] == []


def test_a_conflict_names_who_wrote_the_clashing_value(store: GeoPackageStore) -> None:
    """Not who wrote the feature last: with their place, their time and the photos of both sides."""
    fill(store, lamp("f1", status="点灯"))
    where = {"lon": 137.3, "lat": 36.2, "accuracy_m": 3}
    first, second, third = (Tablet(store, f"tablet-{n}") for n in (1, 2, 3))
    mine = first.change("update", "f1", base_revision=1, fields={"status": ("点灯", "球切れ")}, attachments=[PHOTO])
    first.push({**mine, "position": where, "made_at": "2026-11-23T01:00:00Z"})
    second.push(second.change("update", "f1", base_revision=1, fields={"height_m": (None, 4.5)}))
    other = {**PHOTO, "sha256": "cd" * 32, "name": "2.jpg"}
    third.push(third.change("update", "f1", base_revision=1, fields={"status": ("点灯", "撤去")}, attachments=[other]))

    with store.snapshot() as moment:
        [(_, conflict)] = moment.sync.conflicts()
    stored, incoming = conflict.stored_by, conflict.incoming_by
    assert (stored["device_id"], stored["made_at"], stored["position"]) == ("tablet-1", "2026-11-23T01:00:00Z", where)
    assert [photo["name"] for photo in stored["photos"]] == ["1.jpg"]
    assert (incoming["device_id"], [photo["name"] for photo in incoming["photos"]]) == ("tablet-3", ["2.jpg"])


def test_a_conflict_with_a_deletion_names_who_deleted(store: GeoPackageStore) -> None:
    """Also where the layer takes the incoming values."""
    for number, rule in enumerate(("keep_stored", "take_incoming")):
        layer = replace(LAMP, on_conflict=rule, definition_version=3 + number)  # type: ignore[arg-type]
        fill(store, lamp(f"d{number}", status="点灯"), layers=(layer,))
        base = store.revision()
        first, second = Tablet(store, "tablet-1"), Tablet(store, "tablet-2")
        first.push(first.change("delete", f"d{number}", base_revision=base))
        second.push(second.change("update", f"d{number}", base_revision=base, fields={"status": ("点灯", "撤去")}))
    with store.snapshot() as moment:
        writers = [conflict.stored_by["device_id"] for _, conflict in moment.sync.conflicts()]
    assert writers == ["tablet-1", "tablet-1"]


NAMES = ("f1", "f2", "f3")
STEP = st.tuples(
    st.sampled_from(["put", "delete", "rename", "photo", "twice"]), st.sampled_from(NAMES), st.integers(0, 5)
)


@settings(max_examples=25)
@given(st.lists(st.lists(STEP, min_size=1, max_size=3), min_size=1, max_size=8))
def test_a_layer_as_it_was_is_what_was_there_then(revisions: list[list[tuple[str, str, int]]]) -> None:
    """Whatever was inserted, updated, deleted, inserted again, given photos, in one revision or several."""
    with TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "layers.gpkg", create=True)
        layer, n_renamed = LAMP, 0
        fill(store)
        seen: dict[int, dict[str, Feature]] = {1: {}}
        for steps in revisions:
            with store.transact(Author("x"), at=AT) as transaction:
                for what, name, number in steps:
                    there = transaction.feature("lamp", name)
                    values = {field.name: None for field in layer.fields} | {layer.fields[3].name: number / 3}
                    if what == "rename":
                        n_renamed += 1
                        fields = list(layer.fields)
                        fields[3] = replace(fields[3], name=f"height_{n_renamed}_m")
                        version = layer.definition_version + 1
                        layer = replace(layer, fields=tuple(fields), definition_version=version)
                        transaction.put_layer(layer)
                    elif what == "delete":
                        if there:
                            transaction.delete("lamp", name)
                    elif there is None:
                        transaction.insert([replace(lamp(name), fields=values, geometry=Point(137, 36 + number))])
                    elif what == "photo":
                        photos = (*there.attachments, Attachment(f"{number}" * 64, "a", 1, "image/png"))
                        transaction.update(replace(there, attachments=photos))
                    else:
                        transaction.update(replace(there, fields=values, geometry=Point(137, 36 + number)))
                        if what == "twice":
                            transaction.delete("lamp", name)
                            transaction.insert([replace(there, fields=values)])
            seen[store.revision()] = {one.feature_id: one for one in store.features("lamp")}

        for revision, features in seen.items():
            then = list(store.features_at("lamp", revision))
            expected = {name: _by_place(one) for name, one in features.items()}
            assert {one.feature_id: _by_place(one) for one in then} == expected
            assert len(then) == len(features)
        store.close()


def _by_place(feature: Feature) -> Any:
    """A feature without the names of its fields, which the present definition decides."""
    values = sorted(str(value) for value in feature.fields.values() if value is not None)
    return feature.geometry, values, feature.attachments, feature.revision
