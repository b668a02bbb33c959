"""Rows of a layer in a GeoPackage."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from gis_capture.geopackage.blob import Geometries, PlanePoints, decode_geometries, decode_places, encode_geometries
from gis_capture.geopackage.column_values import column_reader, column_writer
from gis_capture.model import FieldType, Value
from gis_capture.store.tables.layer_rows import LayerRows, parse_layer


class GeoPackageRows(LayerRows):
    """Geometries are blobs of the standard, values what SQLite has for them."""

    def encode_geometries(self, geometries: Geometries) -> Sequence[Any]:
        """Makes the contents of the geometry column."""
        return encode_geometries(geometries, self.srs_id)

    def decode_geometries(self, contents: Sequence[Any]) -> Geometries:
        """Reads contents of the geometry column."""
        return decode_geometries(contents)

    def decode_places(self, contents: Sequence[Any]) -> Geometries | PlanePoints:
        """Reads contents of the geometry column."""
        return decode_places(contents)

    def column_writer(self, field_type: FieldType) -> Callable[[Any], Any] | None:
        """How a value becomes a column's content."""
        return column_writer(field_type)

    def column_reader(self, field_type: FieldType) -> Callable[[Any], Value] | None:
        """How a column's content becomes a value."""
        return column_reader(field_type)


@lru_cache(maxsize=256)
def layer_rows(layer_definition: str) -> GeoPackageRows:
    """Gives the rows object of a stored definition."""
    return GeoPackageRows(parse_layer(layer_definition))
