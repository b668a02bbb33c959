"""Positions of the rows of a table, with what was found of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Geometry

from gis_capture.convert import codes
from gis_capture.convert.geometries import Bools
from gis_capture.ledger import Table
from gis_capture.locate import Coordinates, Points
from gis_capture.locate.evidence import RankedReading
from gis_capture.model import Problem, Text

OWN_METHODS = ("geometry", "photo", "track")
"""The source itself brings such a position, or the moment that it gives; no cells say it."""
_DRAW_IT = Text("位置を地図で指定してください。", "Give the place on the map.")


@dataclass(frozen=True, slots=True)
class Positions:
    """Positions of the rows of a table; all sequences are parallel to the rows.

    Attributes:
        geometries: In the layer's CRS and of its type; None = no position.
        reasons: Problem code of the rows without a position.
        coordinates: What was found in the columns; kind "none" where the source brings geometries.
        crs: CRS the source was read in, as far as it is known.
        operation: The datum operations that were used.
        address_columns: Where the addresses stand by which rows were placed.
        key_columns: Where the keys stand by which rows were looked up in another layer.
        unplaced: By row index, geometries of the source that the layer cannot hold, as WKT in the source's CRS.
        readings: The ways to read the coordinates that were compared, the chosen one first.
        crs_columns: Columns beside the coordinates that say their CRS.
    """

    geometries: Sequence[Geometry | None]
    methods: Sequence[str | None]
    accuracies_m: Sequence[float | None]
    notes: Sequence[str | None]
    reasons: Sequence[str | None]
    problems: tuple[Problem, ...]
    coordinates: Coordinates
    crs: str | None
    operation: str = ""
    address_columns: tuple[str, ...] = ()
    key_columns: tuple[str, ...] = ()
    unplaced: Mapping[int, str] = field(default_factory=dict)
    readings: tuple[RankedReading, ...] = ()
    crs_columns: tuple[str, ...] = ()

    def is_missing(self) -> Bools:
        """True for rows without a position, shape (n,)."""
        if isinstance(self.geometries, Points):
            return self.geometries.is_missing()
        missing: Bools = shapely.is_missing(np.array([*self.geometries, None], dtype=object)[:-1])
        return missing


def with_reasons(known: Sequence[str | None], found: Mapping[str, Bools]) -> list[str | None]:
    """Adds the codes that were found of rows where no other is known."""
    reasons = list(known)
    for code, rows in found.items():
        for row in np.flatnonzero(rows).tolist():
            reasons[row] = reasons[row] or code
    return reasons


def tell_rows(table: Table, found: Mapping[str, Bools]) -> list[Problem]:
    """A problem for each row that was found, by code."""
    return [
        Problem(code, "warning", codes.TITLES[code], _DRAW_IT, row_number=table.row_numbers[row])
        for code, rows in found.items()
        for row in np.flatnonzero(rows).tolist()
    ]
