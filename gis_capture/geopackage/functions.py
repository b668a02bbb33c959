"""The five SQL functions that the triggers of a GeoPackage's R-tree call (OGC 12-128r19, F.3)."""

import sqlite3
from collections.abc import Callable

from gis_capture.errors import FeatureError
from gis_capture.geopackage.blob import envelope_of


def register_functions(connection: sqlite3.Connection) -> None:
    """Adds ST_MinX, ST_MaxX, ST_MinY, ST_MaxY and ST_IsEmpty; they give NULL for what is no geometry."""
    for place, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, _ordinate(place), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)


def _ordinate(place: int) -> Callable[[object], float | None]:
    def ordinate(blob: object) -> float | None:
        try:
            envelope = envelope_of(blob) if isinstance(blob, bytes) else None
        except FeatureError:
            return None
        return envelope[place] if envelope else None

    return ordinate


def _is_empty(blob: object) -> bool | None:
    try:
        return envelope_of(blob) is None if isinstance(blob, bytes) else None
    except FeatureError:
        return None
