"""Tablets: paired by a code that the office shows, each with a token of its own that the office can refuse."""

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
        tablet_id: Under which its app sends changes.
        state: "locked" can be taken back; what is "revoked" has to be paired anew.
        contact_at: When it was last heard of, to a few minutes.
    """

    device_id: str
    name: str
    tablet_id: str
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
        """Locks, unlocks or revokes a tablet; who is signed in on it is signed out."""
        with self._database.change() as connection:
            if state != "active":
                connection.execute("DELETE FROM sessions WHERE device_id = ?", (device.device_id,))
            # What was revoked stays so.
            connection.execute(
                "UPDATE devices SET state = ? WHERE device_id = ? AND state <> 'revoked'", (state, device.device_id)
            )
        return self.get(device.device_id)


def device_of(row: Any) -> Device:
    """A device of its row."""
    names = ("device_id", "name", "tablet_id", "state", "paired_by", "paired_at", "contact_at")
    return Device(*(row[name] for name in names))
