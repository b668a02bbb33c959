"""The letters of a page: each cell cut out, line for line, and read by every engine."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from gis_capture.paper.ledgers.engines import Engine, with_margin
from gis_capture.paper.ledgers.letters import key
from gis_capture.paper.ledgers.places import Grid, Place
from gis_capture.paper.ledgers.straighten import FlatPage, Pixels
from gis_capture.paper.ledgers.table import MAX_TEXT, Box, Reading, ScannedCell

_INK_BELOW = 150
_SPECK_MM = 0.22
_FINE_PX_PER_MM = 5.0
_BORDER_MM = 1.0
_LETTER_WIDTH_MM = 5.5
_STRUCK_SHARE = 0.25
_COVERED_SHARE = 0.02
_FAINT_BY, _FAINT_MM = 22, 0.9
_LEAST_CROSSED_MM, _CROSSED_SHARE = 3.8, 0.75
MAX_CELL_LINES = 12


def read_cells(page: FlatPage, plain: Pixels, grid: Grid, number: int, engines: Sequence[Engine], px_per_mm: float
) -> list[ScannedCell]:  # fmt: skip
    """Reads the cells of a table of a page; nothing is accepted yet.

    Args:
        page: Straightened.
        plain: It in gray without ruling lines.
        grid: The table.
        number: Of the page.
        engines: That read.
        px_per_mm: Of the page.
    """
    cut = [cut_lines(plain, place.box, px_per_mm) for place in grid.places]
    is_faint = [False] * len(cut)
    for n, place in enumerate(grid.places):
        if not cut[n] and (darker := _darker(plain, place.box, px_per_mm)) is not None:
            is_faint[n], cut[n] = True, cut_lines(darker, (0, 0, *darker.shape[::-1]), px_per_mm)
    lines = [line for lines in cut for line in lines]
    answers = [engine.read(lines) for engine in engines] if lines else [[] for _ in engines]
    cells, start = [], 0
    for place, its_lines, its_faint in zip(grid.places, cut, is_faint, strict=True):
        parts = [answer[start : start + len(its_lines)] for answer in answers]
        start += len(its_lines)
        readings = tuple(_joined(part) for part in parts) if its_lines else ()
        cell = _cell(page, plain, place, number, its_lines, readings, px_per_mm)
        if its_faint:
            cell = replace(cell, doubts=tuple(dict.fromkeys((*cell.doubts, "small"))))
        cells.append(cell)
    return cells


def _darker(plain: Pixels, box: Box, px_per_mm: float) -> Pixels | None:
    """A cell in which letters are little darker than the paper, as a pencil leaves them, made dark; else None."""
    left, top, right, bottom = box
    inside = plain[top:bottom, left:right].astype(np.float32)
    if min(inside.shape) < px_per_mm:
        return None
    paper = float(np.median(inside))
    below = paper - cv2.GaussianBlur(inside, (0, 0), max(0.06 * px_per_mm, 0.5))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((below > _FAINT_BY).astype(np.uint8))
    edge = max(0.35 * px_per_mm, 1)
    # A fold or a shadow runs on beyond the cell.
    is_within = (
        (stats[:, 0] > edge)
        & (stats[:, 1] > edge)
        & (stats[:, 0] + stats[:, 2] < inside.shape[1] - edge)
        & (stats[:, 1] + stats[:, 3] < inside.shape[0] - edge)
    )
    is_letter = is_within & (stats[:, 2:4].max(axis=1) > _FAINT_MM * px_per_mm)
    is_letter[0] = False
    if not is_letter.any():
        return None
    near = cv2.dilate(is_letter[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    by = max(float(np.percentile(below[is_letter[labels]], 90)), 1.0)
    darker: Pixels = np.where(near, 255 - ((paper - inside) / by * 215).clip(0, 235), 255).astype(np.uint8)
    return darker


def _joined(parts: Sequence[Reading]) -> Reading:
    text = "".join(part.text for part in parts)[:MAX_TEXT]
    return Reading(parts[0].engine, text, min(part.confidence for part in parts))


def _cell(
    page: FlatPage,
    plain: Pixels,
    place: Place,
    number: int,
    lines: Sequence[Pixels],
    readings: tuple[Reading, ...],
    px_per_mm: float,
) -> ScannedCell:
    left, top, right, bottom = place.box
    doubts = []
    if not place.is_sure:
        doubts.append("several_cells")
    if (page.stamped[top:bottom, left:right] > 0).mean() > _COVERED_SHARE:
        doubts.append("covered")
    if _is_cut(plain[top:bottom, left:right], px_per_mm) and "several_cells" not in doubts:
        doubts.append("several_cells")
    doubts += _struck(page.gray[top:bottom, left:right], plain[top:bottom, left:right], px_per_mm)
    if lines and px_per_mm < _FINE_PX_PER_MM:
        doubts.append("small")
    if lines and not any(key(one.text) for one in readings):
        doubts.append("unread")
    return ScannedCell(
        place.row, place.column, number, place.box, place.row_span, place.column_span, readings, "", tuple(doubts)
    )


def _is_cut(plain: Pixels, px_per_mm: float) -> bool:
    """Whether letters stand so near to a side that the border may run through a text, as a fold does."""
    inset, near = max(int(0.35 * px_per_mm), 1), max(int(0.75 * px_per_mm), 2)
    ink = plain[2 * inset : -2 * inset] < _INK_BELOW
    return any(int(side.sum()) > (0.2 * px_per_mm) ** 2 for side in (ink[:, inset:near], ink[:, -near:-inset]))


def _struck(gray: Pixels, plain: Pixels, px_per_mm: float) -> list[str]:
    """What is doubted of a cell because a line runs through it that was taken out with the borders."""
    inset = int(_BORDER_MM * px_per_mm)
    inside = np.s_[inset : gray.shape[0] - inset, inset : gray.shape[1] - inset]
    removed = (gray[inside] < 185) & (plain[inside] == 255)
    if removed.size == 0:
        return []
    if removed.any(axis=0).mean() > _STRUCK_SHARE or _is_crossed_out(plain[inside], px_per_mm):
        return ["crossed_out"]
    return ["covered"] if removed.any(axis=1).mean() > _STRUCK_SHARE else []


def _is_crossed_out(inside: Pixels, px_per_mm: float) -> bool:
    """Whether one level stroke runs along nearly all of a text, as none of several letters does."""
    ink = (inside < _INK_BELOW).astype(np.uint8)
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns) or (wide := int(columns[-1] - columns[0])) < _LEAST_CROSSED_MM * px_per_mm:
        return False
    sloping = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    along = np.ones((1, max(int(_CROSSED_SHARE * wide), 1)), np.uint8)
    return bool(cv2.erode(sloping, along, borderType=cv2.BORDER_CONSTANT, borderValue=0).any())


def cut_lines(plain: Pixels, box: Box, px_per_mm: float) -> list[Pixels]:
    """The lines of text in a cell, each with a margin of white; none where there is no ink."""
    left, top, right, bottom = box
    inset = max(int(0.35 * px_per_mm), 1)
    inside = plain[top + inset : bottom - inset, left + inset : right - inset]
    if inside.size == 0:
        return []
    ink = (inside < _INK_BELOW).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    speck = _SPECK_MM * px_per_mm
    is_letter = (stats[:, 2:4].max(axis=1) > max(speck, 2)) & (stats[:, 4] > max(speck * speck, 4))
    is_letter[0] = False
    if not is_letter.any():
        return []
    ink = is_letter[labels]
    rows = _bands(ink.any(axis=1), int(0.25 * px_per_mm), px_per_mm)
    found = []
    margin = max(int(0.45 * px_per_mm), 2)
    for start, end in rows[:MAX_CELL_LINES]:
        columns = np.flatnonzero(ink[start:end].any(axis=0))
        found.append(inside[start:end, columns[0] : columns[-1] + 1])
    if len(found) > 1 and all(line.shape[1] < _LETTER_WIDTH_MM * px_per_mm for line in found):
        found = [_side_by_side(found, margin // 2)]
    return [with_margin(line, margin) for line in found]


def _side_by_side(letters: Sequence[Pixels], gap: int) -> Pixels:
    """What is written from top to bottom as a line from left to right."""
    height = max(len(letter) for letter in letters)
    framed = []
    for letter in letters:
        above = (height - len(letter)) // 2
        sides = above, height - len(letter) - above, gap, gap
        framed.append(cv2.copyMakeBorder(letter, *sides, cv2.BORDER_CONSTANT, value=255))
    line: Pixels = np.hstack(framed)
    return line


def _bands(is_inked: np.ndarray, gap: int, px_per_mm: float) -> list[tuple[int, int]]:
    """Lines of text by the free rows between them; a thin one belongs to its neighbour."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_inked, [False]]).astype(np.int8))).reshape(-1, 2)
    joined: list[list[int]] = []
    for start, end in edges.tolist():
        is_thin = min(end - start, joined[-1][1] - joined[-1][0] if joined else 1 << 30) < 1.5 * px_per_mm
        if joined and (start - joined[-1][1] <= gap or (is_thin and start - joined[-1][1] < 1.0 * px_per_mm)):
            joined[-1][1] = end
        else:
            joined.append([start, end])
    return [(start, end) for start, end in joined]
