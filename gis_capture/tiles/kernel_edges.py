"""Puts clipped areas right that run along the edge of the square in which they were clipped; compiled.

Clipping one ring after the other (Sutherland and Hodgman) leaves bridges along the edge between the parts of an area,
and holes that touch the edge. What counts is inside the square: the pieces of the rings there are joined anew along
the edge, as far as the area itself lies there.

Source: Weiler and Atherton, Hidden surface removal using polygon area sorting, SIGGRAPH (1977), for a square.
"""

from typing import Any

import numpy as np

from gis_capture.tiles.compiled import compiled
from gis_capture.tiles.kernel_geometry import doubled_area, is_clean

Array = Any


@compiled
def _place(x: int, y: int, low: int, high: int) -> int:
    """How far round the edge a vertex lies, clockwise with y downwards from the first corner; -1 = not on it."""
    width = high - low
    if y == low:
        return x - low
    if x == high:
        return width + y - low
    if y == high:
        return 2 * width + high - x
    return 3 * width + high - y if x == low else -1


@compiled
def _runs_along(ax: int, ay: int, bx: int, by: int, low: int, high: int) -> bool:
    return (ax == bx and ax in (low, high)) or (ay == by and ay in (low, high))


@compiled
def _add(x: Array, y: Array, first: int, end: int, new_x: int, new_y: int) -> int:
    """Adds a vertex to a ring unless it is the one before; gives the new end."""
    if end > first and x[end - 1] == new_x and y[end - 1] == new_y:
        return end
    x[end], y[end] = new_x, new_y
    return end + 1


@compiled
def rejoin(x: Array, y: Array, ends: Array, n_rings: int, low: int, high: int) -> int:
    """Makes clean rings of those of an area, in their own arrays; gives their number, 0 = it is in doubt.

    Args:
        x: Whole units; there is room for five times as many vertices, and for as many rings.
        y: Whole units.
        ends: Of the rings, of which outer ones go clockwise with y downwards, and inner ones against it.
        n_rings: How many there are.
        low: Of the square, in both directions.
        high: Of the square.
    """
    n, width = ends[n_rings - 1], high - low
    # Of a piece: its first vertex in its ring, its vertices, and the first vertex and the vertices of that ring.
    pieces = np.empty((n + 1, 4), dtype=np.int64)
    new_x, new_y = np.empty(5 * n + 8, dtype=np.int64), np.empty(5 * n + 8, dtype=np.int64)
    new_ends = np.empty(n + 1, dtype=np.int64)
    n_pieces, n_new, n_holes, end, first = 0, 0, 0, 0, 0
    for ring in range(n_rings):
        size = ends[ring] - first
        begin = -1
        for i in range(size):
            a, b = first + i, first + (i + 1) % size
            if _runs_along(x[a], y[a], x[b], y[b], low, high):
                begin = i
                break
        opened = -1
        for k in range(1, size + 1 if begin >= 0 else 0):
            a, b = first + (begin + k) % size, first + (begin + k + 1) % size
            if not _runs_along(x[a], y[a], x[b], y[b], low, high):
                if opened < 0:
                    opened = k
            elif opened >= 0:
                pieces[n_pieces, 0], pieces[n_pieces, 1] = (begin + opened) % size, k - opened + 1
                pieces[n_pieces, 2], pieces[n_pieces, 3] = first, size
                n_pieces += 1
                opened = -1
        first = ends[ring]
    if n_pieces == 0:
        return 0
    is_used = np.zeros(n_pieces, dtype=np.uint8)
    for start in range(n_pieces):
        if is_used[start]:
            continue
        ring_first, piece = end, start
        while True:
            is_used[piece] = 1
            at_x, at_y = 0, 0
            for i in range(pieces[piece, 1]):
                vertex = pieces[piece, 2] + (pieces[piece, 0] + i) % pieces[piece, 3]
                at_x, at_y = x[vertex], y[vertex]
                end = _add(new_x, new_y, ring_first, end, at_x, at_y)
            here = _place(at_x, at_y, low, high)
            following, shortest = -1, 5 * width
            for other in range(n_pieces):
                vertex = pieces[other, 2] + pieces[other, 0]
                there = _place(x[vertex], y[vertex], low, high)
                if here < 0 or there < 0:
                    return 0
                if (there - here) % (4 * width) < shortest:
                    following, shortest = other, (there - here) % (4 * width)
            corner = here // width + 1
            while corner * width < here + shortest:
                side = corner % 4
                corner_x, corner_y = high if side == 1 or side == 2 else low, high if side >= 2 else low
                end = _add(new_x, new_y, ring_first, end, corner_x, corner_y)
                corner += 1
            if following == start:
                break
            if is_used[following]:
                return 0
            piece = following
        while end - ring_first > 1 and new_x[end - 1] == new_x[ring_first] and new_y[end - 1] == new_y[ring_first]:
            end -= 1
        if end - ring_first < 3 or doubled_area(new_x, new_y, ring_first, end) <= 0:
            return 0
        new_ends[n_new] = end
        n_new += 1
    # What does not run along the edge stays as it is. Inner rings follow the outer one, if it is the only one.
    for wanted in (1, -1):
        first = 0
        for ring in range(n_rings):
            is_whole = True
            for i in range(first, ends[ring]):
                j = i + 1 if i + 1 < ends[ring] else first
                is_whole = is_whole and not _runs_along(x[i], y[i], x[j], y[j], low, high)
            if is_whole and doubled_area(x, y, first, ends[ring]) * wanted > 0:
                n_holes += wanted < 0
                for i in range(first, ends[ring]):
                    new_x[end], new_y[end] = x[i], y[i]
                    end += 1
                new_ends[n_new] = end
                n_new += 1
            first = ends[ring]
    if (n_holes and n_new - n_holes > 1) or not is_clean(new_x, new_y, new_ends, n_new):
        return 0
    x[:end], y[:end], ends[:n_new] = new_x[:end], new_y[:end], new_ends[:n_new]
    return n_new
