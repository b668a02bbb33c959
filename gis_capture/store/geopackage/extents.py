"""Extents of layers as a GeoPackage holds them: in `gpkg_contents`, found anew by the R-tree."""

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gis_capture.geopackage.blob import envelope_of
from gis_capture.geopackage.names import quote_identifier
from gis_capture.geopackage.rtree import rtree_name
from gis_capture.store.tables.extents import Box, Extents

_CORNERS = ("minx", "miny", "maxx", "maxy")
_QUICK = 64
"""Features at an edge that are looked into before it is searched for."""


class GeoPackageExtents(Extents):
    """The extents of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._before: dict[str, Box | None] = {}

    def stored(self, key: str) -> Box | None:
        """The extent as it was before this transaction."""
        if key not in self._before:
            sql = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
            row = self._connection.execute(sql, (key,)).fetchone()
            self._before[key] = None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])
        return self._before[key]

    def put(self, key: str, box: Box | None) -> None:
        """Writes an extent."""
        self._connection.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,"
            " last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?",
            (*(box or (None, None, None, None)), key),
        )

    def find(self, key: str) -> Box | None:
        """Finds the exact extent: the R-tree rounds outward, so the features near its edge are looked into."""
        before = self.stored(key) or (math.nan,) * 4
        box = [self._edge(key, corner, before) for corner in _CORNERS]
        return None if any(edge is None for edge in box) else (box[0], box[1], box[2], box[3])  # type: ignore[return-value]

    def _edge(self, key: str, corner: str, before: Box) -> float | None:
        """The exact edge of a layer that was `before` there; looks only at what lies near it."""
        near = _Near(self._connection, key, corner)
        was = before[_CORNERS.index(corner)]
        added = self._added.get(key)
        is_beyond = added is not None and (added[_CORNERS.index(corner)] - was) * near.inward < 0
        if not is_beyond and near.is_still(was):
            return was
        # Nothing is farther out than what was there or has been added; from there the search goes inward.
        start = added[_CORNERS.index(corner)] if is_beyond and added else was
        width = abs(before[_CORNERS.index(corner) - 2] - start)
        step = near.margin(start)
        while step <= width and near.is_empty(start + near.inward * step):
            step *= 8
        edge = near.outermost(start + near.inward * step if step <= width else None)
        if edge is None:
            return None
        found = near.values(edge + near.inward * near.margin(edge))
        return min(found, default=None) if near.is_low else max(found, default=None)


@dataclass(frozen=True, slots=True)
class _Near:
    """What the R-tree of a layer knows of one of its edges."""

    connection: sqlite3.Connection
    key: str
    corner: str

    @property
    def is_low(self) -> bool:
        return self.corner.startswith("min")

    @property
    def inward(self) -> int:
        return 1 if self.is_low else -1

    def margin(self, edge: float) -> float:
        """How far an entry may be off: it depends on who wrote it, by 2^-22 of the value at most."""
        return abs(edge) * 1e-6 + 1e-30

    def is_still(self, edge: float) -> bool:
        """Whether some feature ends exactly here and none far beyond; says no where it is not quickly seen."""
        if math.isnan(edge):
            return False
        margin = self.inward * self.margin(edge)
        return self.is_empty(edge - margin) and any(
            value == edge for value in islice(self.values(edge + margin), _QUICK)
        )

    def is_empty(self, limit: float) -> bool:
        """Whether nothing is as far out as `limit`."""
        sql = f"SELECT 1 FROM {rtree_name(self.key)} WHERE {self.corner} {self._as_far} ? LIMIT 1"
        return self.connection.execute(sql, (limit,)).fetchone() is None

    def outermost(self, limit: float | None) -> float | None:
        """The edge as the R-tree has it, of what is as far out as `limit`; None = of all."""
        sql = f"SELECT {'min' if self.is_low else 'max'}({self.corner}) FROM {rtree_name(self.key)}"
        where, values = (f" WHERE {self.corner} {self._as_far} ?", (limit,)) if limit is not None else ("", ())
        edge: float | None = self.connection.execute(sql + where, values).fetchone()[0]
        return edge

    def values(self, limit: float) -> Iterator[float]:
        """The exact values of the features that are as far out as `limit`."""
        index = {"minx": 0, "maxx": 1, "miny": 2, "maxy": 3}[self.corner]
        rows = self.connection.execute(
            f"SELECT t.geometry FROM {rtree_name(self.key)} r CROSS JOIN {quote_identifier(self.key)} t ON t.fid = r.id"
            f" WHERE r.{self.corner} {self._as_far} ?",
            (limit,),
        )
        for (blob,) in rows:
            envelope = envelope_of(blob)
            if envelope is not None:
                yield envelope[index]

    @property
    def _as_far(self) -> str:
        return "<=" if self.is_low else ">="
