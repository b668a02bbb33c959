"""Tells folds from ruling lines: they run on beyond the table, and are there as dark as within it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.paper.ledgers.straighten import Pixels

_GAP_MM, _SEED_MM, _BEYOND_MM, _STRETCH_MM = 2.0, 12.0, 2.5, 3.0
_LIFTED_MM = 24.0
_SAME_PLACE_MM, _DRIFT_MM = 0.55, 0.3
# How much darker than beyond the table a fold is where a line lies in it, and where there surely is none.
_WITH_LINE, _WITHOUT_LINE = 1.15, 1.08


@dataclass(frozen=True, slots=True)
class Upright:
    """Upright lines without folds.

    Attributes:
        lines: 255 where they are.
        alone: Where folds run that no line lies in: the first column of pixels of each, and the one after its last.
    """

    lines: Pixels
    alone: tuple[tuple[int, int], ...]


def without_folds(mask: Pixels, all_of_it: Pixels, contrast: Pixels, px_per_mm: float) -> Upright:
    """Upright lines without those that run on beyond the table, be it faintly: a fold, or the edge of the paper.

    A line that a fold lies on, or beside, stays: there it is darker than beyond the table, from one edge to the other.

    Args:
        mask: Lines as dark as the table's; 255.
        all_of_it: Fainter ones too.
        contrast: How much darker than its surroundings each pixel is.
        px_per_mm: Of them.
    """
    gap = np.ones((int(_GAP_MM * px_per_mm), 3), np.uint8)
    n, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(all_of_it, cv2.MORPH_CLOSE, gap))
    if n < 4:
        return Upright(mask, ())
    tops, bottoms = stats[:, 1], stats[:, 1] + stats[:, 3]
    # The longest may be folds themselves.
    is_long = stats[1:, 3] > 0.5 * np.sort(stats[1:, 3])[-3]
    top, bottom = int(np.median(tops[1:][is_long])), int(np.median(bottoms[1:][is_long]))
    beyond, away, stretch = (
        _BEYOND_MM * px_per_mm,
        int(_BEYOND_MM / 2 * px_per_mm),
        max(int(_STRETCH_MM * px_per_mm), 1),
    )
    is_fold = (tops < top - beyond) | (bottoms > bottom + beyond)
    is_fold[0] = False
    # A fold that ink and noise have broken goes on at the same place.
    at = stats[:, 0] + stats[:, 2] / 2
    seeds = np.flatnonzero(is_fold & (stats[:, 3] > _SEED_MM * px_per_mm))
    near = np.abs(at[:, None] - at[seeds]) < _SAME_PLACE_MM * px_per_mm
    near[0] = False
    is_fold |= near.any(axis=1)
    kept: Pixels = np.where(is_fold[labels], 0, mask).astype(np.uint8)
    alone = []
    for its in near.T:
        columns = np.s_[int(stats[its, 0].min()) : int((stats[its, 0] + stats[its, 2]).max())]
        is_here = its[labels[:, columns]] & (all_of_it[:, columns] > 0)
        darkness = np.where(is_here, contrast[:, columns], 0).astype(np.float32)
        within, beyond_it = darkness[top:bottom], np.vstack([darkness[: max(top - away, 0)], darkness[bottom + away :]])
        darker = [_times_darker(of(within, axis=1), of(beyond_it, axis=1), stretch) for of in (np.max, np.sum)]
        if max(low for low, _ in darker) > _WITH_LINE:
            # What is as dark beyond the table is the fold beside the line.
            excess = within.mean(axis=0) - beyond_it.mean(axis=0)
            near_it = np.ones((1, int(_DRIFT_MM * px_per_mm) | 1), np.uint8)
            is_line = cv2.dilate((excess > excess.max() / 2).astype(np.uint8)[None], near_it) > 0
            kept[top:bottom, columns][is_here[top:bottom] & is_line] = 255
        elif max(middle for _, middle in darker) < _WITHOUT_LINE:
            alone.append((columns.start, columns.stop))
    return Upright(kept, tuple(alone))


def lift_fold(gray: Pixels, fold: tuple[int, int], plain: Pixels, px_per_mm: float) -> None:
    """Writes the columns of an upright fold without its shadow: letters in it are as dark as beside it; all below 255.

    Args:
        gray: In which it is.
        fold: Its first column, and the one after its last.
        plain: What is written to.
        px_per_mm: Of them.
    """
    wider = int(_SAME_PLACE_MM * px_per_mm)
    columns = np.s_[max(fold[0] - wider, 0) : fold[1] + wider]
    part = gray[:, columns].astype(np.float32)
    length = max(int(_LIFTED_MM * px_per_mm), 1)
    shadow = np.ones_like(part)
    for start in range(0, len(part), length):
        # Letters are on the smaller part of all rows.
        shadow[start : start + length] = np.percentile(part[start : start + length], 65, axis=0) / 255
    plain[:, columns] = (part / shadow.clip(0.2, 1)).clip(0, 254)


def _times_darker(within: NDArray[np.float32], beyond: NDArray[np.float32], stretch: int) -> tuple[float, float]:
    """How many times darker a fold is within the table than beyond it: nearly all along, and in the middle.

    Letters and other lines that it crosses are on few stretches. Where there is nothing to compare, it is as dark.
    """
    here, there = (
        np.array([np.median(one[start : start + stretch]) for start in range(0, len(one) - stretch // 3, stretch)])
        for one in (within, beyond)
    )
    there = there[there > 0]
    if not len(here) or not len(there):
        return 1.0, _WITHOUT_LINE
    usual = float(np.percentile(there, 75))
    return float(np.percentile(here, 10)) / usual, float(np.median(here)) / usual
