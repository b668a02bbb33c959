"""Encodes rows of a layer as features of a tile; compiled, without the interpreter's lock.

Areas that are not certainly valid are left to `numpy_encoder`, by their places.
"""

from typing import Any

import numpy as np

from gis_capture.tiles.columns import LINE, NONE, POINT
from gis_capture.tiles.compiled import compiled
from gis_capture.tiles.grid import BUFFER, EXTENT, SIMPLIFY_UNITS
from gis_capture.tiles.kernel_edges import rejoin
from gis_capture.tiles.kernel_geometry import (
    clip_line,
    clip_ring,
    doubled_area,
    is_clean,
    reverse,
    simplify,
    simplify_ring,
)

Array = Any
_LOW, _HIGH = float(-BUFFER), float(EXTENT + BUFFER)
_MAX_COUNTED = 4096
_NO_VALUE = np.uint32(NONE)


@compiled
def put(out: Array, at: int, number: int) -> int:
    """Writes a varint; gives the place behind it."""
    while number > 0x7F:
        out[at] = number & 0x7F | 0x80
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@compiled
def _copy(source: Array, start: int, out: Array, at: int, n: int) -> int:
    """Copies bytes; gives the place behind them."""
    # Of an unsigned place the compiled code need not ask whether it counts from the end.
    from_place, to_place = np.uint64(start), np.uint64(at)
    for i in range(np.uint64(n)):
        out[to_place + i] = source[from_place + i]
    return at + n


@compiled
def _size(number: int) -> int:
    size = 1
    while number > 0x7F:
        number >>= 7
        size += 1
    return size


@compiled
def _add(gx: Array, gy: Array, start: int, end: int, x: int, y: int) -> int:
    """Adds a vertex to a run that begins at `start`, unless it is the one before; gives the new end."""
    if end > start and gx[end - 1] == x and gy[end - 1] == y:
        return end
    gx[end], gy[end] = x, y
    return end + 1


@compiled
def _points(xy: Array, first: int, last: int, scale: float, ox: float, oy: float, gx: Array, gy: Array) -> int:
    n = 0
    for i in range(first, last):
        x = np.floor(xy[i, 0] * scale - ox + 0.5)
        y = np.floor(xy[i, 1] * scale - oy + 0.5)
        if _LOW <= x <= _HIGH and _LOW <= y <= _HIGH:
            gx[n], gy[n] = int(x), int(y)
            n += 1
    return n


@compiled
def _end_line(x: Array, y: Array, n: int, keep: Array, stack: Array, gx: Array, gy: Array, end: int) -> int:
    """Adds a run of a line, simplified and in whole units; gives the end, the old one where it is too short."""
    keep[:n] = 0
    keep[0] = keep[n - 1] = 1
    simplify(x, y, 0, n - 1, keep, stack, SIMPLIFY_UNITS)
    start = end
    for i in range(n):
        if keep[i]:
            end = _add(gx, gy, start, end, int(np.floor(x[i] + 0.5)), int(np.floor(y[i] + 0.5)))
    return end if end - start >= 2 else start


@compiled
def _line(
    xy: Array, first: int, last: int, scale: float, ox: float, oy: float,
    x: Array, y: Array, keep: Array, stack: Array, gx: Array, gy: Array, ends: Array, n_ends: int, end: int,
) -> tuple[int, int]:  # fmt: skip
    """Clips a line into runs; gives the number of runs and the end of their vertices."""
    n = 0
    for i in range(first, last - 1):
        ax, ay = xy[i, 0] * scale - ox, xy[i, 1] * scale - oy
        bx, by = xy[i + 1, 0] * scale - ox, xy[i + 1, 1] * scale - oy
        enter, leave = clip_line(ax, ay, bx, by, _LOW, _HIGH)
        if enter <= leave:
            if n == 0:
                x[0], y[0] = ax + enter * (bx - ax), ay + enter * (by - ay)
                n = 1
            x[n], y[n] = ax + leave * (bx - ax), ay + leave * (by - ay)
            n += 1
        if n and (enter > leave or leave < 1.0 or i == last - 2):
            new_end = _end_line(x, y, n, keep, stack, gx, gy, end)
            if new_end > end:
                end = new_end
                ends[n_ends] = end
                n_ends += 1
            n = 0
    return n_ends, end


