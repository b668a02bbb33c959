"""Writes ledgers the way offices write them, and always the same bytes."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

CellValue = str | int | float | date | None
MADE_AT = datetime(2026, 4, 1, 9, 0)
_ERAS = ((date(2019, 5, 1), "令和", "R"), (date(1989, 1, 8), "平成", "H"), (date(1926, 12, 25), "昭和", "S"))
_WIDE = str.maketrans("0123456789.,-HSRW", "０１２３４５６７８９．，－ＨＳＲＷ")
_LINE = Side(style="thin", color="808080")


def in_era(day: date, style: str) -> str:
    """Writes a day in the years of an era: "long" 平成15年4月1日, "short" H15.4.1, "wide" Ｈ１５．４．１."""
    first, name, letter = next(era for era in _ERAS if day >= era[0])
    year = day.year - first.year + 1
    if style == "long":
        return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    short = f"{letter}{year}.{day.month}.{day.day}"
    return wide(short) if style == "wide" else short


def wide(text: str) -> str:
    """Full-width digits and letters, as they come from a Japanese keyboard."""
    return text.translate(_WIDE)


def new_sheet(title: str, widths: Sequence[float]) -> tuple[Workbook, Worksheet]:
    """A workbook with one sheet and columns of these widths."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    return book, sheet


def head(sheet: Worksheet, rows: Iterable[int], n_columns: int) -> None:
    """Gives the header its looks."""
    for row in rows:
        for column in range(1, n_columns + 1):
            cell = sheet.cell(row, column)
            cell.fill, cell.font = PatternFill("solid", fgColor="D9E2F3"), Font(bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            cell.border = Border(_LINE, _LINE, _LINE, _LINE)


def save(book: Workbook, path: Path) -> None:
    """Saves a workbook without the time of saving, so that the same cells make the same file."""
    buffer = io.BytesIO()
    book.save(buffer)
    stamp = MADE_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            kept.writestr(zipfile.ZipInfo(name, MADE_AT.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)


def write_csv(path: Path, rows: Iterable[Sequence[object]], encoding: str) -> None:
    """Writes a CSV with CRLF, as Excel does; None is an empty cell."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))
