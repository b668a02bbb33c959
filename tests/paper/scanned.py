"""A scanned ledger as it lies in a workspace, without any engine: what was read is what a test says."""

import json
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gis_capture.errors import ResourceError
from gis_capture.paper.fonts import find_font
from gis_capture.paper.ledgers.table import (
    Reading,
    ScannedCell,
    ScannedLedger,
    ScannedPage,
    ScannedTable,
    write_ledger,
)
from gis_capture.workspace import Workspace

HEADER = ("管理番号", "種別", "緯度", "経度")
ROWS = (
    ("L-001", "LED", "36.1478", "137.2501"),
    ("L-002", "LED", "36.1425", "137.2551"),
    ("L-003", "水銀灯", "36.1412", "137.2575"),
    ("L-004", "LED", "36.1401", "137.2590"),
)
MISREAD = {(2, 1): ("LEO", "LED"), (4, 1): ("LEO", "LED"), (3, 0): ("L-0O3", "L-003"), (1, 2): ("36.1478", "36.147B")}
"""By row (headers count) and column: what the first and the second engine made of it."""
WIDTH, HEIGHT, CELL = 1000, 400, (220, 50)


def box_of(row: int, column: int) -> tuple[int, int, int, int]:
    """Where a cell lies on the page."""
    left, top = 40 + column * CELL[0], 40 + row * CELL[1]
    return left, top, left + CELL[0], top + CELL[1]


def scanned_ledger(*, has_page_without_table: bool = False) -> ScannedLedger:
    """One page with one table; four of its cells are in doubt. Another page may have none."""
    cells = []
    for row, texts in enumerate((HEADER, *ROWS)):
        for column, text in enumerate(texts):
            first, second = MISREAD.get((row, column), (text, text))
            readings = (Reading("rapidocr", first, 0.97), Reading("tesseract", second, 0.9))
            doubts = () if first == second else ("engines_differ",)
            cells.append(
                ScannedCell(row, column, 1, box_of(row, column), 1, 1, readings, first, doubts, is_accepted=not doubts)
            )
    table = ScannedTable(
        len(ROWS) + 1, len(HEADER), 1, tuple(cells), ("code", "domain", "number", "number"), "街路灯台帳"
    )
    pages = [ScannedPage(1, WIDTH, HEIGHT, "page-1.jpg", 200)]
    if has_page_without_table:
        pages.append(ScannedPage(2, WIDTH, HEIGHT, "page-2.jpg", 200, state="no_table"))
    return ScannedLedger(tuple(pages), (table,), ("rapidocr", "tesseract"))


def fill_scanned(workspace: Workspace, *, name: str = "街路灯台帳.pdf", has_page_without_table: bool = False) -> str:
    """Puts it into a workspace as one that was read; gives its id."""
    scan_id = workspace.new_id()
    folder = workspace.folder.scanned_dir / scan_id
    (folder / "read").mkdir(parents=True)
    draw_page(folder / "read" / "page-1.jpg")
    write_ledger(scanned_ledger(has_page_without_table=has_page_without_table), folder / "read")
    (folder / "original.pdf").write_bytes(b"%PDF-1.4")
    job = {"original": "original.pdf", "name": name, "author": "係", "taken_at": workspace.clock()}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return scan_id


def draw_page(path: Path) -> None:
    """Draws the page, each cell in a shade of its own."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(picture)
    with suppress(ResourceError):
        pen.font = ImageFont.truetype(find_font(), 28)
    for row in range(len(ROWS) + 1):
        for column in range(len(HEADER)):
            pen.rectangle(box_of(row, column), outline="black", fill=(255 - row * 4, 255 - column * 4, 255))
            left, top = box_of(row, column)[:2]
            text = (HEADER, *ROWS)[row][column]
            pen.text((left + 12, top + 4), text if pen.font else ascii(text), "black")
    picture.save(path, quality=90)
