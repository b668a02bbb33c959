"""Keeps the extent of each touched layer."""

from typing import Any

import numpy as np
import shapely
from shapely import Geometry

Box = tuple[float, float, float, float]


class Extents:
    """Notes what a transaction adds and removes; writes the extents at its end.

    Adding only grows an extent. Only when something at its edge is removed is it found anew.
    """

    def __init__(self) -> None:
        self._added: dict[str, Box | None] = {}
        self._is_stale: set[str] = set()

    def state(self) -> Any:
        """Gives what is noted so far, to go back to."""
        return dict(self._added), set(self._is_stale)

    def go_back(self, state: Any) -> None:
        """Forgets what was noted since."""
        self._added, self._is_stale = state

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
            stored = self.stored(key)
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
            self.put(key, self.find(key) if key in self._is_stale else _union(self.stored(key), added))
        touched = list(self._added)
        self._added, self._is_stale = {}, set()
        return touched

    def stored(self, key: str) -> Box | None:
        """The extent as it was written last."""
        raise NotImplementedError

    def put(self, key: str, box: Box | None) -> None:
        """Writes an extent."""
        raise NotImplementedError

    def find(self, key: str) -> Box | None:
        """Finds the exact extent anew."""
        raise NotImplementedError


def _box(geometry: Geometry) -> Box:
    min_x, min_y, max_x, max_y = shapely.bounds(geometry).tolist()
    return min_x, min_y, max_x, max_y


def _union(first: Box | None, second: Box | None) -> Box | None:
    if first is None or second is None:
        return first or second
    return (min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3]))
