"""Stores of old versions are upgraded whole, with a copy put aside; a failure leaves the old one."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gis_capture.errors import FormatVersionError, StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.store import open_store
from gis_capture.store.geopackage.format_version import FORMAT_VERSION, MIN_SUPPORTED_VERSION, read_version
from gis_capture.store.geopackage.upgrades import UPGRADES, Upgrade, upgrade
from tests.store.lamps import AT, LAMPS, OFFICE

VERSIONS = Path(__file__).parent / "versions"
OTHERS = (("c-4", "conflict"), ("c-5", "held"), ("c-6", "rejected"))
OLD = range(MIN_SUPPORTED_VERSION, FORMAT_VERSION)


@pytest.fixture
def old(path: Path) -> Path:
    """A store of the oldest version."""
    shutil.copyfile(VERSIONS / f"v{MIN_SUPPORTED_VERSION}.gpkg", path)
    return path


def dump(path: Path) -> list[str]:
    """Everything in a file, as SQL."""
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def shape(path: Path) -> set[tuple[str, str]]:
    """Tables, indexes and triggers of a store."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE name LIKE 'gis_capture%'")
        return {(kind, " ".join((sql or name).split()).replace("IF NOT EXISTS ", "")) for kind, name, sql in rows}


def version_of(path: Path) -> int:
    """The version a file says it has."""
    with closing(sqlite3.connect(path)) as database:
        return read_version(database)


@pytest.mark.parametrize("version", OLD)
def test_a_store_of_each_old_version_opens_with_all_it_held(path: Path, version: int) -> None:
    """Features, history, import, receipts of each kind and the conflict are there; the file is sound."""
    shutil.copyfile(VERSIONS / f"v{version}.gpkg", path)

    store = open_store(path)
    with store.snapshot() as moment:
        statuses = {pushed.change_id: pushed.receipt.status for pushed in moment.sync.changes()}
        conflicts = [conflict.to_json() for _, conflict in moment.sync.conflicts()]
        n_others = len(list(moment.sync.other_bodies()))
        named = [one.attachment.name for one in moment.sync.named_attachments()]
    features = {feature.feature_id: feature for feature in store.features("lamp")}
    found = (store.revision(), store.epoch, store.check_integrity(), [one.raw for one in store.source_rows("i-1")])
    history = store.history("lamp", "b")
    store.close()

    assert found == (3, "epoch-of-old", [], [{"番号": "a"}])
    assert list(statuses.items()) == [*((f"c-{n}", "applied") for n in (1, 2, 3)), *OTHERS]
    assert (len(conflicts), conflicts[0]["fields"][0]["stored"], n_others, named) == (1, "球切れ", 1, ["1.jpg"])
    assert sorted(features) == ["a", "c", "d", "e"]
    assert (features["a"].fields["status"], features["a"].attachments[0].name) == ("球切れ", "1.jpg")
    assert (history[0][0], history[0][1].fields["number"]) == (2, "b")


@pytest.mark.parametrize("version", OLD)
def test_an_upgraded_store_has_the_tables_of_a_new_one(path: Path, version: int, tmp_path: Path) -> None:
    """What is said in two places is the same: an upgrade, and the schema of new stores."""
    shutil.copyfile(VERSIONS / f"v{version}.gpkg", path)
    open_store(path).close()
    new = tmp_path / "new.gpkg"
    made = open_store(new, create=True)
    with made.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAMPS)
        transaction.sync.index_field("lamp", "number")
    made.close()

    assert (version_of(path), shape(path)) == (FORMAT_VERSION, shape(new))


def test_the_old_store_is_kept_aside(old: Path) -> None:
    """The copy holds what the old store held, to the last value; a second one does not replace it."""
    before = dump(old)

    open_store(old).close()
    open_store(old).close()
    copies = sorted((old.parent / "backups").iterdir())
    shutil.copyfile(VERSIONS / "v1.gpkg", old)
    open_store(old).close()

    assert [copy.name for copy in copies] == [f"{old.stem}-version-1.gpkg"]
    assert dump(copies[0]) == before
    assert len(list((old.parent / "backups").iterdir())) == 2


def test_upgrades_are_in_order_and_lead_to_the_present_version() -> None:
    """One for each version, none left out."""
    assert [one.to for one in UPGRADES] == list(range(MIN_SUPPORTED_VERSION + 1, FORMAT_VERSION + 1))


def test_a_failure_in_the_midst_of_several_upgrades_leaves_the_old_store(old: Path) -> None:
    """One transaction for all of them; the next attempt does it."""
    before = dump(old)
    broken = (*UPGRADES, Upgrade(FORMAT_VERSION + 1, ("CREATE TABLE more (a)", "INSERT INTO nowhere VALUES (1)")))
    with closing(connect(old)) as connection:
        with pytest.raises(StoreError) as error:
            upgrade(old, connection, upgrades=broken)
        assert not connection.in_transaction

    assert "何も変わっていません" in error.value.message.ja
    assert dump(old) == before
    open_store(old).close()
    assert version_of(old) == FORMAT_VERSION


_CHILD = """
import sys
from pathlib import Path
from gis_capture.geopackage.connection import connect
from gis_capture.store.geopackage.upgrades import UPGRADES, Upgrade, upgrade
path = Path(sys.argv[1])
connection = connect(path)
connection.create_function("halt", 0, lambda: (print("now", flush=True), sys.stdin.read())[0])
connection.execute("PRAGMA journal_mode = " + sys.argv[2])
upgrade(path, connection, upgrades=(*UPGRADES, Upgrade(9, ("CREATE TABLE more (a)", "SELECT halt()"))))
"""


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_a_kill_in_the_midst_leaves_the_old_store(old: Path, journal: str) -> None:
    """SIGKILL after the statements ran and before they were committed."""
    before = dump(old)
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(old), journal], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"now\n"
        child.send_signal(signal.SIGKILL)

    assert (version_of(old), dump(old)) == (1, before)


@pytest.fixture
def odd(old: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A store that says another version."""
    with closing(sqlite3.connect(old, isolation_level=None)) as database:
        database.execute("UPDATE gis_capture_meta SET value = ? WHERE key = 'format_version'", (request.param,))
    yield old


@pytest.mark.parametrize("odd", [str(FORMAT_VERSION + 1), "99", "0", "二", ""], indirect=True)
def test_a_version_that_cannot_be_read_is_refused_and_nothing_written(odd: Path) -> None:
    """Newer ones, and what is no version at all: the message says both versions and what to do."""
    before = odd.read_bytes()

    with pytest.raises(FormatVersionError) as error:
        open_store(odd)

    assert f"{FORMAT_VERSION}" in error.value.message.ja
    assert odd.read_bytes() == before
    assert not (odd.parent / "backups").exists()
