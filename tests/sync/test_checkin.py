"""A GeoPackage that was handed out, edited elsewhere and checked in: what was done to it arrives, once, and no more."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely import Point

from gis_capture.errors import SourceError, StoreError
from gis_capture.model import BBox
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace
from tests.sync.out_files import copy, edited, fid_id, make_workspace, repackaged, statuses
from tests.sync.tablets import Tablet


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Thirty lamps and a pole."""
    with make_workspace(tmp_path / "w") as made:
        yield made


@pytest.fixture
def out(workspace: Workspace, tmp_path: Path) -> Path:
    """All of it, handed out."""
    workspace.checkout(tmp_path / "out.gpkg", author="山田")
    return tmp_path / "out.gpkg"


def codes(result: Any) -> list[str]:
    """Codes of what was told."""
    return [problem.code for problem in result.problems]


def receipt_statuses(result: Any) -> list[str]:
    """What became of the changes."""
    return [receipt["status"] for receipt in result.receipts]


def test_a_file_that_nobody_edited_brings_nothing(workspace: Workspace, out: Path) -> None:
    """No change, no revision, no problem."""
    before = workspace.store.revision()
    result = workspace.checkin(out)

    assert (result.n_changes, codes(result), workspace.store.revision()) == (0, [], before)


def test_updates_inserts_and_deletions_arrive(workspace: Workspace, out: Path) -> None:
    """Values, geometries, a new row and a deleted one; the layer files stay sound."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ', height_m = NULL WHERE fid = 2")
        db.execute("UPDATE lamp SET geometry = (SELECT geometry FROM lamp WHERE fid = 9) WHERE fid = 3")
        db.execute("DELETE FROM lamp WHERE fid = 4")
        db.execute("INSERT INTO lamp (number, geometry) SELECT '新', geometry FROM lamp WHERE fid = 1")

    result = workspace.checkin(out)

    assert receipt_statuses(result) == ["applied"] * 4
    (counts,) = [one for one in result.layers if one.key == "lamp"]
    assert (counts.n_inserted, counts.n_updated, counts.n_deleted) == (1, 2, 1)
    two, three = workspace.store.feature("lamp", fid_id(2)), workspace.store.feature("lamp", fid_id(3))
    assert two is not None and three is not None
    assert (two.fields["status"], two.fields["height_m"], two.fields["number"]) == ("球切れ", None, "A-2")
    assert three.geometry == Point(137.009, 36)
    assert workspace.store.feature("lamp", fid_id(4)) is None
    (new,) = [one for one in workspace.store.features("lamp") if one.fields["number"] == "新"]
    assert len(new.feature_id) == 36
    assert workspace.store.author_of(new.revision)[0].name == "山田"
    assert workspace.check_integrity() == []


def test_the_same_file_twice_adds_nothing(workspace: Workspace, out: Path) -> None:
    """The same change ids and the stored receipts, also from a copy under another name."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")
        db.execute("INSERT INTO lamp (number) VALUES ('新')")
        db.execute("DELETE FROM lamp WHERE fid = 4")
    first = workspace.checkin(out)
    revision = workspace.store.revision()

    again = workspace.checkin(copy(out, "写し.gpkg"))

    assert sorted(map(str, again.receipts)) == sorted(map(str, first.receipts))
    assert workspace.store.revision() == revision


