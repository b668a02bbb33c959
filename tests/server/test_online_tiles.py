"""Tiles of the internet: only where the office says so, and then nothing else of the internet."""

from pathlib import Path

import pytest

from gis_capture.errors import WorkspaceError
from gis_capture.server import create_app
from gis_capture.server.areas import pages
from gis_capture.workspace import Workspace
from gis_capture.workspace.office_settings import write_setting
from tests.server.conftest import ReadingClient

TILES = "https://tiles.city.example/xyz/std/{z}/{x}/{y}.png"


@pytest.fixture(autouse=True)
def _built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for the built web app."""
    (tmp_path / "static" / "tablet").mkdir(parents=True)
    for name in ("index.html", "tablet/index.html", "tablet/service-worker.js"):
        (tmp_path / "static" / name).write_text("/* built */\n", encoding="utf-8")
    monkeypatch.setattr(pages, "static_dir", lambda: tmp_path / "static")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace as it is made."""
    Workspace.create(tmp_path / "w").close()
    return tmp_path / "w"


def test_without_the_setting_pages_ask_nothing_outside(folder: Path) -> None:
    """No tiles are offered, and the policy names nobody else."""
    with Workspace.open(folder) as workspace:
        app = create_app(workspace)
        app.test_client_class = ReadingClient
        client = app.test_client()
        assert client.get("/basemap").get_json()["online"] is None
        policy = client.get("/tablet/").headers["Content-Security-Policy"]
        assert "connect-src 'self';" in policy and "http" not in policy
        assert b"city.example" not in client.get("/tablet/service-worker.js").data


def test_with_the_setting_the_policy_is_opened_to_that_host_alone(folder: Path) -> None:
    """Pages are told the tiles with the author and the terms; tablets that have the app fetch the page anew for it."""
    write_setting(folder, "online_tiles", TILES)
    with Workspace.open(folder) as workspace:
        app = create_app(workspace)
        app.test_client_class = ReadingClient
        client = app.test_client()
        assert client.get("/basemap").get_json()["online"] == {
            "tiles": TILES,
            "attribution": "国土地理院",
            "attribution_url": "https://maps.gsi.go.jp/development/ichiran.html",
        }
        for page in ("/", "/tablet/"):
            policy = client.get(page).headers["Content-Security-Policy"]
            assert "connect-src 'self' https://tiles.city.example;" in policy
            assert policy.count("http") == 1
        worker = client.get("/tablet/service-worker.js")
        assert worker.data.endswith(b"// https://tiles.city.example\n")
        assert (worker.mimetype, worker.headers["Cache-Control"]) == ("text/javascript", "no-cache")


@pytest.mark.parametrize(
    "value",
    [
        "http://tiles.city.example/{z}/{x}/{y}.png",
        "https://tiles.city.example/std.png",
        "https://tiles.city.example; script-src *//{z}/{x}/{y}",
        "https://tiles.city.example/{z}/{x}/{y}/{y}.png",
        "https://*/{z}/{x}/{y}.png",
    ],
)
def test_what_is_no_address_of_tiles_is_no_setting(folder: Path, value: str) -> None:
    """Whether it is set or stands in the file."""
    with pytest.raises(WorkspaceError):
        write_setting(folder, "online_tiles", value)
    file = folder / "workspace.toml"
    file.write_text(f"online_tiles = '{value}'\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(WorkspaceError):
        Workspace.open(folder)
