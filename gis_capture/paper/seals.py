"""Finds round seals among red ink: a circle as no hand draws it, with letters inside."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.paper.registration import PX_PER_MM

Mask = NDArray[np.uint8]
Circle = tuple[float, float, float]

# Seals of persons are 10 to 18 mm wide, those of offices and of dates up to 30.
_RADII_MM = (4.0, 15.0)
_LOOKED_AT_PX_PER_MM = 4.0
# A circle is kept within this of its ring nearly all around: a loop by hand leaves it.
_TRUE_TO_MM, _LEAST_AROUND = 0.3, 0.78
_LEAST_FILLED, _MOST_FILLED = 0.18, 0.85
_ANGLES = np.linspace(0, 2 * np.pi, 180, endpoint=False)
_COSINES, _SINES = np.cos(_ANGLES), np.sin(_ANGLES)
# Seals may be put over one another; what is nearer are circles of the same one.
_LEAST_APART = 0.75


def find_seals(ink: Mask) -> list[Circle]:
    """Finds round seals, be they torn by blotches or crossed by other ink.

    Args:
        ink: Non-zero where there is red ink, PX_PER_MM.

    Returns:
        Middle (x, y) and radius of each, pixels.
    """
    factor = _LOOKED_AT_PX_PER_MM / PX_PER_MM
    small = cv2.resize((ink > 0).astype(np.uint8) * 255, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    least, most = (int(radius * _LOOKED_AT_PX_PER_MM) for radius in _RADII_MM)
    given = cv2.HoughCircles(
        cv2.GaussianBlur(small, (0, 0), 1.0),
        cv2.HOUGH_GRADIENT,
        dp=1.5,
        minDist=0.75 * _LOOKED_AT_PX_PER_MM,
        param1=120,
        param2=12,
        minRadius=least,
        maxRadius=most,
    )
    if given is None:
        return []
    is_ink = small > 90
    judged = []
    for x, y, radius in np.asarray(given, np.float64).reshape(-1, 3)[:400]:
        # Most of what is given are circles among strokes, far from any seal.
        given_circle = (float(x), float(y), float(radius))
        if _filled(is_ink, given_circle) < _LEAST_FILLED / 2 or _on_ring(is_ink, given_circle).any(axis=0).mean() < 0.3:
            continue
        circle = _refined(is_ink, given_circle)
        around = float(_on_ring(is_ink, circle).any(axis=0).mean())
        if around >= _LEAST_AROUND and _LEAST_FILLED <= _filled(is_ink, circle) <= _MOST_FILLED:
            judged.append((around * circle[2], circle))
    found: list[Circle] = []
    for _, (x, y, radius) in sorted(judged, reverse=True):
        if all(math.hypot(x - other[0], y - other[1]) > _LEAST_APART * max(radius, other[2]) for other in found):
            found.append((x, y, radius))
    return [((x + 0.5) / factor, (y + 0.5) / factor, radius / factor) for x, y, radius in found]


def _refined(is_ink: NDArray[np.bool_], given: Circle) -> Circle:
    """The circle near one that has the most ink on it all around, and in the middle of its stroke."""
    best, circle = 0.0, given
    for reach, step in ((3.0, 1.5), (1.0, 0.5)):
        x0, y0, r0 = circle
        steps = np.arange(-reach, reach + step / 2, step)
        for dx in steps:
            for dy in steps:
                for dr in steps:
                    ring = _on_ring(is_ink, (x0 + dx, y0 + dy, r0 + dr))
                    if (score := float(ring.any(axis=0).mean() + 0.3 * ring.mean())) > best:
                        best, circle = score, (float(x0 + dx), float(y0 + dy), float(r0 + dr))
    return circle


def _on_ring(is_ink: NDArray[np.bool_], circle: Circle) -> NDArray[np.bool_]:
    """What is inked just within, on and just beyond a circle, at all angles; shape (3, n)."""
    x, y, radius = circle
    width_px = _TRUE_TO_MM * _LOOKED_AT_PX_PER_MM
    radii = np.array([radius - width_px / 2, radius, radius + width_px / 2])[:, None]
    return _at(is_ink, x + radii * _COSINES, y + radii * _SINES)


def _filled(is_ink: NDArray[np.bool_], circle: Circle) -> float:
    """Share of ink within a seal, off its ring."""
    x, y, radius = circle
    reach = 0.75 * radius
    steps = np.arange(-reach, reach + 1)
    dx, dy = np.meshgrid(steps, steps)
    inside = np.hypot(dx, dy) <= reach
    return float(_at(is_ink, x + dx[inside], y + dy[inside]).mean())


def _at(is_ink: NDArray[np.bool_], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """What is at positions; nothing beyond the picture."""
    height, width = is_ink.shape
    columns, rows = x.round().astype(int), y.round().astype(int)
    is_in = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    there: NDArray[np.bool_] = is_ink[rows.clip(0, height - 1), columns.clip(0, width - 1)] & is_in
    return there
