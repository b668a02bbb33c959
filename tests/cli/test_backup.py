"""`gis-capture backup` and `restore`: a clerk's way, from making one to having it back."""

from pathlib import Path

import pytest

from gis_capture.cli import EXIT_DONE, EXIT_ERROR, main
from gis_capture.workspace import Workspace


def run(*arguments: str) -> int:
    """Runs a command; gives its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def test_backup_list_check_and_restore(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one command prints, the next one takes; a restore into a new folder makes a workspace."""
    city, disk = tmp_path / "city", tmp_path / "disk"
    Workspace.create(city, name="道路維持課").close()

    assert run("backup", "--workspace", str(city), "--to", str(disk)) == EXIT_DONE
    assert "読み返して確かめました" in capsys.readouterr().out
    assert run("backup", "--workspace", str(city), "--to", str(disk), "--list") == EXIT_DONE
    first = capsys.readouterr().out.splitlines()[0].split("  ")[0]
    assert run("backup", "--check", first) == EXIT_DONE
    assert "異常ありません" in capsys.readouterr().out
    assert run("restore", first, "--workspace", str(tmp_path / "neu")) == EXIT_DONE
    assert "戻しました" in capsys.readouterr().out
    with Workspace.open(tmp_path / "neu") as again:
        assert again.folder.name == "道路維持課"


def test_a_damaged_backup_is_told_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` finds it, and `restore` refuses it, in English where that is asked for."""
    city = tmp_path / "city"
    with Workspace.create(city) as workspace:
        made = workspace.back_up(tmp_path / "disk").path
    (made / "layers.gpkg").write_bytes(b"nothing")

    assert run("--lang", "en", "backup", "--check", str(made)) == EXIT_ERROR
    assert run("--lang", "en", "restore", str(made), "--workspace", str(city)) == EXIT_ERROR
    told = capsys.readouterr().err
    assert told.count("layers.gpkg") == 2 and "Nothing has changed" in told
