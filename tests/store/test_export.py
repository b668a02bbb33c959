"""A layer as a plain GeoPackage: whole or not there, and the same as the store."""

from pathlib import Path
from typing import Any

import pyogrio
import pytest

from gis_capture.errors import LayerError, StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.model import Feature
from gis_capture.store import GeoPackageStore, export
from gis_capture.store.export import write_geopackage
from tests.store.lamps import VALUES, lamp


def test_an_export_holds_the_layer_and_nothing_of_ours(tmp_path: Path, store: GeoPackageStore, write: Any) -> None:
    """Index, count, extent and values; none of the tables in which names of authors stand."""
    write(*(lamp(f"l{number}", x=137 + number * 0.01) for number in range(3)))
    file = tmp_path / "書き出し.gpkg"

    n_features = write_geopackage(file, store, ["lamp"])

    database = connect(file)
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    indexed = database.execute("SELECT count(*) FROM rtree_lamp_geometry").fetchone()
    database.close()
    info = pyogrio.read_info(file, layer="lamp", force_total_bounds=True)
    frame = pyogrio.read_dataframe(file, layer="lamp")
    assert [name for name in tables if name.startswith("gis_capture")] == []
    assert (n_features, indexed, info["features"]) == (3, (3,), 3)
    assert info["total_bounds"] == (137, 36.14, 137.02, 36.14)
    assert (frame["number"][0], frame["feature_id"].tolist()) == (VALUES["number"], ["l0", "l1", "l2"])


def test_an_export_that_differs_is_not_written(
    tmp_path: Path, store: GeoPackageStore, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the column; the old file stays."""
    write(lamp("a"))
    file = tmp_path / "old.gpkg"
    file.write_bytes(b"old")
    copy = export._copy

    def spoil(target: Any, *rest: Any) -> int:
        n_rows: int = copy(target, *rest)
        target.execute("UPDATE lamp SET installed_on = NULL")
        return n_rows

    monkeypatch.setattr(export, "_copy", spoil)
    with pytest.raises(StoreError) as error:
        write_geopackage(file, store, ["lamp"])

    assert error.value.subject["column"] == "installed_on"
    assert (file.read_bytes(), [one.name for one in tmp_path.glob("*.part")]) == (b"old", [])


def test_a_layer_that_is_not_there_is_not_exported(tmp_path: Path, store: GeoPackageStore) -> None:
    """And leaves no file."""
    with pytest.raises(LayerError):
        write_geopackage(tmp_path / "none.gpkg", store, ["lamp"])

    assert not (tmp_path / "none.gpkg").exists()


def test_an_export_is_of_one_moment(tmp_path: Path, store: GeoPackageStore, write: Any) -> None:
    """Somebody who writes while it runs neither gets into it nor makes it fail."""
    write(lamp("a"))
    copy = export._copy

    def disturb(*arguments: Any) -> int:
        n_rows = copy(*arguments)
        write(lamp("b"))
        return n_rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "_copy", disturb)
        assert write_geopackage(tmp_path / "out.gpkg", store, ["lamp"]) == 1
    assert store.count("lamp") == 2


def test_a_store_is_not_replaced_by_an_export(path: Path, store: GeoPackageStore, write: Any) -> None:
    """Its history would be lost."""
    write(lamp("a"))

    with pytest.raises(StoreError, match="not replaced"):
        write_geopackage(path, store, ["lamp"])

    assert (store.count("lamp"), store.check_integrity()) == (1, [])


def test_the_journal_of_a_replaced_file_is_not_read_into_the_new_one(
    tmp_path: Path, store: GeoPackageStore, write: Any
) -> None:
    """QGIS keeps files open with a journal beside them."""
    write(lamp("a"))
    file = tmp_path / "out.gpkg"
    write_geopackage(file, store, ["lamp"])
    qgis = connect(file)
    qgis.execute("PRAGMA journal_mode = WAL")
    qgis.execute("CREATE TABLE notes AS SELECT * FROM lamp")

    write(lamp("b"))
    write_geopackage(file, store, ["lamp"])
    reader = connect(file)
    found = reader.execute("SELECT count(*) FROM lamp").fetchall()
    tables = reader.execute("SELECT count(*) FROM sqlite_master WHERE name = 'notes'").fetchall()
    sound = reader.execute("PRAGMA integrity_check").fetchall()
    reader.close()
    qgis.close()

    assert (found, tables, sound) == ([(2,)], [(0,)], [("ok",)])


def test_every_column_is_the_same(tmp_path: Path, path: Path, store: GeoPackageStore, write: Any) -> None:
    """Bytes of geometries included; blanks stay blanks."""
    write(*(lamp(f"l{number}") for number in range(5)), Feature("lamp", "blank", None, {}))
    write(lamp("later", 140, is_led=True))
    file = tmp_path / "out.gpkg"
    write_geopackage(file, store, ["lamp"])

    contents = []
    for one in (path, file):
        database = connect(one)
        contents.append(database.execute("SELECT * FROM lamp ORDER BY fid").fetchall())
        database.close()
    assert contents[0] == contents[1]
