"""Ways in which other sync systems are known to lose what people captured, each played through ours.

The first half is how files are merged by row number (geodiff, Mergin Maps), the second how edits are queued and sent
(QField, QFieldCloud). Each test is named after what goes wrong there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely import Point

from gis_capture.errors import SourceError
from gis_capture.model import Change, Edit
from gis_capture.sync.attachments import list_missing
from gis_capture.sync.conflicts import list_conflicts, resolve
from gis_capture.sync.outbox_file import push_file
from gis_capture.workspace import Workspace
from tests.sync.out_files import edited, fid_id, make_workspace, statuses
from tests.sync.tablets import AT, Tablet, new_id

FAR_FIDS = (2**31, 2**32 + 1, 1_770_000_000_123, 2**53 + 1)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Thirty lamps and a pole."""
    with make_workspace(tmp_path / "w") as made:
        yield made
        assert made.check_integrity() == []


@pytest.fixture
def two(workspace: Workspace, tmp_path: Path) -> tuple[Path, Path]:
    """The same layers in the hands of two crews."""
    for name in ("theirs.gpkg", "mine.gpkg"):
        workspace.checkout(tmp_path / name, author=name)
    return tmp_path / "theirs.gpkg", tmp_path / "mine.gpkg"


def run(path: Path, *statements: str) -> None:
    """Edits a file."""
    with edited(path) as db:
        for statement in statements:
            db.execute(statement)


def check_in(workspace: Workspace, *paths: Path) -> list[list[str]]:
    """Checks files in, one after the other; gives what became of their changes."""
    return [[receipt["status"] for receipt in workspace.checkin(path).receipts] for path in paths]


def by_number(workspace: Workspace, layer: str = "lamp") -> dict[Any, Any]:
    """Features by what people call them."""
    return {one.fields["number"]: one for one in workspace.store.features(layer)}


