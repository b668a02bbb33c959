"""Aids for tracing a scanned map: the middle of a dark line near a place, and the area that dark lines close.

Pictures are grey, (rows, columns) uint8; places are pixels (x, y), where (0, 0) is the corner of the first pixel and
(0.5, 0.5) its middle. What is known is a mask of the same shape: beyond it the picture shows nothing.
"""

from typing import Literal

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from gis_capture.paper.pen import Mask, thin
from gis_capture.paper.sheet import FloatArray

Grey = NDArray[np.uint8]
Known = NDArray[np.bool_]
Refusal = Literal["outside", "line", "narrow", "open"]
# Paper is judged around each pixel, wider than any line.
_AROUND_PX, _DARKER_BY, _LEAST_DARKER = 61, 0.16, 14.0
# Darker than this part of the paper is ink, however much ink lies around it.
_BLACK = 0.4
_SPECK_PX2, _DEEP = 10, 0.8
# A line is torn by no more than twice this.
_REACH_PX = 4
# What is wider than twice this is a filled area, which ends at its edge; lines are divided in their middle.
_SOLID_PX, _SOLID_PX2 = 15, 60
# The side of a letter and more: smaller holes are writing and signs.
_LETTER_PX = 64
_EVEN_PX, _FINER, _SIMPLIFY_PX = 1.0, 2, 0.75
# Two sides this long meet in a corner where something short between them rounds it off by so little.
_SIDE_PX, _ROUNDED_PX, _ROUND_PX = 16.0, 4.0, 14.0
# Beyond what a picture needs for the thickness of its lines to be seen whole.
MARGIN_PX = 40


