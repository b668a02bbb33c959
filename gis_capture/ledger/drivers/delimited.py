"""Text files with separators: CSV, TSV and what calls itself so."""

import codecs
import csv
import io
import itertools
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gis_capture.ledger import codes
from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.encodings import find_encoding, fits_encoding, utf16_of
from gis_capture.ledger.drivers.mending import mend
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.kinds import MAGIC
from gis_capture.ledger.opening import Opened, broken, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text

_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_CHARS = 1 << 18
# Few records at a time: a large heap of young lists makes the garbage collector look through it again and again.
_CHUNK = 500
_STATED_SEPARATOR = re.compile(r"sep=([,;|\t])[;,\t|]*\r?\n", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MAX_CONTROLS = 0.01
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MANY_CELLS, _EMPTINESS = 5_000_000, 1_000
_MAX_COLUMNS = 20_000
_MAX_MEMO = 10_000
_MAX_UNCLOSED = 20
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def accepts(opened: Opened) -> bool:
    """Whether the bytes can be text: no zero bytes but those of UTF-16, no control characters, no markup."""
    head = opened.head
    if not head:
        return True
    if any(head.startswith(magic) for magic, _ in MAGIC):
        return False
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    text = head.decode(marked or utf16_of(head) or "latin-1", "ignore").lstrip("\xef\xbb\xbf\ufeff \t\r\n")
    if text.startswith(("<?", "<!", "%PDF")) or re.match(r'(?:\[\s*)?\{\s*["}]', text):
        return False
    # Some zeros in a text are damage, and a run of them at its end is what a disk or MS-DOS left; many are no text.
    n_controls = len(_CONTROLS.findall(text.rstrip("\x00\x1a")))
    has_controls = n_controls > 0 or text.endswith(("\x00", "\x1a"))
    return not has_controls or ("\n" in text and n_controls <= max(3, len(text) * _MAX_CONTROLS))


def read(opened: Opened) -> Reading:
    """Reads the records column by column; row numbers are those of the records, blank ones counted."""
    forced = opened.recipe.encoding if opened.recipe else None
    encoding, fits = (forced, fits_encoding(opened.path, forced)) if forced else find_encoding(opened.path)
    with _open(opened.path, encoding) as file:
        sample = file.read(_SAMPLE_CHARS)
    separator = _separator_of(sample)
    mended = mend(opened.path, encoding, sample, fits=fits, has_separator=_separates(sample, separator))
    problems: list[Problem] = list(mended.problems) if mended else []
    if not fits and not any(p.code == codes.ROW_IN_ANOTHER_ENCODING for p in problems):
        problems.append(
            Problem(
                codes.BYTES_NOT_DECODED,
                "warning",
                Text(
                    f"文字コード{encoding}に合わない文字があります。その部分は\\x81のような記号で残しました。",
                    f"Some bytes are not {encoding}; they were kept as signs such as \\x81.",
                ),
                Text(
                    "元のソフトから文字コードを選んで書き出し直してください。",
                    "Export the file again with one encoding.",
                ),
            )
        )
    if mended is None:
        grid = read_grid(opened, encoding, separator, problems)
    else:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / opened.path.name
            copy.write_text(mended.text, "utf-8", "surrogatepass", newline="")
            separator = "\t" if mended.is_spaced else _separator_of(mended.text[:_SAMPLE_CHARS])
            grid = read_grid(replace(opened, path=copy), "utf-8", separator, problems)
    if _STATED_SEPARATOR.match(sample):
        # Its row stays, as a blank one, so that row numbers are those of the file.
        grid = replace(grid, columns=[[None, *column[1:]] for column in grid.columns])
    source = opened.source("tsv" if separator == "\t" else "csv", encoding)
    return reading_of_grids([grid], source, problems)


def _separator_of(sample: str) -> str:
    """The separator a first line "sep=;" states, or the one that is found."""
    stated = _STATED_SEPARATOR.match(sample)
    return stated[1] if stated else find_separator(sample)


def _separates(sample: str, separator: str) -> bool:
    return any(len(record) > 1 for record in _records(io.StringIO(sample, newline=""), separator, 300))


def _open(path: Path, encoding: str) -> io.TextIOWrapper:
    return path.open(encoding=encoding, errors="backslashreplace", newline="")


def find_separator(sample: str) -> str:
    """Finds the separator: the one that cuts most records of a sample into the same number of cells.

    Tabs that cut all records alike, into as many cells as commas or more, are it: texts hold commas, but no tabs.
    """
    best, best_score, best_width = ",", 0.0, 1
    for separator in _SEPARATORS:
        if separator not in sample:
            continue
        widths = [len(record) for record in _records(io.StringIO(sample, newline=""), separator, 300) if any(record)]
        if not widths:
            continue
        width, n = max(Counter(widths).items(), key=lambda item: (item[0] > 1, item[1]))
        score = n / len(widths) if width > 1 else 0.0
        if widths[0] == 1:
            score *= 0.8
        is_sure = separator == "\t" and score == 1.0 and width >= max(2, best_width)
        if is_sure or score > best_score + 0.05 or (score > best_score - 0.05 and width > 2 * best_width > 2):
            best, best_score, best_width = separator, score, width
    return best


def _records(file: io.TextIOBase, separator: str, n: int) -> list[list[str]]:
    try:
        return list(itertools.islice(csv.reader(file, delimiter=separator), n))
    except csv.Error:
        return []


def read_grid(opened: Opened, encoding: str, separator: str, problems: list[Problem]) -> Grid:
    """Reads all records into columns; raises SourceError beyond the limits of rows and of a cell's length.

    The csv module takes a quotation mark that is never closed for the beginning of one long cell, and tells nobody.
    The line where that happens is read again with its marks as characters, so that no row behind it is swallowed.
    """
    csv.field_size_limit(opened.limits.max_cell_chars)
    unclosed: list[int] = []
    while len(unclosed) < _MAX_UNCLOSED:
        try:
            with _open(opened.path, encoding) as file:
                reader = csv.reader(_lines(file, separator, unclosed), delimiter=separator)
                grid, last = _collect(opened, reader)
        except csv.Error as error:
            if "field larger" not in str(error):
                raise broken(opened.path, Text("長すぎるセルがあります", str(error))) from error
            break
        line = _unclosed_line(opened.path, encoding, separator, last, reader.line_num)
        if line is None:
            problems += (_unclosed(line) for line in unclosed)
            return grid
        unclosed.append(line)
    problems.append(_unclosed(None))
    try:
        with _open(opened.path, encoding) as file:
            return _collect(opened, csv.reader(file, delimiter=separator, quoting=csv.QUOTE_NONE))[0]
    except csv.Error as error:
        limit = f"{opened.limits.max_cell_chars:,} characters"
        raise too_large(opened.path, f"> {limit}", limit) from error


def _lines(file: io.TextIOBase, separator: str, unclosed: Sequence[int]) -> Iterator[str]:
    """Gives the lines of a file, the marks of unclosed ones as characters."""
    if not unclosed:
        return iter(file)
    return (_as_characters(line, separator) if number in unclosed else line for number, line in enumerate(file, 1))


def _as_characters(line: str, separator: str) -> str:
    out = io.StringIO()
    cells = next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE))
    csv.writer(out, delimiter=separator).writerow(cells)
    return out.getvalue()


