"""Columns and fields: headers as ledgers write them, the layer that fits, and a layer of a ledger's own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from gis_capture.definitions import layer_from_json, layer_to_json, read_layers
from gis_capture.errors import FieldError
from gis_capture.ledger import Column, Source, Table
from gis_capture.ledger.columns import choose_layer, layer_key_of, make_layer, match_columns, suggest_layers
from gis_capture.ledger.values.numbers import parse_real
from gis_capture.model import Field, FieldType, Layer, Text
from gis_capture.resources import layers_dir


def make_table(
    columns: Mapping[str, Sequence[str | None]], *, file: str = "台帳.csv", sheet: str | None = None
) -> Table:
    """A table of these columns."""
    n_rows = max(map(len, columns.values()), default=0)
    return Table(
        name=sheet or Path(file).stem,
        source=Source(Path(file), "csv", "utf-8", "0" * 64),
        sheet=sheet,
        header_rows=(1,),
        columns=tuple(Column(name, name, number) for number, name in enumerate(columns, start=1)),
        row_numbers=range(2, n_rows + 2),
        values=tuple(columns.values()),
    )


def make_fields(*spellings: tuple[str, ...], unit: str | None = None) -> Layer:
    """A layer whose fields have these titles and aliases; the first is the title."""
    fields = tuple(
        Field(f"x.f{n}", f"f{n}", Text(title, f"F{n}"), aliases=tuple(aliases), unit=unit)
        for n, (title, *aliases) in enumerate(spellings)
    )
    return Layer("x", Text("試験", "Test"), "Point", fields)


@pytest.fixture(scope="module")
def layers() -> tuple[Layer, ...]:
    """The definitions that are shipped."""
    return read_layers(layers_dir())


@pytest.mark.parametrize(
    ("header", "title", "aliases", "how"),
    [
        ("口径", "口径", (), "exact"),
        ("f0", "口径", (), "exact"),
        ("管径", "口径", ("管径",), "alias"),
        ("口径（ｍｍ）", "口径(mm)", (), "folded"),
        ("口径(管径ｍｍ)", "口径", (), "folded"),
        ("所在地_\n連結表記", "所在地_連結表記", (), "folded"),
        ("住所　（番地まで）", "住所", (), "folded"),
        ("都道府県コ―ド", "都道府県コード", (), "folded"),
        ("名称（カナ）", "名称_カナ", (), "folded"),
        ("ロ径", "口径", (), "folded"),
        ("位置/所在地", "所在地", (), "folded"),
        ("所在地等", "所在地", (), "folded"),
        ("所在地_連結標記", "所在地_連結表記", (), "fuzzy"),
        ("iamgeLicense", "画像", ("imageLicense",), "fuzzy"),
    ],
)
def test_a_header_finds_its_field(header: str, title: str, aliases: tuple[str, ...], how: str) -> None:
    """As it stands, by alias, folded, without its remark, as the lower of two headers, and with a typo."""
    (match,) = match_columns(make_table({header: ["1"]}), make_fields((title, *aliases))).matches
    assert (match.column, match.field, match.how) == (header, "f0", how)


@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("女性トイレ総数", "男性トイレ総数"),
        ("利用終了時間", "利用開始時間"),
        ("連絡先電話番号2", "連絡先電話番号1"),
        ("災害種別_洪水", "災害種別_津波"),
        ("和式便器の数量", "洋式便器の数量"),
        ("市区町村名", "市区町村コード"),
        ("スピーカーB", "スピーカーA"),
        ("緯度", "経度"),
        ("広さ（メートル）", "広さ（㎡）"),
    ],
)
def test_headers_that_differ_in_meaning_do_not_match(header: str, title: str) -> None:
    """One letter can be another thing altogether; that is not taken for a typo."""
    assert match_columns(make_table({header: ["1"]}), make_fields((title,), unit="㎡")).matches == ()


def test_every_field_is_given_once_to_the_best_column() -> None:
    """A better spelling wins over an earlier column, a filled column over an empty one; the rest is listed."""
    layer = make_fields(("台帳番号", "ID", "NO"), ("所在地", "住所"))
    table = make_table({"NO": ["1"], "ID": ["2"], "所在地": [None], "住所": ["町"], "備考": ["x"]})
    matched = match_columns(table, layer)
    assert matched.fields == {"ID": "f0", "住所": "f1"}
    assert matched.unmatched == ("NO", "所在地", "備考")


def test_what_a_person_chose_comes_first() -> None:
    """A chosen column takes its field, a column set to None stays out; a wrong name is an error."""
    layer = make_fields(("台帳番号", "ID"), ("備考",))
    table = make_table({"ID": ["1"], "番号": ["2"], "備考": ["x"]})
    matched = match_columns(table, layer, given={"番号": "f0", "備考": None})
    assert matched.fields == {"番号": "f0"}
    for wrong in ({"無い列": "f0"}, {"ID": "無い項目"}, {"ID": "f0", "番号": "f0"}):
        with pytest.raises(FieldError):
            match_columns(table, layer, given=wrong)


def test_layers_are_suggested_by_headers_values_and_names(layers: tuple[Layer, ...]) -> None:
    """Each kind of evidence is enough; the layer for all others stands last."""
    columns: dict[str, list[str | None]] = {
        "番号": ["1", "2"],
        "種別": ["消火栓", "防火水槽"],
        "口径": ["75", None],
        "備考": [None, None],
    }
    suggestions = suggest_layers(make_table(columns), layers)
    assert suggestions[0].layer_key == "fire_hydrant"
    assert suggestions[0].matches["口径"] == "diameter_mm"
    assert suggestions[-1].layer_key == "generic"
    by_file = suggest_layers(make_table({"name": ["x"], "lat": ["36"]}, file="takayama_aed.csv"), layers)
    assert choose_layer(by_file) == "aed"
    by_sheet = suggest_layers(make_table({"名称": ["x"]}, sheet="公衆トイレ一覧"), layers)
    assert choose_layer(by_sheet) == "public_toilet"


def test_a_ledger_that_fits_nothing_is_left_to_the_generic_layer(layers: tuple[Layer, ...]) -> None:
    """A word inside another word is no evidence: "parking" is no park."""
    table = make_table({"借受人": ["甲"], "契約日": ["R6.4.1"]}, file="parking_contracts.csv")
    assert choose_layer(suggest_layers(table, layers)) == "generic"


@pytest.mark.parametrize("names", [("番号", "名称", "所在地"), ("番号", "設置年月日"), ("施設名",)])
def test_names_that_many_layers_know_name_none(names: tuple[str, ...], layers: tuple[Layer, ...]) -> None:
    """Two layers that fit as well as each other are no choice; the title above the names makes one."""
    columns: dict[str, list[str | None]] = {name: ["1", "2"] for name in names}
    assert choose_layer(suggest_layers(make_table(columns), layers)) == "generic"
    titled = replace(make_table(columns), title="公衆便所台帳")
    assert choose_layer(suggest_layers(titled, layers)) == "public_toilet"


def test_a_title_says_more_than_names_of_another_layer(layers: tuple[Layer, ...]) -> None:
    """Date and area alone look like a park; the sheet says that they are toilets."""
    columns: dict[str, list[str | None]] = {
        "番号": ["1"],
        "名称": ["甲"],
        "所在地": ["乙"],
        "設置年月日": ["R1.5.1"],
        "面積": ["12"],
    }
    assert choose_layer(suggest_layers(make_table(columns), layers)) == "park"
    assert choose_layer(suggest_layers(replace(make_table(columns), title="公衆便所台帳"), layers)) == "public_toilet"


def test_geometries_and_names_decide_too(layers: tuple[Layer, ...]) -> None:
    """Polygons are no layer of points, and a list of codes without names or numbers is no ledger."""
    parks = replace(
        make_table({"名称": ["a"], "種別": ["街区公園"]}, file="公園.shp"), geometries=[shapely.box(0, 0, 1, 1)]
    )
    assert choose_layer(suggest_layers(parks, layers)) == "generic"
    codes = make_table({"大分類": ["1"], "POIコード": ["0101"], "説明": ["庁舎"]})
    assert choose_layer(suggest_layers(codes, layers)) == "generic"


def test_a_ledger_gets_a_layer_of_its_own(layers: tuple[Layer, ...]) -> None:
    """Names are safe, titles are the headers, types are inferred; what the template knows keeps its name."""
    template = next(layer for layer in layers if layer.key == "generic")
    table = make_table(
        {
            "名称": ["井戸"],
            "深さ(m)": ["12.5"],
            "設置日": ["R6.4.1"],
            "fid": ["7"],
            "Well No": ["003"],
            "緯度": ["36.1"],
            "備考1": ["a"],
        },
        file="井戸台帳.csv",
    )
    layer = make_layer(
        table, key=layer_key_of(table), title=Text("井戸台帳", "Wells"), template=template, leave_out=["緯度"]
    )
    fields = {field.title.ja: field for field in layer.fields}
    assert layer.geometry_type == "Point"
    assert fields["名称"].name == "name"
    assert (fields["深さ(m)"].type, fields["深さ(m)"].unit) == (FieldType.REAL, "m")
    assert fields["設置日"].type == FieldType.DATE
    assert fields["Well No"].name == "well_no"
    assert fields["Well No"].type == FieldType.TEXT
    assert fields["fid"].name != "fid"
    assert "緯度" not in fields
    assert {"status", "inspected_on"} <= {field.name for field in layer.fields}
    assert all(field.name.isascii() and field.field_id == f"{layer.key}.{field.name}" for field in layer.fields)
    assert match_columns(table, layer).unmatched == ("緯度",)
    assert layer_from_json(layer_to_json(layer)) == layer


def test_columns_that_are_names_of_one_field_both_stay(layers: tuple[Layer, ...]) -> None:
    """管理番号 and 整理番号 both number the ledger: one is its number, the other a column of its own."""
    generic = next(layer for layer in layers if layer.key == "generic")
    columns: dict[str, list[str | None]] = {"管理番号": ["1"], "整理番号": ["7"], "区分": ["a"], "種別": ["b"]}
    table = make_table(columns)
    made = make_layer(table, key="ledger_x", title=Text("台帳", "Ledger"), template=generic)
    assert layer_from_json(layer_to_json(made)) == made
    assert set(match_columns(table, made).fields) == set(columns)
    assert choose_layer(suggest_layers(table, [*layers, made])) == "ledger_x"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (["路線名", "橋梁名", "所在地"], "橋梁名"),
        (["町名", "所有者名", "公園名", "面積"], "公園名"),
        (["路線名", "施設名", "担当課名"], "施設名"),
        (["橋梁名", "名称"], "名称"),
        (["河川名", "樋門名称", "管理団体名"], "樋門名称"),
        (["路線名", "町名", "延長"], "路線名"),
        (["町名", "所有者名", "樹種名"], None),
    ],
)
def test_a_thing_is_named_by_its_own_name(headers: list[str], name: str | None, layers: tuple[Layer, ...]) -> None:
    """Not by the road it belongs to where it has one of its own, and never by its town or owner."""
    generic = next(layer for layer in layers if layer.key == "generic")
    table = make_table({header: ["甲", "乙"] for header in headers})
    made = make_layer(table, key="ledger_x", title=Text("台帳", "Ledger"), template=generic)
    for layer in (generic, made):
        fields = {field: column for column, field in match_columns(table, layer).fields.items()}
        assert fields.get("name") == name
    assert set(match_columns(table, made).fields) == set(headers)


def test_water_of_the_fire_brigade_is_known_by_its_usual_names(layers: tuple[Layer, ...]) -> None:
    """Tonnes of water are cubic metres; a degree of danger is no condition."""
    hydrants = next(layer for layer in layers if layer.key == "fire_hydrant")
    columns = {"栓番号": "1", "場所": "駅前", "容量(t)": "40", "竣工日": "H5.3.1", "危険度": "A"}
    match = match_columns(make_table({header: [text] for header, text in columns.items()}), hydrants)
    assert match.fields == {
        "栓番号": "ledger_number",
        "場所": "location_note",
        "容量(t)": "capacity_m3",
        "竣工日": "installed_on",
    }
    assert parse_real("40", unit="㎥", source_unit="t").value == parse_real("40t", unit="㎥").value == 40.0
    assert all("status" not in match_columns(make_table({"危険度": ["A"]}), layer).fields.values() for layer in layers)


def test_the_same_header_is_the_same_field_next_year() -> None:
    """Field names come from the headers alone, whatever their order; the key from file and sheet."""
    this_year = make_table({"幹周": ["1"], "樹高": ["2"]}, file="巨木.csv")
    next_year = make_table({"樹高": ["2"], "所見": ["良"], "幹周": ["1"]}, file="巨木.csv")
    names = [
        {field.title.ja: field.name for field in make_layer(table, key="k", title=Text("巨木", "Trees")).fields}
        for table in (this_year, next_year)
    ]
    assert names[0].items() <= names[1].items()
    assert (
        layer_key_of(this_year)
        == layer_key_of(next_year)
        != layer_key_of(make_table({"樹高": ["2"]}, file="街路樹.csv"))
    )


@pytest.mark.parametrize(
    ("wkts", "geometry_type"),
    [
        (["POINT (1 2)", None], "Point"),
        (["LINESTRING (0 0, 1 1)", "MULTILINESTRING ((0 0, 1 1))"], "MultiLineString"),
        (["POLYGON ((0 0, 1 0, 1 1, 0 0))"], "Polygon"),
        (["POINT (1 2)", "LINESTRING (0 0, 1 1)"], "Geometry"),
        (["GEOMETRYCOLLECTION (POINT (1 2))"], "Geometry"),
    ],
)
def test_the_geometry_type_is_that_of_the_source(wkts: list[str | None], geometry_type: str) -> None:
    """One type, its Multi type where some are, or any."""
    plain = make_table({"名称": ["a"] * len(wkts)})
    geometries = [shapely.from_wkt(wkt) if wkt else None for wkt in wkts]
    table = replace(plain, geometries=geometries)
    assert make_layer(table, key="k", title=Text("図", "Map")).geometry_type == geometry_type


def test_a_file_name_alone_does_not_choose_a_layer(layers: list[Layer]) -> None:
    """A table named 公園 of which no column is known goes to a layer of its own: a park would lose all values."""
    table = make_table({"ZZA": ["1", "2"], "ZZKIND": ["x", "y"]}, file="公園・緑地.dbf")
    assert choose_layer(suggest_layers(table, layers)) == "generic"


def test_ledgers_without_names_share_no_layer(layers: tuple[Layer, ...]) -> None:
    """Columns that have only our own names, 列A and 列B, make no ledger the next version of another one."""
    first = make_table({"列A": ["1", "2"], "列B": ["消火栓", "防火水槽"]}, file="水利.csv")
    first = replace(first, columns=tuple(replace(column, header="") for column in first.columns))
    made = make_layer(first, key=layer_key_of(first), title=Text("水利", "Water"))
    other = replace(first, source=replace(first.source, path=Path("遊具.csv")), name="遊具")
    assert choose_layer(suggest_layers(other, [*layers, made])) == "generic"
    assert layer_key_of(other) != made.key


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"種別": ["街区公園", "近隣公園"], "箇所数": ["10", "4"], "面積": ["3.5", "8"]}, "generic"),
        ({"地区名": ["東", "西"], "種別": ["街区公園", "近隣公園"], "公園数（箇所）": ["10", "4"]}, "generic"),
        ({"公園名": ["東公園", "西公園"], "種別": ["街区公園", "近隣公園"], "施設数": ["1", "4"]}, "park"),
        ({"所在地": ["本町1", "西町2"], "種別": ["街区公園", "近隣公園"], "施設数": ["1", "4"]}, "park"),
    ],
)
def test_counts_of_things_are_offered_no_layer_of_things(
    layers: tuple[Layer, ...], columns: Mapping[str, Sequence[str]], key: str
) -> None:
    """Also where the file is named after them and each kind is known; a name or an address makes a thing of a row."""
    assert choose_layer(suggest_layers(make_table(columns, file="公園一覧.xlsx"), layers)) == key
