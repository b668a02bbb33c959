"""A bulk load leaves the same as single inserts do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis_capture.errors import FeatureError, StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.model import Attachment, BBox, Feature
from gis_capture.store import FeatureQuery, GeoPackageStore, open_store
from gis_capture.store.tables.writing import BULK
from tests.store.lamps import AT, LAMPS, OFFICE, lamp


def test_a_bulk_load_is_indexed_and_counted(store: GeoPackageStore, write: Any) -> None:
    """Twice, the second time into a layer that has features: boxes find what they should, all triggers are back."""
    random = np.random.default_rng(20261123)
    places = random.uniform((137.0, 36.0), (137.5, 36.5), (12_000, 2))
    features = [lamp(f"l{number}", x, y, number=str(number)) for number, (x, y) in enumerate(places.tolist())]
    write(*features[:6_000])
    write(*features[6_000:])
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.delete("lamp", "l0")
        transaction.insert([lamp("last", 140, 40)])

    box = BBox(137.1, 36.1, 137.13, 36.2)
    x, y = places.T
    inside = (x >= box.min_x) & (x <= box.max_x) & (y >= box.min_y) & (y <= box.max_y)
    found = {one.feature_id: one.geometry for one in store.features("lamp", FeatureQuery(bbox=box))}
    assert found.keys() >= {f"l{number}" for number in np.flatnonzero(inside) if number}
    # The R-tree holds 32 bits: a metre or two.
    near = shapely.box(*box).buffer(1e-4)
    assert [one for one in found.values() if not near.covers(one)] == []
    assert (store.layer_info("lamp").n_features, store.check_integrity()) == (12_000, [])
    assert store.layer_info("lamp").extent == (*places[1:].min(axis=0), 140, 40)


def _content(path: Path) -> list[Any]:
    """All that a bulk load and single inserts write: rows, index, count, extent, triggers."""
    database = connect(path)
    content = [
        database.execute(sql).fetchall()
        for sql in (
            "SELECT * FROM lamp ORDER BY fid",
            "SELECT id FROM rtree_lamp_geometry ORDER BY id",
            "SELECT table_name, feature_count FROM gpkg_ogr_contents",
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents",
            "SELECT geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns",
            "SELECT * FROM gis_capture_attachments ORDER BY feature_id, position",
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY sql",
        )
    ]
    database.close()
    return content


def _features(n: int) -> list[Feature]:
    """Lamps, every seventh without a place, every eleventh with an empty one, the last with a photo."""
    features = [lamp(f"l{number}", 137 + number * 1e-7, number=str(number)) for number in range(n)]
    features[::7] = [replace(one, geometry=None) for one in features[::7]]
    features[::11] = [replace(one, geometry=shapely.Point()) for one in features[::11]]
    features[-1] = replace(features[-1], attachments=(Attachment("ab" * 32, "写真.jpg", 812, "image/jpeg", AT),))
    return features


def test_a_bulk_load_writes_what_single_inserts_write(tmp_path: Path) -> None:
    """Row for row, also after deletions at the end of the table, whose numbers SQLite never gives again."""
    contents = []
    for n_at_once in (BULK + 500, 100):
        path = tmp_path / f"{n_at_once}.gpkg"
        store = open_store(path, create=True)
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.put_layer(LAMPS)
            transaction.insert(lamp(f"old{number}") for number in range(10))
        with store.transact(OFFICE, at=AT) as transaction:
            for number in range(3, 10):
                transaction.delete("lamp", f"old{number}")
        features = _features(BULK + 500)
        with store.transact(OFFICE, at=AT) as transaction:
            for start in range(0, len(features), n_at_once):
                transaction.insert(features[start : start + n_at_once])
        assert store.check_integrity() == []
        store.close()
        contents.append(_content(path))

    bulk, single = contents
    assert bulk == single
    assert [row[0] for row in bulk[0]][:5] == [1, 2, 3, 11, 12]


def test_a_bulk_load_follows_a_row_that_another_program_numbered(
    path: Path, store: GeoPackageStore, write: Any
) -> None:
    """SQLite goes on from the highest number that is there, though its own count is lower."""
    write(lamp("a"))
    database = connect(path)
    database.execute("UPDATE lamp SET fid = 5000")
    database.close()
    store.adopt_direct_edits(OFFICE, at=AT)

    write(*_features(BULK))

    assert store.check_integrity() == []


@pytest.mark.parametrize("n", [10, BULK + 500])
def test_an_id_that_is_there_already_stops_the_whole_insert(
    path: Path, store: GeoPackageStore, write: Any, n: int
) -> None:
    """The error names it; who goes on after it keeps what was there, and all triggers."""
    write(lamp("a"))
    before = _content(path)
    features = [*_features(n), lamp("a")]

    with store.transact(OFFICE, at=AT) as transaction, pytest.raises(FeatureError) as error:
        transaction.insert(features)

    assert error.value.subject["feature_id"] == "a"
    assert (_content(path), store.revision()) == (before, 1)


def test_triggers_of_other_programs_stay(path: Path, store: GeoPackageStore, write: Any) -> None:
    """And are fired by each row."""
    write(lamp("a"))
    database = connect(path)
    database.execute("CREATE TABLE seen (fid INTEGER)")
    database.execute("CREATE TRIGGER other AFTER INSERT ON lamp BEGIN INSERT INTO seen VALUES (NEW.fid); END")

    write(*_features(BULK))

    found = database.execute("SELECT count(*) FROM seen").fetchone()
    left = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'other'").fetchone()
    database.close()
    assert (found, left) == ((BULK,), (1,))


@pytest.mark.parametrize("n", [10, BULK])
@pytest.mark.parametrize(
    "theft",
    ["UPDATE lamp SET installed_on = NULL WHERE fid = NEW.fid", "DELETE FROM lamp WHERE fid = NEW.fid"],
)
def test_what_is_not_there_afterwards_is_not_called_written(
    path: Path, store: GeoPackageStore, write: Any, theft: str, n: int
) -> None:
    """Something takes away one value, or one row: nothing is committed."""
    write()
    database = connect(path)
    database.execute(f"CREATE TRIGGER thief AFTER INSERT ON lamp WHEN NEW.number = '8' BEGIN {theft}; END")
    database.close()

    with pytest.raises(StoreError, match="not what was to be written"):
        write(*_features(n))

    assert (store.count("lamp"), store.revision()) == (0, 1)


def test_the_extent_is_exact_whoever_wrote_the_index(store: GeoPackageStore, write: Any) -> None:
    """A bulk load and SQLite round the index differently; the feature at the edge is found all the same."""
    write(*(lamp(f"l{number}", 137.2 + number * 1e-6) for number in range(BULK)))
    for step in range(1, 12):
        write(lamp("near", 137.2 + (step + 0.5) * 1e-6), lamp("east", 150))
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.delete("lamp", "east")
            transaction.delete("lamp", f"l{step - 1}")
        assert store.layer_info("lamp").extent == BBox(137.2 + step * 1e-6, 36.14, 137.2 + (BULK - 1) * 1e-6, 36.14)
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.delete("lamp", "near")


@pytest.mark.parametrize("value", [2**63, "\ud800", {"a": 1}])
def test_a_value_that_no_column_holds_is_named(store: GeoPackageStore, write: Any, value: Any) -> None:
    """With its feature and field; the others of the same block are not written."""
    write(lamp("a"))

    for act in ("insert", "update"):
        with pytest.raises(FeatureError) as error, store.transact(OFFICE, at=AT) as transaction:
            if act == "insert":
                transaction.insert([lamp("b"), lamp("c", n_lamps=value)])
            else:
                transaction.update(lamp("a", n_lamps=value))
        assert error.value.subject["field"] == "n_lamps"
    assert store.revision() == 1