@compiled
def _ring(
    xy: Array, first: int, last: int, scale: float, ox: float, oy: float, is_outer: bool,
    x: Array, y: Array, other_x: Array, other_y: Array, keep: Array, stack: Array, gx: Array, gy: Array, start: int,
) -> int:  # fmt: skip
    """Clips, simplifies and rounds a ring, and gives it its orientation; gives the end, the start where it is gone."""
    n = last - first
    is_inside = True
    for i in range(n):
        x[i], y[i] = xy[first + i, 0] * scale - ox, xy[first + i, 1] * scale - oy
        is_inside = is_inside and _LOW <= x[i] <= _HIGH and _LOW <= y[i] <= _HIGH
    if not is_inside:
        n = clip_ring(x, y, n, other_x, other_y, _LOW, _HIGH)
        if n < 3:
            return start
    keep[:n] = 0
    simplify_ring(x, y, n, keep, stack, SIMPLIFY_UNITS)
    end = start
    for i in range(n):
        if keep[i]:
            end = _add(gx, gy, start, end, int(np.floor(x[i] + 0.5)), int(np.floor(y[i] + 0.5)))
    while end - start > 1 and gx[end - 1] == gx[start] and gy[end - 1] == gy[start]:
        end -= 1
    if end - start < 3:
        return start
    area = doubled_area(gx, gy, start, end)
    if area == 0:
        return start
    if (area > 0) != is_outer:
        reverse(gx, gy, start, end)
    return end


@compiled
def _commands(kind: int, gx: Array, gy: Array, ends: Array, n_ends: int, out: Array) -> int:
    """Writes commands and parameters (Mapbox Vector Tile 2.1, 4.3); gives their bytes."""
    at, start, last_x, last_y = 0, 0, 0, 0
    for part in range(n_ends):
        end = ends[part]
        at = put(out, at, 1 | (end - start if kind == POINT else 1) << 3)
        for i in range(start, end):
            if i == start + 1 and kind != POINT:
                at = put(out, at, 2 | (end - start - 1) << 3)
            dx, dy = gx[i] - last_x, gy[i] - last_y
            at = put(out, at, (dx << 1) ^ (dx >> 63))
            at = put(out, at, (dy << 1) ^ (dy >> 63))
            last_x, last_y = gx[i], gy[i]
        if kind > LINE:
            out[at] = 15
            at += 1
        start = end
    return at