def test_a_file_that_is_edited_further_brings_the_rest(workspace: Workspace, out: Path) -> None:
    """Its author's own earlier check-in is no clash; a value may go back to what it was, a new row away again."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid IN (2, 3)")
        db.execute("INSERT INTO lamp (number) VALUES ('新')")
        db.execute("DELETE FROM lamp WHERE fid = 4")
    workspace.checkin(out)
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '撤去' WHERE fid = 2")
        db.execute("UPDATE lamp SET status = '点灯' WHERE fid = 3")
        db.execute("DELETE FROM lamp WHERE number = '新'")
        db.execute(
            "INSERT INTO lamp (fid, feature_id, number, status, seen_at) VALUES (4, ?, 'A-4', '点灯', ?)",
            (fid_id(4), "2026-01-02T03:04:05.678Z"),
        )

    result = workspace.checkin(out)

    found = statuses(workspace)
    assert set(receipt_statuses(result)) == {"applied"}
    assert (found[fid_id(2)], found[fid_id(3)], found[fid_id(4)]) == ("撤去", "点灯", "点灯")
    assert len(found) == 30
    assert workspace.checkin(out).receipts == result.receipts


def test_edits_of_others_are_merged_and_clashes_are_on_record(workspace: Workspace, out: Path) -> None:
    """Other fields merge; the same field is a conflict; what was deleted meanwhile keeps the edit on record."""
    tablet = Tablet(workspace.store)
    tablet.push(
        tablet.change("update", fid_id(2), fields={"name": (None, "橋の東")}, base_revision=1),
        tablet.change("update", fid_id(3), fields={"status": ("点灯", "撤去")}, base_revision=1),
        tablet.change("delete", fid_id(4), base_revision=1),
        tablet.change("update", fid_id(5), fields={"status": ("点灯", "撤去")}, base_revision=1),
    )
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid IN (2, 3, 4)")
        db.execute("DELETE FROM lamp WHERE fid = 5")

    result = workspace.checkin(out)

    assert receipt_statuses(result) == ["conflict", "merged", "conflict", "conflict"]
    two = workspace.store.feature("lamp", fid_id(2))
    assert two is not None and (two.fields["name"], two.fields["status"]) == ("橋の東", "球切れ")
    assert statuses(workspace)[fid_id(3)] == statuses(workspace)[fid_id(5)] == "撤去"
    records = {one["feature_id"]: one for one in list_conflicts(workspace.store)}
    assert set(records) == {fid_id(3), fid_id(4), fid_id(5)}
    assert [clash["incoming"] for clash in records[fid_id(4)]["fields"]] == ["球切れ"]
    assert records[fid_id(3)]["incoming_by"]["author"] == "山田"


def test_rows_are_known_by_their_id_whatever_their_number(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """A program that packs the file anew numbers its rows anew and drops our table; the id of the check-out helps."""
    with edited(out) as db:
        db.execute("DELETE FROM lamp WHERE fid = 1")
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 7")
        db.execute("INSERT INTO lamp (number, status) VALUES ('新', '点灯')")
    packed = repackaged(out, tmp_path / "packed.gpkg", "lamp", "pole")
    (checkout,) = workspace.checkouts.list()

    with pytest.raises(SourceError, match=checkout.checkout_id):
        workspace.checkin(packed)
    result = workspace.checkin(packed, checkout_id=checkout.checkout_id)

    assert (result.n_changes, codes(result)) == (3, [])
    found = statuses(workspace)
    assert len(found) == 30 and fid_id(1) not in found and found[fid_id(7)] == "球切れ"
    assert workspace.checkin(packed, checkout_id=checkout.checkout_id).receipts == result.receipts


def test_a_new_row_in_a_packed_file_is_not_taken_for_a_deleted_one(
    workspace: Workspace, out: Path, tmp_path: Path
) -> None:
    """Row 30 was deleted and another one added, which then stands as row 30."""
    with edited(out) as db:
        db.execute("DELETE FROM lamp WHERE fid = 30")
        db.execute("INSERT INTO lamp (number, status) VALUES ('新', '点灯')")
    packed = repackaged(out, tmp_path / "packed.gpkg", "lamp", "pole")

    workspace.checkin(packed, checkout_id=workspace.checkouts.list()[0].checkout_id)

    assert workspace.store.feature("lamp", fid_id(30)) is None
    assert len(statuses(workspace)) == 30


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="needs ogr2ogr (Debian: gdal-bin)")
def test_a_copy_by_ogr2ogr_brings_nothing_but_the_edits(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """Instants lose their microseconds, blobs get other headers; none of that is an edit."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET height_m = 0.1 + 0.2 WHERE fid = 7")
    packed = tmp_path / "packed.gpkg"
    subprocess.run(["ogr2ogr", str(packed), str(out)], check=True, capture_output=True)

    result = workspace.checkin(packed, checkout_id=workspace.checkouts.list()[0].checkout_id)

    assert result.n_changes == 1
    seven = workspace.store.feature("lamp", fid_id(7))
    assert seven is not None and seven.fields["height_m"] == 0.1 + 0.2


def test_a_copied_row_is_a_new_feature(workspace: Workspace, out: Path) -> None:
    """The original stays what it is; the copy is told, and has the same new id every time."""
    with edited(out) as db:
        db.execute("CREATE TABLE loose AS SELECT * FROM lamp")
        db.execute("DROP TABLE lamp")
        db.execute("CREATE TABLE lamp AS SELECT * FROM loose WHERE FALSE")
        db.execute("INSERT INTO lamp SELECT * FROM loose")
        db.execute("INSERT INTO lamp SELECT * FROM loose WHERE fid = 2")
        db.execute("UPDATE lamp SET fid = 31, number = 'A-2b' WHERE rowid = 31")
        db.execute("DROP TABLE loose")

    result = workspace.checkin(out)

    assert codes(result) == ["checkin_row_copied"] and receipt_statuses(result) == ["applied"]
    (new,) = [one for one in workspace.store.features("lamp") if one.fields["number"] == "A-2b"]
    assert new.feature_id != fid_id(2) and workspace.store.feature("lamp", fid_id(2)) is not None
    assert workspace.checkin(out).receipts == result.receipts


