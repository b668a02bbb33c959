"""Vector sources that cannot be read at once are read feature by feature, through fiona."""

import sqlite3
from contextlib import closing
from pathlib import Path

import fiona
import geopandas
import pyogrio
import pytest
import shapely

from gis_capture.errors import SourceError
from gis_capture.ledger import codes, read_ledger
from gis_capture.ledger.drivers import gdal, gdal_rows
from gis_capture.ledger.limits import DEFAULT_LIMITS, Limits
from gis_capture.ledger.opening import open_source
from tests.ledger.conftest import column, only_table

N = 400


def points(path: Path) -> Path:
    """Some hundred numbered points."""
    frame = geopandas.GeoDataFrame(
        {"名称": [f"第{number}号" for number in range(N)], "数": range(N)},
        geometry=[shapely.Point(number, number) for number in range(N)],
        crs="EPSG:6675",
    )
    frame.to_file(path, engine="pyogrio")
    return path


@pytest.fixture(params=["cp932 in a GeoPackage", "a cut-off FlatGeobuf"])
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of which pyogrio gives nothing at all."""
    if "GeoPackage" in request.param:
        path = points(tmp_path / "a.gpkg")
        with closing(sqlite3.connect(path)) as connection, connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            connection.execute("UPDATE a SET 名称 = CAST(? AS TEXT) WHERE fid = 3", ["髙山".encode("cp932")])
    else:
        path = points(tmp_path / "a.fgb")
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises((pyogrio.errors.FeatureError, UnicodeDecodeError)):
        pyogrio.raw.read(path)
    return path


def test_what_is_broken_in_one_place_is_read_around_it(broken: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """All features but the broken ones, told in words for a clerk and not on the screen."""
    reading = read_ledger(broken)
    table = only_table(reading)
    assert table.geometries is not None
    n_read = len(table.geometries)
    assert n_read == N if broken.suffix == ".gpkg" else n_read > N / 3
    rows = zip(column(table, "名称"), column(table, "数"), table.geometries, strict=True)
    good = [(name, geometry) for name, number, geometry in rows if name == f"第{number}号"]
    assert len(good) >= n_read - 1
    assert all(isinstance(geometry, shapely.Point) for _, geometry in good)
    told = {problem.code: problem for problem in reading.problems}[codes.READ_BY_ANOTHER]
    assert f"{n_read:,}件" in told.message.ja
    assert ("まったく読めない" in told.message.ja) == (broken.suffix == ".fgb")
    assert capfd.readouterr().err == ""
    for values in table.values:
        "".join(filter(None, values)).encode()


def test_a_cut_off_gml_is_refused(tmp_path: Path) -> None:
    """GDAL would give a table without rows, and say nothing."""
    path = points(tmp_path / "a.gml")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    path.with_suffix(".xsd").unlink()
    with pytest.raises(SourceError, match="cut off"):
        read_ledger(path)


def test_limits_hold_feature_by_feature(broken: Path) -> None:
    """No more rows than anywhere else."""
    with pytest.raises(SourceError, match="too large"):
        read_ledger(broken, limits=Limits(max_rows=2))


@pytest.mark.parametrize("driver", ["GPKG", "FlatGeobuf", "GeoJSON", "ESRI Shapefile"])
def test_both_readers_find_the_same(tmp_path: Path, driver: str) -> None:
    """Names, values, CRS and geometries, by two builds of GDAL: each checks the other."""
    path = (
        tmp_path / {"GPKG": "a.gpkg", "FlatGeobuf": "a.fgb", "GeoJSON": "a.geojson", "ESRI Shapefile": "a.shp"}[driver]
    )
    schema = {"geometry": "LineString", "properties": {"name": "str", "n": "int", "length": "float"}}
    with fiona.open(path, "w", driver=driver, crs="EPSG:4326", schema=schema) as file:
        for number in range(5):
            line = {"type": "LineString", "coordinates": [(137.0, 36.0), (137.1, 36.0 + number / 10)]}
            properties = {"name": f"第{number}号線", "n": number or None, "length": number / 4}
            file.write({"geometry": line, "properties": properties})
    opened = open_source(path, DEFAULT_LIMITS)
    one, other = gdal.read_layer(opened, path), gdal_rows.read_layer(opened, path)
    assert (one.names, one.crs, one.fids) == (other.names, other.crs, other.fids)
    assert one.geometries is not None and other.geometries is not None
    assert shapely.equals_exact(list(one.geometries), list(other.geometries)).all()
    for first, second in zip(one.arrays, other.arrays, strict=True):
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        assert all(a == b or (a != a and b is None) for a, b in pairs)
