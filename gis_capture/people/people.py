"""The people of an office and their tablets: set-up, sign-in, pairing, and who it is that asks."""

import hashlib
import sqlite3
import time
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from gis_capture.errors import PeopleError
from gis_capture.people import codes
from gis_capture.people.accounts import Account, Accounts, name_key, shown_name
from gis_capture.people.areas import Areas
from gis_capture.people.attempts import FREE_BY_ADDRESS, FREE_BY_NAME, forget, later, note_failure, refuse_hasty
from gis_capture.people.audit import Audit
from gis_capture.people.database import Database
from gis_capture.people.devices import Device, Devices, device_of
from gis_capture.people.identities import Identities
from gis_capture.people.passwords import Passwords
from gis_capture.people.pins import Pins
from gis_capture.people.principals import Principal, Role
from gis_capture.people.uploads import Uploads

TOKEN_BYTES = 32
CODE_CHARS = 8
# Without letters and digits that look alike.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SETUP_CODE_S = 24 * 3600
PAIRING_CODE_S = 15 * 60
NOTED_EVERY_S = 300
MAX_KNOWN = 2_000


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts: without being used, and at all."""

    idle_s: float
    whole_s: float


@dataclass(frozen=True, slots=True)
class _Known:
    """Who a token belongs to, and when that has to be looked up again."""

    state: tuple[int, int]
    principal: Principal | None
    refusal: str
    until: str


class People:
    """The people of an office.

    Args:
        path: Of their file; it is made where there is none.
        clock: Gives the time, UTC "…Z".
        new_id: Gives fresh UUIDs.
        random: Gives so many bytes that nobody can foresee.
        lasting: Of sessions.
        passwords: How they are hashed.
        monotonic: Seconds that only grow: what another process changes is looked for every fraction of one.

    Attributes:
        accounts: Their accounts.
        devices: Their tablets.
        audit: What they did.
        areas: Where they work.
        identities: Whom the city's identity provider knows.
        pins: By which the crew shares tablets.
        uploads: Who sent which photo.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], str],
        new_id: Callable[[], str],
        random: Callable[[int], bytes],
        lasting: Lasting,
        passwords: Passwords | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = Database(path, monotonic)
        self._passwords = passwords or Passwords()
        self._clock, self._new_id, self._random, self._lasting = clock, new_id, random, lasting
        self._noted_every_s = min(NOTED_EVERY_S, lasting.idle_s / 4)
        self._signing_in = Lock()
        self._known: dict[tuple[str, str, str], _Known] = {}
        self._any: tuple[tuple[int, int], bool] | None = None
        self.accounts = Accounts(self._database, self._passwords)
        self.devices = Devices(self._database)
        self.audit = Audit(self._database)
        self.areas = Areas(self._database)
        self.identities = Identities(self._database)
        self.uploads = Uploads(self._database)
        self.pins = Pins(self._database, self._passwords, self.accounts, clock=clock, random=random)

    def copy_to(self, path: Path) -> None:
        """Writes a copy for a backup: accounts, tablets, rights and the account of what was done; nobody is signed in.

        Raises:
            PeopleError: It cannot be written.
        """
        self._database.copy_to(path)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    @property
    def n_changes(self) -> int:
        """How often this process has changed what is kept."""
        return self._database.n_own_changes

    def has_accounts(self) -> bool:
        """Whether anybody has an account: from the first one on, everybody signs in."""
        state = self._database.state()
        if self._any is None or self._any[0] != state:
            self._any = (state, self.accounts.exist())
        return self._any[1]

    def identify(self, session: str, device: str, person: str = "") -> Principal | None:
        """Who asks, by the tokens of a session and of a tablet; None = nobody that is known.

        Args:
            session: Token of one; "" = none.
            device: Token of a tablet; "" = none.
            person: Account of who has the shared tablet in hands; it narrows what the tablet may.

        Raises:
            PeopleError: The tablet is locked or was revoked, whoever is signed in on it; or the person has not
                typed the PIN on it.
        """
        if not session and not device:
            return None
        now, state, about = self._clock(), self._database.state(), (session, device, person)
        known = self._known.get(about)
        if known is None or known.state != state or now >= known.until:
            known = self._known[about] = self._for_person(person, self._look_up(session, device, now, state))
            while len(self._known) > MAX_KNOWN:
                self._known.pop(next(iter(self._known)), None)
        if known.refusal:
            raise codes.error(known.refusal)
        return known.principal

    def _look_up(self, session: str, device: str, now: str, state: tuple[int, int]) -> _Known:
        """Looks in the file; the answer holds until the use has to be noted again."""
        until, on_tablet = later(now, self._noted_every_s), self._device_of(device)
        if on_tablet is not None:
            about = on_tablet.device_id, on_tablet.contact_at
            until = self._note("devices SET contact_at", "device_id", *about, now)
            # Whoever is signed in on it: nothing goes in or out of a tablet that is lost.
            if on_tablet.state != "active":
                return _Known(state, None, f"device_{on_tablet.state}", until)
        row = self._database.row(
            "SELECT * FROM sessions JOIN accounts USING (account_id) WHERE session_hash = ?", _hash(session)
        )
        if row:
            ends_at = min(later(row["seen_at"], self._lasting.idle_s), later(row["begun_at"], self._lasting.whole_s))
            if now < ends_at:
                noted = self._note("sessions SET seen_at", "session_hash", row["session_hash"], row["seen_at"], now)
                until = min(until, noted, later(row["begun_at"], self._lasting.whole_s))
                device_id = on_tablet.device_id if on_tablet else ""
                return _Known(state, self.principal_of(row["account_id"], device_id), "", until)
        return _Known(state, self._principal_of_tablet(on_tablet) if on_tablet else None, "", until)

    def _for_person(self, person: str, known: _Known) -> _Known:
        """Narrows what a tablet may to what the person may who typed the PIN on it."""
        asking = known.principal
        if asking is None or person in ("", asking.id):
            return known
        try:
            signer = self.pins.signer(asking.device_id, person)
        except PeopleError as error:
            return replace(known, principal=None, refusal=str(error.subject["code"]))
        return replace(known, principal=asking.narrowed_to(self.principal_of(signer.account_id)))

    def principal_of(self, account_id: str, device_id: str = "") -> Principal:
        """An account with what it may do, as it asks on a paired tablet or on none.

        Raises:
            PeopleError: There is no such account.
        """
        account = self.accounts.get(account_id)
        subject = f"account:{account.account_id}"
        rights, area = self.accounts.rights_of(subject, account.role), self.areas.of(subject, account.role)
        who = (account.account_id, account.title, account.role, account.sees_personal)
        personal = self.accounts.personal_of(subject, account.role)
        return Principal("account", *who, rights=rights, area=area, personal=personal, device_id=device_id)

    def _principal_of_tablet(self, found: Device) -> Principal:
        subject, who = f"device:{found.device_id}", (found.device_id, found.name, Role.CREW)
        rights, area = self.accounts.rights_of(subject, Role.CREW), self.areas.of(subject, Role.CREW)
        return Principal("device", *who, rights=rights, area=area, device_id=found.device_id)

    def _note(self, what: str, key: str, value: object, noted_at: str, now: str) -> str:
        """Notes every few minutes that a session or a tablet is in use; gives when it is to be noted next.

        On a full disk it is not noted: who is signed in still reads.
        """
        if now >= later(noted_at, self._noted_every_s):
            noted_at = now
            try:
                with self._database.change(is_noted=False) as connection:
                    connection.execute(f"UPDATE {what} = ? WHERE {key} = ?", (now, value))
            except PeopleError as error:
                if error.subject.get("code") != "disk_full":
                    raise
        return later(noted_at, self._noted_every_s)

    def sign_in(
        self, name: str, password: str, *, address: str, session: str = "", device: str = ""
    ) -> tuple[str, Account]:
        """Begins a session; gives its token, which is a new one whatever token the browser had, and whose it is.

        Args:
            name: Of an account.
            password: Of it.
            address: From where it is asked.
            session: What the browser had until now; it ends.
            device: Token of the tablet on which it is asked, if it is one: to lock it ends the session.

        Raises:
            PeopleError: Name or password are wrong, or there were too many failures; which of both is not told.
                Or the tablet is locked or was revoked.
        """
        row = self._checked(name, password, address)
        with self._database.change() as connection:
            forget(connection, _failures_of(name))
        token = self.begin_session(row["account_id"], session=session, device=device)
        return token, self.accounts.get(row["account_id"])

    def begin_session(self, account_id: str, *, session: str = "", device: str = "") -> str:
        """Begins a session of somebody who has said who that is; see `sign_in`.

        Raises:
            PeopleError: The tablet on which it is asked is locked or was revoked.
        """
        token, begun_on, now = self._token(), self._device_of(device), self._clock()
        if begun_on is not None and begun_on.state != "active":
            raise codes.error(f"device_{begun_on.state}")
        with self._database.change() as connection:
            connection.execute("DELETE FROM sessions WHERE session_hash = ?", (_hash(session),))
            connection.execute("DELETE FROM sessions WHERE begun_at < ?", (later(now, -self._lasting.whole_s),))
            values = (_hash(token), account_id, begun_on and begun_on.device_id, now, now)
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", values)
            connection.execute("UPDATE accounts SET signed_in_at = ? WHERE account_id = ?", (now, account_id))
        return token

    def check_password(self, account: Account, password: str, *, address: str) -> None:
        """Makes sure that somebody who is signed in is still the one who did.

        Raises:
            PeopleError: The password is wrong, or there were too many failures.
        """
        self._checked(account.name, password, address)

    def _checked(self, name: str, password: str, address: str) -> sqlite3.Row:
        subjects = {_failures_of(name): FREE_BY_NAME, f"address:{address}": FREE_BY_ADDRESS}
        # One after the other, so that many at once do not all slip through before the first is counted.
        with self._signing_in:
            now = self._clock()
            refuse_hasty(self._database, subjects, now)
            row: sqlite3.Row | None = self._database.row("SELECT * FROM accounts WHERE name_key = ?", name_key(name))
            if not self._passwords.is_right(row["password_hash"] if row else None, password) or row is None:
                note_failure(self._database, subjects, now)
                raise codes.error(codes.SIGN_IN_FAILED)
        return row

    def sign_out(self, session: str) -> None:
        """Ends a session."""
        with self._database.change() as connection:
            connection.execute("DELETE FROM sessions WHERE session_hash = ?", (_hash(session),))

    def make_setup_code(self) -> str | None:
        """A code with which the first administrator is created, instead of all earlier ones; None = there is one."""
        return None if self.has_accounts() else self._make_code("setup", "", "", SETUP_CODE_S, is_only=True)

    def set_up(self, code: str, name: str, password: str, *, address: str) -> Account:
        """Creates the first administrator.

        Raises:
            PeopleError: The code is wrong, there is an account already, or name or password cannot be used.
        """
        if self.has_accounts():
            raise codes.error(codes.SETUP_DONE)
        self._check_code("setup", code, address)
        at = self._clock()
        made = self.accounts.add(name, password=password, role=Role.ADMIN, new_id=self._new_id(), at=at, is_first=True)
        with self._database.change() as connection:
            connection.execute("DELETE FROM codes WHERE kind = 'setup'")
        return made

    def add_account(
        self, name: str, password: str, role: Role, *, title: str = "", sees_personal: bool | None = None
    ) -> Account:
        """Makes an account; see `Accounts.add`."""
        at, new_id = self._clock(), self._new_id()
        return self.accounts.add(
            name, password=password, role=role, title=title, sees_personal=sees_personal, new_id=new_id, at=at
        )

    def make_pairing_code(self, name: str, made_by: str) -> tuple[str, str]:
        """A code with which one tablet is paired once; with the instant at which it expires.

        Raises:
            PeopleError: The name of the tablet cannot be used.
        """
        code = self._make_code("pairing", shown_name(name), made_by, PAIRING_CODE_S)
        return code, later(self._clock(), PAIRING_CODE_S)

    def pair(self, code: str, sender_id: str, *, address: str) -> tuple[str, Device]:
        """Pairs a tablet; gives its token.

        Args:
            code: What the office shows.
            sender_id: Under which the app sends changes.
            address: From where it is asked.

        Raises:
            PeopleError: The code is wrong, used or expired, or there were too many failures.
        """
        row = self._check_code("pairing", code, address)
        token, device_id, now = self._token(), self._new_id(), self._clock()
        with self._database.change() as connection:
            if not connection.execute("DELETE FROM codes WHERE code_hash = ?", (row["code_hash"],)).rowcount:
                raise codes.error(codes.CODE_WRONG)
            values = (device_id, row["name"], _hash(token), "active", row["made_by"], now, now)
            connection.execute("INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self.devices.take_over(connection, device_id, sender_id)
        return token, self.devices.get(device_id)

    def _check_code(self, kind: str, code: str, address: str) -> sqlite3.Row:
        subjects = {f"address:{address}": FREE_BY_ADDRESS}
        with self._signing_in:
            now = self._clock()
            refuse_hasty(self._database, subjects, now)
            found = "SELECT * FROM codes WHERE code_hash = ? AND kind = ? AND ends_at > ?"
            row: sqlite3.Row | None = self._database.row(found, _hash(_plain(code)), kind, now)
            if row is None:
                note_failure(self._database, subjects, now)
                raise codes.error(codes.CODE_WRONG)
        return row

    def _make_code(self, kind: str, name: str, made_by: str, lasts_s: float, *, is_only: bool = False) -> str:
        # 31 letters of 256 values: what is over is thrown away, so that all are as likely.
        letters = ""
        while len(letters) < CODE_CHARS:
            letters += "".join(_ALPHABET[byte % 31] for byte in self._random(2 * CODE_CHARS) if byte < 248)
        code, now = letters[:CODE_CHARS], self._clock()
        with self._database.change() as connection:
            connection.execute("DELETE FROM codes WHERE ends_at <= ? OR (? AND kind = ?)", (now, is_only, kind))
            values = (_hash(code), kind, name, made_by, later(now, lasts_s))
            connection.execute("INSERT INTO codes VALUES (?, ?, ?, ?, ?)", values)
        return f"{code[:4]}-{code[4:]}"

    def _device_of(self, token: str) -> Device | None:
        row = self._database.row("SELECT * FROM devices WHERE token_hash = ?", _hash(token)) if token else None
        return device_of(row) if row else None

    def _token(self) -> str:
        return urlsafe_b64encode(self._random(TOKEN_BYTES)).rstrip(b"=").decode()


def subject_of(people: People, who: str) -> str:
    """To whom something is granted: "role:crew" as it is, "device:" with a tablet's name or id, or an account's name.

    Raises:
        PeopleError: There is no such role, tablet or account.
    """
    kind, _, name = who.partition(":")
    if kind == "role":
        if name not in {role.word for role in Role}:
            raise codes.error(codes.ROLE_UNKNOWN, value=name)
        return who
    if kind == "device":
        return f"device:{people.devices.get(name).device_id}"
    return f"account:{people.accounts.get(name if kind == 'account' and name else who).account_id}"


def _failures_of(name: str) -> str:
    """Under which the failures of a name are counted."""
    return f"name:{name_key(name)[:200]}"


def _plain(code: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", code).upper() if letter.isalnum())


def _hash(token: str) -> bytes:
    """What is kept of a token: nobody who reads the file can use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
