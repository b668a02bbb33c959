"""A server of this version on a workspace of an older one, and of a newer one."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gis_capture.store.geopackage.format_version import FORMAT_VERSION, read_meta
from gis_capture.workspace import Workspace
from tests.cli.test_backup import run
from tests.server.processes import serving

OLD = Path(__file__).parents[1] / "store" / "geopackage" / "versions" / "v1.gpkg"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace whose layers an old version wrote."""
    path = tmp_path / "w"
    Workspace.create(path).close()
    shutil.copy(OLD, path / "layers.gpkg")
    return path


def version_of(store: Path) -> str:
    """What a store says of its tables."""
    with closing(sqlite3.connect(store)) as database:
        return read_meta(database, "format_version")


def test_an_older_workspace_is_brought_up_to_date_after_a_copy_was_put_aside(place: Path) -> None:
    """By starting the server, once, though it has several processes."""
    with serving(place, workers=2) as asking:
        assert json.loads(asking("GET", "/health")[1])["status"] == "ok"
    copies = sorted((place / "backups").glob("*.gpkg"))

    assert version_of(place / "layers.gpkg") == str(FORMAT_VERSION)
    assert [path.name for path in copies] == ["layers-version-1.gpkg"]
    assert version_of(copies[0]) == "1"


def test_a_newer_workspace_is_refused_in_words_and_stays_as_it_is(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is served and nothing written: an older program would lose what it does not know."""
    store = place / "layers.gpkg"
    with closing(sqlite3.connect(store)) as database:
        database.execute("UPDATE gis_capture_meta SET value = '99' WHERE key = 'format_version'")
        database.commit()
    before = hashlib.sha256(store.read_bytes()).hexdigest()

    assert run("serve", "--workspace", str(place)) == 1
    assert "新しい GIS Capture" in capsys.readouterr().err
    assert hashlib.sha256(store.read_bytes()).hexdigest() == before
    assert not list((place / "backups").glob("*.gpkg"))
