"""Finds the tables on the pages of a PDF; run as a process of its own with a path, most pages and seconds.

Ruled tables are what pdfplumber sees between the lines. Where a page has none, words stand in columns if the gaps
between them reach down the page. Prints JSON; `pdf` makes grids of it. Ends by itself before its time is up.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

_MIN_LINES = 3
_SHARE_IN_COLUMNS = 0.6
_GAP_PT = 4.0
_SHARE_ACROSS = 0.06


def read_pages(
    path: str, max_pages: int, seconds: float, *, now: Callable[[], float] = time.process_time
) -> dict[str, Any]:
    """Gives {"pages": [{"number", "n_chars", "n_images", "tables"}], "n_unread"}, or {"error": kind}.

    After `seconds` of work no other page is begun, and `n_unread` says how many are left.
    """
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(path) as document:
            if len(document.pages) > max_pages:
                return {"error": "pages", "n_pages": len(document.pages)}
            pages: list[dict[str, Any]] = []
            for page in document.pages:
                if pages and now() > seconds:
                    break
                pages.append(_read_page(page))
                page.close()
            return {"pages": pages, "n_unread": len(document.pages) - len(pages)}
    except PdfminerException as error:
        cause = type(error.args[0]).__name__ if error.args else ""
        return {"error": "encrypted" if cause == "PDFPasswordIncorrect" else "broken", "detail": cause or str(error)}


def _read_page(page: Any) -> dict[str, Any]:
    tables = [table for found in page.find_tables() if (table := _ruled(page, found)) is not None]
    if not tables and page.chars:
        words = page.extract_words(x_tolerance=2, y_tolerance=3)
        table = unruled(
            [(w["x0"], w["x1"], (w["top"] + w["bottom"]) / 2, w["bottom"] - w["top"], w["text"]) for w in words]
        )
        tables = [table] if table else []
    return {"number": page.page_number, "n_chars": len(page.chars), "n_images": len(page.images), "tables": tables}


def _ruled(page: Any, found: Any) -> dict[str, Any] | None:
    """The cells of a ruled table by the lines they reach from and to; a merged one spans several."""
    xs = _edges([x for cell in found.cells for x in (cell[0], cell[2])])
    ys = _edges([y for cell in found.cells for y in (cell[1], cell[3])])
    if len(xs) < 3 or len(ys) < 3:
        return None
    texts = {
        box: text
        for row, texts_of_row in zip(found.rows, found.extract(x_tolerance=2, y_tolerance=3), strict=False)
        for box, text in zip(row.cells, texts_of_row, strict=False)
        if box is not None
    }
    cells = [
        [_at(ys, top), _at(xs, left), _at(ys, bottom) - 1, _at(xs, right) - 1, texts.get((left, top, right, bottom))]
        for left, top, right, bottom in found.cells
    ]
    return {"xs": xs, "n_rows": len(ys) - 1, "n_columns": len(xs) - 1, "cells": cells, "is_ruled": True}


def _edges(values: Sequence[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 2:
            edges.append(value)
    return edges


def _at(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


Word = tuple[float, float, float, float, str]
"""Left, right, middle height, height of the letters, text."""


def unruled(words: Sequence[Word]) -> dict[str, Any] | None:
    """Puts words into lines and columns; None where they do not stand in columns."""
    lines = _lines(words)
    spread = [line for line in lines if len(line) > 1]
    if len(spread) < max(_MIN_LINES, _SHARE_IN_COLUMNS * len(lines)):
        return None
    columns = _columns(spread)
    if len(columns) < 2:
        return None
    cells: list[list[Any]] = []
    for row, line in enumerate(lines):
        texts: dict[int, list[str]] = {}
        for word in line:
            at = max(range(len(columns)), key=lambda i: _overlap(word, columns[i]))
            texts.setdefault(at, []).append(word[4])
        cells += [[row, at, row, at, " ".join(parts)] for at, parts in sorted(texts.items())]
    xs = [left for left, _ in columns] + [columns[-1][1]]
    return {"xs": xs, "n_rows": len(lines), "n_columns": len(columns), "cells": cells, "is_ruled": False}


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w[2], w[0])):
        if lines and word[2] - lines[-1][0][2] <= max(2.0, 0.5 * word[3]):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line) for line in lines]


def _columns(lines: Sequence[Sequence[Word]]) -> list[tuple[float, float]]:
    """What lies between gaps that reach down the page; a few words across (a title) do not close a gap."""
    allowed = int(len(lines) * _SHARE_ACROSS)
    events = sorted((x, step) for line in lines for word in line for x, step in ((word[0], 1), (word[1], -1)))
    filled: list[tuple[float, float]] = []
    depth = 0
    for (x, step), (following, _) in pairwise(events):
        depth += step
        if depth > allowed and following > x:
            if filled and x - filled[-1][1] < _GAP_PT:
                filled[-1] = (filled[-1][0], following)
            else:
                filled.append((x, following))
    return filled


def _overlap(word: Word, column: tuple[float, float]) -> tuple[float, float]:
    shared = min(word[1], column[1]) - max(word[0], column[0])
    return max(shared, 0.0), -abs((word[0] + word[1]) / 2 - (column[0] + column[1]) / 2)


if __name__ == "__main__":
    found = read_pages(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
    sys.stdout.buffer.write(json.dumps(found).encode("utf-8", "surrogatepass"))
