"""One command writes down how a ledger is read, the other brings in next year's."""

import json
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from click.testing import CliRunner, Result

from gis_capture.cli import cli
from gis_capture.errors import CaptureError, RecipeError
from gis_capture.workspace import Workspace

LAMPS = "街路灯台帳\n管理番号,状態,緯度,経度,設置年月日\nA-1,点灯,36.14,137.25,60.4.1\nA-2,球切れ,36.15,137.26,61.4.1\n"
NEXT = "令和8年度 街路灯台帳\n\n状態,管理番号,緯度,経度,設置年月日\n点灯,A-3,36.16,137.25,62.4.1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with two ledgers of one shape beside it."""
    (tmp_path / "街路灯台帳.csv").write_text(LAMPS, encoding="utf-8")
    (tmp_path / "next.csv").write_text(NEXT, encoding="utf-8")
    Workspace.create(tmp_path / "w").close()
    return tmp_path


def run(folder: Path, command: str, file: str, *options: str) -> Result:
    """Runs a command on a file."""
    return CliRunner().invoke(cli, [command, str(folder / file), "--workspace", str(folder / "w"), *options])


def words_of(result: Result) -> str:
    """What a command that failed says, in Japanese."""
    assert result.exit_code
    return result.exception.message.ja if isinstance(result.exception, CaptureError) else result.output


def test_next_years_ledger_converts_by_the_recipe(folder: Path) -> None:
    """Columns in another order, another title; what a person added to the file (the era) holds."""
    path = folder / "w" / "recipes" / "灯.toml"
    path.parent.mkdir(exist_ok=True)
    assert run(folder, "inspect", "街路灯台帳.csv", "--save-recipe", str(path)).exit_code in (0, 3)
    text = path.read_text(encoding="utf-8")
    recipe = tomllib.loads(text)
    assert recipe["layer"] == "street_light"
    fields = {column["name"]: column.get("field") for column in recipe["tables"][0]["columns"]}
    assert fields["管理番号"] == "ledger_number"
    dated = next(c["field"] for c in recipe["tables"][0]["columns"] if c["name"] == "設置年月日")
    path.write_text(text.replace('name = "設置年月日"', 'name = "設置年月日", era = "昭和"'), encoding="utf-8")

    done = run(folder, "convert", "next.csv", "--recipe", "灯", "--json")

    assert json.loads(done.stdout)["n_loaded"] == 1
    with Workspace.open(folder / "w") as workspace:
        (feature,) = workspace.store.features("street_light")
    assert (feature.fields["ledger_number"], feature.fields[dated]) == ("A-3", "1987-04-01")


def test_what_is_said_of_positions_is_kept_in_the_recipe(folder: Path) -> None:
    """Layer, CRS, the columns of the position and how rows are placed; the next ledger needs no option."""
    (folder / "points.csv").write_text(
        "番号,甲,乙,親番号\n" + "".join(f"{n},{36.1 + n / 100:.2f},{137.2 + n / 100:.2f},A-1\n" for n in range(1, 5)),
        encoding="utf-8",
    )
    path = folder / "w" / "recipes" / "点.toml"
    path.parent.mkdir(exist_ok=True)
    said = ("--role", "甲=lat", "--role", "乙=lon", "--crs", "EPSG:4326", "--layer", "generic", "--notation", "decimal")
    placed = ("--place-by", "reference", "--against", "street_light", "--place-column", "親番号")
    run(folder, "convert", "街路灯台帳.csv")
    saved = run(folder, "inspect", "points.csv", "--save-recipe", str(path), *said, *placed)
    recipe = tomllib.loads(path.read_text(encoding="utf-8"))
    done = json.loads(run(folder, "convert", "points.csv", "--recipe", "点", "--json").stdout)
    plain = json.loads(run(folder, "convert", "points.csv", "--layer", "generic", "--dry-run", "--json").stdout)

    assert saved.exit_code in (0, 3), saved.output
    assert (recipe["layer"], recipe["crs"], recipe["notation"]) == ("generic", "EPSG:4326", "decimal")
    assert {c["name"]: c["role"] for c in recipe["tables"][0]["columns"] if "role" in c} == {"甲": "lat", "乙": "lon"}
    assert recipe["place_by"] == {"way": "reference", "against": ["street_light"], "column": "親番号"}
    assert (done["n_loaded"], plain["n_loaded"]) == (4, 0)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("--role", "甲"), "列=役割"),
        (("--role", "甲=height"), "「height」という役割はありません"),
        (("--role", "無い列=lat"), "「無い列」という列はありません"),
        (("--layer", "nothing"), "「nothing」というレイヤーはありません"),
        (("--crs", "EPSG:1"), "EPSG:1"),
    ],
)
def test_a_recipe_of_what_cannot_be_meant_is_not_written(folder: Path, said: tuple[str, ...], words: str) -> None:
    """It is told, and no file is left."""
    told = run(folder, "inspect", "街路灯台帳.csv", "--save-recipe", str(folder / "r.toml"), *said)

    assert words in words_of(told)
    assert not (folder / "r.toml").exists()


