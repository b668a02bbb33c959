"""Rows of a layer in PostGIS."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from gis_capture.geopackage.blob import Geometries
from gis_capture.model import FieldType, Value
from gis_capture.store.postgis.columns import column_reader, column_writer
from gis_capture.store.tables.layer_rows import LayerRows, parse_layer


class PostgisRows(LayerRows):
    """Geometries are extended WKB in hexadecimal digits, which keeps Z, M and every bit."""

    def encode_geometries(self, geometries: Geometries) -> Sequence[Any]:
        """Makes the contents of the geometry column."""
        placed = shapely.set_srid(geometries, self.srs_id)
        wkbs = shapely.to_wkb(placed, hex=True, output_dimension=4, byte_order=1, include_srid=True, flavor="extended")
        return list(wkbs)

    def decode_geometries(self, contents: Sequence[Any]) -> Geometries:
        """Reads contents of the geometry column."""
        read = np.asarray(shapely.from_wkb(np.array([*contents, None], dtype=object)[:-1]))
        return np.asarray(shapely.set_srid(read, 0))

    def column_writer(self, field_type: FieldType) -> Callable[[Any], Any] | None:
        """How a value becomes a column's content."""
        return column_writer(field_type)

    def column_reader(self, field_type: FieldType) -> Callable[[Any], Value] | None:
        """How a column's content becomes a value."""
        return column_reader(field_type)


@lru_cache(maxsize=256)
def layer_rows(layer_definition: str) -> PostgisRows:
    """Gives the rows object of a stored definition."""
    return PostgisRows(parse_layer(layer_definition))
