"""The one door for writing: everything done through a `GeoPackageTransaction` has one revision, or did not happen."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, groupby, islice
from operator import length_hint
from typing import Any, TypeVar

import numpy as np
import orjson
import shapely

from gis_capture.definitions import layer_to_json
from gis_capture.errors import FeatureError
from gis_capture.geopackage.blob import encode_geometry
from gis_capture.geopackage.layer_tables import (
    Boxes,
    bulk_insert,
    create_layer_table,
    note_dimensions,
)
from gis_capture.model import Attachment, Feature, FeatureColumns, Layer
from gis_capture.store.geopackage.direct_edits import INSERT_EVENTS, note_direct_edits, noting_trigger
from gis_capture.store.geopackage.extents import Extents
from gis_capture.store.geopackage.layer_rows import LayerRows, read_attachments, state_of
from gis_capture.store.geopackage.migration import migrate_layer
from gis_capture.store.geopackage.reading import Reading
from gis_capture.store.geopackage.refusals import REFUSALS, refusal
from gis_capture.store.geopackage.sync import GeoPackageSyncRecords
from gis_capture.store.geopackage.verification import InsertedRows
from gis_capture.store.source_rows import SourceBlock
from gis_capture.store.sync_records import SyncRecords
from gis_capture.text import Text

BULK = 5_000
_Item = TypeVar("_Item")
OWN_WRITE = "own_write"


class GeoPackageTransaction(Reading):
    """Implements `Transaction`; the store begins and ends it."""

    def __init__(self, connection: sqlite3.Connection, revision: int) -> None:
        super().__init__(connection)
        self.revision = revision
        self.sync: SyncRecords = GeoPackageSyncRecords(connection)
        self._touched = Extents(connection)
        self._n_before = connection.total_changes

    @property
    def n_changes(self) -> int:
        """Number of rows that were written and not undone."""
        return self.connection.total_changes - self._n_before

    def put_layer(self, layer: Layer) -> None:
        """Makes the layer's table, or brings it to a newer definition; a removed field keeps its column.

        Raises:
            LayerError: The stored definition is newer, or of another geometry type or CRS, or a field changed its type.
        """
        stored = next((one for one in self.layers() if one.key == layer.key), None)
        definition = orjson.dumps(layer_to_json(layer), option=orjson.OPT_SORT_KEYS).decode()
        if stored is None:
            create_layer_table(self.connection, layer)
            self.connection.execute(
                "INSERT INTO gis_capture_layers (key, position, revision, definition)"
                " VALUES (?, (SELECT count(*) FROM gis_capture_layers), ?, ?)",
                (layer.key, self.revision, definition),
            )
        elif stored == layer:
            return
        else:
            migrate_layer(self.connection, stored, layer)
            self.connection.execute(
                "UPDATE gis_capture_layers SET definition = ?, revision = ? WHERE key = ?",
                (definition, self.revision, layer.key),
            )
        note_direct_edits(self.connection, self.rows_of(layer.key))

    def insert(self, features: Iterable[Feature]) -> int:
        """Writes new features in bulk, looks whether they are there, and gives their number.

        Raises:
            FeatureError: A `feature_id` is in the layer already, or a value is none that can be stored.
            StoreError: Some are not there afterwards.
        """
        n_written = 0
        for _, ones in groupby(features, key=lambda feature: feature.layer):
            n_written += self.insert_columns(map(FeatureColumns.from_features, _batched(ones, BULK)))
        return n_written

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
        written = InsertedRows(self.connection, rows, self.revision)
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

    def update(self, feature: Feature) -> None:
        """Replaces a stored feature; its former state goes to the history.

        Raises:
            FeatureError: The feature is not in the layer, or a value is none that can be stored.
        """
        rows = self.rows_of(feature.layer)
        before = self._stored(feature.layer, feature.feature_id)
        self._remember(before, "update")
        try:
            self.connection.execute(rows.update, rows.to_update(feature, self.revision))
        except REFUSALS as error:
            raise refusal(feature, is_there=False) or error from error
        note_dimensions(self.connection, rows.key, [feature.geometry])
        if before.attachments != feature.attachments:
            self._put_attachments(rows.key, {feature.feature_id: feature.attachments})
        self._touched.note(rows.key, removed=before.geometry, added=feature.geometry)

    def delete(self, layer: str, feature_id: str) -> None:
        """Takes a feature out of the layer; its last state stays in the history.

        Raises:
            FeatureError: The feature is not in the layer.
        """
        rows = self.rows_of(layer)
        before = self._stored(layer, feature_id)
        self._remember(before, "delete")
        self.connection.execute(f"DELETE FROM {rows.table} WHERE feature_id = ?", (feature_id,))
        self._drop_attachments(layer, feature_id)
        self._touched.note(layer, removed=before.geometry, added=None)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undoes only what is done inside it when its block raises."""
        database, n_changes, touched = self.connection, self.n_changes, self._touched.copy()
        database.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            # A full disk undoes the whole transaction, its savepoints too.
            if database.in_transaction:
                database.execute("ROLLBACK TO part")
                database.execute("RELEASE part")
            self._touched = touched
            self._n_before = database.total_changes - n_changes
            raise
        database.execute("RELEASE part")

    def put_import(self, record: Mapping[str, Any], rows: Iterable[SourceBlock]) -> None:
        """Keeps an import, or its newer record, and the account of its rows."""
        import_id = record["import_id"]
        self.connection.execute(
            "INSERT INTO gis_capture_imports (import_id, record) VALUES (?, ?)"
            " ON CONFLICT (import_id) DO UPDATE SET record = excluded.record",
            (import_id, orjson.dumps(dict(record), default=str).decode()),
        )
        number = self.connection.execute(
            "SELECT number FROM gis_capture_imports WHERE import_id = ?", (import_id,)
        ).fetchone()[0]
        put_blocks(self.connection, number, rows)

    def adopt(self, rows: LayerRows, fid: int, previous: Feature | None) -> None:
        """Makes a change of this revision of what another program did to a row; `previous` None = it is new."""
        if previous is not None:
            attachments = read_attachments(self.connection, rows.key, [previous.feature_id])
            previous = replace(previous, attachments=attachments.get(previous.feature_id, ()))
        sql = f"UPDATE {rows.table} SET revision = ? WHERE fid = ?"
        is_there = self.connection.execute(sql, (self.revision, fid)).rowcount > 0
        now = self.feature_by_fid(rows.key, fid) if is_there else None
        if previous is not None:
            self._remember(previous, "update" if is_there else "delete")
            # Cut and pasted, it is there again in another row, and keeps its photos.
            if not self._is_there(rows.key, previous.feature_id):
                self._drop_attachments(rows.key, previous.feature_id)
        self._touched.note(
            rows.key, removed=previous.geometry if previous else None, added=now.geometry if now else None
        )

    def finish(self) -> None:
        """Writes what is known only at the end: extents, and which layers this revision touched."""
        for key in self._touched.write():
            self.connection.execute("UPDATE gis_capture_layers SET revision = ? WHERE key = ?", (self.revision, key))

    def _insert_batch(
        self, rows: LayerRows, batch: FeatureColumns, written: InsertedRows, index: Callable[[Boxes], None]
    ) -> int:
        names = tuple(name for name in rows.names if name in batch.fields)
        parameters = rows.to_rows(batch, self.revision, names)
        waiting = iter(parameters)
        try:
            self.connection.executemany(rows.insert(names), waiting)
        except REFUSALS as error:
            refused = batch.feature(len(batch) - length_hint(waiting) - 1)
            raise refusal(refused, is_there=self._is_there(rows.key, refused.feature_id)) or error from error
        written.add(rows.columns(names), parameters)
        self._put_attachments(rows.key, batch.attachments)
        geometries = np.array([*batch.geometries, None], dtype=object)[:-1]
        note_dimensions(self.connection, rows.key, batch.geometries)
        boxes = shapely.bounds(geometries)
        self._touched.grow(rows.key, boxes)
        index(boxes)
        return len(batch)

    def _stored(self, layer: str, feature_id: str) -> Feature:
        feature = self.feature(layer, feature_id)
        if feature is None:
            raise FeatureError(
                Text(
                    f"レイヤー「{layer}」に {feature_id} はありません。",
                    f'Layer "{layer}" has no feature {feature_id}.',
                ),
                layer=layer,
                feature_id=feature_id,
            )
        return feature

    def _remember(self, before: Feature, kind: str) -> None:
        """Keeps the former state, once for each revision; a deletion always, for those who pull."""
        if before.revision == self.revision and kind != "delete":
            return
        rows = self.rows_of(before.layer)
        blob = encode_geometry(before.geometry, rows.srs_id)
        self.connection.execute(
            "INSERT INTO gis_capture_history"
            " (revision, layer, feature_id, kind, previous_revision, previous, previous_geometry)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.revision, before.layer, before.feature_id, kind, before.revision, state_of(before), blob),
        )

    def _put_attachments(self, layer: str, attachments: Mapping[str, Sequence[Attachment]]) -> None:
        for feature_id, ones in attachments.items():
            self._drop_attachments(layer, feature_id)
            self.connection.executemany(
                "INSERT INTO gis_capture_attachments VALUES (?, ?, ?, ?, ?)",
                (
                    (layer, feature_id, position, one.sha256, orjson.dumps(one.to_json()).decode())
                    for position, one in enumerate(ones)
                ),
            )

    def _drop_attachments(self, layer: str, feature_id: str) -> None:
        sql = "DELETE FROM gis_capture_attachments WHERE layer = ? AND feature_id = ?"
        self.connection.execute(sql, (layer, feature_id))


def _batched(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Cuts into lists of at most so many; itertools has it from Python 3.12 on."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def put_blocks(connection: sqlite3.Connection, import_number: int, blocks: Iterable[SourceBlock]) -> None:
    """Writes the account of an import's rows."""
    connection.executemany(
        "INSERT INTO gis_capture_source_blocks (import_number, first_id, last_id, rows) VALUES (?, ?, ?, ?)",
        ((import_number, *block.id_range(), block.to_bytes()) for block in blocks),
    )
