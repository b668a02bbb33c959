"""`gis-capture style`: write a file to edit, check the files."""

from pathlib import Path

import pytest

from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE, EXIT_ERROR
from gis_capture.tiles.style import drawn_layers
from gis_capture.workspace import Workspace
from tests.cli.test_backup import run


def test_what_is_written_draws_as_before_until_it_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file is never written over; a broken one is told by check, with what to do."""
    with Workspace.create(tmp_path / "city") as workspace:
        where = ("--workspace", str(tmp_path / "city"))
        assert run("style", "write", "park", *where) == EXIT_DONE
        path = workspace.folder.styles_dir / "park.json"
        layer = workspace.known_layer("park")
        assert {one["id"]: one for one in workspace.styles.own("park")} == {
            one["id"]: one for one in drawn_layers(layer)
        }
        assert run("style", "write", "park", *where) == EXIT_ERROR
        assert run("style", "write", "park", "--theme", "night", *where) == EXIT_DONE
        assert run("style", "check", *where) == EXIT_DONE
        assert "park.night.json" in capsys.readouterr().out
        path.write_text("{", encoding="utf-8")
        assert run("style", "check", *where) == EXIT_ATTENTION
        assert "park.json" in capsys.readouterr().out
        assert workspace.styles.own("park") == []
