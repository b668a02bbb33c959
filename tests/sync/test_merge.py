"""The table of the merge, line by line, and what holds for all of it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.model import ABSENT, Attachment, Change, Clash, Edit
from gis_capture.sync.merge import Merge, Situation, merge

STORED = {"name": "宮川橋", "status": "点灯"}


def change(kind: Any = "update", **edits: Edit) -> Change:
    """A change of the feature of these tests."""
    return Change("c", "bridge", "f", kind, edits=edits)


def meet(stored: dict[str, Any] | None, one: Change, *, seen: dict[str, Any] | None = None, **options: Any) -> Merge:
    """Merges a change whose author saw `seen`; somebody else wrote meanwhile, unless said otherwise."""
    at: dict[str, Any] = {"deleted": None, "is_untouched": False, "same": lambda _, a, b: a == b, **options}
    return merge(one, Situation(stored=stored, seen=seen, **at))


def test_what_nobody_else_touched_is_applied() -> None:
    """The plain case."""
    merged = meet(STORED, change(status=Edit("点灯", "球切れ")), is_untouched=True)
    assert merged == Merge("applied", {**STORED, "status": "球切れ"}, frozenset({"status"}))


def test_edits_of_other_fields_are_merged() -> None:
    """Theirs: the name. Mine: the status. Both stay."""
    merged = meet({**STORED, "name": "宮川大橋"}, change(status=Edit("点灯", "球切れ")))
    assert merged == Merge("merged", {"name": "宮川大橋", "status": "球切れ"}, frozenset({"status"}))


def test_the_same_value_twice_is_no_clash() -> None:
    """Two crews see the same broken lamp."""
    merged = meet({**STORED, "status": "球切れ"}, change(status=Edit("点灯", "球切れ")))
    assert (merged.status, merged.written, merged.clashes) == ("merged", frozenset(), ())


def test_other_values_clash_and_the_rest_goes_through() -> None:
    """The stored value stays, mine is kept beside it with what I had seen; the field nobody else touched is written."""
    mine = change(status=Edit("点灯", "球切れ"), name=Edit("宮川橋", "宮川大橋"))
    merged = meet({**STORED, "status": "撤去"}, mine)
    assert merged.state == {"name": "宮川大橋", "status": "撤去"}
    assert merged.clashes == (Clash("status", "点灯", "撤去", "球切れ"),)
    assert merged.status == "conflict"


def test_back_to_the_value_that_was_seen_is_no_clash() -> None:
    """A to B to A: judged by value, whatever happened in between."""
    assert meet(STORED, change(status=Edit("点灯", "球切れ"))).status == "merged"


def test_a_value_that_was_not_changed_is_no_edit() -> None:
    """Old and new are the same: it must not bring the old value back."""
    merged = meet({**STORED, "status": "撤去"}, change(status=Edit("点灯", "点灯")))
    assert (merged.status, merged.written) == ("merged", frozenset())


def test_without_an_old_value_the_base_is_asked() -> None:
    """And where that is not known either, writing over a value unseen is a clash."""
    one = change(status=Edit(new="球切れ"))
    assert meet(STORED, one, seen={"status": "点灯"}).status == "merged"
    assert meet(STORED, one).clashes == (Clash("status", ABSENT, "点灯", "球切れ"),)


def test_an_update_of_a_deleted_feature_is_kept_on_record() -> None:
    """It stays deleted; all my values are in the record, photos too."""
    mine = change(status=Edit("点灯", "球切れ"))
    photo = Attachment("ab", "a.jpg", 1, "image/jpeg")
    mine = Change("c", "bridge", "f", "update", edits=mine.edits, attached=(photo,))
    merged = meet(None, mine, deleted=STORED)
    assert (merged.state, merged.status, merged.stored_kind) == (None, "conflict", "delete")
    assert merged.clashes == (
        Clash("status", "点灯", incoming="球切れ"),
        Clash("attachments", incoming=[photo.to_json()]),
    )


def test_a_delete_of_an_edited_feature_is_kept_on_record() -> None:
    """The feature stays with the edit; the wish to delete is recorded."""
    merged = meet({**STORED, "status": "球切れ"}, change("delete"), seen=STORED)
    assert merged.state == {**STORED, "status": "球切れ"}
    assert merged.clashes == (Clash("status", "点灯", stored="球切れ"),)


def test_a_delete_of_what_was_seen_goes_through() -> None:
    """Also when somebody changed it and changed it back."""
    assert meet(STORED, change("delete"), seen=STORED).state is None
    assert meet(STORED, change("delete"), seen=STORED).status == "merged"
    assert meet(STORED, change("delete"), seen=STORED, is_untouched=True).status == "applied"


def test_a_delete_by_somebody_who_saw_nothing_is_kept_on_record() -> None:
    """Order of arrival never decides silently."""
    merged = meet(STORED, change("delete"))
    assert (merged.state, merged.status) == (STORED, "conflict")


def test_two_deletes_are_one() -> None:
    """Nobody wants it any more."""
    assert meet(None, change("delete"), deleted=STORED) == Merge("merged", None)


def test_the_same_insert_again_adds_nothing() -> None:
    """Same feature, same body: merged, no second row."""
    insert = change("insert", **{name: Edit(None, value) for name, value in STORED.items()})
    assert meet(STORED, insert) == Merge("merged", STORED)


def test_another_body_under_a_known_feature_is_compared_field_by_field() -> None:
    """What differs is a conflict, also where the stored value is empty."""
    merged = meet({**STORED, "note": None}, change("insert", name=Edit(None, "宮川橋"), note=Edit(None, "要補修")))
    assert merged.state == {**STORED, "note": None}
    assert merged.clashes == (Clash("note", None, None, "要補修"),)


def test_an_insert_of_a_deleted_feature_needs_to_have_seen_the_deletion() -> None:
    """A late copy of an insert does not bring a deleted feature back; a restoration does."""
    insert = change("insert", name=Edit(None, "宮川橋"))
    assert meet(None, insert, deleted=STORED).state is None
    assert meet(None, insert, deleted=STORED, is_untouched=True).status == "applied"


@pytest.mark.parametrize(
    ("stored", "deleted", "mine", "state"),
    [
        ({**STORED, "status": "撤去"}, None, change(status=Edit("点灯", "球切れ")), {**STORED, "status": "球切れ"}),
        (None, STORED, change(status=Edit("点灯", "球切れ")), {**STORED, "status": "球切れ"}),
        ({**STORED, "status": "撤去"}, None, change("delete"), None),
    ],
)
def test_a_layer_may_take_the_incoming_value(stored: Any, deleted: Any, mine: Change, state: Any) -> None:
    """The clash is on record all the same, with what was overwritten."""
    merged = meet(stored, mine, deleted=deleted, seen=STORED, takes_incoming=True)
    assert (merged.state, merged.status) == (state, "conflict")
    assert merged.clashes


VALUES = st.none() | st.sampled_from(["", "点灯", "球切れ"])
STATES = st.fixed_dictionaries({"name": VALUES, "status": VALUES})


@given(seen=STATES, stored=st.none() | STATES, wanted=st.none() | STATES, takes_incoming=st.booleans())
def test_every_value_of_either_side_survives(seen: Any, stored: Any, wanted: Any, takes_incoming: bool) -> None:
    """After any merge, a value that one side made stands in the layer or in the record of what clashed."""
    identity = {"change_id": "c", "layer": "bridge", "feature_id": "f"}
    mine = Change.between(seen, wanted, **identity)
    merged = meet(stored, mine, seen=seen, deleted=seen, takes_incoming=takes_incoming)
    kept = {(clash.field, value) for clash in merged.clashes for value in (clash.stored, clash.incoming)}
    kept |= set((merged.state or {}).items())
    theirs = {(name, value) for name, value in (stored or {}).items() if value != seen[name]}
    mine_values = {(name, edit.new) for name, edit in mine.edits.items() if mine.kind == "update"}
    assert mine_values <= kept
    assert theirs <= kept


def test_a_delete_that_names_some_values_does_not_take_the_others_with_it() -> None:
    """Who says only what they saw in one field may not have seen the rest."""
    merged = meet(STORED, change("delete", name=Edit("宮川橋", ABSENT)), seen={"name": "宮川橋"})
    assert (merged.status, merged.state) == ("conflict", STORED)
    assert [clash.field for clash in merged.clashes] == ["status"]


@pytest.mark.parametrize(
    ("stored", "incoming", "kept"),
    [("2026-11-20", "2026-11-23", "2026-11-23"), ("2026-11-24", "2026-11-23", "2026-11-24")],
)
def test_of_two_visits_the_later_date_stays_without_a_clash(stored: str, incoming: str, kept: str) -> None:
    """Two crews looked at the same lamp on different days; neither is wrong."""
    visit = replace(change(inspected_on=Edit("2025-04-01", incoming)), extra={"is_visit": True})
    merged = meet({**STORED, "inspected_on": stored}, visit)
    assert merged.state is not None
    assert (merged.status, merged.state["inspected_on"], merged.clashes) == ("merged", kept, ())


def test_only_dates_of_a_visit_are_spared_a_clash() -> None:
    """What else a visit writes, and what an undo of one brings back, is merged as everything is."""
    visit = replace(change(status=Edit("点灯", "球切れ")), extra={"is_visit": True})
    assert meet({**STORED, "status": "撤去"}, visit).status == "conflict"
    dated = {**STORED, "inspected_on": "2026-11-24"}
    undo = replace(change(inspected_on=Edit("2026-11-23", "2025-04-01")), extra={"is_visit": True, "undoes": 7})
    assert meet(dated, undo).status == "conflict"
