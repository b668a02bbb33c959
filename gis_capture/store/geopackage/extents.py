"""Extents of layers as a GeoPackage holds them: in `gpkg_contents`, found anew by the R-tree."""

import sqlite3
from collections.abc import Iterator

from gis_capture.geopackage.blob import envelope_of
from gis_capture.geopackage.names import quote_identifier
from gis_capture.geopackage.rtree import rtree_name
from gis_capture.store.tables.extents import Box, Extents

_CORNERS = ("minx", "miny", "maxx", "maxy")


class GeoPackageExtents(Extents):
    """The extents of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def stored(self, key: str) -> Box | None:
        """The extent as it was written last."""
        sql = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
        row = self._connection.execute(sql, (key,)).fetchone()
        return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])

    def put(self, key: str, box: Box | None) -> None:
        """Writes an extent."""
        self._connection.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,"
            " last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?",
            (*(box or (None, None, None, None)), key),
        )

    def find(self, key: str) -> Box | None:
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
