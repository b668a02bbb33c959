"""Clipping, simplifying and checking of shapes in the units of a tile; compiled."""

from typing import Any

import numpy as np

from gis_capture.tiles.compiled import compiled

Array = Any
_MAX_CHECKED = 256
"""Vertices of an area whose segments are compared each with each; larger ones are left to GEOS."""


@compiled
def clip_line(ax: float, ay: float, bx: float, by: float, low: float, high: float) -> tuple[float, float]:
    """Gives the parts (0 to 1) of a segment between which it is in the square; the first larger = it is not.

    Source: Liang and Barsky, A New Concept and Method for Line Clipping, ACM TOG 3 (1984).
    """
    first, last = 0.0, 1.0
    dx, dy = bx - ax, by - ay
    for side in range(4):
        if side == 0:
            p, q = -dx, ax - low
        elif side == 1:
            p, q = dx, high - ax
        elif side == 2:
            p, q = -dy, ay - low
        else:
            p, q = dy, high - ay
        if p == 0.0:
            if q < 0.0:
                return 1.0, 0.0
        elif p < 0.0:
            first = max(first, q / p)
        else:
            last = min(last, q / p)
    return first, last


@compiled
def clip_ring(x: Array, y: Array, n: int, other_x: Array, other_y: Array, low: float, high: float) -> int:
    """Clips a ring to the square, in its own arrays; gives its new length.

    Source: Sutherland and Hodgman, Reentrant Polygon Clipping, CACM 17 (1974).
    """
    for side in range(4):
        m = 0
        for i in range(n):
            j = i - 1 if i else n - 1
            if side < 2:
                a, b = x[j], x[i]
            else:
                a, b = y[j], y[i]
            limit = low if side % 2 == 0 else high
            a_in = a >= limit if side % 2 == 0 else a <= limit
            b_in = b >= limit if side % 2 == 0 else b <= limit
            if a_in != b_in:
                part = (limit - a) / (b - a)
                other_x[m] = limit if side < 2 else x[j] + part * (x[i] - x[j])
                other_y[m] = limit if side >= 2 else y[j] + part * (y[i] - y[j])
                m += 1
            if b_in:
                other_x[m], other_y[m] = x[i], y[i]
                m += 1
        n = m
        for i in range(n):
            x[i], y[i] = other_x[i], other_y[i]
        if n == 0:
            return 0
    return n


@compiled
def simplify(x: Array, y: Array, first: int, last: int, keep: Array, stack: Array, tolerance: float) -> None:
    """Marks in `keep` what stays between two vertices that stay.

    Source: Douglas and Peucker, Algorithms for the reduction of the number of points, Cartographica 10 (1973).
    """
    top = 0
    stack[0], stack[1] = first, last
    limit = tolerance * tolerance
    while top >= 0:
        a, b = stack[2 * top], stack[2 * top + 1]
        top -= 1
        dx, dy = x[b] - x[a], y[b] - y[a]
        length = dx * dx + dy * dy
        worst, split = limit, -1
        for i in range(a + 1, b):
            ex, ey = x[i] - x[a], y[i] - y[a]
            part = 0.0
            if length > 0.0:
                part = min(1.0, max(0.0, (ex * dx + ey * dy) / length))
            ex -= part * dx
            ey -= part * dy
            distance = ex * ex + ey * ey
            if distance > worst:
                worst, split = distance, i
        if split >= 0:
            keep[split] = 1
            stack[2 * top + 2], stack[2 * top + 3] = a, split
            stack[2 * top + 4], stack[2 * top + 5] = split, b
            top += 2


@compiled
def simplify_ring(x: Array, y: Array, n: int, keep: Array, stack: Array, tolerance: float) -> None:
    """Marks in `keep` what stays of a ring: it is two lines, to the vertex farthest from the first and back."""
    far, worst = 0, 0.0
    for i in range(n):
        distance = (x[i] - x[0]) ** 2 + (y[i] - y[0]) ** 2
        if distance > worst:
            far, worst = i, distance
    keep[0] = keep[far] = 1
    simplify(x, y, 0, far, keep, stack, tolerance)
    # The way back ends at the first vertex, which stands once more behind the last.
    x[n], y[n] = x[0], y[0]
    simplify(x, y, far, n, keep, stack, tolerance)


@compiled
def doubled_area(x: Array, y: Array, first: int, last: int) -> int:
    """Twice the area of a ring of whole numbers, positive where it goes clockwise with y downwards."""
    total = 0
    j = last - 1
    for i in range(first, last):
        total += x[j] * y[i] - x[i] * y[j]
        j = i
    return total


@compiled
def _turn(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    product = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if product > 0:
        return 1
    return -1 if product < 0 else 0


@compiled
def reverse(x: Array, y: Array, first: int, last: int) -> None:
    """Turns a ring round where it stands."""
    last -= 1
    while first < last:
        x[first], x[last] = x[last], x[first]
        y[first], y[last] = y[last], y[first]
        first += 1
        last -= 1


@compiled
def _is_star(x: Array, y: Array, n: int) -> bool:
    """Tells whether a ring is seen whole from the mean of its vertices, going round it once; then it is a clean one."""
    middle_x, middle_y = 0, 0
    for i in range(n):
        middle_x += x[i]
        middle_y += y[i]
    n_rounds, is_first = 0, True
    is_left = False
    px, py = x[n - 1] * n - middle_x, y[n - 1] * n - middle_y
    for i in range(n):
        qx, qy = x[i] * n - middle_x, y[i] * n - middle_y
        turn = px * qy - py * qx
        if turn == 0 or (not is_first and (turn > 0) != is_left):
            return False
        is_left, is_first = turn > 0, False
        if (py < 0) and (qy >= 0):
            n_rounds += 1
        px, py = qx, qy
    return n_rounds == 1


@compiled
def is_clean(x: Array, y: Array, ends: Array, n_rings: int) -> bool:
    """Tells whether no two segments of rings touch, but for neighbours at their common vertex; False when in doubt."""
    n = ends[n_rings - 1]
    if n > _MAX_CHECKED:
        return False
    if n_rings == 1 and _is_star(x, y, n):
        return True
    following = np.empty(n, dtype=np.int64)
    first = 0
    for ring in range(n_rings):
        for i in range(first, ends[ring]):
            following[i] = i + 1
        following[ends[ring] - 1] = first
        first = ends[ring]
    for i in range(n):
        i2 = following[i]
        ax, ay, bx, by = x[i], y[i], x[i2], y[i2]
        low_x, high_x, low_y, high_y = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        for j in range(i + 1, n):
            j2 = following[j]
            cx, cy, dx, dy = x[j], y[j], x[j2], y[j2]
            if max(cx, dx) < low_x or min(cx, dx) > high_x or max(cy, dy) < low_y or min(cy, dy) > high_y:
                continue
            if j == i2 or j2 == i:
                # Neighbours: they must not lie on one another.
                if j == i2:
                    px, py, qx, qy, rx, ry = ax, ay, bx, by, dx, dy
                else:
                    px, py, qx, qy, rx, ry = cx, cy, ax, ay, bx, by
                turns_back = (qx - px) * (rx - qx) + (qy - py) * (ry - qy) < 0
                if turns_back and _turn(px, py, qx, qy, rx, ry) == 0:
                    return False
                continue
            # Touching is in doubt as well.
            if (
                _turn(ax, ay, bx, by, cx, cy) * _turn(ax, ay, bx, by, dx, dy) <= 0
                and _turn(cx, cy, dx, dy, ax, ay) * _turn(cx, cy, dx, dy, bx, by) <= 0
            ):
                return False
    return True
