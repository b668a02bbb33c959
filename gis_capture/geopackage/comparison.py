"""Compares a GeoPackage with the one it was copied from, in SQL: only rows that differ are read.

The file that came back may have been rewritten by any program: columns in another order, a geometry column of another
name, other `fid`s. Nothing in it is run: its views, triggers and generated columns are not touched.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from gis_capture.geopackage.connection import connect
from gis_capture.geopackage.names import FEATURE_ID, quote_identifier, quote_text

BASE, MINE = "base", "main"
MAX_TEXT_BYTES = 100_000_000
_SQLITE_LIMIT_LENGTH = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in one of the two files.

    Attributes:
        fid: Its integer key; "rowid" where it has none.
        geometry: Name of the geometry column.
        srs: Code of its CRS; None where the file does not say.
        columns: Declared types of all other columns, by name.
        indexes: Names of its indexes.
    """

    schema: str
    name: str
    fid: str
    geometry: str | None
    srs: int | None
    columns: Mapping[str, str]
    indexes: frozenset[str]

    @property
    def sql(self) -> str:
        """The table as SQL names it."""
        return f"{self.schema}.{quote_identifier(self.name)}"

    @property
    def feature_id(self) -> str | None:
        """Name of the column of feature ids."""
        return self.column(FEATURE_ID)

    def column(self, name: str) -> str | None:
        """A column's name as it stands in this file; programs may have changed its case."""
        if name in self.columns:
            return name
        return next((one for one in self.columns if one.lower() == name.lower()), None)


