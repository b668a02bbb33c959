"""Whom the city's identity provider knows: which account is whose, and sign-ins there that have begun and not ended."""

import hashlib

from gis_capture.people import codes
from gis_capture.people.accounts import Account
from gis_capture.people.attempts import later
from gis_capture.people.database import Database

BEGUN_S = 600
MAX_BEGUN = 10_000


class Identities:
    """What is known of accounts at a provider.

    Args:
        database: Of people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, account: Account, email: str) -> None:
        """Says by which verified address an account is found at its first sign-in; "" takes the provider away.

        Raises:
            PeopleError: The address is none, or that of another account.
        """
        key = _email_key(email)
        if key and (not 3 <= len(key) <= 254 or "@" not in key or any(letter.isspace() for letter in key)):
            raise codes.error(codes.EMAIL_UNUSABLE, value=email)
        with self._database.change() as connection:
            connection.execute("DELETE FROM identities WHERE account_id = ?", (account.account_id,))
            if key and self._database.row("SELECT 1 FROM identities WHERE email_key = ?", key):
                raise codes.error(codes.EMAIL_UNUSABLE, value=email)
            if key:
                connection.execute("INSERT INTO identities VALUES (?, ?, NULL, NULL)", (account.account_id, key))

    def emails(self) -> dict[str, str]:
        """The addresses, by the id of the account."""
        return {row["account_id"]: row["email_key"] for row in self._database.rows("SELECT * FROM identities")}

    def begin(self, state: str, browser: str, *, verifier: str, nonce: str, now: str) -> None:
        """Notes that a browser has gone to the provider; what began long ago is forgotten."""
        with self._database.change(is_noted=False) as connection:
            connection.execute("DELETE FROM outside_sign_ins WHERE ends_at <= ?", (now,))
            oldest = "SELECT state_hash FROM outside_sign_ins ORDER BY ends_at DESC LIMIT -1 OFFSET ?"
            connection.execute(f"DELETE FROM outside_sign_ins WHERE state_hash IN ({oldest})", (MAX_BEGUN,))
            values = (_hash(state), _hash(browser), verifier, nonce, later(now, BEGUN_S))
            connection.execute("INSERT INTO outside_sign_ins VALUES (?, ?, ?, ?, ?)", values)

    def end(self, state: str, browser: str, *, now: str) -> tuple[str, str]:
        """Takes the verifier and the nonce of a sign-in that this browser began; once.

        Raises:
            PeopleError: It did not, or too long ago.
        """
        with self._database.change(is_noted=False) as connection:
            sql = "DELETE FROM outside_sign_ins WHERE state_hash = ? AND browser_hash = ? AND ends_at > ? RETURNING *"
            row = connection.execute(sql, (_hash(state), _hash(browser), now)).fetchone()
        if row is None:
            raise codes.error(codes.OUTSIDE_BROKEN_OFF)
        return row["verifier"], row["nonce"]

    def account_of(self, issuer: str, subject: str, verified_email: str) -> str:
        """The id of the account of a person whom the provider has named; the subject counts from the first time on.

        Raises:
            PeopleError: There is none.
        """
        known = "SELECT account_id FROM identities WHERE issuer = ? AND subject = ?"
        if row := self._database.row(known, issuer, subject):
            return str(row["account_id"])
        with self._database.change() as connection:
            sql = "UPDATE identities SET issuer = ?, subject = ? WHERE email_key = ? AND subject IS NULL"
            found = (issuer, subject, _email_key(verified_email))
            row = connection.execute(f"{sql} RETURNING account_id", found).fetchone()
        if row is None:
            raise codes.error(codes.OUTSIDE_UNKNOWN)
        return str(row["account_id"])


def _email_key(email: str) -> str:
    return email.strip().casefold().encode("utf-8", "replace").decode()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
