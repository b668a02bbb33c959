"""Tablets: paired by a code that the office shows, each with a token of its own that the office can refuse."""

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gis_capture.people import codes
from gis_capture.people.database import Database

State = Literal["active", "locked", "revoked"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Device:
    """A tablet.

    Attributes:
        name: As the office calls it.
        state: "locked" can be taken back; what is "revoked" has to be paired anew.
        contact_at: When it was last heard of, to a few minutes.
    """

    device_id: str
    name: str
    state: State
    paired_by: str
    paired_at: str
    contact_at: str

    def to_json(self) -> dict[str, str]:
        """As the server tells it."""
        return {name: getattr(self, name) for name in self.__slots__}


class Devices:
    """The tablets of an office.

    Args:
        database: Of people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Device]:
        """All, those in use first."""
        rows = self._database.rows("SELECT * FROM devices ORDER BY state = 'revoked', name, paired_at")
        return [device_of(row) for row in rows]

    def get(self, name_or_id: str) -> Device:
        """One of them; by its name the one that is in use.

        Raises:
            PeopleError: There is none.
        """
        rows = "SELECT * FROM devices WHERE device_id = ? OR name = ? ORDER BY state = 'revoked', paired_at DESC"
        row = self._database.row(rows, name_or_id, name_or_id)
        if row is None:
            raise codes.error(codes.DEVICE_UNKNOWN, value=name_or_id)
        return device_of(row)

    def set_state(self, device: Device, state: State) -> Device:
        """Locks, unlocks or revokes a tablet; who is signed in on it is signed out.

        Raises:
            PeopleError: It was revoked, and has to be paired anew (code `device_stays_revoked`).
        """
        with self._database.change() as connection:
            if device.state == "revoked" and state != "revoked":
                raise codes.error(codes.DEVICE_STAYS_REVOKED, value=device.name)
            if state != "active":
                connection.execute("DELETE FROM sessions WHERE device_id = ?", (device.device_id,))
            # What was revoked stays so.
            connection.execute(
                "UPDATE devices SET state = ? WHERE device_id = ? AND state <> 'revoked'", (state, device.device_id)
            )
        return self.get(device.device_id)

    def claim(self, device_id: str, sender_id: str) -> None:
        """Makes sure that a tablet sends under an id of its own: each crew on it has one, and keeps it.

        Args:
            device_id: Of the tablet; "" = it is sent from no paired one, and so under the id of none.
            sender_id: Under which its app sends changes; new ones are the tablet's from now on.

        Raises:
            PeopleError: The id is that of another tablet (code `device_differs`).
        """
        found = "SELECT device_id FROM senders WHERE sender_id = ?"
        row = self._database.row(found, sender_id)
        if row is None and not device_id:
            return
        if row is None:
            with self._database.change(is_noted=False) as connection:
                connection.execute("INSERT OR IGNORE INTO senders VALUES (?, ?)", (sender_id, device_id))
            row = self._database.row(found, sender_id)
        if row["device_id"] != device_id:
            raise codes.error(codes.DEVICE_DIFFERS)

    def take_over(self, connection: sqlite3.Connection, device_id: str, sender_id: str) -> None:
        """Makes a tablet that is paired anew the one it was: what that was ends, and its ids are the new one's."""
        row = connection.execute("SELECT device_id FROM senders WHERE sender_id = ?", (sender_id,)).fetchone()
        if row is not None:
            connection.execute("UPDATE devices SET state = 'revoked' WHERE device_id = ?", (row["device_id"],))
            connection.execute("DELETE FROM sessions WHERE device_id = ?", (row["device_id"],))
            connection.execute("UPDATE senders SET device_id = ? WHERE device_id = ?", (device_id, row["device_id"]))
        elif sender_id:
            connection.execute("INSERT INTO senders VALUES (?, ?)", (sender_id, device_id))


def device_of(row: Any) -> Device:
    """A device of its row."""
    names = ("device_id", "name", "state", "paired_by", "paired_at", "contact_at")
    return Device(*(row[name] for name in names))
