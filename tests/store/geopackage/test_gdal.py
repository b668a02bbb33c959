"""Other programs read the store: types, CRS, Japanese names, domains (GDAL of pyogrio, of fiona, and ogrinfo)."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import fiona
import pyogrio
import pytest
import shapely
from pyproj import CRS

from gis_capture.geopackage.connection import connect
from gis_capture.store import GeoPackageStore
from tests.store.lamps import VALUES, lamp


@pytest.fixture
def written(path: Path, store: GeoPackageStore, write: Any) -> Path:
    """A closed store with two lamps."""
    write(lamp("a"), lamp("b", is_led=True, status=None))
    store.close()
    return path


def test_pyogrio_reads_types_and_values(written: Path) -> None:
    """Every value as it was given, blanks as blanks, plain points in JGD2011."""
    info = pyogrio.read_info(written, layer="lamp")
    frame = pyogrio.read_dataframe(written, layer="lamp")

    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert [types[name] for name in VALUES] == [
        "OFTString", "OFTString", "OFTReal", "OFTInteger64", "OFTInteger", "OFTDate", "OFTDateTime",
    ]  # fmt: skip
    assert (info["geometry_type"], CRS(info["crs"]).to_epsg(), info["features"]) == ("Point", 6668, 2)
    assert frame["number"].tolist() == [VALUES["number"]] * 2
    assert frame["power_w"].tolist() == [VALUES["power_w"]] * 2
    assert frame["n_lamps"].tolist() == [VALUES["n_lamps"]] * 2
    assert frame["is_led"].tolist() == [False, True]
    assert str(frame["installed_on"][0])[:10] == VALUES["installed_on"]
    assert frame["status"].isna().tolist() == [False, True]


def test_fiona_reads_booleans_and_dates(written: Path) -> None:
    """As bool and date, not as numbers or text."""
    with fiona.open(written, layer="lamp") as source:
        schema = source.schema

    assert schema["geometry"] == "Point"
    assert {name: schema["properties"][name] for name in ("is_led", "installed_on", "checked_at")} == {
        "is_led": "bool",
        "installed_on": "date",
        "checked_at": "datetime",
    }


def test_a_height_is_declared_once_there_is_one(path: Path, store: GeoPackageStore, write: Any) -> None:
    """Until then the layer is one of plain points for every program."""
    write(replace(lamp("a"), geometry=shapely.Point(137.25, 36.14, 573.0)))
    store.close()

    assert pyogrio.read_info(path, layer="lamp")["geometry_type"] == "Point Z"


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="needs ogrinfo (Debian: gdal-bin)")
def test_ogrinfo_shows_titles_and_domains(written: Path) -> None:
    """The Japanese title of the layer, the domain and range of fields."""
    command = ["ogrinfo", "-ro", "-so", str(written), "lamp"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "IDENTIFIER=街路灯" in text
    assert "DESCRIPTION=市の街路灯です。" in text
    assert "is_led: Integer(Boolean)" in text
    for name in ("status", "power_w"):
        assert "domain name=lamp" in next(line for line in text.splitlines() if line.startswith(f"{name}:"))


def test_the_index_has_the_triggers_that_gdal_makes(tmp_path: Path, written: Path) -> None:
    """Name by name: GDAL takes them away and puts them back by these names."""
    import geopandas

    other = tmp_path / "gdal.gpkg"
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(1, 2)], crs=6668)
    frame.to_file(other, layer="lamp", driver="GPKG", GEOMETRY_NAME="geometry")
    names = []
    for path in (other, written):
        database = connect(path)
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'lamp'")
        names.append({name for (name,) in rows if not name.startswith("gis_capture_")})
        database.close()

    assert names[0] == names[1]


def test_only_layers_are_listed(written: Path) -> None:
    """Our own tables are not shown as layers to people who open the file in QGIS."""
    assert [name for name, _ in pyogrio.list_layers(written)] == ["lamp"]


def test_the_file_is_a_geopackage_by_its_header_and_its_references(written: Path) -> None:
    """Application id, version 1.4, foreign keys, and the titles and rules of the Schema extension."""
    database = connect(written)
    header = [database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    broken = database.execute("PRAGMA foreign_key_check").fetchall()
    titles = dict(database.execute("SELECT column_name, name FROM gpkg_data_columns WHERE table_name = 'lamp'"))
    rules = database.execute(
        "SELECT constraint_name, constraint_type, value, min, max FROM gpkg_data_column_constraints ORDER BY 1, 3"
    ).fetchall()
    extensions = {row[0] for row in database.execute("SELECT table_name FROM gpkg_extensions")}
    own = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    database.close()

    assert (header, broken) == ([int.from_bytes(b"GPKG", "big"), 10400], [])
    assert titles.items() >= {name: f"{name}の題" for name in VALUES}.items()
    assert rules == [
        ("lamp.power_w", "range", None, 0, 1000),
        ("lamp.status", "enum", "点灯", None, None),
        ("lamp.status", "enum", "球切れ", None, None),
    ]
    assert {name for name in own if name.startswith("gis_capture_")} <= extensions
