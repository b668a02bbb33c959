"""国土数値情報: coded columns by dataset and edition, GML with references, archives with data in several forms."""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import geopandas
import pytest
import shapely

from gis_capture.ledger import Reading, codes, read_ledger
from gis_capture.ledger.land_data import name_of
from tests.ledger.conftest import column, names, only_table

ReadText = Callable[..., Reading]
NAME = "髙﨑①㈱小学校"


def collection(properties: Sequence[Mapping[str, object]]) -> str:
    """A GeoJSON file of points."""
    point = {"type": "Point", "coordinates": [137.25, 36.14]}
    features = [{"type": "Feature", "properties": dict(p), "geometry": point} for p in properties]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("P29-21_21.geojson", ["学校コード", "名称"]),
        ("P29-13_21.geojson", ["公共施設大分類", "学校分類"]),
        ("schools.geojson", ["P29_002", "P29_004"]),
    ],
)
def test_names_of_columns_depend_on_the_edition(read_text: ReadText, file: str, expected: list[str]) -> None:
    """P29_004 is the name in one edition and the kind in another; without an edition nothing is guessed."""
    reading = read_text(collection([{"P29_002": "B1", "P29_004": NAME}]), name=file)
    table = only_table(reading)
    assert names(table) == expected
    assert [c.header for c in table.columns] == ["P29_002", "P29_004"]
    assert table.values[1] == [NAME]
    told = {problem.code for problem in reading.problems}
    assert (codes.CODES_RESOLVED if expected[0] != "P29_002" else codes.CODES_UNKNOWN) in told


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("N03_007", 2019, "行政区域コード"),
        ("N03_007", 2024, "全国地方公共団体コード"),
        ("N03_006", 2024, None),
        ("N03_004", None, None),
        ("P11_003_02", 2022, "バス系統2"),
        ("P11_003_02", 2010, None),
        ("N02_005c", None, "駅コード"),
        ("P20_002", None, "名称"),
        ("P04_004", 2020, "診療科目1"),
        ("P04_004", 2014, None),
        ("P04_002", 2014, "施設名称"),
        ("A54_006", None, "盛土番号"),
        ("P20_099", 2012, None),
        ("Z99_001", 2012, None),
        ("名称", 2012, None),
    ],
)
def test_only_what_is_certain_is_named(code: str, year: int | None, name: str | None) -> None:
    """Unknown codes, unknown editions and ordinary names stay as they are."""
    assert name_of(code, year) == name


def test_a_resolved_name_does_not_meet_one_that_is_there(read_text: ReadText) -> None:
    """Both columns stay, with names of their own; unknown codes are told."""
    reading = read_text(collection([{"名称": "a", "P20_002": "b", "P20_099": "c"}]), name="P20-12_21.geojson")
    assert names(only_table(reading)) == ["名称", "名称_2", "P20_099"]
    assert "P20_099" in next(p.message.ja for p in reading.problems if p.code == codes.CODES_UNKNOWN)


GML = f"""<?xml version="1.0" encoding="UTF-8"?><ksj:Dataset gml:id="P" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ksj="http://nlftp.mlit.go.jp/ksj/schemas/ksj-app">
<gml:boundedBy><gml:EnvelopeWithTimePeriod srsName="JGD2011 / (B, L)"><gml:lowerCorner>20 123</gml:lowerCorner>
</gml:EnvelopeWithTimePeriod></gml:boundedBy>
<gml:Point gml:id="pt1"><gml:pos>36.14 137.25</gml:pos></gml:Point>
<gml:Curve gml:id="cv1"><gml:segments><gml:LineStringSegment><gml:posList>36 137 36 138 37 138
</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>
<gml:Curve gml:id="cv2"><gml:segments><gml:LineStringSegment><gml:posList>36 137 37 138
</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>
<gml:Surface gml:id="sf1"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember xlink:href="#cv1"/>
<gml:curveMember xlink:href="#cv2" orientation="-"/></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches>
</gml:Surface><ksj:School gml:id="s1"><ksj:position xlink:href="#pt1"/><ksj:name>{NAME}</ksj:name></ksj:School>
<ksj:Area gml:id="a1"><ksj:bounds xlink:href="#sf1"/><ksj:name>校区</ksj:name></ksj:Area></ksj:Dataset>"""


def test_features_find_the_geometries_they_refer_to(read_text: ReadText) -> None:
    """Points, and areas of curves that run either way; latitude stands first in the file."""
    schools, areas = read_text(GML, name="P29-13.xml").tables
    assert (schools.name, schools.crs, column(schools, "name")) == ("School", "EPSG:6668", [NAME])
    assert schools.geometries == [shapely.Point(137.25, 36.14)]
    assert areas.geometries is not None
    assert shapely.Polygon([(137, 36), (138, 36), (138, 37)]).equals(areas.geometries[0])


def test_the_same_data_in_several_forms_is_read_once(tmp_path: Path) -> None:
    """GeoJSON before shapefiles, UTF-8 before Shift_JIS, both before GML; what was left is told."""
    frame = geopandas.GeoDataFrame({"P29_004": [NAME]}, geometry=[shapely.Point(137.25, 36.14)], crs="EPSG:6668")
    for folder, encoding in (("UTF-8", "utf-8"), ("Shift-JIS", "cp932")):
        (tmp_path / folder).mkdir()
        frame.to_file(tmp_path / folder / "P29-21_21.shp", encoding=encoding, engine="pyogrio")
    (tmp_path / "P29-21_21.xml").write_text(GML, "utf-8")
    (tmp_path / "KS-META-P29-21_21.xml").write_text("<MD_Metadata/>", "utf-8")

    def read(*patterns: str) -> Reading:
        path = tmp_path / "P29-21_21_GML.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for pattern in patterns:
                for part in tmp_path.glob(pattern):
                    archive.write(part, str(part.relative_to(tmp_path)))
        return read_ledger(path)

    reading = read("UTF-8/*", "Shift-JIS/*", "*.xml")
    table = only_table(reading)
    assert (table.source.path.parent.name, column(table, "名称")) == ("UTF-8", [NAME])
    left = [p.message.ja for p in reading.problems if p.code == codes.ENTRY_LEFT_OUT]
    assert len(left) == 1
    assert "Shift-JIS/P29-21_21.shp" in left[0]
    (tmp_path / "P29-21_21.geojson").write_text(collection([{"P29_004": NAME}]), "utf-8")
    assert only_table(read("UTF-8/*", "*.xml", "*.geojson")).source.driver == "geojson"
