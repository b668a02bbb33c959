"""The history: every state a feature ever had, against an oracle that keeps everything."""

import tempfile
from dataclasses import replace
from itertools import islice
from pathlib import Path

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_capture.geopackage.connection import connect
from gis_capture.model import Attachment, Feature
from gis_capture.store import open_store
from tests.store.lamps import AT, LAMPS, OFFICE, lamp

IDS = ("a", "b", "c")
values = st.fixed_dictionaries(
    {
        "x": st.sampled_from([0.1 + 0.2, 137.25, 138.0]),
        "power_w": st.none() | st.floats(0, 1000),
        "status": st.sampled_from([None, "点灯", "球切れ"]),
        "is_led": st.sampled_from([None, True, False]),
    }
)
steps = st.tuples(st.sampled_from(IDS), st.none() | values)
"""An id, and what it becomes: None = deleted."""


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(steps, min_size=1, max_size=4), max_size=8))
def test_every_revision_can_be_read_again(revisions: list[list[tuple[str, dict[str, object] | None]]]) -> None:
    """Inserts, updates, deletes and restores, several of one feature in one revision too."""
    past: list[dict[str, Feature]] = [{}]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "s.gpkg", create=True)
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.put_layer(LAMPS)
        past.append({})
        for changes in revisions:
            present = dict(past[-1])
            with store.transact(OFFICE, at=AT) as transaction:
                for feature_id, fields in changes:
                    if fields is None:
                        if present.pop(feature_id, None):
                            transaction.delete("lamp", feature_id)
                        continue
                    feature = lamp(feature_id, **fields)  # type: ignore[arg-type]
                    if feature_id in present:
                        transaction.update(feature)
                    else:
                        transaction.insert([feature])
                    present[feature_id] = replace(feature, revision=transaction.revision)
            while len(past) <= store.revision():
                past.append(present)

        for revision, expected in enumerate(past):
            found = {one: store.feature_at("lamp", one, revision) for one in IDS}
            assert {one: state for one, state in found.items() if state} == expected
        with store.snapshot() as snapshot:
            for since, then in enumerate(past):
                place = (since, 2**62)
                changed = {one.feature_id for _, one in snapshot.changed("lamp", after=place)}
                gone = {one.feature_id for one in snapshot.deletions(["lamp"], after=place)}
                now = past[-1]
                assert changed == {one for one in now if now[one].revision > since}
                assert gone >= then.keys() - now.keys()
                assert not gone & now.keys()
        assert store.check_integrity() == []
        store.close()


def test_an_import_stores_nothing_twice(path, store, write) -> None:  # type: ignore[no-untyped-def]
    """The newest state of a feature is in its layer only."""
    write(*(lamp(f"l{number}") for number in range(50)))
    store.close()

    database = connect(path)
    assert database.execute("SELECT count(*) FROM gis_capture_history").fetchone() == (0,)
    database.close()


def test_a_deleted_feature_can_be_restored_with_its_values(store, write) -> None:  # type: ignore[no-untyped-def]
    """Its last state says which revision deleted it; restored, it is no deletion any more."""
    write(lamp("a", status="球切れ"))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.delete("lamp", "a")
    with store.transact(OFFICE, at=AT) as transaction:
        last = transaction.deleted("lamp", "a")
        transaction.insert([last])

    with store.snapshot() as snapshot:
        assert list(snapshot.deletions(["lamp"], after=(0, 0))) == []
    assert (last.revision, last.fields["status"]) == (2, "球切れ")
    assert store.feature("lamp", "a").geometry == shapely.Point(137.25, 36.14)


def test_photos_stay_through_edits_and_come_back_with_what_was_deleted(store, write) -> None:  # type: ignore[no-untyped-def]
    """Each state has the photos it had."""
    photo = Attachment("ab" * 32, "写真.jpg", 812, "image/jpeg", AT)
    write(replace(lamp("a"), attachments=(photo,)))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.update(replace(transaction.feature("lamp", "a"), fields={"status": "球切れ"}))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.update(replace(transaction.feature("lamp", "a"), attachments=()))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.delete("lamp", "a")
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([store.feature_at("lamp", "a", 2)])

    states = [store.feature_at("lamp", "a", revision) for revision in range(1, 6)]
    assert [state and len(state.attachments) for state in states] == [1, 1, 0, None, 1]


def test_changes_are_read_in_order_and_in_pieces(store, write) -> None:  # type: ignore[no-untyped-def]
    """From the place where one stopped, everything follows once, whatever the size of a piece."""
    write(*(lamp(f"l{number}") for number in range(7)))
    with store.transact(OFFICE, at=AT) as transaction:
        for number in (5, 1, 3):
            transaction.update(lamp(f"l{number}", status="球切れ"))

    read, place = [], (0, 0)
    with store.snapshot() as snapshot:
        while piece := list(islice(snapshot.changed("lamp", after=place), 2)):
            read += [feature.feature_id for _, feature in piece]
            place = (piece[-1][1].revision, piece[-1][0])
        first = [one.feature_id for _, one in snapshot.changed("lamp", after=(0, 0), until=1)]

    assert read == ["l0", "l2", "l4", "l6", "l1", "l3", "l5"]
    assert first == read[:4]
