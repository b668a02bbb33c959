"""Tables in HTML pages, as many systems write them under the name .xls."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.encodings import find_encoding
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.opening import Opened, too_large
from gis_capture.ledger.table import Reading

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
_PROLOG = re.compile(rb"\s*(?:<\?xml[^>]*>|<!--(?:(?!-->).)*-->)", re.DOTALL)
_MAX_SPAN = 1000
_MAX_SPANNED = 2_000_000


def accepts(opened: Opened) -> bool:
    """Whether the text begins as a page or a table."""
    head = opened.head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    at = 0
    while prolog := _PROLOG.match(head, at):
        at = prolog.end()
    return _HTML.match(head[at:].lstrip()) is not None


def read(opened: Opened) -> Reading:
    """Reads every table of the page; a row number is the number of the row in its table."""
    encoding, _ = find_encoding(opened.path)
    with opened.path.open(encoding=encoding, errors="backslashreplace") as file:
        grids = read_page(opened, iter(lambda: file.read(1 << 20), ""))
    return reading_of_grids(grids, opened.source("html", encoding))


def read_page(opened: Opened, pieces: Iterable[str], *, name: str | None = None) -> list[Grid]:
    """Reads every table of a page that comes in pieces; `name` is the sheet it stands for."""
    parser = _Tables(opened)
    for piece in pieces:
        parser.feed(piece)
    parser.close()
    return [grid for table in parser.tables if (grid := table.grid(name))]


class _Cells:
    """The cells of one table on the page, with the places that spans of rows take away from later rows."""

    def __init__(self) -> None:
        self.rows: list[dict[int, str]] = []
        self.taken: set[tuple[int, int]] = set()
        self.merges: list[Merge] = []
        self.column = 0

    def begin_row(self) -> None:
        self.rows.append({})
        self.column = 0

    def begin_cell(self, n_rows: int, n_columns: int) -> None:
        row = len(self.rows) - 1
        while (row, self.column) in self.taken:
            self.column += 1
        if n_rows > 1 or n_columns > 1:
            self.merges.append(Merge(row, self.column, row + n_rows - 1, self.column + n_columns - 1))
            self.taken |= {
                (r, c) for r in range(row, row + n_rows) for c in range(self.column, self.column + n_columns)
            }
        self.rows[-1][self.column] = ""

    def add(self, text: str) -> None:
        self.rows[-1][self.column] += text

    def end_cell(self) -> None:
        self.column += 1

    def grid(self, name: str | None) -> Grid | None:
        width = max((max(row) + 1 for row in self.rows if row), default=0)
        columns = [[_clean(row.get(position)) for row in self.rows] for position in range(width)]
        if not any(value is not None for column in columns for value in column):
            return None
        last = len(self.rows) - 1
        merges = [Merge(m.top, m.left, min(m.bottom, last), min(m.right, width - 1)) for m in self.merges]
        return Grid(name, columns, merges=merges)


def _clean(text: str | None) -> str | None:
    text = re.sub(r"[ \t\r\n\xa0]*\n[ \t\r\n\xa0]*", "\n", text.replace("\xa0", " ")).strip() if text else None
    return text or None


class _Tables(HTMLParser):
    def __init__(self, opened: Opened) -> None:
        super().__init__(convert_charrefs=True)
        self.opened = opened
        self.tables: list[_Cells] = []
        self.stack: list[_Cells] = []
        self.in_cell = False
        self.n_cells = 0
        self.n_spanned = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.stack.append(_Cells())
            self.tables.append(self.stack[-1])
            self.in_cell = False
        elif tag == "tr" and self.stack:
            self.stack[-1].begin_row()
            self.in_cell = False
        elif tag in ("td", "th") and self.stack and self.stack[-1].rows:
            if self.in_cell:
                self.stack[-1].end_cell()
            sizes = {key: value or "1" for key, value in attrs}
            n_rows, n_columns = _span(sizes.get("rowspan")), _span(sizes.get("colspan"))
            self.n_cells += 1
            self.n_spanned += n_rows * n_columns - 1
            if self.n_spanned > _MAX_SPANNED:
                raise too_large(self.opened.path, f"{self.n_spanned:,} cells", f"{_MAX_SPANNED:,} cells")
            if self.n_cells > self.opened.limits.max_cells:
                raise too_large(self.opened.path, f"{self.n_cells:,} cells", f"{self.opened.limits.max_cells:,} cells")
            self.stack[-1].begin_cell(n_rows, n_columns)
            self.in_cell = True
        elif tag == "br" and self.in_cell:
            self.stack[-1].add("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self.stack:
            self.stack.pop()
            self.in_cell = bool(self.stack)
        elif tag in ("td", "th", "tr") and self.in_cell and self.stack:
            self.stack[-1].end_cell()
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        if self.in_cell and self.stack:
            self.stack[-1].add(re.sub(r"\s+", " ", data))


def _span(text: str | None) -> int:
    return min(int(text), _MAX_SPAN) if text and text.isascii() and text.isdigit() and int(text) > 0 else 1


DRIVER = Driver("html", (".html", ".htm"), accepts, read)
