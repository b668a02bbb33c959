"""`gis-capture pack`: estimate, make, list, remove."""

from pathlib import Path

import pytest
from shapely import Point

from gis_capture.cli import EXIT_DONE, EXIT_ERROR
from gis_capture.model import Feature
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.cli.test_backup import run


def test_a_pack_from_estimate_to_removal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last line that `make` prints is the file; the list says whether anything has changed since."""
    with (
        Workspace.create(tmp_path / "city") as workspace,
        workspace.store.transact(Author("office"), at=workspace.clock()) as transaction,
    ):
        transaction.put_layer(workspace.known_layer("park"))
        transaction.insert([Feature("park", workspace.new_id(), Point(137.25, 36.14), {})])
    where = ("--workspace", str(tmp_path / "city"))

    assert run("pack", "make", "east", "park", "--estimate", *where) == EXIT_DONE
    assert "およそ" in capsys.readouterr().out
    assert run("pack", "make", "east", "park", "--bbox", "137.2,36.1,137.3,36.2", *where) == EXIT_DONE
    path = Path(capsys.readouterr().out.splitlines()[-1])
    assert path.read_bytes().startswith(b"PMTiles\x03")
    assert run("pack", "list", *where) == EXIT_DONE
    assert capsys.readouterr().out.strip().endswith("最新")
    assert run("pack", "remove", "east", *where) == EXIT_DONE
    assert not path.exists()
    assert run("pack", "remove", "east", *where) == EXIT_ERROR
    assert run("pack", "make", "east", "park", "--bbox", "1,2,3", *where) == EXIT_ERROR
