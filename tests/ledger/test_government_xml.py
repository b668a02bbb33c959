"""XML of ministries: maps of the Ministry of Justice, 基盤地図情報, PLATEAU."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from mojxml.parse import ParseOptions, parse_raw

from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, Table, codes, read_ledger
from tests.ledger.conftest import column, only_table, skipped

ReadText = Callable[..., Reading]
NAME = "髙﨑𠮷①㈱"


def geometry(table: Table, row: int = 0) -> Any:
    """The geometry of a row."""
    assert table.geometries is not None
    return table.geometries[row]


def moj_curve(number: int, start: str, end: str) -> str:
    """A boundary between two points, each by reference."""
    at = "".join(
        f"<zmn:GM_PointArray.column><zmn:GM_Position.indirect><zmn:GM_PointRef.point idref='{p}'/>"
        "</zmn:GM_Position.indirect></zmn:GM_PointArray.column>"
        for p in (start, end)
    )
    return (
        f"<zmn:GM_Curve id='C{number}'><zmn:GM_Curve.segment><zmn:GM_LineString><zmn:GM_LineString.controlPoint>{at}"
        "</zmn:GM_LineString.controlPoint></zmn:GM_LineString></zmn:GM_Curve.segment></zmn:GM_Curve>"
    )


def moj_map(stated: str = "公共座標7系", *, ring: str = "C1 C2 C3 C4", lot: str = "880-1", datum: str = "変換") -> str:
    """A map with one parcel of 10 m by 20 m, whose corner is at X=100 (north), Y=-200 (east)."""
    corners = {"P1": (100, -200), "P2": (110, -200), "P3": (110, -180), "P4": (100, -180)}
    points = "".join(
        f"<zmn:GM_Point id='{n}'><zmn:GM_Point.position><zmn:DirectPosition><zmn:X>{x}</zmn:X><zmn:Y>{y}</zmn:Y>"
        "</zmn:DirectPosition></zmn:GM_Point.position></zmn:GM_Point>"
        for n, (x, y) in corners.items()
    )
    curves = "".join(moj_curve(i, f"P{i}", f"P{i % 4 + 1}") for i in range(1, 5))
    parts = "".join(f"<zmn:GM_CompositeCurve.generator idref='{curve}'/>" for curve in ring.split())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<地図 xmlns="http://www.moj.go.jp/MINJI/tizuxml" xmlns:zmn="http://www.moj.go.jp/MINJI/tizuzumen">
<version>ver1.0</version><地図名>{NAME}</地図名><市区町村コード>21203</市区町村コード><市区町村名>高山市</市区町村名>
<座標系>{stated}</座標系><測地系判別>{datum}</測地系判別><空間属性>{points}{curves}
<zmn:GM_Surface id="F1"><zmn:GM_Surface.patch><zmn:GM_Polygon><zmn:GM_Polygon.boundary><zmn:GM_SurfaceBoundary>
<zmn:GM_SurfaceBoundary.exterior><zmn:GM_Ring>{parts}</zmn:GM_Ring></zmn:GM_SurfaceBoundary.exterior>
</zmn:GM_SurfaceBoundary></zmn:GM_Polygon.boundary></zmn:GM_Polygon></zmn:GM_Surface.patch></zmn:GM_Surface></空間属性>
<主題属性><基準点><名称>1</名称><形状 idref="P1"/></基準点>
<筆 id="H1"><大字名>花里町</大字名><地番>{lot}</地番><形状 idref="F1"/><精度区分>甲二</精度区分></筆></主題属性>
<図郭><地図番号>A1</地図番号><縮尺分母>500</縮尺分母><筆参照 idref="H1"/></図郭>
<図郭><地図番号>A2</地図番号><縮尺分母>500</縮尺分母><筆参照 idref="H1"/></図郭></地図>"""


