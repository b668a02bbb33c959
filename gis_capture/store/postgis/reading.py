"""What reads PostGIS otherwise than any other store."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import count
from math import inf
from typing import Any

from gis_capture.geopackage.crs import to_wgs84
from gis_capture.geopackage.names import quote_identifier
from gis_capture.model import BBox, Feature, FieldType
from gis_capture.store.columns import Columns
from gis_capture.store.postgis.columns import COLUMN_TYPES, COLUMNS
from gis_capture.store.postgis.copying import copy_columns
from gis_capture.store.postgis.database import Connection, PooledDatabase, PostgresDatabase, in_postgresql
from gis_capture.store.postgis.rows import layer_rows
from gis_capture.store.protocol import EVERYTHING, FeatureQuery, LayerInfo
from gis_capture.store.source_rows import SourceRow
from gis_capture.store.tables.layer_rows import BATCH, LayerRows
from gis_capture.store.tables.reading import Reading

_NUMBERS = count()


class PostgisReading(Reading):
    """Reads long answers page by page, so that neither side holds all of them, nor a connection between two pages."""

    like = "ILIKE"

    def layer_rows(self, definition: str) -> LayerRows:
        """The rows of a layer by its stored definition."""
        return layer_rows(definition)

    def field_types(self, key: str) -> dict[str, FieldType]:
        """The types of a layer's columns that can hold fields."""
        kinds = {declared: kind for kind, declared in COLUMN_TYPES.items()}
        rows = self.connection.execute(COLUMNS, (quote_identifier(key),))
        return {name: kinds[declared] for name, declared in rows if declared in kinds}

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Reads the rows of a statement without holding all of them."""
        if not isinstance(self.connection, PostgresDatabase):
            yield from self.connection.execute(sql)
            return
        with self.connection.connection.cursor(name=f"rows_{next(_NUMBERS)}") as cursor:
            yield from cursor.execute(in_postgresql(sql))

    def columns(self, layer: str, names: Sequence[str], *, after: int = 0) -> Iterator[Columns]:
        """Reads a layer in batches of columns: a binary copy, at less than half the cost of rows as texts."""
        with self.lend() as connection:
            yield from copy_columns(connection, self.rows_of(layer), names, after=after)

    def lend(self) -> AbstractContextManager[Connection]:
        """Lends the connection that this reads by, for statements of other kinds."""
        if isinstance(self.connection, PostgresDatabase):
            return nullcontext(self.connection.connection)
        assert isinstance(self.connection, PooledDatabase)
        return self.connection.lend()

    def layer_info(self, key: str) -> LayerInfo:
        """A layer with counts and extent."""
        rows = self.rows_of(key)
        revision, *corners = self.connection.execute(
            "SELECT revision, min_x, min_y, max_x, max_y FROM gis_capture_layers WHERE key = ?", (key,)
        ).fetchone()
        n_features, n_unlocated = self.connection.execute(
            f"SELECT count(*), (SELECT count(*) FROM {rows.table} WHERE geometry IS NULL) FROM {rows.table}"
        ).fetchone()
        extent = None if corners[0] is None else to_wgs84(BBox(*corners), rows.layer.crs)
        return LayerInfo(rows.layer, n_features, n_unlocated, extent, revision)

    def in_box(self, rows: LayerRows, box: BBox) -> tuple[str, list[Any]]:
        """A condition, with its values, that holds for features that touch a box in the layer's CRS."""
        if box.min_x > box.max_x:
            return "FALSE", []
        limit = 1e300
        finite = [min(max(one, -limit), limit) for one in box]
        return f"geometry && ST_MakeEnvelope(?, ?, ?, ?, {rows.srs_id})", finite

    def numbered_features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[tuple[int, Feature]]:
        """Reads (fid, feature) in the order of `fid`, lazily; for keyset paging inside this process."""
        rows = self.rows_of(layer)
        return self._pages(rows, query)

    def _pages(self, rows: LayerRows, query: FeatureQuery) -> Iterator[tuple[int, Feature]]:
        n_left, read = inf if query.limit is None else query.limit, rows.only(query.names)
        while n_left > 0:
            size = int(min(BATCH, n_left))
            where, values = self._where(rows, query)
            page = list(self.read(read, f"{read.select} WHERE {where} ORDER BY fid LIMIT {size}", values))
            yield from page
            if len(page) < size:
                return
            n_left -= size
            query = replace(query, after_fid=page[-1][0])

    def changed(
        self, layer: str, *, after: tuple[int, int], until: int | None = None, bbox: BBox | None = None
    ) -> Iterator[tuple[int, Feature]]:
        """Features with their number, in the order of (revision, number), after such a place."""
        rows = self.rows_of(layer)
        terms, values = ["(revision, fid) > (?, ?)"], list[Any]()
        if until is not None:
            terms.append("revision <= ?")
            values.append(until)
        if bbox is not None:
            condition, box = self.in_box(rows, self.bbox_in(layer, bbox))
            terms.append(f"(geometry IS NULL OR {condition})")
            values += box
        sql = f"{rows.select} WHERE {' AND '.join(terms)} ORDER BY revision, fid LIMIT {BATCH}"
        while page := list(self.read(rows, sql, (*after, *values))):
            yield from page
            after = (page[-1][1].revision, page[-1][0])

    def source_rows(self, import_id: str) -> Iterator[SourceRow]:
        """The account of an import's rows."""
        numbers = self.connection.execute(
            "SELECT b.id FROM gis_capture_source_blocks b JOIN gis_capture_imports i ON i.number = b.import_number"
            " WHERE i.import_id = ? ORDER BY b.id",
            (import_id,),
        ).fetchall()
        for number in numbers:
            block = self.connection.execute("SELECT rows FROM gis_capture_source_blocks WHERE id = ?", number)
            yield from self._source_rows(block)
