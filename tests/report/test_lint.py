"""The national rules for machine-readable tables: what breaks them is found by cell, and a clean copy breaks none."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from PIL import Image as Picture

from gis_capture.cli import cli
from gis_capture.ledger import Column
from gis_capture.report.lint.cells import broken_by, steps_of
from gis_capture.report.lint.check import Lint, lint_ledger
from gis_capture.report.lint.columns import kind_of
from gis_capture.report.lint.fix import write_clean_copy
from gis_capture.report.lint.marking import write_marked
from gis_capture.report.lint.rules import RULES

HEAD = ("番号", "所在地", "口径(mm)", "設置年月日", "備考")
CLEAN: list[tuple[Any, ...]] = [
    HEAD,
    (1, "本町1-1", 75, "2024-04-01", "古い"),
    (2, "花里町", 100, "2020-01-02", None),
    (3, "西町", 150, "2001-10-31", "要確認"),
]
CELLS = (
    "▲5",
    "1,200円",
    "5",
    "-12",
    "大幅",
    "3件",
    "１００",
    " 7 ",
    "〃",
    "-",
    "約500",
    "R6.4.1",
    "①",
    "1、2",
    "100（2）",
)
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a workbook; `cells` change single cells, `merges` are ranges."""

    def write(cells: dict[str, Any] | None = None, merges: Sequence[str] = (), rows: Any = CLEAN) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "台帳"
        for row in rows:
            sheet.append(row)
        for name, value in (cells or {}).items():
            sheet[name] = value
        for merge in merges:
            sheet.merge_cells(merge)
        book.save(tmp_path / "a.xlsx")
        return tmp_path / "a.xlsx"

    return write


def broken(lint: Lint) -> set[tuple[str, str | None]]:
    """Rule and cell of everything that was found."""
    return {(finding.rule, finding.cell) for finding in lint.findings}


def test_a_clean_table_breaks_no_rule(make: Make) -> None:
    """Nothing is found where nothing is wrong."""
    assert broken(lint_ledger(make())) == set()


@pytest.mark.parametrize(
    ("cells", "rule", "cell"),
    [
        ({"C3": "100、150"}, "1-2", "C3"),
        ({"C3": "100（2）"}, "1-2", "C3"),
        ({"D3": "2020-01-02\n2021-01-02"}, "1-2", "D3"),
        ({"C3": "1,200"}, "1-3", "C3"),
        ({"C3": "▲100"}, "1-3", "C3"),
        ({"C3": "１００"}, "1-3", "C3"),
        ({"C3": "100mm"}, "1-3", "C3"),
        ({"C3": "100"}, "1-3", "C3"),
        ({"C3": "大"}, "1-3", "C3"),
        ({"B3": "　花里町"}, "1-5", "B3"),
        ({"B3": "花　里"}, "1-5", "B3"),
        ({"E3": "あ\nい"}, "1-5", "E3"),
        ({"B3": "〃"}, "1-6", "B3"),
        ({"B3": "同上"}, "1-6", "B3"),
        ({"E1": None}, "1-6", "E1"),
        ({"C3": "=C2*2"}, "1-7", "C3"),
        ({"C1": "口径"}, "1-9", "C1"),
        ({"E3": "①"}, "1-10", "E3"),
        ({"E3": "㈱飛騨"}, "1-10", "E3"),
        ({"E3": "髙山"}, "1-10", "E3"),
        ({"E3": "\ue000町"}, "1-10", "E3"),
        ({"E3": "𠮷田"}, "1-10", "E3"),
        ({"E3": "葛\U000e0100"}, "1-10", "E3"),
        ({"D3": "R6.4.1"}, "1-11", "D3"),
        ({"D3": "昭和６３年３月３１日"}, "1-11", "D3"),
        ({"C3": "-"}, "1-13", "C3"),
        ({"C3": "秘匿"}, "1-13", "C3"),
    ],
)
def test_what_breaks_a_rule_is_told_by_its_cell(make: Make, cells: dict[str, Any], rule: str, cell: str) -> None:
    """With the number of the rule, and how to mend it."""
    lint = lint_ledger(make(cells))
    assert broken(lint) == {(rule, f"台帳!{cell}")}
    assert all(finding.message.ja and finding.message.en for finding in lint.findings)


