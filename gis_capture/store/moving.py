"""Takes everything that a store holds into another one, whatever both are, and looks whether it is there.

It is one transaction of the target: killed at any moment, it leaves the target empty. The source is only read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson

from gis_capture.definitions import layer_to_json
from gis_capture.errors import StoreError
from gis_capture.geopackage.connection import unusable
from gis_capture.geopackage.files import put_in_place
from gis_capture.model import Feature, FeatureColumns, Field, FieldType, Layer
from gis_capture.store.geopackage import open_geopackage
from gis_capture.store.protocol import Author, Snapshot, Store, Transaction
from gis_capture.store.tables.layer_rows import LayerRows, parse_layer
from gis_capture.store.tables.migration import read_removed_fields
from gis_capture.store.tables.reading import Reading
from gis_capture.store.tables.writing import WritingTransaction
from gis_capture.text import Text

BATCH = 5_000
MOVED_FROM = "moved_from"
"""Key of the epoch of the store that was taken into this one."""
HISTORY = "gis_capture_history"
TABLES = {
    "gis_capture_revisions": ("revision", "at", "device_id", "author", "note"),
    HISTORY: (
        "id",
        "revision",
        "layer",
        "feature_id",
        "kind",
        "previous_revision",
        "previous",
        "previous_geometry",
    ),
    "gis_capture_imports": ("number", "import_id", "record"),
    "gis_capture_source_blocks": ("id", "import_number", "first_id", "last_id", "rows"),
    "gis_capture_receipts": (
        "id",
        "change_id",
        "sha256",
        "layer",
        "feature_id",
        "after",
        "device_id",
        "author",
        "received_at",
        "status",
        "revision",
        "receipt",
        "body",
    ),
    "gis_capture_other_bodies": (
        "change_id",
        "sha256",
        "device_id",
        "author",
        "received_at",
        "receipt",
        "body",
    ),
    "gis_capture_conflicts": (
        "id",
        "conflict_id",
        "change_id",
        "layer",
        "feature_id",
        "state",
        "revision",
        "body",
    ),
    "gis_capture_named_attachments": ("sha256", "change_id", "layer", "feature_id", "attachment"),
}
"""Tables that are copied as they are; the attachments of features go with these."""
_ORDER = {"gis_capture_other_bodies": "change_id, sha256", "gis_capture_named_attachments": "sha256, change_id"}


def move_store(source: Store, target: Store, *, author: Author, at: str) -> int:
    """Takes all of a store into an empty one, while nobody else writes to it; gives the number of features.

    Raises:
        StoreError: The target is not empty, or holds something else than the source when read back.
        FeatureError: The target's database cannot hold a value.
    """
    if _is_moved(source, target):
        return sum(target.count(layer.key) for layer in target.layers())
    if target.layers() or target.revision():
        raise StoreError(
            Text(
                "移行先にはもうデータがあります。空の場所(別のファイル名かスキーマ)を指定してください。",
                "The target holds something already: name an empty place (another file or schema).",
            )
        )
    source.adopt_direct_edits(author, at=at)
    # A block that writes nothing leaves nothing, and keeps all others from writing.
    with source.transact(author, at=at), source.snapshot() as moment:
        return _fill(target, moment, source.epoch, author=author, at=at)


def _is_moved(source: Store, target: Store) -> bool:
    """True when all was moved already, and only the end of the command was lost."""
    if source.revision() != target.revision() or source.has_direct_edits():
        return False
    with target.snapshot() as moment:
        if not isinstance(moment, Reading):
            return False
        row = moment.connection.execute("SELECT value FROM gis_capture_meta WHERE key = ?", (MOVED_FROM,)).fetchone()
        return row is not None and row[0] == source.epoch and target.epoch != source.epoch


def write_copy(source: Store, path: Path) -> None:
    """Writes a GeoPackage store of one moment, with the epoch of the source; an older file is replaced.

    Raises:
        StoreError: The file cannot be written, or holds something else than the source when read back.
    """
    partial = path.with_name(path.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        target = open_geopackage(partial, create=True, epoch=source.epoch)
        try:
            with source.snapshot() as moment:
                _fill(target, moment, source.epoch, author=Author("backup"), at="")
        finally:
            target.close()
        put_in_place(partial, path)
    except OSError as error:
        raise unusable(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


def _fill(target: Store, moment: Snapshot, epoch: str, *, author: Author, at: str) -> int:
    with target.transact(author, at=at) as transaction:
        read, write = _tables(moment, transaction)
        write.connection.execute("DELETE FROM gis_capture_revisions")
        n_features = sum(_copy_layer(read, write, *row) for row in _layers(read))
        for table in TABLES:
            _copy_table(read, write, table)
        write.finish()
        _put_definitions(read, write)
        write.copied()
        write.connection.execute("DELETE FROM gis_capture_meta WHERE key = ?", (MOVED_FROM,))
        write.connection.execute("INSERT INTO gis_capture_meta VALUES (?, ?)", (MOVED_FROM, epoch))
        _verify(read, write)
    return n_features


def _tables(moment: Snapshot, transaction: Transaction) -> tuple[Reading, WritingTransaction]:
    if not isinstance(moment, Reading) or not isinstance(transaction, WritingTransaction):
        raise TypeError("both stores must have the tables of docs/format.md")
    return moment, transaction


def _layers(read: Reading) -> list[tuple[Any, ...]]:
    sql = "SELECT key, position, revision, definition, removed_fields FROM gis_capture_layers ORDER BY position"
    return read.connection.execute(sql).fetchall()


def _whole_layer(read: Reading, key: str, definition: str) -> Layer:
    """A layer with the fields that a newer definition took out: their columns are there."""
    layer, types = parse_layer(definition), read.field_types(key)
    removed = [
        Field(one.field_id, one.name, Text(one.name, one.name), types[one.name])
        for one in read_removed_fields(read.connection, key)
        if one.name in types
    ]
    return replace(layer, fields=(*layer.fields, *removed))


def _copy_layer(
    read: Reading, write: WritingTransaction, key: str, position: int, revision: int, definition: str, removed: str
) -> int:
    """Copies the table of a layer; its row in `gis_capture_layers` is for now that of the whole layer."""
    layer = _whole_layer(read, key, definition)
    write.tables.create(layer)
    document = orjson.dumps(layer_to_json(layer)).decode()
    write.connection.execute(
        "INSERT INTO gis_capture_layers (key, position, revision, definition, removed_fields) VALUES (?, ?, ?, ?, ?)",
        (key, position, revision, document, removed),
    )
    rows = read.layer_rows(document)
    sql = f"SELECT revision, count(*) FROM {rows.table} GROUP BY revision"
    revisions = Counter(dict(read.connection.execute(sql).fetchall()))
    # Most features are of one import; the others get their revision afterwards.
    write.revision = usual = next((one for one, _ in revisions.most_common(1)), 0)
    others: list[tuple[int, str]] = []

    def batches() -> Iterator[FeatureColumns]:
        for page in _pages(read, rows):
            others.extend((one.revision, one.feature_id) for one in page if one.revision != usual)
            yield FeatureColumns.from_features(page)

    n_features = write.insert_columns(batches())
    write.connection.executemany(f"UPDATE {rows.table} SET revision = ? WHERE feature_id = ?", others)
    return n_features


def _pages(read: Reading, rows: LayerRows) -> Iterator[list[Feature]]:
    sql, after_fid = f"{rows.select} WHERE fid > ? ORDER BY fid LIMIT {BATCH}", -(2**63)
    while page := list(read.read(rows, sql, (after_fid,))):
        after_fid = page[-1][0]
        yield [feature for _, feature in page]


def _put_definitions(read: Reading, write: WritingTransaction) -> None:
    for key, _, revision, definition, _ in _layers(read):
        write.connection.execute(
            "UPDATE gis_capture_layers SET revision = ?, definition = ? WHERE key = ?", (revision, definition, key)
        )
        write.tables.describe(parse_layer(definition))
        write.watch(write.rows_of(key))


def _copy_table(read: Reading, write: WritingTransaction, table: str) -> None:
    columns = TABLES[table]
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    rows = _rows(read, table)
    if table == HISTORY:
        rows = ((*row[:-1], _recoded(read, write, row[2], row[-1])) for row in rows)
    write.connection.executemany(insert, rows)


def _rows(read: Reading, table: str) -> Iterator[tuple[Any, ...]]:
    columns = TABLES[table]
    return read.stream(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {_ORDER.get(table, columns[0])}")


def _recoded(read: Reading, write: WritingTransaction, layer: str, geometry: Any) -> Any:
    """A geometry as the other database has it."""
    if geometry is None:
        return None
    return write.rows_of(layer).encode_geometries(read.rows_of(layer).decode_geometries([geometry]))[0]


def _verify(read: Reading, write: WritingTransaction) -> None:
    """Reads both and compares everything.

    Raises:
        StoreError: Something differs.
    """
    for key, _, _, definition, _ in _layers(read):
        document = orjson.dumps(layer_to_json(_whole_layer(read, key, definition))).decode()
        sides = (_pages(one, one.layer_rows(document)) for one in (read, write))
        for here, there in zip_longest(*sides, fillvalue=[]):
            _compare(key, map(_comparable(parse_layer(document)), here), map(_comparable(parse_layer(document)), there))
    for table in TABLES:
        sides_of_table = (_with_shapes(one, table) for one in (read, write))
        _compare(table, *sides_of_table)


def _with_shapes(reading: Reading, table: str) -> Iterator[Any]:
    for row in _rows(reading, table):
        if table == HISTORY and row[-1] is not None:
            yield (*row[:-1], reading.rows_of(row[2]).decode_geometries([row[-1]])[0])
        else:
            yield row


def _compare(name: str, here: Iterable[Any], there: Iterable[Any]) -> None:
    for mine, other in zip_longest(here, there):
        if mine != other:
            what = getattr(mine or other, "feature_id", None) or str((mine or other)[0])[:60]
            raise StoreError(
                Text(
                    f"移したものを読み返したところ、「{name}」の {what} が元と違いました。何も移していません。",
                    f'What was moved was read back, and {what} of "{name}" differs. Nothing was moved.',
                ),
                table=name,
            )


def _comparable(layer: Layer) -> Any:
    """Gives a function that makes features comparable: an instant is the same however many zeros its fraction has."""
    instants = [field.name for field in layer.fields if field.type is FieldType.DATETIME]

    def comparable(feature: Feature) -> Feature:
        told = {name: _instant(feature.fields[name]) for name in instants}
        return replace(feature, fields={**feature.fields, **told})

    return comparable


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or "." not in value:
        return value
    head, _, fraction = value.removesuffix("Z").partition(".")
    return f"{head}.{fraction[:6].ljust(6, '0')}"