@compiled
def encode(
    rows: Array, counts: Array, kinds: Array, part_offsets: Array, vertex_offsets: Array, outer: Array, xy: Array,
    fids: Array, values: Array, value_starts: Array, value_lengths: Array, value_bytes: Array,
    n_shared: int, chosen: Array, z: int, tile_x: int, tile_y: int, first_value: int,
    marks: Array, epoch: int, out: Array, out_values: Array, failed: Array,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Gives the bytes of features, bytes and number of values, and the number of `failed` places.

    The first is negative when `out` or `out_values` is too small; then nothing of them counts.
    """
    scale = float(EXTENT) * float(1 << z)
    ox, oy = float(tile_x) * EXTENT, float(tile_y) * EXTENT
    largest_part, largest_row = 1, 1
    for row in rows:
        for part in range(part_offsets[row], part_offsets[row + 1]):
            largest_part = max(largest_part, vertex_offsets[part + 1] - vertex_offsets[part])
        largest_row = max(largest_row, vertex_offsets[part_offsets[row + 1]] - vertex_offsets[part_offsets[row]])
    size, row_size = 6 * largest_part + 16, 6 * largest_row + 16
    x, y, other_x, other_y = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    keep, stack = np.empty(size, dtype=np.uint8), np.empty(2 * size + 8, dtype=np.int64)
    gx, gy = np.empty(row_size, dtype=np.int64), np.empty(row_size, dtype=np.int64)
    ends = np.empty(row_size, dtype=np.int64)
    shape, tags = np.empty(22 * row_size + 32, dtype=np.uint8), np.empty(20 * (len(chosen) + 1), dtype=np.uint8)
    counted = np.zeros(_MAX_COUNTED, dtype=np.int64)
    at, value_at, n_values, n_failed = 0, 0, 0, 0
    # Values that lie one after the other are copied together: from here to there, not yet in `out_values`.
    run_start, run_end = 0, 0
    for place in range(len(rows)):
        row = rows[place]
        kind = kinds[row]
        first_part, last_part = part_offsets[row], part_offsets[row + 1]
        n_ends, end, is_lost = 0, 0, False
        if kind == POINT:
            end = _points(xy, vertex_offsets[first_part], vertex_offsets[last_part], scale, ox, oy, gx, gy)
            if end == 0:
                continue
            ends[0] = end
            n_ends = 1
        elif kind == LINE:
            for part in range(first_part, last_part):
                n_ends, end = _line(
                    xy, vertex_offsets[part], vertex_offsets[part + 1], scale, ox, oy,
                    x, y, keep, stack, gx, gy, ends, n_ends, end,
                )  # fmt: skip
        else:
            has_outer = False
            for part in range(first_part, last_part):
                is_outer = outer[part] == 1
                if not is_outer and not has_outer:
                    continue
                new_end = _ring(
                    xy, vertex_offsets[part], vertex_offsets[part + 1], scale, ox, oy, is_outer,
                    x, y, other_x, other_y, keep, stack, gx, gy, end,
                )  # fmt: skip
                if is_outer:
                    has_outer = new_end > end
                if new_end == end:
                    is_lost = True
                    continue
                end = new_end
                ends[n_ends] = end
                n_ends += 1
            # A part may lie in a hole that is gone.
            is_nested = is_lost and n_ends > 1
            if n_ends and (is_nested or not is_clean(gx, gy, ends, n_ends)):
                n_ends = 0 if is_nested else rejoin(gx, gy, ends, n_ends, -BUFFER, EXTENT + BUFFER)
                if n_ends == 0:
                    failed[n_failed] = place
                    n_failed += 1
                    continue
        if n_ends == 0:
            # What is smaller than a unit is drawn as one unit.
            start = vertex_offsets[first_part]
            corner_x, corner_y = np.floor(xy[start, 0] * scale - ox), np.floor(xy[start, 1] * scale - oy)
            if not (_LOW <= corner_x < _HIGH and _LOW <= corner_y < _HIGH):
                continue
            gx[0], gy[0] = int(corner_x), int(corner_y)
            gx[1], gy[1] = gx[0] + 1, gy[0]
            gx[2], gy[2] = gx[1], gy[0] + 1
            gx[3], gy[3] = gx[0], gy[2]
            ends[0] = 2 if kind == LINE else 4
            n_ends = 1
        n_shape = _commands(kind, gx, gy, ends, n_ends, shape)
        n_tags = 0
        for key in range(len(chosen)):
            value = values[chosen[key], row]
            if value == _NO_VALUE:
                continue
            number = first_value + n_values
            mark = marks[value] if value < n_shared else 0
            if mark >> 32 == epoch:
                number = mark & 0xFFFFFFFF
            else:
                if value < n_shared:
                    marks[value] = epoch << 32 | number
                start = value_starts[value]
                if start != run_end:
                    if value_at + run_end - run_start > len(out_values):
                        return -1, 0, 0, 0
                    value_at = _copy(value_bytes, run_start, out_values, value_at, run_end - run_start)
                    run_start = start
                run_end = start + value_lengths[value]
                n_values += 1
            n_tags = put(tags, n_tags, key)
            n_tags = put(tags, n_tags, number)
        if len(counts):
            n = counts[place]
            number = counted[n] - 1 if n < _MAX_COUNTED else -1
            if number < 0:
                number = first_value + n_values
                if value_at + run_end - run_start + 16 > len(out_values):
                    return -1, 0, 0, 0
                value_at = _copy(value_bytes, run_start, out_values, value_at, run_end - run_start)
                run_start = run_end
                if n < _MAX_COUNTED:
                    counted[n] = number + 1
                out_values[value_at], out_values[value_at + 1], out_values[value_at + 2] = 0x22, 1 + _size(n), 0x28
                value_at = put(out_values, value_at + 3, n)
                n_values += 1
            n_tags = put(tags, n_tags, len(chosen))
            n_tags = put(tags, n_tags, number)
        fid = fids[row]
        length = 1 + _size(fid) + 1 + _size(n_tags) + n_tags + 2 + 1 + _size(n_shape) + n_shape
        if at + length + 8 > len(out):
            return -1, 0, 0, 0
        out[at] = 0x12
        at = put(out, at + 1, length)
        out[at] = 0x08
        at = put(out, at + 1, fid)
        out[at] = 0x12
        at = put(out, at + 1, n_tags)
        at = _copy(tags, 0, out, at, n_tags)
        out[at], out[at + 1], out[at + 2] = 0x18, kind, 0x22
        at = put(out, at + 3, n_shape)
        at = _copy(shape, 0, out, at, n_shape)
    if value_at + run_end - run_start > len(out_values):
        return -1, 0, 0, 0
    value_at = _copy(value_bytes, run_start, out_values, value_at, run_end - run_start)
    return at, value_at, n_values, n_failed