def test_years_of_both_kinds_are_right(make: Make) -> None:
    """和暦 beside the year of the common era is what the rule asks for."""
    assert broken(lint_ledger(make({"D3": "2024年（令和6年）4月1日"}))) == set()


def test_merged_cells_are_told(make: Make) -> None:
    """At the first cell of the range."""
    assert ("1-4", "台帳!B2") in broken(lint_ledger(make({"B3": None}, ["B2:B3"])))


def test_drawings_are_told_where_they_lie(make: Make, tmp_path: Path) -> None:
    """A picture over the cells."""
    book = openpyxl.load_workbook(make())
    picture = io.BytesIO()
    Picture.new("RGB", (4, 4)).save(picture, "PNG")
    book["台帳"].add_image(Image(picture), "B3")
    book.save(tmp_path / "a.xlsx")
    assert broken(lint_ledger(tmp_path / "a.xlsx")) == {("1-8", "台帳!B3")}


def test_a_table_without_any_area_is_told(make: Make) -> None:
    """No address, no town, no code."""
    assert broken(lint_ledger(make({"B1": "名称"}))) == {("1-12", "台帳!A1")}


def test_breaks_and_second_tables_are_told(make: Make) -> None:
    """A blank row, a total and a repeated header break a table; a second one has its own sheet."""
    rows = [*CLEAN[:3], (None,), ("合計", None, 175), HEAD, *CLEAN[3:], (4, "東町", 75, "2024-04-01", None)]
    found = broken(lint_ledger(make(rows=rows)))
    assert {("2-1", "台帳!4:4"), ("2-1", "台帳!5:5"), ("2-1", "台帳!6:6")} <= found
    other = [("樹種", "本数"), ("サクラ", 3), ("イチョウ", 4), ("ケヤキ", 5)]
    assert "2-2" in {rule for rule, _ in broken(lint_ledger(make(rows=[*CLEAN, (None,), (None,), *other])))}


def test_a_text_file_is_checked_too(tmp_path: Path) -> None:
    """What can be seen in texts; cells have no sheet. Another format than workbook or CSV is told."""
    path = tmp_path / "a.csv"
    path.write_text("番号,所在地,口径(mm)\n1,本町,75\n2,〃,1個\n3,西町,100\n4,東町,-\n", "utf-8")
    assert broken(lint_ledger(path)) == {("1-6", "B3"), ("1-3", "C3"), ("1-13", "C5")}
    html = tmp_path / "a.html"
    html.write_text("<table><tr><td>番号<td>住所</tr><tr><td>1<td>本町</tr><tr><td>2<td>西町</tr></table>", "utf-8")
    assert ("1-1", None) in broken(lint_ledger(html))


DIRTY = {
    "B3": "〃",
    "C3": "▲1,200",
    "D3": "R6.4.1",
    "D4": "昭和60年",
    "E2": "①番",
    "E3": "　㈱飛騨",
    "B4": "西　町",
}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_clean_copy_breaks_no_rule(make: Make, tmp_path: Path, suffix: str) -> None:
    """All that a program can mend is mended, and every change of a text is listed."""
    rows = [("令和6年度　消火栓台帳",), *CLEAN, ("合計", None, 325), ("※ 注記",)]
    path = make(
        {"B4": "〃", "C4": "▲1,200", "D4": "R6.4.1", "D5": "昭和60年", "E3": "①番", "E4": "　㈱飛騨"}, ["A1:E1"], rows
    )
    lint = lint_ledger(path)
    copy = write_clean_copy(lint, tmp_path / f"clean{suffix}")
    (out,), changes = copy.files, copy.changes
    assert broken(lint_ledger(out)) == set()
    assert {(c.cell, c.before, c.after) for c in changes if c.before and not c.message.ja} == {
        ("台帳!C4", "▲1,200", "-1200"),
        ("台帳!D4", "R6.4.1", "2024-04-01"),
        ("台帳!D5", "昭和60年", "1985"),
        ("台帳!E3", "①番", "(1)番"),
        ("台帳!E4", "　㈱飛騨", "㈱飛騨"),
        ("台帳!E4", "㈱飛騨", "(株)飛騨"),
    }
    if suffix == ".csv":
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        with out.open(encoding="utf-8-sig", newline="") as file:
            assert list(csv.reader(file))[:3] == [
                list(HEAD),
                ["1", "本町1-1", "75", "2024-04-01", "(1)番"],
                ["2", "本町1-1", "-1200", "2024-04-01", "(株)飛騨"],
            ]


