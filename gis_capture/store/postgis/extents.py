"""Extents of layers as a PostGIS store holds them: in `gis_capture_layers`."""

from gis_capture.geopackage.names import quote_identifier
from gis_capture.store.postgis.database import PostgresDatabase
from gis_capture.store.tables.extents import Box, Extents


class PostgisExtents(Extents):
    """The extents of one transaction."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__()
        self._database = database

    def stored(self, key: str) -> Box | None:
        """The extent as it was written last."""
        sql = "SELECT min_x, min_y, max_x, max_y FROM gis_capture_layers WHERE key = ?"
        return _box(self._database.execute(sql, (key,)).fetchone())

    def put(self, key: str, box: Box | None) -> None:
        """Writes an extent."""
        self._database.execute(
            "UPDATE gis_capture_layers SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE key = ?",
            (*(box or (None, None, None, None)), key),
        )

    def find(self, key: str) -> Box | None:
        """Finds the exact extent; the boxes that PostGIS keeps with geometries are rounded."""
        corners = "min(ST_XMin(geometry)), min(ST_YMin(geometry)), max(ST_XMax(geometry)), max(ST_YMax(geometry))"
        sql = f"SELECT {corners} FROM {quote_identifier(key)}"
        return _box(self._database.execute(sql).fetchone())


def _box(row: tuple[float | None, ...] | None) -> Box | None:
    if row is None or row[0] is None:
        return None
    min_x, min_y, max_x, max_y = row
    return (min_x, min_y, max_x, max_y)  # type: ignore[return-value]  # all or none are there
