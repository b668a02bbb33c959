"""Finds tables on a straightened page: by their ruling lines, else by how their texts stand below one another."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.paper.ledgers.aligned import find_aligned
from gis_capture.paper.ledgers.dashed import dashed_lines
from gis_capture.paper.ledgers.folds import Upright, lift_fold, without_folds
from gis_capture.paper.ledgers.places import MAX_COLUMNS, MAX_ROWS, Grid, Place
from gis_capture.paper.ledgers.straighten import Pixels, line_contrasts, line_masks

_LINE_MM, _ALONE_MM, _THICK_MM = 4.6, 9.0, 1.3
_FAINT, _FOLD_SHARE = 24, 0.45
_SAME_LINE_MM = 1.1
_IS_LINE, _IS_NO_LINE = 0.6, 0.25
_SMALLEST_MM = 2.2
_LEAST_EVEN, _EVEN, _MOST_EVEN, _MOST_DRAWN = 10, 0.06, 0.8, 0.9


def find_grids(gray: Pixels, px_per_mm: float) -> tuple[list[Grid], Pixels]:
    """Finds the tables from top to bottom; gives them, and the page without its ruling lines.

    Args:
        gray: Straightened, paper white.
        px_per_mm: Of it.
    """
    contrasts, length = line_contrasts(gray, max(int(_THICK_MM * px_per_mm), 5)), max(int(_LINE_MM * px_per_mm), 12)
    everything = masks = line_masks(contrasts, length, _FAINT)
    lines = cv2.max(*everything)
    if lines.any():
        # Folds are drawn fainter than the table.
        usual = float(np.median(cv2.max(*contrasts)[lines > 0]))
        masks = line_masks(contrasts, length, max(_FOLD_SHARE * usual, _FAINT))
    dashed = dashed_lines(cv2.max(*contrasts), everything, px_per_mm, _FAINT)
    lines = cv2.dilate(cv2.max(cv2.max(*everything), cv2.max(*dashed)), np.ones((3, 3), np.uint8))
    near = int(_SAME_LINE_MM * px_per_mm) | 1
    n, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(lines, np.ones((near, near), np.uint8)))
    # Strokes of small letters run into one another and look like short lines.
    is_line = stats[:, 2:4].max(axis=1) > _ALONE_MM * px_per_mm
    is_drawn = (lines > 0) & is_line[labels]
    # So does a long stroke that runs into the next letter (一部), though it stands by itself.
    _, pieces, sizes, _ = cv2.connectedComponentsWithStats(lines)
    is_long = sizes[:, 2:4].max(axis=1) > _ALONE_MM * px_per_mm
    plain = gray.copy()
    plain[is_drawn & is_long[pieces]] = 255
    grids = []
    for label in range(1, n):
        left, top, width, height = (int(edge) for edge in stats[label, :4])
        if width < 30 * px_per_mm or height < 8 * px_per_mm:
            continue
        window = np.s_[top : top + height, left : left + width]
        is_here = labels[window] == label
        (level, all_level, level_dashes, of_level), (upright, all_upright, upright_dashes, of_upright) = (
            [one[window] * is_here for one in direction]
            for direction in zip(masks, everything, dashed, contrasts, strict=True)
        )
        found = _lines(level.T, all_level.T, level_dashes.T, of_level.T, px_per_mm)
        upright_found = _lines(upright, all_upright, upright_dashes, of_upright, px_per_mm)
        level, guessed = _with_even_rows(found.lines.T, all_level, upright_found.lines, found.alone, px_per_mm)
        grid = _ruled(level, upright_found.lines, px_per_mm, (left, top), guessed)
        for one, folds, its_plain in (
            (gray[window], upright_found.alone, plain[window]),
            (gray[window].T, found.alone, plain[window].T),
        ):
            for fold in folds if grid is not None else ():
                lift_fold(one, fold, its_plain, px_per_mm)
        if grid is not None:
            grids.append(grid)
    # A frame around everything holds no table of its own.
    grids = [one for one in grids if one.n_columns > 1 and one.n_rows > 1 and len(one.places) > 3]
    borders = np.zeros_like(gray)
    for left, top, right, bottom in (place.box for grid in grids for place in grid.places):
        cv2.rectangle(borders, (left, top), (right, bottom), 255, near)
    plain[is_drawn & (borders > 0)] = 255
    if not grids:
        aligned = find_aligned(plain, px_per_mm)
        grids = [aligned] if aligned else []
    return sorted(grids, key=lambda grid: grid.box[1]), plain


def _lines(mask: Pixels, all_of_it: Pixels, dashes: Pixels, contrast: Pixels, px_per_mm: float) -> Upright:
    """Upright lines, whole and dashed, without folds: noise breaks a fold into dashes, and a line beside one too."""
    whole = without_folds(mask, all_of_it, contrast, px_per_mm)
    if not dashes.any():
        return whole
    more = without_folds(np.maximum(mask, dashes), np.maximum(all_of_it, dashes), contrast, px_per_mm)
    return Upright(np.maximum(whole.lines, more.lines), whole.alone)


def _with_even_rows(
    level: Pixels, all_of_it: Pixels, upright: Pixels, folds: Sequence[tuple[int, int]], px_per_mm: float
) -> tuple[Pixels, list[int]]:
    """Level lines with those that a fold hides, where one is missing among rows of one height; and where those are.

    `folds` are those that surely hide none: a row is higher than others there.
    """
    rows, columns = (
        _positions(one / 255, px_per_mm) for one in (level.sum(axis=1, dtype=float), upright.sum(axis=0, dtype=float))
    )
    if len(rows) < _LEAST_EVEN or len(columns) < 2:
        return level, []
    heights = np.diff(rows)
    usual = float(np.median(heights))
    if (np.abs(heights - usual) < _EVEN * usual).mean() < _MOST_EVEN:
        return level, []
    whole, guessed, reach = level.copy(), [], max(int(_SAME_LINE_MM * px_per_mm * 0.7), 2)
    for above, height in zip(rows[:-1], heights, strict=True):
        y = above + round(height / 2)
        fold = np.s_[y - reach : y + reach + 1, columns[0] : columns[-1]]
        if any(first - reach < y < last + reach for first, last in folds):
            continue
        if abs(height - 2 * usual) < _EVEN * usual and (all_of_it[fold] > 0).any(axis=0).mean() > _MOST_DRAWN:
            whole[fold] = np.maximum(whole[fold], all_of_it[fold])
            guessed.append(y)
    return whole, guessed


def _ruled(
    level: Pixels, upright: Pixels, px_per_mm: float, corner: tuple[int, int], guessed: list[int]
) -> Grid | None:
    rows = _positions(level.sum(axis=1, dtype=np.float64) / 255, px_per_mm)
    columns = _positions(upright.sum(axis=0, dtype=np.float64) / 255, px_per_mm)
    if not (1 < len(rows) <= MAX_ROWS and 1 < len(columns) <= MAX_COLUMNS):
        return None
    right, below = _sides(level, upright, rows, columns, max(int(_SAME_LINE_MM * px_per_mm * 0.7), 2))
    # What is drawn at a few rows only is a fold or a stroke.
    columns = [one for one, share in zip(columns, (right >= 0.5).mean(axis=0), strict=True) if share > 0.3]
    rows = [one for one, share in zip(rows, (below >= 0.5).mean(axis=1), strict=True) if share > 0.15]
    n_rows, n_columns = len(rows) - 1, len(columns) - 1
    if n_rows < 1 or n_columns < 1:
        return None
    right, below = _sides(level, upright, rows, columns, max(int(_SAME_LINE_MM * px_per_mm * 0.7), 2))
    right, below = right[:, 1:], below[1:]
    places = [
        Place(
            row,
            column,
            row_span,
            column_span,
            (
                columns[column] + corner[0],
                rows[row] + corner[1],
                columns[column + column_span] + corner[0],
                rows[row + row_span] + corner[1],
            ),
            is_sure
            and not any(
                abs(rows[one] - y) < _SMALLEST_MM * px_per_mm for one in (row, row + row_span) for y in guessed
            ),
        )
        for row, column, row_span, column_span, is_sure in _merged(right, below)
    ]
    return Grid(n_rows, n_columns, tuple(places), tuple(one + corner[0] for one in columns), has_lines=True)


def _sides(
    level: Pixels, upright: Pixels, rows: list[int], columns: list[int], reach: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much of each stretch of each upright and of each level line is drawn, 0 to 1."""
    n_rows, n_columns = len(rows) - 1, len(columns) - 1
    drawn_upright, drawn_level = np.zeros((n_rows, n_columns + 1)), np.zeros((n_rows + 1, n_columns))
    for row in range(n_rows):
        inside = np.s_[rows[row] + reach : max(rows[row + 1] - reach, rows[row] + reach + 1)]
        for n, x in enumerate(columns):
            drawn_upright[row, n] = upright[inside, max(x - reach, 0) : x + reach + 1].any(axis=1).mean()
    for column in range(n_columns):
        inside = np.s_[columns[column] + reach : max(columns[column + 1] - reach, columns[column] + reach + 1)]
        for n, y in enumerate(rows):
            drawn_level[n, column] = level[max(y - reach, 0) : y + reach + 1, inside].any(axis=0).mean()
    return drawn_upright, drawn_level