def test_all_that_is_otherwise_in_the_clean_copy_is_listed(make: Make, tmp_path: Path) -> None:
    """Rows that are left out with their reasons, an added column, what was filled in, texts that become numbers."""
    rows = [
        ("消火栓台帳",),
        *CLEAN[:2],
        ("本町地区",),
        *CLEAN[2:],
        ("小計", None, 325),
        (4, "東町", "40", "2024-04-01"),
    ]
    path = make({"B6": "〃", "C5": "100"}, rows=rows)
    book = openpyxl.load_workbook(path)
    for cell in book["台帳"][8]:
        cell.font = Font(strike=True)
    book["台帳"].append((5, "南町", "50", "2024-04-01"))
    book.save(path)
    copy = write_clean_copy(lint_ledger(path), tmp_path / "c.xlsx").to_json("en")
    assert [(row["row"], row["reason"], row["words"]) for row in copy["left_out"]] == [
        (1, "title", "title"),
        (4, "section", "section heading"),
        (7, "subtotal", "subtotal"),
        (8, "struck_out", "struck out"),
    ]
    assert {(change["rule"], change["cell"], change["after"]) for change in copy["changes"]} == {
        ("1-6", "台帳!B6", "花里町"),
        ("2-1", "台帳!A2", "見出し"),
        ("2-1", "台帳!A4", ""),
        ("1-3", "台帳!C5", "100"),
        ("1-3", "台帳!C9", "50"),
    }
    assert all(change["message"] for change in copy["changes"])
    as_texts = write_clean_copy(lint_ledger(path), tmp_path / "c.csv").changes
    assert not [change for change in as_texts if change.rule == "1-3"]


def test_a_row_left_out_is_printed_with_its_reason(make: Make, tmp_path: Path) -> None:
    """In the language asked for, without signs of the other."""
    path = make({"C3": "100mm"}, rows=[("Ledger",), *CLEAN, ("合計", None, 325)])
    arguments = ["lint", str(path), "--fix", str(tmp_path / "c.csv")]
    english = CliRunner().invoke(cli, arguments, env={"GIS_CAPTURE_LANGUAGE": "en"}).output
    japanese = CliRunner().invoke(cli, arguments, env={"GIS_CAPTURE_LANGUAGE": "ja"}).output
    assert 'rows left out (total): 6 of "台帳"' in english and '台帳!C3 "100mm" → "100"' in english
    assert not set("「」、") & set(english)
    assert "除いた行（合計）: 「台帳」の6行目" in japanese


@given(st.lists(st.sampled_from(CELLS), min_size=4, max_size=12))
def test_what_is_said_to_be_mended_is_mended(texts: list[str]) -> None:
    """A text breaks no rule any more of which a finding said so, whatever else stands in its column."""
    kind = kind_of(Column("増減", "増減", 1), texts)
    for text in texts:
        steps = steps_of(text, kind)
        after = {broken[0] for broken, _ in broken_by(steps[-1][1] if steps else text, kind)}
        for (rule, _, suggestion), is_fixed in broken_by(text, kind):
            assert is_fixed == (rule not in after)
            assert is_fixed or not (rule == "1-3" and suggestion.en.startswith('Write "'))


def test_a_ditto_breaks_one_rule_at_one_place(make: Make) -> None:
    """What was filled in for it is not its own: neither a number kept as text nor a value left out twice."""
    cells = {"C2": "75", "C3": "〃", "D2": "〃"}
    found = lint_ledger(make(cells)).findings
    assert [(f.rule, f.cell) for f in found if f.cell in ("台帳!C3", "台帳!D2")] == [
        ("1-6", "台帳!D2"),
        ("1-6", "台帳!C3"),
    ]


