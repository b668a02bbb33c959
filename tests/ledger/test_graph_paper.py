"""Graph paper (方眼紙): narrow columns, of which every value covers several that are merged."""

import random
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.ledger import read_ledger
from tests.ledger.conftest import names, only_table

FIELDS = ("番号", "名称", "所在地", "口径", "設置年月日", "備考")


def draw(sheet: Worksheet, chance: random.Random) -> tuple[list[str], list[list[str | None]]]:
    """Draws a ledger; gives its names and rows. Some values begin right of where their name begins."""
    n, n_rows = chance.randint(3, 6), chance.randint(2, 12)
    widths = [chance.randint(2, 9) for _ in range(n)]
    header_height, row_height, left = chance.choice((1, 1, 2)), chance.choice((1, 1, 2)), chance.randint(1, 3)
    row = 1

    def put(at: int, text: str | None, width: int, height: int) -> None:
        sheet.cell(row, at, text)
        if width * height > 1:
            sheet.merge_cells(start_row=row, start_column=at, end_row=row + height - 1, end_column=at + width - 1)

    if chance.random() < 0.7:
        put(left, "消火栓台帳", sum(widths), 1)
        row += chance.choice((1, 2))
    for n_before, name in enumerate(FIELDS[:n]):
        put(left + sum(widths[:n_before]), name, widths[n_before], header_height)
    row += header_height
    made: list[list[str | None]] = []
    for i in range(n_rows):
        note = chance.choice((None, "要確認"))
        values = [
            str(i + 1),
            f"第{i + 1}消火栓",
            f"本町{i + 1}-{i}",
            chance.choice(("75", "100")),
            f"H{i + 1}.4.1",
            note,
        ]
        for n_before, text in enumerate(values[:n]):
            in_from = 1 if widths[n_before] > 3 and chance.random() < 0.2 else 0
            put(left + sum(widths[:n_before]) + in_from, text, widths[n_before] - in_from, row_height)
        made.append(values[:n])
        row += row_height
    return list(FIELDS[:n]), made


@pytest.mark.parametrize("seed", range(25))
def test_each_name_is_one_column(tmp_path: Path, seed: int) -> None:
    """However many narrow columns it covers, and wherever below it the values begin."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    expected, rows = draw(sheet, random.Random(seed))
    book.save(tmp_path / "a.xlsx")
    table = only_table(read_ledger(tmp_path / "a.xlsx"))
    assert names(table) == expected
    assert [list(row) for row in zip(*table.values, strict=True)] == rows


def test_two_values_below_one_name_stay_two(tmp_path: Path) -> None:
    """What stands side by side in one row is not thrown together."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row, (number, low, high) in enumerate((("番号", "範囲", None), ("1", "5", "9"), ("2", "6", "8")), start=1):
        for column, text in ((1, number), (4, low), (7, high)):
            sheet.cell(row, column, text)
            if row > 1:
                sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=column + 2)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("D1:I1")
    book.save(tmp_path / "a.xlsx")
    table = only_table(read_ledger(tmp_path / "a.xlsx"))
    assert [list(row) for row in zip(*table.values, strict=True)] == [["1", "5", "9"], ["2", "6", "8"]]
