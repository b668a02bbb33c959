"""Inspection: what is in a file, in the form that other programs rely on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezdxf
import jsonschema
import pytest

from gis_capture.convert import inspect_source
from gis_capture.convert.recipes import make_recipe
from gis_capture.errors import SourceError
from gis_capture.model import Layer

NUMBER_OR_NULL = {"type": ["number", "null"]}
BOX = {"type": ["array", "null"], "items": {"type": "number"}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["format", "source", "tables", "problems"],
    "properties": {
        "format": {"const": "gis-capture.inspect/v1"},
        "source": {"type": "object", "required": ["path", "driver", "encoding", "sha256"]},
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    *("name", "sheet", "header_rows", "first_data_row", "n_rows"),
                    *("columns", "skipped", "coordinates"),
                ],
                "properties": {
                    "header_rows": {"type": "array", "items": {"type": "integer", "minimum": 1}},
                    "n_rows": {"type": "integer"},
                    "columns": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "type", "field", "n_empty"],
                            "properties": {
                                "type": {"enum": ["text", "integer", "real", "boolean", "date", "datetime"]},
                                "field": {"type": ["string", "null"]},
                            },
                        },
                    },
                    "skipped": {"type": "array", "items": {"type": "object", "required": ["row", "reason"]}},
                    "coordinates": {
                        "type": "object",
                        "required": ["kind", "columns", "crs", "n_valid", "bbox", "first"],
                        "properties": {"bbox": BOX, "first": BOX},
                    },
                },
            },
        },
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["row", "column", "cell", "code", "severity", "message", "suggestion"],
                "properties": {"severity": {"enum": ["error", "warning", "info"]}},
            },
        },
    },
}


def test_a_table_is_described(layers: dict[str, Layer], write_csv: Callable[..., Path]) -> None:
    """Columns with type, field and empty cells; positions with kind, box and first."""
    rows = [
        ("ID", "種別", "口径(管径ｍｍ)", "設置日", "緯度", "経度"),
        ("001", "消火栓", "75", "R6.4.1", "36.14", "137.25"),
        ("002", "防火水槽", "", "S60.4.1", "36.15", "137.26"),
        ("003", "消火栓", "", "S60.4.2", "", ""),
    ]
    inspection = inspect_source(write_csv(rows), layers=list(layers.values()))
    document = inspection.to_json()
    jsonschema.validate(document, SCHEMA)
    (table,) = document["tables"]
    assert (table["header_rows"], table["first_data_row"], table["n_rows"]) == ([1], 2, 3)
    columns = {column["name"]: column for column in table["columns"]}
    assert columns["ID"] == {"name": "ID", "type": "text", "field": "ledger_number", "n_empty": 0}
    assert columns["口径(管径ｍｍ)"] == {
        "name": "口径(管径ｍｍ)",
        "type": "integer",
        "field": "diameter_mm",
        "n_empty": 2,
    }
    assert (columns["設置日"]["type"], columns["緯度"]["type"], columns["緯度"]["field"]) == ("date", "real", None)
    found = table["coordinates"]
    assert (found["kind"], found["n_valid"], found["bbox"]) == ("lonlat_columns", 2, [137.25, 36.14, 137.26, 36.15])
    assert inspection.layer_key == "fire_hydrant"
    assert [suggestion.layer_key for suggestion in inspection.suggestions][-1] == "generic"


def test_a_missing_file_is_an_error(layers: dict[str, Layer], tmp_path: Path) -> None:
    """It names the file."""
    with pytest.raises(SourceError) as error:
        inspect_source(tmp_path / "無い.csv", layers=list(layers.values()))
    assert "無い.csv" in error.value.message.ja


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "layer_key", "n_rows"),
    [
        ("yaizu_fire_hydrant.csv", "fire_hydrant", 193),
        ("echizen_aed.csv", "aed", 108),
        ("yaizu_park.csv", "park", 142),
        ("yaizu_public_toilet.csv", "public_toilet", 112),
        ("tsuruga_akiya.csv", "vacant_house", 54),
        ("ishikawa_evacuation_space.csv", "evacuation_site", 1525),
        ("kyoto_ishibumi_packed_dms.csv", "generic", 1555),
    ],
)
def test_real_ledgers_find_their_layer(
    shared_dir: Path, layers: dict[str, Layer], file: str, layer_key: str, n_rows: int
) -> None:
    """Published files of cities, and a layer of its own where none fits."""
    path = shared_dir / "corpus" / "01_municipal_csv" / file
    inspection = inspect_source(path, layers=list(layers.values()))
    assert inspection.layer_key == layer_key
    assert inspection.to_json()["tables"][0]["n_rows"] == n_rows
    jsonschema.validate(json.loads(json.dumps(inspection.to_json("en"))), SCHEMA)


def test_geometries_of_a_source_are_counted_by_type(layers: dict[str, Layer], tmp_path: Path) -> None:
    """A source that brings geometries says how many of each, and the CRS or that there is none."""
    drawing = ezdxf.new("R2000")
    for n in range(3):
        drawing.modelspace().add_point((n, n))
    drawing.modelspace().add_line((0, 0), (1, 1))
    drawing.saveas(tmp_path / "図面.dxf")
    (table,) = inspect_source(tmp_path / "図面.dxf", layers=list(layers.values())).to_json()["tables"]
    assert (table["geometry_types"], table["has_geometries"], table["crs"]) == (
        {"Point": 3, "LineString": 1},
        True,
        None,
    )


@pytest.mark.parametrize(
    ("above", "below", "crs"),
    [
        ("防犯灯台帳 緯度経度は日本測地系", "", "EPSG:4301"),
        ("防犯灯台帳", "※緯度経度は日本測地系", "EPSG:4301"),
        ("防犯灯台帳(世界測地系 JGD2011)", "", "EPSG:6668"),
        ("防犯灯台帳", "※日本測地系から世界測地系に変換した。", "unknown"),
        ("防犯灯台帳", "", "unknown"),
    ],
)
def test_titles_and_notes_may_say_the_datum(
    layers: dict[str, Layer], write_csv: Callable[..., Path], above: str, below: str, crs: str
) -> None:
    """A note that names two says which of them holds to people alone."""
    rows = [[above, "", ""], ["番号", "緯度", "経度"], *([str(n), f"36.14{n}", f"137.25{n}"] for n in range(1, 7))]
    path = write_csv([*rows, [below, "", ""]] if below else rows)

    assert inspect_source(path, layers=list(layers.values())).tables[0].coordinates.crs == crs


def test_a_title_may_say_the_zone(layers: dict[str, Layer], write_csv: Callable[..., Path]) -> None:
    """Of a plane rectangular CRS, with the datum."""
    rows = [["人孔台帳 (平面直角座標系 第7系 JGD2011)", "", ""], ["人孔番号", "X座標", "Y座標"]]
    path = write_csv([*rows, *([f"{n:05}", f"{15000 + n * 30}.123", f"{-3000 + n}.456"] for n in range(1, 7))])

    assert inspect_source(path, layers=list(layers.values())).tables[0].coordinates.crs == "EPSG:6675"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12345678901234{}0", "excel_rounded"),
        ("12345678901{}00000", "excel_rounded"),
        ("1.2{}E+15", "excel_scientific"),
    ],
)
def test_numbers_without_their_digits_are_told_and_are_no_key(
    number: str, code: str, layers: dict[str, Layer], write_csv: Callable[..., Path]
) -> None:
    """Once for the column, though each cell is another; neither proposed nor kept in a recipe. Names still are."""
    rows = [["ID", "名称", "住所"], *([number.format(n), f"灯{n}", "高山市"] for n in range(1, 7))]
    inspection = inspect_source(write_csv(rows, "灯台帳.csv"), layers=list(layers.values()))
    (told,) = [problem for problem in inspection.problems if problem.code == code]
    assert told.column == "ID" and told.row_number == 2 and "5件" in told.message.ja and "5 more" in told.message.en
    assert inspection.tables[0].to_json()["keys"] == ["名称"]
    for layer in layers.values():
        assert all("ID" not in rule.key for rule in make_recipe(inspection.reading, layer).tables)

    whole = [["ID", "名称", "住所"], *([f"12345678901234{n}{n}", f"灯{n}", "高山市"] for n in range(1, 7))]
    sound = inspect_source(write_csv(whole, "灯台帳.csv"), layers=list(layers.values()))
    assert sound.tables[0].to_json()["keys"][0] == "ID" and not any(p.code == code for p in sound.problems)
    assert make_recipe(sound.reading, layers["generic"]).tables[0].key == ("ID",)
