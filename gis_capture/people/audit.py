"""The account of what was done: lines that are only added to, each of which vouches for all before it."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from gis_capture.people.database import Database

COLUMNS = ("number", "at", "who_kind", "who_id", "who", "address", "what", "layer", "subject", "detail")
_BEGINNING = hashlib.sha256(b"gis-capture.audit/v1").digest()
# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look through the account found.

    Attributes:
        n_lines: How many there are.
        head: Hash of the last one; whoever notes it down can tell later whether lines were cut off or written anew.
        broken_at: Number of the first line that is not as it was written, or that is not there; None = all are.
        is_expected: Whether the noted hash is that of one of the lines.
    """

    n_lines: int
    head: str
    broken_at: int | None
    is_expected: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed."""
        return self.broken_at is None and self.is_expected


class Audit:
    """The account.

    Args:
        database: Of people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        what: str,
        *,
        at: str,
        who: tuple[str, str, str],
        address: str = "",
        layer: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        """Writes a line; it is on the disk when this returns.

        Args:
            what: "sign_in", "push", "export" and so on.
            at: UTC "…Z".
            who: Kind, id and name.
            address: From where.
            layer: Its key.
            subject: Id of what it was done to.
            detail: More, without personal data.
        """
        with self._database.change(is_noted=False) as connection:
            last = connection.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
            number, before = (last["number"] + 1, last["hash"]) if last else (1, _BEGINNING)
            values = (number, at, *who, address, what, layer, subject, detail[:1_000])
            line = tuple(_storable(value) if isinstance(value, str) else value for value in values)
            connection.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*line, _hash(before, line))
            )

    def lines(self) -> Iterator[dict[str, Any]]:
        """All lines, the oldest first."""
        after = 0
        while rows := self._database.rows("SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT 1000", after):
            for row in rows:
                yield dict(row)
            after = rows[-1]["number"]

    def verify(self, expected: str = "") -> Verdict:
        """Looks through all lines; `expected` is a hash that was noted down before."""
        before, n_lines, is_expected = _BEGINNING, 0, not expected
        for line in self.lines():
            n_lines += 1
            found = _hash(before, tuple(line[name] for name in COLUMNS))
            if line["number"] != n_lines or found != line["hash"]:
                return Verdict(n_lines, before.hex(), n_lines, is_expected)
            before = found
            is_expected = is_expected or before.hex() == expected.strip().lower()
        # SQLite keeps the highest number there has been.
        row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
        is_cut = row is not None and row["seq"] > n_lines
        return Verdict(n_lines, before.hex(), n_lines + 1 if is_cut else None, is_expected)

    def write_csv(self, file: IO[str]) -> int:
        """Writes all lines; gives their number."""
        writer = csv.writer(file)
        writer.writerow((*COLUMNS, "hash"))
        n_lines = 0
        for line in self.lines():
            writer.writerow([*(_harmless(line[name]) for name in COLUMNS), line["hash"].hex()])
            n_lines += 1
        return n_lines


def _hash(before: bytes, line: tuple[Any, ...]) -> bytes:
    content = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(before + content).digest()


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
