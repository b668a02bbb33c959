"""PINs: which are taken, who gets one, and that a tablet acts for those alone who typed theirs on it."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gis_capture.people import People, Role, database
from gis_capture.people.accounts import Account
from gis_capture.people.attempts import FREE_BY_NAME
from gis_capture.people.pins import Member
from tests.people.conftest import ADDRESS, PASSWORD, Clock
from tests.people.test_devices import pair
from tests.people.test_sign_in import code_of

PIN = "4071"


@pytest.fixture
def crew(people: People) -> Account:
    """鈴木 of the crew, with a PIN."""
    made = people.add_account("suzuki", PASSWORD, Role.CREW, title="鈴木 一郎")
    people.pins.put(made, PIN)
    return made


def tablet(people: People, name: str = "タブレット1") -> str:
    """Pairs one; gives its id."""
    pair(people, name, name)
    return people.devices.get(name).device_id


def take(people: People, device_id: str, account: Account, pin: str = PIN) -> Member:
    """Types a PIN on a tablet."""
    return people.pins.take(device_id, account.account_id, pin, address=ADDRESS)


@pytest.mark.parametrize(
    "pin",
    ["123", "123456789", "12a4", "40 71", "0000", "1234", "9876", "8901", "2468", "1212", "407407", "1975", "2580"],
)
def test_pins_that_are_none_or_obvious_are_refused(people: People, crew: Account, pin: str) -> None:
    """Too short, too long, letters; one digit, even steps, repetitions, years, a row of keys."""
    assert code_of(lambda: people.pins.put(crew, pin)) == "pin_unusable"


@pytest.mark.parametrize("pin", ["4071", "40718", "40714071"[:7], "８３０２"])
def test_other_pins_are_taken(people: People, crew: Account, pin: str) -> None:
    """Of 4 to 8 digits, as any keyboard writes them."""
    people.pins.put(crew, pin)
    assert take(people, tablet(people), crew, pin).name == "鈴木 一郎"


def test_only_the_crew_has_pins(people: People) -> None:
    """Who looks after the office signs in with a password."""
    assert code_of(lambda: people.pins.put(people.accounts.get("高山"), PIN)) == "pin_for_crew"
    assert people.pins.holders() == set()


def test_a_tablet_acts_for_who_typed_the_pin_on_it(people: People, crew: Account) -> None:
    """And for nobody else; another tablet does not; what it is given proves the PIN without a network."""
    first, second = tablet(people), tablet(people, "タブレット2")
    assert code_of(lambda: people.pins.signer(first, crew.account_id)) == "person_refused"
    assert [one.to_json()["verifier"] for one in people.pins.members(first)] == [None]
    known = take(people, first, crew).to_json()["verifier"]

    derived = hashlib.pbkdf2_hmac("sha256", PIN.encode(), bytes.fromhex(known["salt"]), known["iterations"])
    assert derived.hex() == known["hash"] and known["iterations"] >= 600_000
    assert people.pins.signer(first, crew.account_id).name == "suzuki"
    assert code_of(lambda: people.pins.signer(second, crew.account_id)) == "person_refused"
    assert [one.to_json()["verifier"] for one in people.pins.members(first)] == [known]
    assert [one.to_json()["verifier"] for one in people.pins.members(second)] == [None]
    assert take(people, second, crew).to_json()["verifier"]["salt"] != known["salt"]


def test_a_new_pin_ends_what_tablets_know(people: People, crew: Account) -> None:
    """So does taking it away, and taking the account away."""
    device = tablet(people)
    take(people, device, crew)
    people.pins.put(crew, "5083")
    assert code_of(lambda: people.pins.signer(device, crew.account_id)) == "person_refused"
    assert code_of(lambda: take(people, device, crew)) == "pin_wrong"
    take(people, device, crew, "5083")
    people.pins.put(crew, "")
    assert people.pins.members(device) == [] and people.pins.holders() == set()
    assert code_of(lambda: take(people, device, crew, "5083")) == "pin_wrong"
    people.pins.put(crew, PIN)
    take(people, device, crew)
    people.accounts.remove(crew)
    assert people.pins.members(device) == []
    assert code_of(lambda: people.pins.signer(device, crew.account_id)) == "person_refused"


def test_pins_are_not_found_by_trying(people: People, crew: Account, clock: Clock) -> None:
    """After a few failures the person waits on this tablet; others and other tablets do not."""
    device = tablet(people)
    for _ in range(FREE_BY_NAME):
        assert code_of(lambda: take(people, device, crew, "9999")) == "pin_wrong"
    assert code_of(lambda: take(people, device, crew)) == "too_many_attempts"
    assert take(people, tablet(people, "タブレット2"), crew)
    clock.wait(2)
    assert take(people, device, crew)


def test_nobody_can_read_pins_from_the_file(people: People, crew: Account, path: Path) -> None:
    """They are kept by argon2id."""
    take(people, tablet(people), crew)
    with closing(sqlite3.connect(path)) as connection:
        ((kept,),) = connection.execute("SELECT pin_hash FROM pins").fetchall()
    assert kept.startswith("$argon2id$") and PIN not in kept


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("stray", ["", "CREATE TABLE pins (a); CREATE TABLE crews (b);"])
def test_files_of_before_pins_are_brought_up(tmp_path: Path, version: int, stray: str) -> None:
    """With what they hold, also where tables of these names stand empty in them."""
    path = tmp_path / "people.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(database._SCHEMA + (database._UPGRADES[1] if version == 2 else "") + stray)
        connection.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("INSERT INTO grants VALUES ('role:crew', '*', 'read')")
        connection.commit()
    opened = database.Database(path)
    assert (
        len(opened.rows("SELECT * FROM grants")) == 1
        and opened.row("PRAGMA user_version")[0] == database.FORMAT_VERSION
    )
    assert opened.rows("SELECT pin_hash FROM pins") == opened.rows("SELECT verifier FROM crews") == []
    opened.close()
