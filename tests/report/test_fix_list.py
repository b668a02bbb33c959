"""The fix list: a ledger as a workbook in which a clerk sees what to mend."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from gis_capture.ledger import MARKED_SHEET, codes, read_ledger
from gis_capture.ledger.marks import OWN_MARK
from gis_capture.report.fix_list import write_fix_list

HEAD = ("番号", "設置年月日", "口径")


def problem(row: int | None, cell: str | None, message: str = "読めません", **more: Any) -> dict[str, Any]:
    """A problem as a conversion's JSON has it."""
    return {
        "row": row,
        "cell": cell,
        "column": None,
        "severity": "error",
        "message": message,
        "suggestion": "直す",
    } | more


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook with a title, a merge, a font and a formula."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "台帳"
    for row in (("消火栓台帳", None, None), HEAD, (1, "R6.13.1", 75), (2, "R6.4.1", "=C3*2"), (3, None, 100)):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet["A1"].font = Font(size=20, bold=True)
    sheet.column_dimensions["B"].width = 33
    made.save(tmp_path / "消火栓.xlsx")
    return tmp_path / "消火栓.xlsx"


def test_the_formatting_of_the_workbook_stays(book: Path, tmp_path: Path) -> None:
    """Fonts, widths, merges and formulas are those of the clerk; only the failing cell has a colour and a comment."""
    out = tmp_path / "out.xlsx"
    n = write_fix_list(book, [problem(3, "台帳!B3"), problem(4, "台帳!A4", severity="info")], out)
    sheet = openpyxl.load_workbook(out)["台帳"]
    assert n == 1
    assert (sheet["A1"].font.size, sheet.column_dimensions["B"].width, sheet["C4"].value) == (20, 33, "=C3*2")
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:C1"]
    assert sheet["B3"].fill.start_color.rgb == "00FFC7CE"
    assert sheet["B3"].comment is not None and sheet["B3"].comment.text == f"{OWN_MARK}\n読めません\n→ 直す"
    assert sheet["A4"].comment is None and sheet["A4"].fill.fill_type is None


def test_several_problems_of_a_cell_are_all_said(book: Path, tmp_path: Path) -> None:
    """In one comment, beside what the clerk had noted there; the worst gives the colour."""
    made = openpyxl.load_workbook(book)
    made["台帳"]["B3"].comment = Comment("要確認", "係")
    made.save(book)
    out = tmp_path / "out.xlsx"
    told = [problem(3, "台帳!B3", "一", severity="warning"), problem(3, "台帳!B3", "二"), problem(3, "台帳!B3", "二")]
    write_fix_list(book, told, out)
    cell = openpyxl.load_workbook(out)["台帳"]["B3"]
    assert cell.comment is not None and cell.comment.text == f"要確認\n{OWN_MARK}\n一\n→ 直す\n二\n→ 直す"
    assert cell.fill.start_color.rgb == "00FFC7CE"


def test_our_own_marks_are_not_told_when_the_list_is_imported(book: Path, tmp_path: Path) -> None:
    """Comments and colours of people are, also on cells that we marked; a second list takes off the first one's."""
    made = openpyxl.load_workbook(book)
    made["台帳"]["B3"].comment = Comment("要確認", "係")
    made["台帳"]["C3"].fill = PatternFill("solid", start_color="FFC7CE")
    made.save(book)
    out, again = tmp_path / "out.xlsx", tmp_path / "again.xlsx"
    write_fix_list(book, [problem(3, "台帳!B3"), problem(4, "台帳!B4", severity="warning")], out)
    (table,) = read_ledger(out).tables
    told = {found.code: found for found in table.problems if found.code in (codes.CELL_COMMENT, codes.COLORED_CELLS)}
    assert [found.code for found in table.problems].count(codes.CELL_COMMENT) == 1
    assert "「要確認」" in told[codes.CELL_COMMENT].message.ja
    assert told[codes.COLORED_CELLS].message.ja.startswith("1行に色（FFC7CE）")
    write_fix_list(out, [problem(5, "台帳!A5")], again)
    sheet = openpyxl.load_workbook(again)["台帳"]
    assert sheet["B3"].comment is not None and sheet["B3"].comment.text == "要確認"
    assert sheet["B4"].comment is None and sheet["B4"].fill.fill_type is None
    assert sheet["A5"].comment is not None and sheet["C3"].fill.start_color.rgb == "00FFC7CE"


