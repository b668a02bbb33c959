"""`gis-capture paper`: cells go out as a workbook with pictures, come back as decisions, and make a ledger."""

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE, cli
from gis_capture.errors import SourceError
from gis_capture.workspace import Workspace
from gis_capture.workspace.scanned import Choice
from gis_capture.workspace.scanned.decisions import Place
from gis_capture.workspace.scanned.workbook import read_workbook
from tests.paper.scanned import ROWS, fill_scanned

RIGHT = {"L-0O3": "L-003", "LEO": "LED"}


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Runs a command of the group; gives its exit code and what it says."""
    done = CliRunner().invoke(cli, ["paper", *arguments, "--workspace", str(folder)], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.return_value or EXIT_DONE, done.output


def fill_in(path: Path) -> int:
    """Corrects values and marks right ones, as a clerk does; gives the number of pictures."""
    book = openpyxl.load_workbook(path)
    sheet = book["確認"]
    for line in range(3, sheet.max_row + 1):
        value = sheet.cell(line, 9)
        if str(value.value) in RIGHT:
            value.value = RIGHT[str(value.value)]
        else:
            sheet.cell(line, 10).value = "○"
    n_pictures = len(sheet._images)  # type: ignore[attr-defined]
    book.save(path)
    return n_pictures


def test_workbook_goes_out_and_comes_back_and_the_ledger_is_finished(tmp_path: Path) -> None:
    """What was changed or marked is decided under its author's name; what a colleague decided meanwhile stays."""
    folder, book, ledger = tmp_path / "作業", tmp_path / "確認.xlsx", tmp_path / "台帳.xlsx"
    with Workspace.create(folder) as workspace:
        scan_id = fill_scanned(workspace)
    assert "あと 4マス" in run(folder, "list")[1]
    shown = run(folder, "show", scan_id)[1]
    assert "[管理番号 | 種別 | 緯度 | 経度]" in shown
    assert "p1 3-2 「LEO」 認識エンジンの結果が一致しません" in shown and len(shown.splitlines()) == 2 + 4
    assert run(folder, "export", scan_id, "--out", str(book))[0] == EXIT_DONE
    with Workspace.open(folder) as workspace:
        workspace.scanned.decide(scan_id, [Choice(Place(0, 3, 0), "L-0003")], seen=0, author="隣の席")
    assert fill_in(book) == 4
    code, said = run(folder, "import", str(book), "--author", "係")
    assert code == EXIT_ATTENTION and "隣の席さんが先に「L-0003」" in said
    with Workspace.open(folder) as workspace:
        review = workspace.scanned.review(scan_id)
        assert review.open_places() == [] and review.text(Place(0, 3, 0)) == "L-0003"
        assert {(one.text, one.author) for one in review.decisions} == {
            ("L-0003", "隣の席"),
            ("LED", "係"),
            (ROWS[0][2], "係"),
        }
    said = run(folder, "finish", scan_id, "--out", str(ledger), "--author", "係")[1]
    assert "4行" in said and f'gis-capture convert "{ledger}"' in said
    sheet = openpyxl.load_workbook(ledger).active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]][:2] == ["L-002", "LED"] and str(sheet.cell(3, 5).value).startswith("scan:")


def test_a_page_without_a_table_is_told(tmp_path: Path) -> None:
    """Beside pages with rows nobody would miss its own; the command that reads says so by its exit code too."""
    folder = tmp_path / "作業"
    with Workspace.create(folder) as workspace:
        whole, partly = fill_scanned(workspace), fill_scanned(workspace, has_page_without_table=True)
        for scan_id in (whole, partly):
            texts = [Choice(place, "1") for place in workspace.scanned.review(scan_id).open_places()]
            workspace.scanned.decide(scan_id, texts, seen=0, author="係")
    assert "表が見つからず" not in run(folder, "show", whole)[1]
    assert "2ページには表が見つからず" in run(folder, "show", partly)[1]
    assert run(folder, "read", whole)[0] == EXIT_DONE
    assert run(folder, "read", partly)[0] == EXIT_ATTENTION


@pytest.mark.parametrize("damage", ["no_book", "no_key", "other_key"])
def test_what_is_no_such_workbook_is_told(tmp_path: Path, damage: str) -> None:
    """Nothing is decided."""
    folder, book = tmp_path / "作業", tmp_path / "確認.xlsx"
    with Workspace.create(folder) as workspace:
        scan_id = fill_scanned(workspace)
    run(folder, "export", scan_id, "--out", str(book))
    if damage == "no_book":
        book.write_bytes(b"PK broken")
    else:
        changed = openpyxl.load_workbook(book)
        for line in range(3, 7):
            changed["確認"].cell(line, 11).value = None if damage == "no_key" else "x 0/0/0 0"
        changed.save(book)
    with Workspace.open(folder) as workspace:
        with pytest.raises(SourceError):
            read_workbook(workspace.scanned, book)
        assert workspace.scanned.review(scan_id).decisions == []
