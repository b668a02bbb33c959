"""The order of arrival decides nothing silently, and no prefix of what was sent is done twice."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gis_capture.store import open_store
from gis_capture.store.geopackage.store import GeoPackageStore
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.sync.push import push
from tests.sync.tablets import AT, Tablet, fill, lamp, new_id, new_ids

NAMES = ("name", "height_m", "seen_at")
VALUES = {"name": ("甲", "乙", None, ""), "height_m": (1.5, 2, 0.0), "seen_at": (AT, "2026-11-24T00:00:00Z")}
EDIT = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(VALUES[name])))
PUSHES = st.lists(
    st.lists(st.tuples(st.sampled_from(["f1", "f2"]), EDIT), max_size=3, unique_by=lambda one: (one[0], one[1][0])),
    min_size=3,
    max_size=3,
)


@contextmanager
def two_lamps() -> Iterator[GeoPackageStore]:
    """A store with two lamps whose fields are empty."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "layers.gpkg", create=True)
        fill(store, lamp("f1"), lamp("f2"))
        yield store
        store.close()


def messages_of(pushes: list[Any]) -> list[dict[str, Any]]:
    """One push of each tablet: all of them saw the same empty fields."""
    messages = []
    for number, edits in enumerate(pushes):
        tablet = Tablet(None, f"tablet-{number}", ids=new_ids(number + 1))  # type: ignore[arg-type]
        changes = [
            tablet.change("update", feature_id, base_revision=1, fields={name: (None, value)})
            for feature_id, (name, value) in edits
        ]
        messages.append(tablet.message(*changes))
    return messages


def outcome(store: GeoPackageStore) -> tuple[dict[Any, set[Any]], dict[Any, Any]]:
    """By feature and field: all values that are stored or on record; and the stored ones."""
    kept: dict[Any, set[Any]] = {}
    stored = {}
    for feature in store.features("lamp"):
        for name in NAMES:
            stored[feature.feature_id, name] = feature.fields[name]
            kept[feature.feature_id, name] = {feature.fields[name]}
    for record in list_conflicts(store):
        for clash in record["fields"]:
            kept[record["feature_id"], clash["field"]] |= {clash["stored"], clash["incoming"]}
    return kept, stored


@settings(max_examples=4)
@given(PUSHES)
def test_the_same_edits_in_any_order_keep_the_same_values(pushes: list[Any]) -> None:
    """What nobody else writes is stored whatever came first; what clashes is all there, stored or on record."""
    messages, outcomes = messages_of(pushes), []
    for order in itertools.permutations(messages):
        with two_lamps() as store:
            for message in order:
                push(store, message, clock=lambda: AT, new_id=new_id)
            outcomes.append(outcome(store))
    kept, stored = outcomes[0]
    for other_kept, other_stored in outcomes[1:]:
        assert other_kept == kept
        assert {key: value for key, value in other_stored.items() if len(kept[key]) == 1} == {
            key: value for key, value in stored.items() if len(kept[key]) == 1
        }


@settings(max_examples=8)
@given(PUSHES, st.data())
def test_any_prefix_may_come_again(pushes: list[Any], data: st.DataObject) -> None:
    """Whatever has come once gets the same receipts again, in the midst of the rest, and changes nothing."""
    messages = messages_of(pushes)
    with two_lamps() as store:
        receipts = []
        for number, message in enumerate(messages):
            receipts.append(push(store, message, clock=lambda: AT, new_id=new_id)["receipts"])
            before = (store.revision(), outcome(store))
            for again in range(data.draw(st.integers(0, number + 1))):
                cut = data.draw(st.integers(0, len(messages[again]["changes"])))
                part = {**messages[again], "changes": messages[again]["changes"][:cut]}
                repeated = push(store, part, clock=lambda: AT, new_id=new_id)["receipts"]
                assert repeated == receipts[again][:cut]
            assert (store.revision(), outcome(store)) == before
