"""The one door for writing of a GeoPackage."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice

import numpy as np
import shapely

from gis_capture.geopackage.inserting import REFUSALS, RowRefused, insert_columns
from gis_capture.geopackage.layer_tables import Boxes, bulk_insert, newest_fid, note_dimensions
from gis_capture.model import Feature, FeatureColumns
from gis_capture.store.geopackage.direct_edits import INSERT_EVENTS, note_direct_edits, noting_trigger
from gis_capture.store.geopackage.extents import GeoPackageExtents
from gis_capture.store.geopackage.layer_tables import GeoPackageTables
from gis_capture.store.geopackage.reading import GeoPackageReading
from gis_capture.store.tables.layer_rows import LayerRows
from gis_capture.store.tables.refusals import refusal
from gis_capture.store.tables.verification import InsertedRows
from gis_capture.store.tables.writing import BULK, WritingTransaction

OWN_WRITE = "own_write"


class GeoPackageTransaction(GeoPackageReading, WritingTransaction):
    """Implements `Transaction`; the store begins and ends it."""

    def __init__(self, connection: sqlite3.Connection, revision: int) -> None:
        tables, extents = GeoPackageTables(connection), GeoPackageExtents(connection)
        WritingTransaction.__init__(self, connection, revision, tables=tables, extents=extents)
        self._n_before = connection.total_changes

    @property
    def n_changes(self) -> int:
        """Number of rows that were written and not undone."""
        return self.connection.total_changes - self._n_before

    @contextmanager
    def part(self) -> Iterator[None]:
        """Undoes in the database what is done inside it when its block raises."""
        database, n_changes = self.connection, self.n_changes
        database.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            # A full disk undoes the whole transaction, its savepoints too.
            if database.in_transaction:
                database.execute("ROLLBACK TO part")
                database.execute("RELEASE part")
            self._n_before = database.total_changes - n_changes
            raise
        database.execute("RELEASE part")

    def watch(self, rows: LayerRows) -> None:
        """Makes the triggers of a layer anew."""
        note_direct_edits(self.connection, rows)

    def replace_row(self, rows: LayerRows, feature: Feature) -> None:
        """Writes a feature that is there."""
        try:
            self.connection.execute(rows.update, rows.to_update(feature, self.revision))
        except REFUSALS as error:
            raise refusal(feature, is_there=False) or error from error
        note_dimensions(self.connection, rows.key, [feature.geometry])

    def replace_fields(self, rows: LayerRows, feature: Feature) -> None:
        """Writes a feature that is there and whose geometry stays."""
        try:
            self.connection.execute(rows.update_fields, rows.to_update_fields(feature, self.revision))
        except REFUSALS as error:
            raise refusal(feature, is_there=False) or error from error

    def insert_columns(self, batches: Iterable[FeatureColumns]) -> int:
        """Writes new features of one layer, as `insert` does, without an object for each.

        Raises:
            FeatureError: A `feature_id` is in the layer already, or a value is none that can be stored.
            StoreError: Some are not there afterwards.
        """
        batches = iter(batches)
        head = list(islice(batches, 2))
        if not head:
            return 0
        rows = self.rows_of(head[0].layer)
        after_fid = newest_fid(self.connection, rows.key)
        written = InsertedRows(self.connection, rows, self.revision, after_fid=after_fid)
        # That one is in the layer already is found in the midst of many; then none of them stays.
        with self.savepoint():
            if len(head) == 1 and len(head[0]) < BULK:
                n_written = self._insert_batch(rows, head[0], written, lambda _: None)
            else:
                triggers = (noting_trigger(rows.key, event) for event in INSERT_EVENTS)
                with bulk_insert(self.connection, rows.key, *triggers) as index:
                    n_written = sum(self._insert_batch(rows, one, written, index) for one in chain(head, batches))
            written.verify()
        return n_written

    def _insert_batch(
        self, rows: LayerRows, batch: FeatureColumns, written: InsertedRows, index: Callable[[Boxes], None]
    ) -> int:
        contents = rows.to_contents(batch, self.revision)
        try:
            insert_columns(self.connection, rows.into(contents), list(contents.values()))
        except RowRefused as error:
            refused = batch.feature(error.place)
            is_there = self.is_there(rows.key, refused.feature_id)
            raise refusal(refused, is_there=is_there) or error.__cause__ or error from error.__cause__
        written.add(contents)
        self.put_attachments(rows.key, batch.attachments)
        geometries = np.array([*batch.geometries, None], dtype=object)[:-1]
        note_dimensions(self.connection, rows.key, geometries)
        boxes = shapely.bounds(geometries)
        self.extents.grow(rows.key, boxes)
        index(boxes)
        return len(batch)
