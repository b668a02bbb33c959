"""Keeps the extent of each touched layer in `gpkg_contents`."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from gis_capture.geopackage.blob import envelope_of
from gis_capture.geopackage.names import quote_identifier
from gis_capture.geopackage.rtree import rtree_name

_CORNERS = ("minx", "miny", "maxx", "maxy")
Box = tuple[float, float, float, float]


class Extents:
    """Notes what a transaction adds and removes; writes the extents at its end.

    Adding only grows an extent. Only when something at its edge is removed is it found anew.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._added: dict[str, Box | None] = {}
        self._is_stale: set[str] = set()

    def copy(self) -> "Extents":
        """Gives what is noted so far, to go back to."""
        copy = Extents(self._connection)
        copy._added, copy._is_stale = dict(self._added), set(self._is_stale)
        return copy

    def grow(self, key: str, boxes: Any) -> None:
        """Notes added boxes, shape (n, 4): min_x, min_y, max_x, max_y; NaN for those without a place."""
        boxes = boxes[~np.isnan(boxes[:, 0])]
        before = self._added.get(key)
        if len(boxes) == 0:
            self._added[key] = before
            return
        low, high = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
        self._added[key] = _union(before, (low[0], low[1], high[0], high[1]))

    def note(self, key: str, *, removed: Geometry | None, added: Geometry | None) -> None:
        """Notes one changed or deleted feature."""
        self._added.setdefault(key, None)
        if removed is not None and not shapely.is_empty(removed):
            stored = self._stored(key)
            old = _box(removed)
            if (
                stored is None
                or old[0] <= stored[0]
                or old[1] <= stored[1]
                or old[2] >= stored[2]
                or old[3] >= stored[3]
            ):
                self._is_stale.add(key)
        if added is not None and not shapely.is_empty(added):
            self._added[key] = _union(self._added[key], _box(added))

    def write(self) -> list[str]:
        """Writes the extents; gives the touched layers."""
        for key, added in self._added.items():
            box = self._find(key) if key in self._is_stale else _union(self._stored(key), added)
            self._connection.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,"
                " last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?",
                (*(box or (None, None, None, None)), key),
            )
        return list(self._added)

    def _stored(self, key: str) -> Box | None:
        sql = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
        row = self._connection.execute(sql, (key,)).fetchone()
        return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])

    def _find(self, key: str) -> Box | None:
        """Finds the exact extent: the R-tree rounds outward, so the features near its edge are looked into."""
        box = [min(self._edge(key, corner), default=None) for corner in _CORNERS[:2]]
        box += [max(self._edge(key, corner), default=None) for corner in _CORNERS[2:]]
        if any(corner is None for corner in box):
            return None
        return (box[0], box[1], box[2], box[3])  # type: ignore[return-value]  # None was ruled out above

    def _edge(self, key: str, corner: str) -> Iterator[float]:
        is_low = corner.startswith("min")
        tree = rtree_name(key)
        edge = self._connection.execute(f"SELECT {'min' if is_low else 'max'}({corner}) FROM {tree}").fetchone()[0]
        if edge is None:
            return
        # How far it rounds depends on who wrote the entry, by 2^-22 of the value at most.
        margin = abs(edge) * 1e-6
        is_near, limit = ("<=", edge + margin) if is_low else (">=", edge - margin)
        index = {"minx": 0, "maxx": 1, "miny": 2, "maxy": 3}[corner]
        rows = self._connection.execute(
            f"SELECT geometry FROM {quote_identifier(key)}"
            f" WHERE fid IN (SELECT id FROM {tree} WHERE {corner} {is_near} ?)",
            (limit,),
        )
        for (blob,) in rows:
            envelope = envelope_of(blob)
            if envelope is not None:
                yield envelope[index]


def _box(geometry: Geometry) -> Box:
    min_x, min_y, max_x, max_y = shapely.bounds(geometry).tolist()
    return min_x, min_y, max_x, max_y


def _union(first: Box | None, second: Box | None) -> Box | None:
    if first is None or second is None:
        return first or second
    return (min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3]))
