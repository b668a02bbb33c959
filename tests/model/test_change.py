"""The laws of changes."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gis_capture.errors import FeatureError
from gis_capture.model import ABSENT, GEOMETRY, Attachment, Change, Edit, PositionQuality, State

IDENTITY: dict[str, Any] = {"change_id": "c", "layer": "street_light", "feature_id": "f"}
VALUES = st.none() | st.sampled_from(["点灯", "球切れ", "", "𠮷"]) | st.integers(-3, 3) | st.floats(allow_nan=False)
POINTS = st.tuples(st.integers(130, 132), st.integers(30, 32)).map(lambda xy: {"type": "Point", "coordinates": [*xy]})
STATES = st.none() | st.fixed_dictionaries(
    {"name": VALUES, "status": VALUES, GEOMETRY: st.none() | POINTS},
)
CHANGES = st.builds(
    Change,
    change_id=st.uuids().map(str),
    layer=st.just("street_light"),
    feature_id=st.uuids().map(str),
    kind=st.sampled_from(["insert", "update", "delete"]),
    edits=st.dictionaries(
        st.sampled_from(["name", "状態", GEOMETRY]), st.builds(Edit, VALUES | st.just(ABSENT), VALUES | st.just(ABSENT))
    ),
    attached=st.lists(
        st.builds(
            Attachment,
            sha256=st.text("0123456789abcdef", min_size=3),
            name=st.text(),
            size_bytes=st.integers(0),
            media_type=st.just("image/jpeg"),
        ),
        max_size=2,
    ).map(tuple),
    located=st.none() | st.builds(PositionQuality, st.just("gps"), st.floats(0, 100)),
    after=st.none() | st.uuids().map(str),
    base_revision=st.none() | st.integers(0, 2**40),
    extra=st.dictionaries(st.sampled_from(["x-app", "later"]), VALUES),
)


def between(before: State | None, after: State | None) -> Change:
    """The change from one state to another."""
    return Change.between(before, after, **IDENTITY)


def plain(state: State | None) -> dict[str, Any] | None:
    """A state without its empty values: a missing name means None."""
    return None if state is None else {name: value for name, value in state.items() if value is not None}


@given(STATES, STATES)
def test_a_change_leads_from_the_one_state_to_the_other(before: State | None, after: State | None) -> None:
    """Applying the difference of two states to the first gives the second."""
    assume((before, after) != (None, None))
    assert plain(between(before, after).apply_to(before)) == plain(after)


@given(STATES, STATES)
def test_the_inverse_leads_back(before: State | None, after: State | None) -> None:
    """Undoing is the change the other way round."""
    assume((before, after) != (None, None))
    assert ~between(before, after) == between(after, before)


@given(CHANGES)
def test_inverting_twice_gives_the_same_change(change: Change) -> None:
    """Invert is its own inverse, attachments included."""
    assert ~~change == change


@given(STATES, STATES, STATES)
def test_two_changes_add_up_to_the_direct_one(a: State | None, b: State | None, c: State | None) -> None:
    """Composition is what the truth table says; insert and delete leave nothing."""
    assume((a, b) != (None, None) and (b, c) != (None, None))
    total = between(a, b) + between(b, c)
    assert total == (None if a is None and c is None else between(a, c))


@given(STATES, STATES, STATES, STATES)
def test_composition_is_associative(a: State | None, b: State | None, c: State | None, d: State | None) -> None:
    """It does not matter which two of three changes are added first."""
    pairs = [(a, b), (b, c), (c, d), (a, c), (b, d)]
    assume(all(pair != (None, None) for pair in pairs))
    x, y, z = between(a, b), between(b, c), between(c, d)
    left, right = x + y, y + z
    assert left is not None and right is not None
    assert left + z == x + right


@given(CHANGES)
def test_json_round_trip(change: Change) -> None:
    """Nothing is lost on the way through JSON, not even what this version does not know."""
    assert Change.from_json(change.to_json()) == change


def test_unknown_keys_are_kept() -> None:
    """A newer tablet's keys survive an older reader."""
    body = {**IDENTITY, "kind": "update", "fields": {}, "mood": {"weather": "雨"}}
    assert Change.from_json(body).to_json()["mood"] == {"weather": "雨"}


def test_a_value_that_was_not_seen_is_not_an_empty_one() -> None:
    """A missing "old" stays missing; null is a value."""
    body = {**IDENTITY, "kind": "update", "fields": {"name": {"new": "a"}, "status": {"old": None, "new": "b"}}}
    change = Change.from_json(body)
    assert change.edits == {"name": Edit(ABSENT, "a"), "status": Edit(None, "b")}
    assert change.to_json()["fields"] == body["fields"]


@pytest.mark.parametrize(("first", "second"), [("insert", "insert"), ("update", "insert"), ("delete", "update")])
def test_a_sequence_that_cannot_be_is_refused(first: str, second: str) -> None:
    """Where the truth table has a dash, composing raises."""
    one, two = (Change.from_json({**IDENTITY, "kind": kind, "fields": {}}) for kind in (first, second))
    with pytest.raises(FeatureError):
        one + two


def test_a_photo_added_and_taken_away_leaves_nothing() -> None:
    """Attachments compose like values, by their hash."""
    photo = Attachment("ab", "a.jpg", 1, "image/jpeg")
    added = Change(**IDENTITY, kind="update", attached=(photo,))
    total = added + ~added
    assert total is not None and (total.attached, total.detached) == ((), ())
