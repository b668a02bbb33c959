"""Finds what was drawn in red on a sheet that was laid flat, and follows its strokes.

Red is judged against the paper around it, so that neither shade nor the colour of a lamp is taken for ink; what is red
on the clean sheet as well is no mark.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from gis_capture.paper.crossing import lead_through
from gis_capture.paper.registration import PX_PER_MM, Pixels
from gis_capture.paper.seals import find_seals
from gis_capture.paper.sheet import FloatArray

Mask = NDArray[np.uint8]
# Beyond the paper around, in a* of CIELAB: a pen is 40 to 70, a haze of one on a scan of low quality 15.
_SURE, _PERHAPS = 26.0, 13.0
_CLEAN_RED, _DARKENED, _SURELY_DARKENED = 12.0, 0.7, 0.5
_SPECK_MM2 = 0.5
# Ink is torn a little everywhere, and widely where it lies over what is printed.
_GAP_MM, _GAP_OVER_PRINT_MM = 0.3, 2.0
_SPUR_MM = 1.5
# Seals stand over the edge of the map as well; what is around one is its blur.
_BEYOND_MM, _AROUND_SEAL_MM = 16.0, 1.0
MAX_MARKS = 400


@dataclass(frozen=True, slots=True)
class Ink:
    """One connected piece of ink.

    Attributes:
        mask: Of its box alone.
        left, top: Of the box, pixels.
        paths: Its strokes as lines between ends and crossings, paper millimetres, shape (n, 2) each.
        is_seal: It is a round seal with all that is in it, not a mark by hand.
    """

    mask: Mask
    left: int
    top: int
    paths: tuple[FloatArray, ...]
    is_seal: bool = False

    @property
    def box_mm(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the paper."""
        height, width = self.mask.shape
        edges = (self.left, self.top, self.left + width, self.top + height)
        left, top, right, bottom = (edge / PX_PER_MM for edge in edges)
        return left, top, right, bottom

    @property
    def size_mm(self) -> float:
        """Diagonal of its box."""
        left, top, right, bottom = self.box_mm
        return float(np.hypot(right - left, bottom - top))

    @property
    def length_mm(self) -> float:
        """Of all its strokes."""
        return float(sum(np.hypot(*np.diff(path, axis=0).T).sum() for path in self.paths))


def find_ink(flat: Pixels, clean: Pixels, area_mm: tuple[float, float, float, float]) -> list[Ink]:
    """Finds the pieces of red ink in an area of the paper (left, top, right, bottom), the largest first."""
    height, width = clean.shape[:2]
    left, top = (max(round((edge - _BEYOND_MM) * PX_PER_MM), 0) for edge in area_mm[:2])
    right, bottom = (round((edge + _BEYOND_MM) * PX_PER_MM) for edge in area_mm[2:])
    right, bottom = min(right, width), min(bottom, height)
    seen, printed = flat[top:bottom, left:right], clean[top:bottom, left:right]
    redness, yellowness = _beyond_paper(seen)
    known, _ = _beyond_paper(printed)
    is_known = cv2.dilate((known > _CLEAN_RED).astype(np.uint8), _disc(0.8))
    left_of_print = _left_of_print(seen, printed)
    sure = ((redness > _SURE) & ((is_known == 0) | (left_of_print < _SURELY_DARKENED))).astype(np.uint8)
    # Orange and yellow are markers and dirt; blue and violet are what was printed, or another pen.
    perhaps = (redness > _PERHAPS) & (is_known == 0) & (yellowness < 1.8 * redness) & (yellowness > -0.5 * redness)
    is_printed = cv2.dilate((printed.min(axis=2) < 190).astype(np.uint8), _disc(0.5))
    ink = (perhaps | ((left_of_print < _DARKENED) & (is_known > 0) & (redness > _PERHAPS))).astype(np.uint8)
    bridges = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _disc(_GAP_OVER_PRINT_MM)) & is_printed
    joined = cv2.morphologyEx(ink | bridges, cv2.MORPH_CLOSE, _disc(_GAP_MM))
    seals = []
    circles = [(x, y, radius + _AROUND_SEAL_MM * PX_PER_MM) for x, y, radius in find_seals(joined)]
    for x, y, radius in circles:
        disc = np.zeros_like(joined)
        cv2.circle(disc, (round(x), round(y)), round(radius), 1, -1)
        seals.append(Ink(*_cut_out(joined & disc, left, top), (), is_seal=True))
        joined[disc > 0] = 0
    for x, y, radius in circles:
        lead_through(joined, (x, y), radius)
    inside = np.zeros_like(joined)
    x, y, right, bottom = (round(edge * PX_PER_MM) for edge in area_mm)
    inside[y - top : bottom - top, x - left : right - left] = 1
    joined &= inside
    n_pieces, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for piece in sorted(range(1, n_pieces), key=lambda one: -stats[one, cv2.CC_STAT_AREA])[:MAX_MARKS]:
        x, y, width, height, n_px = stats[piece]
        window = (slice(y, y + height), slice(x, x + width))
        mask = (labels[window] == piece).astype(np.uint8)
        is_ink = (mask > 0) & (sure[window] > 0)
        if n_px < _SPECK_MM2 * PX_PER_MM**2 or is_ink.sum() < 0.2 * _SPECK_MM2 * PX_PER_MM**2:
            continue
        paths = tuple((path + np.array([x + left, y + top])) / PX_PER_MM for path in _follow(mask))
        found.append(Ink(mask, int(x) + left, int(y) + top, paths))
    around = shapely.box(*area_mm)
    return found + [seal for seal in seals if shapely.intersects(around, shapely.box(*seal.box_mm))]