@pytest.mark.parametrize("wrong", ['role = "height"', 'notation = "roman"', 'place_by = {way = "magic", against = []}'])
def test_a_mistake_in_what_is_said_is_told_with_its_place(folder: Path, wrong: str) -> None:
    """A person may write the file."""
    head, column = (wrong, "") if not wrong.startswith("role") else ("", f", {wrong}")
    path = folder / "r.toml"
    path.write_text(
        f'format = "gis-capture.recipe/v1"\n{head}\n[[tables]]\ncolumns = [{{ name = "管理番号"{column} }}]\n',
        encoding="utf-8",
    )

    assert wrong.split()[0] in words_of(run(folder, "convert", "街路灯台帳.csv", "--recipe", str(path)))


def test_a_recipe_that_does_not_fit_changes_nothing(folder: Path) -> None:
    """It says where: the cell, what was expected, what was found."""
    path = folder / "r.toml"
    run(folder, "inspect", "街路灯台帳.csv", "--save-recipe", str(path))
    (folder / "other.csv").write_text(
        "管理番号,点検結果,緯度,経度,設置年月日\nA-3,良,36.16,137.25,62.4.1\n", encoding="utf-8"
    )

    refused = run(folder, "convert", "other.csv", "--recipe", str(path))

    assert refused.exit_code == 1
    assert isinstance(refused.exception, RecipeError)
    assert "B1：「状態」のはずが「点検結果」です" in refused.exception.message.ja
    with Workspace.open(folder / "w") as workspace:
        assert workspace.imports() == [] and workspace.store.revision() == 0


def test_a_ledger_nobody_defined_keeps_its_layer(folder: Path) -> None:
    """Files of one recipe go into one layer, whatever their names are, with the types the recipe states."""
    for name, n in (("月報A.csv", 1), ("月報B.csv", 2)):
        (folder / name).write_text(f"項番,計測値,メモ\n{n},00{n},あ\n{n + 10},01{n},い\n", encoding="utf-8")
    run(folder, "inspect", "月報A.csv", "--save-recipe", str(folder / "r.toml"))
    for name in ("月報A.csv", "月報B.csv"):
        run(folder, "convert", name, "--recipe", str(folder / "r.toml"))
    with Workspace.open(folder / "w") as workspace:
        (info,) = workspace.layers()
    assert (info.n_features, info.layer.title.ja) == (4, "月報A")


def test_recipes_of_the_workspace_are_offered_where_they_fit(folder: Path) -> None:
    """A broken recipe hides none of the others."""
    with Workspace.open(folder / "w") as workspace:
        inspection = workspace.inspect(folder / "街路灯台帳.csv")
        assert workspace.recipes.keep(workspace.make_recipe(inspection), "街路灯/毎年") == "街路灯_毎年"
        (workspace.path / "recipes" / "broken.toml").write_text("[[", encoding="utf-8")
        assert workspace.recipes.fitting(workspace.inspect(folder / "next.csv").reading) == ["街路灯_毎年"]
        (folder / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        assert workspace.recipes.fitting(workspace.inspect(folder / "x.csv").reading) == []


@pytest.mark.parametrize(
    ("decision", "areas"),
    [(None, [10, None, 30]), ("first", [10, None, 30]), ("repeat", [10, 10, 30]), ("split", [5, 5, 30])],
)
def test_a_merged_number_comes_into_the_layer_as_the_recipe_says(
    folder: Path, decision: str | None, areas: list[float | None]
) -> None:
    """The recipe that is saved asks; as long as nobody has decided, the first row has it and it is told."""
    book = openpyxl.Workbook()
    assert book.active is not None
    rows: list[list[Any]] = [
        ["管理番号", "面積", "緯度", "経度"],
        ["A-1", 10, 36.14, 137.25],
        ["A-2", None, 36.15, 137.26],
    ]
    for row in [*rows, ["A-3", 30, 36.16, 137.27]]:
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.save(folder / "plots.xlsx")
    path = folder / "plots.toml"
    assert run(folder, "inspect", "plots.xlsx", "--layer", "generic", "--save-recipe", str(path)).exit_code in (0, 3)
    text = path.read_text(encoding="utf-8")
    assert 'merged_number = "ask"' in text
    if decision:
        path.write_text(text.replace('merged_number = "ask"', f'merged_number = "{decision}"'), encoding="utf-8")

    done = run(folder, "convert", "plots.xlsx", "--recipe", str(path), "--json")

    told = json.loads(done.stdout)
    assert told["n_loaded"] == 3
    is_asked = any(p["code"] == "merged_number_not_repeated" and p["severity"] == "warning" for p in told["problems"])
    assert is_asked == (decision is None)
    with Workspace.open(folder / "w") as workspace:
        layer = workspace.store.layer(told["layer"])
        area = next(field.name for field in layer.fields if field.title.ja == "面積")
        features = sorted(workspace.store.features(layer.key), key=lambda feature: shapely.get_x(feature.geometry))
    assert [feature.fields[area] for feature in features] == areas
