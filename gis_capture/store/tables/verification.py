"""Looks whether what was inserted is there, before it is committed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gis_capture.errors import StoreError
from gis_capture.geopackage.names import FEATURE_ID, quote_identifier
from gis_capture.store.tables.database import Database
from gis_capture.store.tables.layer_rows import LayerRows
from gis_capture.text import Text


class InsertedRows:
    """Counts rows, and the values of each column, as they are handed to the database; then asks it for the same."""

    def __init__(self, database: Database, rows: LayerRows, revision: int, *, after_fid: int) -> None:
        self._database, self._rows, self._revision = database, rows, revision
        self._after_fid = after_fid
        self._n_rows, self._n_values = 0, Counter[str]()

    def add(self, contents: Mapping[str, Sequence[Any]]) -> None:
        """Counts what `LayerRows.to_contents` gave."""
        for name, values in contents.items():
            self._n_values[name] += len(values) - values.count(None)
        self._n_rows += len(contents[FEATURE_ID])

    def verify(self) -> None:
        """Looks into the table. Triggers of other programs may have added values, but none may be missing.

        Raises:
            StoreError: Rows or values are missing.
        """
        counts = ", ".join(["count(*)", *(f"count({quote_identifier(name)})" for name in self._n_values)])
        n_rows, *n_values = self._database.execute(
            f"SELECT {counts} FROM {self._rows.table} WHERE fid > ? AND revision = ?",
            (self._after_fid, self._revision),
        ).fetchone()
        if n_rows != self._n_rows:
            raise _different(self._rows, f"{n_rows} ≠ {self._n_rows}")
        for (name, expected), found in zip(self._n_values.items(), n_values, strict=True):
            if found < expected:
                raise _different(self._rows, f"{name}: {found} < {expected}")


def _different(rows: LayerRows, found: str) -> StoreError:
    return StoreError(
        Text(
            f"レイヤー「{rows.layer.title.ja}」を書いたあと読み返したところ、元と一致しません({found})。"
            "書き込みは取り消しました。もう一度お試しください。",
            f'Layer "{rows.key}" was read back and is not what was to be written ({found}).'
            " Nothing was kept of it; try again.",
        ),
        layer=rows.key,
    )
