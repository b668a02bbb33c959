"""Edits made straight in the live file by GDAL or any SQLite program become a revision; what was there is kept."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_capture.geopackage.blob import encode_geometry
from gis_capture.geopackage.connection import connect
from gis_capture.model import Attachment
from gis_capture.store import Author, GeoPackageStore
from tests.store.lamps import AT, OFFICE, VALUES, lamp

_APPEND = """
import sys, fiona
with fiona.open(sys.argv[1], 'a', layer='lamp') as layer:
    properties = dict.fromkeys(layer.schema['properties']) | {'number': '新'}
    point = {'type': 'Point', 'coordinates': (138, 36)}
    layer.write({'type': 'Feature', 'geometry': point, 'properties': properties})
"""
QGIS = Author("direct edit")


@pytest.fixture
def other(path: Path, write: Any) -> Iterator[sqlite3.Connection]:
    """Another program with the functions every GeoPackage program has; two lamps are in the layer."""
    write(lamp("a"), lamp("b"))
    database = connect(path)
    yield database
    database.close()


def test_nothing_is_adopted_where_nobody_edited(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """Our own writes are no direct edits."""
    assert (store.adopt_direct_edits(QGIS, at=AT), store.revision()) == (None, 1)


def test_an_update_keeps_what_was_there(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """To the last bit, also after several edits of the same feature."""
    before = store.feature("lamp", "a")
    other.execute("UPDATE lamp SET status = '球切れ', power_w = 1.5 WHERE feature_id = 'a'")
    other.execute("UPDATE lamp SET status = '撤去' WHERE feature_id = 'a'")

    revision = store.adopt_direct_edits(QGIS, at=AT)

    now = store.feature("lamp", "a")
    assert now is not None and revision is not None
    assert (now.revision, now.fields["status"], now.fields["power_w"]) == (revision, "撤去", 1.5)
    assert store.feature_at("lamp", "a", revision - 1) == before
    assert store.author_of(revision) == (QGIS, AT)


def test_a_deletion_can_be_restored(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """The last state of what another program deleted is in the history."""
    other.execute("DELETE FROM lamp WHERE feature_id = 'a'")

    revision = store.adopt_direct_edits(QGIS, at=AT)

    with store.transact(OFFICE, at=AT) as transaction:
        last = transaction.deleted("lamp", "a")
    assert last is not None
    assert (last.revision, dict(last.fields)) == (revision, VALUES)


def test_a_new_row_gets_an_id(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """Readers see it with its id; the same one stays."""
    other.execute("INSERT INTO lamp (number, status) VALUES ('9', '点灯')")
    store.adopt_direct_edits(QGIS, at=AT)

    (found,) = [one for one in store.features("lamp") if one.fields["number"] == "9"]
    assert len(found.feature_id) == 36
    assert store.feature("lamp", found.feature_id) == found


def test_a_row_that_was_replaced_keeps_its_history(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """INSERT OR REPLACE takes the old row away without telling a trigger of deletions."""
    other.execute("INSERT OR REPLACE INTO lamp (fid, feature_id, number, revision) VALUES (1, 'a', 'neu', 0)")
    store.adopt_direct_edits(QGIS, at=AT)

    past = store.feature_at("lamp", "a", 1)
    assert past is not None
    assert (past.fields["number"], store.feature("lamp", "a").fields["number"]) == (VALUES["number"], "neu")  # type: ignore[union-attr]
    assert store.check_integrity() == []


def test_an_id_cannot_be_edited_away(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """A feature stays the same feature."""
    other.execute("UPDATE lamp SET feature_id = 'z', status = '球切れ' WHERE feature_id = 'a'")
    store.adopt_direct_edits(QGIS, at=AT)

    assert [one.feature_id for one in store.features("lamp")] == ["a", "b"]


def test_an_append_by_fiona_is_adopted(path: Path, store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """GDAL writes NULL into every column that it was not given, the id among them."""
    # In a process of its own, as QGIS is: two SQLite libraries in one process take each other's file locks away.
    subprocess.run([sys.executable, "-c", _APPEND, str(path)], check=True, capture_output=True)

    revision = store.adopt_direct_edits(QGIS, at=AT)

    (found,) = [one for one in store.features("lamp") if one.fields["number"] == "新"]
    assert (found.revision, len(found.feature_id), found.geometry) == (revision, 36, shapely.Point(138, 36))
    assert store.check_integrity() == []


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="needs ogr2ogr (Debian: gdal-bin)")
def test_an_append_by_ogr2ogr_is_adopted(
    tmp_path: Path, path: Path, store: GeoPackageStore, other: sqlite3.Connection
) -> None:
    """With the GDAL of Debian; index, counts and extent stay right."""
    other.close()
    source = tmp_path / "more.csv"
    source.write_text("number,status,x,y\n新,点灯,139,36.5\n", encoding="utf-8")
    command = ["ogr2ogr", "-append", "-oo", "X_POSSIBLE_NAMES=x", "-oo", "Y_POSSIBLE_NAMES=y", "-nln", "lamp"]
    subprocess.run([*command, "-s_srs", "EPSG:6668", "-t_srs", "EPSG:6668", str(path), str(source)], check=True,
                   capture_output=True)  # fmt: skip

    revision = store.adopt_direct_edits(QGIS, at=AT)

    (found,) = [one for one in store.features("lamp") if one.fields["number"] == "新"]
    assert (found.revision, len(found.feature_id)) == (revision, 36)
    assert store.layer_info("lamp").extent == (137.25, 36.14, 139, 36.5)
    assert store.check_integrity() == []


def test_a_push_after_a_direct_edit_loses_neither(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """The edit is a revision of its own, although nobody adopted it before the next transaction."""
    other.execute("UPDATE lamp SET status = '球切れ' WHERE feature_id = 'a'")
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.update(lamp("a", status="撤去"))
    store.adopt_direct_edits(QGIS, at=AT)

    states = [store.feature_at("lamp", "a", revision) for revision in range(1, store.revision() + 1)]
    assert [state.fields["status"] for state in states if state] == ["点灯", "球切れ", "撤去"]


def test_ids_that_were_exchanged_go_back_to_their_rows(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """Whatever somebody does to the column of ids, each row stays the feature it was."""
    other.execute("INSERT INTO lamp (number) VALUES ('copy')")
    other.execute("UPDATE lamp SET feature_id = 'x' WHERE fid = 2")
    other.execute("UPDATE lamp SET feature_id = 'b' WHERE fid = 1")
    other.execute("UPDATE lamp SET feature_id = 'a' WHERE fid = 3")

    store.adopt_direct_edits(QGIS, at=AT)

    ids = [one.feature_id for one in store.features("lamp")]
    assert ids[:2] == ["a", "b"]
    assert len(ids[2]) == 36


def test_an_empty_id_is_no_id(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """As a CSV that has the column but nothing in it brings it."""
    other.execute("INSERT INTO lamp (feature_id, number) VALUES ('', '9')")
    store.adopt_direct_edits(QGIS, at=AT)

    assert [len(one.feature_id) for one in store.features("lamp")] == [1, 1, 36]


def test_a_row_that_was_renumbered_is_a_changed_feature(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """It is neither lost nor deleted, and tablets hear of what was changed with it."""
    other.execute("UPDATE lamp SET fid = 70, status = '球切れ' WHERE fid = 1")
    revision = store.adopt_direct_edits(QGIS, at=AT)

    with store.snapshot() as snapshot:
        changed = [one.feature_id for _, one in snapshot.changed("lamp", after=(1, 2**62))]
        deleted = list(snapshot.deletions(["lamp"], after=(0, 0)))
    past = store.feature_at("lamp", "a", 1)
    assert (changed, deleted, past and past.fields["status"]) == (["a"], [], "点灯")
    assert store.feature("lamp", "a").revision == revision  # type: ignore[union-attr]


@pytest.mark.parametrize("is_pasted", [True, False])
def test_photos_go_with_their_feature(store: GeoPackageStore, other: sqlite3.Connection, is_pasted: bool) -> None:
    """Cut and pasted, it keeps them; deleted, they are in its last state only."""
    photo = Attachment("ab" * 32, "写真.jpg", 812, "image/jpeg", AT)
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.update(replace(lamp("a"), attachments=(photo,)))
    other.execute("CREATE TEMP TABLE clipboard AS SELECT * FROM lamp WHERE feature_id = 'a'")
    other.execute("DELETE FROM lamp WHERE feature_id = 'a'")
    if is_pasted:
        other.execute("UPDATE clipboard SET fid = NULL")
        other.execute("INSERT INTO lamp SELECT * FROM clipboard")
    store.adopt_direct_edits(QGIS, at=AT)

    with store.transact(OFFICE, at=AT) as transaction:
        now, last = transaction.feature("lamp", "a"), transaction.deleted("lamp", "a")
        if last is not None:
            transaction.insert([replace(last, attachments=())])
    assert (now or last).attachments == (photo,)  # type: ignore[union-attr]
    assert len(store.feature("lamp", "a").attachments) == int(is_pasted)  # type: ignore[union-attr]


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="needs ogrinfo (Debian: gdal-bin)")
def test_statements_of_ogrinfo_are_adopted(path: Path, store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """An UPDATE and a DELETE by the GDAL of Debian, whose SQLite knows nothing of ours; index and extent follow."""
    other.close()
    before = [store.feature("lamp", one) for one in ("a", "b")]
    for sql in ("UPDATE lamp SET power_w = 12.5 WHERE feature_id = 'a'", "DELETE FROM lamp WHERE feature_id = 'b'"):
        subprocess.run(["ogrinfo", "-q", str(path), "-sql", sql], check=True, capture_output=True)

    revision = store.adopt_direct_edits(QGIS, at=AT)

    assert revision is not None
    assert [store.feature_at("lamp", one, revision - 1) for one in ("a", "b")] == before
    (now,) = store.features("lamp")
    assert (now.fields["power_w"], now.revision) == (12.5, revision)
    assert (store.check_integrity(), store.adopt_direct_edits(QGIS, at=AT)) == ([], None)


def test_a_geometry_edit_moves_index_and_extent(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """The former place is in the history; tablets hear of the new one."""
    blob = encode_geometry(shapely.Point(139, 35), 6668)
    other.execute("UPDATE lamp SET geometry = ? WHERE feature_id = 'a'", (blob,))
    revision = store.adopt_direct_edits(QGIS, at=AT)

    past = store.feature_at("lamp", "a", 1)
    assert past is not None and past.geometry == shapely.Point(137.25, 36.14)
    assert store.feature("lamp", "a").geometry == shapely.Point(139, 35)  # type: ignore[union-attr]
    assert store.layer_info("lamp").extent == (137.25, 35, 139, 36.14)
    assert (store.feature("lamp", "a").revision, store.check_integrity()) == (revision, [])  # type: ignore[union-attr]


def test_edits_that_were_rolled_back_are_none(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """An insert, an update and a deletion of another program's transaction leave no trace."""
    other.execute("BEGIN")
    other.execute("INSERT INTO lamp (number) VALUES ('9')")
    other.execute("UPDATE lamp SET status = '球切れ'")
    other.execute("DELETE FROM lamp WHERE feature_id = 'b'")
    other.execute("ROLLBACK")

    assert (store.adopt_direct_edits(QGIS, at=AT), store.revision()) == (None, 1)
    assert [one.fields["status"] for one in store.features("lamp")] == ["点灯"] * 2


