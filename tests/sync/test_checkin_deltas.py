"""The journal of QField (delta file 1.0) is taken in: the same edits as changes, once, whatever was sent before."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
import shapely
from PIL import Image
from pyproj import Transformer
from shapely import Point

from gis_capture.errors import SourceError
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace
from gis_capture.workspace.checkouts import Checkin
from tests.sync.out_files import fid_id, make_workspace, statuses
from tests.sync.tablets import LAMP, Tablet

CLIENT, OTHER_CLIENT = "0cc8b9e2-0e4c-4f5b-9a52-43f1b1d25f11", "77c1a7a5-6f0e-4f0d-8f0c-2f6f5b7f7c10"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Thirty lamps and a pole, handed out."""
    with make_workspace(tmp_path / "w") as made:
        made.checkout(tmp_path / "out.gpkg", author="山田")
        yield made


def delta(number: int, method: str, pk: int, **keys: Any) -> dict[str, Any]:
    """An entry as QField writes it; `old` and `new` are attributes, `wkt` the new geometry."""
    halves: dict[str, Any] = {half: {"attributes": keys.pop(half)} for half in ("old", "new") if half in keys}
    if "wkt" in keys:
        halves.setdefault("new", {})["geometry"] = keys.pop("wkt")
    return {
        "uuid": f"aaaaaaaa-0000-4000-8000-{number:012d}",
        "clientId": CLIENT,
        "exportId": CLIENT,
        "localPk": str(pk),
        "sourcePk": str(pk),
        "localLayerId": "lamp_1f2e3d4c_0000_4000_8000_000000000001",
        "sourceLayerId": "lamp_1f2e3d4c_0000_4000_8000_000000000001",
        "localLayerCrs": LAMP.crs,
        "localLayerName": "lamp",
        "method": method,
        **halves,
        **keys,
    }


def send(workspace: Workspace, folder: Path, *deltas: dict[str, Any], **choice: Any) -> Checkin:
    """Writes a journal and takes it in."""
    path = folder / "deltafile_01.json"
    document = {"version": "1.0", "id": CLIENT, "project": CLIENT, "files": [], "deltas": list(deltas)}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return workspace.checkin(path, checkout_id=workspace.checkouts.list()[0].checkout_id, **choice)


def codes(result: Checkin) -> list[str]:
    """Codes of what was told."""
    return [problem.code for problem in result.problems]


def receipts(result: Checkin) -> list[str]:
    """What became of the changes."""
    return [receipt["status"] for receipt in result.receipts]


JOURNAL = (
    delta(1, "patch", 2, old={"status": "点灯"}, new={"status": "球切れ"}),
    delta(2, "create", 31, new={"fid": 31, "number": "新", "height_m": 4}, wkt="Point (137.5 36.5)"),
    delta(3, "patch", 31, old={"number": "新"}, new={"number": "新2"}),
    delta(4, "delete", 4, old={"fid": 4, "number": "A-4"}),
    delta(5, "patch", 5, wkt="PointZ (137.25 36.25 12.5)"),
)


def test_creates_patches_and_deletions_arrive_once(workspace: Workspace, tmp_path: Path) -> None:
    """Rows are known by their number in the check-out, new ones by client and number; a replay adds nothing."""
    dry = send(workspace, tmp_path, *JOURNAL, is_dry_run=True)
    first = send(workspace, tmp_path, *JOURNAL)
    revision = workspace.store.revision()
    again = send(workspace, tmp_path, *JOURNAL)

    assert codes(first) == [] and receipts(first) == ["applied"] * 5 and dry.n_changes == 5
    (counts,) = first.layers
    assert (counts.n_inserted, counts.n_updated, counts.n_deleted) == (1, 3, 1)
    new = workspace.store.feature("lamp", str(uuid5(UUID(first.checkout_id), f"lamp/{CLIENT}/31")))
    assert new is not None and (new.fields["number"], new.fields["height_m"]) == ("新2", 4)
    assert new.geometry == Point(137.5, 36.5)
    found = statuses(workspace)
    assert found[fid_id(2)] == "球切れ" and fid_id(4) not in found
    five = workspace.store.feature("lamp", fid_id(5))
    assert five is not None and shapely.get_coordinates(five.geometry).tolist() == [[137.25, 36.25]]
    assert again.receipts == first.receipts and workspace.store.revision() == revision
    assert workspace.store.author_of(new.revision)[0].name == "山田"


