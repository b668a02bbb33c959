"""Readers: a connection for each thread, and none left behind by threads that have ended."""

import gc
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

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

    def counting(*arguments: object) -> object:
        made.append(connection := connect(*arguments))  # type: ignore[arg-type]
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
