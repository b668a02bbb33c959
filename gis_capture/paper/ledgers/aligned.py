"""Finds a table without lines, by how its texts stand below one another."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.paper.ledgers.places import MAX_COLUMNS, MAX_ROWS, Grid, Place
from gis_capture.paper.ledgers.straighten import Pixels

# Prose and charts have few columns, many texts in each, and rows that keep to none.
_LEAST_COLUMNS, _MOST_TEXTS, _LEAST_FULL = 3, 1.5, 0.75
_INK_BELOW, _CLOSE, _GAP = 170, 0.35, 0.8


def find_aligned(plain: Pixels, px_per_mm: float) -> Grid | None:
    """A table of at least three columns: rows of text, and the gaps that nearly all of them leave free.

    Args:
        plain: Straightened, without ruling lines.
        px_per_mm: Of it.
    """
    ink = _letters(plain, px_per_mm)
    rows = _runs(ink.max(axis=1) > 0, gap=int(0.5 * px_per_mm), least=int(1.2 * px_per_mm))
    if len(rows) < 3:
        return None
    em = float(np.median([bottom - top for top, bottom in rows]))
    rows = _staggered(ink, rows, em)
    covered = np.array([_covered(ink[top:bottom], em) for top, bottom in rows])
    # Titles and page numbers are short rows at the ends.
    parts = np.array([len(_runs(one, gap=0, least=1)) for one in covered])
    usual = float(np.median(parts))
    full = np.flatnonzero(parts >= max(usual * 0.5, 2))
    if len(full) < 3:
        return None
    rows, covered = rows[full[0] : full[-1] + 1], covered[full[0] : full[-1] + 1]
    edges = _edges(covered, em)
    n_columns = len(edges) - 1
    is_table = usual <= _MOST_TEXTS * n_columns and len(full) >= _LEAST_FULL * len(rows)
    if not (is_table and _LEAST_COLUMNS <= n_columns <= MAX_COLUMNS and len(rows) <= MAX_ROWS):
        return None
    margin = int(em / 5)
    rows = [(max(top - margin, 0), min(bottom + margin, len(plain))) for top, bottom in rows]
    places = _head_of_two(ink, rows[0], edges, em)
    n_more = 1 if places else 0
    for n_row in range(n_more, len(rows)):
        places += _row_places(n_row + n_more, rows[n_row], ink, edges, em)
    return Grid(len(rows) + n_more, n_columns, tuple(places), edges, has_lines=False)


def _letters(plain: Pixels, px_per_mm: float) -> Pixels:
    """Where letters are; specks and pictures are none."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((plain < _INK_BELOW).astype(np.uint8))
    sizes = stats[:, 2:4].max(axis=1) / px_per_mm
    is_letter = (sizes > 0.5) & (sizes < 12) & (stats[:, 4] > 6)
    is_letter[0] = False
    ink: Pixels = is_letter[labels].astype(np.uint8)
    return ink


def _staggered(ink: Pixels, rows: Sequence[tuple[int, int]], em: float) -> list[tuple[int, int]]:
    """Joins what stands beside one another at half a line: one line in the middle of two."""
    joined = [rows[0]]
    for top, bottom in rows[1:]:
        start, end = joined[-1]
        last = _covered(ink[max(end - int(em / 2), start) : end], em)
        first = _covered(ink[top : min(top + int(em / 2), bottom)], em)
        if top - end < _CLOSE * em and not (last & first).any():
            joined[-1] = start, bottom
        else:
            joined.append((top, bottom))
    return joined


def _covered(ink: Pixels, em: float) -> NDArray[np.bool_]:
    """What the texts of a row take of the width, their letters joined."""
    covered = np.zeros(ink.shape[1], bool)
    for start, end in _runs(ink.max(axis=0) > 0, gap=int(0.55 * em), least=1):
        covered[start:end] = True
    return covered


