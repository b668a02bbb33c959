"""What reads a GeoPackage otherwise than any other store."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gis_capture.errors import StoreError
from gis_capture.geopackage.column_values import COLUMN_TYPES
from gis_capture.geopackage.crs import to_wgs84
from gis_capture.geopackage.layer_tables import table_columns
from gis_capture.geopackage.rtree import rtree_name
from gis_capture.model import BBox, Feature, FieldType
from gis_capture.store.columns import Columns
from gis_capture.store.geopackage.rows import layer_rows
from gis_capture.store.protocol import EVERYTHING, FeatureQuery, LayerInfo
from gis_capture.store.tables.layer_rows import LayerRows
from gis_capture.store.tables.reading import Reading, no_layer
from gis_capture.text import Text

_TOUCHES = "maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
_MANY = 5_000
LONGEST_S = 30.0
"""What one page or one count may take; PostGIS has a limit of its own."""
_STEPS = 100_000
_TOO_LONG = Text(
    "検索に時間がかかりすぎたので止めました。範囲を狭くするか、条件を減らしてください。",
    "The search took too long and was stopped: choose a smaller box, or fewer conditions.",
)
_WITH_FEATURE = (
    "SELECT (SELECT revision FROM gis_capture_layers WHERE key = ?),"
    " EXISTS (SELECT 1 FROM gis_capture_attachments WHERE layer = ? AND feature_id = ?), "
)


class GeoPackageReading(Reading):
    """Reads one file; boxes are found by its R-tree, counts and extents are what the file says of itself."""

    connection: sqlite3.Connection

    def layer_info(self, key: str) -> LayerInfo:
        """A layer with counts and extent, without going through its features."""
        rows = self.rows_of(key)
        n_features, revision, *corners = self.connection.execute(
            "SELECT o.feature_count, l.revision, c.min_x, c.min_y, c.max_x, c.max_y FROM gpkg_contents c"
            " JOIN gis_capture_layers l ON l.key = c.table_name"
            " JOIN gpkg_ogr_contents o ON o.table_name = c.table_name WHERE c.table_name = ?",
            (key,),
        ).fetchone()
        n_unlocated = self.connection.execute(f"SELECT count(*) FROM {rows.table} WHERE geometry IS NULL").fetchone()[0]
        extent = None if corners[0] is None else to_wgs84(BBox(*corners), rows.layer.crs)
        return LayerInfo(rows.layer, n_features or 0, n_unlocated, extent, revision)

    def n_features(self, key: str) -> int:
        """The number of a layer's features, which triggers keep."""
        sql = (
            "SELECT o.feature_count FROM gis_capture_layers l"
            " LEFT JOIN gpkg_ogr_contents o ON o.table_name = l.key WHERE l.key = ?"
        )
        found = self.connection.execute(sql, (key,)).fetchone()
        if found is None:
            raise no_layer(key)
        return int(found[0] or 0)

    def page(self, layer: str, query: FeatureQuery) -> Columns:
        """Reads what `numbered_features` gives at once and column by column; StoreError: it takes too long."""
        with self._within_time():
            return super().page(layer, query)

    def count(self, layer: str, query: FeatureQuery = EVERYTHING) -> int:
        """Counts the features of a query; StoreError: it takes too long."""
        if query == EVERYTHING:
            return self.n_features(layer)
        with self._within_time():
            return super().count(layer, query)

    @contextmanager
    def _within_time(self) -> Iterator[None]:
        """Stops a statement in the block that takes longer than anybody waits for."""
        until_s = time.monotonic() + LONGEST_S
        self.connection.set_progress_handler(lambda: time.monotonic() > until_s, _STEPS)
        try:
            yield
        except sqlite3.OperationalError as error:
            if time.monotonic() <= until_s:
                raise
            raise StoreError(_TOO_LONG, code="query_too_long") from error
        finally:
            self.connection.set_progress_handler(None, 0)

    def layer_rows(self, definition: str) -> LayerRows:
        """The rows of a layer by its stored definition."""
        return layer_rows(definition)

    def field_types(self, key: str) -> dict[str, FieldType]:
        """The types of a layer's columns that can hold fields."""
        kinds = {declared: kind for kind, declared in COLUMN_TYPES.items()}
        columns = table_columns(self.connection, key).items()
        return {name: kinds[declared] for name, declared in columns if declared in kinds}

    def in_box(self, rows: LayerRows, box: BBox) -> tuple[str, list[Any]]:
        """A condition, with its values, that holds for features that touch a box in the layer's CRS."""
        condition = f"fid IN (SELECT id FROM {rtree_name(rows.key)} WHERE {_TOUCHES})"
        return condition, [box.min_x, box.max_x, box.min_y, box.max_y]

    def in_box_by_number(self, rows: LayerRows, box: BBox) -> tuple[str, list[Any]]:
        """As `in_box`; where very many touch the box, they are met on the way instead of being listed first."""
        tree, corners = rtree_name(rows.key), [box.min_x, box.max_x, box.min_y, box.max_y]
        many = self.connection.execute(f"SELECT 1 FROM {tree} WHERE {_TOUCHES} LIMIT 1 OFFSET {_MANY}", corners)
        if many.fetchone() is None:
            return self.in_box(rows, box)
        return f"EXISTS (SELECT 1 FROM {tree} WHERE id = {rows.table}.fid AND {_TOUCHES})", corners


class LastingReading(GeoPackageReading):
    """Reads for one thread, request after request: a definition is read anew when its layer was written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._rows: dict[str, tuple[int, LayerRows]] = {}

    def rows_of(self, key: str) -> LayerRows:
        """The rows of a layer."""
        # Read before the definition: at worst that is read once more.
        revision = self.layer_revision(key)
        found = self._rows.get(key)
        if found is None or found[0] != revision:
            found = self._rows[key] = (revision, super().rows_of(key))
        return found[1]

    def feature(self, layer: str, feature_id: str) -> Feature | None:
        """Reads one feature; all that is asked of the file is one statement, as each costs more than what it finds."""
        known = self._rows.get(layer)
        if known is not None:
            sql = known[1].select.replace("SELECT ", _WITH_FEATURE, 1) + " WHERE feature_id = ?"
            # A column may be gone since.
            with suppress(sqlite3.OperationalError):
                row = self.connection.execute(sql, (layer, layer, feature_id, feature_id)).fetchone()
                if row is not None and row[:2] == (known[0], 0):
                    return next(known[1].to_features([row[2:]], {}))[1]
        return super().feature(layer, feature_id)
