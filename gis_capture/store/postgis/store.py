"""The store in PostGIS: many programs and processes at once, one writer at a time, readers that are never blocked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import errors

from gis_capture.errors import FormatVersionError, StoreError
from gis_capture.geopackage.names import quote_identifier
from gis_capture.model import Problem
from gis_capture.store.lines import Lines, LineScope, Place, merged_lines
from gis_capture.store.postgis.database import (
    Connection,
    Pool,
    PooledDatabase,
    PostgresDatabase,
    application_name,
    open_connection,
)
from gis_capture.store.postgis.direct_edits import has_direct_edits, take_direct_edits
from gis_capture.store.postgis.failures import store_error
from gis_capture.store.postgis.integrity import find_damage
from gis_capture.store.postgis.layer_tables import OWN_WRITE
from gis_capture.store.postgis.lines import lines
from gis_capture.store.postgis.place import Place as Database
from gis_capture.store.postgis.place import parse_place
from gis_capture.store.postgis.reading import PostgisReading
from gis_capture.store.postgis.writing import PostgisTransaction
from gis_capture.store.protocol import DIRECT_EDIT, Author, LayerInfo
from gis_capture.store.sync_records import SyncReader
from gis_capture.store.tables.sync import SyncTables
from gis_capture.text import Text

SCHEMA = files("gis_capture.store.postgis").joinpath("schema.sql").read_text(encoding="utf-8")
FORMAT_VERSION = 2
_TRIES = 3
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 20261127))"


class PostgisSnapshot(PostgisReading):
    """One moment of the store, held by a transaction of its own."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(PostgresDatabase(connection))
        self._connection = connection
        self.revision = self.newest_revision()
        self.sync: SyncReader = SyncTables(self.connection)

    def lines(self, scope: LineScope, *, after: Place, limit: int | None = None) -> Iterator[Lines]:
        """Lines of a pull, encoded, after a place; at most `limit` of them."""
        if scope.lies_in:
            return merged_lines(self, scope, after=after, limit=limit)
        return lines(self, self._connection, scope, after=after, limit=limit)


class PostgisStore(PostgisReading):
    """Implements `Store` over one schema of a database."""

    def __init__(self, place: Database, pool: Pool) -> None:
        super().__init__(PooledDatabase(pool))
        self.place = place
        self._pool = pool
        self._write_lock = threading.RLock()
        self._is_writing = False
        self.epoch = self._meta("epoch")
        self._infos: dict[str, LayerInfo] = {}

    def _meta(self, key: str) -> str:
        row = self.connection.execute("SELECT value FROM gis_capture_meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def revision(self) -> int:
        """The newest revision; 0 for an empty store."""
        return self.newest_revision()

    def layer_info(self, key: str) -> LayerInfo:
        """A layer with counts and extent; rows are counted once for a revision of it."""
        revision, found = self.layer_revision(key), self._infos.get(key)
        if found is None or found.revision != revision:
            found = self._infos[key] = super().layer_info(key)
        return found

    @contextmanager
    def snapshot(self) -> Iterator[PostgisSnapshot]:
        """Holds one moment of the store for reading."""
        with self._pool.lend() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgisSnapshot(connection)

    @contextmanager
    def transact(self, author: Author, *, at: str, note: str = "") -> Iterator[PostgisTransaction]:
        """Opens the one door for writing; commits at the end of the block, rolls back on an exception.

        Raises:
            StoreError: The database cannot be written, or another program holds it; nothing has changed then.
            RuntimeError: This thread is inside such a block already.
        """
        with self._writing() as database:
            # Edits of other programs come first, as a revision of their own; else they would pass for this one's.
            is_adopted = self._adopt(database, DIRECT_EDIT, at, lambda: str(uuid4())) is not None
            with self._revision(database, author, at=at, note=note) as transaction:
                yield transaction
                is_changed = transaction.n_changes > 0
            if not is_changed:
                # A block that wrote nothing takes no revision.
                database.execute("DELETE FROM gis_capture_revisions WHERE revision = ?", (transaction.revision,))
            if is_changed or is_adopted:
                self._tell(database)
            database.execute("COMMIT" if is_changed or is_adopted else "ROLLBACK")

    def _tell(self, database: PostgresDatabase) -> None:
        """Lets those who LISTEN know the newest revision, when it is there to be read."""
        channel = f"gis_capture_{self.place.schema}"[:63]
        database.execute("SELECT pg_notify(?, max(revision)::text) FROM gis_capture_revisions", (channel,))

    @contextmanager
    def _writing(self) -> Iterator[PostgresDatabase]:
        """Begins a transaction that no other writer is beside, which the block ends.

        Revisions become visible in their order, because the next one begins when this one has ended. Tables of layers
        are locked against other programs, so that what they do is before or after all this, never in its midst.
        """
        with self._write_lock:
            if self._is_writing:
                raise RuntimeError("a transaction of this store is open in this thread; use its savepoint()")
            with self._pool.lend() as connection:
                self._is_writing = True
                try:
                    database = PostgresDatabase(connection)
                    self._begin(database)
                    yield database
                finally:
                    self._is_writing = False

    def _begin(self, database: PostgresDatabase) -> None:
        for n_tries in range(1, _TRIES + 1):
            try:
                database.execute("BEGIN")
                database.execute(_LOCK, (self.place.schema,))
                keys = [row[0] for row in database.execute("SELECT key FROM gis_capture_layers ORDER BY key")]
                if keys:
                    tables = ", ".join(map(quote_identifier, keys))
                    database.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
                return
            except errors.DeadlockDetected:
                # Another program had one table and wanted the next.
                database.execute("ROLLBACK")
                if n_tries == _TRIES:
                    raise

    @contextmanager
    def _revision(
        self, database: PostgresDatabase, author: Author, *, at: str, note: str
    ) -> Iterator[PostgisTransaction]:
        """Makes the next revision of what the block writes, while the triggers that note edits of others are silent."""
        revision = PostgisReading(database).newest_revision() + 1
        values = (revision, at, author.device_id, author.name, note)
        database.execute("INSERT INTO gis_capture_revisions VALUES (?, ?, ?, ?, ?)", values)
        database.execute("SELECT set_config(?, 'on', true)", (OWN_WRITE,))
        transaction = PostgisTransaction(database, revision, self.place.schema)
        yield transaction
        transaction.finish()
        database.execute("SELECT set_config(?, '', true)", (OWN_WRITE,))

    def has_direct_edits(self) -> bool:
        """True when another program has changed features since the last adoption; cheap."""
        return has_direct_edits(self.connection)

    def adopt_direct_edits(
        self, author: Author, *, at: str, new_id: Callable[[], str] = lambda: str(uuid4())
    ) -> int | None:
        """Makes a revision of what other programs changed straight in the tables; None = nothing was changed."""
        if not self.has_direct_edits():
            return None
        with self._writing() as database:
            revision = self._adopt(database, author, at, new_id)
            self._tell(database)
            database.execute("COMMIT")
            return revision

    def _adopt(self, database: PostgresDatabase, author: Author, at: str, new_id: Callable[[], str]) -> int | None:
        """Makes a revision of the noted edits, inside a transaction of the writer."""
        if not has_direct_edits(database):
            return None
        with self._revision(database, author, at=at, note="direct edit") as transaction:
            for layer in transaction.layers():
                rows = transaction.rows_of(layer.key)
                for fid, previous in take_direct_edits(database, transaction.tables, rows, new_id):
                    transaction.adopt(rows, fid, previous)
            return transaction.revision

    def backup_to(self, path: Path) -> None:
        """Writes a GeoPackage store of one moment, while others go on reading and writing; an older file is replaced.

        Raises:
            StoreError: The file cannot be written.
        """
        from gis_capture.store.moving import write_copy

        write_copy(self, path)

    def check_integrity(self) -> list[Problem]:
        """Looks for damage; gives what was found."""
        with self.snapshot() as moment:
            return find_damage(moment)

    def n_others(self) -> int:
        """Number of connections to this store that others have: a server, another command."""
        with self._pool.lend() as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
                " AND pid <> pg_backend_pid() AND NOT pid = ANY(%s)",
                (application_name(self.place), self._pool.pids()),
            ).fetchone()
            return int(row[0]) if row else 0

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()