def test_a_later_journal_finds_the_rows_of_an_earlier_one(workspace: Workspace, tmp_path: Path) -> None:
    """QField clears its journal once it is sent; another tablet's row of that number is another row."""
    send(workspace, tmp_path, JOURNAL[1])
    other = {**delta(6, "create", 31, new={"number": "他"}), "clientId": OTHER_CLIENT}

    result = send(workspace, tmp_path, JOURNAL[2], other, delta(7, "delete", 31))

    assert codes(result) == [] and receipts(result) == ["applied"] * 3
    numbers = {one.fields["number"] for one in workspace.store.features("lamp")}
    assert "他" in numbers and not numbers & {"新", "新2"}


def test_a_row_is_known_by_its_feature_id_before_its_number(workspace: Workspace, tmp_path: Path) -> None:
    """The layer gives new rows their ids, and numbers may have been given anew."""
    own = "0190a000-0000-7000-8000-00000000abcd"
    result = send(
        workspace,
        tmp_path,
        delta(1, "create", 31, new={"feature_id": own, "number": "新"}),
        delta(2, "patch", 9, old={"feature_id": fid_id(2), "status": "点灯"}, new={"status": "球切れ"}),
    )

    assert receipts(result) == ["applied"] * 2
    assert workspace.store.feature("lamp", own) is not None
    assert (statuses(workspace)[fid_id(2)], statuses(workspace)[fid_id(9)]) == ("球切れ", "点灯")


def test_the_edits_of_others_are_merged(workspace: Workspace, tmp_path: Path) -> None:
    """Only what the journal says was changed; the same field is a conflict with both values."""
    tablet = Tablet(workspace.store)
    tablet.push(
        tablet.change("update", fid_id(2), fields={"status": ("点灯", "撤去")}, base_revision=1),
        tablet.change("update", fid_id(3), fields={"name": (None, "橋の東")}, base_revision=1),
    )

    result = send(
        workspace,
        tmp_path,
        delta(1, "patch", 2, old={"status": "点灯"}, new={"status": "球切れ"}),
        delta(2, "patch", 3, old={"status": "点灯", "name": None}, new={"status": "球切れ", "name": None}),
    )

    assert receipts(result) == ["conflict", "merged"]
    three = workspace.store.feature("lamp", fid_id(3))
    assert three is not None and (three.fields["status"], three.fields["name"]) == ("球切れ", "橋の東")
    (record,) = list_conflicts(workspace.store)
    assert [(one["stored"], one["incoming"]) for one in record["fields"]] == [("撤去", "球切れ")]


def test_the_same_uuid_with_other_content_is_a_later_change(workspace: Workspace, tmp_path: Path) -> None:
    """An answer was lost and the person went on: QField keeps the uuid; nothing of it is skipped, and it is told."""
    send(workspace, tmp_path, JOURNAL[0], JOURNAL[1])
    patch, create = copy.deepcopy(JOURNAL[0]), copy.deepcopy(JOURNAL[1])
    patch["new"]["attributes"]["status"] = "撤去"
    create["new"]["attributes"] |= {"number": "新3", "height_m": None}

    result = send(workspace, tmp_path, patch, create)
    again = send(workspace, tmp_path, patch, create)

    assert codes(result) == ["delta_changed"] * 2 and receipts(result) == ["applied"] * 2
    assert statuses(workspace)[fid_id(2)] == "撤去" and len(statuses(workspace)) == 31
    (new,) = [one for one in workspace.store.features("lamp") if one.fields["number"] == "新3"]
    assert new.fields["height_m"] is None
    assert again.receipts == result.receipts


