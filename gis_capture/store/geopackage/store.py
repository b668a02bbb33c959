"""The embedded store: one GeoPackage file, one writer, readers that are never blocked."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from gis_capture.durability import is_for_want_of_room
from gis_capture.errors import StoreError
from gis_capture.geopackage.connection import connect, unusable
from gis_capture.geopackage.files import create_geopackage, put_in_place
from gis_capture.model import Feature, Layer, Problem
from gis_capture.store.columns import Columns
from gis_capture.store.geopackage.connections import ReaderPool
from gis_capture.store.geopackage.direct_edits import has_direct_edits, take_direct_edits
from gis_capture.store.geopackage.format_version import FORMAT_VERSION, check_version, read_meta
from gis_capture.store.geopackage.integrity import find_damage
from gis_capture.store.geopackage.lines import feature_lines
from gis_capture.store.geopackage.log_head import LogHead
from gis_capture.store.geopackage.reading import GeoPackageReading
from gis_capture.store.geopackage.schema import EXTENSION_DEFINITION, SCHEMA, SYNC_SCHEMA, SYNC_TABLES, TABLES
from gis_capture.store.geopackage.upgrades import upgrade
from gis_capture.store.geopackage.writing import OWN_WRITE, GeoPackageTransaction
from gis_capture.store.lines import Lines, LineScope, Place, merged_lines
from gis_capture.store.protocol import DIRECT_EDIT, EVERYTHING, Author, FeatureQuery, LayerInfo, Revision
from gis_capture.store.source_rows import SourceRow
from gis_capture.store.sync_records import SyncReader
from gis_capture.store.tables.sync import SyncTables
from gis_capture.text import Text

ASPATIAL = "http://gdal.org/geopackage_aspatial.html"


class GeoPackageSnapshot(GeoPackageReading):
    """One moment of the store, held by a read transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.revision = self.newest_revision()
        self.sync: SyncReader = SyncTables(connection)

    def lines(self, scope: LineScope, *, after: Place, limit: int | None = None) -> Iterator[Lines]:
        """Lines of a pull, encoded, after a place; at most `limit` of them."""
        features = None if scope.lies_in else partial(feature_lines, self, scope, limit=limit)
        return merged_lines(self, scope, after=after, limit=limit, features=features)