def test_geodiff_1_relations_swap(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Both crews add row 2 and refer to it; each relation leads to the pole its crew added."""
    for path, name in zip(two, ("松", "楓"), strict=True):
        parent = f"{len(name)}{name}"
        run(
            path,
            f"INSERT INTO pole (fid, feature_id, number) VALUES (2, '{parent}', '{name}')",
            f"INSERT INTO lamp (number, pole) VALUES ('灯-{name}', '{parent}')",
        )

    assert check_in(workspace, *two) == [["applied"] * 2] * 2
    poles, lamps = by_number(workspace, "pole"), by_number(workspace)
    assert {lamps[f"灯-{name}"].fields["pole"] for name in "松楓"} == {poles[name].feature_id for name in "松楓"}
    assert all(lamps[f"灯-{name}"].fields["pole"] == poles[name].feature_id for name in "松楓")


def test_geodiff_2_text_keys_are_corrupted(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Keys that are words stay words when both sides add rows, and a deletion by such a key goes through."""
    theirs, mine = two
    run(theirs, "INSERT INTO lamp (number) VALUES ('K-03')", "DELETE FROM lamp WHERE number = 'A-30'")
    run(mine, "INSERT INTO lamp (number) VALUES ('K-04')", "DELETE FROM lamp WHERE number = 'A-29'")

    assert check_in(workspace, theirs, mine) == [["applied"] * 2] * 2
    numbers = set(by_number(workspace))
    assert {"K-03", "K-04"} <= numbers and not {"A-29", "A-30"} & numbers


def test_geodiff_3_a_lost_answer_doubles_rows(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """The same file, or the same message, is sent again: one row, the same receipts."""
    run(two[0], "INSERT INTO lamp (number) VALUES ('新')")
    tablet = Tablet(workspace.store)
    change = tablet.change("insert", fid_id(77), fields={"number": (None, "板")})

    first, again = check_in(workspace, two[0], two[0])
    assert first == again == ["applied"]
    assert tablet.push(change) == tablet.push(change)
    assert sorted(str(number) for number in by_number(workspace))[-2:] == ["新", "板"]
    assert len(statuses(workspace)) == 32


def test_geodiff_4_numbers_of_rows_are_cut_to_32_bits(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Rows with numbers as QField advises to make them are added, edited and deleted; row 1 is not meant."""
    run(two[0], *(f"INSERT INTO lamp (fid, number) VALUES ({fid}, 'F{fid}')" for fid in FAR_FIDS))
    run(two[0], "UPDATE lamp SET status = '球切れ' WHERE fid = 1")
    check_in(workspace, two[0])
    added = by_number(workspace)
    run(two[0], f"DELETE FROM lamp WHERE fid = {2**32 + 1}", f"UPDATE lamp SET name = '遠' WHERE fid = {2**53 + 1}")

    assert set(check_in(workspace, two[0])[0]) == {"applied"}
    found = by_number(workspace)
    assert {f"F{fid}" for fid in FAR_FIDS} <= set(added)
    assert set(added) - set(found) == {f"F{2**32 + 1}"}
    assert found[f"F{2**53 + 1}"].fields["name"] == "遠" and found["A-1"].fields["status"] == "球切れ"


def test_geodiff_5_a_unique_clash_stops_the_whole_day(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Only the row that clashes waits for the office; all others are stored."""
    run(two[0], "INSERT INTO lamp (number) VALUES ('B-1')")
    run(two[1], "INSERT INTO lamp (number) VALUES ('B-1'), ('B-2')", "UPDATE lamp SET status = '球切れ' WHERE fid < 9")

    assert check_in(workspace, *two) == [["applied"], ["applied"] * 8 + ["rejected", "applied"]]
    assert list(statuses(workspace).values()).count("球切れ") == 8
    with workspace.store.snapshot() as moment:
        (waiting,) = moment.sync.changes(statuses=["rejected"])
    assert waiting.body["fields"]["number"]["new"] == "B-1"


def test_geodiff_6_a_table_without_a_key_is_never_synced(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Rows are known by their ids, whatever a program has made of the table."""
    run(
        two[0],
        "CREATE TABLE plain AS SELECT * FROM lamp",
        "DROP TABLE lamp",
        "ALTER TABLE plain RENAME TO lamp",
        "UPDATE lamp SET status = '球切れ' WHERE number = 'A-8'",
    )

    assert check_in(workspace, two[0]) == [["applied"]]
    assert statuses(workspace)[fid_id(8)] == "球切れ"


def test_geodiff_7_an_added_column_is_an_error(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Everything else arrives, and what stands in the new column is on record."""
    run(
        two[0],
        "ALTER TABLE lamp ADD COLUMN colour TEXT",
        "UPDATE lamp SET colour = '赤', status = '球切れ' WHERE fid = 8",
        "UPDATE lamp SET status = '撤去' WHERE fid = 9",
    )

    assert check_in(workspace, two[0]) == [["conflict", "applied"]]
    assert (statuses(workspace)[fid_id(8)], statuses(workspace)[fid_id(9)]) == ("球切れ", "撤去")
    assert list_conflicts(workspace.store)[0]["fields"][0]["incoming"] == "赤"


def test_geodiff_8_joining_two_edits_drops_both(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """A row is deleted, comes again with other values, is edited and deleted: each step is stored in turn."""
    path = two[0]
    told: list[list[Any]] = []
    for statement in (
        "DELETE FROM lamp WHERE fid = 8",
        f"INSERT INTO lamp (fid, feature_id, number, status) VALUES (8, '{fid_id(8)}', 'A-8', '球切れ')",
        "UPDATE lamp SET status = '撤去' WHERE fid = 8",
    ):
        run(path, statement)
        told += check_in(workspace, path)
        told.append([statuses(workspace).get(fid_id(8))])

    assert told == [["applied"], [None], ["applied"] * 2, ["球切れ"], ["applied"] * 3, ["撤去"]]


def test_geodiff_an_edit_vanishes_under_a_deletion(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """The row stays with the edit, and the wish to delete it is on record; the other way round as well."""
    theirs, mine = two
    run(theirs, "UPDATE lamp SET status = '球切れ' WHERE fid = 8", "DELETE FROM lamp WHERE fid = 9")
    run(mine, "DELETE FROM lamp WHERE fid = 8", "UPDATE lamp SET status = '球切れ' WHERE fid = 9")

    assert check_in(workspace, theirs, mine) == [["applied"] * 2, ["conflict"] * 2]
    assert statuses(workspace)[fid_id(8)] == "球切れ" and fid_id(9) not in statuses(workspace)
    records = {one["feature_id"]: one for one in list_conflicts(workspace.store)}
    assert records[fid_id(8)]["kind"] == "delete"
    assert [clash["incoming"] for clash in records[fid_id(9)]["fields"]] == ["球切れ"]


def test_geodiff_the_later_sync_overwrites(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """The stored value stays and the other is on record by name, with who and when; also of a geometry."""
    for path, status, place in zip(two, ("球切れ", "撤去"), (11, 12), strict=True):
        geometry = f"(SELECT geometry FROM lamp WHERE fid = {place})"
        run(path, f"UPDATE lamp SET status = '{status}', geometry = {geometry} WHERE fid = 8")

    assert check_in(workspace, *two) == [["applied"], ["conflict"]]
    eight, (record,) = by_number(workspace)["A-8"], list_conflicts(workspace.store)
    assert (eight.fields["status"], eight.geometry) == ("球切れ", Point(137.011, 36))
    (clash,) = record["fields"]
    assert (clash["field"], clash["stored"], clash["incoming"]) == ("status", "球切れ", "撤去")
    assert record["geometry"]["incoming"]["coordinates"] == [137.012, 36]
    assert (record["stored_by"]["author"], record["incoming_by"]["author"]) == ("theirs.gpkg", "mine.gpkg")


def test_qfieldcloud_a_conflict_clears_the_tablet(workspace: Workspace) -> None:
    """What the tablet drops after its receipt is in the record, and can be taken from there."""
    first, second = Tablet(workspace.store, "one"), Tablet(workspace.store, "two")
    first.push(first.change("update", fid_id(8), fields={"name": (None, "東")}, base_revision=1))
    late = second.change("update", fid_id(8), fields={"name": (None, "西")}, base_revision=1)

    assert second.push(late)[0]["status"] == "conflict"
    (record,) = list_conflicts(workspace.store)
    resolve(workspace.office("係長"), record["conflict_id"], {"name": {"take": "incoming"}}, note="現地で確認")
    assert by_number(workspace)["A-8"].fields["name"] == "西"


def test_qfieldcloud_one_uuid_with_two_contents_is_skipped(workspace: Workspace) -> None:
    """The answer was lost, the crew went on editing under the same id: the second body is refused and kept."""
    tablet = Tablet(workspace.store)
    first = tablet.change("update", fid_id(8), fields={"name": (None, "東")}, base_revision=1)
    second = {**first, "fields": {"name": {"old": None, "new": "東の橋"}}}

    assert [tablet.push(one)[0]["status"] for one in (first, second)] == ["applied", "rejected"]
    with workspace.store.snapshot() as moment:
        kept = [one.body["fields"]["name"]["new"] for one in moment.sync.other_bodies(first["change_id"])]
    assert (by_number(workspace)["A-8"].fields["name"], kept) == ("東", ["東の橋"])


def test_qfieldcloud_row_numbers_cross_layers(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Row 31 of one layer and row 31 of another are two features, also when they are edited later."""
    path = two[0]
    run(path, "INSERT INTO lamp (fid, number) VALUES (31, 'L')", "INSERT INTO pole (fid, number) VALUES (31, 'P')")
    check_in(workspace, path)
    run(path, "UPDATE pole SET number = 'P2' WHERE fid = 31", "UPDATE lamp SET name = '灯' WHERE fid = 31")

    assert set(check_in(workspace, path)[0]) == {"applied"}
    lamp, pole = by_number(workspace)["L"], by_number(workspace, "pole")["P2"]
    assert lamp.fields["name"] == "灯" and lamp.feature_id != pole.feature_id


def test_qfieldcloud_the_tablet_that_syncs_last_wins(workspace: Workspace) -> None:
    """An older edit that comes later does not replace the newer one without a word."""
    early, late = Tablet(workspace.store, "early"), Tablet(workspace.store, "late")
    newer = early.change("update", fid_id(8), fields={"status": ("点灯", "球切れ")}, made_at="2026-11-23T09:00:00Z")
    older = late.change("update", fid_id(8), fields={"status": ("点灯", "撤去")}, made_at="2026-11-23T08:00:00Z")

    assert [early.push(newer)[0]["status"], late.push(older)[0]["status"]] == ["applied", "conflict"]
    assert statuses(workspace)[fid_id(8)] == "球切れ" and len(list_conflicts(workspace.store)) == 1


def test_qfieldcloud_a_second_job_repeats_what_the_first_did(tmp_path: Path) -> None:
    """More changes than one message holds: none is stored twice, none is left out."""
    with make_workspace(tmp_path / "many", n_lamps=1) as workspace:
        workspace.checkout(tmp_path / "out.gpkg")
        with edited(tmp_path / "out.gpkg") as db:
            db.executemany("INSERT INTO lamp (number) VALUES (?)", ((f"N-{n}",) for n in range(1_050)))
        receipts = [workspace.checkin(tmp_path / "out.gpkg").receipts for _ in range(2)]

        assert receipts[0] == receipts[1] and len(receipts[0]) == 1_050
        assert len(statuses(workspace)) == 1_051


def test_qfield_a_half_written_journal_is_unreadable(workspace: Workspace, tmp_path: Path) -> None:
    """A cut file is refused as a whole with a reason; nothing of it is stored, and the whole file still comes."""
    tablet = Tablet(workspace.store)
    message = tablet.message(*(tablet.change("update", fid_id(n), fields={"name": (None, "東")}) for n in (8, 9)))
    whole = json.dumps(message).encode()
    (tmp_path / "outbox.json").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="Write it out again"):
        push_file(workspace.store, tmp_path / "outbox.json", clock=lambda: AT, new_id=new_id)
    revision = workspace.store.revision()
    (tmp_path / "outbox.json").write_bytes(whole)
    answer = push_file(workspace.store, tmp_path / "outbox.json", clock=lambda: AT, new_id=new_id)

    assert revision == 1 and [one["status"] for one in answer["receipts"]] == ["applied"] * 2


@pytest.mark.parametrize(("kind", "inverse"), [("insert", "delete"), ("delete", "insert"), ("update", "update")])
def test_qfieldcloud_creations_and_deletions_are_not_undone(kind: Any, inverse: str) -> None:
    """The inverse of each kind is the one that undoes it, with old and new exchanged."""
    change = Change("c", "lamp", "f", kind, {"name": Edit(None, "東")})

    assert ((~change).kind, (~change).edits) == (inverse, {"name": Edit("東", None)})


def test_qfield_new_rows_of_two_tablets_take_the_same_number(workspace: Workspace, two: tuple[Path, Path]) -> None:
    """Both crews add row 31: two features."""
    for path, number in zip(two, ("東", "西"), strict=True):
        run(path, f"INSERT INTO lamp (number) VALUES ('{number}')")

    assert check_in(workspace, *two) == [["applied"], ["applied"]]
    assert {"東", "西"} <= set(by_number(workspace)) and len(statuses(workspace)) == 32


def test_qfield_a_photo_that_did_not_come_drops_out(workspace: Workspace) -> None:
    """The row is stored without waiting, and the photo is listed until its bytes come."""
    tablet = Tablet(workspace.store)
    photo = {"sha256": "ab" * 32, "name": "a.jpg", "size_bytes": 9, "media_type": "image/jpeg"}
    receipt = tablet.push(tablet.change("update", fid_id(8), base_revision=1, attachments=[photo]))[0]

    assert receipt["status"] == "applied"
    assert [one["sha256"] for one in list_missing(workspace.store, workspace.attachments)] == ["ab" * 32]
