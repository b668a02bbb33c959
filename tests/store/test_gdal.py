"""Other programs read the store: types, CRS, Japanese names, domains (GDAL of pyogrio, of fiona, and ogrinfo)."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_capture.store import GeoPackageStore
from tests.store.lamps import lamp


@pytest.fixture
def written(path: Path, store: GeoPackageStore, write: Any) -> Path:
    """A closed store with two lamps."""
    write(lamp("a"), lamp("b", is_led=True, status=None))
    store.close()
    return path


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

    from gis_capture.geopackage.connection import connect

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
