"""The records of sync in PostGIS."""

from gis_capture.geopackage.names import quote_identifier
from gis_capture.store.tables.sync import SyncTables


class PostgisSyncTables(SyncTables):
    """Implements `SyncRecords`."""

    def index_field(self, layer: str, field: str) -> None:
        """Makes it quick to find the features that have a value in a field; a hash takes texts of any length."""
        is_there = self._db.execute(
            "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::smallint[])"
            " WHERE i.indrelid = ?::text::regclass AND m.amname = 'hash' AND a.attname = ?",
            (quote_identifier(layer), field),
        ).fetchone()
        if is_there is None:
            self._db.execute(f"CREATE INDEX ON {quote_identifier(layer)} USING hash ({quote_identifier(field)})")
