"""What the command line says to a person who reads Japanese: misuse, times, long lists of notes."""

from pathlib import Path

import pytest

from gis_capture.cli import EXIT_USAGE
from gis_capture.cli.accounting import MAX_OF_A_KIND, print_problems
from gis_capture.model import Problem
from gis_capture.text import Text
from gis_capture.times import in_japan
from tests.cli.test_backup import run
from tests.cli.test_day import city

__all__ = ["city"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["restore", "a", "b"], "余分な指定があります（b）"),
        (["convert"], "FILE を指定してください"),
        (["bogus"], "「bogus」というコマンドはありません"),
        (["serve", "--prot", "1"], "「--prot」というオプションはありません。 もしかして: --port"),
        (["serve", "--port", "abc"], "--port: 「abc」は数ではありません"),
        (["serve", "--port"], "「--port」のあとに値を指定してください"),
    ],
)
def test_misuse_is_told_in_japanese(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No sentence of the library's English is left; with `--lang en` it is as the library says it."""
    assert run(*arguments) == EXIT_USAGE
    told = capsys.readouterr().err.splitlines()[0]
    assert told.startswith("使い方が違います: ") and said in told
    assert run("--lang", "en", *arguments) == EXIT_USAGE
    assert capsys.readouterr().err.splitlines()[0].isascii()


def test_history_is_told_in_the_time_of_japan(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """02:10 UTC is ten past eleven on the wall of the office."""
    assert in_japan("2026-11-23T20:10:00Z") == "2026-11-24 05:10"
    run("history", "street_light", "f-1", "--workspace", str(city))
    assert "2026-11-23 11:10  班員  登録" in capsys.readouterr().out


def test_doctor_tells_where_the_layers_are(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file or a database: after a migration one wants to see which."""
    run("doctor", "--workspace", str(city), "--port", "58460")
    assert "○ レイヤー(layers.gpkg): 異常なし" in capsys.readouterr().out


def test_many_notes_of_a_kind_do_not_hide_others(capsys: pytest.CaptureFixture[str]) -> None:
    """A note of another kind is seen after a hundred ditto marks, and the rest is counted."""
    problems = [
        Problem(code="a", severity="info", message=Text(f"メモ{row}", f"note {row}"), row_number=row)
        for row in range(2, 102)
    ]
    problems.append(Problem(code="b", severity="info", message=Text("別の", "other"), row_number=200))
    print_problems(problems, language="ja")
    told = capsys.readouterr().out.splitlines()
    assert sum("メモ" in line for line in told) == MAX_OF_A_KIND["info"]
    assert any("別の" in line for line in told) and told[-1] == f"  ほかに 参考 {100 - MAX_OF_A_KIND['info']} 件"


def test_what_is_said_of_many_rows_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """With its first place and the number of the others; what differs in a value is not the same."""
    words = Text("「△」は数ではありません。", '"△" is no number.')
    other = Text("「不明」は数ではありません。", '"不明" is no number.')
    problems = [
        Problem(code="a", severity="error", message=other if row == 50 else words, row_number=row, cell=f"台帳!E{row}")
        for row in range(5, 317)
    ]
    print_problems(problems, language="ja")
    assert capsys.readouterr().out.splitlines() == [
        "  [誤り] 台帳!E5 ほか 310 か所 「△」は数ではありません。",
        "  [誤り] 台帳!E50 「不明」は数ではありません。",
    ]