@pytest.mark.parametrize("text", [None, "", "変えた", "11111111-2222-4333-8444-555555555555"])
def test_a_row_keeps_its_identity_when_its_id_is_edited(workspace: Workspace, out: Path, text: str | None) -> None:
    """Blanked or written over, the row is the one that was handed out."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET feature_id = ?, status = '球切れ' WHERE fid = 2", (text,))

    result = workspace.checkin(out)

    assert receipt_statuses(result) == ["applied"] and codes(result) == ["checkin_row_recognized"]
    assert statuses(workspace)[fid_id(2)] == "球切れ" and len(statuses(workspace)) == 30


def test_relations_lead_to_the_parents_their_author_chose(workspace: Workspace, out: Path) -> None:
    """A new pole with an id of any kind, and an old one whose id was written over."""
    with edited(out) as db:
        db.execute("INSERT INTO pole (feature_id, number) VALUES ('mypole', 'P-2')")
        db.execute("UPDATE pole SET feature_id = 'old', number = 'P-1b' WHERE fid = 1")
        db.execute("UPDATE lamp SET pole = 'mypole' WHERE fid = 2")
        db.execute("UPDATE lamp SET pole = 'old' WHERE fid = 3")

    result = workspace.checkin(out)

    assert [(one["status"], one["problem"]) for one in result.receipts] == [("applied", None)] * 4
    by_number = {one.fields["number"]: one.feature_id for one in workspace.store.features("pole")}
    poles = {one.feature_id: one.fields["pole"] for one in workspace.store.features("lamp")}
    assert (poles[fid_id(2)], poles[fid_id(3)]) == (by_number["P-2"], by_number["P-1b"]) and by_number[
        "P-1b"
    ] == fid_id(900)


def test_columns_that_are_gone_or_renamed_empty_nothing(workspace: Workspace, out: Path) -> None:
    """A removed column is told; a renamed one is known by its values, and edits in it arrive."""
    with edited(out) as db:
        db.execute("ALTER TABLE lamp DROP COLUMN height_m")
        db.execute("ALTER TABLE lamp RENAME COLUMN status TO joutai")
        db.execute("UPDATE lamp SET joutai = '球切れ' WHERE fid = 2")

    result = workspace.checkin(out)

    assert sorted(codes(result)) == ["checkin_column_missing", "checkin_column_renamed"]
    assert result.n_changes == 1 and statuses(workspace)[fid_id(2)] == "球切れ"
    assert {one.fields["height_m"] for one in workspace.store.features("lamp")} == {4.5}


def test_values_of_an_added_column_are_on_record(workspace: Workspace, out: Path) -> None:
    """The layer has no such field; the values stand in conflict records, the rest of the row is stored."""
    with edited(out) as db:
        db.execute("ALTER TABLE lamp ADD COLUMN 備考 TEXT")
        db.execute("UPDATE lamp SET 備考 = '要交換', status = '球切れ' WHERE fid = 2")

    result = workspace.checkin(out)

    assert codes(result) == ["checkin_column_added"] and receipt_statuses(result) == ["conflict"]
    (record,) = list_conflicts(workspace.store)
    assert [(one["field"], one["incoming"]) for one in record["fields"]] == [("備考", "要交換")]
    assert statuses(workspace)[fid_id(2)] == "球切れ"


def test_a_column_added_to_all_rows_does_not_bury_the_office(tmp_path: Path) -> None:
    """Its values are not taken, but the file is kept and told."""
    with make_workspace(tmp_path / "w", n_lamps=300) as workspace:
        workspace.checkout(tmp_path / "out.gpkg")
        with edited(tmp_path / "out.gpkg") as db:
            db.execute("ALTER TABLE lamp ADD COLUMN n INTEGER DEFAULT 7")
            db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")
        result = workspace.checkin(tmp_path / "out.gpkg")

        assert codes(result) == ["checkin_column_left"] and receipt_statuses(result) == ["applied"]
        (kept,) = (workspace.path / "checkouts").glob("*.returned")
        assert kept.read_bytes() == (tmp_path / "out.gpkg").read_bytes()


def test_a_layer_that_is_gone_is_no_deletion(workspace: Workspace, out: Path) -> None:
    """Told; also an added table is told."""
    with edited(out) as db:
        db.execute("DROP TABLE lamp")
        db.execute("DELETE FROM gpkg_contents WHERE table_name = 'lamp'")
        db.execute("CREATE TABLE memo (fid INTEGER PRIMARY KEY, text TEXT)")
        db.execute("INSERT INTO gpkg_contents (table_name, data_type) VALUES ('memo', 'attributes')")

    result = workspace.checkin(out, are_deletions_allowed=True)

    assert sorted(codes(result)) == ["checkin_layer_added", "checkin_layer_missing"]
    assert len(statuses(workspace)) == 30


def test_many_deletions_want_a_word(workspace: Workspace, out: Path) -> None:
    """The other changes arrive meanwhile; with the word the deletions do, and a second time nothing."""
    with edited(out) as db:
        db.execute("DELETE FROM lamp WHERE fid > 15")
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")

    held = workspace.checkin(out)
    n_then = len(statuses(workspace))
    meant = workspace.checkin(out, are_deletions_allowed=True)

    assert codes(held) == ["checkin_deletions_unconfirmed"] and n_then == 30
    assert codes(meant) == [] and len(statuses(workspace)) == 15
    assert codes(workspace.checkin(out)) == []


def test_what_lies_outside_the_area_is_not_deleted(workspace: Workspace, tmp_path: Path) -> None:
    """Only what is in the file is compared; a feature without a place is in every file."""
    with workspace.store.transact(workspace.office().author, at=workspace.clock()) as transaction:
        lost = transaction.feature("lamp", fid_id(30))
        assert lost is not None
        transaction.update(type(lost)(lost.layer, lost.feature_id, None, lost.fields))
    checkout = workspace.checkout(tmp_path / "part.gpkg", ["lamp"], bbox=BBox(137.0, 35.9, 137.0055, 36.1))
    with edited(tmp_path / "part.gpkg") as db:
        handed_out = [row[0] for row in db.execute("SELECT feature_id FROM lamp")]
        db.execute("DELETE FROM lamp WHERE feature_id = ?", (fid_id(2),))

    workspace.checkin(tmp_path / "part.gpkg")

    assert (checkout.n_features, handed_out) == (6, [fid_id(number) for number in (1, 2, 3, 4, 5, 30)])
    assert set(statuses(workspace)) == {fid_id(number) for number in range(1, 31)} - {fid_id(2)}


def test_a_dry_run_stores_nothing(workspace: Workspace, out: Path) -> None:
    """It tells what would come."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")
    result = workspace.checkin(out, is_dry_run=True)

    assert (result.n_changes, result.receipts, workspace.store.revision()) == (1, (), 1)


