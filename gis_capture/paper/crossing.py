"""Puts marks together again that a seal was cut out of."""

import math
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.paper.registration import PX_PER_MM

Mask = NDArray[np.uint8]
Floats = NDArray[np.float64]
# How far beyond the seal a stroke must go on to be one, and by how much it may turn on its way.
_SEEN_MM, _MOST_TURN_DEG, _STROKE_MM, _WIDEST_MM = 2.5, 40.0, 0.6, 2.5


def lead_through(ink: Mask, middle: tuple[float, float], radius_px: float) -> None:
    """Draws the strokes of marks that go on at both sides of a disc that was cut out of them, in place.

    Args:
        ink: 1 where there is ink, PX_PER_MM; none in the disc.
        middle: Of the disc, x and y.
        radius_px: Of the disc.
    """
    ends = _ends(ink, middle, radius_px)
    pairs = []
    for (at, way), (to, back) in combinations(ends, 2):
        chord = to - at
        turns = [abs(_turn(one, other)) for one, other in ((way, chord), (back, -chord))]
        if max(turns) < math.radians(_MOST_TURN_DEG):
            pairs.append((sum(turns), at, to, _curve(at, way, to, back)))
    used: set[tuple[float, float]] = set()
    for _, at, to, curve in sorted(pairs, key=lambda pair: pair[0]):
        both = {(float(one[0]), float(one[1])) for one in (at, to)}
        if used & both:
            continue
        used |= both
        cv2.polylines(ink, [curve.round().astype(np.int32)], False, 1, round(_STROKE_MM * PX_PER_MM))


def _ends(ink: Mask, middle: tuple[float, float], radius_px: float) -> list[tuple[Floats, Floats]]:
    """Where strokes meet the disc, and which way they go on into it."""
    far = radius_px + _SEEN_MM * PX_PER_MM
    left, top = (max(int(one - far) - 1, 0) for one in middle)
    window = ink[top : int(middle[1] + far) + 2, left : int(middle[0] + far) + 2]
    y, x = np.indices(window.shape)
    away = np.hypot(x + left - middle[0], y + top - middle[1])
    around = (window > 0) & (away >= radius_px) & (away <= far)
    n, labels = cv2.connectedComponents(around.astype(np.uint8))
    found = []
    for label in range(1, n):
        is_here = labels == label
        distances = away[is_here]
        # What is left of the seal itself does not reach far.
        if distances.min() > radius_px + 2 or distances.max() < far - 2:
            continue
        rows, columns = np.nonzero(is_here)
        points = np.stack([columns + left, rows + top], axis=1).astype(np.float64)
        is_near = distances < radius_px + (far - radius_px) / 2
        near = points[is_near]
        if (near.max(axis=0) - near.min(axis=0)).max() > (_WIDEST_MM + _SEEN_MM / 2) * PX_PER_MM:
            continue
        at = points[distances < radius_px + 2].mean(axis=0)
        found.append((at, near.mean(axis=0) - points[~is_near].mean(axis=0)))
    return found


def _curve(at: Floats, way: Floats, to: Floats, back: Floats) -> Floats:
    """From one end to the other as both go on: a cubic of Bézier."""
    reach = np.hypot(*(to - at)) / 3
    first, last = (end + reach * one / np.hypot(*one) for end, one in ((at, way), (to, back)))
    t = np.linspace(0, 1, 24)[:, None]
    curve: Floats = (1 - t) ** 3 * at + 3 * t * (1 - t) ** 2 * first + 3 * t**2 * (1 - t) * last + t**3 * to
    return curve


def _turn(one: Floats, other: Floats) -> float:
    return math.atan2(one[0] * other[1] - one[1] * other[0], one @ other)
