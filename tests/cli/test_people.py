"""`gis-capture people` and `gis-capture audit`: what the server's own computer does without a browser."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from gis_capture.cli.serve import tell_setup_code
from gis_capture.people import Role
from gis_capture.workspace import Workspace
from tests.cli.test_https import run

PASSWORD = "つつじ並木の街路灯 7基"
Do = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace."""
    Workspace.create(tmp_path / "作業", name="道路課").close()
    return tmp_path / "作業"


@pytest.fixture
def do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Do:
    """Runs a command on the workspace; passwords are typed."""
    monkeypatch.setattr(click, "prompt", lambda *_, **__: PASSWORD)
    return lambda *arguments: run(*arguments, "--workspace", str(folder))


def test_accounts_are_added_listed_and_removed(do: Do, capsys: pytest.CaptureFixture[str]) -> None:
    """The first one is an administrator; a password does not stand in the command."""
    assert do("people", "add", "山田", "--role", "crew") == 1
    assert "管理者(admin)" in capsys.readouterr().err
    assert do("people", "add", "高山", "--role", "admin") == 0
    assert do("people", "add", "yamada", "--role", "crew", "--title", "山田 花子", "--personal") == 0
    assert do("people", "grant", "yamada", "aed", "read") == 0
    assert do("people", "grant", "role:crew", "*", "none") == 0
    assert do("people", "grant", "role:boss", "*", "none") == 1
    assert do("people", "grant", "yamada", "no_such_layer", "none") == 1
    capsys.readouterr()
    assert do("people", "list") == 0
    out = capsys.readouterr().out
    assert (
        "yamada\tcrew\t山田 花子\t-\t個人情報あり" in out and "yamada\taed\tread" in out and "role:crew\t*\tnone" in out
    )
    assert do("people", "remove", "高山") == 1
    assert do("people", "remove", "YAMADA") == 0
    capsys.readouterr()
    do("people", "list")
    assert "yamada" not in capsys.readouterr().out


def test_pins_are_given_and_taken_away(
    do: Do, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Typed, not in the command; obvious ones and those for others than the crew are refused; it is written down."""
    assert do("people", "add", "高山", "--role", "admin") == 0
    assert do("people", "add", "suzuki", "--role", "crew") == 0
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "1234")
    assert do("people", "pin", "suzuki") == 1
    assert "推測" in capsys.readouterr().err
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "4071")
    assert do("people", "pin", "suzuki") == 0
    assert do("people", "pin", "高山") == 1
    with Workspace.open(folder) as workspace:
        assert workspace.people.pins.holders() == {workspace.people.accounts.get("suzuki").account_id}
    assert do("people", "pin", "suzuki", "--remove") == 0
    with Workspace.open(folder) as workspace:
        assert workspace.people.pins.holders() == set()
        told = [(line["what"], line["detail"]) for line in workspace.people.audit.lines()]
    assert told[-2:] == [("person_pin", "suzuki"), ("person_pin", "suzuki: -")]


def test_tablets_are_revoked_without_a_browser(do: Do, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By their names; a lock is taken off again."""
    with Workspace.open(folder) as workspace:
        code, _ = workspace.people.make_pairing_code("タブレット1", "高山")
        token, _ = workspace.people.pair(code, "t", address="")
    assert do("people", "revoke", "タブレット1", "--lock") == 0
    assert do("people", "revoke", "タブレット1", "--unlock") == 0
    with Workspace.open(folder) as workspace:
        assert workspace.people.identify("", token)
    assert do("people", "revoke", "タブレット1") == 0
    assert do("people", "revoke", "タブレット9") == 1
    capsys.readouterr()
    assert do("people", "devices") == 0
    assert capsys.readouterr().out.startswith("タブレット1\trevoked\t")


def test_the_account_of_what_was_done_is_verified(
    do: Do, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And exported; a line that somebody changed is told by its number, with exit code 3."""
    do("people", "add", "高山", "--role", "admin")
    do("people", "password", "高山")
    capsys.readouterr()
    assert do("audit", "verify") == 0
    number = capsys.readouterr().out.split()[-1]
    assert do("audit", "export", str(tmp_path / "a.csv")) == 0
    assert os.name == "nt" or (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600
    assert do("audit", "verify", "--expect", number) == 0
    assert do("audit", "verify", "--expect", "ab" * 32) == 3
    rows = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()
    assert [row.split(",")[6] for row in rows[1:]] == ["person_add", "person_password"]
    assert do("audit", "export", str(tmp_path / "no" / "a.csv")) == 1

    connection = sqlite3.connect(folder / "secrets" / "people.sqlite", isolation_level=None)
    connection.execute("DROP TRIGGER audit_stays")
    connection.execute("UPDATE audit SET detail = '別人' WHERE number = 1")
    connection.close()
    capsys.readouterr()
    assert do("audit", "verify") == 3
    assert "1 行目" in capsys.readouterr().out


def test_serve_tells_the_code_of_the_first_administrator(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which creates one; afterwards none is told. The file is read by the server's user alone."""
    tell_setup_code(folder, "http://localhost:8460")
    told = capsys.readouterr().out
    assert "http://localhost:8460/setup" in told
    with Workspace.open(folder) as workspace:
        made = workspace.people.set_up(told.split()[-1], "高山", PASSWORD, address="")
        assert made.role is Role.ADMIN
        assert workspace.folder.people_path.stat().st_mode & 0o077 == 0
    tell_setup_code(folder, "http://localhost:8460")
    assert capsys.readouterr().out == ""