def _positions(drawn: NDArray[np.float64], px_per_mm: float) -> list[int]:
    """Where lines run, from how much of each pixel row is drawn."""
    least = max(_LINE_MM * px_per_mm * 0.9, 1)
    is_drawn = drawn >= least
    found: list[int] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_drawn, [False]]).astype(np.int8)))
    for start, end in edges.reshape(-1, 2):
        weight = drawn[start:end]
        middle = round(float((np.arange(start, end) * weight).sum() / weight.sum()))
        if found and middle - found[-1] < _SMALLEST_MM * px_per_mm:
            found[-1] = (found[-1] + middle) // 2
        else:
            found.append(middle)
    return found


def _merged(right: NDArray[np.float64], below: NDArray[np.float64]) -> list[tuple[int, int, int, int, bool]]:
    """Joins places with no line between them, where they make a rectangle."""
    n_rows, n_columns = right.shape
    taken = np.zeros((n_rows, n_columns), bool)
    found = []
    for row in range(n_rows):
        for column in range(n_columns):
            if taken[row, column]:
                continue
            wide, high = 1, 1
            while column + wide < n_columns and right[row, column + wide - 1] < 0.5 and not taken[row, column + wide]:
                wide += 1
            while row + high < n_rows and (below[row + high - 1, column : column + wide] < 0.5).all():
                inner = right[row + high, column : column + wide - 1]
                if (inner >= 0.5).any() or taken[row + high, column : column + wide].any():
                    break
                high += 1
            taken[row : row + high, column : column + wide] = True
            sides = np.concatenate(
                [
                    right[row : row + high, column : column + wide].ravel(),
                    below[row : row + high, column : column + wide].ravel(),
                    right[row : row + high, column - 1] if column else np.ones(1),
                    below[row - 1, column : column + wide] if row else np.ones(1),
                ]
            )
            is_sure = not ((sides > _IS_NO_LINE) & (sides < _IS_LINE)).any()
            found.append((row, column, high, wide, is_sure))
    return found