def _edges(covered: NDArray[np.bool_], em: float) -> tuple[int, ...]:
    """Of the columns: in the middle of what nearly all rows leave free, and all of them where there is such a place."""
    share = covered.mean(axis=0)
    used = np.flatnonzero(share > 0)
    middles = []
    for start, end in _runs(share <= 0.04, gap=0, least=int(0.7 * em)):
        if start > used[0] and end < used[-1]:
            wholly = _runs(share[start:end] == 0, gap=0, least=1)
            low, high = max(wholly, key=lambda run: run[1] - run[0], default=(0, end - start))
            middles.append(start + (low + high) // 2)
    return max(int(used[0] - em / 2), 0), *middles, min(int(used[-1] + em / 2), covered.shape[1])


def _row_places(row: int, lines: tuple[int, int], ink: Pixels, edges: Sequence[int], em: float) -> list[Place]:
    """The places of a row; a text that runs over an edge belongs to both columns, and is in doubt.

    So are two texts in one: the gap between their columns may not have been found.
    """
    top, bottom = lines
    near = max(int(0.15 * em), 1)
    is_crossed = [bool(ink[top:bottom, edge - near : edge + near + 1].any()) for edge in edges]
    covered, found, column = _covered(ink[top:bottom], em), [], 0
    while column < len(edges) - 1:
        wide = 1
        while column + wide < len(edges) - 1 and is_crossed[column + wide]:
            wide += 1
        box = (edges[column], top, edges[column + wide], bottom)
        n_texts = len(_runs(covered[edges[column] : edges[column + wide]], gap=int(_GAP * em), least=1))
        found.append(Place(row, column, 1, wide, box, is_sure=wide == 1 and n_texts < 2))
        column += wide
    return found


def _head_of_two(ink: Pixels, lines: tuple[int, int], edges: Sequence[int], em: float) -> list[Place]:
    """The places of a header of two lines, which texts in the middle of both run together; none where it is no such.

    An upper text also heads the columns beside it that have a lower text alone.
    """
    top, bottom = lines
    parts = [ink[top:bottom, left:right] for left, right in pairwise(edges)]
    texts = [_runs(part.max(axis=1) > 0, gap=int(0.3 * em), least=1) for part in parts]
    widths = [int(part.any(axis=0).sum()) for part in parts]
    # What is written from top to bottom is narrow.
    has_two = [len(runs) == 2 and width > 1.2 * em for runs, width in zip(texts, widths, strict=True)]
    two = [runs for runs, is_two in zip(texts, has_two, strict=True) if is_two]
    low, high = max((runs[0][1] for runs in two), default=0), min((runs[1][0] for runs in two), default=0)
    if not low < high:
        return []
    middle = (low + high) // 2
    has_upper, has_lower = ([bool(part[half].any()) for part in parts] for half in (np.s_[:middle], np.s_[middle:]))
    is_whole = [not one and upper == lower for one, upper, lower in zip(has_two, has_upper, has_lower, strict=True)]
    found, column = [], 0
    while column < len(parts):
        left, right, wide = edges[column], edges[column + 1], 1
        if is_whole[column]:
            found.append(Place(0, column, 2, 1, (left, top, right, bottom)))
            column += 1
            continue
        while has_upper[column] and column + wide < len(parts) and has_lower[column + wide] > has_upper[column + wide]:
            wide += 1
        found.append(Place(0, column, 1, wide, (left, top, edges[column + wide], top + middle), is_sure=wide == 1))
        found += [
            Place(1, one, 1, 1, (edges[one], top + middle, edges[one + 1], bottom))
            for one in range(column, column + wide)
        ]
        column += wide
    return found


def _runs(is_set: NDArray[np.bool_], *, gap: int, least: int) -> Sequence[tuple[int, int]]:
    """Stretches where something is set; gaps up to a width are passed over, short ones left out."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_set, [False]]).astype(np.int8))).reshape(-1, 2)
    joined: list[list[int]] = []
    for start, end in edges.tolist():
        if joined and start - joined[-1][1] <= gap:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    return [(start, end) for start, end in joined if end - start >= least]
