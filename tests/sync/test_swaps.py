"""Rows that pass unique values on to each other come in together, in whatever order they are sent."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace
from tests.sync.out_files import edited, fid_id, make_workspace
from tests.sync.tablets import Tablet


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Thirty lamps, whose numbers are unique."""
    with make_workspace(tmp_path / "w") as made:
        yield made


def numbers(workspace: Workspace, *fids: int) -> list[Any]:
    """The numbers of some lamps."""
    found = {one.feature_id: one.fields["number"] for one in workspace.store.features("lamp")}
    return [found.get(fid_id(fid)) for fid in fids]


def renumber(tablet: Tablet, fid: int, old: str, new: str, **keys: Any) -> dict[str, Any]:
    """A change of one number."""
    return tablet.change("update", fid_id(fid), fields={"number": (old, new)}, base_revision=1, **keys)


def statuses(receipts: list[dict[str, Any]]) -> list[str]:
    """What became of changes."""
    return [one["status"] for one in receipts]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_values_that_are_passed_on_arrive_in_any_order(workspace: Workspace, order: tuple[int, ...]) -> None:
    """One takes the number that the next one gives up, the last one a new number."""
    tablet = Tablet(workspace.store)
    changes = [renumber(tablet, 2, "A-2", "A-3"), renumber(tablet, 3, "A-3", "A-4"), renumber(tablet, 4, "A-4", "B-1")]

    receipts = tablet.push(*(changes[place] for place in order))

    assert statuses(receipts) == ["applied"] * 3 and numbers(workspace, 2, 3, 4) == ["A-3", "A-4", "B-1"]
    assert [one["change_id"] for one in receipts] == [changes[place]["change_id"] for place in order]


def test_a_ring_of_values_goes_round(workspace: Workspace) -> None:
    """Three rows, each with the number of the next; a replay gives the same receipts."""
    tablet = Tablet(workspace.store)
    ring = [renumber(tablet, 2, "A-2", "A-3"), renumber(tablet, 3, "A-3", "A-4"), renumber(tablet, 4, "A-4", "A-2")]

    first = tablet.push(*ring)
    again = tablet.push(*ring)

    assert statuses(first) == ["applied"] * 3 and again == first
    assert numbers(workspace, 2, 3, 4) == ["A-3", "A-4", "A-2"]


def test_a_ring_that_does_not_close_is_told_and_no_value_stands_twice(workspace: Workspace) -> None:
    """Another tablet renumbered one of the rows: it keeps its number, and who wanted that number is told."""
    Tablet(workspace.store).push(renumber(Tablet(workspace.store), 3, "A-3", "C-1"))
    tablet = Tablet(workspace.store)

    receipts = tablet.push(
        renumber(tablet, 2, "A-2", "A-3"), renumber(tablet, 3, "A-3", "C-2"), renumber(tablet, 5, "A-5", "A-2")
    )

    assert statuses(receipts) == ["applied", "conflict", "applied"]
    assert numbers(workspace, 2, 3, 5) == ["A-3", "C-1", "A-2"] and len(list_conflicts(workspace.store)) == 1


def test_a_ring_of_which_one_change_is_bad_stays_as_it_was(workspace: Workspace) -> None:
    """One of two swapping rows has a text for a number of metres: it is rejected, and so is who wanted its number."""
    tablet = Tablet(workspace.store)
    bad = renumber(tablet, 3, "A-3", "A-2")
    bad["fields"]["height_m"] = {"old": 4.5, "new": ["高い"]}

    receipts = tablet.push(renumber(tablet, 2, "A-2", "A-3"), bad, renumber(tablet, 5, "A-5", "B-1"))

    assert statuses(receipts) == ["rejected", "rejected", "applied"]
    assert receipts[0]["problem"]["code"] == "unique_clash"
    assert numbers(workspace, 2, 3, 5) == ["A-2", "A-3", "B-1"]


def test_changes_of_one_row_keep_their_order(workspace: Workspace) -> None:
    """A row goes over a number for the time being, as a person swaps two by hand."""
    tablet = Tablet(workspace.store)
    away = renumber(tablet, 2, "A-2", "X")
    back = renumber(tablet, 2, "X", "A-3", after=away["change_id"])

    receipts = tablet.push(away, back, renumber(tablet, 3, "A-3", "A-2"))

    assert statuses(receipts) == ["applied"] * 3 and numbers(workspace, 2, 3) == ["A-3", "A-2"]


def test_swapped_rows_of_a_returned_file_come_in(workspace: Workspace, tmp_path: Path) -> None:
    """Two rows swapped, a row given the number of one above it, and a new row with a number given up; once."""
    out = tmp_path / "out.gpkg"
    workspace.checkout(out)
    with edited(out) as db:
        db.execute("UPDATE lamp SET number = 'tmp' WHERE fid = 2")
        db.execute("UPDATE lamp SET number = 'A-2' WHERE fid = 3")
        db.execute("UPDATE lamp SET number = 'A-3' WHERE fid = 2")
        db.execute("UPDATE lamp SET number = 'Z-1' WHERE fid = 9")
        db.execute("UPDATE lamp SET number = 'A-9' WHERE fid = 8")
        db.execute("INSERT INTO lamp (number) VALUES ('A-8')")

    first = workspace.checkin(out)
    again = workspace.checkin(out)

    assert first.counts == {"applied": 5} and numbers(workspace, 2, 3, 8, 9) == ["A-3", "A-2", "A-9", "Z-1"]
    assert again.receipts == first.receipts


def test_a_long_shift_of_numbers_comes_in(tmp_path: Path) -> None:
    """Every row takes the number of the one after it, over more than one message."""
    with make_workspace(tmp_path / "w", n_lamps=1_200) as workspace:
        out = tmp_path / "out.gpkg"
        workspace.checkout(out)
        with edited(out) as db:
            db.execute("UPDATE lamp SET number = 'x-' || (fid + 1)")
            db.execute("UPDATE lamp SET number = 'A-' || substr(number, 3)")

        result = workspace.checkin(out)

        assert result.counts == {"applied": 1_200}
        assert numbers(workspace, 1, 2, 1_000, 1_200) == ["A-2", "A-3", "A-1001", "A-1201"]
