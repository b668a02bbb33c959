"""Exports are whole or not there at all."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
from shapely import Point

from gis_capture.errors import LayerError, StoreError
from gis_capture.model import Feature, Field, FieldType, Layer, Text
from gis_capture.report.export import export_layer
from gis_capture.store import open_store
from gis_capture.store.protocol import Author, Store

LAYER = Layer(
    key="light",
    title=Text("外灯", "Lights"),
    geometry_type="Point",
    fields=(
        Field("light.name", "name", Text("名称", "Name")),
        Field("light.checked_on", "checked_on", Text("点検日", "Checked on"), FieldType.DATE),
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Holds two lights, one without a position."""
    opened = open_store(tmp_path / "layers.gpkg", create=True)
    with opened.transact(Author("office"), at="2026-11-23T00:00:00Z") as transaction:
        transaction.put_layer(LAYER)
        transaction.insert(
            [
                Feature(
                    "light",
                    "00000000-0000-7000-8000-000000000001",
                    Point(137.123456789012, 36.1),
                    {"name": "駅前", "checked_on": "2026-11-23"},
                ),
                Feature("light", "00000000-0000-7000-8000-000000000002", None, {"name": "不明"}),
            ]
        )
    yield opened
    opened.close()


def test_geojson_keeps_every_digit(store: Store, tmp_path: Path) -> None:
    """Coordinates, null geometry, ids and the count."""
    path = tmp_path / "外灯.geojson"
    export = export_layer(store, "light", path, file_format="geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]

    assert export.n_features == len(features) == 2
    assert features[0]["geometry"]["coordinates"] == [137.123456789012, 36.1]
    assert (features[1]["geometry"], features[1]["properties"]["name"]) == (None, "不明")


def test_csv_has_a_mark_for_excel(store: Store, tmp_path: Path) -> None:
    """UTF-8 with BOM; the count is that of the rows."""
    path = tmp_path / "外灯.csv"
    export = export_layer(store, "light", path, file_format="csv")

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert (export.n_features, export.problems) == (2, ())


def test_geopackage_is_read_by_gdal(store: Store, tmp_path: Path) -> None:
    """One layer and no tables of ours; types, Japanese text, extent and both rows, in GDAL's eyes."""
    path = tmp_path / "外灯.gpkg"
    export = export_layer(store, "light", path, file_format="gpkg")
    frame = pyogrio.read_dataframe(path, layer="light")
    information = pyogrio.read_info(path, layer="light")

    assert pyogrio.list_layers(path).tolist() == [["light", "Point"]]
    assert export.n_features == len(frame) == 2
    assert list(frame["name"]) == ["駅前", "不明"]
    assert list(frame["revision"]) == [1, 1]
    assert str(frame["checked_on"].dtype).startswith("datetime64")
    assert information["total_bounds"] == pytest.approx((137.123456789012, 36.1, 137.123456789012, 36.1))
    assert information["crs"] == "EPSG:6668"


def test_a_failed_export_leaves_the_old_file(store: Store, tmp_path: Path) -> None:
    """Nothing half-written, no remains."""
    path = tmp_path / "old.csv"
    path.write_text("old")
    for format_, encoding in (("exe", "utf-8-sig"), ("csv", "latin-1")):
        with pytest.raises(StoreError):
            export_layer(store, "light", path, file_format=format_, encoding=encoding)
    with pytest.raises(LayerError):
        export_layer(store, "nothing", path, file_format="csv")
    with pytest.raises(StoreError, match="folder"):
        export_layer(store, "light", tmp_path / "no folder" / "x.csv", file_format="csv")

    assert path.read_text() == "old"
    assert not list(tmp_path.glob("*.unfinished"))
