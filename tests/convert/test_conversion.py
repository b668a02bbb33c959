"""Conversion: every row is accounted for, nothing happens by half, nothing happens twice by accident."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from gis_capture.convert import Conversion, convert, undo_import
from gis_capture.convert.rows import convert_table
from gis_capture.errors import CaptureError, CRSError, FieldError, SourceError, StoreError
from gis_capture.ledger import Column, SkippedRow, Source, Table
from gis_capture.ledger.columns import match_columns
from gis_capture.model import Feature, Field, FieldType, Layer, Text
from gis_capture.store import Author, GeoPackageStore
from gis_capture.store.source_rows import SourceBlock

HYDRANTS = [
    ("ID", "種別", "口径", "設置年月日", "緯度", "経度", "巡回順", "備考"),
    ("1", "防火水そう", "", "S60.4.1", "36.146", "137.252", "上町", ""),
    ("2", "消火栓", "75mm", "R6.4.1", "36.147", "137.253", "上町", "要確認"),
    ("3", "消火栓", "75", "不明", "", "", "下町", "位置不明"),
    ("", "", "", "", "", "", "下町", ""),
    ("5", "消火栓", "φ100", "2024/2/30", "0", "0", "下町", ""),
]


@pytest.fixture
def run(
    store: GeoPackageStore, layers: dict[str, Layer], clock: Callable[[], str], new_id: Callable[[], str]
) -> Callable[..., Conversion]:
    """Converts into the store; the layer is that of hydrants unless another is named."""

    def run_conversion(path: Path, layer: str | Layer = "fire_hydrant", **options: Any) -> Conversion:
        chosen = layers[layer] if isinstance(layer, str) else layer
        return convert(path, layer=chosen, store=store, author="山田", clock=clock, new_id=new_id, **options)

    return run_conversion


def hydrants(store: GeoPackageStore) -> list[Feature]:
    """All features of the layer of hydrants."""
    return list(store.features("fire_hydrant"))


def codes_of(conversion: Conversion) -> set[str]:
    """The codes of all problems."""
    return {problem.code for problem in conversion.problems}


def test_every_row_is_loaded_unlocated_or_rejected(
    run: Callable[..., Conversion], store: GeoPackageStore, write_csv: Callable[..., Path]
) -> None:
    """Rows without a position are loaded without geometry; only a row with nothing to store is rejected."""
    conversion = run(write_csv(HYDRANTS))
    assert (conversion.n_source_rows, conversion.n_loaded, conversion.n_unlocated, conversion.n_rejected) == (
        5,
        2,
        2,
        1,
    )
    assert conversion.reasons == {"position_missing": 1, "coordinate_sentinel": 1, "nothing_to_store": 1}
    features = {feature.fields["ledger_number"]: feature for feature in hydrants(store)}
    assert features["2"].fields["diameter_mm"] == 75
    assert features["1"].fields["installed_on"] == "1985-04-01"
    assert features["1"].fields["kind"] == "防火水槽"
    assert shapely.get_coordinates(features["1"].geometry).tolist() == [[137.252, 36.146]]
    assert features["1"].position.method == "coordinates"
    assert (features["3"].geometry, features["3"].position.method) == (None, None)
    assert features["5"].fields["installed_on"] is None
    assert {"date_impossible", "domain_alias", "column_not_matched", "position_missing"} <= codes_of(conversion)


def test_the_account_keeps_every_row_with_its_texts(
    run: Callable[..., Conversion], store: GeoPackageStore, write_csv: Callable[..., Path]
) -> None:
    """Outcome, reason, feature and raw texts of each row, also of columns without a field."""
    conversion = run(write_csv(HYDRANTS))
    assert conversion.import_id
    rows = list(store.source_rows(conversion.import_id))
    assert [(row.row_number, row.outcome) for row in rows] == [
        (2, "loaded"),
        (3, "loaded"),
        (4, "unlocated"),
        (5, "rejected"),
        (6, "unlocated"),
    ]
    assert rows[0].raw["設置年月日"] == "S60.4.1"
    assert rows[3].raw["巡回順"] == "下町"
    assert {row.feature_id for row in rows} - {None} == {feature.feature_id for feature in hydrants(store)}
    assert rows[3].feature_id is None
    (record,) = store.imports()
    assert record["result"] == conversion.to_json("ja")
    assert record["result_en"] == conversion.to_json("en")
    assert store.author_of(1)[0] == Author(f"import:{conversion.import_id}", "山田")


def test_the_json_is_that_of_the_format(run: Callable[..., Conversion], write_csv: Callable[..., Path]) -> None:
    """docs/format.md section 5."""
    document = run(write_csv(HYDRANTS)).to_json()
    assert document["format"] == "gis-capture.convert/v1"
    counts = ("n_loaded", "n_unlocated", "n_rejected", "n_skipped")
    assert document["n_source_rows"] == sum(document[name] for name in counts)
    assert set(document) == {
        "format",
        "layer",
        "crs",
        "n_source_rows",
        *counts,
        "reasons",
        "tables",
        "revision",
        "problems",
    }
    (impossible,) = [problem for problem in document["problems"] if problem["code"] == "date_impossible"]
    assert (impossible["row"], impossible["column"], impossible["cell"]) == (6, "設置年月日", "D6")


def test_a_dry_run_writes_nothing(
    run: Callable[..., Conversion], store: GeoPackageStore, write_csv: Callable[..., Path]
) -> None:
    """It gives the same account without a revision."""
    path = write_csv(HYDRANTS)
    trial = run(path, is_dry_run=True)
    assert (trial.revision, store.revision(), store.imports(), store.layers()) == (None, 0, [], ())
    real = run(path)
    assert replace(trial, revision=real.revision, import_id=real.import_id) == real


def test_a_failure_half_way_leaves_the_store_as_it_was(
    run: Callable[..., Conversion], store: GeoPackageStore, write_csv: Callable[..., Path]
) -> None:
    """An error in the middle of writing takes layer, features and account back."""

    def fail_late(share: float) -> None:
        if share > 0.8:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        run(write_csv(HYDRANTS), on_progress=fail_late)
    assert (store.imports(), store.layers(), store.revision()) == ([], (), 0)


def test_the_same_file_is_not_imported_twice_by_accident(
    run: Callable[..., Conversion], store: GeoPackageStore, clock: Callable[[], str], write_csv: Callable[..., Path]
) -> None:
    """A second import is refused unless it is wanted or the first one was undone."""
    path = write_csv(HYDRANTS)
    first = run(path)
    with pytest.raises(SourceError) as refusal:
        run(path)
    assert refusal.value.subject["code"] == "already_imported"
    assert refusal.value.subject["import_id"] == first.import_id
    assert len(hydrants(store)) == 4
    run(path, is_repeat_allowed=True)
    assert len(hydrants(store)) == 8
    for record in store.imports():
        undo_import(store, record["import_id"], author="山田", clock=clock)
    run(path)
    assert len(hydrants(store)) == 4


def test_undo_keeps_what_somebody_edited(
    run: Callable[..., Conversion], store: GeoPackageStore, clock: Callable[[], str], write_csv: Callable[..., Path]
) -> None:
    """Untouched features go, edited ones stay and are named, deleted ones are counted; twice changes nothing."""
    conversion = run(write_csv(HYDRANTS))
    edited, deleted, *_ = hydrants(store)
    assert conversion.import_id
    with store.transact(Author("office"), at=clock()) as transaction:
        transaction.update(replace(edited, fields={**edited.fields, "status": "要補修"}))
        transaction.delete("fire_hydrant", deleted.feature_id)
    undo = undo_import(store, conversion.import_id, author="山田", clock=clock)
    assert (undo.n_removed, undo.kept, undo.n_gone) == (2, (edited.feature_id,), 1)
    assert [feature.feature_id for feature in hydrants(store)] == [edited.feature_id]
    again = undo_import(store, conversion.import_id, author="山田", clock=clock)
    assert (again.n_removed, again.kept) == (0, undo.kept)
    assert store.imports()[0]["state"] == "undone"
    assert len(list(store.source_rows(conversion.import_id))) == 5


def test_an_unknown_import_cannot_be_undone(store: GeoPackageStore, clock: Callable[[], str]) -> None:
    """It says so."""
    with pytest.raises(StoreError):
        undo_import(store, "nowhere", author="", clock=clock)


def test_what_a_person_chose_is_obeyed(
    run: Callable[..., Conversion], store: GeoPackageStore, write_csv: Callable[..., Path]
) -> None:
    """Column choices, the table and the CRS; what is not there is an error before anything is written."""
    path = write_csv(HYDRANTS)
    for wrong, error in (
        ({"matches": {"無い": "kind"}, "table": "消防水利"}, FieldError),
        ({"matches": {"巡回順": "no_field"}}, FieldError),
        ({"table": "無い表"}, SourceError),
        ({"crs": "EPSG:1"}, CRSError),
    ):
        with pytest.raises(error):
            run(path, **wrong)
    assert store.revision() == 0
    run(path, matches={"巡回順": "fire_district", "備考": None})
    feature = hydrants(store)[0]
    assert feature.fields["fire_district"] == "上町"
    assert feature.fields.get("remarks") is None


def test_a_ledger_nobody_defined_becomes_a_layer(
    run: Callable[..., Conversion], store: GeoPackageStore, write_csv: Callable[..., Path]
) -> None:
    """Its columns are fields, its coordinates the position; the next file of that name adds to the same layer."""
    wells = [("井戸名", "深さ(m)", "緯度", "経度"), ("東の井戸", "12.5", "36.1", "137.2")]
    conversion = run(write_csv(wells, "井戸台帳.csv"), "generic")
    layer = store.layer(conversion.layer)
    titles = {field.title.ja: field.name for field in layer.fields}
    (feature,) = store.features(layer.key)
    assert feature.fields[titles["深さ(m)"]] == 12.5
    assert "緯度" not in titles
    newer = [("水質", "井戸名", "緯度", "経度"), ("良", "西の井戸", "36.2", "137.2")]
    second = run(write_csv(newer, "井戸台帳.csv"), "generic")
    assert second.layer == conversion.layer
    grown = store.layer(second.layer)
    assert grown.definition_version == layer.definition_version + 1
    assert {field.title.ja for field in grown.fields} == {*titles, "水質"}


def test_tables_of_the_same_columns_go_together(
    run: Callable[..., Conversion], store: GeoPackageStore, tmp_path: Path
) -> None:
    """Sheets by district are one ledger; another table is left out by name; a named table goes alone."""
    book = Workbook()
    sheets: dict[str, list[tuple[str, ...]]] = {
        "北部": [*HYDRANTS[:2]],
        "南部": [HYDRANTS[0], *HYDRANTS[2:4]],
        "担当": [("班", "人数"), ("1", "3"), ("2", "4")],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    path = tmp_path / "消防水利.xlsx"
    book.save(path)
    conversion = run(path)
    assert (conversion.n_source_rows, conversion.n_skipped) == (5, 2)
    assert {"tables_joined", "table_left_out"} <= codes_of(conversion)
    assert conversion.import_id
    account = [(row.table, row.row_number) for row in store.source_rows(conversion.import_id)]
    assert [number for _, number in account] == [2, 2, 3, 2, 3]
    assert len({table for table, _ in account}) == 3
    alone = run(path, table="南部", is_repeat_allowed=True)
    assert [(table.layer, table.n_source_rows) for table in alone.tables] == [
        ("fire_hydrant", 2),
        (None, 1),
        (None, 2),
    ]


def test_progress_goes_from_nothing_to_all(run: Callable[..., Conversion], write_csv: Callable[..., Path]) -> None:
    """Never backwards, and to the end."""
    shares: list[float] = []
    run(write_csv(HYDRANTS), on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def make_layer(geometry_type: Any = "Point", crs: str = "EPSG:6668") -> Layer:
    """A layer of two fields."""
    fields = (
        Field("x.name", "name", Text("名称", "Name")),
        Field("x.count", "count", Text("数", "Count"), FieldType.INTEGER),
    )
    return Layer("x", Text("試験", "Test"), geometry_type, fields, crs=crs, key_fields=("name",))


def make_table(values: dict[str, list[str | None]], n_skipped: int = 0, **options: Any) -> Table:
    """A table of these columns; the rows behind it are skipped."""
    n_rows = len(next(iter(values.values()), []))
    return Table(
        name="表",
        source=Source(Path("t.csv"), "csv", "utf-8", "0" * 64),
        sheet=None,
        header_rows=(1,),
        columns=tuple(Column(name, name, number) for number, name in enumerate(values, start=1)),
        row_numbers=range(2, n_rows + 2),
        values=tuple(values.values()),
        skipped=tuple(SkippedRow(n_rows + 2 + n, "note") for n in range(n_skipped)),
        **options,
    )


def load(table: Table, layer: Layer) -> tuple[list[Feature], list[str], set[str]]:
    """Features, outcomes and codes of the problems."""
    converted = convert_table(table, match_columns(table, layer), layer)
    batches = converted.features([str(n) for n in range(len(table.row_numbers))])
    features = [feature for batch in batches for feature in batch.features()]
    return features, list(converted.outcomes), {problem.code for problem in converted.problems}


@pytest.mark.parametrize(
    ("wkt", "geometry_type", "result"),
    [
        ("POINT (1 2)", "Point", "POINT (1 2)"),
        ("POINT Z (1 2 3)", "Point", "POINT Z (1 2 3)"),
        ("POINT (1 2)", "MultiPoint", "MULTIPOINT (1 2)"),
        ("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))", "Polygon", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
        ("LINESTRING (0 0, 1 1)", "MultiLineString", "MULTILINESTRING ((0 0, 1 1))"),
        ("LINESTRING (0 0, 1 1)", "Geometry", "LINESTRING (0 0, 1 1)"),
        ("POLYGON ((0 0, 1 0, 1 1, 0 0))", "LineString", "LINESTRING (0 0, 1 0, 1 1, 0 0)"),
        ("LINESTRING (0 0, 1 0, 1 1, 0 0)", "Polygon", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
        ("LINESTRING (0 0, 1 0, 1 1, 0 0)", "MultiPolygon", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"),
        ("LINESTRING (0 0, 1 0, 1 1)", "Polygon", None),
        ("MULTIPOINT (0 0, 1 1)", "Point", None),
        ("LINESTRING (0 0, 1 1)", "Point", None),
        ("POINT EMPTY", "Point", None),
    ],
)
def test_geometries_of_the_source_get_the_type_of_the_layer(wkt: str, geometry_type: str, result: str | None) -> None:
    """Multi and single, closed lines and areas are exchanged; what cannot be of the type is no position."""
    table = make_table({"名称": ["a"]}, geometries=[shapely.from_wkt(wkt)], crs="EPSG:6668")
    features, outcomes, codes = load(table, make_layer(geometry_type))
    if result is None:
        assert (features[0].geometry, outcomes) == (None, ["unlocated"])
        assert codes & {"geometry_type_differs", "geometry_missing", "no_coordinates"}
    else:
        assert shapely.to_wkt(features[0].geometry, trim=True) == shapely.to_wkt(shapely.from_wkt(result), trim=True)
        assert features[0].position.method == "geometry"


def test_geometries_go_to_the_crs_of_the_layer() -> None:
    """Zone VII metres become degrees, heights stay."""
    origin = shapely.Point(0, 0, 600)
    table = make_table({"名称": ["a", "b"]}, geometries=[origin, None], crs="EPSG:6675")
    features, outcomes, codes = load(table, make_layer())
    assert shapely.get_coordinates(features[0].geometry, include_z=True)[0].tolist() == pytest.approx(
        [137 + 10 / 60, 36, 600]
    )
    assert outcomes == ["loaded", "unlocated"]
    assert "geometry_missing" in codes


@pytest.mark.parametrize("crs", [None, 'PROJCS["Tokyo",GEOGCS["GCS_Tokyo"]]'])
def test_geometries_without_a_crs_are_placed_only_where_they_can_be_degrees(crs: str | None) -> None:
    """Degrees in Japan are taken for the layer's, which is told; all else is kept in the account until it is said."""
    degrees = make_table({"名称": ["a"]}, geometries=[shapely.Point(137.25, 36.14)], crs=crs)
    features, outcomes, codes = load(degrees, make_layer())
    assert (outcomes, "geometry_crs_assumed" in codes) == (["loaded"], True)
    metres = make_table({"名称": ["a"]}, geometries=[shapely.Point(-12345.5, 9876)], crs=crs)
    features, outcomes, codes = load(metres, make_layer())
    assert (features[0].geometry, outcomes, "crs_unknown" in codes) == (None, ["unlocated"], True)
    layer = make_layer()
    converted = convert_table(metres, match_columns(metres, layer), layer)
    (block,) = converted.account(["1"])
    assert next(iter(block.rows())).raw["geometry (WKT)"] == "POINT (-12345.5 9876)"
    said = convert_table(metres, match_columns(metres, layer), layer, crs="EPSG:6675")
    assert said.outcomes == ["loaded"]