def test_an_append_by_pyogrio_is_adopted(path: Path, store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """What geopandas writes with mode="a", from a process of its own, while the store is open."""
    code = (
        "import sys, geopandas\n"
        "points = geopandas.points_from_xy([138], [36])\n"
        "frame = geopandas.GeoDataFrame({'number': ['新'], 'is_led': [True]}, geometry=points)\n"
        "frame.set_crs(6668).to_file(sys.argv[1], layer='lamp', driver='GPKG', mode='a', engine='pyogrio')\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True)
    revision = store.adopt_direct_edits(QGIS, at=AT)

    (found,) = [one for one in store.features("lamp") if one.fields["number"] == "新"]
    assert (found.revision, found.fields["is_led"], found.geometry) == (revision, True, shapely.Point(138, 36))
    assert len(found.feature_id) == 36 and store.check_integrity() == []


def test_an_instant_without_a_zone_is_utc(store: GeoPackageStore, other: sqlite3.Connection) -> None:
    """QGIS leaves the Z out; tablets get it as the messages have it."""
    other.execute("UPDATE lamp SET checked_at = '2026-01-02T03:04:05.000' WHERE feature_id = 'a'")
    other.execute("UPDATE lamp SET checked_at = '2026-01-02 03:04:05.5' WHERE feature_id = 'b'")
    store.adopt_direct_edits(QGIS, at=AT)

    found = [one.fields["checked_at"] for one in store.features("lamp")]
    assert found == ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5Z"]
