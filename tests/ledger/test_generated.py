"""Ledgers put together at random from what offices do: all are read as they were made."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.ledger import read_ledger
from tests.ledger.conftest import only_table

TOWNS = ("本町", "花里町", "西之一色町", "上岡本町", "国府町広瀬町", "丹生川町町方", "朝日町万石")
THINGS = ("中央公民館", "東橋", "第一分団詰所", "会計管理棟", "総合計画道路", "計量検定所", "合川橋")
Maker = Callable[[random.Random, int], str | None]

FIELDS: tuple[tuple[str, Maker], ...] = (
    ("名称", lambda r, i: f"{r.choice(THINGS)}{i}"),
    ("所在地", lambda r, i: f"高山市{r.choice(TOWNS)}{r.randint(1, 999)}番地{r.randint(1, 9)}"),
    ("地番", lambda r, i: f"{r.randint(1, 999)}-{r.randint(1, 30)}"),
    ("緯度", lambda r, i: f"{36 + r.random() * 0.3:.6f}"),
    ("経度", lambda r, i: f"{137 + r.random() * 0.3:.6f}"),
    ("口径", lambda r, i: r.choice(("75", "100", "150"))),
    ("延長", lambda r, i: f"{r.random() * 500:.1f}"),
    ("設置年度", lambda r, i: r.choice(("H5", "S63", "R2", "2001", "平成12年"))),
    ("設置年月日", lambda r, i: r.choice(("H5.4.1", "2001/4/1", "2001-04-01"))),
    ("種別", lambda r, i: r.choice(("地上式", "地下式"))),
    ("備考", lambda r, i: r.choice((None, None, "要確認", "※撤去予定"))),
    ("電話番号", lambda r, i: f"0577-{r.randint(30, 39)}-{r.randint(1000, 9999)}"),
)
UNITS = {"口径": "(mm)", "延長": "(m)"}


class Ledger:
    """A ledger in the making: its rows and merges, and what a reader should find; rows count from 1."""

    def __init__(self, seed: str) -> None:
        """Decides everything by the seed."""
        self.random = random.Random(seed)
        self.rows: list[list[str | None]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.data: list[int] = []
        key, shape = self.random.choice(("番号", "No.", "管理番号")), self.random.choice(("{}", "{:04d}", "F-{:03d}"))
        fields = self.random.sample(FIELDS, self.random.randint(2, 9))
        self.fields: list[tuple[str, Maker]] = [(key, lambda r, i: shape.format(i + 1)), *fields]
        self.width = len(self.fields)
        self.above()
        self.header()
        self.body()
        self.below()

    def happens(self, share: float) -> bool:
        """Throws the dice."""
        return self.random.random() < share

    def add(self, *cells: str | None) -> int:
        """Adds a row; gives its number."""
        self.rows.append([*cells, *[None] * (self.width - len(cells))])
        return len(self.rows)

    def above(self) -> None:
        """Form number, title, date on the right, blank row."""
        if self.happens(0.4):
            self.add(self.random.choice(("様式第１号", "別紙１")))
        if self.happens(0.6):
            row = self.add(self.random.choice(("街路灯台帳", "令和６年度　消火栓一覧表", "高山市橋梁台帳（市道）")))
            if self.happens(0.5):
                self.merges.append((row, 1, row, self.width))
        if self.happens(0.4):
            self.add(
                *[None] * (self.width - 1), self.random.choice(("令和6年4月1日現在", "（単位：ｍ）", "作成：維持課"))
            )
        if self.happens(0.3):
            self.add()

    def header(self) -> None:
        """One row, or two of which a parent groups two or three names; then perhaps units."""
        names = [name for name, _ in self.fields]
        top = len(self.rows) + 1
        self.names = names
        if self.width >= 5 and self.happens(0.3):
            left = self.random.randint(1, self.width - 3)
            right = left + self.random.randint(2, min(3, self.width - left))
            group = range(left, right)
            self.add(*("諸元" if i == left else None if i in group else name for i, name in enumerate(names)))
            self.add(*(name if i in group else None for i, name in enumerate(names)))
            self.merges.append((top, left + 1, top, right))
            self.merges += [(top, i + 1, top + 1, i + 1) for i in range(self.width) if i not in group]
            self.names = [f"諸元/{name}" if i in group else name for i, name in enumerate(names)]
        else:
            self.add(*names)
        self.header_rows = list(range(top, len(self.rows) + 1))
        if self.happens(0.3) and UNITS.keys() & set(names):
            self.add(*(UNITS.get(name) for name in names))

    def body(self) -> None:
        """Rows in sections or on pages, with subtotals, sparse rows and blank rows between."""
        section, page, group = (self.random.choice((0, 0, 0, size)) for size in (5, 10, 4))
        summed = [i for i, (name, _) in enumerate(self.fields) if name == "延長"]
        self.sums, part = [0.0] * self.width, [0.0] * self.width
        for number in range(self.random.choice((1, 2, 3, 5, 12, 30))):
            if section and number % section == 0:
                self.add(f"【{self.random.choice(TOWNS)}】")
            if page and number and number % page == 0:
                self.repeat_header()
            cells = [make(self.random, number) for _, make in self.fields]
            if number and self.happens(0.05):
                cells[2:] = [None] * (self.width - 2)
            self.data.append(self.add(*cells))
            for i in summed:
                part[i] += float(cells[i] or 0)
                self.sums[i] += float(cells[i] or 0)
            if group and summed and (number + 1) % group == 0:
                self.add("小　計", *(f"{part[i]:.1f}" if i in summed else None for i in range(1, self.width)))
                part = [0.0] * self.width
            if self.happens(0.02):
                self.add()
        self.summed = summed

    def repeat_header(self) -> None:
        """The names again on the next page, with their merges."""
        top = len(self.rows) + 1
        for row in self.header_rows:
            self.rows.append(list(self.rows[row - 1]))
        first, last = self.header_rows[0], self.header_rows[-1]
        inside = [m for m in self.merges if first <= m[0] <= m[2] <= last]
        self.merges += [(t - first + top, left, b - first + top, right) for t, left, b, right in inside]

    def below(self) -> None:
        """Total and notes."""
        if self.summed and self.happens(0.4):
            self.add("合　計", *(f"{self.sums[i]:.1f}" if i in self.summed else None for i in range(1, self.width)))
        if self.happens(0.3):
            if self.happens(0.5):
                self.add()
            self.add(self.random.choice(("※延長は概数", "（注）延長は概数である。", "注１　令和5年度末現在")))
            if self.happens(0.4):
                self.add("　　２　幅員は最小値である。")

    def save_text(self, path: Path) -> None:
        """Writes a CSV file in an encoding of its own."""
        lines = [",".join(f'"{cell}"' if cell else "" for cell in row) for row in self.rows]
        path.write_text("\n".join(lines) + "\n", self.random.choice(("utf-8", "utf-8-sig", "cp932")))

    def save_book(self, path: Path) -> None:
        """Writes a workbook; texts that are numbers become numbers, but for leading zeros."""
        book = openpyxl.Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        for row in self.rows:
            sheet.append([typed(cell) for cell in row])
        for top, left, bottom, right in self.merges:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        book.save(path)


def typed(cell: str | None) -> Any:
    """A number for a text that is one."""
    try:
        return float(cell) if cell and not (cell.startswith("0") and cell.isdigit()) else cell
    except ValueError:
        return cell


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_ledger_made_at_random_is_read_as_it_was_made(tmp_path: Path, seed: int, suffix: str) -> None:
    """Header rows, data rows and names; every other row is left out with a reason."""
    ledger = Ledger(f"{seed}{suffix}")
    path = tmp_path / f"ledger{suffix}"
    (ledger.save_text if suffix == ".csv" else ledger.save_book)(path)
    table = only_table(read_ledger(path))
    assert list(table.header_rows) == ledger.header_rows
    assert list(table.row_numbers) == ledger.data
    assert [column.name for column in table.columns if column.name != "見出し"] == ledger.names
    told = [*table.header_rows, *table.row_numbers, *(row.row_number for row in table.skipped)]
    # Nobody wrote the blank rows around what stands on a sheet; those of a text file are records.
    written = [number for number, row in enumerate(ledger.rows, start=1) if any(row) or suffix == ".csv"]
    assert sorted(told) == list(range(written[0], written[-1] + 1))
