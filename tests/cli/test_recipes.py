"""One command writes down how a ledger is read, the other brings in next year's."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gis_capture.cli import cli
from gis_capture.errors import RecipeError
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