class GeoPackageStore:
    """Implements `Store` over one GeoPackage."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = connect(path)
        self._write_lock = threading.RLock()
        self._readers = ReaderPool(path)
        try:
            check_version(path, self._writer)
            upgrade(path, self._writer)
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute("PRAGMA synchronous = FULL")
            # A killed writer cannot leave this behind: it is written and removed inside one transaction.
            self.epoch = read_meta(self._writer, "epoch")
            self._log_head = LogHead(path)
            self._known_moment = b"", (0, False)
        except BaseException as error:
            self._writer.close()
            if isinstance(error, sqlite3.Error):
                raise unusable(path, error) from error
            raise

    def revision(self) -> int:
        """The newest revision; 0 for an empty store."""
        return self._reading().newest_revision()

    def layers(self) -> tuple[Layer, ...]:
        """All layers, in the order they were made."""
        return self._reading().layers()

    def layer(self, key: str) -> Layer:
        """One layer; raises LayerError when there is none."""
        return self._reading().layer(key)

    def layer_info(self, key: str) -> LayerInfo:
        """A layer with counts and extent."""
        return self._reading().layer_info(key)

    def features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[Feature]:
        """Reads features in the order of `fid`, lazily."""
        return self._reading().features(layer, query)

    def numbered_features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[tuple[int, Feature]]:
        """Reads (fid, feature) in the order of `fid`, lazily."""
        return self._reading().numbered_features(layer, query)

    def page(self, layer: str, query: FeatureQuery) -> Columns:
        """Reads what `numbered_features` gives at once and column by column."""
        return self._reading().page(layer, query)

    def columns(self, layer: str, names: Sequence[str], *, after: int = 0) -> Iterator[Columns]:
        """Reads a layer in batches of columns, lazily."""
        return self._reading().columns(layer, names, after=after)

    def layer_revision(self, layer: str) -> int:
        """The revision that last wrote a layer."""
        return self._reading().layer_revision(layer)

    def count(self, layer: str, query: FeatureQuery = EVERYTHING) -> int:
        """Counts the features of a query."""
        return self._reading().count(layer, query)

    def feature(self, layer: str, feature_id: str) -> Feature | None:
        """Reads one feature."""
        return self._reading().feature(layer, feature_id)

    def feature_at(self, layer: str, feature_id: str, revision: int) -> Feature | None:
        """Reads a feature as it was after a revision."""
        return self._reading().feature_at(layer, feature_id, revision)

    def deleted(self, layer: str, feature_id: str) -> Feature | None:
        """Reads the last state of a deleted feature."""
        return self._reading().deleted(layer, feature_id)

    def history(self, layer: str, feature_id: str) -> list[tuple[int, Feature]]:
        """All former states of a feature, oldest first, each with the revision that ended it."""
        return self._reading().history(layer, feature_id)

    def author_of(self, revision: int) -> tuple[Author, str]:
        """Who wrote a revision, and when."""
        return self._reading().author_of(revision)

    def revisions(self, numbers: Iterable[int]) -> dict[int, Revision]:
        """What is known of these revisions, by their number."""
        return self._reading().revisions(numbers)

    def revision_before(self, at: str) -> int:
        """The newest revision that was written before an instant; 0 = none."""
        return self._reading().revision_before(at)

    def features_at(self, layer: str, revision: int) -> Iterator[Feature]:
        """Reads a layer as it was after a revision."""
        return self._reading().features_at(layer, revision)

    def deleted_features(self, layer: str) -> Iterator[Feature]:
        """Last states of the features that are deleted now, newest deletion first."""
        return self._reading().deleted_features(layer)

    def attachment_hashes(self) -> Iterator[str]:
        """The SHA-256 of every attachment that a feature has or had."""
        return self._reading().attachment_hashes()

    def provenance(self, feature_id: str) -> SourceRow | None:
        """The source row a feature came from."""
        return self._reading().provenance(feature_id)

    def imports(self) -> list[dict[str, Any]]:
        """All imports, newest first."""
        return self._reading().imports()

    def source_rows(self, import_id: str) -> Iterator[SourceRow]:
        """The account of an import's rows."""
        return self._reading().source_rows(import_id)

    @contextmanager
    def snapshot(self) -> Iterator[GeoPackageSnapshot]:
        """Holds one moment of the store for reading."""
        with self._readers.lend() as connection:
            connection.execute("BEGIN")
            try:
                yield GeoPackageSnapshot(connection)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def transact(self, author: Author, *, at: str, note: str = "") -> Iterator[GeoPackageTransaction]:
        """Opens the one door for writing; commits at the end of the block, rolls back on an exception.

        Raises:
            StoreError: The disk is full or the file cannot be written; nothing has changed then.
            RuntimeError: This thread is inside such a block already.
        """
        with self._writing():
            # Edits of other programs come first, as a revision of their own; else they would pass for this one's.
            is_adopted = self._adopt(DIRECT_EDIT, at, lambda: str(uuid4())) is not None
            with self._revision(author, at=at, note=note) as transaction:
                yield transaction
                is_changed = transaction.n_changes > 0
            if not is_changed:
                # A block that wrote nothing takes no revision.
                self._writer.execute("DELETE FROM gis_capture_revisions WHERE revision = ?", (transaction.revision,))
            self._writer.execute("COMMIT" if is_changed or is_adopted else "ROLLBACK")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Begins a transaction of the writer, which the block ends; what it did not end is rolled back."""
        with self._write_lock:
            database = self._writer
            if database.in_transaction:
                raise RuntimeError("a transaction of this store is open in this thread; use its savepoint()")
            try:
                database.execute("BEGIN IMMEDIATE")
                yield
            except BaseException as error:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise _not_written(self.path, error) from error
                raise

    @contextmanager
    def _revision(self, author: Author, *, at: str, note: str) -> Iterator[GeoPackageTransaction]:
        """Makes the next revision of what the block writes, while the triggers that note edits of others are silent."""
        database = self._writer
        revision = GeoPackageReading(database).newest_revision() + 1
        values = (revision, at, author.device_id, author.name, note)
        database.execute("INSERT INTO gis_capture_revisions VALUES (?, ?, ?, ?, ?)", values)
        database.execute("INSERT INTO gis_capture_meta VALUES (?, '1')", (OWN_WRITE,))
        transaction = GeoPackageTransaction(database, revision)
        yield transaction
        transaction.finish()
        database.execute("DELETE FROM gis_capture_meta WHERE key = ?", (OWN_WRITE,))

    def has_direct_edits(self) -> bool:
        """True when another program has changed the file since the last adoption; cheap."""
        return has_direct_edits(self._reading().connection)

    def moment(self) -> tuple[int, bool]:
        """The newest revision, and what `has_direct_edits` says, by one question; none while both must be the same."""
        # Read before: at worst it is asked once more than needed.
        head = self._log_head.read()
        known_at, moment = self._known_moment
        if not head or head != known_at:
            moment = self._reading().moment()
            self._known_moment = head, moment
        return moment

    def adopt_direct_edits(
        self, author: Author, *, at: str, new_id: Callable[[], str] = lambda: str(uuid4())
    ) -> int | None:
        """Makes a revision of what other programs changed straight in the file; None = nothing was changed."""
        if not self.has_direct_edits():
            return None
        with self._writing():
            revision = self._adopt(author, at, new_id)
            self._writer.execute("COMMIT")
            return revision

    def _adopt(self, author: Author, at: str, new_id: Callable[[], str]) -> int | None:
        """Makes a revision of the noted edits, inside a transaction of the writer."""
        if not has_direct_edits(self._writer):
            return None
        with self._revision(author, at=at, note="direct edit") as transaction:
            for layer in transaction.layers():
                rows = transaction.rows_of(layer.key)
                for fid, previous in take_direct_edits(self._writer, rows, new_id):
                    transaction.adopt(rows, fid, previous)
            return transaction.revision

    def backup_to(self, path: Path) -> None:
        """Writes a copy of the present state, while others go on reading and writing; an older copy is replaced.

        Raises:
            StoreError: The copy cannot be written, or is the store itself.
        """
        if path.exists() and path.samefile(self.path):
            raise StoreError(Text(f"「{path}」は控えの元です。", f'"{path}" is the store itself.'), path=path)
        partial = path.with_name(path.name + ".part")
        try:
            partial.unlink(missing_ok=True)
            with closing(connect(self.path, is_read_only=True)) as source, closing(sqlite3.connect(partial)) as target:
                source.backup(target)
            put_in_place(partial, path)
        except (OSError, sqlite3.Error) as error:
            raise unusable(path, error) from error
        finally:
            partial.unlink(missing_ok=True)

    def check_integrity(self) -> list[Problem]:
        """Looks for damage; gives what was found."""
        return find_damage(self._reading())

    def close(self) -> None:
        """Closes all connections; a closed store leaves no files beside its own."""
        self._readers.close()
        with self._write_lock:
            self._writer.close()

    def _reading(self) -> GeoPackageReading:
        """The reader of this thread."""
        return self._readers.of_this_thread()


def open_geopackage(path: Path, *, create: bool = False, epoch: str | None = None) -> GeoPackageStore:
    """Opens a store that is a GeoPackage; `gis_capture.store.open_store` says more.

    When it is made, a kill leaves either no file or a whole one.
    """
    if create and not path.exists():
        create_geopackage(path, lambda connection: _add_tables(connection, epoch or str(uuid4())))
    if not path.is_file():
        raise StoreError(Text(f"「{path}」がありません。", f'"{path}" is not there.'), path=path)
    return GeoPackageStore(path)


def _add_tables(connection: sqlite3.Connection, epoch: str) -> None:
    connection.executescript(SCHEMA + SYNC_SCHEMA)
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gis_capture', ?, 'read-write')",
        ((table, EXTENSION_DEFINITION) for table in (*TABLES, *SYNC_TABLES)),
    )
    # GDAL and QGIS list every table as a layer, unless this says that tables without geometry are declared.
    connection.execute("INSERT INTO gpkg_extensions VALUES (NULL, NULL, 'gdal_aspatial', ?, 'read-write')", (ASPATIAL,))
    connection.executemany(
        "INSERT INTO gis_capture_meta VALUES (?, ?)", (("format_version", str(FORMAT_VERSION)), ("epoch", epoch))
    )


def _not_written(path: Path, error: sqlite3.Error) -> StoreError:
    is_full = is_for_want_of_room(path, error)
    return StoreError(
        Text(
            f"「{path}」に書けません({error})。何も変わっていません。空き容量と、ほかに開いているプログラムを確かめてください。",
            f'"{path}" cannot be written ({error}). Nothing has changed. Check free space and programs that hold it.',
        ),
        path=path,
        **({"code": "disk_full"} if is_full else {}),
    )