@contextmanager
def open_both(mine: Path, base: Path) -> Iterator[sqlite3.Connection]:
    """Opens the file that came back, with the one that was handed out attached, at one moment; nothing is written.

    Raises:
        StoreError: One of them cannot be opened.
    """
    connection = connect(mine, is_read_only=True)
    try:
        # Text that is not UTF-8 is told when it is pushed, and does not end the reading.
        connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
        connection.setlimit(_SQLITE_LIMIT_LENGTH, MAX_TEXT_BYTES)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute(f"ATTACH {quote_text(f'{base.absolute().as_uri()}?mode=ro&immutable=1')} AS {BASE}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("BEGIN")
        yield connection
    finally:
        connection.close()


def tables_in(connection: sqlite3.Connection, schema: str) -> dict[str, Table]:
    """The tables that a GeoPackage declares, by their names in lower case; views are none."""
    geometries = {
        name: (column, srs)
        for name, column, srs in connection.execute(
            "SELECT lower(g.table_name), g.column_name, s.organization_coordsys_id"
            f" FROM {schema}.gpkg_geometry_columns g"
            f" LEFT JOIN {schema}.gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id AND s.organization_coordsys_id > 0"
        )
    }
    names = connection.execute(
        f"SELECT s.name FROM {schema}.gpkg_contents c JOIN {schema}.sqlite_master s"
        " ON s.type = 'table' AND lower(s.name) = lower(c.table_name)"
        " WHERE c.data_type IN ('features', 'attributes') AND s.sql NOT LIKE 'CREATE VIRTUAL%' LIMIT 10000"
    )
    nothing = (None, None)
    return {
        name.lower(): _table(connection, schema, name, *geometries.get(name.lower(), nothing))
        for (name,) in names.fetchall()
    }


def ids_by_fid(path: Path, names: Sequence[str]) -> dict[str, dict[int, str]]:
    """The feature ids of tables of a file of ours by their `fid`, by table."""
    connection = connect(path, is_read_only=True)
    try:
        return {
            name: dict(connection.execute(f"SELECT fid, {FEATURE_ID} FROM {quote_identifier(name)}")) for name in names
        }
    finally:
        connection.close()


def _table(connection: sqlite3.Connection, schema: str, name: str, geometry: str | None, srs: int | None) -> Table:
    found = connection.execute(f"PRAGMA {schema}.table_xinfo({quote_identifier(name)})").fetchall()
    keys = [row[1] for row in found if row[5] and row[2].upper() in ("INTEGER", "MEDIUMINT", "INT")]
    fid = keys[0] if len(keys) == 1 else "rowid"
    # Hidden columns are computed by what stands in the file.
    columns = {row[1]: row[2].upper() for row in found if row[1] not in (fid, geometry) and row[6] == 0}
    indexes = connection.execute(f"PRAGMA {schema}.index_list({quote_identifier(name)})").fetchall()
    real = next((row[1] for row in found if geometry and row[1].lower() == geometry.lower()), None)
    columns.pop(real or "", None)
    return Table(schema, name, fid, real, srs, columns, frozenset(row[1] for row in indexes))


@dataclass(frozen=True, slots=True)
class LooseRow:
    """A row of the returned file that does not stand at its place.

    Attributes:
        feature_id: As it stands in the file.
        home: `fid` of the handed-out row of this id; None where there is none.
    """

    fid: int
    feature_id: Any
    home: int | None


class TableComparison:
    """Compares one table of the two files.

    A pair is a `fid` of the handed-out file with the one of the returned file that is the same feature. Rows with the
    same `fid` and the same id are pairs as they are; all others are somebody else's to judge.
    """

    def __init__(
        self, connection: sqlite3.Connection, base: Table, mine: Table, same: Sequence[tuple[str, str]]
    ) -> None:
        self._db, self.base, self.mine = connection, base, mine
        self._columns = tuple(same)
        b_fid, m_fid = f"b.{quote_identifier(base.fid)}", f"m.{quote_identifier(mine.fid)}"
        if mine.fid == "rowid":
            m_fid = "m.rowid"
        self._b_fid, self._m_fid = b_fid, m_fid
        self._m_id = f"m.{quote_identifier(mine.feature_id)}" if mine.feature_id else "NULL"
        self._at_home = f"{b_fid} = {m_fid} AND b.{quote_identifier(FEATURE_ID)} IS {self._m_id}"

    def loose_rows(self) -> list[LooseRow]:
        """Rows of the returned file that are not at their place, in the order of `fid`."""
        sql = (
            f"SELECT {self._m_fid}, {self._m_id}, k.{quote_identifier(self.base.fid)} FROM {self.mine.sql} AS m"
            f" LEFT JOIN {self.base.sql} AS b ON {self._at_home}"
            f" LEFT JOIN {self.base.sql} AS k ON k.{FEATURE_ID} = {self._m_id}"
            f" WHERE {self._b_fid} IS NULL ORDER BY 1"
        )
        return [LooseRow(*row) for row in self._db.execute(sql)]

    def empty_places(self) -> dict[int, str]:
        """Rows of the handed-out file that are not at their place in the returned one: their ids by `fid`."""
        sql = (
            f"SELECT {self._b_fid}, b.{FEATURE_ID} FROM {self.base.sql} AS b"
            f" LEFT JOIN {self.mine.sql} AS m ON {self._at_home} WHERE {self._m_fid} IS NULL ORDER BY 1"
        )
        return dict(self._db.execute(sql))

    def n_rows(self) -> int:
        """Number of rows that were handed out."""
        return int(self._db.execute(f"SELECT count(*) FROM {self.base.sql}").fetchone()[0])

    def newest_fid(self) -> int:
        """The highest `fid` that was handed out."""
        return int(self._db.execute(f"SELECT coalesce(max({self.base.fid}), 0) FROM {self.base.sql}").fetchone()[0])

    def n_filled(self, column: str) -> int:
        """Number of rows of the returned file with a value in a column."""
        sql = f"SELECT count({quote_identifier(column)}) FROM {self.mine.sql}"
        return int(self._db.execute(sql).fetchone()[0])

    def n_ending(self, column: str, suffixes: Sequence[str]) -> int:
        """Number of rows of the returned file with a text in a column that has one of some endings (lower case)."""
        name = f"m.{quote_identifier(column)}"
        ends = " OR ".join(f"lower(trim({name})) LIKE {quote_text('%' + suffix)}" for suffix in suffixes)
        sql = f"SELECT count(*) FROM {self.mine.sql} AS m WHERE typeof({name}) = 'text' AND ({ends})"
        return int(self._db.execute(sql).fetchone()[0])

    def n_equal(self, base_column: str, mine_column: str) -> tuple[int, int]:
        """How many pairs have a value in a handed-out column, and how many of them the same in a returned one."""
        one, other = f"b.{quote_identifier(base_column)}", f"m.{quote_identifier(mine_column)}"
        sql = (
            f"SELECT count(*), coalesce(sum({one} IS {other}), 0) FROM {self.mine.sql} AS m"
            f" JOIN {self.base.sql} AS b ON {self._at_home} WHERE {one} NOT NULL"
        )
        n, n_equal = self._db.execute(sql).fetchone()
        return int(n), int(n_equal)

    def differing(self, more: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
        """Pairs at their place that differ in a column, or have a value in one of the columns `more`."""
        terms = [f"b.{quote_identifier(b)} IS NOT m.{quote_identifier(m)}" for b, m in self._all_columns()]
        terms += [f"m.{quote_identifier(name)} NOT NULL" for name in more]
        sql = (
            f"SELECT {self._b_fid}, {self._m_fid} FROM {self.mine.sql} AS m"
            f" JOIN {self.base.sql} AS b ON {self._at_home} WHERE {' OR '.join(terms) or 'FALSE'} ORDER BY 1"
        )
        yield from self._db.execute(sql)

    def rows_of_base(self, fids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        """The compared values of handed-out rows, the geometry first, by `fid`."""
        columns = [b for b, _ in self._columns]
        return self._rows(self.base, [self.base.geometry, *columns], fids)

    def rows_of_mine(self, fids: Sequence[int], more: Sequence[str] = ()) -> dict[int, tuple[Any, ...]]:
        """The same of returned rows, and the values of the columns `more` behind them."""
        columns = [m for _, m in self._columns]
        return self._rows(self.mine, [self.mine.geometry, *columns, *more], fids)

    def feature_ids(self, fids: Sequence[int]) -> dict[int, str]:
        """Ids of handed-out rows, by `fid`."""
        sql = f"SELECT fid, feature_id FROM {self.base.sql} WHERE fid IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(sql, (orjson.dumps(list(fids)).decode(),)))

    def fids_of(self, feature_ids: Sequence[str]) -> dict[str, int]:
        """Handed-out rows (`fid`) of features, by their ids."""
        sql = f"SELECT feature_id, fid FROM {self.base.sql} WHERE feature_id IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(sql, (orjson.dumps(list(feature_ids)).decode(),)))

    def _rows(self, table: Table, columns: Sequence[str | None], fids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        key = "rowid" if table.fid == "rowid" else quote_identifier(table.fid)
        wanted = ", ".join(quote_identifier(name) if name else "NULL" for name in columns)
        sql = f"SELECT {key}, {wanted} FROM {table.sql} WHERE {key} IN (SELECT value FROM json_each(?))"
        rows = self._db.execute(sql, (orjson.dumps(list(fids)).decode(),))
        return {row[0]: row[1:] for row in rows}

    def _all_columns(self) -> Iterator[tuple[str, str]]:
        if self.base.geometry and self.mine.geometry:
            yield self.base.geometry, self.mine.geometry
        yield from self._columns
