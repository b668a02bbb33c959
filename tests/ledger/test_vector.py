"""Vector sources: GeoJSON, GeoPackage, KML, GML and JSON lists."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
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


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (BOMB, "DOCTYPE"),
        (BOMB.replace("kml", "gml:FeatureCollection"), "DOCTYPE"),
        (BOMB.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/hostname"'), "DOCTYPE"),
        ("<kml>" + "<Folder>" * 5000, "入れ子が200段"),
    ],
)
def test_xml_that_unfolds_is_refused_by_its_cause(read_text: ReadText, text: str, cause: str) -> None:
    """Entities and endless nesting: such a file is not broken, and the message does not say so."""
    with pytest.raises(SourceError) as refused:
        read_text(text, name="a.kml")
    assert cause in refused.value.message.ja and "壊れて" not in refused.value.message.ja


def test_a_list_of_json_records_is_a_table(read_text: ReadText) -> None:
    """Also inside an object; objects inside are flattened."""
    records = [{"id": 1, "place": {"lat": 36.1, "lon": 137.2}, "tags": ["a", "b"]}, {"id": 2, "name": "乙"}]
    table = only_table(read_text(json.dumps({"result": {"records": records, "total": 2}}), name="a.json"))
    assert names(table) == ["id", "place/lat", "place/lon", "tags", "name"]
    assert [values[0] for values in table.values] == ["1", "36.1", "137.2", "a,b", None]
    assert [values[1] for values in table.values] == ["2", None, None, None, "乙"]


NAME = "髙﨑①㈱"


def kml(body: str, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """A KML file with one placemark."""
    point = "<Point><coordinates>137.25,36.14</coordinates></Point>"
    return (
        f'{declaration}<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
        f"<Document><Placemark><name>{NAME}</name>{body}{point}</Placemark></Document></kml>"
    )


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ("", "cp932"),
        ('<?xml version="1.0"?>', "cp932"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "cp932"),
        ('<?xml version="1.0" encoding="Shift_JIS"?>', "cp932"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8-sig"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
    ],
)
def test_a_kml_is_read_in_its_own_encoding(read_text: ReadText, declaration: str, encoding: str) -> None:
    """Whatever it says of it, or says nothing."""
    text = kml("<address>高山市花岡町の表示</address>", declaration)
    table = only_table(read_text(text, name="a.kml", encoding=encoding))
    assert column(table, "name") == [NAME]
    assert column(table, "address") == ["高山市花岡町の表示"]


def test_tables_in_descriptions_become_columns(read_text: ReadText) -> None:
    """A description that is all table is taken apart; one with a sentence beside it stays, too."""
    cells = f"<tr><td>路線名</td><td>{NAME}</td></tr><tr><th>規制</th><td></td></tr><tr><td>name</td><td>別</td></tr>"
    table = only_table(read_text(kml(f"<description><![CDATA[<table>{cells}</table>]]></description>"), name="a.kml"))
    assert names(table) == ["name", "路線名", "name_2"]
    assert (column(table, "路線名"), column(table, "name_2")) == ([NAME], ["別"])
    beside = f"<description><![CDATA[<p>要確認</p><table>{cells}</table>]]></description>"
    assert "description" in names(only_table(read_text(kml(beside), name="a.kml")))


def test_a_description_that_is_no_list_of_attributes_stays_text(read_text: ReadText) -> None:
    """The same word in front of several rows: a timetable."""
    timetable = "<table><tr><td>平日</td><td>8:00</td></tr><tr><td>平日</td><td>9:00</td></tr></table>"
    table = only_table(read_text(kml(f"<description><![CDATA[{timetable}]]></description>"), name="a.kml"))
    assert names(table) == ["name", "description"]


def test_links_to_data_elsewhere_are_told(read_text: ReadText) -> None:
    """Nothing is fetched."""
    link = "</Placemark><NetworkLink><Link><href>https://example.jp/a.kml</href></Link></NetworkLink><Placemark>"
    reading = read_text(kml(link), name="a.kml")
    told = [p.message.ja for p in reading.problems if p.code == codes.LINKS_NOT_FOLLOWED]
    assert len(told) == 1
    assert "https://example.jp/a.kml" in told[0]


def test_tracks_keep_when_they_begin_and_end(read_text: ReadText) -> None:
    """Of gx:Track, the first and the last instant."""
    track = (
        "</Placemark><Placemark><gx:Track><when>2024-04-01T00:00:00Z</when><when>2024-04-01T01:00:00Z</when>"
        "<gx:coord>137.2 36.1 0</gx:coord><gx:coord>137.3 36.2 0</gx:coord></gx:Track></Placemark><Placemark>"
    )
    table = only_table(read_text(kml(track), name="a.kml"))
    assert column(table, "begin")[1:2] == ["2024-04-01T00:00:00Z"]
    assert column(table, "end")[1:2] == ["2024-04-01T01:00:00Z"]
    assert table.geometries is not None
    assert shapely.length(table.geometries[1]) > 0.1


def test_texts_of_geojson_stay_as_they_are_written(read_text: ReadText) -> None:
    """What looks like a date, a time or a number is no other text afterwards; lists and objects are columns, too."""
    properties: dict[str, object] = {
        "設置日": "2024/04/01",
        "時刻": "09:30",
        "更新": "2024-04-01T09:00:00+09:00",
        "番号": "007",
        "所在": {"町": NAME, "番地": "5-5"},
        "種別": ["𠮷", "b"],
    }
    document = {"type": "FeatureCollection", "features": [feature(properties, 137.0)]}
    table = only_table(read_text(json.dumps(document, ensure_ascii=False), name="a.geojson"))
    row = {name: values[0] for name, values in zip(names(table), table.values, strict=True)}
    assert row == {
        "設置日": "2024/04/01",
        "時刻": "09:30",
        "更新": "2024-04-01T09:00:00+09:00",
        "番号": "007",
        "所在/町": NAME,
        "所在/番地": "5-5",
        "種別": "𠮷,b",
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-16"])
def test_geojson_in_other_encodings_is_read(read_text: ReadText, encoding: str) -> None:
    """The standard wants UTF-8; Excel-minded programs write others."""
    document = {"type": "FeatureCollection", "features": [feature({"名称": NAME, "住所": "高山市の表示"}, 137.0)]}
    reading = read_text(json.dumps(document, ensure_ascii=False), name="a.geojson", encoding=encoding)
    assert column(only_table(reading), "名称") == [NAME]


@pytest.mark.parametrize(
    ("text", "n_rows"),
    [
        ("\x1e" + json.dumps(feature({"a": "1"}, 137.0)) + "\n\x1e" + json.dumps(feature({"a": "2"}, 138.0)), 2),
        (json.dumps(feature({"a": "1"}, 137.0)) + "\n" + json.dumps(feature({"a": "2"}, 138.0)) + "\n", 2),
        (json.dumps(feature({"a": "1"}, 137.0)), 1),
        (json.dumps({"type": "Point", "coordinates": [137.0, 36.0]}), 1),
    ],
    ids=["sequence", "lines", "feature", "geometry"],
)
def test_all_forms_of_geojson_are_read(read_text: ReadText, text: str, n_rows: int) -> None:
    """Sequences with and without marks, one feature, a bare geometry."""
    assert len(only_table(read_text(text, name="a.geojson")).row_numbers) == n_rows


def test_only_what_a_gpx_file_has_becomes_a_table(read_text: ReadText) -> None:
    """Way points with their times; no empty tables for tracks and routes that are not there."""
    text = f"""<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
    <wpt lat="36.14" lon="137.25"><time>2024-04-01T00:00:00Z</time><name>{NAME}𠮷</name></wpt></gpx>"""
    table = only_table(read_text(text, name="a.gpx"))
    assert (table.name, column(table, "name")) == ("waypoints", [f"{NAME}𠮷"])
    assert (column(table, "time")[0] or "").startswith("2024-04-01T00:00:00")


GPX = """<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"
xmlns:t="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><metadata><name>なし</name></metadata>
<rte><name>巡回</name><rtept lat="36" lon="137"><name>詰所</name></rtept><rtept lat="36.1" lon="137"/></rte>
<trk><name>点検</name><link href="http://a"/><link href="http://b"><text>写真</text></link><trkseg>
<trkpt lat="36" lon="137"><ele>560.5</ele><time>2024-04-01T00:00:00Z</time><extensions><t:TrackPointExtension>
<t:hr>99</t:hr><t:atemp>12.5</t:atemp></t:TrackPointExtension></extensions></trkpt>
<trkpt lat="36.1" lon="137"><time>2024-04-01T00:01:00Z</time></trkpt></trkseg><trkseg>
<trkpt lat="36.2" lon="137"><time>2024-04-01T00:02:00Z</time></trkpt></trkseg></trk></gpx>"""


def test_routes_and_tracks_keep_their_points_times_and_extensions(read_text: ReadText) -> None:
    """A table per kind with the columns that are there; a point knows its track; extensions inside others, too."""
    tables = {table.name: table for table in read_text(GPX, name="a.gpx").tables}
    assert list(tables) == ["routes", "route_points", "tracks", "track_points"]
    track, points = tables["tracks"], tables["track_points"]
    assert dict(zip(names(track), (values[0] for values in track.values), strict=True)) == {
        "name": "点検",
        "link1_href": "http://a",
        "link2_href": "http://b",
        "link2_text": "写真",
        "begin": "2024-04-01T00:00:00Z",
        "end": "2024-04-01T00:02:00Z",
    }
    assert names(points) == ["track", "segment", "track_point", "ele", "time", "hr", "atemp"]
    assert (column(points, "segment"), column(points, "hr")) == (["1", "1", "2"], ["99", None, None])
    assert track.geometries is not None and track.geometries[0] == shapely.MultiLineString([[(137, 36), (137, 36.1)]])
    assert column(tables["route_points"], "name") == ["詰所", None]


def test_a_gpx_that_breaks_off_gives_what_is_whole(read_text: ReadText) -> None:
    """A logger whose battery died: what was closed before is read, and the break is told."""
    reading = read_text(GPX[: GPX.index("<trk>") + 60], name="a.gpx")
    assert [table.name for table in reading.tables] == ["routes", "route_points"]
    assert [problem.code for problem in reading.problems] == [codes.TEXT_CUT_OFF]


def test_a_geopackage_without_a_crs_says_so(tmp_path: Path) -> None:
    """Undefined coordinates are read, and told."""
    path = tmp_path / "a.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        geopandas.GeoDataFrame({"名称": [NAME]}, geometry=[shapely.Point(1, 2)]).to_file(path, engine="pyogrio")
    reading = read_ledger(path)
    assert column(only_table(reading), "名称") == [NAME]
    assert codes.NO_CRS in [problem.code for problem in reading.problems]


def write_geopackage(path: Path) -> sqlite3.Connection:
    """Three points in zone VII, open for changes, without the triggers that call functions of GDAL."""
    frame = geopandas.GeoDataFrame({"名称": list("甲乙丙")}, geometry=[shapely.Point(n, n) for n in range(3)], crs=6675)
    frame.to_file(path, layer="施設", engine="pyogrio")
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    return connection


@pytest.mark.parametrize("srs_id", [-1, 0, 777])
def test_an_undefined_crs_of_a_geopackage_is_none(tmp_path: Path, srs_id: int) -> None:
    """Undefined Cartesian, undefined geographic, and a number that the file does not explain."""
    with closing(write_geopackage(tmp_path / "a.gpkg")) as connection, connection:
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            connection.execute(f"UPDATE {table} SET srs_id = ?", [srs_id])
    reading = read_ledger(tmp_path / "a.gpkg")
    assert only_table(reading).crs is None
    assert codes.NO_CRS in [problem.code for problem in reading.problems]


def test_a_crs_under_a_number_of_its_own_is_found(tmp_path: Path) -> None:
    """QGIS gives numbers of its own to CRSs it does not know by authority; the definition says which it is."""
    with closing(write_geopackage(tmp_path / "a.gpkg")) as connection, connection:
        connection.execute(
            "INSERT INTO gpkg_spatial_ref_sys SELECT 'x', 100007, 'NONE', 100007, definition, '' "
            "FROM gpkg_spatial_ref_sys WHERE srs_id = 6675"
        )
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            connection.execute(f"UPDATE {table} SET srs_id = 100007")
    assert only_table(read_ledger(tmp_path / "a.gpkg")).crs == "EPSG:6675"


def test_what_stands_in_the_log_of_a_geopackage_is_read_and_left_there(tmp_path: Path) -> None:
    """A copy taken while QGIS had it open: the newest rows are in the -wal file, and the source is not touched."""
    with closing(write_geopackage(tmp_path / "open.gpkg")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute("UPDATE 施設 SET 名称 = '新' WHERE fid = 1")
        folder = tmp_path / "copy"
        folder.mkdir()
        for ending in ("", "-wal"):
            shutil.copyfile(tmp_path / f"open.gpkg{ending}", folder / f"a.gpkg{ending}")
    before = {part.name: part.read_bytes() for part in folder.iterdir()}
    assert column(only_table(read_ledger(folder / "a.gpkg")), "名称") == ["新", "乙", "丙"]
    assert {part.name: part.read_bytes() for part in folder.iterdir()} == before


def test_views_and_tables_of_attributes_are_tables(tmp_path: Path) -> None:
    """A view of some features, and a table without geometries."""
    with closing(write_geopackage(tmp_path / "a.gpkg")) as connection, connection:
        connection.execute("CREATE VIEW 一部 AS SELECT fid AS OGC_FID, geom, 名称 FROM 施設 WHERE fid > 1")
        connection.execute("CREATE TABLE 点検 (id INTEGER PRIMARY KEY, 内容 TEXT)")
        connection.execute("INSERT INTO 点検 VALUES (1, '良')")
        contents = "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)"
        connection.executemany(contents, [("一部", "features", "一部", 6675), ("点検", "attributes", "点検", None)])
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES ('一部', 'geom', 'POINT', 6675, 0, 0)")
    tables = {table.name: table for table in read_ledger(tmp_path / "a.gpkg").tables}
    assert column(tables["一部"], "名称") == ["乙", "丙"]
    assert (column(tables["点検"], "内容"), tables["点検"].geometries) == (["良"], None)


@pytest.mark.parametrize("suffix", [".prj", ".cpg", ".shx", ".qix"])
def test_a_part_of_a_shapefile_without_rows_names_the_main_file(tmp_path: Path, suffix: str) -> None:
    """Given the .prj or .cpg beside a .shp, a clerk is told which file to take, and gets no table of one line."""
    (tmp_path / "道路.shp").write_bytes(b"\0\0\x27\x0a" + b"\0" * 96)
    part = tmp_path / f"道路{suffix}"
    part.write_text("UTF-8")
    with pytest.raises(SourceError, match=r"Name the \.shp beside it"):
        read_ledger(part)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([101, 102, 103], ["101", "102", "103"]),
        ([1, "A-2", None], ["1", "A-2", None]),
        (["A-1", 2, 3.5], ["A-1", "2", "3.5"]),
        ([7, 7, "7"], ["7", "7", "7"]),
    ],
)
def test_ids_of_features_of_any_type_are_a_column(read_text: ReadText, ids: list[object], expected: list[str]) -> None:
    """Numbers, mixed types, ids twice: as they are written, and without a word of GDAL's about numbers of its own."""
    features = [feature({"名称": f"栓{n}"}, 137.0 + n) | {"id": given} for n, given in enumerate(ids)]
    reading = read_text(json.dumps({"type": "FeatureCollection", "features": features}), name="a.geojson")
    assert column(only_table(reading), "id") == expected
    assert codes.DRIVER_WARNING not in [problem.code for problem in reading.problems]


