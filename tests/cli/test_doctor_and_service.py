"""`gis-capture doctor` finds what is wrong; `gis-capture service` prints what the system takes."""

import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gis_capture.cli import cli
from gis_capture.cli.checkup import look_at
from gis_capture.people import Role
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.cli.test_backup import run

PASSWORD = "つつじ並木の街路灯 7基"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with an administrator."""
    path = tmp_path / "作業 フォルダー"
    with Workspace.create(path) as made:
        made.people.add_account("高山", PASSWORD, Role.ADMIN)
        made.people.audit.add("sign_in", at=made.clock(), who=("account", "1", "高山"))
    return path


def wrong(path: Path) -> list[str]:
    """The subjects that must be mended."""
    with Workspace.open(path) as workspace:
        return [one.subject.en for one in look_at(workspace) if one.is_good is False]


def test_a_sound_workspace_has_nothing_to_mend(place: Path) -> None:
    """Settings, disk, people, account, modes and clock are all looked at."""
    with Workspace.open(place) as workspace:
        found = {one.subject.en: one.is_good for one in look_at(workspace)}

    assert set(found) == {"Settings", "Free disk space", "People", "Account of what was done", "File modes", "Clock"}
    assert all(found.values())


def test_a_full_disk_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is full."""
    usage = shutil.disk_usage(place)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage._replace(free=10_000_000))

    assert wrong(place) == ["Free disk space"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_files_that_others_may_read_are_told(place: Path) -> None:
    """A new workspace is closed to others; so is what the server keeps of people."""
    assert place.stat().st_mode & 0o007 == 0
    place.chmod(0o755)
    assert wrong(place) == ["File modes"]
    place.chmod(0o750)
    (place / "secrets" / "people.sqlite").chmod(0o644)
    assert wrong(place) == ["File modes"]


def test_a_line_of_the_account_that_was_changed_is_told(place: Path) -> None:
    """By somebody who takes the trigger away first."""
    with sqlite3.connect(place / "secrets" / "people.sqlite") as database:
        database.executescript("DROP TRIGGER audit_stays; UPDATE audit SET who = '別人'")
    database.close()

    assert wrong(place) == ["Account of what was done"]


def test_a_clock_that_goes_before_the_last_change_is_told(place: Path) -> None:
    """The layers know when they were changed."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with Workspace.open(place) as workspace, workspace.store.transact(Author("office"), at=tomorrow) as transaction:
        transaction.put_layer(workspace.known_layer("street_light"))

    assert wrong(place) == ["Clock"]


def test_a_unit_names_the_places_of_this_machine(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Systemd finds nothing wrong with it, though the path has a space and letters of Japan."""
    run("service", "--workspace", str(place), "--kind", "systemd", "--user", "root")
    unit = capsys.readouterr().out
    assert f'serve --workspace "{place}"' in unit and "UMask=0027" in unit
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here")
    file = place.parent / "gis-capture.service"
    file.write_text(unit, encoding="utf-8")
    done = subprocess.run([program, "verify", str(file)], capture_output=True, text=True, check=False)
    assert "gis-capture.service" not in done.stderr, done.stderr


def test_a_task_of_windows_names_them_too(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path that would end its quotes is refused."""
    run("service", "--workspace", str(place), "--kind", "windows")
    task = capsys.readouterr().out
    assert f'serve --workspace "{place}"' in task and "Register-ScheduledTask" in task

    odd = place.rename(place.parent / "it's")
    with pytest.raises(Exception, match="it's"):
        cli.main(["service", "--workspace", str(odd), "--kind", "windows"], standalone_mode=False)


def test_a_unit_may_write_where_backups_go(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else is open to it; a disk that is away does not keep the server from starting."""
    backups = place.parent / "控え の ディスク"
    run("service", "--workspace", str(place), "--kind", "systemd")
    assert capsys.readouterr().out.count("ReadWritePaths=") == 1
    run("settings", "set", "backup_to", str(backups), "--workspace", str(place))
    capsys.readouterr()
    run("service", "--workspace", str(place), "--kind", "systemd")
    unit = capsys.readouterr().out
    assert f'ReadWritePaths="{place}"\nReadWritePaths="-{backups}"\n' in unit

    run("service", "--workspace", str(place), "--kind", "windows")
    assert f"icacls '{backups}' /grant 'LOCAL SERVICE:" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_backups_that_others_may_read_are_told(place: Path) -> None:
    """On another disk too; the folder that holds them may be a share of many."""
    backups = place.parent / "share"
    backups.mkdir(mode=0o755)
    run("settings", "set", "backup_to", str(backups), "--workspace", str(place))
    with Workspace.open(place) as workspace:
        workspace.back_up(None)
    assert wrong(place) == []
    (backups / "sources").chmod(0o755)
    assert wrong(place) == ["File modes"]


def test_passwords_in_the_clear_are_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there are accounts, and neither HTTPS nor a proxy that may speak it."""
    run("doctor", "--workspace", str(place))
    assert "パスワードがそのまま" in capsys.readouterr().out
