"""The one door for writing of a PostGIS store."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain

import numpy as np
import psycopg
import shapely

from gis_capture.geopackage.names import quote_identifier
from gis_capture.model import Feature, FeatureColumns, FieldType
from gis_capture.store.postgis.columns import fits
from gis_capture.store.postgis.database import PostgresDatabase
from gis_capture.store.postgis.extents import PostgisExtents
from gis_capture.store.postgis.layer_tables import PostgisTables
from gis_capture.store.postgis.reading import PostgisReading
from gis_capture.store.postgis.sync import PostgisSyncTables
from gis_capture.store.tables.layer_rows import LayerRows
from gis_capture.store.tables.refusals import refusal, refused_value
from gis_capture.store.tables.verification import InsertedRows
from gis_capture.store.tables.writing import WritingTransaction

REFUSALS = (psycopg.IntegrityError, psycopg.DataError, psycopg.ProgrammingError, UnicodeEncodeError, OverflowError)
"""What a write of one feature may raise."""

_NUMBERED = (
    ("gis_capture_history", "id"),
    ("gis_capture_imports", "number"),
    ("gis_capture_source_blocks", "id"),
    ("gis_capture_receipts", "id"),
    ("gis_capture_conflicts", "id"),
)


class PostgisTransaction(PostgisReading, WritingTransaction):
    """Implements `Transaction`; the store begins and ends it."""

    connection: PostgresDatabase
    tables: PostgisTables

    def __init__(self, database: PostgresDatabase, revision: int, schema: str) -> None:
        tables, extents = PostgisTables(database, schema), PostgisExtents(database)
        WritingTransaction.__init__(self, database, revision, tables=tables, extents=extents)
        self.sync = PostgisSyncTables(database)
        self._n_before = database.n_written
        self._depth = 0

    @property
    def n_changes(self) -> int:
        """Number of rows that were written and not undone."""
        return self.connection.n_written - self._n_before

    @contextmanager
    def part(self) -> Iterator[None]:
        """Undoes in the database what is done inside it when its block raises."""
        database, n_changes = self.connection, self.n_changes
        database.execute("SAVEPOINT part")
        self._depth += 1
        try:
            yield
        except BaseException:
            if not database.connection.closed:
                database.execute("ROLLBACK TO SAVEPOINT part")
                database.execute("RELEASE SAVEPOINT part")
            self._n_before = database.n_written - n_changes
            raise
        finally:
            self._depth -= 1
        database.execute("RELEASE SAVEPOINT part")

    def _guarded(self) -> AbstractContextManager[None]:
        """Lets one go on after a refused statement; around a part of a transaction that is undone as a whole it is."""
        return nullcontext() if self._depth else self.part()

    def watch(self, rows: LayerRows) -> None:
        """Does nothing: the triggers of a table name none of its columns."""

    def insert_columns(self, batches: Iterable[FeatureColumns]) -> int:
        """Writes new features of one layer, as `insert` does, without an object for each.

        Raises:
            FeatureError: A `feature_id` is in the layer already, or a value is none that can be stored.
            StoreError: Some are not there afterwards.
        """
        batches = iter(batches)
        first = next(batches, None)
        if first is None:
            return 0
        rows = self.rows_of(first.layer)
        written = InsertedRows(self.connection, rows, self.revision, after_fid=self.tables.newest_fid(rows.key))
        # That one is in the layer already is found in the midst of many; then none of them stays.
        with self.savepoint():
            n_written = sum(self._insert_batch(rows, batch, written) for batch in chain([first], batches))
            written.verify()
        return n_written

    def _insert_batch(self, rows: LayerRows, batch: FeatureColumns, written: InsertedRows) -> int:
        geometries = np.array([*batch.geometries, None], dtype=object)[:-1]
        try:
            with self.part():
                self.tables.make_room_for(rows.layer, geometries)
                contents = rows.to_contents(batch, self.revision)
                columns = ", ".join(map(quote_identifier, contents))
                with self.connection.connection.cursor() as cursor:
                    with cursor.copy(f"COPY {rows.table} ({columns}) FROM STDIN") as copy:
                        for row in zip(*contents.values(), strict=True):
                            copy.write_row(row)
                    self.connection.n_written += len(batch)
        except REFUSALS as error:
            raise self._refused(rows, batch, error) from error
        written.add(contents)
        self.put_attachments(rows.key, batch.attachments)
        self.extents.grow(rows.key, shapely.bounds(geometries))
        return len(batch)

    def _refused(self, rows: LayerRows, batch: FeatureColumns, error: Exception) -> Exception:
        """Finds the feature that the database did not take."""
        seen: set[str] = set()
        found = self.connection.execute(
            f"SELECT feature_id FROM {rows.table} WHERE feature_id = ANY(?)",
            ([one for one in batch.feature_ids if "\0" not in one],),
        )
        there = {row[0] for row in found}
        for feature in batch.features():
            if why := self._why(rows, feature, is_there=feature.feature_id in there | seen):
                return why
            seen.add(feature.feature_id)
        return error

    def copied(self) -> None:
        """Sees that new rows get new numbers, after rows of another store were written with theirs."""
        for table, column in _NUMBERED:
            self.connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}"
            )

    def replace_row(self, rows: LayerRows, feature: Feature) -> None:
        """Writes a feature that is there."""
        self._refuse_nul(rows, feature)
        try:
            with self._guarded():
                self.tables.make_room_for(rows.layer, [feature.geometry])
                self.connection.execute(rows.update, rows.to_update(feature, self.revision))
        except REFUSALS as error:
            raise self._why(rows, feature, is_there=False) or error from error

    def replace_fields(self, rows: LayerRows, feature: Feature) -> None:
        """Writes a feature that is there and whose geometry stays."""
        self._refuse_nul(rows, feature)
        try:
            with self._guarded():
                self.connection.execute(rows.update_fields, rows.to_update_fields(feature, self.revision))
        except REFUSALS as error:
            raise self._why(rows, feature, is_there=False) or error from error

    def _refuse_nul(self, rows: LayerRows, feature: Feature) -> None:
        """Statements are run with NULs replaced, which is right for what is looked for and not for what is kept."""
        if any(isinstance(value, str) and "\0" in value for value in (*feature.fields.values(), feature.position.note)):
            raise self._why(rows, feature, is_there=False) or ValueError(feature.feature_id)

    def _why(self, rows: LayerRows, feature: Feature, *, is_there: bool) -> Exception | None:
        if known := refusal(feature, is_there=is_there):
            return known
        for field in rows.layer.fields:
            value = feature.fields.get(field.name)
            if not fits(field.type, value):
                return refused_value(feature, field.name, value)
        for name, value in (("feature_id", feature.feature_id), ("position_note", feature.position.note)):
            if not fits(FieldType.TEXT, value):
                return refused_value(feature, name, value)
        return None
