"""Accounts: who they are, their passwords, and what they may do with which layer."""

import unicodedata
from dataclasses import dataclass
from typing import Any, TypeVar

from gis_capture.people import codes
from gis_capture.people.attempts import forget
from gis_capture.people.database import Database
from gis_capture.people.passwords import Passwords
from gis_capture.people.principals import ALL_LAYERS, Right, Role

MAX_NAME_CHARS = 100
Word = TypeVar("Word")


@dataclass(frozen=True, slots=True)
class Account:
    """A person.

    Attributes:
        name: To sign in with.
        title: As others read it.
        sees_personal: Whether fields with personal data are given.
    """

    account_id: str
    name: str
    title: str
    role: Role
    sees_personal: bool
    made_at: str
    signed_in_at: str | None

    def to_json(self) -> dict[str, Any]:
        """As the server tells it."""
        return {
            "account_id": self.account_id,
            "name": self.name,
            "title": self.title,
            "role": self.role.word,
            "sees_personal": self.sees_personal,
            "made_at": self.made_at,
            "signed_in_at": self.signed_in_at,
        }


class Accounts:
    """The accounts of an office.

    Args:
        database: Of people.
        passwords: How they are hashed.
    """

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database, self._passwords = database, passwords

    def exist(self) -> bool:
        """Whether there is one."""
        return self._database.row("SELECT 1 FROM accounts") is not None

    def all(self) -> list[Account]:
        """All, by name."""
        return [_account(row) for row in self._database.rows("SELECT * FROM accounts ORDER BY name_key")]

    def get(self, name_or_id: str) -> Account:
        """One of them.

        Raises:
            PeopleError: There is none.
        """
        found = "SELECT * FROM accounts WHERE account_id = ? OR name_key = ?"
        row = self._database.row(found, name_or_id, name_key(name_or_id))
        if row is None:
            raise codes.error(codes.ACCOUNT_UNKNOWN, value=name_or_id)
        return _account(row)

    def add(
        self,
        name: str,
        *,
        password: str,
        role: Role,
        new_id: str,
        at: str,
        title: str = "",
        sees_personal: bool | None = None,
        is_first: bool = False,
    ) -> Account:
        """Makes an account.

        Args:
            name: To sign in with.
            password: See `Passwords.hash`.
            role: What the person does.
            new_id: A fresh id.
            at: UTC "…Z".
            title: As others read it; by default the name.
            sees_personal: By default the office and the administrator do.
            is_first: Only where there is none.

        Raises:
            PeopleError: The name is taken or unusable, or the password is; or there is an account already.
        """
        name, title = shown_name(name), shown_name(title or name)
        kept = self._passwords.hash(password, name=name)
        sees = role >= Role.OFFICE if sees_personal is None else sees_personal
        with self._database.change() as connection:
            if is_first and self.exist():
                raise codes.error(codes.SETUP_DONE)
            if role is not Role.ADMIN and not self.exist():
                raise codes.error(codes.FIRST_IS_ADMIN)
            if self._database.row("SELECT 1 FROM accounts WHERE name_key = ?", name_key(name)):
                raise codes.error(codes.NAME_TAKEN, value=name)
            row = (new_id, name, name_key(name), title, role.word, sees, kept, at, None)
            connection.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return self.get(new_id)

    def set_password(self, account: Account, password: str) -> None:
        """Gives a new password; everywhere the account is signed out."""
        kept = self._passwords.hash(password, name=account.name)
        with self._database.change() as connection:
            connection.execute("UPDATE accounts SET password_hash = ? WHERE account_id = ?", (kept, account.account_id))
            connection.execute("DELETE FROM sessions WHERE account_id = ?", (account.account_id,))
            forget(connection, f"name:{name_key(account.name)}")

    def remove(self, account: Account) -> None:
        """Takes an account away, with its sessions and grants.

        Raises:
            PeopleError: It is the last administrator.
        """
        with self._database.change() as connection:
            others = "SELECT 1 FROM accounts WHERE role = 'admin' AND account_id <> ?"
            if account.role is Role.ADMIN and not self._database.row(others, account.account_id):
                raise codes.error(codes.LAST_ADMIN)
            for table in ("grants", "personal_grants", "areas"):
                connection.execute(f"DELETE FROM {table} WHERE subject = ?", (f"account:{account.account_id}",))
            connection.execute("DELETE FROM accounts WHERE account_id = ?", (account.account_id,))

    def grant(self, subject: str, layer: str, right: Right | bool | None) -> None:
        """Says what a subject may do with a layer, or whether it sees its personal data; None takes back what was said.

        Args:
            subject: "account:<id>", "device:<id>" or "role:<role>".
            layer: Its key; `ALL_LAYERS` for those without a grant of their own.
            right: What it may do, or whether it sees fields with personal data.

        Raises:
            PeopleError: Personal data of a tablet, which a setting alone decides on.
        """
        if isinstance(right, bool) and subject.startswith("device:"):
            raise codes.error(codes.PERSONAL_FOR_PEOPLE)
        with self._database.change() as connection:
            if not isinstance(right, bool):
                connection.execute("DELETE FROM grants WHERE subject = ? AND layer = ?", (subject, layer))
            if right is None or isinstance(right, bool):
                connection.execute("DELETE FROM personal_grants WHERE subject = ? AND layer = ?", (subject, layer))
            if isinstance(right, bool):
                connection.execute("INSERT INTO personal_grants VALUES (?, ?, ?)", (subject, layer, right))
            elif right is not None:
                connection.execute("INSERT INTO grants VALUES (?, ?, ?)", (subject, layer, right.word))

    def grants(self) -> list[dict[str, str]]:
        """All that was granted."""
        rows = self._database.rows(
            "SELECT subject, layer, layer_right FROM grants UNION ALL SELECT subject, layer, "
            "iif(is_seen, 'personal', 'no_personal') FROM personal_grants ORDER BY 1, 2, 3"
        )
        return [{"subject": row["subject"], "layer": row["layer"], "right": row["layer_right"]} for row in rows]

    def rights_of(self, subject: str, role: Role) -> dict[str, Right]:
        """What was granted to a subject, and to its role where nothing was granted to itself.

        A word about all layers to the subject goes before a word about one layer to its role.
        """
        rows = self._database.rows("SELECT * FROM grants WHERE subject IN (?, ?)", subject, f"role:{role.word}")
        return _own_first(subject, [(row["subject"], row["layer"], Right[row["layer_right"].upper()]) for row in rows])

    def personal_of(self, subject: str, role: Role) -> dict[str, bool]:
        """What was said of personal data in the same way."""
        both = (subject, f"role:{role.word}")
        rows = self._database.rows("SELECT * FROM personal_grants WHERE subject IN (?, ?)", *both)
        return _own_first(subject, [(row["subject"], row["layer"], bool(row["is_seen"])) for row in rows])


def _own_first(subject: str, said: list[tuple[str, str, Word]]) -> dict[str, Word]:
    """By layer, what was said to a subject, else to its role."""
    own = {layer: word for who, layer, word in said if who == subject}
    return own if ALL_LAYERS in own else {layer: word for who, layer, word in said if who != subject} | own


def shown_name(text: str) -> str:
    """A name without what cannot be seen around it.

    Raises:
        PeopleError: It is none.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    # Letters of people's names may be private ones (外字); what steers a line or a screen is no letter.
    if not 0 < len(name) <= MAX_NAME_CHARS or any(
        unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name
    ):
        raise codes.error(codes.NAME_UNUSABLE, most=MAX_NAME_CHARS)
    return name


def name_key(name: str) -> str:
    """By which a name is found, whatever its case and width."""
    return unicodedata.normalize("NFKC", name).strip().casefold().encode("utf-8", "replace").decode()


def _account(row: Any) -> Account:
    return Account(
        row["account_id"],
        row["name"],
        row["title"],
        Role.of(row["role"]),
        bool(row["sees_personal"]),
        row["made_at"],
        row["signed_in_at"],
    )
