"""Forms: each sheet is one record; a template of labels and values is made of one and read over all."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.convert.recipes import make_form_recipe
from gis_capture.definitions import read_layers
from gis_capture.errors import RecipeError, SourceError
from gis_capture.ledger import Reading, Table, codes, read_ledger
from gis_capture.ledger.recipes.files import format_recipe, parse_recipe
from gis_capture.ledger.recipes.fitting import fit_recipe
from gis_capture.ledger.recipes.forms import propose_form
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.resources import layers_dir
from tests.ledger.conftest import column, names

BRIDGES: list[tuple[str, ...]] = [
    ("東橋", "B-001", "市道1号線", "高山市本町1-1", "12.5", "昭和60年3月", "36.141", "137.251"),
    ("西橋", "B-002", "市道2号線", "高山市花里町2", "8.0", "平成5年", "36.142", "137.252"),
    ("北橋", "B-003", "市道3号線", "高山市西町3", "20.1", "", "36.143", "137.253"),
]


def fill(sheet: Worksheet, values: tuple[str, ...], *, shift: int = 0) -> None:
    """Draws the form: a title, labels on the left of merged cells, two pairs in a row, a label above its value."""
    name, number, road, place, length, built, latitude, longitude = values

    def put(row: int, column: int, text: Any, right: int = 0) -> None:
        sheet.cell(row + shift, column, text or None)
        if right:
            sheet.merge_cells(start_row=row + shift, start_column=column, end_row=row + shift, end_column=right)

    put(1, 1, "橋梁台帳（個票）", 8)
    put(3, 1, "橋梁名", 2)
    put(3, 3, name, 5)
    put(3, 6, "橋梁番号")
    put(3, 7, number, 8)
    put(4, 1, "路線名", 2)
    put(4, 3, road, 8)
    put(5, 1, "所 在 地", 2)
    put(5, 3, place, 8)
    put(6, 1, "橋長", 2)
    put(6, 3, length, 5)
    put(6, 6, "架設年月日")
    put(6, 7, built, 8)
    put(8, 1, "緯度", 2)
    put(8, 3, "経度", 4)
    put(9, 1, latitude, 2)
    put(9, 3, longitude, 4)


def write(path: Path, bridges: list[tuple[str, ...]] = BRIDGES, *, shifted: int = 0, spoiled: int = 0) -> Path:
    """Writes a workbook of forms; of `shifted` sheets all rows stand lower, of `spoiled` ones a label is gone."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for n, bridge in enumerate(bridges):
        fill(book.create_sheet(bridge[0]), bridge, shift=2 if n < shifted else 0)
    for sheet in book.worksheets[len(bridges) - spoiled :]:
        sheet["A4"] = "河川名"
    notes = book.create_sheet("注意")
    notes["A1"] = "記入の手引き。番号は半角で。"
    book.save(path)
    return path


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """The recipe that is made of the first of the forms, through its file."""
    reading = read_ledger(write(tmp_path / "橋梁個票.xlsx"))
    return parse_recipe(format_recipe(make_form_recipe(reading, read_layers(layers_dir()))))


def read_forms(path: Path, recipe: Recipe) -> tuple[Reading, Table]:
    """Reads the forms of a file."""
    reading = read_ledger(path, recipe=recipe)
    return reading, fit_recipe(reading, recipe)[0][0]


def test_labels_and_values_are_found(tmp_path: Path) -> None:
    """To the right of a label, and below it where labels stand side by side; blank values too."""
    reading = read_ledger(write(tmp_path / "a.xlsx"))
    form = propose_form(reading.sheets[0])
    assert form is not None
    assert {value.label: (value.label_cell, value.value_cell) for value in form.values} == {
        "橋梁名": ("A3", "C3"),
        "橋梁番号": ("F3", "G3"),
        "路線名": ("A4", "C4"),
        "所 在 地": ("A5", "C5"),
        "橋長": ("A6", "C6"),
        "架設年月日": ("F6", "G6"),
        "緯度": ("A8", "A9"),
        "経度": ("C8", "C9"),
    }
    blank = read_ledger(write(tmp_path / "b.xlsx", [("",) * 8]))
    assert propose_form(blank.sheets[0]) is not None


def test_each_sheet_becomes_a_row(tmp_path: Path, recipe: Recipe) -> None:
    """In the order of the book; sheets that are no such form are none. Cells keep where they stand."""
    reading, table = read_forms(write(tmp_path / "next.xlsx"), recipe)
    assert column(table, "橋梁番号") == ["B-001", "B-002", "B-003"]
    assert column(table, "架設年月日") == ["昭和60年3月", "平成5年", None]
    assert list(table.row_numbers) == [1, 2, 3]
    at = names(table).index("橋梁番号")
    assert table.cell_name(2, table.columns[at]) == "西橋!G3"
    assert all(other.sheet not in ("東橋", "西橋", "北橋") for other in reading.tables if other is not table)


def test_a_label_that_has_moved_takes_its_value_along(tmp_path: Path, recipe: Recipe) -> None:
    """Two rows were put in above."""
    _, table = read_forms(write(tmp_path / "next.xlsx", shifted=2), recipe)
    assert column(table, "橋梁名") == ["東橋", "西橋", "北橋"]
    assert column(table, "経度") == ["137.251", "137.252", "137.253"]


