"""Ledgers on paper in a workspace: decisions of several people merge, and confirmed tables become ordinary sources."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.errors import SourceError
from gis_capture.workspace import Workspace
from gis_capture.workspace.backups import restore
from gis_capture.workspace.scanned import Choice, Review
from gis_capture.workspace.scanned.decisions import DecisionLog, Place
from gis_capture.workspace.scanned.source_refs import SOURCE_REF, SourceRef, format_ref, parse_ref
from tests.paper.scanned import ROWS, box_of, fill_scanned, scanned_ledger

RIGHT = {Place(0, 2, 1): "LED", Place(0, 4, 1): "LED", Place(0, 3, 0): "L-003", Place(0, 1, 2): "36.1478"}


def choices(**texts: str) -> list[Choice]:
    """Choices by "r3c0"-like names."""
    return [Choice(Place(0, int(name[1]), int(name[3])), text) for name, text in texts.items()]


def test_decisions_of_two_merge_and_the_later_on_the_same_cell_is_told(workspace: Workspace) -> None:
    """What stands stays until its author has seen it and decides again."""
    scan_id, scanned = fill_scanned(workspace), workspace.scanned
    first = scanned.decide(scan_id, choices(r2c1="LED"), seen=0, author="甲")
    assert (first.n_decisions, first.clashes) == (1, ())
    second = scanned.decide(scan_id, choices(r2c1="LEO", r3c0="L-003"), seen=0, author="乙")
    assert [(one.wanted, one.stands.text, one.stands.author) for one in second.clashes] == [("LEO", "LED", "甲")]
    assert [(one.text, one.author) for one in second.news] == [("LED", "甲"), ("L-003", "乙")]
    review = scanned.review(scan_id)
    assert review.text(Place(0, 2, 1)) == "LED" and review.text(Place(0, 3, 0)) == "L-003"
    again = scanned.decide(scan_id, choices(r2c1="LEO"), seen=second.n_decisions, author="乙")
    assert again.clashes == () and scanned.review(scan_id).text(Place(0, 2, 1)) == "LEO"
    scanned.decide(scan_id, [Choice(Place(0, 2, 1), None)], seen=3, author="甲")
    assert scanned.review(scan_id).is_open(Place(0, 2, 1)), "what was taken back waits again"
    kept = DecisionLog(workspace.folder.scanned_dir / scan_id / "decisions.jsonl").read()
    assert [(one.number, one.author) for one in kept] == [(1, "甲"), (2, "乙"), (3, "乙"), (4, "甲")]


def test_the_same_decision_of_two_is_one(workspace: Workspace) -> None:
    """Agreement is no clash, and nothing is written twice."""
    scan_id = fill_scanned(workspace)
    for author in ("甲", "乙"):
        outcome = workspace.scanned.decide(scan_id, choices(r2c1="LED"), seen=0, author=author)
        assert (outcome.clashes, outcome.n_decisions) == ((), 1)


def test_many_at_once_lose_nothing(workspace: Workspace) -> None:
    """Each of several writers finds all its decisions in the file, numbered through."""
    scan_id = fill_scanned(workspace)
    places = [Place(0, row, column) for row in range(1, 5) for column in range(4)]

    def write(mine: list[Place]) -> None:
        for place in mine:
            workspace.scanned.decide(scan_id, [Choice(place, f"{place}")], seen=0, author="係")

    writers = [threading.Thread(target=write, args=(places[n::4],)) for n in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    kept = workspace.scanned.review(scan_id)
    assert {place: kept.text(place) for place in places} == {place: f"{place}" for place in places}
    assert [one.number for one in kept.decisions] == list(range(1, 17))


def test_line_that_a_power_cut_left_takes_no_other_with_it(tmp_path: Path) -> None:
    """It is no decision; those before and after it are."""
    log = DecisionLog(tmp_path / "decisions.jsonl")
    log.add(choices(r1c0="甲"), seen=0, author="係", at="2026-11-23T00:00:00Z")
    with log.path.open("ab") as file:
        file.write(b'{"number": 2, "table": 0, "ro')
    log.add(choices(r2c0="乙"), seen=1, author="係", at="2026-11-23T00:00:00Z")
    assert [one.text for one in log.read()] == ["甲", "乙"]


def test_cells_read_alike_are_decided_together() -> None:
    """Those that are accepted already, or of another column, are left alone."""
    review = Review(scanned_ledger(), ())
    assert review.counts() == {"n_cells": 20, "n_accepted": 16, "n_decided": 0, "n_open": 4}
    alike = review.similar_choices(Place(0, 2, 1), "LED")
    assert {one.place for one in alike} == {Place(0, 2, 1), Place(0, 4, 1)} and {one.text for one in alike} == {"LED"}
    assert review.cell_json(Place(0, 2, 1))["n_alike"] == 1


def test_confirmed_table_is_imported_like_any_ledger_and_tells_its_strip(workspace: Workspace) -> None:
    """Only when nothing waits; each feature knows the page and the box of its row."""
    scan_id, scanned = fill_scanned(workspace), workspace.scanned
    with pytest.raises(SourceError) as told:
        scanned.finish(scan_id, author="係")
    assert told.value.subject["code"] == "scanned_open"
    scanned.decide(scan_id, [Choice(place, text) for place, text in RIGHT.items()], seen=0, author="係")
    made = scanned.finish(scan_id, author="係")
    assert (made["n_rows"], made["file_name"]) == (4, "街路灯台帳.xlsx")
    path, _ = scanned.finished(scan_id)
    done = workspace.convert(path, layer="street_light", author="係")
    features = list(workspace.store.features("street_light"))
    assert done.import_id and len(features) == len(ROWS)
    for feature in features:
        row = workspace.store.provenance(feature.feature_id)
        assert row is not None
        ref = parse_ref(row.raw[SOURCE_REF])
        assert ref is not None and ref.scan_id == scan_id and ref.page == 1
        number = next(n for n, texts in enumerate(ROWS, 1) if texts[0] == row.raw["管理番号"])
        assert ref.box == (*box_of(number, 0)[:2], *box_of(number, 3)[2:])


def test_a_backup_holds_ledgers_on_paper_with_their_decisions(workspace: Workspace, tmp_path: Path) -> None:
    """Restored, the review goes on where it was, and the page is there to look at."""
    scan_id = fill_scanned(workspace)
    workspace.scanned.decide(scan_id, choices(r2c1="LED"), seen=0, author="甲")
    made = workspace.back_up(tmp_path / "b")
    restore(made.path, tmp_path / "again", at=workspace.clock(), new_id=workspace.new_id)

    with Workspace.open(tmp_path / "again") as again:
        review = again.scanned.review(scan_id)
        assert [(one.text, one.author) for one in review.decisions] == [("LED", "甲")]
        assert review.counts() == workspace.scanned.review(scan_id).counts()
        assert again.scanned.page(scan_id, 1)[0].read_bytes() == workspace.scanned.page(scan_id, 1)[0].read_bytes()
        assert again.scanned.get(scan_id)["name"] == "街路灯台帳.pdf"


@given(st.integers(1, 999), st.tuples(*[st.integers(0, 20_000)] * 4))
def test_reference_to_a_strip_is_read_back(page: int, sides: tuple[int, int, int, int]) -> None:
    """What is written in the column comes back; other texts are none."""
    left, top, width, height = sides
    ref = SourceRef("0190f3c0-0000-7000-8000-000000000000", page, (left, top, left + width, top + height))
    assert parse_ref(format_ref(ref)) == ref
    assert parse_ref(format_ref(ref)[1:]) is None and parse_ref(None) is None


def test_what_is_not_there_or_no_value_is_told(workspace: Workspace, tmp_path: Path) -> None:
    """Each with its code; nothing is written."""
    scan_id, scanned = fill_scanned(workspace), workspace.scanned
    for act, code in (
        (lambda: scanned.get("../secrets"), "scanned_unknown"),
        (lambda: scanned.decide(scan_id, choices(r9c9="x"), seen=0, author="係"), "scanned_unknown"),
        (lambda: scanned.decide(scan_id, choices(r1c0="x" * 3000), seen=0, author="係"), "scanned_decision"),
        (lambda: scanned.page(scan_id, 7), "scanned_unknown"),
        (lambda: scanned.finished(scan_id), "scanned_open"),
        (lambda: scanned.take(tmp_path / "a.exe", name="a.exe"), "scan_broken"),
    ):
        with pytest.raises(SourceError) as told:
            act()
        assert told.value.subject["code"] == code
    assert scanned.review(scan_id).decisions == []
    scanned.remove(scan_id)
    assert scanned.list() == [] and not (workspace.folder.scanned_dir / scan_id).exists()
