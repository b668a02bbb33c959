"""Readers: a connection for each thread, and none left behind by threads that have ended."""

import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from gis_capture.errors import StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.model import Feature
from gis_capture.store import GeoPackageStore, SourceRow
from gis_capture.store.geopackage import connections
from gis_capture.store.tables.layer_rows import BATCH
from tests.store.lamps import lamp

Write = Callable[..., int]
T = TypeVar("T")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """All reading connections that were opened."""
    made: list[object] = []

    def counting(*arguments: object, **named: object) -> object:
        made.append(connection := connect(*arguments, **named))  # type: ignore[arg-type]
        return connection

    monkeypatch.setattr(connections, "connect", counting)
    return made


def in_a_thread(read: Callable[[], T]) -> T:
    """Reads in a thread that has ended when the answer is given."""
    answers: list[T] = []
    thread = threading.Thread(target=lambda: answers.append(read()))
    thread.start()
    thread.join()
    gc.collect()
    return answers[0]


def test_threads_that_ended_leave_no_connection(store: GeoPackageStore, write: Write, opened: list[object]) -> None:
    """A server whose threads come and go does not run out of files."""
    write(lamp("a"))
    for _ in range(20):
        assert in_a_thread(lambda: [one.feature_id for one in store.features("lamp")]) == ["a"]

    assert len(opened) == 1


def test_what_is_read_lazily_keeps_its_connection(store: GeoPackageStore, write: Write, opened: list[object]) -> None:
    """It is not lent to others until all is read, though the thread that began has ended."""
    write(*(lamp(f"{number:05d}") for number in range(2 * BATCH)))

    def begin() -> Iterator[Feature]:
        features = store.features("lamp")
        next(features)
        return features

    features = in_a_thread(begin)
    with store.snapshot() as snapshot:
        assert snapshot.revision == 1
        assert len(opened) == 2
        assert len(list(features)) == 2 * BATCH - 1
    del features
    gc.collect()
    with store.snapshot(), store.snapshot():
        assert len(opened) == 2


def test_the_account_of_an_import_keeps_its_connection(store: GeoPackageStore, opened: list[object]) -> None:
    """As features do."""

    def begin() -> Iterator[SourceRow]:
        return store.source_rows("none")

    rows = in_a_thread(begin)
    with store.snapshot():
        assert len(opened) == 2
    assert list(rows) == []


_CLOSED_WHILE_READ = """
import sys, threading, time
from pathlib import Path
from gis_capture.store import open_store
from gis_capture.store.protocol import FeatureQuery

def read_on(reads, ended):
    try:
        while True:
            reads()
    except Exception as error:
        ended.append(type(error).__name__)

for moment in range(6):
    store, ended = open_store(Path(sys.argv[1])), []
    reads = [
        lambda: list(store.columns("lamp", ())),
        lambda: store.count("lamp", FeatureQuery(text="nowhere")),
        lambda: store.page("lamp", FeatureQuery(text="nowhere", limit=10)),
        lambda: list(store.features("lamp")),
    ]
    threads = [threading.Thread(target=read_on, args=(one, ended), daemon=True) for one in reads]
    for thread in threads:
        thread.start()
    time.sleep(0.05 + moment / 200)
    store.close()
    for thread in threads:
        thread.join(20)
    assert set(ended) <= {"ProgrammingError", "OperationalError", "StoreError"} and len(ended) == len(reads), ended
print("whole")
"""


def test_a_store_is_closed_while_others_read_it(store: GeoPackageStore, write: Write) -> None:
    """What they read ends with an error at once; in the midst of a statement, SQLite would end the process."""
    write(*(lamp(f"{number:05d}") for number in range(5 * BATCH)))
    store.close()

    told = subprocess.run(
        [sys.executable, "-c", _CLOSED_WHILE_READ, str(store.path)], capture_output=True, text=True, timeout=120
    )

    assert (told.returncode, told.stdout.strip()) == (0, "whole"), told.stderr[-2000:]
    assert [path.name for path in store.path.parent.iterdir()] == [store.path.name]


def test_a_statement_that_runs_is_cut_when_its_store_is_closed(store: GeoPackageStore) -> None:
    """However long it would take: nobody waits for a rebuild when a server stops."""
    endless = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    begun, ended = threading.Event(), list[Exception]()

    def run() -> None:
        with store.snapshot() as snapshot:
            begun.set()
            snapshot.connection.execute(endless)

    def read() -> None:
        try:
            run()
        except sqlite3.Error as error:
            ended.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    begun.wait(10)
    store.close()
    thread.join(10)

    assert len(ended) == 1
    assert not thread.is_alive()


def test_a_closed_store_opens_nothing(store: GeoPackageStore) -> None:
    """A thread that comes too late does not hold the file again."""
    store.close()

    with pytest.raises(StoreError), store.snapshot():
        pass