def test_more_changes_than_a_push_holds_come_also_after_a_kill(tmp_path: Path) -> None:
    """What a kill between two pushes left undone comes with the next check-in, once."""
    with make_workspace(tmp_path / "w", n_lamps=1_200) as workspace:
        workspace.checkout(tmp_path / "out.gpkg")
        with edited(tmp_path / "out.gpkg") as db:
            db.execute("UPDATE lamp SET status = '球切れ'")

        def die(share: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            workspace.checkouts.take(tmp_path / "out.gpkg", on_progress=die)
        n_then = list(statuses(workspace).values()).count("球切れ")
        result = workspace.checkin(tmp_path / "out.gpkg")

        assert n_then == 1_000 and set(receipt_statuses(result)) == {"applied"}
        assert set(statuses(workspace).values()) == {"球切れ"}
        assert workspace.store.revision() == 3


def test_personal_fields_stay_at_the_office(workspace: Workspace, tmp_path: Path) -> None:
    """They are not in the file unless somebody says so, and a check-in does not empty them."""
    plain = workspace.checkout(tmp_path / "plain.gpkg")
    full = workspace.checkout(tmp_path / "full.gpkg", with_personal=True)
    names = [[field.name for layer in one.layers for field in layer.fields] for one in (plain, full)]
    with edited(tmp_path / "full.gpkg") as db:
        db.execute("UPDATE lamp SET owner = '佐藤' WHERE fid = 2")
    with edited(tmp_path / "plain.gpkg") as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")

    results = [workspace.checkin(tmp_path / "full.gpkg"), workspace.checkin(tmp_path / "plain.gpkg")]

    assert ("owner" in names[0], "owner" in names[1]) == (False, True)
    assert [receipt_statuses(one) for one in results] == [["applied"], ["merged"]]
    two = workspace.store.feature("lamp", fid_id(2))
    assert two is not None and (two.fields["owner"], two.fields["status"]) == ("佐藤", "球切れ")


def test_a_restored_store_is_told_and_merges_by_value(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """Nothing is stored until somebody says that it is meant; then values decide."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")
    workspace.store.epoch = "another"

    with pytest.raises(SourceError) as told:
        workspace.checkin(out)
    result = workspace.checkin(out, is_after_restore=True)

    assert told.value.subject["code"] == "checkout_other_epoch" and "--after-restore" in told.value.message.ja
    assert receipt_statuses(result) == ["applied"] and statuses(workspace)[fid_id(2)] == "球切れ"


def test_files_that_are_none_of_ours_are_refused(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """Damaged, encrypted, something else, another workspace's: each says what to do, and nothing is stored."""
    whole = out.read_bytes()
    files = {
        "cut.gpkg": whole[:5000],
        "encrypted.gpkg": bytes(range(256)) * 64,
        "text.gpkg": "台帳".encode(),
        "empty.gpkg": b"",
        "torn.gpkg": whole[: len(whole) // 2] + b"\xff" * (len(whole) // 2),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError) as told:
            workspace.checkin(tmp_path / name)
        assert told.value.subject["code"] == "checkin_unreadable", name
    with make_workspace(tmp_path / "other") as other, pytest.raises(SourceError) as told:
        other.checkin(out)
    assert told.value.subject["code"] == "checkout_unknown"
    with pytest.raises(SourceError, match="there is no such file"):
        workspace.checkin(tmp_path / "nowhere.gpkg")
    with pytest.raises(SourceError):
        workspace.checkin(workspace.folder.store_path)
    assert workspace.store.revision() == 1


def test_a_layer_saved_in_another_crs_is_told(workspace: Workspace, out: Path) -> None:
    """Its coordinates mean another place, so none is taken."""
    with edited(out) as db:
        db.execute("UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'lamp'")
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")

    result = workspace.checkin(out)

    assert codes(result) == ["checkin_layer_other_crs"] and result.n_changes == 0


def test_a_store_is_not_written_over(workspace: Workspace) -> None:
    """Neither the layers of a workspace nor any other store."""
    with pytest.raises(StoreError):
        workspace.checkout(workspace.folder.store_path)


def test_values_of_the_wrong_kind_are_kept_with_a_reason(workspace: Workspace, out: Path) -> None:
    """SQLite takes anything into any column: bytes, half texts, geometries that are none."""
    with edited(out) as db:
        db.execute("UPDATE lamp SET height_m = 'たかい' WHERE fid = 2")
        db.execute("UPDATE lamp SET name = x'ff00ff' WHERE fid = 3")
        db.execute("UPDATE lamp SET name = CAST(x'82a0ff' AS TEXT) WHERE fid = 4")
        db.execute("DROP TRIGGER rtree_lamp_geometry_update6")
        db.execute("UPDATE lamp SET geometry = x'4750000000' WHERE fid = 5")
        db.execute("UPDATE lamp SET status = 'なし' WHERE fid = 6")

    result = workspace.checkin(out)

    assert [one["status"] for one in result.receipts] == ["rejected", "applied", "rejected", "rejected", "rejected"]
    with workspace.store.snapshot() as moment:
        waiting = list(moment.sync.changes(statuses=["rejected"]))
    assert len(waiting) == 4 and waiting[0].body["fields"]["height_m"]["new"] == "たかい"
    assert workspace.check_integrity() == []


def test_columns_of_the_position_go_with_the_geometry(workspace: Workspace, out: Path) -> None:
    """How a moved point was found is stored; written without moving it, it goes on record."""
    with edited(out) as db:
        db.execute(
            "UPDATE lamp SET geometry = (SELECT geometry FROM lamp WHERE fid = 9), position_method = 'gps',"
            " position_accuracy_m = 2.5 WHERE fid = 2"
        )
        db.execute("UPDATE lamp SET position_note = '図面から' WHERE fid = 3")

    result = workspace.checkin(out)

    two = workspace.store.feature("lamp", fid_id(2))
    assert two is not None and (two.position.method, two.position.accuracy_m) == ("gps", 2.5)
    assert receipt_statuses(result) == ["applied", "conflict"]
    (record,) = list_conflicts(workspace.store)
    assert [(one["field"], one["incoming"]) for one in record["fields"]] == [("position_note", "図面から")]
    assert workspace.checkin(out).receipts == result.receipts


def test_a_file_that_qgis_still_holds_is_told(workspace: Workspace, out: Path) -> None:
    """Copied or uploaded alone, it lacks what is still in the journal beside it; what is in it is stored."""
    with edited(out) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")

    result = workspace.checkin(copy(out, "alone.gpkg"))

    assert codes(result) == ["checkin_file_still_open"] and receipt_statuses(result) == ["applied"]
