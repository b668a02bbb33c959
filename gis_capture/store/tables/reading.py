"""Reads a store through one connection: as the store is now, as a snapshot holds it, or as a transaction sees it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from gis_capture.errors import LayerError
from gis_capture.geopackage.crs import to_layer_crs
from gis_capture.geopackage.names import FEATURE_ID, GEOMETRY, REVISION, quote_identifier
from gis_capture.model import BBox, Feature, FieldType, Layer
from gis_capture.store.columns import PAGE_BYTES, Columns, in_batches
from gis_capture.store.protocol import EVERYTHING, Author, Deletion, FeatureQuery, LayerInfo, Revision
from gis_capture.store.source_rows import SourceBlock, SourceRow
from gis_capture.store.tables.database import Database, Rows
from gis_capture.store.tables.layer_rows import BATCH, LayerRows, parse_layer, read_attachments
from gis_capture.store.tables.past import (
    read_attachment_hashes,
    read_deleted_features,
    read_features_at,
    read_revisions,
)
from gis_capture.store.tables.unconfirmed import unconfirmed
from gis_capture.text import Text

NOWHERE = BBox(math.inf, math.inf, -math.inf, -math.inf)
_ROWS_LOOKED_AT = 16
"""Of a page at once: each may be as large as a page may be."""


class Reading:
    """All that can be read; `WritingTransaction` adds writing.

    Attributes:
        connection: Somebody else opens it, and begins and ends its transactions.
        like: The operator that compares texts without regard to case.
    """

    like = "LIKE"

    def __init__(self, connection: Database) -> None:
        self.connection = connection

    def layer_info(self, key: str) -> LayerInfo:
        """A layer with counts and extent, without going through its features."""
        raise NotImplementedError

    def n_features(self, key: str) -> int:
        """The number of a layer's features."""
        table = self.rows_of(key).table
        return int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def layer_rows(self, definition: str) -> LayerRows:
        """The rows of a layer by its stored definition."""
        raise NotImplementedError

    def in_box(self, rows: LayerRows, box: BBox) -> tuple[str, list[Any]]:
        """A condition, with its values, that holds for features that touch a box in the layer's CRS."""
        raise NotImplementedError

    def in_box_by_number(self, rows: LayerRows, box: BBox) -> tuple[str, list[Any]]:
        """As `in_box`, for the first few of them in the order of `fid`."""
        return self.in_box(rows, box)

    def field_types(self, key: str) -> dict[str, FieldType]:
        """The types of a layer's columns that can hold fields, also of those that a newer definition took out."""
        raise NotImplementedError

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Reads the rows of a statement without holding all of them; only of one moment."""
        return iter(self.connection.execute(sql))

    def newest_revision(self) -> int:
        """The newest revision; 0 for an empty store."""
        return int(
            self.connection.execute("SELECT coalesce(max(revision), 0) FROM gis_capture_revisions").fetchone()[0]
        )

    def moment(self) -> tuple[int, bool]:
        """The newest revision, and whether other programs have changed something since the last adoption."""
        revision, has_direct_edits = self.connection.execute(
            "SELECT (SELECT coalesce(max(revision), 0) FROM gis_capture_revisions),"
            " EXISTS(SELECT 1 FROM gis_capture_direct_edits)"
        ).fetchone()
        return int(revision), bool(has_direct_edits)

    def layers(self) -> tuple[Layer, ...]:
        """All layers, in the order they were made."""
        rows = self.connection.execute("SELECT definition FROM gis_capture_layers ORDER BY position")
        return tuple(parse_layer(row[0]) for row in rows)

    def layer(self, key: str) -> Layer:
        """One layer; raises LayerError when there is none."""
        return self.rows_of(key).layer

    def rows_of(self, key: str) -> LayerRows:
        """The rows of a layer.

        Raises:
            LayerError: There is no such layer.
        """
        found = self.connection.execute("SELECT definition FROM gis_capture_layers WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise no_layer(key)
        return self.layer_rows(found[0])

    def features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[Feature]:
        """Reads features in the order of `fid`, lazily."""
        return (feature for _, feature in self.numbered_features(layer, query))

    def numbered_features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[tuple[int, Feature]]:
        """Reads (fid, feature) in the order of `fid`, lazily; for keyset paging inside this process."""
        rows = self.rows_of(layer)
        where, values = self._where(rows, query)
        limit = "" if query.limit is None else f" LIMIT {int(query.limit)}"
        read = rows.only(query.names)
        return self.read(read, f"{read.select} WHERE {where} ORDER BY fid{limit}", values)

    def page(self, layer: str, query: FeatureQuery) -> Columns:
        """Reads what `numbered_features` gives at once and column by column, without positions and attachments."""
        rows = self.rows_of(layer)
        where, values = self._where(rows, query)
        limit = "" if query.limit is None else f" LIMIT {int(query.limit)}"
        names = [name for name in rows.names if query.names is None or name in query.names]
        wanted = ", ".join(map(quote_identifier, ("fid", FEATURE_ID, GEOMETRY, *names, REVISION)))
        sql = f"SELECT {wanted} FROM {rows.table} WHERE {where} ORDER BY fid{limit}"
        found, is_cut = _some(self.connection.execute(sql, values))
        columns = rows.to_columns(names, found)
        return replace(columns, is_cut=True) if is_cut else columns

    def columns(self, layer: str, names: Sequence[str], *, after: int = 0) -> Iterator[Columns]:
        """Reads a layer in batches of columns, lazily: all of it, or what was written after a revision."""
        rows = self.rows_of(layer)
        cursor = self.connection.execute(columns_sql(rows, names, after=after))
        yield from (rows.to_columns(names, batch) for batch in in_batches(cursor.fetchmany))

    def layer_revision(self, layer: str) -> int:
        """The revision that last wrote a layer; LayerError: there is none."""
        found = self.connection.execute("SELECT revision FROM gis_capture_layers WHERE key = ?", (layer,)).fetchone()
        if found is None:
            raise no_layer(layer)
        return int(found[0])

    def count(self, layer: str, query: FeatureQuery = EVERYTHING) -> int:
        """Counts the features of a query, whatever its limit and place."""
        if query == EVERYTHING:
            return self.n_features(layer)
        rows = self.rows_of(layer)
        where, values = self._where(rows, query, is_paged=False)
        return int(self.connection.execute(f"SELECT count(*) FROM {rows.table} WHERE {where}", values).fetchone()[0])

    def feature(self, layer: str, feature_id: str) -> Feature | None:
        """Reads one feature."""
        rows = self.rows_of(layer)
        found = self.read(rows, f"{rows.select} WHERE feature_id = ?", (feature_id,))
        return next((feature for _, feature in found), None)

    def feature_by_fid(self, layer: str, fid: int) -> Feature | None:
        """Reads the feature of a row."""
        rows = self.rows_of(layer)
        return next((feature for _, feature in self.read(rows, f"{rows.select} WHERE fid = ?", (fid,))), None)

    def feature_at(self, layer: str, feature_id: str, revision: int) -> Feature | None:
        """Reads a feature as it was after a revision; None = it was not in the layer then."""
        row = self.connection.execute(
            "SELECT previous_revision, previous, previous_geometry FROM gis_capture_history"
            " WHERE feature_id = ? AND layer = ? AND revision > ? ORDER BY revision, id LIMIT 1",
            (feature_id, layer, revision),
        ).fetchone()
        if row is None:
            now = self.feature(layer, feature_id)
            return now if now and now.revision <= revision else None
        return self.rows_of(layer).from_state(feature_id, *row) if row[0] <= revision else None

    def deleted(self, layer: str, feature_id: str) -> Feature | None:
        """Reads the last state of a deleted feature; its `revision` is the one that deleted it."""
        if self.feature(layer, feature_id) is not None:
            return None
        row = self.connection.execute(
            "SELECT revision, previous, previous_geometry FROM gis_capture_history"
            " WHERE feature_id = ? AND layer = ? AND kind = 'delete' ORDER BY revision DESC, id DESC LIMIT 1",
            (feature_id, layer),
        ).fetchone()
        return self.rows_of(layer).from_state(feature_id, *row) if row else None

    def history(self, layer: str, feature_id: str) -> list[tuple[int, Feature]]:
        """All former states of a feature, oldest first, each with the revision that ended it."""
        states = self.connection.execute(
            "SELECT revision, previous_revision, previous, previous_geometry FROM gis_capture_history"
            " WHERE feature_id = ? AND layer = ? ORDER BY revision, id",
            (feature_id, layer),
        )
        rows = self.rows_of(layer)
        return [(ended, rows.from_state(feature_id, *state)) for ended, *state in states]

    def author_of(self, revision: int) -> tuple[Author, str]:
        """Who wrote a revision, and when."""
        row = self.connection.execute(
            "SELECT device_id, author, at FROM gis_capture_revisions WHERE revision = ?", (revision,)
        ).fetchone()
        return (Author(row[0], row[1]), row[2]) if row else (Author(""), "")

    def revisions(self, numbers: Iterable[int]) -> dict[int, Revision]:
        """What is known of these revisions, by their number."""
        return read_revisions(self, numbers)

    def revision_before(self, at: str) -> int:
        """The newest revision that was written before an instant; 0 = none."""
        sql = "SELECT coalesce(max(revision), 0) FROM gis_capture_revisions WHERE at < ?"
        return int(self.connection.execute(sql, (at,)).fetchone()[0])

    def features_at(self, layer: str, revision: int) -> Iterator[Feature]:
        """Reads a layer as it was after a revision, lazily, in the order of `fid`; deleted ones come last."""
        return read_features_at(self, layer, revision)

    def deleted_features(self, layer: str) -> Iterator[Feature]:
        """Last states of the features that are deleted now, lazily, newest deletion first."""
        return read_deleted_features(self, layer)

    def attachment_hashes(self) -> Iterator[str]:
        """The SHA-256 of every attachment that a feature has or had."""
        return read_attachment_hashes(self)

    def changed(
        self, layer: str, *, after: tuple[int, int], until: int | None = None, bbox: BBox | None = None
    ) -> Iterator[tuple[int, Feature]]:
        """Features with their number, in the order of (revision, number), after such a place."""
        rows = self.rows_of(layer)
        return self.read(rows, *self.changed_rows(rows, after=after, until=until, bbox=bbox))

    def changed_rows(
        self, rows: LayerRows, *, after: tuple[int, int], until: int | None = None, bbox: BBox | None = None
    ) -> tuple[str, list[Any]]:
        """The statement that selects what `changed` gives, and its values."""
        terms, values = ["(revision, fid) > (?, ?)"], list[Any](after)
        if until is not None:
            terms.append("revision <= ?")
            values.append(until)
        if bbox is not None:
            condition, box = self.in_box(rows, self.bbox_in(rows.key, bbox))
            terms.append(f"(geometry IS NULL OR {condition})")
            values += box
        return f"{rows.select} WHERE {' AND '.join(terms)} ORDER BY revision, fid", values

    def deletions(self, layers: Sequence[str], *, after: tuple[int, int]) -> Iterator[Deletion]:
        """Features that are not in the layer any more."""
        rows = self.connection.execute(
            "SELECT id, layer, feature_id, revision FROM gis_capture_history WHERE kind = 'delete'"
            " AND (revision, id) > (?, ?) AND layer IN (SELECT value FROM json_each(?)) ORDER BY revision, id",
            (*after, orjson.dumps(list(layers)).decode()),
        )
        for row in rows:
            deletion = Deletion(*row)
            if not self.is_there(deletion.layer, deletion.feature_id):
                yield deletion

    def bbox_in(self, layer: str, bbox: BBox) -> BBox:
        """A box of EPSG:4326 in the layer's CRS; one that holds nothing where the two have nothing in common."""
        return to_layer_crs(bbox, self.rows_of(layer).layer.crs) or NOWHERE

    def imports(self) -> list[dict[str, Any]]:
        """All imports, newest first."""
        rows = self.connection.execute("SELECT record FROM gis_capture_imports ORDER BY number DESC")
        return [orjson.loads(row[0]) for row in rows]

    def source_rows(self, import_id: str) -> Iterator[SourceRow]:
        """The account of an import's rows."""
        blocks = self.connection.execute(
            "SELECT b.rows FROM gis_capture_source_blocks b JOIN gis_capture_imports i ON i.number = b.import_number"
            " WHERE i.import_id = ? ORDER BY b.id",
            (import_id,),
        )
        return self._source_rows(blocks)

    def provenance(self, feature_id: str) -> SourceRow | None:
        """The source row a feature came from."""
        blocks = self.connection.execute(
            "SELECT rows FROM gis_capture_source_blocks WHERE first_id <= ? AND last_id >= ? ORDER BY id DESC",
            (feature_id, feature_id),
        )
        for (block,) in blocks:
            of_feature = [row for row in SourceBlock.from_bytes(block).rows() if row.feature_id == feature_id]
            if of_feature:
                return of_feature[-1]
        return None

    def _source_rows(self, blocks: Iterable[tuple[bytes]]) -> Iterator[SourceRow]:
        # A method, so that this reading, and with it the connection, lives as long as somebody reads.
        for (block,) in blocks:
            yield from SourceBlock.from_bytes(block).rows()

    def is_there(self, layer: str, feature_id: str) -> bool:
        """Tells whether a layer has a feature."""
        sql = f"SELECT 1 FROM {self.rows_of(layer).table} WHERE feature_id = ?"
        return self.connection.execute(sql, (feature_id,)).fetchone() is not None

    def read(self, rows: LayerRows, sql: str, values: Sequence[Any]) -> Iterator[tuple[int, Feature]]:
        """Reads features of a statement that begins with `rows.select`, lazily."""
        cursor = self.connection.execute(sql, values)
        while batch := cursor.fetchmany(BATCH):
            attachments = read_attachments(self.connection, rows.key, (row[2] for row in batch))
            yield from rows.to_features(batch, attachments)

    def _where(self, rows: LayerRows, query: FeatureQuery, *, is_paged: bool = True) -> tuple[str, list[Any]]:
        terms, values = ["TRUE"], list[Any]()
        if is_paged and query.after_fid:
            terms.append("fid > ?")
            values.append(query.after_fid)
        if query.bbox is not None:
            find = self.in_box_by_number if is_paged else self.in_box
            found = [find(rows, self.bbox_in(rows.key, part)) for part in query.bbox.parts]
            terms.append(f"({' OR '.join(condition for condition, _ in found)})")
            values += [corner for _, box in found for corner in box]
        if query.feature_ids is not None:
            terms.append("feature_id IN (SELECT value FROM json_each(?))")
            values.append(orjson.dumps(list(query.feature_ids)).decode())
        for name, value in (query.equals or {}).items():
            rows.layer.field(name)
            terms.append(f"{quote_identifier(name)} {'IS NULL' if value is None else '= ?'}")
            values += [] if value is None else [rows.column_value(name, value)]
        if query.is_located is not None:
            terms.append(f"geometry IS {'NOT ' if query.is_located else ''}NULL")
        if query.is_unconfirmed:
            condition, doubts = unconfirmed()
            terms.append(condition)
            values += doubts
        if query.text:
            hidden = frozenset() if query.with_personal else rows.layer.personal_names
            texts = (field.name for field in rows.layer.fields if field.type is FieldType.TEXT)
            columns = [name for name in texts if name not in hidden]
            pattern = "%" + query.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            terms.append(
                "(" + " OR ".join(f"\"{name}\" {self.like} ? ESCAPE '\\'" for name in columns or ["feature_id"]) + ")"
            )
            values += [pattern] * len(columns or ["feature_id"])
        return " AND ".join(terms), values


def columns_sql(rows: LayerRows, names: Sequence[str], *, after: int, casts: Mapping[str, str] | None = None) -> str:
    """The statement behind `Reading.columns`; `casts` are put behind the columns of fields."""
    fields = "".join(f", {quote_identifier(name)}{(casts or {}).get(name, '')}" for name in names)
    where = f" WHERE revision > {int(after)}" if after else ""
    return f"SELECT fid, feature_id, geometry{fields} FROM {rows.table}{where}"


def _some(cursor: Rows) -> tuple[list[Any], bool]:
    """The rows of a page, with the geometry in the third place, and whether there are more than it may hold."""
    rows, n_bytes = list[Any](), 0
    while some := cursor.fetchmany(_ROWS_LOOKED_AT):
        for row in some:
            if n_bytes > PAGE_BYTES:
                return rows, True
            rows.append(row)
            n_bytes += len(row[2] or b"")
    return rows, False


def no_layer(key: str) -> LayerError:
    """The error of a layer that is not there."""
    return LayerError(Text(f"レイヤー「{key}」はありません。", f'There is no layer "{key}" in the store.'), layer=key)
