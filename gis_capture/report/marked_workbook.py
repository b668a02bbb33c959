"""A copy of a ledger as a workbook, with cells coloured and commented; its own formatting stays."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import range_boundaries

from gis_capture.ledger import MARKED_SHEET, Reading, Table
from gis_capture.ledger.marks import OWN_COLORS, OWN_MARK, said_by_people
from gis_capture.ledger.opening import broken
from gis_capture.text import Text

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES_KEPT = 30 << 20
"""A larger workbook is not copied with its formatting, but written anew."""

_BOOKS = ("xlsx", "xlsm")
_MAX_MARKS = 20_000
_MAX_COMMENT_CHARS = 1_000
_AUTHOR = "GIS Capture"
_ORDER = ("error", "warning", "info")
_SEVERITIES = {"error": Text("誤り", "error"), "warning": Text("確認", "warning"), "info": Text("参考", "note")}
_HEADS = (
    Text("シート", "Sheet"),
    Text("セル", "Cell"),
    Text("種類", "Kind"),
    Text("内容", "What was found"),
    Text("直し方", "What to do"),
)
_BAD_TITLE = re.compile(r"[\\/*?:\[\]\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Mark:
    """What to say at a cell; without a column it is said at the first cell of the row, without a row only in the list.

    Attributes:
        sheet: None = the only sheet there is.
        row: 1-based.
        column: 1-based.
        severity: "error", "warning" or "info": the colour.
    """

    sheet: str | None
    row: int | None
    column: int | None
    severity: str
    message: str
    suggestion: str = ""

    @property
    def words(self) -> str:
        """The comment."""
        return f"{self.message}\n→ {self.suggestion}" if self.suggestion else self.message


def write_marked_workbook(
    reading: Reading, source: Path, marks: Iterable[Mark], out: Path, *, language: str = "ja"
) -> int:
    """Writes the workbook; gives the number of cells that were marked.

    A workbook (xlsx, xlsm) is copied with its formatting; of every other source the tables are written at the rows
    and columns where they stood. A sheet of its own lists all marks; reading the file again passes over it.

    Args:
        reading: Of the source.
        source: The file.
        marks: What to say where.
        out: The new file; its extension should be that of a workbook.
        language: Of the list's names.
    """
    listed = list(marks)[:_MAX_MARKS]
    is_kept = reading.source.driver in _BOOKS and source.stat().st_size <= MAX_BYTES_KEPT
    book = open_book(source, keep_vba=".xlsm" in out.name.lower()) if is_kept else _anew(reading)
    _take_off_own(book)
    n_marked = _mark(book, listed)
    _list(book, listed, language)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book.save(out)
    return n_marked


def put_text(cell: "SheetCell | MergedCell", text: str) -> None:
    """Writes a text as a text: one that begins with = + - @ is no formula, neither here nor in Excel."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_767]
    cell.data_type = "s"
    if text[:1] in "=+-@\t\r":
        cell.quotePrefix = True


def open_book(source: Path, *, keep_vba: bool = False) -> "Workbook":
    """Opens a workbook with its formatting and formulas.

    Raises:
        SourceError: It is damaged in a way that only shows here.
    """
    with warnings.catch_warnings():
        # What openpyxl does not know of (slicers, data validation of newer kinds) it says on every file.
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(source, keep_vba=keep_vba)
        except Exception as error:
            # openpyxl lets anything through that its parsers raise: KeyError, TypeError, ParseError ...
            raise broken(source, f"{type(error).__name__}: {error}"[:200]) from error


def _anew(reading: Reading) -> "Workbook":
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, tables in _by_sheet(reading).items():
        sheet = book.create_sheet(sheet_title(name, book.sheetnames))
        for table in tables:
            _write_table(sheet, table)
    if not book.worksheets:
        book.create_sheet("1")
    return book


def _by_sheet(reading: Reading) -> Mapping[str, Sequence[Table]]:
    found: dict[str, list[Table]] = {}
    for table in reading.tables:
        found.setdefault(table.sheet or table.name, []).append(table)
    return found


def sheet_title(name: str, taken: Sequence[str]) -> str:
    """Gives a name that Excel takes for a sheet and that no other has."""
    title = _BAD_TITLE.sub("_", name).strip("'")[:28] or "1"
    n, unique = 1, title
    while unique.casefold() in {other.casefold() for other in taken}:
        n += 1
        unique = f"{title}_{n}"
    return unique