def test_broken_geometries_are_told() -> None:
    """A bow-tie is kept with a warning; coordinates that are no numbers are no position."""
    bow_tie = shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))")
    endless = shapely.from_wkt("POLYGON ((0 0, inf 1, 1 1, 0 0))")
    table = make_table({"名称": ["a", "b"]}, geometries=[bow_tie, endless], crs="EPSG:6668")
    features, outcomes, codes = load(table, make_layer("Polygon"))
    assert features[0].geometry == bow_tie
    assert outcomes == ["loaded", "unlocated"]
    assert {"geometry_invalid", "geometry_not_finite"} <= codes


def test_a_geometry_that_does_not_fit_stays_in_the_account() -> None:
    """A line in a layer of points has no place on the map, but its vertices are not lost."""
    table = make_table({"名称": ["a"]}, geometries=[shapely.from_wkt("LINESTRING (0 0, 1 1)")], crs="EPSG:6668")
    layer = make_layer("Point")
    (block,) = convert_table(table, match_columns(table, layer), layer).account(["1"])
    (row,) = block.rows()
    assert row.raw == {"名称": "a", "geometry (WKT)": "LINESTRING (0 0, 1 1)"}


def test_repeated_keys_are_told_and_loaded() -> None:
    """Two rows of one number are both there."""
    features, _, codes = load(make_table({"名称": ["a", "a", "b", "c"]}), make_layer())
    assert len(features) == 4
    assert "key_repeated" in codes


