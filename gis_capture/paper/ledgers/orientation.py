"""Which way up a page lies: engines are only sure of letters that stand upright."""

import cv2
import numpy as np

from gis_capture.paper.ledgers.engines import Engine, with_margin
from gis_capture.paper.ledgers.straighten import Pixels, line_contrasts, line_masks

_N_WORDS = 14
_SURE = 0.85
TURNS = (0, 90, 180, 270)


def turned(picture: Pixels, degrees: int) -> Pixels:
    """A page turned clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(picture, -(degrees // 90)))


def find_turn(gray: Pixels, engine: Engine, px_per_mm: float) -> int:
    """By how many degrees a page has to be turned clockwise; 0 where nothing tells.

    Args:
        gray: Even, level, paper white.
        engine: That is asked.
        px_per_mm: Of the page.
    """
    words = _words(gray, px_per_mm)
    if not words:
        return 0
    is_level = sum(word.shape[1] > word.shape[0] for word in words) * 2 >= len(words)
    words = [word for word in words if (word.shape[1] > word.shape[0]) == is_level]
    scores = {}
    for degrees in (0, 180) if is_level else (90, 270):
        readings = engine.read([turned(word, degrees) for word in words])
        scores[degrees] = float(np.mean([min(len(one.text), 4) * one.confidence**0.5 for one in readings]))
        if degrees == 0 and np.median([one.confidence for one in readings]) > _SURE:
            return 0
    return max(scores, key=lambda degrees: scores[degrees])


def _words(gray: Pixels, px_per_mm: float) -> list[Pixels]:
    """The longest words of a page, whichever way they run."""
    contrasts = line_contrasts(gray, max(int(1.3 * px_per_mm), 5))
    level, upright = line_masks(contrasts, max(int(4.6 * px_per_mm), 12), 40)
    plain = gray.copy()
    plain[cv2.dilate(cv2.max(level, upright), np.ones((5, 5), np.uint8)) > 0] = 255
    near = max(int(0.9 * px_per_mm), 3)
    joined = cv2.dilate((plain < 150).astype(np.uint8), np.ones((near, near), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    found = []
    for left, top, width, height, _ in stats[1:]:
        short, long = sorted((width / px_per_mm, height / px_per_mm))
        if 2 < short < 7 and 2.2 * short < long < 60:
            found.append((long / short, (left, top, width, height)))
    found.sort(reverse=True)
    step = max(len(found) // (2 * _N_WORDS), 1)
    boxes = [box for _, box in found[::step][:_N_WORDS]]
    return [with_margin(plain[y : y + height, x : x + width], near) for x, y, width, height in boxes]