def test_parcels_lie_where_mojxml_says(read_text: ReadText) -> None:
    """Another reader of the format agrees, after its change to WGS 84."""
    text = moj_map()
    table = read_text(text, name="a.xml").tables[0]
    assert (table.name, table.crs, column(table, "地番")) == ("筆", "EPSG:2449", ["880-1"])
    assert geometry(table).equals(shapely.box(-200, 100, -180, 110))
    theirs = shapely.geometry.shape(parse_raw(text.encode(), ParseOptions())[0]["geometry"])
    change = pyproj.Transformer.from_crs("EPSG:2449", "EPSG:4326", always_xy=True)
    ours = shapely.transform(geometry(table), lambda xy: np.column_stack(change.transform(*xy.T)))
    assert shapely.hausdorff_distance(ours, theirs) < 1e-8


def test_attributes_of_map_and_sheets_stand_beside_the_parcel(read_text: ReadText) -> None:
    """A parcel on two sheets names both; control points are a table of their own."""
    parcels, points = read_text(moj_map(), name="a.xml").tables
    assert column(parcels, "地図番号") == ["A1,A2"]
    assert column(parcels, "縮尺分母") == ["500"]
    assert column(parcels, "地図名") == [NAME]
    assert (points.name, geometry(points)) == ("基準点", shapely.Point(-200, 100))


def test_parcels_of_other_maps_stay(read_text: ReadText) -> None:
    """地区外 and 別図 are rows like the others."""
    assert column(read_text(moj_map(lot="地区外1"), name="a.xml").tables[0], "地番") == ["地区外1"]


@pytest.mark.parametrize(
    ("stated", "datum", "crs", "code"),
    [
        ("任意座標系", "", None, codes.LOCAL_COORDINATES),
        ("公共座標25系", "", None, codes.LOCAL_COORDINATES),
        ("公共座標7系", "旧測地系", "EPSG:30167", codes.DATUM_ASSUMED),
        ("公共座標7系", "変換", "EPSG:2449", codes.DATUM_ASSUMED),
    ],
)
def test_the_crs_of_a_map_is_told(read_text: ReadText, stated: str, datum: str, crs: str | None, code: str) -> None:
    """Maps without a place on the earth are read, but have no CRS."""
    reading = read_text(moj_map(stated, datum=datum), name="a.xml")
    assert reading.tables[0].crs == crs
    assert code in [problem.code for problem in reading.problems]


def test_a_ring_of_two_points_is_no_area(read_text: ReadText) -> None:
    """The parcel stays, and is told."""
    reading = read_text(moj_map(ring="C1"), name="a.xml")
    assert geometry(reading.tables[0]) is None
    assert codes.GEOMETRY_NOT_READ in [problem.code for problem in reading.problems]


FGD = """<?xml version="1.0" encoding="UTF-8"?><Dataset xmlns="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema"
 xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="D1"><gml:name>x</gml:name>{}</Dataset>"""
EDGE = f"""<RdEdg gml:id="K1"><fid>1</fid>
<devDate gml:id="K1-1"><gml:timePosition>2020-04-01</gml:timePosition></devDate>
<loc><gml:Curve gml:id="g" srsName="fguuid:jgd2011.bl"><gml:segments><gml:LineStringSegment><gml:posList>
36.1 137.2
36.2 137.3
</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></loc><name>{NAME}</name></RdEdg>"""
DEM = """<DEM gml:id="DEM1"><fid>d</fid><mesh>54371270</mesh><coverage gml:id="c"><gml:boundedBy>
<gml:Envelope srsName="fguuid:jgd2024.bl"><gml:lowerCorner>36.0 137.0</gml:lowerCorner>
<gml:upperCorner>36.2 137.4</gml:upperCorner></gml:Envelope></gml:boundedBy><gml:gridDomain><gml:Grid><gml:limits>
<gml:GridEnvelope><gml:low>0 0</gml:low><gml:high>1 1</gml:high></gml:GridEnvelope></gml:limits></gml:Grid>
</gml:gridDomain>
<gml:rangeSet><gml:DataBlock><gml:tupleList>地表面,560.10
データなし,-9999.
地表面,561.00</gml:tupleList></gml:DataBlock></gml:rangeSet><gml:coverageFunction><gml:GridFunction>
<gml:startPoint>1 0</gml:startPoint></gml:GridFunction></gml:coverageFunction></coverage></DEM>"""


