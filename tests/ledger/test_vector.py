"""Vector sources: GeoJSON, GeoPackage, KML, GML and JSON lists."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely

from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, codes, read_ledger
from tests.ledger.conftest import column, names, only_table

ReadText = Callable[..., Reading]


def feature(properties: dict[str, object], x: float | None) -> dict[str, object]:
    """One feature; without x it has no geometry."""
    geometry = None if x is None else {"type": "Point", "coordinates": [x, 36.0]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_geojson_values_become_texts(read_text: ReadText) -> None:
    """Numbers without .0, nothing for null, geometries beside the rows."""
    features = [
        feature({"名称": "甲", "口径": 75, "率": 0.5}, 137.0),
        feature({"名称": None, "口径": None, "率": 2.0}, None),
    ]
    reading = read_text(json.dumps({"type": "FeatureCollection", "features": features}), name="a.geojson")
    table = only_table(reading)
    assert (reading.source.driver, table.crs) == ("geojson", "EPSG:4326")
    assert [list(values) for values in table.values] == [["甲", None], ["75", None], ["0.5", "2"]]
    assert table.geometries is not None
    assert (table.geometries[0], table.geometries[1]) == (shapely.Point(137.0, 36.0), None)


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
def test_files_of_gis_programs_are_read(tmp_path: Path, suffix: str) -> None:
    """GeoPackage and FlatGeobuf; dates and truth values as texts."""
    frame = geopandas.GeoDataFrame(
        {"名称": ["甲", "乙"], "廃止": [True, False], "設置日": geopandas.pd.to_datetime(["2020-04-01", "2021-05-05"])},
        geometry=[shapely.Point(1.0, 2.0), shapely.Point(3.0, 4.0)],
        crs="EPSG:6675",
    )
    path = tmp_path / f"a{suffix}"
    frame.to_file(path, engine="pyogrio")
    table = only_table(read_ledger(path))
    assert table.crs == "EPSG:6675"
    # FlatGeobuf keeps features in an order of its own.
    rows = zip(column(table, "名称"), column(table, "廃止"), column(table, "設置日"), strict=True)
    assert sorted((name, gone, (day or "")[:10]) for name, gone, day in rows) == [
        ("乙", "FALSE", "2021-05-05"),
        ("甲", "TRUE", "2020-04-01"),
    ]


def test_every_layer_of_a_geopackage_is_a_table(tmp_path: Path) -> None:
    """Two layers, two tables."""
    path = tmp_path / "a.gpkg"
    for layer in ("消火栓", "街路灯"):
        geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:6668").to_file(
            path, layer=layer, engine="pyogrio"
        )
    assert [table.name for table in read_ledger(path).tables] == ["消火栓", "街路灯"]


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>消火栓</name>
<Placemark><name>甲</name><ExtendedData><Data name="口径"><value>75</value></Data></ExtendedData>
<Point><coordinates>137.25,36.14,0</coordinates></Point></Placemark></Folder>
<Folder><name>路線</name><Placemark><name>乙</name><LineString><coordinates>137,36 137.1,36.1
</coordinates></LineString></Placemark>
<Placemark><name>丙</name><MultiGeometry>
<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1</coordinates></LinearRing></outerBoundaryIs></Polygon>
<Polygon><outerBoundaryIs><LinearRing><coordinates>2,2 3,2 3,3</coordinates></LinearRing></outerBoundaryIs></Polygon>
</MultiGeometry></Placemark></Folder></Document></kml>"""


def test_all_folders_of_a_kml_are_one_table(read_text: ReadText) -> None:
    """The folder is a column; geometries of every kind."""
    table = only_table(read_text(KML, name="a.kml"))
    assert column(table, "folder") == ["消火栓", "路線", "路線"]
    assert column(table, "口径") == ["75", None, None]
    assert table.geometries is not None
    assert [type(geometry).__name__ for geometry in table.geometries] == ["Point", "LineString", "MultiPolygon"]
    assert shapely.get_coordinates(table.geometries[0]).tolist() == [[137.25, 36.14]]


def test_a_kml_that_breaks_off_is_read_as_far_as_it_goes(read_text: ReadText) -> None:
    """What could be read is read, and the rest is told as an error."""
    reading = read_text(KML[: KML.index("丙")], name="a.kml")
    assert len(only_table(reading).row_numbers) == 2
    assert [(p.code, p.severity) for p in reading.problems] == [(codes.TEXT_CUT_OFF, "error")]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&b;</name></Placemark></kml>'
)


@pytest.mark.parametrize("text", [BOMB, BOMB.replace("kml", "gml:FeatureCollection"), "<kml>" + "<Folder>" * 5000])
def test_xml_that_unfolds_is_refused(read_text: ReadText, text: str) -> None:
    """Entities and endless nesting."""
    with pytest.raises(SourceError, match="broken"):
        read_text(text, name="a.kml")


def test_a_list_of_json_records_is_a_table(read_text: ReadText) -> None:
    """Also inside an object; objects inside are flattened."""
    records = [{"id": 1, "place": {"lat": 36.1, "lon": 137.2}, "tags": ["a", "b"]}, {"id": 2, "name": "乙"}]
    table = only_table(read_text(json.dumps({"result": {"records": records, "total": 2}}), name="a.json"))
    assert names(table) == ["id", "place/lat", "place/lon", "tags", "name"]
    assert [values[0] for values in table.values] == ["1", "36.1", "137.2", "a,b", None]
    assert [values[1] for values in table.values] == ["2", None, None, None, "乙"]
