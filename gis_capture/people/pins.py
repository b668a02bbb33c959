"""PINs: several members of the crew share a tablet, each of whom has typed the own one there once."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock
from typing import Any

from gis_capture.people import codes
from gis_capture.people.accounts import Account, Accounts
from gis_capture.people.attempts import FREE_BY_ADDRESS, FREE_BY_NAME, forget, note_failure, refuse_hasty
from gis_capture.people.database import Database
from gis_capture.people.passwords import Passwords
from gis_capture.people.principals import Role

ITERATIONS = 600_000
"""What OWASP recommends of PBKDF2 with SHA-256; a tablet does it in about a second."""
SALT_BYTES = 16
_DIGITS = re.compile("[0-9]{4,8}")
# Years of birth, and the middle row of the keys.
_OBVIOUS = re.compile("(19|20)[0-9]{2}|2580|0852")

_WITH_PIN = (
    "SELECT pins.account_id, title, salt, iterations, verifier FROM pins JOIN accounts USING (account_id) "
    "LEFT JOIN crews ON crews.account_id = pins.account_id AND device_id = ? ORDER BY name_key"
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the crew, as one tablet knows that one.

    Attributes:
        verifier: Salt, iterations and PBKDF2 of the PIN, by which the tablet knows it without a network; None = it
            was not typed there yet, or is another one since.
    """

    account_id: str
    name: str
    verifier: tuple[bytes, int, bytes] | None

    def to_json(self) -> dict[str, Any]:
        """As the server tells the tablet."""
        known = None
        if self.verifier is not None:
            salt, iterations, derived = self.verifier
            known = {"salt": salt.hex(), "iterations": iterations, "hash": derived.hex()}
        return {"account_id": self.account_id, "name": self.name, "verifier": known}


class Pins:
    """The PINs of an office's crew.

    A tablet may act for who has typed the PIN on it; for others its token is worth nothing.

    Args:
        database: Of people.
        passwords: How PINs are hashed.
        accounts: Whose they are.
        clock: Gives the time, UTC "…Z".
        random: Gives so many bytes that nobody can foresee.
    """

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        accounts: Accounts,
        *,
        clock: Callable[[], str],
        random: Callable[[int], bytes],
    ) -> None:
        self._database, self._passwords, self._accounts = database, passwords, accounts
        self._clock, self._random = clock, random
        self._trying = Lock()

    def put(self, account: Account, pin: str) -> None:
        """Gives a PIN, instead of the one before, which no tablet takes any more once it has heard of it; "" takes it.

        Raises:
            PeopleError: It is no PIN, or an obvious one, or the account is not of the crew.
        """
        pin = _normal(pin)
        if pin and account.role is not Role.CREW:
            raise codes.error(codes.PIN_FOR_CREW, value=account.name)
        if pin and (not _DIGITS.fullmatch(pin) or _is_obvious(pin)):
            raise codes.error(codes.PIN_UNUSABLE)
        kept = self._passwords.keep(pin) if pin else ""
        with self._database.change() as connection:
            # With it goes what tablets know of the one before.
            connection.execute("DELETE FROM pins WHERE account_id = ?", (account.account_id,))
            if pin:
                connection.execute("INSERT INTO pins VALUES (?, ?, ?)", (account.account_id, kept, self._clock()))

    def holders(self) -> set[str]:
        """The ids of the accounts that have one."""
        return {row["account_id"] for row in self._database.rows("SELECT account_id FROM pins")}

    def members(self, device_id: str) -> list[Member]:
        """Who may use a tablet: all that have a PIN; by name."""
        rows = self._database.rows(_WITH_PIN, device_id)
        return [
            Member(row["account_id"], row["title"], (row["salt"], row["iterations"], row["verifier"]))
            if row["salt"] is not None
            else Member(row["account_id"], row["title"], None)
            for row in rows
        ]

    def take(self, device_id: str, account_id: str, pin: str, *, address: str) -> Member:
        """Lets a tablet act for somebody who types the PIN on it, and gives by what the tablet knows it from then on.

        Raises:
            PeopleError: It is wrong, there is none, or there were too many failures on this tablet.
        """
        about = f"pin:{device_id}:{account_id[:100]}"
        subjects = {about: FREE_BY_NAME, f"address:{address}": FREE_BY_ADDRESS}
        with self._trying:
            now = self._clock()
            refuse_hasty(self._database, subjects, now)
            row = self._database.row("SELECT pin_hash FROM pins WHERE account_id = ?", account_id)
            if not self._passwords.is_right(row and row["pin_hash"], _normal(pin)):
                note_failure(self._database, subjects, now)
                raise codes.error(codes.PIN_WRONG)
        salt = self._random(SALT_BYTES)
        known = salt, ITERATIONS, hashlib.pbkdf2_hmac("sha256", _normal(pin).encode(), salt, ITERATIONS)
        with self._database.change() as connection:
            forget(connection, about)
            # The PIN may have been taken away meanwhile.
            sql = "INSERT OR REPLACE INTO crews SELECT ?, account_id, ?, ?, ?, ? FROM pins WHERE pin_hash = ?"
            connection.execute(sql, (device_id, *known, now, row["pin_hash"]))
        return Member(account_id, self._accounts.get(account_id).title, known)

    def signer(self, device_id: str, account_id: str) -> Account:
        """In whose name a tablet sends.

        Raises:
            PeopleError: It may not act for that one.
        """
        if not self._database.row("SELECT 1 FROM crews WHERE device_id = ? AND account_id = ?", device_id, account_id):
            raise codes.error(codes.PERSON_REFUSED)
        return self._accounts.get(account_id)


def _normal(pin: str) -> str:
    # Digits as an input method for Japanese may write them.
    return unicodedata.normalize("NFKC", pin).strip().encode("utf-8", "replace").decode()


def _is_obvious(pin: str) -> bool:
    """Whether it goes on in even steps (0000, 1234, 8642), repeats itself (1212), or is one that many take."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    repeats = any(pin[:n] * (len(pin) // n) == pin for n in range(1, len(pin) // 2 + 1))
    return len(steps) == 1 or repeats or _OBVIOUS.fullmatch(pin) is not None
