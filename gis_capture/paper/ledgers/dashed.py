"""Finds lines of dashes or dots, as they stand between the rows of many printed ledgers."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.paper.ledgers.straighten import Pixels

# Dashes are thin, and follow one another closely, for longer than the strokes of any letters do.
_THICKEST_MM, _GAP_MM, _LEAST_MM, _LEAST_INKED, _DOT_MM = 0.65, 1.7, 12.0, 0.25, 0.5
_NEAR_MM, _BLOT_MM = 80.0, 5.0


def dashed_lines(
    contrast: Pixels, solid: tuple[Pixels, Pixels], px_per_mm: float, faint: float
) -> tuple[Pixels, Pixels]:
    """Where level and upright lines of dashes or dots are, their gaps filled; 255.

    Args:
        contrast: Of letters and lines.
        solid: Where level and upright lines are that have no gaps.
        px_per_mm: Of them.
        faint: The least contrast of ink.
    """
    found = np.zeros_like(contrast), np.zeros_like(contrast)
    ink = contrast[contrast >= faint]
    if not ink.size:
        return found
    # What stands close has run together in the scan, and comes apart where only the darker part of it counts.
    for least in (faint, *(share * float(np.percentile(ink, 80)) for share in (0.45, 0.75))):
        is_ink = contrast >= least
        cv2.max(found[0], _level(is_ink & ~_beside(solid[1]), px_per_mm), found[0])
        others = cv2.max(solid[0], found[0])
        upright = _level(np.ascontiguousarray((is_ink & ~_beside(others)).T), px_per_mm).T
        cv2.max(found[1], np.ascontiguousarray(upright), found[1])
    return found


def _beside(line: Pixels) -> NDArray[np.bool_]:
    beside: NDArray[np.bool_] = cv2.dilate(line, np.ones((5, 5), np.uint8)) > 0
    return beside


def _level(ink: NDArray[np.bool_], px_per_mm: float) -> Pixels:
    """Thin pieces of ink that follow one another from left to right, joined."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    thickest = max(round(_THICKEST_MM * px_per_mm), 3)
    is_long = (stats[:, 2] >= 0.8 * stats[:, 3]) | (stats[:, 3] <= _DOT_MM * px_per_mm)
    is_dash = (stats[:, 3] <= thickest) & is_long & (stats[:, 4] > 2)
    is_dash[0] = False
    dashes = is_dash[labels].astype(np.uint8)
    # They lie a little above and below one another where the page is not quite level.
    wide = cv2.dilate(dashes, np.ones((3, 1), np.uint8))
    chained = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((1, max(int(_GAP_MM * px_per_mm), 3)), np.uint8))
    n, labels, stats, _ = cv2.connectedComponentsWithStats(chained)
    inked = np.bincount(labels[wide > 0], minlength=n) / np.maximum(stats[:, 4], 1)
    # A screen of dots, as it shades cells, is as high as wide.
    is_line = (stats[:, 2] >= _LEAST_MM * px_per_mm) & (stats[:, 3] <= 2 * thickest) & (inked >= _LEAST_INKED)
    is_line[0] = False
    return _completed(is_line[labels].astype(np.uint8) * 255, ink, thickest, px_per_mm)


def _completed(line: Pixels, ink: NDArray[np.bool_], thickest: int, px_per_mm: float) -> Pixels:
    """Lines with what goes on at their height, where dashes have run into one another or into something else."""
    if not line.any():
        return line
    drawn = ink.astype(np.uint8) * 255
    drawn[cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((thickest + 2, 1), np.uint8)) > 0] = 0
    drawn = cv2.dilate(drawn, np.ones((3, 1), np.uint8))
    for operation, length_mm in ((cv2.MORPH_CLOSE, _GAP_MM / 2), (cv2.MORPH_OPEN, _LEAST_MM / 3)):
        drawn = cv2.morphologyEx(drawn, operation, np.ones((1, int(length_mm * px_per_mm)), np.uint8))
    near = cv2.dilate(line, np.ones((3, int(_NEAR_MM * px_per_mm)), np.uint8))
    blot = np.ones((3, int(_BLOT_MM * px_per_mm)), np.uint8)
    whole: Pixels = cv2.morphologyEx(cv2.max(line, cv2.min(drawn, near)), cv2.MORPH_CLOSE, blot)
    return whole
