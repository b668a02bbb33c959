"""`gis-capture settings` and the page behind `/settings`: seeing and changing what an office sets."""

import json
import tomllib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from gis_capture.cli import main
from gis_capture.server import create_app
from gis_capture.settings import SETTINGS
from gis_capture.workspace import Workspace
from gis_capture.workspace.office_settings import OFFICE


def run(*arguments: str) -> int:
    """Runs a command; gives its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(["settings", *arguments])
    return int(stop.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace whose file a person has commented."""
    path = tmp_path / "作業"
    Workspace.create(path, name="道路課").close()
    file = path / "workspace.toml"
    file.write_text(
        file.read_text("utf-8").replace("[settings]", "# 上限\n[settings]\nbackups_kept = 5 # 五つ"), "utf-8"
    )
    return path


def document(folder: Path) -> dict[str, object]:
    """What the file says."""
    return tomllib.loads((folder / "workspace.toml").read_text("utf-8"))


def test_every_setting_is_listed_with_its_value_and_where_it_is_from(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment wins over the file, the file over the default."""
    monkeypatch.setenv("GIS_CAPTURE_PREVIEW_ROWS", "7")

    assert run("list", "--workspace", str(folder), "--json") == 0
    states = {state["name"]: state for state in json.loads(capsys.readouterr().out)}
    assert list(states) == [*OFFICE, *(setting.name for setting in SETTINGS)]
    assert [(states[name]["value"], states[name]["source"]) for name in ("backups_kept", "preview_rows", "city")] == [
        (5, "file"),
        (7, "environment"),
        (None, "default"),
    ]
    assert run("list", "--workspace", str(folder)) == 0
    assert "backups_kept = 5  (workspace.toml)" in capsys.readouterr().out


def test_a_change_keeps_what_a_person_wrote(folder: Path) -> None:
    """Comments, order and the other values stay; a setting can be taken back."""
    for arguments in (("set", "city", "岐阜県高山市"), ("set", "max_reading_s", "90"), ("set", "plane_zone", "7")):
        assert run(*arguments, "--workspace", str(folder)) == 0
    assert document(folder)["settings"] == {"backups_kept": 5, "max_reading_s": 90}
    with Workspace.open(folder) as workspace:
        assert (workspace.folder.city, workspace.folder.plane_zone) == ("岐阜県高山市", 7)

    assert run("unset", "max_reading_s", "--workspace", str(folder)) == 0
    assert document(folder)["settings"] == {"backups_kept": 5}
    text = (folder / "workspace.toml").read_text("utf-8")
    assert "# 上限" in text and "# 五つ" in text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("max_reading_s", "0", "1 以上の数"),
        ("max_reading_s", "早く", "1 以上の数"),
        ("shares_personal_fields", "たぶん", "true か false"),
        ("plane_zone", "20", "1〜19 の数"),
        ("city", "", "100 文字"),
        ("citty", "岐阜県高山市", "「city」のことですか"),
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(
    folder: Path, name: str, value: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told what fits."""
    before = (folder / "workspace.toml").read_bytes()

    assert run("set", name, value, "--workspace", str(folder)) == 1
    assert words in capsys.readouterr().err
    assert (folder / "workspace.toml").read_bytes() == before


def test_a_wrong_value_in_the_file_can_be_mended_by_command(folder: Path) -> None:
    """Though the workspace does not open with it."""
    file = folder / "workspace.toml"
    file.write_text(file.read_text("utf-8").replace("backups_kept = 5", "backups_kept = -5"), "utf-8")

    assert run("set", "backups_kept", "6", "--workspace", str(folder)) == 0
    assert document(folder)["settings"] == {"backups_kept": 6}


def test_the_page_changes_settings_at_the_own_screen_only(folder: Path) -> None:
    """Another computer sees them, and is told where they are changed."""
    with Workspace.open(folder) as workspace:
        client: FlaskClient = create_app(workspace).test_client()
        shown = {state["name"]: state["value"] for state in client.get("/settings").get_json()["settings"]}
        changed = client.put("/settings/backups_kept", json={"value": "9"})
        wrong = client.put("/settings/backups_kept", json={"value": "-1"})
        broken = client.put("/settings/backups_kept", json={"value": 9})
        other = client.put("/settings/backups_kept", json={"value": "1"}, environ_base={"REMOTE_ADDR": "192.168.1.9"})

    assert shown["backups_kept"] == 5 and changed.get_json()["value"] == 9
    assert [answer.status_code for answer in (wrong, broken, other)] == [422, 400, 401]
    assert "サーバーのパソコン" in other.get_json()["detail_ja"]
    assert document(folder)["settings"] == {"backups_kept": 9}
