"""`gis-capture settings` and the page behind `/settings`: seeing and changing what an office sets."""

import json
import os
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from gis_capture.cli import main
from gis_capture.cli.settings import command
from gis_capture.errors import WorkspaceError
from gis_capture.server import create_app
from gis_capture.settings import SETTINGS
from gis_capture.workspace import Workspace
from gis_capture.workspace.office import OFFICE, VARIABLES
from gis_capture.workspace.outside import SETTINGS as OUTSIDE
from gis_capture.workspace.outside import Oidc


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
    assert list(states) == [*OFFICE, *OUTSIDE, *(setting.name for setting in SETTINGS)]
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


def test_what_is_trusted_outside_is_set_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Proxies and the identity provider; what could not be used is refused, and nothing of it is written."""
    issuer = "https://login.city.example"
    for name, value in (("trusted_proxies", "10.0.0.5, 10.0.1.0/24"), ("oidc.issuer", issuer), ("oidc.title", "市")):
        assert run("set", name, value, "--workspace", str(folder)) == 0
    with Workspace.open(folder) as workspace:
        assert [str(one) for one in workspace.folder.proxies] == ["10.0.0.5/32", "10.0.1.0/24"]
        assert workspace.folder.oidc == Oidc(issuer, "gis-capture", "市")
    capsys.readouterr()
    assert run("list", "--workspace", str(folder), "--json") == 0
    values = {state["name"]: state["value"] for state in json.loads(capsys.readouterr().out)}
    assert values["trusted_proxies"] == "10.0.0.5 10.0.1.0/24" and values["oidc.client_id"] == "gis-capture"

    before = document(folder)
    for name, value in (
        ("trusted_proxies", "proxy"),
        ("trusted_proxies", "0.0.0.0/0"),
        ("oidc.issuer", "http://login.city.example"),
    ):
        assert run("set", name, value, "--workspace", str(folder)) == 1
    assert document(folder) == before
    for name in ("trusted_proxies", "oidc.issuer"):
        assert run("unset", name, "--workspace", str(folder)) == 0
    assert not {"trusted_proxies", "oidc"} & set(document(folder))
    assert run("set", "oidc.client_id", "x", "--workspace", str(folder)) == 1
    assert "oidc" not in document(folder)


def test_the_secret_of_the_provider_is_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in a file that the server's user alone reads, and in no setting."""
    answered = CliRunner().invoke(command, ["oidc-secret", "--workspace", str(folder)], input="s3cret\n")
    assert answered.exit_code == 0 and "s3cret" not in answered.output
    file = folder / "secrets" / "oidc_client_secret"
    assert file.read_text("utf-8") == "s3cret" and (os.name != "posix" or file.stat().st_mode & 0o077 == 0)
    with Workspace.open(folder) as workspace:
        assert workspace.folder.oidc_secret == "s3cret"


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


def test_what_tells_of_the_office_comes_from_the_environment_too(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that stands at the top of the file and in [oidc]; it counts, and is listed with its variable."""
    said = {
        "name": "水道課",
        "city": "岐阜県高山市",
        "plane_zone": "7",
        "backup_to": str(folder / "別の控え"),
        "trusted_proxies": "10.0.0.5, 10.1.0.0/24",
        "oidc.issuer": "https://login.city.example",
        "oidc.client_id": "server-7",
        "oidc.title": "庁内認証",
        "online_tiles": "https://tiles.city.example/{z}/{x}/{y}.png",
    }
    assert said.keys() == VARIABLES.keys()
    for name, value in said.items():
        monkeypatch.setenv(VARIABLES[name], value)
    with Workspace.open(folder) as workspace:
        found = workspace.folder
    assert (found.name, found.city, found.plane_zone, found.backup_to) == (
        "水道課",
        "岐阜県高山市",
        7,
        said["backup_to"],
    )
    assert found.online_tiles is not None and found.online_tiles.origin == "https://tiles.city.example"
    assert [str(one) for one in found.proxies] == ["10.0.0.5/32", "10.1.0.0/24"]
    assert found.oidc == Oidc("https://login.city.example", "server-7", "庁内認証")
    assert run("list", "--workspace", str(folder), "--json") == 0
    states = {state["name"]: state for state in json.loads(capsys.readouterr().out)}
    assert {states[name]["source"] for name in said} == {"environment"}
    assert {name: states[name]["variable"] for name in said} == VARIABLES
    assert document(folder)["name"] == "道路課"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GIS_CAPTURE_TRUSTED_PROXIES", "0.0.0.0/0"),
        ("GIS_CAPTURE_PLANE_ZONE", "20"),
        ("GIS_CAPTURE_OIDC_ISSUER", "http://login.city.example"),
        ("GIS_CAPTURE_OIDC_TITEL", "x"),
    ],
)
def test_what_the_environment_cannot_say_stops_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """With the name of the setting, instead of being passed over."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(WorkspaceError) as refused:
        Workspace.open(folder)
    assert variable.removeprefix("GIS_CAPTURE_").lower().replace("oidc_i", "oidc.i") in refused.value.message.ja
