"""What goes out is looked at through GDAL first."""

from dataclasses import replace
from pathlib import Path

import pytest
from shapely import Point

from gis_capture.errors import StoreError
from gis_capture.geopackage.second_reader import check_with_gdal
from gis_capture.model import Feature, Field, FieldType, Layer, Value
from gis_capture.store import Author, open_store
from gis_capture.store.export import write_geopackage
from gis_capture.text import Text

LAYER = Layer(
    key="lamp",
    title=Text("灯", "Lamps"),
    geometry_type="Point",
    fields=tuple(
        Field(f"lamp.{kind.value}", f"a_{kind.value}", Text(f"項目 {kind.value}", kind.value), kind)
        for kind in FieldType
    ),
)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A file with one feature that has a value of every type."""
    values: dict[str, Value] = {
        "a_text": "点灯",
        "a_integer": 2,
        "a_real": 0.5,
        "a_boolean": True,
        "a_date": "2026-11-23",
        "a_datetime": "2026-11-23T02:10:00Z",
    }
    store = open_store(tmp_path / "layers.gpkg", create=True)
    with store.transact(Author("office"), at="2026-11-23T00:00:00Z") as transaction:
        transaction.put_layer(LAYER)
        transaction.insert([Feature("lamp", "a", Point(137, 36), values), Feature("lamp", "b", None, {})])
    write_geopackage(tmp_path / "書き出し.gpkg", store, ["lamp"])
    store.close()
    return tmp_path / "書き出し.gpkg"


def test_every_type_arrives_in_gdal(exported: Path) -> None:
    """GDAL sees the number of features, the CRS and the type of each field as they were declared."""
    check_with_gdal(exported, {LAYER: 2})


@pytest.mark.parametrize(
    ("layer", "n_features"),
    [
        (LAYER, 3),
        (replace(LAYER, key="other"), 2),
        (replace(LAYER, crs="EPSG:6675"), 2),
        (replace(LAYER, fields=(replace(LAYER.fields[0], type=FieldType.DATE),)), 2),
        (replace(LAYER, fields=(replace(LAYER.fields[0], name="gone"),)), 2),
    ],
)
def test_what_gdal_sees_otherwise_is_refused(exported: Path, layer: Layer, n_features: int) -> None:
    """Another number, layer, CRS or type, or a field that is not there, stops the export."""
    with pytest.raises(StoreError, match="GDAL reads"):
        check_with_gdal(exported, {layer: n_features})