def test_an_id_beside_a_property_of_that_name_is_kept(read_text: ReadText) -> None:
    """Both are columns where they differ; where they agree, one is enough."""
    features = [feature({"id": "A"}, 1.0) | {"id": "way/1"}, feature({"id": "B"}, 2.0) | {"id": 2}]
    table = only_table(read_text("\n".join(json.dumps(f) for f in features), name="a.geojsonl"))
    assert (column(table, "id"), column(table, "feature/id")) == (["A", "B"], ["way/1", "2"])
    agreeing = [feature({"id": "A"}, 1.0) | {"id": "A"}, feature({"id": "B"}, 2.0) | {"id": "B"}]
    assert names(only_table(read_text("\n".join(json.dumps(f) for f in agreeing), name="b.geojsonl"))) == ["id"]


@pytest.mark.parametrize("first", [0, 1])
def test_ids_that_only_count_are_no_column(read_text: ReadText, first: int) -> None:
    """They are the row numbers."""
    features = [feature({"名称": f"栓{n}"}, 137.0) | {"id": first + n} for n in range(3)]
    table = only_table(read_text(json.dumps({"type": "FeatureCollection", "features": features}), name="a.geojson"))
    assert names(table) == ["名称"]


def test_ids_are_found_in_features_longer_than_a_piece(read_text: ReadText) -> None:
    """A file is read piece by piece, and a feature may begin in one and end in another."""
    features = [
        feature({"名称": f"栓{n}", "備考": "あ" * 700_000}, 137.0) | {"id": f"N{n}" if n else 5} for n in range(4)
    ]
    table = only_table(read_text(json.dumps({"type": "FeatureCollection", "features": features}), name="a.geojson"))
    assert column(table, "id") == ["5", "N1", "N2", "N3"]


