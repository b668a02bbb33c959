"""Tables of pages become tables of the ledger: what continues is joined, headers that are repeated are left out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rapidfuzz import fuzz

from gis_capture.paper.ledgers.checks import Known, judge
from gis_capture.paper.ledgers.letters import key, tidy
from gis_capture.paper.ledgers.table import ScannedCell, ScannedTable, cell_from_json

MAX_HEADER_ROWS = 4
_SAME_HEADER = 65
_SAME_EDGES = 0.025
_SAME_TEXT, _MOST_SAME = 50, 0.7
_MOST_UNSURE = 0.15
_MOST_NUMBERS = 0.3


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of one page; its column edges are shares of its width."""

    n_rows: int
    n_columns: int
    edges: tuple[float, ...]
    cells: tuple[ScannedCell, ...]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "PageTable":
        """Reads what `asdict` gives."""
        cells = tuple(map(cell_from_json, document["cells"]))
        return cls(document["n_rows"], document["n_columns"], tuple(document["edges"]), cells)

    def texts(self, row: int) -> list[str]:
        """The texts of a row, by its places."""
        found = [""] * self.n_columns
        for cell in self.cells:
            if cell.row == row and cell.readings:
                found[cell.column] = key(cell.readings[0].text)
        return found


def assemble(pages: Sequence[Sequence[PageTable]], known: Known) -> tuple[ScannedTable, ...]:
    """Joins the tables of all pages, and judges the cells of each."""
    chains: list[list[PageTable]] = []
    for tables in _doubted(pages):
        for place, table in enumerate(tables):
            is_continued = place == 0 and chains and _continues(chains[-1][-1], table)
            if is_continued:
                chains[-1].append(table)
            else:
                chains.append([table])
    return tuple(judge(_joined(chain), known) for chain in chains)


def _doubted(pages: Sequence[Sequence[PageTable]]) -> list[list[PageTable]]:
    """The tables; where the columns of one cannot be trusted, every cell of it with ink waits for a person."""
    firsts = [tables[0] for tables in pages if tables]
    return [
        [
            _in_doubt(table)
            if _is_unsure(table) or (place == 0 and any(_contradicts(table, other) for other in firsts))
            else table
            for place, table in enumerate(tables)
        ]
        for tables in pages
    ]


def _is_unsure(table: PageTable) -> bool:
    unsure = sum("several_cells" in cell.doubts for cell in table.cells)
    return unsure > _MOST_UNSURE * len(table.cells)


def _contradicts(table: PageTable, other: PageTable) -> bool:
    """Whether two pages have the same header, but not the same columns: a fold is taken for a line on one of them.

    Programs that print each page with columns as wide as its own texts move many edges, and no header cell.
    """
    if table.n_columns == other.n_columns:
        # A frame that was found a little too wide moves all edges alike.
        fitted = np.polyval(np.polyfit(table.edges, other.edges, 1), table.edges)
        apart = np.abs(fitted - other.edges).max()
        if apart < _SAME_EDGES:
            return False
        if _apart_but_for_two(table, other) > max(_SAME_EDGES / 2, apart / 3) and _same_header_cells(table, other):
            return False
    header, its_header = "".join(table.texts(0)), "".join(other.texts(0))
    return len(header) > 1 and fuzz.ratio(header, its_header) >= _SAME_HEADER


def _apart_but_for_two(table: PageTable, other: PageTable) -> float:
    """How far edges are apart at most, without the two inner ones that are apart most: those that folds may be."""
    one, its = np.asarray(table.edges), np.asarray(other.edges)
    i, j = np.triu_indices(len(one), 1)
    left = its - float(np.median((its[j] - its[i]) / (one[j] - one[i]))) * one
    apart = np.abs(left - np.median(left))
    return float(max(apart[0], apart[-1], *np.sort(apart[1:-1])[:-2]))


def _same_header_cells(table: PageTable, other: PageTable) -> bool:
    """Whether the headers have the same cells, each with nearly the same text: an edge that a fold moved cuts texts."""
    heads = [
        {
            (cell.row, cell.column, cell.row_span, cell.column_span): key(cell.readings[0].text)
            for cell in one.cells
            if cell.row < _header_rows(one) and cell.readings
        }
        for one in (table, other)
    ]
    if not heads[0] or heads[0].keys() != heads[1].keys():
        return False
    return min(fuzz.ratio(text, heads[1][place]) for place, text in heads[0].items()) >= _SAME_TEXT and (
        sum(text == heads[1][place] for place, text in heads[0].items()) >= _MOST_SAME * len(heads[0])
    )


def _in_doubt(table: PageTable) -> PageTable:
    cells = tuple(
        replace(cell, doubts=tuple(dict.fromkeys((*cell.doubts, "several_cells")))) if cell.readings else cell
        for cell in table.cells
    )
    return replace(table, cells=cells)


def _continues(table: PageTable, following: PageTable) -> bool:
    if table.n_columns != following.n_columns or table.cells[0].page == following.cells[0].page:
        return False
    edges = zip(table.edges, following.edges, strict=True)
    return _n_alike(table, following) > 0 or all(abs(one - other) < _SAME_EDGES for one, other in edges)


def _n_alike(table: PageTable, following: PageTable) -> int:
    """How many rows of the header of one stand above the other as well; stamps and folds may have spoilt some of it."""
    n = 0
    while n < min(_header_rows(table), table.n_rows, following.n_rows):
        one, other = "|".join(table.texts(n)), "|".join(following.texts(n))
        if len(one.replace("|", "")) < 2 or fuzz.ratio(one, other) < _SAME_HEADER:
            break
        n += 1
    return n


def _joined(chain: Sequence[PageTable]) -> ScannedTable:
    first = chain[0]
    alike = [_n_alike(first, other) for other in chain[1:]]
    header_rows = max([_header_rows(first), *alike])
    cells = list(first.cells)
    n_rows = first.n_rows
    for table, n_repeated in zip(chain[1:], alike, strict=True):
        skipped = header_rows if n_repeated else 0
        cells += [replace(cell, row=cell.row - skipped + n_rows) for cell in table.cells if cell.row >= skipped]
        n_rows += table.n_rows - skipped
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return ScannedTable(n_rows, first.n_columns, min(header_rows, n_rows), tuple(cells))


def _header_rows(table: PageTable) -> int:
    """How many rows are a header: what merged cells span, and rows without numbers above columns of numbers."""
    top = [cell for cell in table.cells if cell.row == 0]
    spans = max((cell.row_span for cell in top), default=1)
    if spans == 1 and any(cell.column_span > 1 for cell in top):
        spans = 2
    numbers = [
        [bool(re.search(r"\d", tidy(text))) for text in table.texts(row)] for row in range(min(table.n_rows, 24))
    ]
    body = numbers[MAX_HEADER_ROWS:]
    columns = [
        column for column in range(table.n_columns) if body and sum(row[column] for row in body) > 0.7 * len(body)
    ]
    leading = 0
    # A unit may have a digit (m2), or what a stamp lies over be read as one.
    while (
        columns
        and leading < min(MAX_HEADER_ROWS, len(numbers))
        and sum(numbers[leading][one] for one in columns) <= _MOST_NUMBERS * len(columns)
    ):
        leading += 1
    if columns and leading == 0:
        # Values begin at once.
        return 0 if spans == 1 else spans
    return max(spans, leading, 1)
