"""QGIS shows what we write as it is, and every edit it saves arrives: in the live file and in a checked-out one."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from shapely import Point

from gis_capture.workspace import Workspace
from tests.qgis.install import PYTHON
from tests.sync.out_files import fid_id, make_workspace, statuses
from tests.sync.tablets import Tablet

SCRIPT = Path(__file__).with_name("edit_in_qgis.py")
EDITS: dict[str, Any] = {
    "attributes": {
        fid_id(2): {"status": "球切れ", "height_m": 0.1 + 0.2, "name": "橋の東 髙𠮷"},
        fid_id(3): {"status": None},
    },
    "moves": {fid_id(4): [138.0, 36.5]},
    "deletes": [fid_id(5)],
    "inserts": [{"x": 139.0, "y": 35.0, "number": "新", "status": "点灯"}],
}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Thirty lamps; the store stays open, as a server has it."""
    with make_workspace(tmp_path / "作業 フォルダー") as made:
        yield made


def edit_in_qgis(path: Path, edits: dict[str, Any], layer: str = "lamp") -> dict[str, Any]:
    """Lets QGIS look at a layer and edit it; gives what it saw."""
    command = [PYTHON, str(SCRIPT), str(path), layer, json.dumps(edits)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(path.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def check_edits(workspace: Workspace) -> None:
    """Looks whether all of EDITS is in the store, and nothing else."""
    lamps = {one.feature_id: one for one in workspace.store.features("lamp")}
    two = lamps[fid_id(2)].fields
    assert (two["status"], two["height_m"], two["name"]) == ("球切れ", 0.1 + 0.2, "橋の東 髙𠮷")
    assert lamps[fid_id(3)].fields["status"] is None
    assert lamps[fid_id(4)].geometry == Point(138, 36.5)
    assert fid_id(5) not in lamps and len(lamps) == 30
    (new,) = [one for one in lamps.values() if one.fields["number"] == "新"]
    assert new.geometry == Point(139, 35) and str(UUID(new.feature_id)) == new.feature_id
    untouched = {feature_id: one.fields["status"] for feature_id, one in lamps.items() if one.revision == 1}
    assert set(untouched.values()) == {"点灯"} and len(untouched) == 26
    assert workspace.check_integrity() == []


def test_qgis_sees_types_crs_names_and_choices(workspace: Workspace, tmp_path: Path) -> None:
    """Of a checked-out file: one layer, our table not among them, Japanese names, the choices of the domain."""
    workspace.checkout(tmp_path / "out.gpkg", ["lamp"])
    seen = edit_in_qgis(tmp_path / "out.gpkg", {})

    assert (seen["crs"], seen["n_features"], seen["sublayers"]) == ("EPSG:6668", 30, ["lamp"])
    expected = {"number": "String", "height_m": "Real", "seen_at": "DateTime"}
    assert {name: seen["types"][name] for name in expected} == expected
    assert (seen["aliases"]["number"], seen["aliases"]["feature_id"]) == ("台帳番号", "識別番号")
    assert seen["widgets"]["status"] == "ValueMap" and seen["n_styles"] == 1


def test_a_checked_out_file_comes_back_with_all_edits(workspace: Workspace, tmp_path: Path) -> None:
    """Attributes, a geometry, a new and a deleted feature; instants that GDAL writes anew are no edits."""
    workspace.checkout(tmp_path / "out.gpkg", author="山田")
    edit_in_qgis(tmp_path / "out.gpkg", EDITS)

    result = workspace.checkin(tmp_path / "out.gpkg")

    assert result.counts == {"applied": 5} and result.problems == ()
    check_edits(workspace)
    assert workspace.checkin(tmp_path / "out.gpkg").receipts == result.receipts


def test_a_copy_that_qgis_pastes_is_a_new_feature(workspace: Workspace, tmp_path: Path) -> None:
    """QGIS gives it an id of its own, because an id stands once; the original stays."""
    workspace.checkout(tmp_path / "out.gpkg", ["pole"])
    edit_in_qgis(tmp_path / "out.gpkg", {"copies": [fid_id(900)]}, layer="pole")

    result = workspace.checkin(tmp_path / "out.gpkg")

    poles = [one.feature_id for one in workspace.store.features("pole")]
    assert result.counts == {"applied": 1} and len(poles) == 2 and fid_id(900) in poles
    assert all(str(UUID(one)) == one for one in poles)


def test_edits_in_the_live_file_are_adopted(workspace: Workspace) -> None:
    """While the store is open; a tablet that pushes afterwards is merged with them."""
    tablet = Tablet(workspace.store)
    seen = edit_in_qgis(workspace.folder.store_path, EDITS)
    workspace.adopt_direct_edits()

    assert seen["sublayers"][:2] == ["pole", "lamp"] and seen["crs"] == "EPSG:6668"
    check_edits(workspace)
    assert workspace.store.author_of(2)[0].device_id == "direct edit"
    (receipt,) = tablet.push(tablet.change("update", fid_id(2), fields={"status": ("点灯", "撤去")}, base_revision=1))
    assert receipt["status"] == "conflict" and statuses(workspace)[fid_id(2)] == "球切れ"


def test_qgis_and_a_tablet_write_in_turn(workspace: Workspace) -> None:
    """Each sees what the other has saved; no edit is lost, the file stays sound."""
    tablet = Tablet(workspace.store)
    for number in (10, 11, 12):
        edit_in_qgis(workspace.folder.store_path, {"attributes": {fid_id(number): {"status": "球切れ"}}})
        change = tablet.change("update", fid_id(number + 10), fields={"status": ("点灯", "撤去")}, base_revision=1)
        assert [receipt["status"] for receipt in tablet.push(change)] == ["applied"]

    found = statuses(workspace)
    assert [found[fid_id(number)] for number in (10, 11, 12, 20, 21, 22)] == ["球切れ"] * 3 + ["撤去"] * 3
    assert workspace.check_integrity() == []
