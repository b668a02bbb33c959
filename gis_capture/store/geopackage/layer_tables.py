"""Tables of layers in a GeoPackage."""

import sqlite3
from collections.abc import Mapping

from gis_capture.geopackage.column_values import COLUMN_TYPES
from gis_capture.geopackage.layer_tables import (
    add_column,
    create_layer_table,
    describe_columns,
    rename_columns,
    table_columns,
)
from gis_capture.model import Field, FieldType, Layer


class GeoPackageTables:
    """Implements `LayerTables`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create(self, layer: Layer) -> None:
        """Makes the table of a layer."""
        create_layer_table(self._connection, layer)

    def columns(self, key: str) -> Mapping[str, str]:
        """Gives the types of a layer's columns by their names."""
        return table_columns(self._connection, key)

    def column_type(self, field_type: FieldType) -> str:
        """The type of a field's column."""
        return COLUMN_TYPES[field_type]

    def add_column(self, layer: Layer, field: Field) -> None:
        """Adds the column of a new field."""
        add_column(self._connection, layer, field)

    def rename_columns(self, layer: Layer, new_names: Mapping[str, str]) -> None:
        """Renames columns, by their old names."""
        rename_columns(self._connection, layer, new_names)

    def describe(self, layer: Layer) -> None:
        """Writes titles and helps into the tables of the Schema extension."""
        describe_columns(self._connection, layer)