def _write_table(sheet: "Worksheet", table: Table) -> None:
    head = table.header_rows[-1] if table.header_rows else None
    for column, texts in zip(table.columns, table.values, strict=True):
        if head is not None:
            put_text(sheet.cell(head, column.number), column.header or column.name)
        for row_number, text in zip(table.row_numbers, texts, strict=True):
            if text is not None:
                put_text(sheet.cell(row_number, column.number), text)


def _mark(book: "Workbook", marks: Sequence[Mark]) -> int:
    by_cell: dict[tuple[str, int, int], list[Mark]] = {}
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    tops: dict[str, dict[tuple[int, int], tuple[int, int]]] = {}
    only = book.worksheets[0].title if len(book.worksheets) == 1 else None
    for mark in marks:
        name = mark.sheet if mark.sheet in sheets else only
        if name is None or mark.row is None:
            continue
        if name not in tops:
            tops[name] = _tops(sheets[name])
        place = (mark.row, mark.column or sheets[name].min_column)
        by_cell.setdefault((name, *tops[name].get(place, place)), []).append(mark)
    for (name, row, column), here in by_cell.items():
        cell: Any = sheets[name].cell(row, column)
        worst = min(here, key=lambda mark: _ORDER.index(mark.severity))
        color = OWN_COLORS[worst.severity]
        cell.fill = PatternFill("solid", start_color=color, end_color=color)
        own = "\n".join((OWN_MARK, *dict.fromkeys(mark.words for mark in here)))[:_MAX_COMMENT_CHARS]
        words = f"{cell.comment.text}\n{own}" if cell.comment else own
        cell.comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", words), _AUTHOR, width=320, height=120)
    return len(by_cell)


def _take_off_own(book: "Workbook") -> None:
    """Takes off the comments and colours of an earlier list; what people said stays."""
    for sheet in book.worksheets:
        # Only the cells that are there: `iter_rows` would make all those between them.
        for cell in sheet._cells.values():
            comment = cell.comment
            if comment is None or OWN_MARK not in comment.text:
                continue
            words = said_by_people(comment.text)
            cell.comment = Comment(words, comment.author) if words else None
            if str(cell.fill.start_color.rgb)[-6:] in OWN_COLORS.values():
                cell.fill = PatternFill()


def _tops(sheet: "Worksheet") -> dict[tuple[int, int], tuple[int, int]]:
    """Cells inside merged ranges, and the first cell of their range, which alone takes colour and comment."""
    found = {}
    for merged in list(sheet.merged_cells.ranges)[:20_000]:
        left, top, right, bottom = range_boundaries(str(merged))
        if None in (left, top, right, bottom) or (bottom - top + 1) * (right - left + 1) > 100_000:  # type: ignore[operator]
            continue
        for row in range(top, bottom + 1):  # type: ignore[arg-type, operator]
            for column in range(left, right + 1):  # type: ignore[arg-type, operator]
                found[row, column] = (top, left)
    return found  # type: ignore[return-value]


def _list(book: "Workbook", marks: Sequence[Mark], language: str) -> None:
    if MARKED_SHEET in book.sheetnames:
        book.remove(book[MARKED_SHEET])
    sheet = book.create_sheet(MARKED_SHEET)
    for row in _rows(marks, language):
        sheet.append([""] * len(row))
        for column, text in enumerate(row, start=1):
            put_text(sheet.cell(sheet.max_row, column), text)
    for letter, width in zip("ABCDE", (16, 8, 8, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _rows(marks: Sequence[Mark], language: str) -> Iterator[list[str]]:
    from gis_capture.ledger.table import column_letters

    yield [head.in_language(language) for head in _HEADS]
    for mark in sorted(marks, key=lambda mark: (_ORDER.index(mark.severity), mark.sheet or "", mark.row or 0)):
        cell = f"{column_letters(mark.column)}{mark.row}" if mark.column and mark.row else str(mark.row or "")
        severity = _SEVERITIES[mark.severity].in_language(language)
        yield [mark.sheet or "", cell, severity, mark.message, mark.suggestion]
