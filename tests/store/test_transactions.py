"""What a transaction leaves behind when parts of it, or all of it, are undone."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress

import pytest
import shapely

from gis_capture.errors import FeatureError, StoreError
from gis_capture.model import BBox, Feature
from gis_capture.store import GeoPackageStore
from tests.store.lamps import AT, LAMPS, OFFICE, lamp

Write = Callable[..., int]


def test_a_block_that_writes_nothing_takes_no_revision(store: GeoPackageStore, write: Write) -> None:
    """Neither an empty one, nor one that puts the definition that is there, nor one whose only part was undone."""
    write(lamp("a"))

    with store.transact(OFFICE, at=AT):
        pass
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAMPS)
    with store.transact(OFFICE, at=AT) as transaction, suppress(FeatureError), transaction.savepoint():
        transaction.insert([lamp("b")])
        transaction.insert([lamp("a")])

    assert store.revision() == 1
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("b")])
    assert store.revision() == 2


def test_the_extent_forgets_what_a_savepoint_undid(store: GeoPackageStore, write: Write) -> None:
    """A change that is refused leaves no trace in the extent of its layer."""
    write(lamp("a"))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("b", 138)])
        with pytest.raises(FeatureError), transaction.savepoint():
            transaction.insert([lamp("far", 0, 0)])
            transaction.insert([lamp("far")])

    assert store.layer_info("lamp").extent == BBox(137.25, 36.14, 138, 36.14)


def test_the_extent_follows_what_is_at_its_edge(store: GeoPackageStore, write: Write) -> None:
    """Exact to the last bit although the index holds 32: after moving, deleting, and when nothing is located."""
    edge = 137.1 + 1e-12
    write(lamp("a", edge), lamp("b", 137.1 + 3e-12), lamp("c", 139))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.delete("lamp", "c")
        transaction.update(lamp("b", 137.5))
    moved = store.layer_info("lamp").extent
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.update(Feature("lamp", "b", None, {}))
        transaction.update(Feature("lamp", "a", shapely.Point(), {}))
    nowhere = store.layer_info("lamp")

    assert moved == BBox(edge, 36.14, 137.5, 36.14)
    assert (nowhere.extent, nowhere.n_unlocated) == (None, 1)
    assert store.check_integrity() == []


def test_a_block_inside_a_block_is_refused_and_harms_nothing(store: GeoPackageStore, write: Write) -> None:
    """It would have rolled the outer one back, and let its later writes through unprotected."""
    write(lamp("a"))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("b")])
        with pytest.raises(RuntimeError, match="savepoint"), store.transact(OFFICE, at=AT):
            pass
        transaction.insert([lamp("c")])

    assert ([one.feature_id for one in store.features("lamp")], store.revision()) == (["a", "b", "c"], 2)


@pytest.mark.geopackage
@pytest.mark.parametrize("n", [300, 20_000])
def test_a_full_disk_changes_nothing(store: GeoPackageStore, write: Write, n: int) -> None:
    """Inside a savepoint too: a StoreError in both languages that says why; afterwards one writes as before."""
    write(lamp("a"))
    (n_pages,) = store._writer.execute("PRAGMA page_count").fetchone()
    store._writer.execute(f"PRAGMA max_page_count = {n_pages + 5}")

    with (
        pytest.raises(StoreError, match="full") as error,
        store.transact(OFFICE, at=AT) as transaction,
        transaction.savepoint(),
    ):
        transaction.insert(lamp(f"n{number}") for number in range(n))

    assert "空き容量" in error.value.message.ja
    assert isinstance(error.value.__cause__, sqlite3.Error)
    assert ([one.feature_id for one in store.features("lamp")], store.revision()) == (["a"], 1)
    assert store.check_integrity() == []
    store._writer.execute("PRAGMA max_page_count = 1000000")
    assert write(lamp("b")) == 2