def test_a_number_that_hardly_any_row_has_alone_is_told_once() -> None:
    """A column of zeros is no key: one problem says so, not one a row."""
    table, layer = make_table({"名称": ["0"] * 50}), make_layer()
    problems = convert_table(table, match_columns(table, layer), layer).problems
    assert [problem.row_number for problem in problems if problem.code == "key_repeated"] == [None]


def test_half_characters_do_not_stop_an_import() -> None:
    """A lone surrogate leaves the value, and stands escaped in the account."""
    table = make_table({"名称": ["吉\ud83d", "a"]})
    layer = make_layer()
    converted = convert_table(table, match_columns(table, layer), layer)
    (features,), (account,) = converted.features(["1", "2"]), converted.account(["1", "2"])
    assert features.fields["name"] == ["吉", "a"]
    kept = SourceBlock.from_bytes(account.to_bytes())
    assert [row.raw["名称"] for row in kept.rows()] == ["吉\\ud83d", "a"]


CELLS = st.one_of(
    st.none(), st.sampled_from(["36.1", "137.2", "0", "x", "", "999", "36度8分46秒"]), st.text(max_size=5)
)
ROWS = st.lists(st.tuples(*[CELLS] * 4), max_size=12)


@given(rows=ROWS, n_skipped=st.integers(0, 3), headers=st.permutations(["名称", "緯度", "経度", "その他"]))
def test_the_accounting_adds_up_for_any_table(
    rows: Iterable[tuple[str | None, ...]], n_skipped: int, headers: list[str]
) -> None:
    """Law: every row has one outcome and, unless loaded, a reason; loaded means located; no row is lost."""
    columns = list(zip(*rows, strict=True)) or [()] * 4
    table = make_table({name: list(texts) for name, texts in zip(headers, columns, strict=True)}, n_skipped)
    layer = make_layer()
    try:
        converted = convert_table(table, match_columns(table, layer), layer)
    except CaptureError:
        pytest.fail("no table may stop a conversion")
    ids = [str(n) for n in range(len(table.row_numbers))]
    features = {one.feature_id: one for batch in converted.features(ids) for one in batch.features()}
    account = [row for block in converted.account(ids) for row in block.rows()]
    assert [row.row_number for row in account] == [*table.row_numbers, *(row.row_number for row in table.skipped)]
    for row in account:
        feature = features.pop(row.feature_id, None) if row.feature_id else None
        assert (row.outcome in ("loaded", "unlocated")) == (feature is not None)
        assert (row.outcome == "loaded") == (feature is not None and feature.geometry is not None)
        assert (row.reason is None) == (row.outcome == "loaded")
    assert features == {}
