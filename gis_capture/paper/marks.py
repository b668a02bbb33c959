"""What a red mark is, and what it is about: classed by its strokes, joined to the features that it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import shapely
from shapely import Geometry

from gis_capture.paper.pen import Ink
from gis_capture.paper.registration import PX_PER_MM
from gis_capture.paper.sheet import FloatArray, Sheet, SheetFeature

MarkKind = Literal["loop", "cross", "tick", "arrow", "line", "writing", "stamp"]
_LETTER_MM, _LETTER_GAP_MM = 9.0, 2.5
_LEAST_LINE_MM = 5.0
# How far a mark may miss what it is about, on the paper.
_REACH_MM: dict[MarkKind, float] = {"cross": 3.0, "tick": 5.0, "arrow": 4.0, "line": 1.5, "writing": 6.0, "loop": 1.5}
_HEAD_MM = 4.5
_SEAL_MM = (7.0, 45.0)
_RIM_MM = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a sheet.

    Attributes:
        line: What it draws, paper millimetres, shape (n, 2): closed for a loop; from tail to tip for an arrow.
        box_mm: Left, top, right, bottom.
        numbers: Of the features it touches, the nearest first.
    """

    kind: MarkKind
    line: FloatArray
    box_mm: tuple[float, float, float, float]
    numbers: tuple[int, ...] = ()


def read_marks(inks: Sequence[Ink], sheet: Sheet, features: Sequence[SheetFeature]) -> list[Mark]:
    """Classes pieces of ink, puts letters together to writing, and joins marks to features."""
    seals = _seals(inks)
    marks = [_mark([inks[n] for n in seal], "stamp") for seal in seals]
    inks = [ink for n, ink in enumerate(inks) if not any(n in seal for seal in seals)]
    kinds = [classify(ink) for ink in inks]
    for group in _groups(inks, kinds):
        if len(group) == 1:
            marks.append(_mark([inks[group[0]]], *kinds[group[0]]))
        else:
            marks.append(_mark([inks[n] for n in group], "writing"))
    shapes = [shapely.transform(one.geometry, sheet.to_paper) for one in features]
    tree = shapely.STRtree(shapes)
    return [_joined(mark, tree, shapes, features) for mark in marks]


def _mark(inks: Sequence[Ink], kind: MarkKind, line: FloatArray | None = None) -> Mark:
    outline = _outline(inks)
    (left, top), (right, bottom) = map(tuple, outline[[0, 2]].tolist())
    return Mark(kind, outline if line is None else line, (left, top, right, bottom))


def classify(ink: Ink) -> tuple[MarkKind, FloatArray]:
    """Tells what a piece of ink is, with the line that it draws."""
    outline = _outline([ink])
    ring, share = _hole(ink)
    if ring is not None and share > 0.5 and ink.size_mm > 5:
        return "loop", ring
    if not ink.paths:
        return "writing", outline
    main = max(ink.paths, key=_length)
    if (closed := _almost_closed(main, ink)) is not None:
        return "loop", closed
    if len(ink.paths) > 9 or ink.length_mm > 3.2 * ink.size_mm:
        return "writing", outline
    ends = _free_ends(ink.paths)
    if (crossing := _cross(ends)) is not None:
        return "cross", crossing
    if (way := _arrow(ink.paths, ends)) is not None:
        return "arrow", way
    if (way := _headed(main, ink)) is not None:
        return "arrow", way
    if _length(main) > 0.65 * ink.length_mm and (bend := _tick(main, ink)) is not None:
        return "tick", bend
    if _length(main) < 0.8 * ink.length_mm:
        return "writing", outline
    if _length(main) >= _LEAST_LINE_MM and _chord(main) > 0.5 * _length(main):
        return "line", _simplified(main, 0.4)
    return "writing", outline


def _groups(inks: Sequence[Ink], kinds: Sequence[tuple[MarkKind, FloatArray]]) -> list[list[int]]:
    """Puts pieces of the size of letters that stand together into one; all else stays alone."""
    small = [n for n, ink in enumerate(inks) if ink.size_mm < _LETTER_MM or kinds[n][0] == "writing"]
    boxes = [shapely.box(*inks[n].box_mm) for n in small]
    left, groups = set(range(len(small))), []
    while left:
        group, waiting = [], [left.pop()]
        while waiting:
            here = waiting.pop()
            group.append(small[here])
            near = [one for one in left if shapely.distance(boxes[here], boxes[one]) < _LETTER_GAP_MM]
            left.difference_update(near)
            waiting += near
        groups.append(sorted(group))
    taken = {n for group in groups for n in group}
    return groups + [[n] for n in range(len(inks)) if n not in taken]


