"""Accounts: the first one by a code, passwords that nobody guesses, rights by layer."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.errors import PeopleError
from gis_capture.people import ALL_LAYERS, OWN_SCREEN, People, Principal, Right, Role, database
from gis_capture.people.people import SETUP_CODE_S
from tests.people.conftest import ADDRESS, PASSWORD, Clock, open_people
from tests.people.test_sign_in import code_of, sign_in


def test_the_first_administrator_takes_a_code_once(tmp_path: Path, clock: Clock) -> None:
    """The newest one, typed as people type; from then on there is no set-up any more."""
    people = open_people(tmp_path / "new.sqlite", clock)
    old, code = people.make_setup_code(), people.make_setup_code()
    assert old and code and not people.has_accounts()
    for wrong in ("", "AAAA-AAAA", old):
        assert code_of(lambda wrong=wrong: people.set_up(wrong, "高山", PASSWORD, address=ADDRESS)) == "code_wrong"  # type: ignore[misc]
    assert code_of(lambda: people.set_up(code, "高山", "short", address=ADDRESS)) == "password_short"
    made = people.set_up(f" {code.lower().replace('-', '')} ", "高山", PASSWORD, address=ADDRESS)

    assert made.role is Role.ADMIN and people.has_accounts()
    assert code_of(lambda: people.set_up(code, "another", PASSWORD, address=ADDRESS)) == "setup_done"
    assert people.make_setup_code() is None
    people.close()


def test_a_setup_code_expires(tmp_path: Path, clock: Clock) -> None:
    """After a day; a restart of the server gives a new one."""
    people = open_people(tmp_path / "new.sqlite", clock)
    code = people.make_setup_code() or ""
    clock.wait(SETUP_CODE_S)
    assert code_of(lambda: people.set_up(code, "高山", PASSWORD, address=ADDRESS)) == "code_wrong"
    people.close()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("qwerty-12", "password_short"),
        ("password123", "password_guessable"),
        ("1234567890ab", "password_guessable"),
        ("qwertyuiop1", "password_guessable"),
        ("aaaaaaaaaaaa", "password_guessable"),
        ("suzuki-taro", "password_guessable"),
        ("ｐａｓｓｗｏｒｄ１２３", "password_guessable"),
        ("長" * 201, "password_long"),
    ],
)
def test_passwords_that_are_easily_guessed_are_refused(people: People, password: str, code: str) -> None:
    """Common ones, rows of keys, the name itself, in any width."""
    assert code_of(lambda: people.add_account("suzuki-taro", password, Role.CREW)) == code


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\u202eb", "x" * 101])
def test_names_that_mislead_are_refused(people: People, name: str) -> None:
    """Nothing, lines, letters that turn the direction, too many."""
    assert code_of(lambda: people.add_account(name, PASSWORD, Role.CREW)) == "name_unusable"


def test_names_are_taken_in_any_case_and_width(people: People) -> None:
    """Two accounts that look alike are one name."""
    assert code_of(lambda: people.add_account("ＹＡＭＡＤＡ", PASSWORD, Role.CREW)) == "name_taken"


def test_the_last_administrator_stays(people: People) -> None:
    """Else nobody could let anybody in."""
    assert code_of(lambda: people.accounts.remove(people.accounts.get("高山"))) == "last_admin"
    people.add_account("第二", PASSWORD, Role.ADMIN)
    people.accounts.remove(people.accounts.get("高山"))
    assert [account.name for account in people.accounts.all()] == ["Yamada", "第二"]


def test_grants_of_a_person_go_before_those_of_the_role(people: People) -> None:
    """A word about one layer before a word about all; taken back they count no more."""
    account = people.accounts.get("yamada")
    token, mine, role = sign_in(people), f"account:{account.account_id}", "role:office"

    def rights() -> list[Right]:
        principal = people.identify(token, "")
        assert principal is not None
        return [principal.right("road"), principal.right("welfare")]

    assert rights() == [Right.EDIT, Right.EDIT]
    people.accounts.grant(role, "welfare", Right.NONE)
    assert rights() == [Right.EDIT, Right.NONE]
    people.accounts.grant(role, ALL_LAYERS, Right.READ)
    assert rights() == [Right.READ, Right.NONE]
    people.accounts.grant(mine, "welfare", Right.READ)
    assert rights() == [Right.READ, Right.READ]
    people.accounts.grant(mine, ALL_LAYERS, Right.EDIT)
    assert rights() == [Right.EDIT, Right.READ]
    people.accounts.grant(mine, "welfare", None)
    assert rights() == [Right.EDIT, Right.EDIT]


@given(st.dictionaries(st.sampled_from(["road", ALL_LAYERS]), st.sampled_from(Right)), st.sampled_from(Role))
def test_no_grant_makes_more_of_a_role(rights: dict[str, Right], role: Role) -> None:
    """A viewer never edits; an administrator is never kept out; the own screen is one."""
    right = Principal("account", "id", "name", role, rights=rights).right("road")

    assert right <= (Right.READ if role is Role.VIEWER else Right.EDIT)
    assert role is not Role.ADMIN or right is Right.EDIT
    assert OWN_SCREEN.right("road") is Right.EDIT


def test_a_broken_file_is_told_by_its_path(tmp_path: Path, clock: Clock) -> None:
    """Not by a traceback of SQLite."""
    path = tmp_path / "people.sqlite"
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(PeopleError, match=r"people\.sqlite"):
        open_people(path, clock)


def test_a_file_of_an_older_version_is_brought_up(tmp_path: Path) -> None:
    """With what it holds; one of a newer version is told and stays as it is."""
    path = tmp_path / "people.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(database._SCHEMA)
        connection.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO grants VALUES ('role:crew', '*', 'read')")
        connection.commit()
    opened = database.Database(path)
    assert [tuple(row) for row in opened.rows("SELECT * FROM grants")] == [("role:crew", "*", "read")]
    assert opened.rows("SELECT * FROM areas") == [] and opened.rows("SELECT * FROM identities") == []
    assert opened.row("PRAGMA user_version")[0] == database.FORMAT_VERSION
    opened.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(PeopleError):
        database.Database(path)
