"""Writing that both stores have in common: everything done through a transaction has one revision."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import groupby, islice
from typing import Any, TypeVar

import numpy as np
import orjson

from gis_capture.definitions import layer_to_json
from gis_capture.errors import FeatureError
from gis_capture.model import Attachment, Feature, FeatureColumns, Layer
from gis_capture.store.protocol import EVERYTHING, FeatureQuery
from gis_capture.store.source_rows import SourceBlock
from gis_capture.store.sync_records import SyncRecords
from gis_capture.store.tables.database import Database
from gis_capture.store.tables.extents import Extents
from gis_capture.store.tables.layer_rows import LayerRows, read_attachments, state_of
from gis_capture.store.tables.migration import LayerTables, migrate_layer
from gis_capture.store.tables.reading import Reading
from gis_capture.store.tables.sync import SyncTables
from gis_capture.text import Text

BULK = 5_000
MAX_AT_HAND = 1_000
"""Most ids in one question whose features are kept at hand."""
_Item = TypeVar("_Item")


class WritingTransaction(Reading):
    """Implements `Transaction` but for what its methods that raise NotImplementedError do."""

    def __init__(self, connection: Database, revision: int, *, tables: LayerTables, extents: Extents) -> None:
        super().__init__(connection)
        self.revision = revision
        self.sync: SyncRecords = SyncTables(connection)
        self.tables = tables
        self.extents = extents
        self._rows: dict[str, LayerRows] = {}
        self._at_hand: dict[tuple[str, str], Feature] = {}

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undoes only what is done inside it when its block raises."""
        noted = self.extents.state()
        try:
            with self.part():
                yield
        except BaseException:
            self.extents.go_back(noted)
            self._forget()
            raise

    def part(self) -> AbstractContextManager[None]:
        """Undoes in the database what is done inside it when its block raises."""
        raise NotImplementedError

    def rows_of(self, key: str) -> LayerRows:
        """The rows of a layer; only this transaction changes what they are."""
        if key not in self._rows:
            self._rows[key] = super().rows_of(key)
        return self._rows[key]

    def feature(self, layer: str, feature_id: str) -> Feature | None:
        """Reads a feature as this transaction sees it; one that was asked for by id is at hand until it is written."""
        known = self._at_hand.get((layer, feature_id))
        if known is None:
            known = super().feature(layer, feature_id)
            self._keep_at_hand([known] if known else [])
        return known

    def features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[Feature]:
        """Reads features as this transaction sees them; those that are asked for by id are at hand from then on."""
        ids = query.feature_ids
        if ids is None or len(ids) > MAX_AT_HAND or query != FeatureQuery(feature_ids=ids):
            return super().features(layer, query)
        found = list(super().features(layer, query))
        self._keep_at_hand(found)
        return iter(found)

    def _keep_at_hand(self, features: Sequence[Feature]) -> None:
        if len(self._at_hand) + len(features) > 2 * MAX_AT_HAND:
            self._at_hand.clear()
        self._at_hand.update({(one.layer, one.feature_id): one for one in features})

    def _forget(self) -> None:
        self._rows.clear()
        self._at_hand.clear()

    def watch(self, rows: LayerRows) -> None:
        """Sees that edits of other programs to a layer are noted, also in fields that it has got now."""
        raise NotImplementedError

    def copied(self) -> None:
        """Sees that new rows get new numbers, after rows of another store were written with theirs."""

    def insert_columns(self, batches: Iterable[FeatureColumns]) -> int:
        """Writes new features of one layer, as `insert` does, without an object for each."""
        raise NotImplementedError

    def replace_row(self, rows: LayerRows, feature: Feature) -> None:
        """Writes a feature that is there; raises FeatureError where it cannot be stored."""
        raise NotImplementedError

    def replace_fields(self, rows: LayerRows, feature: Feature) -> None:
        """Writes a feature that is there and whose geometry stays."""
        self.replace_row(rows, feature)

    def put_layer(self, layer: Layer) -> None:
        """Makes the layer's table, or brings it to a newer definition; a removed field keeps its column.

        Raises:
            LayerError: The stored definition is newer, or of another geometry type or CRS, or a field changed its type.
        """
        stored = next((one for one in self.layers() if one.key == layer.key), None)
        self._forget()
        definition = orjson.dumps(layer_to_json(layer), option=orjson.OPT_SORT_KEYS).decode()
        if stored is None:
            self.tables.create(layer)
            self.connection.execute(
                "INSERT INTO gis_capture_layers (key, position, revision, definition)"
                " VALUES (?, (SELECT count(*) FROM gis_capture_layers), ?, ?)",
                (layer.key, self.revision, definition),
            )
        elif stored == layer:
            return
        else:
            migrate_layer(self.connection, self.tables, stored, layer)
            self.connection.execute(
                "UPDATE gis_capture_layers SET definition = ?, revision = ? WHERE key = ?",
                (definition, self.revision, layer.key),
            )
        self.watch(self.rows_of(layer.key))

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

    def update(self, feature: Feature) -> None:
        """Replaces a stored feature; its former state goes to the history.

        Raises:
            FeatureError: The feature is not in the layer, or a value is none that can be stored.
        """
        rows = self.rows_of(feature.layer)
        before = self._stored(feature.layer, feature.feature_id)
        self._remember_stored(before, "update")
        self._at_hand.pop((feature.layer, feature.feature_id), None)
        is_moved = feature.geometry is not before.geometry
        if is_moved:
            self.replace_row(rows, feature)
        else:
            self.replace_fields(rows, feature)
        if before.attachments != feature.attachments:
            self.put_attachments(rows.key, {feature.feature_id: feature.attachments})
        moved = (before.geometry, feature.geometry) if is_moved else (None, None)
        self.extents.note(rows.key, removed=moved[0], added=moved[1])

    def delete(self, layer: str, feature_id: str) -> None:
        """Takes a feature out of the layer; its last state stays in the history.

        Raises:
            FeatureError: The feature is not in the layer.
        """
        rows = self.rows_of(layer)
        before = self._stored(layer, feature_id)
        self._remember_stored(before, "delete")
        self._at_hand.pop((layer, feature_id), None)
        self.connection.execute(f"DELETE FROM {rows.table} WHERE feature_id = ?", (feature_id,))
        self._drop_attachments(layer, feature_id)
        self.extents.note(layer, removed=before.geometry, added=None)

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
        self._at_hand.clear()
        if previous is not None:
            attachments = read_attachments(self.connection, rows.key, [previous.feature_id])
            previous = replace(previous, attachments=attachments.get(previous.feature_id, ()))
        sql = f"UPDATE {rows.table} SET revision = ? WHERE fid = ?"
        is_there = self.connection.execute(sql, (self.revision, fid)).rowcount > 0
        now = self.feature_by_fid(rows.key, fid) if is_there else None
        if previous is not None:
            self._remember(previous, "update" if is_there else "delete")
            # Cut and pasted, it is there again in another row, and keeps its photos.
            if not self.is_there(rows.key, previous.feature_id):
                self._drop_attachments(rows.key, previous.feature_id)
        self.extents.note(
            rows.key, removed=previous.geometry if previous else None, added=now.geometry if now else None
        )

    def finish(self) -> None:
        """Writes what is known only at the end: extents, and which layers this revision touched."""
        for key in self.extents.write():
            self.connection.execute("UPDATE gis_capture_layers SET revision = ? WHERE key = ?", (self.revision, key))

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
        """Keeps a state that its row has not any more, once for each revision; a deletion always."""
        if before.revision == self.revision and kind != "delete":
            return
        rows = self.rows_of(before.layer)
        (blob,) = rows.encode_geometries(np.array([before.geometry], dtype=object))
        self.connection.execute(
            "INSERT INTO gis_capture_history"
            " (revision, layer, feature_id, kind, previous_revision, previous, previous_geometry)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self.revision, before.layer, before.feature_id, kind, before.revision, state_of(before), blob),
        )

    def _remember_stored(self, before: Feature, kind: str) -> None:
        """Keeps the state of a row before it is written; its geometry is copied as it stands."""
        if before.revision == self.revision and kind != "delete":
            return
        values = (self.revision, before.layer, kind, before.revision, state_of(before), before.feature_id)
        self.connection.execute(self.rows_of(before.layer).remember, values)

    def put_attachments(self, layer: str, attachments: Mapping[str, Sequence[Attachment]]) -> None:
        """Writes the attachments of features, in place of those they had."""
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


def put_blocks(connection: Database, import_number: int, blocks: Iterable[SourceBlock]) -> None:
    """Writes the account of an import's rows."""
    connection.executemany(
        "INSERT INTO gis_capture_source_blocks (import_number, first_id, last_id, rows) VALUES (?, ?, ?, ?)",
        ((import_number, *block.id_range(), block.to_bytes()) for block in blocks),
    )
