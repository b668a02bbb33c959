"""`gis-capture checkout` hands a file out; `gis-capture checkin` takes it back."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gis_capture.cli import cli
from gis_capture.errors import SourceError
from gis_capture.workspace import Workspace
from tests.sync.out_files import edited, fid_id, make_workspace, statuses

AREA = {"type": "Polygon", "coordinates": [[[137, 35], [137.0035, 35], [137.0035, 37], [137, 37], [137, 35]]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with thirty lamps."""
    make_workspace(tmp_path / "w").close()
    return tmp_path / "w"


def run(folder: Path, *arguments: object, language: str = "ja") -> Result:
    """Runs a command on the workspace; its exit code is what it returns."""
    command = ["--lang", language, *map(str, arguments), "--workspace", str(folder)]
    return CliRunner().invoke(cli, command, standalone_mode=False)


def test_a_file_goes_out_and_comes_back(folder: Path, tmp_path: Path) -> None:
    """What was done to it is counted and stored; twice adds nothing; the list knows it."""
    out = tmp_path / "持ち出し.gpkg"
    handed_out = run(folder, "checkout", out, "--layer", "lamp", "--author", "山田")
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")
    dry = run(folder, "checkin", out, "--dry-run")
    first = run(folder, "checkin", out)
    again = run(folder, "checkin", out)
    listed = run(folder, "checkout", "--list", language="en")

    assert "30 件を持ち出しました" in handed_out.output
    assert "変更 1" in dry.output and "登録していません" in dry.output
    assert "登録しました: 1" in first.output and (dry.return_value, first.return_value) == (0, 0)
    assert "変更 0" in again.output and "受け取り済み 1" in again.output
    assert "山田" in listed.output and "1 check-outs" in listed.output
    with Workspace.open(folder) as workspace:
        assert statuses(workspace)[fid_id(2)] == "球切れ"


def test_only_an_area_goes_out(folder: Path, tmp_path: Path) -> None:
    """A box, or the polygons of a GeoJSON file."""
    (tmp_path / "班1.geojson").write_text(json.dumps(AREA), encoding="utf-8")

    by_box = run(folder, "checkout", tmp_path / "a.gpkg", "--layer", "lamp", "--bbox", "137,35,137.0025,37")
    by_area = run(folder, "checkout", tmp_path / "b.gpkg", "--layer", "lamp", "--area", tmp_path / "班1.geojson")
    no_area = run(folder, "checkout", tmp_path / "c.gpkg", "--area", tmp_path / "a.gpkg")

    assert by_box.output.startswith("2 件") and by_area.output.startswith("3 件")
    assert isinstance(no_area.exception, SourceError) and not (tmp_path / "c.gpkg").exists()


def test_what_needs_a_person_is_the_exit_code(folder: Path, tmp_path: Path) -> None:
    """Many deletions are told with the option that allows them."""
    out = tmp_path / "out.gpkg"
    run(folder, "checkout", out)
    with edited(out) as db:
        db.execute("DELETE FROM lamp WHERE fid > 5")

    held = run(folder, "checkin", out)
    allowed = run(folder, "checkin", out, "--allow-deletions")

    assert held.return_value == 3 and "--allow-deletions" in held.output
    assert allowed.return_value == 0 and "削除 25" in allowed.output


@pytest.mark.parametrize(
    "arguments", [["checkout"], ["checkout", "a.gpkg", "--list"], ["checkout", "a", "--bbox", "1,2"]]
)
def test_a_wrong_call_says_how_it_goes(folder: Path, arguments: list[str]) -> None:
    """Neither file nor list, both, or a box that is none."""
    result = CliRunner().invoke(cli, [*arguments, "--workspace", str(folder)])

    assert result.exit_code == 2 and "Traceback" not in result.output


def test_photos_come_from_a_folder(folder: Path, tmp_path: Path) -> None:
    """The one beside the file, or the one that is named; a missing one is told with its row and its path."""
    out = tmp_path / "tablet" / "out.gpkg"
    out.parent.mkdir()
    run(folder, "checkout", out, "--layer", "lamp")
    with edited(out) as db:
        db.execute("UPDATE lamp SET name = 'DCIM/a.png' WHERE fid = 2")
    missing = run(folder, "checkin", out)
    (tmp_path / "photos" / "DCIM").mkdir(parents=True)
    (tmp_path / "photos" / "DCIM" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = run(folder, "checkin", out, "--photos", tmp_path / "photos")

    assert "行 2 の写真「DCIM/a.png」が見つかりません" in missing.output and missing.return_value == 3
    assert found.return_value == 0
    with Workspace.open(folder) as workspace:
        feature = workspace.store.feature("lamp", fid_id(2))
        assert feature is not None and [one.name for one in feature.attachments] == ["a.png"]


def test_a_journal_of_qfield_comes_in_for_a_check_out(folder: Path, tmp_path: Path) -> None:
    """It is taken with the id of the check-out; without it the words say which there are."""
    run(folder, "checkout", tmp_path / "out.gpkg")
    with Workspace.open(folder) as workspace:
        (checkout,) = workspace.checkouts.list()
    entry = {
        "uuid": "aaaaaaaa-0000-4000-8000-000000000001",
        "clientId": "c",
        "localPk": "2",
        "sourcePk": "2",
        "localLayerName": "lamp",
        "method": "patch",
        "old": {"attributes": {"status": "点灯"}},
        "new": {"attributes": {"status": "球切れ"}},
    }
    journal = tmp_path / "deltafile_01.json"
    journal.write_text(json.dumps({"version": "1.0", "deltas": [entry]}), encoding="utf-8")

    unnamed = run(folder, "checkin", journal)
    taken = run(folder, "checkin", journal, "--checkout", checkout.checkout_id)

    assert isinstance(unnamed.exception, SourceError) and checkout.checkout_id in str(unnamed.exception)
    assert "変更 1" in taken.output and taken.return_value == 0


def test_a_check_out_is_forgotten_when_a_person_says_so(folder: Path, tmp_path: Path) -> None:
    """It tells what came back and asks; a no, or nobody there to ask, leaves it; then its file is unknown."""
    out = tmp_path / "out.gpkg"
    run(folder, "checkout", out)
    with edited(out) as db:
        db.execute("UPDATE lamp SET status = '球切れ' WHERE fid = 2")
    run(folder, "checkin", out)
    with Workspace.open(folder) as workspace:
        (checkout,) = workspace.checkouts.list()
    command = ["checkout", "--forget", checkout.checkout_id, "--workspace", str(folder)]

    refused = CliRunner().invoke(cli, ["--lang", "ja", *command], input="n\n")
    nobody = CliRunner().invoke(cli, ["--lang", "ja", *command])
    with Workspace.open(folder) as workspace:
        assert workspace.checkouts.list() == [checkout]
    done = CliRunner().invoke(cli, ["--lang", "ja", *command, "--yes"])
    again = run(folder, "checkin", out)
    unknown = run(folder, "checkout", "--forget", "../../layers", "--yes")

    assert "受け取った変更 1 件" in refused.output and refused.exit_code != 0 and nobody.exit_code != 0
    assert done.exit_code == 0 and "控えを消しました" in done.output
    for result in (again, unknown):
        assert isinstance(result.exception, SourceError) and result.exception.subject["code"] == "checkout_unknown"
    with Workspace.open(folder) as workspace:
        assert workspace.checkouts.list() == [] and statuses(workspace)[fid_id(2)] == "球切れ"