def test_a_struck_out_row_is_marked(book: Path, tmp_path: Path) -> None:
    """It is no row of the table any more, but it stands in the ledger and somebody is to look at it."""
    made = openpyxl.load_workbook(book)
    for cell in made["台帳"][4]:
        cell.font = Font(strike=True)
    made.save(book)
    (table,) = read_ledger(book).tables
    (told,) = (found for found in table.problems if found.code == codes.STRUCK_OUT_ROW)
    assert write_fix_list(book, [told.to_json()], tmp_path / "out.xlsx") == 1
    comment = openpyxl.load_workbook(tmp_path / "out.xlsx")["台帳"]["A4"].comment
    assert comment is not None and "取り消し線" in comment.text


def test_a_problem_in_a_merged_cell_is_said_at_its_first(book: Path, tmp_path: Path) -> None:
    """The others of a merged range take neither comment nor colour."""
    out = tmp_path / "out.xlsx"
    write_fix_list(book, [problem(1, "台帳!B1")], out)
    assert openpyxl.load_workbook(out)["台帳"]["A1"].comment is not None


def test_the_list_is_no_part_of_the_ledger(book: Path, tmp_path: Path) -> None:
    """What was mended is imported as before, with the list still in the file; a second list replaces it."""
    out, again = tmp_path / "out.xlsx", tmp_path / "again.xlsx"
    write_fix_list(book, [problem(3, "台帳!B3")], out)
    before, after = read_ledger(book), read_ledger(out)
    assert [table.name for table in after.tables] == [table.name for table in before.tables]
    assert after.tables[0].row_numbers == before.tables[0].row_numbers
    write_fix_list(out, [problem(4, "台帳!A4")], again)
    listed = openpyxl.load_workbook(again)[MARKED_SHEET]
    assert [[cell.value for cell in row] for row in listed.iter_rows(min_row=2)] == [
        ["台帳", "A4", "誤り", "読めません", "直す"]
    ]


def test_other_sources_become_a_workbook_of_the_same_table(tmp_path: Path) -> None:
    """At the rows and columns where they stood, as texts: no lost zeros, no dates made of numbers."""
    source, out = tmp_path / "消火栓.csv", tmp_path / "out.xlsx"
    source.write_text("消火栓台帳,,\n番号,地番,口径\n001,5-5,75\n002,1-2,x\n", "utf-8")
    write_fix_list(source, [problem(4, "C4")], out)
    sheet = openpyxl.load_workbook(out)["消火栓"]
    assert [[cell.value for cell in row] for row in sheet["A2:C4"]] == [
        ["番号", "地番", "口径"],
        ["001", "5-5", "75"],
        ["002", "1-2", "x"],
    ]
    assert sheet["C4"].comment is not None
    assert read_ledger(out).tables[0].values == read_ledger(source).tables[0].values


@pytest.mark.parametrize("text", ["=1+1", "+81-577", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"])
def test_no_cell_becomes_a_formula(tmp_path: Path, text: str) -> None:
    """What stands in a CSV, and what is said about it, is text in the workbook."""
    source, out = tmp_path / "a.csv", tmp_path / "out.xlsx"
    quoted = text.replace('"', '""')
    source.write_text(f'番号,備考\n1,"{quoted}"\n2,なし\n', "utf-8")
    write_fix_list(source, [problem(2, "B2", message=text)], out)
    made = openpyxl.load_workbook(out)
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row]
    assert made["a"]["B2"].value == text
    assert all(cell.data_type != "f" for cell in cells)


def test_a_row_of_several_sheets_is_told_in_the_list_only(tmp_path: Path) -> None:
    """Nobody's cell is coloured by a guess."""
    made = openpyxl.Workbook()
    for name in ("東", "西"):
        sheet = made.create_sheet(name)
        for row in (HEAD, (1, "R6.4.1", 75), (2, "R6.4.1", 75)):
            sheet.append(row)
    made.remove(made.worksheets[0])
    made.save(tmp_path / "a.xlsx")
    out = tmp_path / "out.xlsx"
    assert write_fix_list(tmp_path / "a.xlsx", [problem(2, None)], out) == 0
    assert openpyxl.load_workbook(out)[MARKED_SHEET].max_row == 2


@pytest.mark.parametrize("name", ["a/b:c*?.csv", "あ" * 50 + ".csv"])
def test_names_that_no_sheet_may_have(tmp_path: Path, name: str) -> None:
    """The table's name is cut and cleaned."""
    source = tmp_path / name.replace("/", "_")
    source.write_text("番号,備考\n1,x\n", "utf-8")
    write_fix_list(source, [], tmp_path / "out.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames) == 2
