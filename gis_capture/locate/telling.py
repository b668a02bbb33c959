"""What is told about the reading of positions: problems of the table, problems of rows, notes of rows."""

from collections.abc import Iterable, Sequence

import numpy as np

from gis_capture.locate import codes, messages
from gis_capture.locate.crs import crs_of, zone_of
from gis_capture.locate.datum import TKY2JGD, Moved
from gis_capture.locate.layouts import Columns
from gis_capture.locate.messages import fill
from gis_capture.locate.numbers import Floats
from gis_capture.locate.plane import PlaneChoice
from gis_capture.locate.reading import Reading
from gis_capture.locate.stated import Stated
from gis_capture.model import Problem, Severity, Text
from gis_capture.text import NO_TEXT

_SURE_LOG_ODDS = 4.0


class Teller:
    """Says what was found in one table."""

    def __init__(self, reading: Reading, columns: Columns, row_numbers: Sequence[int]) -> None:
        self._reading = reading
        self._columns = columns
        self._row_numbers = row_numbers
        self._column = next(iter(reading.layout.columns.values()))[0]
        self._all_swapped = bool(reading.is_valid.any() and reading.is_swapped[reading.is_valid].all())

    def table_problems(self, stated: Stated, choice: PlaneChoice | None, moved: Moved) -> Iterable[Problem]:
        """What holds for the whole table."""
        if self._all_swapped:
            yield self._of_table(codes.COORDINATES_SWAPPED, "warning", messages.SWAPPED_COLUMNS, messages.CHECK_HEADERS)
        yield from self._of_notation()
        if choice is not None:
            yield from self._of_plane(stated, choice)
        elif stated.code is None and stated.row_codes is None:
            yield self._of_table(codes.DATUM_ASSUMED, "info", *messages.DATUM_ASSUMED)
        if self._reading.kind == "mesh_code":
            yield self._of_table(codes.POSITION_IS_CELL, "warning", *messages.POSITION_IS_CELL)
        yield from self._of_grids(moved)

    def row_problems(self, reasons: Sequence[str | None]) -> Iterable[Problem]:
        """What holds for single rows: why one has no position, or was read in a way its header does not say."""
        for row, reason in enumerate(reasons):
            if reason is not None:
                severity, message, suggestion = messages.REASONS[reason]
                yield self._of_row(row, reason, severity, message, suggestion)
        if not self._all_swapped:
            for row in np.flatnonzero(self._reading.is_swapped).tolist():
                yield self._of_row(
                    row, codes.COORDINATES_SWAPPED, "warning", messages.SWAPPED_ROW, messages.CORRECT_LEDGER
                )

    def coarse(self, rows: Iterable[int], rounding_m: Floats) -> Iterable[Problem]:
        """Rows whose digits leave tens of metres open."""
        for row in rows:
            message = fill(messages.COARSE, radius=f"{rounding_m[row]:.0f}", cells="{cells}")
            yield self._of_row(row, codes.COORDINATE_COARSE, "warning", message, messages.CHECK_PLACE)

    def notes(self, stated: Stated, moved: Moved) -> list[str | None]:
        """The notes of the rows, in Japanese; None where the cells were taken as they are."""
        reading = self._reading
        how = []
        if reading.kind == "packed_dms":
            how.append("区切りのない度分秒")
        elif reading.meaning.scale:
            how.append(f"度の10の{reading.meaning.scale}乗倍")
        if stated.code and reading.kind == "plane_xy":
            how.append(plane_name(stated.code))
        how += moved.operations
        if reading.kind == "mesh_code":
            how.append("メッシュの中心")
        notes: list[str | None] = [None] * len(reading.x)
        is_told = np.isfinite(moved.x) & (bool(how) | reading.is_dms | reading.is_swapped)
        for row in np.flatnonzero(is_told).tolist():
            words = [*how, "緯度と経度を入れ替え"] if reading.is_swapped[row] else how
            notes[row] = reading.texts(self._columns, row) + (f"（{'、'.join(words)}）" if words else "")
        return notes

    def _of_table(self, code: str, severity: Severity, message: Text, suggestion: Text = NO_TEXT) -> Problem:
        return Problem(code, severity, message, suggestion, column=self._column)

    def _of_row(self, row: int, code: str, severity: Severity, message: Text, suggestion: Text) -> Problem:
        message = fill(message, cells=self._reading.texts(self._columns, row))
        return Problem(code, severity, message, suggestion, row_number=self._row_numbers[row], column=self._column)

    def _of_notation(self) -> Iterable[Problem]:
        meaning = self._reading.meaning
        is_uncertain = meaning.log_odds < _SURE_LOG_ODDS
        if self._reading.kind != "packed_dms" and not meaning.scale and not is_uncertain:
            return
        words = messages.PACKED
        if meaning.notation == "decimal":
            words = fill(messages.SCALED, scale=meaning.scale) if meaning.scale else messages.DECIMAL
        if is_uncertain:
            message = fill(messages.NOTATION_UNCERTAIN, words=words)
            yield self._of_table(codes.NOTATION_UNCERTAIN, "warning", message, messages.CHECK_ON_MAP)
        else:
            yield self._of_table(codes.NOTATION_RECOGNISED, "info", fill(messages.NOTATION_RECOGNISED, words=words))

    def _of_plane(self, stated: Stated, choice: PlaneChoice) -> Iterable[Problem]:
        if stated.code is None:
            yield self._of_table(codes.CRS_UNKNOWN, "error", *messages.CRS_UNKNOWN)
            return
        if stated.is_found:
            message = fill(messages.ZONE_ASSUMED, zone=plane_name(stated.code))
            yield self._of_table(codes.ZONE_ASSUMED, "warning", message, messages.CHECK_ON_MAP)
        if choice.is_exchanged:
            yield self._of_table(codes.AXES_EXCHANGED, "warning", messages.AXES_EXCHANGED, messages.CHECK_HEADERS)
        elif not self._reading.layout.axes_are_told and not choice.is_sure:
            yield self._of_table(codes.AXES_ASSUMED, "warning", messages.AXES_ASSUMED, messages.CHECK_ON_MAP)

    def _of_grids(self, moved: Moved) -> Iterable[Problem]:
        if moved.missing_grid == TKY2JGD:
            yield self._of_table(codes.DATUM_GRID_MISSING, "warning", *messages.TOKYO_GRID_MISSING)
        elif moved.missing_grid:
            yield self._of_table(codes.DATUM_GRID_MISSING, "info", *messages.JGD2000_GRID_MISSING)
        elif n_rows := int(moved.is_gap.sum()):
            message, suggestion = messages.GRID_GAP
            yield self._of_table(codes.DATUM_GRID_GAP, "warning", fill(message, n_rows=n_rows), suggestion)


def plane_name(code: int) -> str:
    """How a clerk calls a plane CRS."""
    zone = zone_of(code)
    return f"平面直角座標系第{zone}系（EPSG:{code}）" if zone else f"EPSG:{code} {crs_of(code).name}"