def test_kinds_of_base_map_features_are_tables(read_text: ReadText) -> None:
    """Latitude stands first in the file, last in the geometry; dates and names are texts."""
    table = only_table(read_text(FGD.format(EDGE), name="FG-GML-RdEdg.xml"))
    assert (table.name, table.crs) == ("RdEdg 道路縁", "EPSG:6668")
    assert geometry(table) == shapely.LineString([(137.2, 36.1), (137.3, 36.2)])
    assert (column(table, "name"), column(table, "devDate")) == ([NAME], ["2020-04-01"])


def test_cells_of_an_elevation_model_are_points(read_text: ReadText) -> None:
    """By rows from the north-west, from the stated start; gaps are left out with a reason."""
    table = only_table(read_text(FGD.format(DEM), name="DEM.xml"))
    assert column(table, "標高") == ["560.1", "561"]
    assert skipped(table) == {2: "no_height"}
    assert shapely.get_coordinates([geometry(table), geometry(table, 1)]).round(6).tolist() == [
        [137.3, 36.15],
        [137.3, 36.05],
    ]


def test_a_base_map_that_breaks_off_is_read_as_far_as_it_goes(read_text: ReadText) -> None:
    """What was whole is kept, and the break is told."""
    text = FGD.format(EDGE + EDGE)
    reading = read_text(text[: text.rindex("posList")], name="a.xml")
    assert len(only_table(reading).row_numbers) == 1
    assert [(p.code, p.severity) for p in reading.problems] == [(codes.TEXT_CUT_OFF, "error")]


def city(body: str) -> str:
    """A CityGML file."""
    return f"""<?xml version="1.0" encoding="UTF-8"?><core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0"
 xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:gml="http://www.opengis.net/gml"
 xmlns:gen="http://www.opengis.net/citygml/generics/2.0" xmlns:frn="http://www.opengis.net/citygml/cityfurniture/2.0">
<gml:boundedBy><gml:Envelope srsName="http://www.opengis.net/def/crs/EPSG/0/6697" srsDimension="3">
<gml:lowerCorner>36 137 0</gml:lowerCorner></gml:Envelope></gml:boundedBy>
<core:cityObjectMember>{body}</core:cityObjectMember></core:CityModel>"""


def face(*corners: tuple[float, float, float]) -> str:
    """A face; corners are latitude, longitude, height."""
    numbers = " ".join(f"{a} {b} {z}" for a, b, z in (*corners, corners[0]))
    return (
        "<gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>"
        f"{numbers}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>"
    )


BOTTOM = face((36.0, 137.0, 0), (36.0, 137.1, 0), (36.1, 137.1, 0), (36.1, 137.0, 0))
TOP = BOTTOM.replace(" 0 ", " 9 ")
WALL = face((36.0, 137.0, 0), (36.0, 137.1, 0), (36.0, 137.1, 9), (36.0, 137.0, 9))
ROOF = (
    "<bldg:lod0RoofEdge><gml:MultiSurface>"
    + face((36.0, 137.0, 9), (36.0, 137.2, 9), (36.1, 137.2, 9))
    + ("</gml:MultiSurface></bldg:lod0RoofEdge>")
)
SOLID = (
    "<bldg:lod1Solid><gml:Solid><gml:exterior><gml:CompositeSurface>"
    + WALL
    + TOP
    + BOTTOM
    + ("</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod1Solid>")
)
BUILDING = f"""<bldg:Building gml:id="b1"><gml:name>{NAME}</gml:name>
<gen:stringAttribute name="建物ID"><gen:value>21203-bldg-1</gen:value></gen:stringAttribute>
<bldg:usage codeSpace="../../codelists/Building_usage.xml">411</bldg:usage>
<bldg:measuredHeight uom="m">9.5</bldg:measuredHeight>{{}}</bldg:Building>"""


