"""Tables of a PDF that holds text; a table that goes on over pages is one. Read in a process of its own."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.apart import run_apart
from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers import pdf_pages
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.opening import Opened, broken, encrypted, too_large, unknown
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text

_MEMORY_BYTES = 1 << 30
_NEAR_PT = 4.0
_SHARE_OF_TIME = 0.7  # the page that was begun last has to be ended, too


def accepts(opened: Opened) -> bool:
    """Whether the file begins as a PDF, perhaps behind some other bytes."""
    return b"%PDF-" in opened.head[:1024]


def read(opened: Opened) -> Reading:
    """Reads every table; row numbers count the rows of a table over all its pages."""
    pages, n_unread = _pages(opened)
    problems: list[Problem] = []
    if not any(page["n_chars"] for page in pages):
        raise _scanned(opened)
    blank = [page["number"] for page in pages if not page["n_chars"] and page["n_images"]]
    if blank:
        problems.append(_without_text(blank))
    if n_unread:
        problems.append(_out_of_time(len(pages), n_unread))
    groups = _joined(pages)
    if not groups:
        raise unknown(opened.path, Text("表のないPDF", "a PDF without a table"))
    grids = []
    for group in groups:
        numbers = list(dict.fromkeys(number for number, _ in group))
        grids.append(_grid(group, name=None if len(groups) == 1 else f"p.{numbers[0]}"))
        if len(numbers) > 1:
            problems.append(_told_joined(numbers))
    return reading_of_grids(grids, opened.source("pdf"), problems)


def _pages(opened: Opened) -> tuple[list[dict[str, Any]], int]:
    """The pages that could be read in time, and how many could not."""
    cpu_s = opened.limits.seconds_for(opened.size_bytes)
    command = [sys.executable, "-m", pdf_pages.__name__, str(opened.path)]
    command += [str(opened.limits.max_pages), str(cpu_s * _SHARE_OF_TIME)]
    try:
        done = run_apart(command, cpu_s=cpu_s, memory_bytes=_MEMORY_BYTES)
        if done.is_late:
            raise broken(opened.path, Text(f"{cpu_s:.0f}秒で読み終わりません", f"not read within {cpu_s:.0f} s"))
        found: dict[str, Any] = json.loads(done.output) if not done.returncode else {"error": "broken", "detail": "-"}
    except (OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise broken(opened.path, type(error).__name__) from error
    if "error" not in found:
        pages: list[dict[str, Any]] = found["pages"]
        return pages, found["n_unread"]
    if found["error"] == "encrypted":
        raise encrypted(opened.path)
    if found["error"] == "pages":
        raise too_large(opened.path, f"{found['n_pages']:,} pages", f"{opened.limits.max_pages:,} pages")
    raise broken(opened.path, Text("PDFとして読めません", f"no PDF that can be read: {found['detail']}"))


Piece = tuple[int, Mapping[str, Any]]
"""Number of a page, and a table on it."""


def _joined(pages: Sequence[Mapping[str, Any]]) -> list[list[Piece]]:
    """Groups of tables that are one: the first of a page goes on from the last of the page before, column by column."""
    groups: list[list[Piece]] = []
    for page in pages:
        for position, table in enumerate(page["tables"]):
            last = groups[-1][-1] if groups else None
            if position == 0 and last and last[0] == page["number"] - 1 and _goes_on(last[1], table):
                groups[-1].append((page["number"], table))
            else:
                groups.append([(page["number"], table)])
    return groups


def _goes_on(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if before["n_columns"] != after["n_columns"] or before["is_ruled"] != after["is_ruled"]:
        return False
    # Without lines the edges of columns are those of their longest words.
    near = _NEAR_PT if before["is_ruled"] else 5 * _NEAR_PT
    widths = [[x - table["xs"][0] for x in table["xs"]] for table in (before, after)]
    return all(abs(a - b) <= near for a, b in zip(*widths, strict=True))


def _grid(group: Sequence[Piece], *, name: str | None) -> Grid:
    n_columns = group[0][1]["n_columns"]
    columns: list[list[str | None]] = [[] for _ in range(n_columns)]
    merges: list[Merge] = []
    for _, table in group:
        first = len(columns[0])
        for column in columns:
            column += [None] * table["n_rows"]
        for top, left, bottom, right, text in table["cells"]:
            columns[left][first + top] = text.strip() or None if text else None
            if bottom > top or right > left:
                merges.append(Merge(first + top, left, first + bottom, right))
    return Grid(name, columns, merges=merges)


def _told_joined(numbers: Sequence[int]) -> Problem:
    first, last = numbers[0], numbers[-1]
    return Problem(
        codes.PAGES_JOINED,
        "info",
        Text(
            f"{first}〜{last}ページの表を1つの表として読みました。",
            f"The table on pages {first} to {last} was read as one.",
        ),
    )


def _without_text(numbers: Sequence[int]) -> Problem:
    listed = "、".join(map(str, numbers[:20]))
    return Problem(
        codes.ENTRY_LEFT_OUT,
        "warning",
        Text(
            f"{listed}ページは画像だけで文字の情報がないため、読んでいません。",
            f"Pages {listed} are images without text and were not read.",
        ),
        Text(
            "文字認識（OCR）をしてから読み込むか、入力してください。", "Run text recognition on them, or type them in."
        ),
    )


def _out_of_time(n_read: int, n_unread: int) -> Problem:
    return Problem(
        codes.ENTRY_LEFT_OUT,
        "error",
        Text(
            f"読み取りの時間の上限になったので、はじめの{n_read:,}ページだけを読みました。残りの{n_unread:,}ページは読んでいません。",
            f"Time was up: the first {n_read:,} pages were read, and the other {n_unread:,} were not.",
        ),
        Text("PDFを分けて読み込んでください。", "Divide the PDF and read its parts."),
    )


def _scanned(opened: Opened) -> SourceError:
    name = opened.path.name
    return SourceError(
        Text(
            f"「{name}」は文字の情報のないPDF（紙をスキャンしたもの）です。文字認識（OCR）をして保存し直すか、"
            "元のExcelなどのファイルを読み込んでください。",
            f'"{name}" is a PDF without text, a scan of paper. Run text recognition (OCR) on it and save it again, '
            "or read the workbook it was made from.",
        ),
        path=opened.path,
    )


DRIVER = Driver("pdf", (".pdf",), accepts, read)
