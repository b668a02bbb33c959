"""Whether something was committed is told from memory, and never too late."""

import gc
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from gis_capture.geopackage.connection import connect
from gis_capture.store import GeoPackageStore, open_store
from gis_capture.store.geopackage.log_head import LogHead
from gis_capture.store.geopackage.reading import GeoPackageReading
from tests.store.lamps import lamp

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere SQLite is asked each time")
WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for line in sys.stdin:
    connection.execute("INSERT INTO gis_capture_revisions VALUES (?, '', '', '', '')", (int(line),))
    print(line, end="", flush=True)
"""


def n_mapped() -> int:
    """How often the index of a log is in the memory of this process."""
    return Path("/proc/self/maps").read_bytes().count(b"-shm\n")


@on_linux
def test_sqlite_is_asked_after_a_commit_alone(store: GeoPackageStore, write: Any) -> None:
    """Once for all that ask."""
    write(lamp("a"))
    with patch.object(GeoPackageReading, "moment", autospec=True, side_effect=GeoPackageReading.moment) as asked:
        for n_asked in (1, 2):
            before = store.moment()
            assert {store.moment() for _ in range(5)} == {before} == {(n_asked, False)}
            assert asked.call_count == n_asked
            write(lamp(f"b{n_asked}"))


@pytest.mark.parametrize("is_mapped", [True, False])
def test_each_commit_of_another_process_is_seen_at_once(
    store: GeoPackageStore, path: Path, *, is_mapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the log begins anew meanwhile, and where its head cannot be had."""
    if not is_mapped:
        monkeypatch.setattr(LogHead, "read", lambda head: b"")
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as writer:
        assert writer.stdin and writer.stdout
        for number in range(1, 200):
            assert store.moment() == (number - 1, False)
            writer.stdin.write(f"{number}\n")
            assert writer.stdout.readline()
            assert store.moment() == (number, False)
            if number % 50 == 0:
                with closing(sqlite3.connect(path)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_an_edit_of_another_program_is_seen_at_once(store: GeoPackageStore, path: Path, write: Any) -> None:
    """As is that it was rolled back."""
    write(lamp("a"))
    with closing(connect(path)) as other:
        for end, is_edited in (("ROLLBACK", False), ("COMMIT", True)):
            other.execute("BEGIN")
            other.execute("UPDATE lamp SET status = '球切れ'")
            assert store.moment() == (1, False)
            other.execute(end)
            assert store.moment() == (1, is_edited)


@on_linux
def test_a_head_that_is_being_written_is_none(store: GeoPackageStore, path: Path) -> None:
    """Its two copies differ then."""
    head = LogHead(path)
    assert len(head.read()) == 96
    with patch.object(head, "_head") as torn:
        torn.raw = bytes(95) + b"\1"
        assert head.read() == b""


@on_linux
def test_locks_stay_and_memory_is_given_back(tmp_path: Path) -> None:
    """The head is seen without opening the file a second time, as closing it again would give up the locks on it."""
    before, place = n_mapped(), tmp_path / "道路課 台帳\u3000#1.gpkg"
    first = open_store(place, create=True)
    second = open_store(place)
    # SQLite has it once for both.
    assert n_mapped() - before == 3
    assert first.moment() == second.moment() == (0, False)
    second.close()
    del second
    gc.collect()
    assert n_mapped() - before == 2
    locked = {line.split()[-3].rpartition(":")[2] for line in Path("/proc/locks").read_text().splitlines()}
    assert str(Path(f"{place}-shm").stat().st_ino) in locked
    first.close()
    del first
    gc.collect()
    assert n_mapped() == before
