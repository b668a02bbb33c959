"""Circles and arcs as lines of short chords; angles in radians, counter-clockwise from the x axis."""

import math

Point = tuple[float, float]

_STEP = math.radians(5)


def arc(center: Point, radius: float, start: float, end: float) -> list[Point]:
    """Points on an arc from `start` to `end`, both included; clockwise where `end` is less."""
    n = max(2, math.ceil(abs(end - start) / _STEP))
    angles = [start + (end - start) * i / n for i in range(n + 1)]
    return [(center[0] + radius * math.cos(a), center[1] + radius * math.sin(a)) for a in angles]


def circle(center: Point, radius: float) -> list[Point]:
    """A closed ring of 72 chords."""
    points = arc(center, radius, 0.0, 2 * math.pi)
    return [*points[:-1], points[0]]


def circle_through(a: Point, b: Point, c: Point) -> tuple[Point, float] | None:
    """Centre and radius of the circle through three points; None where they lie on a line."""
    bx, by, cx, cy = b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]
    d = 2 * (bx * cy - by * cx)
    if abs(d) < 1e-12:
        return None
    ux = (cy * (bx * bx + by * by) - by * (cx * cx + cy * cy)) / d
    uy = (bx * (cx * cx + cy * cy) - cx * (bx * bx + by * by)) / d
    return (a[0] + ux, a[1] + uy), math.hypot(ux, uy)


def arc_through(a: Point, b: Point, c: Point) -> list[Point]:
    """Points on the arc from a over b to c; the three points themselves where they lie on a line."""
    found = circle_through(a, b, c)
    if found is None:
        return [a, b, c]
    center, radius = found
    start, middle, end = (math.atan2(p[1] - center[1], p[0] - center[0]) for p in (a, b, c))
    sweep, to_middle = (end - start) % (2 * math.pi), (middle - start) % (2 * math.pi)
    if to_middle > sweep:
        sweep -= 2 * math.pi
    return [a, *arc(center, radius, start, start + sweep)[1:-1], c]