def test_geometries_of_another_crs_are_moved_or_told(workspace: Workspace, tmp_path: Path) -> None:
    """Web Mercator lies on the same ground; the Tokyo datum does not, and nobody may guess it."""
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(137.5, 36.5)

    result = send(
        workspace,
        tmp_path,
        delta(1, "patch", 2, wkt=f"Point ({x} {y})", localLayerCrs="EPSG:3857"),
        delta(2, "patch", 3, wkt="Point (137.5 36.5)", localLayerCrs="EPSG:4301"),
        delta(3, "patch", 4, wkt="Point (137.5"),
        delta(4, "patch", 5, wkt="Point (137.5 36.5)", localLayerCrs="USER:100000"),
    )

    assert codes(result) == ["delta_other_crs", "delta_geometry", "delta_other_crs"]
    assert receipts(result) == ["applied"]
    two, three = workspace.store.feature("lamp", fid_id(2)), workspace.store.feature("lamp", fid_id(3))
    assert two is not None and shapely.equals_exact(two.geometry, Point(137.5, 36.5), 1e-7)
    assert three is not None and three.geometry == Point(137.003, 36)


def test_what_the_check_out_does_not_know_is_told(workspace: Workspace, tmp_path: Path) -> None:
    """Another layer, a row that was never there; an attribute goes on record, the rest of the row is stored."""
    result = send(
        workspace,
        tmp_path,
        delta(1, "patch", 2, new={"status": "球切れ", "備考": "要交換"}),
        {
            **delta(2, "patch", 2, new={"status": "撤去"}),
            "localLayerName": "別",
            "localLayerId": "x",
            "sourceLayerId": "",
        },
        delta(3, "patch", 99, new={"status": "撤去"}),
    )

    assert codes(result) == ["delta_layer_unknown", "delta_row_unknown", "checkin_column_added"]
    assert receipts(result) == ["conflict"] and statuses(workspace)[fid_id(2)] == "球切れ"
    (record,) = list_conflicts(workspace.store)
    assert [(one["field"], one["incoming"]) for one in record["fields"]] == [("備考", "要交換")]


def test_photos_beside_the_journal_come_in(workspace: Workspace, tmp_path: Path) -> None:
    """A missing one may come later, by the same journal."""
    entry = delta(1, "patch", 2, old={"name": None}, new={"name": "DCIM/a.jpg"})
    first = send(workspace, tmp_path, entry)
    (tmp_path / "DCIM").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "DCIM" / "a.jpg")
    second = send(workspace, tmp_path, entry)
    third = send(workspace, tmp_path, entry)

    assert codes(first) == ["checkin_photo_missing"] and codes(second) == []
    two = workspace.store.feature("lamp", fid_id(2))
    assert two is not None and [one.name for one in two.attachments] == ["a.jpg"]
    assert workspace.attachments.is_here(two.attachments[0].sha256)
    assert third.receipts == second.receipts and len(second.receipts) == 2


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"version": "1.0", "deltas": [{"uuid": "aaaaaaaa-0000-4000-8000-00000',
        "[]",
        '{"version": "1.0"}',
        '{"version": "2.0", "deltas": []}',
        '{"version": "1.0", "deltas": [1]}',
        '{"version": "1.0", "deltas": [{"uuid": "x", "method": "create"}]}',
        '{"version": "1.0", "deltas": [{"uuid": "aaaaaaaa-0000-4000-8000-000000000001", "method": "drop"}]}',
        '{"version": "1.0", "deltas": [{"uuid": "aaaaaaaa-0000-4000-8000-000000000001", "method": "patch", "new": 1}]}',
        '{"version": "1.0", "deltas": [NaN]}',
        "[" * 100_000,
    ],
)
def test_a_journal_that_is_cut_or_of_another_form_is_refused(workspace: Workspace, tmp_path: Path, text: str) -> None:
    """QField writes it in place, so that half of one may come; the words say what is wrong, nothing is stored."""
    path, revision = tmp_path / "deltafile_01.json", workspace.store.revision()
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SourceError) as caught:
        workspace.checkin(path, checkout_id=workspace.checkouts.list()[0].checkout_id)

    assert caught.value.subject["code"] == "delta_unreadable" and workspace.store.revision() == revision


def test_a_journal_wants_the_id_of_its_check_out(workspace: Workspace, tmp_path: Path) -> None:
    """It does not say it itself."""
    path = tmp_path / "deltafile_01.json"
    path.write_text('{"version": "1.0", "deltas": []}', encoding="utf-8")

    with pytest.raises(SourceError) as caught:
        workspace.checkin(path)

    assert caught.value.subject["code"] == "checkout_unnamed"
