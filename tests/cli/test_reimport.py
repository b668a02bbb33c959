"""`gis-capture convert --update`: told before it is done, listed for who has to agree, decided and undone."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from gis_capture.cli import cli, main
from gis_capture.workspace import Workspace

HEADER = "管理番号,状態,備考,経度,緯度\n"
NOVEMBER = [f"A-{n},点灯,,137.75{n}1234,36.6911234" for n in range(1, 6)]
DECEMBER = ["A-1,球切れ,=1+1,137.7511234,36.6911234", *NOVEMBER[1:4], "A-9,点灯,新設,137.7611234,36.6911234"]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command in a workspace that holds November's ledger."""
    for name, rows in (("外灯11月.csv", NOVEMBER), ("外灯12月.csv", DECEMBER)):
        (tmp_path / name).write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    with Workspace.create(tmp_path / "w") as workspace:
        workspace.convert(tmp_path / "外灯11月.csv", layer="street_light")

    def invoke(command: str, *arguments: str) -> Result:
        files = [str(tmp_path / one) if one.startswith("外灯") else one for one in arguments]
        return CliRunner().invoke(cli, [command, *files, "--workspace", str(tmp_path / "w")])

    return invoke


def lights(tmp_path: Path) -> dict[str, object]:
    """The condition of each light."""
    with Workspace.open(tmp_path / "w") as workspace:
        features = workspace.store.features("street_light")
        return {str(one.fields["ledger_number"]): one.fields["status"] for one in features}


def test_a_dry_run_lists_what_would_change(run: Run, tmp_path: Path) -> None:
    """Row, key, field, from and to; nothing is written."""
    result = run("convert", "外灯12月.csv", "--update", "--dry-run")

    assert "変わらない行 3 + 変わった行 1 + 新しい行 1" in result.output
    assert "2行目 A-1 状態: 点灯 → 球切れ 取り込む" in result.output
    assert "[なくなった行] 外灯11月 6行目 A-5" in result.output
    assert lights(tmp_path) == {f"A-{n}": "点灯" for n in range(1, 6)}


def test_the_exit_code_asks_for_a_person(run: Run, tmp_path: Path) -> None:
    """3 while a row is gone; 0 for the same ledger with nothing to decide."""
    arguments = ["convert", str(tmp_path / "外灯12月.csv"), "--workspace", str(tmp_path / "w"), "--update"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--dry-run"])
    assert ended.value.code == 3

    calm = "\n".join([*DECEMBER, "A-5,点灯,,137.7551234,36.6911234"])
    (tmp_path / "外灯12月.csv").write_text(HEADER + calm + "\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--crs", "EPSG:6668"])
    assert ended.value.code == 0


def test_the_json_of_an_update_adds_up(run: Run) -> None:
    """Every row of the ledger is in one of six counts."""
    told = json.loads(run("convert", "外灯12月.csv", "--update", "--dry-run", "--json").output)

    counts = ("n_unchanged", "n_changed", "n_new", "n_listed", "n_rejected", "n_skipped")
    assert told["format"] == "gis-capture.update/v1"
    assert told["n_source_rows"] == 5 == sum(told[name] for name in counts)
    assert [row["key"] for row in told["removed"]] == ["A-5"]


@pytest.mark.parametrize("suffix", ["html", "csv", "xlsx"])
def test_the_list_to_sign_is_a_file_that_runs_nothing(run: Run, tmp_path: Path, suffix: str) -> None:
    """A cell that looks like a formula stays a text in each of its forms."""
    path = tmp_path / f"一覧.{suffix}"

    assert run("convert", "外灯12月.csv", "--update", "--dry-run", "--report", str(path)).exit_code == 0

    if suffix == "xlsx":
        rows = list(openpyxl.load_workbook(path)["一覧"].iter_rows())
        (cell,) = [cell for row in rows for cell in row if cell.value == "=1+1"]
        assert cell.data_type == "s"
        assert rows[0][7].value == "今回の台帳"
    elif suffix == "csv":
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        assert ["変わった行", "外灯12月", "2", "A-1", "A-1", "備考", "－", "'=1+1", "－", "取り込む"] in lines
    else:
        page = path.read_text(encoding="utf-8")
        assert "<td>球切れ</td>" in page
        assert "下見" in page


def test_a_list_of_another_kind_is_refused_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    """The suffix is looked at first."""
    assert run("convert", "外灯12月.csv", "--update", "--report", str(tmp_path / "一覧.docx")).exit_code == 1
    assert lights(tmp_path)["A-1"] == "点灯"


def test_rows_that_are_gone_are_decided_and_the_whole_is_undone(run: Run, tmp_path: Path) -> None:
    """Listed by `imports --removed`, marked or deleted by `--decide`, and given back by `--undo`."""
    assert run("convert", "外灯12月.csv", "--update").exit_code == 0
    import_id = run("imports").output.split()[0]
    assert lights(tmp_path)["A-5"] == "点灯"
    assert "A-5: 未決" in run("imports", "--removed", import_id).output

    assert "1 行を決めました" in run("imports", "--removed", import_id, "--decide", "mark").output
    assert lights(tmp_path)["A-5"] == "撤去"
    assert "0 行を決めました" in run("imports", "--removed", import_id, "--decide", "delete").output

    assert run("imports", "--undo", import_id).exit_code == 0
    assert lights(tmp_path) == {f"A-{n}": "点灯" for n in range(1, 6)}


@pytest.mark.parametrize("options", [("--update", "--as-new"), ("--key", "管理番号"), ("--base", "x")], ids=" ".join)
def test_options_that_do_not_go_together_are_a_matter_of_usage(run: Run, options: tuple[str, ...]) -> None:
    """Exit code 2, and nothing is written."""
    assert run("convert", "外灯12月.csv", *options).exit_code == 2


def test_a_ledger_that_goes_on_is_not_converted_without_a_word(run: Run, tmp_path: Path) -> None:
    """Only `--as-new` doubles it."""
    assert run("convert", "外灯12月.csv").exit_code == 1
    assert len(lights(tmp_path)) == 5
    assert run("convert", "外灯12月.csv", "--as-new").exit_code in (0, 3)
    with Workspace.open(tmp_path / "w") as workspace:
        assert len(list(workspace.store.features("street_light"))) == 10
