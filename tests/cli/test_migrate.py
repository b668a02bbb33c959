"""A workspace whose layers are in PostGIS works as any other, and is taken there and back."""

import os
import stat
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gis_capture.cli import cli
from gis_capture.errors import CaptureError
from gis_capture.store import open_store
from gis_capture.store.opening import split_password, with_password
from gis_capture.workspace import Workspace
from gis_capture.workspace.folder import read_folder

LEDGER = Path(__file__).parents[2] / "sample_data" / "ledgers" / "AED.csv"


def run(*arguments: str | Path) -> Result:
    """Runs a command that must not fail."""
    result = CliRunner().invoke(cli, ["--lang", "en", *map(str, arguments)], standalone_mode=False)
    if isinstance(result.exception, CaptureError):
        raise result.exception
    assert result.exception is None, result.output
    return result


def test_a_workspace_in_postgis_is_made_and_filled(tmp_path: Path, schema_url: str) -> None:
    """Ledgers are brought in, listed, exported, backed up; no file of layers is in the folder."""
    folder = tmp_path / "w"
    run("init", folder, "--store", schema_url)
    run("convert", LEDGER, "--workspace", folder)

    listed = run("layers", "--workspace", folder).output
    run("export", "aed", tmp_path / "aed.csv", "--workspace", folder)
    with Workspace.open(folder) as workspace:
        backup = workspace.back_up()
        assert workspace.check_integrity() == []

    assert "28 features" in listed
    assert len((tmp_path / "aed.csv").read_text(encoding="utf-8-sig").splitlines()) == 29
    assert not (folder / "layers.gpkg").exists()
    assert (backup.path / "layers.gpkg").is_file()


def test_a_workspace_goes_to_postgis_and_back(tmp_path: Path, schema_url: str) -> None:
    """`workspace.toml` says where it is, all else in it stays; the old store is untouched."""
    folder = tmp_path / "w"
    run("init", folder, "--name", "道路課")
    run("convert", LEDGER, "--workspace", folder)
    with Workspace.open(folder) as workspace:
        before = list(workspace.store.features("aed"))
        epoch = workspace.store.epoch

    told = run("migrate", "--to", schema_url, "--workspace", folder).output
    with Workspace.open(folder) as workspace:
        there = list(workspace.store.features("aed"))
    document = tomllib.loads((folder / "workspace.toml").read_text(encoding="utf-8"))
    run("migrate", "--to", folder / "back.gpkg", "--workspace", folder)
    with Workspace.open(folder) as workspace:
        back = list(workspace.store.features("aed"))

    assert "28 features of 1 layers" in told
    assert before == there == back
    assert (document["store"], document["name"]) == (schema_url, "道路課")
    old = open_store(folder / "layers.gpkg")
    assert (list(old.features("aed")), old.epoch, old.revision()) == (before, epoch, 1)
    old.close()
    assert read_folder(folder, {}).store == "back.gpkg"


def test_a_backup_of_a_database_is_restored_as_a_file(tmp_path: Path, schema_url: str) -> None:
    """And goes to a database again when one says so."""
    folder = tmp_path / "w"
    run("init", folder, "--store", schema_url)
    run("convert", LEDGER, "--workspace", folder)
    with Workspace.open(folder) as workspace:
        backup, before = workspace.back_up(), list(workspace.store.features("aed"))
        epoch = workspace.store.epoch

    run("restore", backup.path, "--workspace", folder)

    with Workspace.open(folder) as workspace:
        assert list(workspace.store.features("aed")) == before
        assert workspace.store.epoch != epoch
    assert read_folder(folder, {}).store == "layers.gpkg"


def test_a_place_that_holds_something_is_refused(tmp_path: Path, schema_url: str) -> None:
    """And the workspace goes on with its own store."""
    for name in ("a", "b"):
        run("init", tmp_path / name)
        run("convert", LEDGER, "--workspace", tmp_path / name)
    run("migrate", "--to", schema_url, "--workspace", tmp_path / "a")

    with pytest.raises(CaptureError, match="holds something already"):
        run("migrate", "--to", schema_url, "--workspace", tmp_path / "b")

    assert read_folder(tmp_path / "b", {}).store == "layers.gpkg"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_a_password_is_kept_among_the_secrets(tmp_path: Path, schema_url: str) -> None:
    """Not in `workspace.toml`, which is handed around; only the owner reads it."""
    folder = tmp_path / "w"
    run("init", folder, "--store", with_password(schema_url, "ひみつ/x@"))

    document = (folder / "workspace.toml").read_text(encoding="utf-8")
    secret = folder / "secrets" / "store_password"
    place = read_folder(folder, {}).store_place

    assert ("ひみつ" in document, secret.read_text(encoding="utf-8")) == (False, "ひみつ/x@")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert split_password(str(place)) == (schema_url, "ひみつ/x@")


def test_the_environment_names_another_store(tmp_path: Path) -> None:
    """As `serve --store` does for the process that serves."""
    run("init", tmp_path / "w")

    assert read_folder(tmp_path / "w", {"GIS_CAPTURE_STORE": "postgresql://host/x"}).store == "postgresql://host/x"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://gis@127.0.0.1:1/gis", "cannot be reached"),
        ("postgresql://gis:ひみつ@127.0.0.1:1/gis", "cannot be reached"),
        ("postgresql://gis@localhost/gis?schema=Bad-Name", "cannot name a schema"),
        ("postgresql://gis@localhost/gis?nonsense=1", "names no database"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(tmp_path: Path, url: str, words: str) -> None:
    """With what to do, without the password, and without a half-made workspace."""
    with pytest.raises(CaptureError, match=words) as error:
        run("init", tmp_path / "w", "--store", url)

    assert "ひみつ" not in error.value.message.ja + error.value.message.en
    assert not (tmp_path / "w" / "workspace.toml").exists()