@pytest.mark.parametrize(("shape", "area"), [(ROOF + SOLID, 0.01), (SOLID, 0.01), (ROOF, 0.01)])
def test_buildings_have_their_footprint(read_text: ReadText, shape: str, area: float) -> None:
    """The drawn one where there is one, else the solid seen from above; walls add nothing."""
    table = only_table(read_text(city(BUILDING.format(shape)), name="533834_bldg_6697_op.gml"))
    assert (table.name, table.crs) == ("Building 建築物", "EPSG:6668")
    assert isinstance(geometry(table), shapely.Polygon)
    assert geometry(table).area == pytest.approx(area)
    assert geometry(table).bounds[:2] == (137.0, 36.0)
    assert column(table, "建物ID") == ["21203-bldg-1"]
    assert (column(table, "name"), column(table, "measuredHeight")) == ([NAME], ["9.5"])


def test_codes_are_resolved_by_the_lists_beside_the_file(tmp_path: Path) -> None:
    """The words in the column, the code beside it; without the list the code stays and is told."""
    folder = tmp_path / "udx" / "bldg"
    folder.mkdir(parents=True)
    path = folder / "a.gml"
    path.write_text(city(BUILDING.format(ROOF)), "utf-8")
    alone = read_ledger(path)
    assert column(only_table(alone), "usage") == ["411"]
    assert codes.CODES_UNKNOWN in [problem.code for problem in alone.problems]
    (tmp_path / "codelists").mkdir()
    (tmp_path / "codelists" / "Building_usage.xml").write_text(
        '<gml:Dictionary xmlns:gml="http://www.opengis.net/gml"><gml:dictionaryEntry><gml:Definition>'
        "<gml:description>住宅</gml:description><gml:name>411</gml:name></gml:Definition></gml:dictionaryEntry>"
        "</gml:Dictionary>",
        "utf-8",
    )
    table = only_table(read_ledger(path))
    assert (column(table, "usage"), column(table, "usage_code")) == (["住宅"], ["411"])


def test_a_code_list_elsewhere_is_not_opened(tmp_path: Path) -> None:
    """Only files in a folder codelists above the source are."""
    (tmp_path / "secret.xml").write_text("<a><Definition><name>411</name><description>x</description></Definition></a>")
    text = city(BUILDING.format(ROOF)).replace("../../codelists/Building_usage.xml", str(tmp_path / "secret.xml"))
    (tmp_path / "a.gml").write_text(text, "utf-8")
    assert column(only_table(read_ledger(tmp_path / "a.gml")), "usage") == ["411"]


def test_furniture_with_a_reference_point_is_a_point(read_text: ReadText) -> None:
    """What is drawn as a copy of a model stands where its reference point is."""
    body = """<frn:CityFurniture gml:id="f"><frn:lod1ImplicitRepresentation><core:ImplicitGeometry>
    <core:referencePoint><gml:Point><gml:pos>36.1 137.2 5</gml:pos></gml:Point></core:referencePoint>
    </core:ImplicitGeometry></frn:lod1ImplicitRepresentation></frn:CityFurniture>"""
    assert geometry(only_table(read_text(city(body), name="a.gml"))) == shapely.Point(137.2, 36.1)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("text", [moj_map(), FGD.format(EDGE), city(BUILDING.format(ROOF))], ids=["moj", "fgd", "city"])
def test_document_types_are_refused(read_text: ReadText, text: str) -> None:
    """Entities are how a small file becomes a large one."""
    with pytest.raises(SourceError, match="DOCTYPE"):
        read_text(text.replace("?>", "?>" + BOMB, 1).replace(NAME, "&b;"), name="a.xml")


@pytest.mark.parametrize("text", [moj_map(), FGD.format(EDGE), city(BUILDING.format(ROOF))], ids=["moj", "fgd", "city"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_files_cut_anywhere_are_read_or_refused(read_text: ReadText, text: str, share: float) -> None:
    """Nothing but a SourceError comes out."""
    try:
        read_text(text[: int(len(text) * share)], name="a.xml")
    except SourceError as error:
        assert "a.xml" in error.message.ja
