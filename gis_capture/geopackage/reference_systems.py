"""Rows of `gpkg_spatial_ref_sys`."""

import sqlite3
from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from gis_capture.errors import CRSError
from gis_capture.text import Text


@lru_cache(maxsize=64)
def srs_id_of(crs: str) -> int:
    """Gives the EPSG code of "EPSG:6668".

    Raises:
        CRSError: Not an EPSG code that PROJ knows.
    """
    authority, _, code = crs.partition(":")
    if authority.upper() == "EPSG" and code.isdigit():
        try:
            CRS.from_epsg(int(code))
            return int(code)
        except ProjError:
            pass
    raise CRSError(
        Text(
            f"座標系「{crs}」がわかりません。EPSG:6668 のように書いてください。",
            f'CRS "{crs}" is not known; write it as "EPSG:6668".',
        ),
        crs=crs,
    )


def ensure_reference_system(connection: sqlite3.Connection, crs: str) -> int:
    """Adds the row of a CRS where it is missing; gives its srs_id."""
    srs_id = srs_id_of(crs)
    known = connection.execute("SELECT 1 FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs_id,)).fetchone()
    if known is None:
        definition = CRS.from_epsg(srs_id)
        connection.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, ?, NULL)",
            (definition.name, srs_id, srs_id, definition.to_wkt("WKT1_GDAL")),
        )
    return srs_id
