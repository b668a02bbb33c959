"""Many writers at once, some of them killed: revisions come in their order, and no pull misses one."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gis_capture.errors import StoreError
from gis_capture.store import Store, open_store
from gis_capture.store.postgis import PostgisStore
from gis_capture.sync.pull import pull
from tests.postgres import kill_backend
from tests.store.lamps import AT, LAMPS, OFFICE, lamp
from tests.sync.tablets import lines_of

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from gis_capture.store import open_store
from tests.store.lamps import AT, OFFICE, lamp
store = open_store(sys.argv[1])
for number in range(int(sys.argv[3])):
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp(f"{sys.argv[2]}-{number}")])
        if len(sys.argv) > 4 and number == int(sys.argv[4]):
            print("now", flush=True)
            sys.stdin.read()
store.close()
"""


def _layer(store: Store) -> None:
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAMPS)


def _process(url: str, name: str, n: int, *more: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WRITER, url, name, str(n), *map(str, more)]
    return subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_pull_while_many_write_misses_nothing(database: PostgisStore, schema_url: str) -> None:
    """Threads and processes write; a tablet pulls all the while, and holds in the end what the store holds."""
    _layer(database)
    n_each, held, since = 15, dict[str, int](), 0

    def write(name: str) -> None:
        for number in range(n_each):
            with database.transact(OFFICE, at=AT) as transaction:
                transaction.insert([lamp(f"{name}-{number}")])

    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(3)]
    processes = [_process(schema_url, f"p{n}", n_each) for n in range(2)]
    for thread in threads:
        thread.start()
    is_over = False
    while True:
        is_over = not any(one.is_alive() for one in threads) and all(one.poll() is not None for one in processes)
        lines = lines_of(pull(database, layers=["lamp"], clock=lambda: AT, since=since))
        held |= {line["feature_id"]: line["revision"] for line in lines if line["type"] == "feature"}
        since = lines[-1]["revision"]
        if is_over:
            break
    for process in processes:
        process.communicate()

    stored = {one.feature_id: one.revision for one in database.features("lamp")}
    assert held == stored
    assert sorted(stored.values()) == list(range(2, 2 + 5 * n_each))


def test_a_writer_that_is_killed_leaves_nothing_and_holds_nobody_up(database: PostgisStore, schema_url: str) -> None:
    """In the midst of its transaction, by SIGKILL: what it had committed stays, the rest never was."""
    _layer(database)
    with _process(schema_url, "k", 5, 2) as process:
        assert process.stdout is not None and process.stdout.readline() == "now\n"
        process.kill()

    with database.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("next")])

    assert [one.feature_id for one in database.features("lamp")] == ["k-0", "k-1", "next"]
    assert (database.revision(), database.check_integrity()) == (4, [])


def test_a_connection_that_the_server_ends_changes_nothing(database: PostgisStore, database_url: str) -> None:
    """The transaction is told to have failed; the next one has a new connection."""
    _layer(database)
    with pytest.raises(StoreError), database.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("a")])
        (pid,) = transaction.connection.execute("SELECT pg_backend_pid()").fetchone()
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        transaction.insert([lamp("b")])

    with database.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("c")])
    assert [one.feature_id for one in database.features("lamp")] == ["c"]


@pytest.mark.skipif("GIS_CAPTURE_TEST_POSTGRES" in __import__("os").environ, reason="would kill a server of others")
def test_a_crash_of_the_server_loses_nothing_that_was_told(database: PostgisStore) -> None:
    """SIGKILL of the server's process in the midst of a transaction: it recovers, and so does the store."""
    _layer(database)
    with pytest.raises(StoreError), database.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("a")])
        kill_backend(transaction.connection.execute("SELECT pg_backend_pid()").fetchone()[0])
        time.sleep(0.2)
        transaction.insert([lamp("b")])

    for _ in range(100):
        try:
            with database.transact(OFFICE, at=AT) as transaction:
                transaction.insert([lamp("c")])
            break
        except StoreError:
            time.sleep(0.1)
    assert [one.feature_id for one in database.features("lamp")] == ["c"]


def test_two_open_the_same_new_store_at_once(schema_url: str) -> None:
    """One makes it; both have it."""
    epochs: list[Any] = []

    def make() -> None:
        store = open_store(schema_url, create=True)
        epochs.append(store.epoch)
        store.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(epochs), len(set(epochs))) == (4, 1)
