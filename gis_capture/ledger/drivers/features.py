"""Features of drawings and maps, collected into one table per layer of the source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from shapely.geometry.base import BaseGeometry

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.opening import Opened, too_large
from gis_capture.ledger.table import SkippedRow, Source, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_MAX_LAYERS = 2_000


@dataclass(slots=True)
class _Rows:
    values: dict[str, list[str | None]] = field(default_factory=dict)
    row_numbers: list[int] = field(default_factory=list)
    geometries: list[BaseGeometry | None] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)


class Features:
    """Collects features by layer; a row number is the place of a feature in its layer, left-out ones counted."""

    def __init__(self, opened: Opened, source: Source) -> None:
        self._opened, self._source = opened, source
        self._layers: dict[str, _Rows] = {}
        self._n_rows = 0

    def add(self, layer: str, values: Mapping[str, str | None], geometry: BaseGeometry | None) -> int:
        """Adds a feature and gives its row number; raises SourceError beyond the limit of rows."""
        rows = self._rows(layer)
        n_before = len(rows.row_numbers)
        for name, value in values.items():
            if value is None or not value.strip():
                continue
            if name not in rows.values:
                # Names that come once each would make a table of next to nothing but blanks.
                self._opened.check_size(n_before + 1, len(rows.values) + 1)
            column = rows.values.setdefault(name, [])
            column.extend([None] * (n_before - len(column)))
            column.append(value)
        rows.row_numbers.append(n_before + len(rows.skipped) + 1)
        rows.geometries.append(geometry)
        return rows.row_numbers[-1]

    def skip(self, layer: str, reason: str) -> None:
        """Notes a feature that is left out, with a code saying why."""
        rows = self._rows(layer)
        rows.skipped.append(SkippedRow(len(rows.row_numbers) + len(rows.skipped) + 1, reason))

    def _rows(self, layer: str) -> _Rows:
        self._n_rows += 1
        limits = self._opened.limits
        if self._n_rows > limits.max_rows:
            raise too_large(self._opened.path, f"{self._n_rows:,} rows", f"{limits.max_rows:,} rows")
        if layer not in self._layers and len(self._layers) >= _MAX_LAYERS:
            raise too_large(self._opened.path, f"{_MAX_LAYERS + 1:,} layers", f"{_MAX_LAYERS:,} layers")
        return self._layers.setdefault(layer, _Rows())

    def tables(self, crs: str | None = None, *, first: Mapping[str, Any] | None = None) -> tuple[Table, ...]:
        """Makes a table of every layer; columns named in `first` come first, in that order."""
        return tuple(self._table(name, rows, crs, list(first or ())) for name, rows in self._layers.items())

    def _table(self, name: str, rows: _Rows, crs: str | None, first: list[str]) -> Table:
        n = len(rows.row_numbers)
        self._opened.check_size(n, len(rows.values))
        names = [*(x for x in first if x in rows.values), *(x for x in rows.values if x not in first)]
        return Table(
            name=name,
            source=self._source,
            sheet=None,
            header_rows=(),
            columns=columns_of(names),
            row_numbers=rows.row_numbers if rows.skipped else range(1, n + 1),
            values=tuple([*rows.values[x], *[None] * (n - len(rows.values[x]))] for x in names),
            skipped=tuple(rows.skipped),
            geometries=rows.geometries,
            crs=crs,
        )


def breaks_off(error: ParseError, n_read: int) -> Problem:
    """Tells that a file could only be read up to somewhere."""
    return Problem(
        codes.TEXT_CUT_OFF,
        "error",
        Text(
            f"ファイルが途中で壊れています（{error}）。読めた{n_read:,}件だけを読みました。",
            f"The file breaks off ({error}); only {n_read:,} features could be read.",
        ),
        Text("元のデータをもう一度受け取ってください。", "Get the file again."),
    )


def lacking(name: str, *, n_read: int, n_without: int, crs: str | None) -> list[Problem]:
    """Tells what is missing of features that were read: their coordinate system, or geometries of some."""
    problems = [no_crs(name)] if crs is None and n_read else []
    if n_without:
        message = Text(f"図形のない地物が{n_without:,}件あります。", f"{n_without:,} features have no geometry.")
        problems.append(Problem(codes.GEOMETRY_NOT_READ, "warning", message))
    return problems


def no_crs(name: str) -> Problem:
    """Tells that a source does not say its coordinate system."""
    return Problem(
        codes.NO_CRS,
        "warning",
        Text(f"「{name}」には座標系が書かれていません。", f'"{name}" does not say its coordinate system.'),
        Text(
            "図面の座標系（平面直角座標系の系番号など）を確かめ、選んで読み込んでください。",
            "Find out the coordinate system of the drawing (the plane rectangular zone) and choose it.",
        ),
    )