def test_a_sheet_of_another_form_is_told_by_its_cell(tmp_path: Path, recipe: Recipe) -> None:
    """Its values are not guessed; the others are read."""
    reading, table = read_forms(write(tmp_path / "next.xlsx", spoiled=1), recipe)
    assert column(table, "橋梁名") == ["東橋", "西橋"]
    (told,) = [problem for problem in reading.problems if problem.code == codes.FORM_LEFT_OUT]
    assert told.cell == "北橋!A4" and "河川名" in told.message.ja and "路線名" in told.message.ja


def test_a_book_without_the_form_is_refused_with_the_cells(tmp_path: Path, recipe: Recipe) -> None:
    """What was expected where, and what stands there."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["施設名", "公民館"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(RecipeError, match='A3: expected "橋梁名", found nothing'):
        read_forms(tmp_path / "other.xlsx", recipe)


def test_a_list_is_no_form(tmp_path: Path) -> None:
    """Nothing is made of a file without labels beside values."""
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n", "utf-8")
    with pytest.raises(SourceError):
        make_form_recipe(read_ledger(tmp_path / "a.csv"), read_layers(layers_dir()))


def test_a_book_of_forms_is_recognized(tmp_path: Path) -> None:
    """Read as tables it is told that it may be one; with its recipe it is not."""
    path = write(tmp_path / "橋梁個票.xlsx")
    assert codes.MAY_BE_FORMS in [problem.code for problem in read_ledger(path).problems]

    recipe = make_form_recipe(read_ledger(path), read_layers(layers_dir()))
    assert codes.MAY_BE_FORMS not in [problem.code for problem in read_ledger(path, recipe=recipe).problems]


def test_sheets_of_a_list_are_no_forms(tmp_path: Path) -> None:
    """The same names above other rows each year; nor are copies of one blank form."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for year in (4, 5, 6):
        sheet = book.create_sheet(f"R{year}")
        sheet.append(["番号", "施設名", "所在地", "構造", "設置年度"])
        for number in range(6):
            sheet.append([number + 1, f"第{number}公園", f"本町{year}-{number}", "木造", f"R{year}"])
    book.save(tmp_path / "list.xlsx")
    blank = write(tmp_path / "blank.xlsx", [("",) * 8] * 3)

    for path in (tmp_path / "list.xlsx", blank):
        assert codes.MAY_BE_FORMS not in [problem.code for problem in read_ledger(path).problems]


@pytest.mark.parametrize(
    "rows",
    [
        [["番号", "名称", "所在地", "備考"], *([n, f"灯{n}", f"本町{n}", "無"] for n in range(1, 9))],
        [["街路灯台帳"], [], ["管理番号", "種別", "住所"], *([f"A-{n}", "LED", f"本町{n}"] for n in range(1, 9))],
        [["種別", "箇所数", "面積"], ["街区公園", 10, 3.5], ["近隣公園", 4, 8], ["地区公園", 1, 4], ["合計", 15, 15.5]],
    ],
)
def test_a_plain_list_is_no_form(tmp_path: Path, rows: list[list[Any]]) -> None:
    """Its names stand over many values each; of a form there would be one."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    assert propose_form(read_ledger(tmp_path / "list.xlsx").sheets[0]) is None


@pytest.mark.parametrize("n_sheets", [3, 5])
@pytest.mark.parametrize(
    "word", ["要点検", "設置済", "撤去予定", "管理組合", "更新", "なし", "施設課が担当", "状態に注意"]
)
def test_what_stands_behind_a_label_is_its_value(tmp_path: Path, word: str, n_sheets: int) -> None:
    """Whatever words it is made of, on all sheets alike; so 備考 keeps its cell, and 令和2年度 is no label."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for n in range(n_sheets):
        sheet = book.create_sheet(f"{n + 1}号橋")
        for row in (
            ("橋梁名", f"{n + 1}号橋", "橋梁番号", f"B-{n}"),
            ("状態", word, "所在地", f"本町{n}"),
            ("架設年度", f"令和{n + 2}年度", "管理者", "施設管理課"),
            ("点検結果", word),
            ("橋種", "RC橋"),
            ("備考", word),
        ):
            sheet.append(row)
    book.save(tmp_path / "forms.xlsx")
    reading = read_ledger(tmp_path / "forms.xlsx")
    assert codes.MAY_BE_FORMS in [problem.code for problem in reading.problems]
    recipe = make_form_recipe(reading, read_layers(layers_dir()))
    _, table = read_forms(tmp_path / "forms.xlsx", recipe)
    assert set(names(table)) == {
        *("橋梁名", "橋梁番号", "状態", "所在地", "架設年度", "管理者", "点検結果", "橋種", "備考")
    }
    assert column(table, "備考") == column(table, "状態") == [word] * n_sheets
    assert column(table, "管理者") == ["施設管理課"] * n_sheets


@pytest.mark.parametrize("is_merged", [True, False])
def test_a_heading_beside_labels_takes_none_for_its_value(tmp_path: Path, is_merged: bool) -> None:
    """位置 stands beside 緯度 and 経度, in a tall cell or in the first of its rows."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("位置", "緯度", "36.1"),
        (None, "経度", "137.2"),
        ("施設", "施設名", "会館"),
        (None, "備考", "要点検"),
    ):
        sheet.append(row)
    if is_merged:
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("A3:A4")
    book.save(tmp_path / "form.xlsx")
    form = propose_form(read_ledger(tmp_path / "form.xlsx").sheets[0])
    assert form is not None
    assert [(value.label, value.value_cell) for value in form.values] == [
        *(("緯度", "C1"), ("経度", "C2"), ("施設名", "C3"), ("備考", "C4"))
    ]