def open_postgis(url: str, *, create: bool = False, epoch: str | None = None) -> PostgisStore:
    """Opens a store in a database; `gis_capture.store.open_store` says more.

    When it is made, a kill leaves either no store or a whole one.
    """
    place = parse_place(url)
    connection = open_connection(place)
    try:
        if create:
            _create(place, connection, epoch or str(uuid4()))
        _check(place, connection)
    except psycopg.Error as error:
        raise store_error(place.shown, error) from error
    finally:
        connection.close()
    return PostgisStore(place, Pool(place))


def _create(place: Database, connection: Connection, epoch: str) -> None:
    """Makes the tables, unless they are there."""
    database = PostgresDatabase(connection)
    with connection.transaction():
        database.execute(_LOCK, (place.schema,))
        found = database.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = ? ORDER BY tablename <> 'gis_capture_meta', tablename",
            (place.schema,),
        ).fetchall()
        if found and found[0][0] == "gis_capture_meta":
            return
        if found:
            raise StoreError(
                Text(
                    f"「{place.shown}」のスキーマ「{place.schema}」には別の表({found[0][0]} など)が入っています。"
                    "「?schema=名前」で新しいスキーマを指定してください。",
                    f'Schema "{place.schema}" of "{place.shown}" holds other tables ("{found[0][0]}"):'
                    ' name a new one with "?schema=name".',
                ),
                place=place.shown,
            )
        if database.execute("SELECT to_regnamespace(?::text)", (place.schema,)).fetchone()[0] is None:
            database.execute(f"CREATE SCHEMA {quote_identifier(place.schema)}")
        connection.execute(SCHEMA)
        database.executemany(
            "INSERT INTO gis_capture_meta VALUES (?, ?)", (("format_version", str(FORMAT_VERSION)), ("epoch", epoch))
        )


def _check(place: Database, connection: Connection) -> None:
    """Sees that a schema holds a store of a version that can be read."""
    database = PostgresDatabase(connection)
    name = f"{quote_identifier(place.schema)}.gis_capture_meta"
    if database.execute("SELECT to_regclass(?::text)", (name,)).fetchone()[0] is None:
        raise StoreError(
            Text(
                f"「{place.shown}」に GIS Capture のデータ(スキーマ「{place.schema}」)がありません。"
                "「gis-capture init --store」か「gis-capture migrate --to」で作ってください。",
                f'"{place.shown}" holds no store in the schema "{place.schema}":'
                ' make one with "gis-capture init --store" or "gis-capture migrate --to".',
            ),
            place=place.shown,
        )
    row = database.execute("SELECT value FROM gis_capture_meta WHERE key = 'format_version'").fetchone()
    version = row[0] if row else ""
    if version != str(FORMAT_VERSION):
        raise FormatVersionError(
            Text(
                f"「{place.shown}」は形式の版が {version} です。この GIS Capture が読めるのは版 {FORMAT_VERSION} です。"
                "新しい GIS Capture で開いてください。",
                f'"{place.shown}" has format version {version}; this GIS Capture reads {FORMAT_VERSION}.'
                " Open it with a newer one.",
            ),
            place=place.shown,
            version=version,
        )
