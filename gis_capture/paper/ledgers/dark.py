"""Dark areas of a page: pale letters on them become dark ones on white; all else that is dark hides something."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_DARK_SHARE, _LOOKED_AT_PX = 0.55, 900
# Of the long edge: thicker than strokes and lines, and as large as a cell.
_THICK, _LETTER, _LEAST_WIDE, _LEAST_HIGH = 1 / 240, 1 / 60, 1 / 30, 1 / 75
_LEAST_PALE, _LEAST_DARK = 0.02, 0.4


def right_dark_areas(gray: Pixels) -> tuple[Pixels, Pixels]:
    """Gives a page in gray with dark letters where pale ones stood on dark areas, and where it is dark without any.

    What reaches the edge of the picture is not the page.
    """
    scale = _LOOKED_AT_PX / max(gray.shape)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    paper = float(np.median(small))
    dark = (small < _DARK_SHARE * paper).astype(np.uint8)
    thick, letter, wide, high = (max(round(share * _LOOKED_AT_PX), 2) for share in (
        _THICK, _LETTER, _LEAST_WIDE, _LEAST_HIGH
    ))  # fmt: skip
    core = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    area = cv2.morphologyEx(core, cv2.MORPH_CLOSE, np.ones((letter, letter), np.uint8))
    n, labels, stats, _ = cv2.connectedComponentsWithStats(area)
    righted, hidden = gray.copy(), np.zeros_like(gray)
    for label in range(1, n):
        left, top, width, height = (int(edge) for edge in stats[label, :4])
        at_edge = left == 0 or top == 0 or left + width == small.shape[1] or top + height == small.shape[0]
        if at_edge or width < wide or height < high:
            continue
        window = np.s_[top : top + height, left : left + width]
        is_here = labels[window] == label
        ground = float(np.median(small[window][is_here & (dark[window] > 0)]))
        is_pale = small[window] > (ground + paper) / 2
        if dark[window][is_here].mean() < _LEAST_DARK:
            continue
        whole = np.s_[
            round(top / scale) : round((top + height) / scale), round(left / scale) : round((left + width) / scale)
        ]
        part = righted[whole]
        here = cv2.resize(is_here.astype(np.uint8), part.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        # Its edge is pale by itself.
        inner = cv2.erode(is_here.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
        if (is_pale & inner).sum() < _LEAST_PALE * inner.sum():
            hidden[whole][here] = 255
            continue
        # As far above the ground as it was, it is now below the paper.
        palest = float(np.percentile(part[here], 99))
        turned = paper - (part.astype(np.float32) - ground) * paper / max(palest - ground, 1)
        part[here] = turned.clip(0, paper).astype(np.uint8)[here]
    return righted, hidden
