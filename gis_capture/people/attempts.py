"""Failed attempts: after a few, the next one has to wait, longer each time."""

import sqlite3
from datetime import UTC, datetime, timedelta

from gis_capture.people import codes
from gis_capture.people.database import Database

FREE_BY_NAME = 5
"""How often a name may fail before it waits; by then somebody has not just mistyped."""
FREE_BY_ADDRESS = 20
"""An office behind one address has many people."""
MAX_WAIT_S = 900
FORGOTTEN_AFTER_S = 3600


def later(at: str, seconds: float) -> str:
    """The instant so many seconds after another, both UTC "…Z"."""
    return (datetime.fromisoformat(at) + timedelta(seconds=seconds)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refuse_hasty(database: Database, subjects: dict[str, int], now: str) -> None:
    """Lets an attempt through unless one of its subjects has to wait.

    Args:
        database: Of people.
        subjects: What is attempted and from where, with how often each may fail before it waits.
        now: UTC "…Z".

    Raises:
        PeopleError: It has to wait (code `too_many_attempts`, subject `wait_s`).
    """
    for subject, n_free in subjects.items():
        row = database.row("SELECT n_failed, failed_at FROM attempts WHERE subject = ?", subject)
        if row is None or row["n_failed"] < n_free:
            continue
        wait_s = min(MAX_WAIT_S, 2 ** min(row["n_failed"] - n_free + 1, 20))
        until = later(row["failed_at"], wait_s)
        if now < until:
            left = datetime.fromisoformat(until) - datetime.fromisoformat(now)
            raise codes.error(codes.TOO_MANY_ATTEMPTS, wait_s=round(left.total_seconds()))


def note_failure(database: Database, subjects: dict[str, int], now: str) -> None:
    """Counts a failed attempt; what lies an hour back is forgotten."""
    with database.change(is_noted=False) as connection:
        connection.execute("DELETE FROM attempts WHERE failed_at < ?", (later(now, -FORGOTTEN_AFTER_S),))
        for subject in subjects:
            connection.execute(
                "INSERT INTO attempts VALUES (?, 1, ?) ON CONFLICT (subject) DO UPDATE "
                "SET n_failed = n_failed + 1, failed_at = excluded.failed_at",
                (subject, now),
            )


def forget(connection: sqlite3.Connection, subject: str) -> None:
    """Begins to count anew."""
    connection.execute("DELETE FROM attempts WHERE subject = ?", (subject,))