def nearest_line(grey: Grey, known: Known, place: tuple[float, float], within_px: float) -> tuple[float, float] | None:
    """Finds the place on the middle of a dark line that is nearest; None where there is none within a distance."""
    dark = _dark(grey, known)
    inside = cv2.distanceTransform(dark, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Rough edges give the middle short spurs, which leave what is deepest.
    deepest = cv2.dilate(inside, np.ones((11, 11), np.uint8))
    rows, columns = np.nonzero((thin(dark) > 0) & (inside >= _DEEP * deepest))
    if not rows.size:
        return None
    away = np.hypot(columns + 0.5 - place[0], rows + 0.5 - place[1])
    nearest = int(away.argmin())
    if away[nearest] > within_px:
        return None
    return float(columns[nearest]) + 0.5, float(rows[nearest]) + 0.5


def closed_area(grey: Grey, known: Known, place: tuple[float, float]) -> shapely.Polygon | Refusal:
    """Follows the dark lines around a place; breaks of a few pixels count as closed.

    The border runs along the middle of the lines, so that neighbours meet; along what is dark and broad it runs on its
    edge. Writing inside makes no holes.

    Returns:
        The area, or why there is none: the place is where the picture shows nothing, is on a line, lies between lines
        too near to each other, or the area goes on beyond the picture.
    """
    column, row = int(place[0]), int(place[1])
    height, width = grey.shape
    if not (0 <= row < height and 0 <= column < width and known[row, column]):
        return "outside"
    dark = _dark(grey, known)
    if dark[row, column]:
        return "line"
    # Free as far as nothing is nearer than the widest break; all around the picture is free.
    from_dark = cv2.distanceTransform(1 - np.pad(dark, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    deep = cv2.distanceTransform(dark, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) > _SOLID_PX
    solid = _without_specks(deep, _SOLID_PX2)
    broad = cv2.distanceTransform(1 - solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    kernels = (from_dark > _REACH_PX) | (broad < _SOLID_PX - _REACH_PX)
    _, labels = cv2.connectedComponents(kernels.astype(np.uint8), connectivity=4)
    own = _own(labels, from_dark, (column, row))
    if own is None:
        return "narrow"
    mine = labels == own
    edges = (mine[0], mine[-1], mine[:, 0], mine[:, -1], mine[~known])
    if any(edge.any() for edge in edges):
        return "open"
    # The breaks are divided first; then the white on both sides reaches to the lines, into every corner.
    reached = _lead(mine, kernels & ~mine) > 0
    is_broad = broad < _SOLID_PX
    is_white = dark == 0
    return _outline(_lead(is_white & reached, (is_white & ~reached) | is_broad))


def _dark(grey: Grey, known: Known) -> Mask:
    """What is ink: darker than the paper around, specks left out."""
    weights = known.astype(np.float32)
    around = (_AROUND_PX, _AROUND_PX)
    grey = cv2.GaussianBlur(grey, (0, 0), 0.8)
    # Twice, the second time without what was found dark, so that broad lines do not make the paper dark.
    paper = cv2.boxFilter(grey * weights, -1, around) / np.maximum(cv2.boxFilter(weights, -1, around), 1e-3)
    bright = weights * (grey > paper - _LEAST_DARKER)
    share = cv2.boxFilter(bright, -1, around)
    paper = np.where(share > 0.02, cv2.boxFilter(grey * bright, -1, around) / np.maximum(share, 1e-3), paper)
    whitest = float(np.percentile(grey[known], 90)) if known.any() else 255.0
    ink = (grey < paper - np.maximum(paper * _DARKER_BY, _LEAST_DARKER)) | (grey < _BLACK * whitest)
    return _without_specks(ink & known, _SPECK_PX2)


def _without_specks(found: Known, least_px2: int) -> Mask:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    stays = stats[:, cv2.CC_STAT_AREA] >= least_px2
    stays[0] = False
    kept: Mask = stays[labels].astype(np.uint8)
    return kept


def _own(labels: NDArray[np.int32], from_dark: NDArray[np.float32], place: tuple[int, int]) -> int | None:
    """The kernel that a place belongs to: it may lie nearer to a line than kernels do."""
    column, row = place
    if labels[row, column]:
        return int(labels[row, column])
    reach = 2 * _REACH_PX + 2
    top, left = max(row - reach, 0), max(column - reach, 0)
    window = (slice(top, row + reach + 1), slice(left, column + reach + 1))
    # Only over white: the kernel beyond a line is another area's.
    _, free = cv2.connectedComponents((from_dark[window] > 0).astype(np.uint8), connectivity=4)
    near = (free == free[row - top, column - left]) & (labels[window] > 0)
    rows, columns = np.nonzero(near)
    if not rows.size:
        return None
    nearest = np.hypot(rows + top - row, columns + left - column).argmin()
    return int(labels[window][rows[nearest], columns[nearest]])


def _lead(mine: Known, others: Known) -> NDArray[np.float32]:
    """By how much each pixel is nearer to what is mine than to anything else, pixels."""
    to_mine, to_others = (
        cv2.distanceTransform(1 - part.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for part in (mine, others)
    )
    lead: NDArray[np.float32] = to_others - to_mine
    return lead


def _outline(lead: NDArray[np.float32]) -> shapely.Polygon:
    """The largest piece of what leads as a simplified polygon with holes, pixels."""
    x, y, width, height = cv2.boundingRect((lead > 0).astype(np.uint8))
    left, top = max(x - 2, 0), max(y - 2, 0)
    part = cv2.GaussianBlur(lead[top : y + height + 2, left : x + width + 2], (0, 0), _EVEN_PX)
    large = cv2.resize(part, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_LINEAR)
    contours, tree = cv2.findContours((large > 0).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = max((n for n in range(len(contours)) if tree[0][n][3] < 0), key=lambda n: cv2.contourArea(contours[n]))
    holes = [contours[n] for n in range(len(contours)) if tree[0][n][3] == outer]
    broad = [hole for hole in holes if max(cv2.boundingRect(hole)[2:]) >= _LETTER_PX * _FINER]

    def rings(tolerance_px: float) -> list[NDArray[np.float64]]:
        eased = [cv2.approxPolyDP(ring, tolerance_px * _FINER, closed=True)[:, 0] for ring in (contours[outer], *broad)]
        return [_sharpened((ring + 0.5) / _FINER) + np.array([left, top]) for ring in eased if len(ring) > 2]

    area = shapely.Polygon()
    for tolerance_px in (_SIMPLIFY_PX, _SIMPLIFY_PX / 3, 0.0):
        shell, *inner = rings(tolerance_px)
        area = shapely.Polygon(shell, inner)
        if area.is_valid:
            return area
    mended = shapely.make_valid(area)
    parts = [one for one in shapely.get_parts(mended) if isinstance(one, shapely.Polygon)]
    return max(parts, key=lambda one: one.area)


def _sharpened(ring: FloatArray) -> FloatArray:
    """Lets long sides meet in one corner where it was rounded off; ring of shape (n, 2), not closed."""
    sides = np.roll(ring, -1, axis=0) - ring
    longs = np.flatnonzero(np.hypot(*sides.T) >= _SIDE_PX)
    if len(longs) < 3:
        return ring
    found: list[FloatArray] = []
    for one, other in zip(longs, np.roll(longs, -1), strict=True):
        between = ring[np.arange(one + 1, other + 1 + (len(ring) if other <= one else 0)) % len(ring)]
        across = _cross(sides[one], sides[other])
        corner = between[0]
        if abs(across) > 0.2 * float(np.hypot(*sides[one]) * np.hypot(*sides[other])):
            corner = ring[one] + sides[one] * _cross(ring[other] - ring[one], sides[other]) / across
        off_px = shapely.distance(shapely.Point(corner), shapely.LineString([ring[one], *between]))
        is_near = off_px <= _ROUNDED_PX and bool((np.hypot(*(between - corner).T) <= _ROUND_PX).all())
        found.extend([corner] if is_near else between)
    return np.array(found)


def _cross(one: FloatArray, other: FloatArray) -> float:
    return float(one[0] * other[1] - one[1] * other[0])
