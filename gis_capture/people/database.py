"""The file of people: one connection for all threads, and a number by which others see that it has changed."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from gis_capture.durability import is_for_want_of_room
from gis_capture.errors import PeopleError
from gis_capture.text import Text

APPLICATION_ID = 0x47435045
FORMAT_VERSION = 5
BUSY_TIMEOUT_S = 10
OTHERS_SEEN_AFTER_S = 0.2
_FULL = Text(
    "サーバーのディスクに空き容量がありません。何も変わっていません。空きを作ってから、もう一度お試しください。",
    "The server's disk is full. Nothing has changed: make room, then try again.",
)
PASSING = ("sessions", "codes", "attempts")
"""Tables of what is over soon, and of no use in a copy."""
_SCHEMA = """
CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'crew', 'office', 'admin')),
  sees_personal INTEGER NOT NULL, password_hash TEXT NOT NULL, made_at TEXT NOT NULL, signed_in_at TEXT
) STRICT;
CREATE TABLE devices (
  device_id TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('active', 'locked', 'revoked')),
  paired_by TEXT NOT NULL, paired_at TEXT NOT NULL, contact_at TEXT NOT NULL
) STRICT;
CREATE TABLE senders (sender_id TEXT PRIMARY KEY, device_id TEXT NOT NULL REFERENCES devices) STRICT;
CREATE TABLE sessions (
  session_hash BLOB PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  device_id TEXT REFERENCES devices, begun_at TEXT NOT NULL, seen_at TEXT NOT NULL
) STRICT;
CREATE TABLE codes (
  code_hash BLOB PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('setup', 'pairing')),
  name TEXT NOT NULL, made_by TEXT NOT NULL, ends_at TEXT NOT NULL
) STRICT;
CREATE TABLE grants (
  subject TEXT NOT NULL, layer TEXT NOT NULL, layer_right TEXT NOT NULL CHECK (layer_right IN ('none', 'read', 'edit')),
  PRIMARY KEY (subject, layer)
) STRICT;
CREATE TABLE attempts (subject TEXT PRIMARY KEY, n_failed INTEGER NOT NULL, failed_at TEXT NOT NULL) STRICT;
CREATE TABLE audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who_kind TEXT NOT NULL, who_id TEXT NOT NULL,
  who TEXT NOT NULL, address TEXT NOT NULL, what TEXT NOT NULL, layer TEXT NOT NULL, subject TEXT NOT NULL,
  detail TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
"""
_UPGRADES = {
    1: """
CREATE TABLE areas (subject TEXT PRIMARY KEY, name TEXT NOT NULL, shape BLOB NOT NULL) STRICT;
CREATE TABLE identities (
  account_id TEXT PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  email_key TEXT UNIQUE, issuer TEXT, subject TEXT, UNIQUE (issuer, subject)
) STRICT;
CREATE TABLE outside_sign_ins (
  state_hash BLOB PRIMARY KEY, browser_hash BLOB NOT NULL, verifier TEXT NOT NULL, nonce TEXT NOT NULL,
  ends_at TEXT NOT NULL
) STRICT;
""",
    # Files may hold tables of these names that nothing ever used.
    2: """
DROP TABLE IF EXISTS crews;
DROP TABLE IF EXISTS pins;
CREATE TABLE pins (
  account_id TEXT PRIMARY KEY REFERENCES accounts ON DELETE CASCADE, pin_hash TEXT NOT NULL, given_at TEXT NOT NULL
) STRICT;
CREATE TABLE crews (
  device_id TEXT NOT NULL REFERENCES devices, account_id TEXT NOT NULL REFERENCES pins ON DELETE CASCADE,
  salt BLOB NOT NULL, iterations INTEGER NOT NULL, verifier BLOB NOT NULL, begun_at TEXT NOT NULL,
  PRIMARY KEY (device_id, account_id)
) STRICT;
""",
    3: """
CREATE TABLE personal_grants (
  subject TEXT NOT NULL, layer TEXT NOT NULL, is_seen INTEGER NOT NULL, PRIMARY KEY (subject, layer)
) STRICT;
""",
    4: """
CREATE TABLE uploads (
  sha256 TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (sha256, owner)
) STRICT, WITHOUT ROWID;
""",
}
"""By the format before it, what makes the next one of it."""


class Database:
    """The open file; it is made where there is none, readable by the server's user alone.

    Args:
        path: In a folder that is there.
        monotonic: Seconds that only grow.

    Raises:
        PeopleError: It cannot be used.
    """

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._lock = RLock()
        self._monotonic = monotonic
        self.n_own_changes = self._version = 0
        self._looked_at_s = float("-inf")
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with self._told():
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._prepare()

    def _prepare(self) -> None:
        with self.change() as connection:
            if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
                for statement in _statements(_SCHEMA):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute("PRAGMA user_version = 1")
            if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
                _upgrade(connection)
            found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        if found != [APPLICATION_ID, FORMAT_VERSION]:
            raise sqlite3.DatabaseError(f"application_id, user_version = {found}")

    def copy_to(self, path: Path) -> None:
        """Writes a copy of the present state, readable by the same user alone, with all rows of `PASSING` left out.

        Raises:
            PeopleError: It cannot be written.
        """
        os.close(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        with self._told(), closing(sqlite3.connect(path, isolation_level=None)) as copy:
            with self._lock:
                self._connection.backup(copy)
            for table in PASSING:
                copy.execute(f"DELETE FROM {table}")
            # What was deleted would otherwise still stand in free pages.
            copy.execute("VACUUM")

    def close(self) -> None:
        """Closes it."""
        with self._lock:
            self._connection.close()

    def state(self) -> tuple[int, int]:
        """Changes whenever what is kept about people has changed: at once by this process, soon by another one."""
        now_s = self._monotonic()
        if now_s - self._looked_at_s >= OTHERS_SEEN_AFTER_S:
            with self._lock, self._told():
                (self._version,) = self._connection.execute("PRAGMA data_version").fetchone()
                self._looked_at_s = now_s
        return self._version, self.n_own_changes

    @contextmanager
    def change(self, *, is_noted: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction; where it `is_noted`, `state` is another one afterwards."""
        with self._lock, self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self.n_own_changes += is_noted

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """What a query finds."""
        with self._lock, self._told():
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Any:
        """The first row of it; None where there is none."""
        return next(iter(self.rows(sql, *values)), None)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if is_for_want_of_room(self.path, error):
                raise PeopleError(_FULL, code="disk_full", path=self.path) from error
            raise PeopleError(
                Text(
                    f"利用者の記録「{self.path}」を使えません({error})。写しがあれば戻してください。",
                    f'Cannot use the file of people "{self.path}" ({error}): put a copy of it back.',
                ),
                code="people_unusable",
                path=self.path,
            ) from error


def _upgrade(connection: sqlite3.Connection) -> None:
    while script := _UPGRADES.get(version := connection.execute("PRAGMA user_version").fetchone()[0]):
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
