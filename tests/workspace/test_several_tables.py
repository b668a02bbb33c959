"""A file of several ledgers comes in by one conversion, and goes out by one undo."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from gis_capture.cli import cli
from gis_capture.convert import Conversion
from gis_capture.workspace import Workspace

SHEETS: dict[str, list[tuple[object, ...]]] = {
    "街路灯": [
        ("管理番号", "所在地", "灯具種別", "緯度", "経度"),
        ("L-1", "上一之町1", "LED", 36.141, 137.259),
        ("L-2", "上二之町2", "水銀灯", 36.142, 137.260),
        ("L-3", "上三之町3", "LED", 36.143, 137.261),
    ],
    "消火栓": [
        ("消火栓番号", "設置場所", "口径", "緯度", "経度"),
        ("F-1", "下一之町1", "65", 36.144, 137.257),
        ("F-2", "下二之町2", "65", 36.145, 137.258),
    ],
    "凡例": [("記号", "意味"), ("○", "良好"), ("△", "要観察")],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Street lights, hydrants and a legend, a sheet each."""
    book = Workbook()
    for name, rows in SHEETS.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "施設台帳.xlsx")
    return tmp_path / "施設台帳.xlsx"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty one."""
    with Workspace.create(tmp_path / "w") as made:
        yield made


def rows_of(conversion: Conversion) -> dict[str, tuple[str | None, int, int]]:
    """Layer, loaded and skipped rows by the sheet of a table."""
    return {t.place.partition("!")[0]: (t.layer, t.n_loaded, t.n_skipped) for t in conversion.tables}


def test_each_ledger_goes_into_its_layer_and_every_row_is_counted(workspace: Workspace, path: Path) -> None:
    """Two ledgers become two layers in one revision; the legend is left out, and counted."""
    conversion = workspace.convert(path)
    rows = rows_of(conversion)
    assert (rows["街路灯"][1:], rows["消火栓"][1:], rows["凡例"]) == ((3, 0), (2, 0), (None, 0, 2))
    assert rows["街路灯"][0] != rows["消火栓"][0]
    assert conversion.n_source_rows == 7
    assert {record["revision"] for record in workspace.imports()} == {conversion.revision}
    for sheet in ("街路灯", "消火栓"):
        layer = rows[sheet][0]
        assert layer is not None
        assert len(list(workspace.store.features(layer))) == rows[sheet][1]


def test_one_undo_takes_all_of_it_out(workspace: Workspace, path: Path) -> None:
    """Whichever of its imports is named."""
    conversion = workspace.convert(path)
    (other,) = conversion.together
    assert workspace.undo_import(other).n_removed == 5
    assert all(record["undone_at"] for record in workspace.imports())


def test_a_chosen_table_goes_alone(workspace: Workspace, path: Path) -> None:
    """The others are counted as skipped and told, and their texts are in the account."""
    conversion = workspace.convert(path, table="消火栓")
    assert (conversion.n_loaded, conversion.n_skipped, conversion.together) == (2, 5, ())
    assert conversion.import_id
    kept = [row for row in workspace.store.source_rows(conversion.import_id) if row.outcome == "skipped"]
    assert {row.reason for row in kept} == {"table_left_out"}
    assert any("L-1" in row.raw.values() for row in kept)


def test_the_command_says_where_each_table_went(workspace: Workspace, path: Path) -> None:
    """In words and as JSON, also for tables that are named one by one."""
    folder = str(workspace.folder.path)
    words = CliRunner().invoke(cli, ["convert", str(path), "--workspace", folder, "--dry-run"]).output
    assert all(sheet in words for sheet in SHEETS)
    chosen = ["--table", "街路灯", "--table", "消火栓", "--json"]
    told = json.loads(CliRunner().invoke(cli, ["convert", str(path), "--workspace", folder, *chosen]).stdout)
    assert [table["n_loaded"] for table in told["tables"]] == [3, 2, 0]


def test_the_next_version_of_the_file_goes_on_in_each_layer(workspace: Workspace, path: Path) -> None:
    """A cell that differs on the second sheet changes the layer of that sheet, and nothing else."""
    workspace.convert(path)
    book = load_workbook(path)
    book["消火栓"]["C3"] = "75"
    later = path.with_name("施設台帳_令和8年.xlsx")
    book.save(later)
    update = workspace.reimport(later)
    assert [len(part.changed) for part in (update, *update.others)].count(1) == 1
    assert sum(part.n_unchanged for part in (update, *update.others)) == 4