def _hole(ink: Ink) -> tuple[FloatArray | None, float]:
    """The largest area that ink encloses, as a closed line, and its share of all that is between its edges."""
    mask = np.pad(ink.mask, 1)
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    inner = [contour for contour, links in zip(contours, tree[0], strict=True) if links[3] >= 0]
    if not inner:
        return None, 0.0
    largest = max(inner, key=cv2.contourArea)
    hull = cv2.convexHull(np.concatenate(contours))
    ring = (largest[:, 0, :].astype(np.float64) - 1 + (ink.left, ink.top)) / PX_PER_MM
    if len(ring) < 8:
        return None, 0.0
    return _simplified(np.concatenate([ring, ring[:1]]), 0.15), cv2.contourArea(largest) / cv2.contourArea(hull)


def _seals(inks: Sequence[Ink]) -> list[list[int]]:
    """Pieces that together are a seal: round or square as no hand draws it, and filled with letters."""
    found: list[list[int]] = []
    for n, ink in enumerate(inks):
        if ink.is_seal:
            found.append([n])
            continue
        if not _SEAL_MM[0] < ink.size_mm < _SEAL_MM[1] or any(n in seal for seal in found):
            continue
        ys, xs = np.nonzero(ink.mask)
        hull = cv2.convexHull(np.stack([xs, ys], axis=1).astype(np.int32))
        area, (_, radius), (_, sides, _) = cv2.contourArea(hull), cv2.minEnclosingCircle(hull), cv2.minAreaRect(hull)
        is_round, is_square = area > 0.93 * np.pi * radius**2, area > 0.95 * sides[0] * sides[1]
        if not (is_round or is_square) or min(sides) < 0.6 * max(sides):
            continue
        box = shapely.box(*ink.box_mm)
        inside = [m for m, other in enumerate(inks) if m != n and shapely.contains(box, shapely.box(*other.box_mm))]
        whole = ink.mask.copy()
        for m in inside:
            height, width = inks[m].mask.shape
            y, x = inks[m].top - ink.top, inks[m].left - ink.left
            whole[y : y + height, x : x + width] |= inks[m].mask
        height, width = whole.shape
        edge = cv2.polylines(np.zeros_like(whole), [hull], True, 1, round(_RIM_MM * PX_PER_MM))
        # The ends of a cross lie as those of a square do, with nothing between them.
        if whole[edge > 0].mean() < 0.5:
            continue
        inner = whole[height // 5 : -(height // 5), width // 5 : -(width // 5)]
        if inner.mean() > 0.15:
            found.append([n, *inside])
    return found


def _almost_closed(path: FloatArray, ink: Ink) -> FloatArray | None:
    """A stroke that comes back to where it began, closed; None for others."""
    length = _length(path)
    ring = np.concatenate([path, path[:1]])
    area = abs(float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1])) / 2)
    is_round = 4 * np.pi * area / (length + _chord(path)) ** 2 > 0.45
    if length > 0.85 * ink.length_mm and ink.size_mm > 5 and _chord(path) < 0.3 * length and is_round:
        return _simplified(ring, 0.15)
    return None


def _cross(ends: FloatArray) -> FloatArray | None:
    """The middle of two strokes of about the same length that cross in theirs."""
    if len(ends) != 4:
        return None
    for a, b, c, d in ((0, 1, 2, 3), (0, 2, 1, 3), (0, 3, 1, 2)):
        one, other = ends[b] - ends[a], ends[d] - ends[c]
        cross = float(one[0] * other[1] - one[1] * other[0])
        lengths = np.hypot(*one), np.hypot(*other)
        if not 0.45 < lengths[0] / max(lengths[1], 0.1) < 2.2 or abs(cross) < 0.55 * lengths[0] * lengths[1]:
            continue
        between = ends[c] - ends[a]
        at = (
            (between[0] * other[1] - between[1] * other[0]) / cross,
            (between[0] * one[1] - between[1] * one[0]) / cross,
        )
        if all(0.2 < share < 0.8 for share in at):
            middle: FloatArray = (ends[a] + at[0] * one)[None, :]
            return middle
    return None


def _arrow(paths: Sequence[FloatArray], ends: FloatArray) -> FloatArray | None:
    """From tail to tip, where two short barbs point back on both sides of a long shaft."""
    if not 3 <= len(ends) <= 5:
        return None
    nodes = {tuple(end) for path in paths for end in (path[0], path[-1])} - {tuple(end) for end in ends}
    for node in nodes:
        tip = np.array(node)
        tail = ends[np.argmax(np.hypot(*(ends - tip).T))]
        shafts = [path for path in paths if any(np.array_equal(path[end], tail) for end in (0, -1))]
        way = shafts[0] if np.array_equal(shafts[0][0], tail) else shafts[0][::-1]
        reach = float(np.hypot(*(tail - tip)))
        # A shaft may bow: what counts is how it comes to the tip.
        near = way[np.hypot(*(way - tip).T) < _HEAD_MM + 1]
        back = (near[0] if len(near) else tail) - tip
        sides: set[bool] = set()
        for end in ends:
            barb = end - tip
            if not np.array_equal(end, tail) and 1.0 < np.hypot(*barb) < 0.6 * reach:
                turn = np.arctan2(back[0] * barb[1] - back[1] * barb[0], back @ barb)
                sides.update({turn > 0} if 0.15 < abs(turn) < 1.5 else ())
        if len(sides) == 2 and reach > 6:
            return _simplified(np.concatenate([way, tip[None, :]]), 0.4)
    return None


