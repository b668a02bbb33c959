"""The account of what was done: every change of a line is found."""

import csv
import io
import sqlite3
from pathlib import Path

import pytest

from gis_capture.people import People
from tests.people.conftest import Clock


@pytest.fixture
def written(people: People, clock: Clock) -> People:
    """Five lines."""
    for number in range(5):
        clock.wait(60)
        people.audit.add(
            "push",
            at=clock(),
            who=("device", "id-1", "タブレット1"),
            address="192.168.1.20",
            layer="aed",
            subject=f"=HYPERLINK({number})",
        )
    return people


def test_an_account_that_nobody_touched_is_whole(written: People) -> None:
    """Its head is found again later, when more lines follow it."""
    noted = written.audit.verify()
    written.audit.add("export", at="2026-11-28T01:00:00Z", who=("account", "id-2", "山田\ud800"))

    assert noted.is_whole and noted.n_lines == 5
    assert written.audit.verify(noted.head).is_whole
    assert not written.audit.verify("00" * 32).is_whole


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE audit SET who = '別人' WHERE number = 3", 3),
        ("UPDATE audit SET at = '2026-01-01T00:00:00Z' WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 5", 5),
        ("UPDATE audit SET number = 9 WHERE number = 5", 5),
        ("INSERT INTO audit VALUES (6, '', '', '', '', '', '', '', '', '', x'00')", 6),
    ],
)
def test_tampering_is_found(written: People, path: Path, sql: str, broken_at: int) -> None:
    """Changed, taken out, cut off, added: by the number of the first line that is wrong."""
    connection = sqlite3.connect(path, isolation_level=None)
    for trigger in ("audit_stays", "audit_keeps"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(sql)
    connection.close()
    verdict = written.audit.verify()

    assert not verdict.is_whole and verdict.broken_at == broken_at


@pytest.mark.parametrize("sql", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_lines_are_not_changed_by_accident(written: People, path: Path, sql: str) -> None:
    """The file itself refuses it."""
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(sql)
    connection.close()


def test_the_account_goes_out_as_csv(written: People) -> None:
    """With all lines and their hashes; nothing in it is a formula to a spreadsheet."""
    file = io.StringIO(newline="")
    assert written.audit.write_csv(file) == 5
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))

    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["subject"] == "'=HYPERLINK(0)" and rows[0]["who"] == "タブレット1"
    assert rows[-1]["hash"] == written.audit.verify().head