def test_tables_that_a_geopackage_does_not_declare_are_read_and_told(tmp_path: Path) -> None:
    """A layer with its geometries and CRS, a table; a declared one that is not there is told, too."""
    path = tmp_path / "a.gpkg"
    with closing(write_geopackage(path)) as connection, connection:
        connection.execute("CREATE TABLE 忘れた層 (fid INTEGER PRIMARY KEY, 図形 BLOB, 番号 TEXT)")
        connection.execute("INSERT INTO 忘れた層 SELECT fid, geom, '00' || fid FROM 施設")
        connection.execute("CREATE TABLE 点検 (id INTEGER PRIMARY KEY, 結果 TEXT)")
        connection.execute("INSERT INTO 点検 VALUES (1, '良')")
        connection.execute("CREATE TABLE 空 (id INTEGER PRIMARY KEY, 結果 TEXT)")
        connection.execute("CREATE TABLE 登録済 (id INTEGER PRIMARY KEY, 結果 TEXT)")
        connection.execute("CREATE VIRTUAL TABLE 索引 USING fts5(x)")
        contents = "INSERT INTO gpkg_contents (table_name, data_type) VALUES (?, 'attributes')"
        connection.executemany(contents, [("登録済",), ("なくなった表",)])
    before = path.read_bytes()
    reading = read_ledger(path)
    tables = {table.name: table for table in reading.tables}
    assert set(tables) == {"施設", "忘れた層", "点検", "登録済"}
    assert (tables["忘れた層"].crs, column(tables["忘れた層"], "番号")) == ("EPSG:6675", ["001", "002", "003"])
    assert tables["忘れた層"].geometries == [shapely.Point(n, n) for n in range(3)]
    told = {
        p.message.en.split('"')[-2] if p.severity == "error" else p.message.en.split('"')[1]: p.severity
        for p in reading.problems
        if p.code == codes.CONTENTS_DIFFER
    }
    assert told == {"忘れた層": "warning", "点検": "warning", "なくなった表": "error"}
    assert (path.read_bytes(), [p.name for p in tmp_path.iterdir()]) == (before, ["a.gpkg"])


def test_a_kml_shows_its_fields_under_the_names_of_its_schema(read_text: ReadText) -> None:
    """By displayName, of a schema and of single data; two fields of one label keep their own names."""
    fields = "".join(
        f'<SimpleField name="{name}" type="string"><displayName>{label}</displayName></SimpleField>'
        for name, label in (("P1", "口径"), ("P2", "<![CDATA[<b>種別</b>]]>"), ("P3", "同じ"), ("P4", "同じ"))
    )
    values = "".join(f'<SimpleData name="P{n}">値{n}</SimpleData>' for n in range(1, 5))
    data = '<Data name="d"><displayName>設置年</displayName><value>1990</value></Data>'
    table = only_table(
        read_text(
            f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Schema id="s">{fields}</Schema>'
            f'<Placemark><ExtendedData>{data}<SchemaData schemaUrl="#s">{values}</SchemaData></ExtendedData>'
            "<Point><coordinates>137,36</coordinates></Point></Placemark></Document></kml>",
            name="a.kml",
        )
    )
    assert names(table) == ["設置年", "口径", "種別", "P3", "P4"]
    assert [list(values) for values in table.values] == [["1990"], ["値1"], ["値2"], ["値3"], ["値4"]]
