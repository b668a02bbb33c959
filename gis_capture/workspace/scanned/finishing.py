"""Confirmed tables become an ordinary source: a workbook whose rows say where on the paper they stand."""

import re
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.workspace.scanned.review import Review
from gis_capture.workspace.scanned.source_refs import SOURCE_REF, SourceRef, format_ref

_BAD_TITLE = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
_MAX_TITLE = 31


def write_source(review: Review, path: Path, *, scan_id: str) -> int:
    """Writes each table as a sheet, every cell as text, merged as on paper; gives the number of rows below headers."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, table in enumerate(review.ledger.tables):
        title = _BAD_TITLE.sub(" ", table.title).strip()
        sheet: Worksheet = book.create_sheet((title or f"表{number + 1}")[:_MAX_TITLE])
        for place, cell in review.cells(number):
            _put(sheet, cell.row, cell.column, review.text(place))
            if cell.row_span > 1 or cell.column_span > 1:
                _merge(sheet, cell.row, cell.column, cell.row_span, cell.column_span)
        if table.header_rows:
            _put(sheet, 0, table.n_columns, SOURCE_REF)
            if table.header_rows > 1:
                _merge(sheet, 0, table.n_columns, table.header_rows, 1)
        for row in range(table.header_rows, table.n_rows):
            strip = review.row_strip(number, row)
            if strip is not None:
                _put(sheet, row, table.n_columns, format_ref(SourceRef(scan_id, *strip)))
    book.save(path)
    return sum(table.n_rows - table.header_rows for table in review.ledger.tables)


def _put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    if text:
        cell = sheet.cell(row + 1, column + 1, ILLEGAL_CHARACTERS_RE.sub("", text))
        # "=" at the beginning is no formula here.
        cell.data_type = "s"
        cell.number_format = "@"


def _merge(sheet: Worksheet, row: int, column: int, n_rows: int, n_columns: int) -> None:
    sheet.merge_cells(start_row=row + 1, start_column=column + 1, end_row=row + n_rows, end_column=column + n_columns)