def _cut_out(mask: Mask, left: int, top: int) -> tuple[Mask, int, int]:
    """The part of a mask with anything in it, and where that is."""
    x, y, width, height = cv2.boundingRect(mask)
    return mask[y : y + height, x : x + width], x + left, y + top


def _beyond_paper(pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much redder and yellower (a*, b*) each pixel is than the paper around it."""
    small = cv2.GaussianBlur(pixels, (0, 0), 0.8)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    height, width = lab.shape[:2]
    coarse = cv2.resize(lab[..., 1:], (max(width // 16, 1), max(height // 16, 1)), interpolation=cv2.INTER_AREA)
    paper = [cv2.resize(cv2.medianBlur(np.ascontiguousarray(coarse[..., n]), 5), (width, height)) for n in range(2)]
    return lab[..., 1] - paper[0], lab[..., 2] - paper[1]


def _left_of_print(seen: Pixels, printed: Pixels) -> NDArray[np.float32]:
    """How much green comes back, of what does from the print there: little where ink lies over red print."""
    height, width = seen.shape[:2]
    green = cv2.GaussianBlur(np.ascontiguousarray(seen[..., 1]), (0, 0), 0.8)
    coarse = cv2.resize(green, (max(width // 16, 1), max(height // 16, 1)), interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.medianBlur(coarse, 5), (width, height)).astype(np.float32)
    expected = cv2.erode(np.ascontiguousarray(printed[..., 1]), _disc(0.7)).astype(np.float32) / 255
    left: NDArray[np.float32] = (green / np.maximum(expected * paper, 1)).astype(np.float32)
    return left


def _disc(diameter_mm: float) -> Mask:
    size = max(round(diameter_mm * PX_PER_MM) | 1, 3)
    disc: Mask = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return disc


def thin(mask: Mask) -> Mask:
    """Makes strokes one pixel wide, connected as they were.

    Source:
        Guo and Hall, Parallel thinning with two-subiteration algorithms, CACM 32 (1989), algorithm A1.
    """
    image = np.pad(mask > 0, 1)
    while True:
        n_before = int(image.sum())
        for odd in (True, False):
            p2, p3, p4 = image[:-2, 1:-1], image[:-2, 2:], image[1:-1, 2:]
            p5, p6, p7 = image[2:, 2:], image[2:, 1:-1], image[2:, :-2]
            p8, p9 = image[1:-1, :-2], image[:-2, :-2]
            crossings = (~p2 & (p3 | p4)).astype(np.uint8) + (~p4 & (p5 | p6)) + (~p6 & (p7 | p8)) + (~p8 & (p9 | p2))
            one = (p9 | p2).astype(np.uint8) + (p3 | p4) + (p5 | p6) + (p7 | p8)
            two = (p2 | p3).astype(np.uint8) + (p4 | p5) + (p6 | p7) + (p8 | p9)
            least = np.minimum(one, two)
            stays = ((p2 | p3 | ~p5) & p4) if odd else ((p6 | p7 | ~p9) & p8)
            gone = image[1:-1, 1:-1] & (crossings == 1) & (least >= 2) & (least <= 3) & ~stays
            image[1:-1, 1:-1] &= ~gone
        if int(image.sum()) == n_before:
            return image[1:-1, 1:-1].astype(np.uint8)


def _follow(mask: Mask) -> list[FloatArray]:
    """Gives the strokes of a piece as lines of pixels (x, y) between ends and crossings, without short spurs."""
    # Half the resolution is enough for a stroke, and a quarter of the work.
    small = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) if min(mask.shape) > 8 else mask
    factor = mask.shape[1] / small.shape[1]
    lines = _walk(thin(np.pad(small, 2))) if small.any() else []
    paths = [(line - 2 + 0.5) * factor for line in lines]
    return _without_spurs(paths)


def _walk(skeleton: Mask) -> list[FloatArray]:
    points = {(int(x), int(y)) for y, x in np.argwhere(skeleton)}

    def neighbours(point: tuple[int, int]) -> list[tuple[int, int]]:
        x, y = point
        straight = [one for one in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)) if one in points]
        slant = [
            (x + dx, y + dy)
            for dx in (1, -1)
            for dy in (1, -1)
            if (x + dx, y + dy) in points and (x + dx, y) not in points and (x, y + dy) not in points
        ]
        return straight + slant

    links = {point: neighbours(point) for point in points}
    knots = {point for point, others in links.items() if len(others) != 2}
    passed: set[tuple[int, int]] = set()
    steps: set[tuple[tuple[int, int], tuple[int, int]]] = set()
    lines = []
    # Rings without any knot come last; they begin anywhere.
    for start in sorted(knots) + sorted(points - knots):
        for following in links[start]:
            if start in passed or (start, following) in steps or (start not in knots and following in passed):
                continue
            line, before, here = [start], start, following
            while here not in knots and here != start:
                line.append(here)
                passed.add(here)
                before, here = here, next(one for one in links[here] if one != before)
            line.append(here)
            steps.update({(start, following), (here, before)})
            lines.append(np.array(line, dtype=np.float64))
        passed.add(start) if start not in knots else None
    return lines


def _without_spurs(paths: list[FloatArray]) -> list[FloatArray]:
    """Leaves out short lines that end in nothing, makes crossings that lie together one, and joins what goes on."""
    while True:
        ends = _ends(paths)
        short = [n for n, path in enumerate(paths) if _length(path) < _SPUR_MM * PX_PER_MM and len(paths) > 1]
        counts = {n: sorted(len(ends[_key(paths[n][end])]) for end in (0, -1)) for n in short}
        spurs = [n for n in short if counts[n][0] == 1 and counts[n][1] > 2]
        bridges = [n for n in short if counts[n][0] > 2 and _key(paths[n][0]) != _key(paths[n][-1])]
        if spurs or bridges:
            gone = min(spurs or bridges, key=lambda n: _length(paths[n]))
            former, kept = paths[gone][-1], paths[gone][0]
            paths = [path for n, path in enumerate(paths) if n != gone]
            if not spurs:
                paths = [_moved(path, former, kept) for path in paths]
            continue
        pair = next((found for found in ends.values() if len(found) == 2 and found[0] != found[1]), None)
        if pair is None:
            return paths
        first, second = (paths[n] for n in pair)
        paths = [path for n, path in enumerate(paths) if n not in pair] + [_joined(first, second)]


def _moved(path: FloatArray, former: FloatArray, kept: FloatArray) -> FloatArray:
    """A path whose ends at one place are at another."""
    moved = path.copy()
    for end in (0, -1):
        if _key(path[end]) == _key(former):
            moved[end] = kept
    return moved


def _joined(first: FloatArray, second: FloatArray) -> FloatArray:
    if _key(first[0]) in (_key(second[0]), _key(second[-1])):
        first = first[::-1]
    if _key(second[-1]) == _key(first[-1]):
        second = second[::-1]
    return np.concatenate([first, second[1:]])


def _ends(paths: list[FloatArray]) -> dict[tuple[float, float], list[int]]:
    found: dict[tuple[float, float], list[int]] = {}
    for n, path in enumerate(paths):
        for end in (path[0], path[-1]):
            found.setdefault(_key(end), []).append(n)
    return found


def _key(point: FloatArray) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _length(path: FloatArray) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum())
