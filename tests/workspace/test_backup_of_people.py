"""People in backups: who had an account has it after a restore, who was revoked stays out, and no secret goes along."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.errors import PeopleError
from gis_capture.people import Role
from gis_capture.workspace import Workspace
from gis_capture.workspace.backups import Backup, restore
from gis_capture.workspace.identity import new_id, utc_now

PASSWORD = "つつじ並木の街路灯 7基"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with an administrator who is signed in, a tablet, keys and the password of a database."""
    with Workspace.create(tmp_path / "w") as made:
        made.people.add_account("高山", PASSWORD, Role.ADMIN)
        made.people.audit.add("setup", at=made.clock(), who=("account", "1", "高山"))
        (made.folder.secrets_dir / "store_password").write_text("a secret")
        (made.folder.secrets_dir / "tls").mkdir()
        (made.folder.secrets_dir / "tls" / "authority.key").write_text("a key")
        yield made


def paired(workspace: Workspace) -> str:
    """Pairs a tablet; gives its token."""
    code, _ = workspace.people.make_pairing_code("タブレット1", "高山")
    return workspace.people.pair(code, "t1", address="10.0.0.7")[0]


def restored(made: Backup, path: Path) -> Workspace:
    """Restores a backup and opens what came of it."""
    restore(made.path, path, at=utc_now(), new_id=new_id)
    return Workspace.open(path)


def test_accounts_and_tablets_come_back_on_another_machine(workspace: Workspace, tmp_path: Path) -> None:
    """With the password and the token of before, and the account unbroken; nobody is signed in."""
    token = paired(workspace)
    session, _ = workspace.people.sign_in("高山", PASSWORD, address="10.0.0.8")
    with restored(workspace.back_up(), tmp_path / "new") as again:
        assert again.people.identify(session, "") is None
        tablet = again.people.identify("", token)
        assert tablet is not None and tablet.name == "タブレット1"
        assert again.people.sign_in("高山", PASSWORD, address="10.0.0.8")[1].name == "高山"
        assert again.people.audit.verify().is_whole
        assert os.name != "posix" or again.folder.people_path.stat().st_mode & 0o077 == 0


def test_a_backup_holds_no_other_secret(workspace: Workspace) -> None:
    """No key, no password of the database, no trace of a session; what it has of people is closed to others."""
    session, _ = workspace.people.sign_in("高山", PASSWORD, address="10.0.0.8")
    with workspace.people._database.change() as connection:
        (kept,) = connection.execute("SELECT session_hash FROM sessions").fetchone()
    made = workspace.back_up()
    secret = sorted(path for path in made.path.parent.rglob("*") if path.is_file() and "secrets" in path.parts)

    assert [path.name for path in secret] == ["people.sqlite"]
    content = secret[0].read_bytes()
    assert kept in workspace.folder.people_path.read_bytes()
    assert kept not in content and session.encode() not in content and PASSWORD.encode() not in content
    assert os.name != "posix" or secret[0].stat().st_mode & 0o077 == 0


def test_who_was_revoked_since_stays_out(workspace: Workspace) -> None:
    """People who are there when a backup is restored stay as they are."""
    token = paired(workspace)
    made = workspace.back_up()
    workspace.people.devices.set_state(workspace.people.devices.get("タブレット1"), "revoked")
    n_lines = workspace.people.audit.verify().n_lines
    path = workspace.path
    workspace.close()

    with restored(made, path) as again:
        with pytest.raises(PeopleError):
            again.people.identify("", token)
        assert again.people.audit.verify().n_lines == n_lines