def _headed(main: FloatArray, ink: Ink) -> FloatArray | None:
    """From tail to tip, where a straight stroke has much more ink at one end: a head whose barbs have run together."""
    whole = _length(main)
    at = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(main, axis=0).T))])
    middle = main[(at > _HEAD_MM) & (at < whole - _HEAD_MM)]
    if len(middle) < 8 or _chord(middle) < 0.85 * _length(middle):
        return None
    ys, xs = np.nonzero(ink.mask)
    points = np.stack([xs + ink.left, ys + ink.top], axis=1) / PX_PER_MM
    center = middle[len(middle) // 2]
    amounts = [int((np.hypot(*(points - one).T) < _HEAD_MM).sum()) for one in (main[0], center, main[-1])]
    begin, end = amounts[0] / amounts[1] * 2, amounts[2] / amounts[1] * 2
    if max(begin, end) < 1.6 or min(begin, end) > 1.35:
        return None
    way = middle if end > begin else middle[::-1]
    tail = main[0] if end > begin else main[-1]
    onward = (way[-1] - way[0]) / np.hypot(*(way[-1] - way[0]))
    near = points[np.hypot(*(points - way[-1]).T) < 2.5 * _HEAD_MM]
    tip = near[(near @ onward).argmax()]
    return _simplified(np.concatenate([tail[None, :], way, tip[None, :]]), 0.4)


def _tick(path: FloatArray, ink: Ink) -> FloatArray | None:
    """Begin, corner and end of a stroke that goes down a little and up a long way."""
    if ink.size_mm > 22:
        return None
    begin, end = (path[0], path[-1]) if path[0][0] < path[-1][0] else (path[-1], path[0])
    chord = end - begin
    corner = path[np.abs(chord[0] * (path - begin)[:, 1] - chord[1] * (path - begin)[:, 0]).argmax()]
    short, long = begin - corner, end - corner
    sizes = np.hypot(*short), np.hypot(*long)
    if min(sizes) < 0.5:
        return None
    angle = np.arccos(np.clip(short @ long / (sizes[0] * sizes[1]), -1, 1))
    is_low = corner[1] > begin[1] - 0.1 * ink.size_mm and corner[1] > end[1] + 0.3 * ink.size_mm
    if is_low and 0.3 < angle < 2.4 and 0.12 < sizes[0] / sizes[1] < 0.9:
        return np.stack([begin, corner, end])
    return None


def _joined(mark: Mark, tree: shapely.STRtree, shapes: Sequence[Geometry], features: Sequence[SheetFeature]) -> Mark:
    reach = _REACH_MM.get(mark.kind)
    if reach is None or not features:
        return mark
    place, reach = _place(mark, reach)
    near = [int(n) for n in tree.query(place, predicate="dwithin", distance=reach)]
    near.sort(key=lambda n: (float(shapely.distance(shapes[n], place)), n))
    # A pen goes round or along many; all else is about the one that is nearest.
    if mark.kind not in ("loop", "line"):
        near = near[:1]
    return Mark(mark.kind, mark.line, mark.box_mm, tuple(features[n].number for n in near))


def _place(mark: Mark, reach: float) -> tuple[Geometry, float]:
    """What of a mark tells which feature it is about, and how far that may lie off."""
    left, top, right, bottom = mark.box_mm
    if mark.kind == "loop":
        return shapely.make_valid(shapely.Polygon(mark.line)), 0.0
    if mark.kind == "cross":
        return shapely.Point(mark.line[0]), max(reach, 0.3 * float(np.hypot(right - left, bottom - top)))
    if mark.kind == "tick":
        return shapely.Point(mark.line[1]), reach
    if mark.kind == "arrow":
        return shapely.Point(mark.line[0]), reach
    if mark.kind == "line":
        return shapely.LineString(mark.line), reach
    return shapely.box(left, top, right, bottom), reach


def _outline(inks: Sequence[Ink]) -> FloatArray:
    boxes = np.array([ink.box_mm for ink in inks])
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])


def _free_ends(paths: Sequence[FloatArray]) -> FloatArray:
    ends = [tuple(path[end]) for path in paths for end in (0, -1)]
    return np.array([one for one in ends if ends.count(one) == 1]).reshape(-1, 2)


def _length(path: FloatArray) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def _chord(path: FloatArray) -> float:
    return float(np.hypot(*(path[-1] - path[0])))


def _simplified(path: FloatArray, tolerance_mm: float) -> FloatArray:
    """A line without the points that are within a tolerance of it (Douglas and Peucker)."""
    coordinates: FloatArray = shapely.get_coordinates(shapely.simplify(shapely.LineString(path), tolerance_mm))
    return coordinates