def test_the_unit_of_numbers_goes_into_the_name(make: Make, tmp_path: Path) -> None:
    """Where they have one unit; of two units neither is dropped."""
    one = lint_ledger(make({"C1": "口径", "C2": "75mm", "C3": "100 mm", "C4": "150mm"}))
    (out,) = write_clean_copy(one, tmp_path / "c.csv").files
    assert [row.split(",")[2] for row in out.read_text("utf-8-sig").splitlines()] == ["口径(mm)", "75", "100", "150"]
    two = lint_ledger(make({"C1": "口径", "C2": "75mm", "C3": "0.1m", "C4": "150mm"}))
    (out,) = write_clean_copy(two, tmp_path / "c.csv").files
    assert [row.split(",")[2] for row in out.read_text("utf-8-sig").splitlines()] == ["口径", "75mm", "0.1m", "150mm"]


def test_names_and_ids_are_not_harmed(make: Make, tmp_path: Path) -> None:
    """Kanji of names stay as they are, leading zeros too, and no text becomes a formula."""
    cells = {"A2": "001", "A3": "002", "A4": "003", "E2": "髙橋﨑𠮷葛\U000e0100\ue000", "E3": "=1+1", "E4": "@x"}
    path = make({name: value for name, value in cells.items() if name != "E3"})
    (out,) = write_clean_copy(lint_ledger(path), tmp_path / "c.xlsx").files
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert [sheet[name].value for name in ("A2", "A3", "A4", "E2", "E4")] == [
        cells[name] for name in ("A2", "A3", "A4", "E2", "E4")
    ]
    (text,) = write_clean_copy(lint_ledger(path), tmp_path / "c.csv").files
    assert "'@x" in text.read_text("utf-8-sig")


def test_each_table_has_a_file_or_a_sheet_of_its_own(make: Make, tmp_path: Path) -> None:
    """Two tables on one sheet are parted."""
    other = [("樹種", "本数"), ("サクラ", 3), ("イチョウ", 4), ("ケヤキ", 5)]
    lint = lint_ledger(make(rows=[*CLEAN, (None,), (None,), *other]))
    files = write_clean_copy(lint, tmp_path / "c.csv").files
    (book,) = write_clean_copy(lint, tmp_path / "c.xlsx").files
    assert len(files) == len(openpyxl.load_workbook(book).sheetnames) == 2
    assert all(file.is_file() for file in files)


def test_the_marked_copy_says_the_rule(make: Make, tmp_path: Path) -> None:
    """In the comment of the cell, in the language asked for."""
    lint = lint_ledger(make(DIRTY))
    write_marked(lint, tmp_path / "a.xlsx", tmp_path / "m.xlsx", language="en")
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx")["台帳"]
    assert sheet["C3"].comment is not None and "[1-3 Numbers are numbers" in sheet["C3"].comment.text
    assert sheet["A2"].comment is None


def test_the_command_lists_all_rules_and_changes(make: Make, tmp_path: Path) -> None:
    """As text with exit code 3, and as JSON; the ledger itself is never written."""
    path = make(DIRTY)
    before = path.read_bytes()
    shown = CliRunner().invoke(
        cli,
        ["lint", str(path), "--fix", str(tmp_path / "c.csv")],
        env={"GIS_CAPTURE_LANGUAGE": "ja"},
        standalone_mode=False,
    )
    assert shown.return_value == 3
    assert all(f"  {rule}" in shown.output for rule in RULES)
    assert "[1-3] 台帳!C3 「▲1,200」→「-1200」" in shown.output
    document = json.loads(CliRunner().invoke(cli, ["lint", str(path), "--json"]).output)
    assert document["format"] == "gis-capture.lint/v1"
    assert {"1-3", "1-6"} <= {finding["rule"] for finding in document["findings"]}
    assert CliRunner().invoke(cli, ["lint", str(path), "--fix", str(path)]).exit_code == 2
    assert path.read_bytes() == before
