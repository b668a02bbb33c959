"""Workbooks of forms at the command line: told, not taken for tables, read by the recipe that is made of them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gis_capture.cli import cli
from gis_capture.errors import SourceError
from tests.ledger.test_forms import BRIDGES, write

RUNNER = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace."""
    assert RUNNER.invoke(cli, ["init", str(tmp_path / "w")]).exit_code == 0
    return tmp_path / "w"


@pytest.mark.parametrize("how", [[], ["--dry-run"]])
def test_forms_are_not_taken_for_tables(how: list[str], folder: Path, tmp_path: Path) -> None:
    """The message says what to do, in both languages; nothing is made, unless a person says that it is a list."""
    path = write(tmp_path / "橋梁個票.xlsx")
    convert = ["convert", str(path), "--workspace", str(folder), *how]
    refused = RUNNER.invoke(cli, convert).exception
    assert isinstance(refused, SourceError) and refused.subject["code"] == "may_be_forms"
    for told in (refused.message.ja, refused.message.en):
        assert all(way in told for way in ("inspect --form --save-recipe", "--recipe", "--as-list"))
    assert "ledger_" not in RUNNER.invoke(cli, ["layers", "--workspace", str(folder)]).output
    assert "ledger_" in RUNNER.invoke(cli, [*convert, "--as-list"]).output


def test_the_recipe_of_a_form_is_told_as_it_reads(folder: Path, tmp_path: Path) -> None:
    """Not as tables; the bridge is known by its name, and what is told of a sheet names it."""
    bridges = [(*bridge[:6], "", "") if n == 1 else bridge for n, bridge in enumerate(BRIDGES)]
    path, recipe = write(tmp_path / "橋梁個票.xlsx", bridges), tmp_path / "r.toml"
    where = ["--workspace", str(folder)]
    made = RUNNER.invoke(cli, ["inspect", str(path), "--form", "--save-recipe", str(recipe), *where])
    assert "橋梁名 → 名称" in made.output and "路線名 → 名称" not in made.output
    assert "データ 3 行" in made.output and "列A" not in made.output and "個票)のよう" not in made.output
    done = RUNNER.invoke(cli, ["convert", str(path), "--recipe", str(recipe), *where])
    assert "地図に載った行 2 + 位置なし 1" in done.output
    assert "西橋!" in done.output and "行目" not in done.output