def _unclosed_line(path: Path, encoding: str, separator: str, last: Sequence[str], n_lines: int) -> int | None:
    """Gives the line where the last record begins, when that record ends inside quotation marks."""
    n_breaks = sum(len(_LINE_BREAK.findall(cell)) for cell in last)
    if n_breaks == 0:
        return None
    first = n_lines - n_breaks
    with _open(path, encoding) as file:
        try:
            list(csv.reader(itertools.islice(file, max(0, first - 1), None), delimiter=separator, strict=True))
        except csv.Error as error:
            # The break at the end of the file is in the cell too, but no line follows it.
            return first + last[-1].endswith(("\n", "\r")) if "end of data" in str(error) else None
    return None


def _unclosed(line: int | None) -> Problem:
    return Problem(
        codes.UNCLOSED_QUOTE,
        "warning",
        Text(
            "閉じていない引用符があるため、引用符を文字として読みました。",
            "A quotation mark is never closed; it was read as a character.",
        ),
        Text('引用符（"）の数を確かめてください。', "Check the quotation marks."),
        row_number=line,
    )


def _collect(opened: Opened, reader: Iterator[list[str]]) -> tuple[Grid, Sequence[str]]:
    """Gives the columns, and the last record as it was read."""
    columns: list[list[str | None]] = []
    memos: list[_Texts | None] = []
    odd: list[tuple[int, int]] = []
    usual = 0
    n_rows = 0
    last: Sequence[str] = ()
    while rows := list(itertools.islice(reader, _CHUNK)):
        last = rows[-1]
        lengths = list(map(len, rows))
        usual = usual or Counter(lengths).most_common(1)[0][0]
        if lengths.count(usual) != len(lengths):
            odd += [(n_rows + at, n) for at, n in enumerate(lengths) if n != usual and n]
        width = max(lengths)
        if width > _MAX_COLUMNS:
            raise too_large(opened.path, f"{width:,} columns", f"{_MAX_COLUMNS:,} columns")
        while len(columns) < width:
            columns.append([None] * n_rows)
            memos.append(_Texts())
        for position, cells in enumerate(itertools.zip_longest(*rows)):
            _append(columns, memos, position, cells)
        n_rows += len(rows)
        for column in columns[width:]:
            column.extend([None] * len(rows))
        opened.check_size(n_rows, len(columns))
    _refuse_emptiness(opened, columns, n_rows)
    return Grid(None, columns, widths=dict(odd), usual_width=usual, lists_trailing_blanks=True), last


def _refuse_emptiness(opened: Opened, columns: Sequence[Sequence[str | None]], n_rows: int) -> None:
    """Raises SourceError for a large table with next to nothing in it: one damaged line makes thousands of columns."""
    n_cells = n_rows * len(columns)
    if n_cells > _MANY_CELLS and n_cells > _EMPTINESS * sum(n_rows - column.count(None) for column in columns):
        filled = Text(
            f"{len(columns):,}列のほとんどが空欄です", f"next to all cells of {len(columns):,} columns are blank"
        )
        raise broken(opened.path, filled)


class _Texts(dict[str | None, str | None]):
    """Texts that come again and again, kept once: that halves the memory of a large ledger."""

    def __missing__(self, cell: str | None) -> str | None:
        """Makes blank cells None."""
        self[cell] = text = cell if cell and not cell.isspace() else None
        return text


def _append(
    columns: Sequence[list[str | None]], memos: list[_Texts | None], position: int, cells: Sequence[str | None]
) -> None:
    memo = memos[position]
    if memo is None:
        if all(cells) and not any(map(str.isspace, cells)):  # type: ignore[arg-type]
            columns[position] += cells
            return
        columns[position] += [cell if cell and not cell.isspace() else None for cell in cells]
        return
    columns[position] += map(memo.__getitem__, cells)
    if len(memo) > _MAX_MEMO:
        memos[position] = None


DRIVER = Driver("csv", (".csv", ".tsv", ".txt", ".tab", ".dat", ".asc", ""), accepts, read)
