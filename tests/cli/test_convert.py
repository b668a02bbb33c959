"""`gis-capture convert` writes the map of what it imported."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gis_capture.cli import cli
from gis_capture.errors import SourceError
from gis_capture.workspace import Workspace

LEDGER = "管理番号,状態,緯度,経度\nA-1,点灯,36.14,137.25\nA-2,球切れ,36.15,137.26\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a ledger beside it, and a stand-in for the built Leaflet."""
    (tmp_path / "街路灯台帳.csv").write_text(LEDGER, encoding="utf-8")
    (tmp_path / "leaflet").mkdir()
    for name in ("leaflet.js", "leaflet.css", "LICENSE"):
        (tmp_path / "leaflet" / name).write_text("", encoding="utf-8")
    Workspace.create(tmp_path / "w").close()
    return tmp_path


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    """Converts the ledger with `--report`; gives the exit code."""
    monkeypatch.setattr("gis_capture.cli.convert.leaflet_dir", lambda: folder / "leaflet")
    arguments = ["convert", str(folder / "街路灯台帳.csv"), "--workspace", str(folder / "w"), *options]
    return CliRunner().invoke(cli, [*arguments, "--report", str(folder / "地図.html")]).exit_code


def test_report_holds_the_map_of_the_import(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is whole, and nothing unfinished lies beside it."""
    assert run(folder, monkeypatch) in (0, 3)
    page = (folder / "地図.html").read_text(encoding="utf-8")

    assert "街路灯台帳.csv → " in page and "A-2" in page and page.endswith("</html>")
    assert not list(folder.glob("*.unfinished"))


def test_a_dry_run_has_no_map(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is a matter of usage (2), and no file is written."""
    assert run(folder, monkeypatch, "--dry-run") == 2
    assert not (folder / "地図.html").exists()


@pytest.mark.parametrize("text", ["管理番号,状態,緯度,経度\n", "管理番号,状態,緯度,経度\n※ 令和6年度は該当なし,,,\n"])
def test_a_ledger_without_rows_makes_no_layer(folder: Path, text: str) -> None:
    """It is told, with what was left out; no layer, no copy of the source and no import stay behind."""
    (folder / "街路灯台帳.csv").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["convert", str(folder / "街路灯台帳.csv"), "--workspace", str(folder / "w")])

    assert isinstance(done.exception, SourceError)
    assert "取り込む行がありません" in done.exception.message.ja
    with Workspace.open(folder / "w") as workspace:
        assert not workspace.store.layers() and not workspace.imports()
    assert not list((folder / "w" / "sources").iterdir())
