"""What is told about the reading of positions: problems of the table, problems of rows, notes of rows."""

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np

from gis_capture.locate import codes, messages
from gis_capture.locate.addresses import Addresses
from gis_capture.locate.crs import GEOGRAPHIC, plane_name, zone_of
from gis_capture.locate.datum import TKY2JGD, Moved
from gis_capture.locate.doubtful import PlacedRows
from gis_capture.locate.evidence import KnownPlaces, RankedReading
from gis_capture.locate.layouts import Columns
from gis_capture.locate.messages import fill, format_distance
from gis_capture.locate.numbers import Floats
from gis_capture.locate.plane import PlaneChoice
from gis_capture.locate.rereading import reread
from gis_capture.locate.settled import Settled
from gis_capture.locate.stated import Stated
from gis_capture.locate.written import written_addresses
from gis_capture.model import BBox, Problem, Severity, Text
from gis_capture.text import NO_TEXT

_SEVERITIES: dict[str, Severity] = {"warning": "warning", "info": "info"}


class Teller:
    """Says what was found in one table."""

    def __init__(self, settled: Settled, columns: Columns, row_numbers: Sequence[int]) -> None:
        self._settled = settled
        reading = self._reading = settled.reading
        self._columns = columns
        self._row_numbers = row_numbers
        self._column = next(iter(reading.layout.columns.values()))[0]
        self._all_swapped = reading.is_swapped_throughout()

    def table_problems(self, moved: Moved) -> Iterable[Problem]:
        """What holds for the whole table."""
        if self._all_swapped:
            yield self._of_table(codes.COORDINATES_SWAPPED, "warning", messages.SWAPPED_COLUMNS, messages.CHECK_HEADERS)
        yield from self._of_notation()
        stated, choice = self._settled.stated, self._settled.choice
        if choice is not None:
            yield from self._of_plane(stated, choice)
        if self._settled.is_datum_assumed():
            yield self._of_table(codes.DATUM_ASSUMED, "info", *messages.DATUM_ASSUMED)
        if self._reading.kind == "mesh_code":
            yield self._of_table(codes.POSITION_IS_CELL, "warning", *messages.POSITION_IS_CELL)
        if self._reading.cells is not None and self._reading.cells.is_doubtful:
            yield self._of_table(codes.MESH_SIZE_UNCERTAIN, "warning", *messages.MESH_SIZE_UNCERTAIN)
        yield from self._of_evidence()
        yield from self._of_grids(moved)

    def row_problems(self, reasons: Sequence[str | None]) -> Iterable[Problem]:
        """What holds for single rows: why one has no position, or was read in a way its header does not say."""
        for row, reason in enumerate(reasons):
            if reason is not None:
                severity, message, suggestion = messages.REASONS[reason]
                yield self._of_row(row, reason, severity, message, suggestion)
        stated = self._settled.stated
        crs = plane_name(stated.code or GEOGRAPHIC["jgd2011"])
        for row, name in stated.unsaid.items():
            words = {"header": name, "cell": self._columns[name][row] or "", "crs": crs, "cells": "{cells}"}
            yield self._of_row(
                row, codes.CRS_UNSAID, "warning", fill(messages.CRS_UNSAID, **words), messages.CHECK_PLACE
            )
        for deviating, here in (
            (self._reading.is_deviating, messages.DECIMAL),
            (self._reading.is_packed, messages.PACKED),
        ):
            for row in [] if deviating is None else np.flatnonzero(deviating & self._reading.is_valid).tolist():
                message = fill(messages.NOTATION_DEVIATES, words=self._notation(), here=here, cells="{cells}")
                yield self._of_row(row, codes.NOTATION_DEVIATES, "warning", message, messages.CORRECT_LEDGER)
        for row in self._of_either_notation():
            message = fill(messages.NOTATION_OF_ROW_UNCERTAIN, words=self._notation(), cells="{cells}")
            yield self._of_row(row, codes.NOTATION_UNCERTAIN, "warning", message, messages.CHECK_PLACE)
        if not self._all_swapped:
            for row in np.flatnonzero(self._reading.is_swapped).tolist():
                yield self._of_row(
                    row, codes.COORDINATES_SWAPPED, "warning", messages.SWAPPED_ROW, messages.CORRECT_LEDGER
                )

    def _of_either_notation(self) -> list[int]:
        """Rows that may be written in the other notation, in a table where that is open for some of them only."""
        if not self._settled.elsewhere or "notation" in self._settled.thin:
            return []
        is_open = np.isfinite(self._settled.elsewhere[0]) & self._reading.is_valid
        for deviating in (self._reading.is_deviating, self._reading.is_packed):
            if deviating is not None:
                is_open &= ~deviating
        rows: list[int] = np.flatnonzero(is_open).tolist()
        return rows

    def coarse(self, rows: Iterable[int], rounding_m: Floats) -> Iterable[Problem]:
        """Rows whose digits leave tens of metres open."""
        for row in rows:
            message = fill(messages.COARSE, radius=f"{rounding_m[row]:.0f}", cells="{cells}")
            yield self._of_row(row, codes.COORDINATE_COARSE, "warning", message, messages.CHECK_PLACE)

    def notes(self, moved: Moved, problems: Iterable[Problem]) -> list[str | None]:
        """The notes of the rows, in Japanese; None where the cells were taken as they are and nothing is doubted.

        Args:
            moved: The rows where they came to lie.
            problems: Of the rows: what is doubted of a place stands in its note, too.
        """
        reading, stated = self._reading, self._settled.stated
        of_numbers = ""
        if reading.kind == "packed_dms":
            of_numbers = "区切りのない度分秒"
        elif reading.meaning.notation == "seconds":
            of_numbers = "通算のミリ秒" if reading.meaning.scale else "通算の秒"
        elif reading.meaning.scale:
            of_numbers = f"度の10の{reading.meaning.scale}乗倍"
        is_as_written = reading.is_dms & (reading.meaning.notation != "seconds")
        if reading.is_deviating is not None:
            is_as_written |= reading.is_deviating
        steps = [(_in_japanese(step), rows) for step, rows in moved.steps.items()]
        doubts = self._doubts(problems)
        notes: list[str | None] = [None] * len(reading.x)
        is_told = reading.is_dms | reading.is_swapped | bool(of_numbers or reading.cells or reading.is_plane)
        for _, rows in steps:
            is_told |= rows
        is_told[list(doubts)] = True
        for row in np.flatnonzero(is_told & np.isfinite(moved.x)).tolist():
            words = [of_numbers] * bool(of_numbers and not is_as_written[row])
            words += ["区切りのない度分秒"] * bool(reading.is_packed is not None and reading.is_packed[row])
            if reading.is_plane and (code := stated.code_of(row)):
                words.append(plane_name(code).ja)
            words += [step for step, rows in steps if rows[row]]
            words += ["緯度と経度を入れ替え"] * bool(reading.is_swapped[row])
            if reading.cells is not None:
                words.append(f"一辺{reading.cells.size(row)}のメッシュの中心")
            words += [doubts[row]] if row in doubts else []
            notes[row] = reading.texts(self._columns, row) + (f"（{'、'.join(words)}）" if words else "")
        return notes

    def _doubts(self, problems: Iterable[Problem]) -> dict[int, str]:
        """What is doubted of the place of a row, by row: of this one, or of all rows."""
        of_all = [codes.TITLES[doubt].ja for doubt in self._settled.doubts if doubt in messages.DOUBTS_OF_ALL]
        if "notation" in self._settled.thin:
            of_all.append(codes.TITLES[codes.NOTATION_UNCERTAIN].ja)
        if "plane" in self._settled.thin and self._settled.stated.code:
            choice = self._settled.choice
            doubt = codes.AXES_EXCHANGED if choice and choice.is_exchanged else codes.AXES_ASSUMED
            if self._reading.layout.axes_are_told:
                doubt = codes.ZONE_DOUBTED
            of_all.append(codes.TITLES[doubt].ja)
        if self._settled.is_datum_open():
            of_all.append(codes.TITLES[codes.DATUM_ASSUMED].ja)
        doubts = dict.fromkeys(range(len(self._reading.x)), messages.doubt_of_all(of_all[0])) if of_all else {}
        if of_rows := messages.doubts_of_rows(problems):
            doubts |= {row: of_rows[number] for row, number in enumerate(self._row_numbers) if number in of_rows}
        return doubts

    def checks(
        self,
        lon: Floats,
        lat: Floats,
        accuracies_m: Floats,
        area: BBox | None,
        addresses: Addresses | None,
        known: KnownPlaces | None,
    ) -> Iterable[Problem]:
        """Positions that are hardly true; `lon` and `lat` in degrees, NaN for rows without a position."""
        cells = partial(self._reading.texts, self._columns)
        rows = PlacedRows(lon, lat, cells, self._row_numbers, self._column, accuracies_m)
        yield from rows.alone(area)
        if self._reading.kind != "mesh_code":
            yield from rows.together(written_addresses(self._columns, addresses), known)
        of_all = (codes.POSITIONS_FAR_FROM_ADDRESSES, codes.ZONE_DOUBTED)
        if addresses and known and not any(doubt in of_all for doubt in self._settled.doubts):
            yield from rows.against(addresses, known, otherwise=lambda rows: reread(self._columns, self._settled, rows))

    def _of_table(self, code: str, severity: Severity, message: Text, suggestion: Text = NO_TEXT) -> Problem:
        return Problem(code, severity, message, suggestion, column=self._column)

    def _of_row(self, row: int, code: str, severity: Severity, message: Text, suggestion: Text) -> Problem:
        if "{cells}" in message.ja:
            message = fill(message, cells=self._reading.texts(self._columns, row))
        return Problem(code, severity, message, suggestion, row_number=self._row_numbers[row], column=self._column)

    def _of_notation(self) -> Iterable[Problem]:
        meaning = self._reading.meaning
        is_uncertain = "notation" in self._settled.thin
        is_plain = self._reading.kind != "packed_dms" and not meaning.scale and meaning.notation != "seconds"
        if is_plain and not is_uncertain:
            return
        words = self._notation()
        if is_uncertain and any(one.distance_m is not None for one in self._ranked("notation")):
            return
        if is_uncertain:
            message = fill(messages.NOTATION_UNCERTAIN, words=words)
            yield self._of_table(codes.NOTATION_UNCERTAIN, "warning", message, messages.CHECK_ON_MAP)
        else:
            yield self._of_table(codes.NOTATION_RECOGNISED, "info", fill(messages.NOTATION_RECOGNISED, words=words))

    def _notation(self) -> Text:
        """What numbers without marks are taken for."""
        meaning = self._reading.meaning
        if meaning.notation == "seconds":
            return messages.MILLISECONDS if meaning.scale else messages.SECONDS
        if meaning.notation == "decimal":
            return fill(messages.SCALED, scale=meaning.scale) if meaning.scale else messages.DECIMAL
        return messages.PACKED

    def _of_plane(self, stated: Stated, choice: PlaneChoice) -> Iterable[Problem]:
        if stated.code is None:
            yield self._of_table(codes.CRS_UNKNOWN, "error", *messages.CRS_UNKNOWN)
            return
        if stated.is_zone_found:
            message = fill(messages.ZONE_ASSUMED, zone=plane_name(stated.code))
            yield self._of_table(codes.ZONE_ASSUMED, "warning", message, messages.CHECK_ON_MAP)
        if choice.is_exchanged and zone_of(stated.code):
            message = messages.AXES_EXCHANGED if choice.is_sure else messages.AXES_BY_TOWNS
            yield self._of_table(codes.AXES_EXCHANGED, "warning", message, messages.CHECK_HEADERS)
        elif not choice.is_exchanged and not self._reading.layout.axes_are_told and not choice.is_sure:
            names = [names[0] for names in self._reading.layout.columns.values()]
            how = fill(messages.SAY_THE_AXES, column=names[1]) if len(set(names)) > 1 else messages.CHECK_ON_MAP
            yield self._of_table(codes.AXES_ASSUMED, "warning", messages.AXES_ASSUMED, how)
        elif not (choice.is_sure or choice.is_doubted or stated.is_zone_found) and choice.ranked[0].distance_m is None:
            message = fill(messages.ZONE_LEFT, zone=plane_name(stated.code))
            yield self._of_table(codes.ZONE_DOUBTED, "warning", message, messages.ZONE_DOUBTED[1])

    def _of_evidence(self) -> Iterable[Problem]:
        told = {codes.DATUM_FOUND: messages.DATUM_FOUND, codes.DATUM_DOUBTED: messages.DATUM_DOUBTED}
        yield from self._of_ranking()
        for doubt in self._settled.doubts:
            if doubt == codes.ZONE_DOUBTED:
                yield self._of_zone()
            elif doubt not in told:
                yield self._of_table(doubt, "warning", *messages.FAR_FROM_ADDRESSES)
            else:
                nearer, farther = sorted(self._settled.ranked[-2:], key=lambda one: one.distance_m or 0)
                message, suggestion = told[doubt]
                words = {
                    "away": f"{farther.distance_m:.0f}",
                    "rest": f"{nearer.distance_m:.0f}",
                    "found": plane_name(nearer.code),
                }
                yield self._of_table(doubt, "warning", fill(message, **words), suggestion)

    def _of_zone(self) -> Problem:
        """The stated zone beside the one that fits best."""
        stated, other = self._ranked("plane")[:2]
        wheres = []
        for one, words in ((stated, messages.FROM_ADDRESSES), (other, messages.FROM_ADDRESSES_ELSEWHERE)):
            choice = self._settled.choice
            boxed = messages.AMONG_THE_PLACED if choice and choice.is_far_from_all else messages.WHERE_THEY_CAN_BE
            where = boxed if one.distance_m is None else words
            wheres.append(fill(where, distance=format_distance(one.distance_m or 0.0), share=f"{one.share:.0%}"))
        message, suggestion = messages.ZONE_DOUBTED
        message = fill(message, chosen=stated.words, other=other.words, where=wheres[0], there=wheres[1])
        return self._of_table(codes.ZONE_DOUBTED, "warning", message, suggestion)

    def _of_ranking(self) -> Iterable[Problem]:
        """The reading that was chosen with the next best; where they are about as good, a person has to look."""
        for about in ("order", "notation", "plane", "datum"):
            if about == "plane" and codes.ZONE_DOUBTED in self._settled.doubts:
                continue
            ranked = [one for one in self._ranked(about) if one.distance_m is not None]
            if len(ranked) < 2:
                continue
            chosen, other = ranked[:2]
            words = {
                "distance": format_distance(chosen.distance_m or 0.0),
                "other_distance": format_distance(other.distance_m or 0.0),
            }
            ja, en = ({"chosen": one(chosen.words), "other": one(other.words)} for one in (_ja, _en))
            if about in self._settled.thin:
                text, suggestion = messages.READING_MARGIN_THIN
                code, severity = codes.READING_MARGIN_THIN, "warning"
            else:
                text, suggestion = messages.READINGS_COMPARED, NO_TEXT
                code, severity = codes.READINGS_COMPARED, "info"
            message = Text(text.ja.format(**words, **ja), text.en.format(**words, **en))
            yield self._of_table(code, _SEVERITIES[severity], message, suggestion)

    def _ranked(self, about: str) -> list[RankedReading]:
        return [one for one in self._settled.ranked if one.about == about]

    def _of_grids(self, moved: Moved) -> Iterable[Problem]:
        if moved.missing_grid == TKY2JGD:
            yield self._of_table(codes.DATUM_GRID_MISSING, "warning", *messages.TOKYO_GRID_MISSING)
        elif moved.missing_grid:
            yield self._of_table(codes.DATUM_GRID_MISSING, "info", *messages.JGD2000_GRID_MISSING)
        elif n_rows := int(moved.is_gap.sum()):
            message, suggestion = messages.GRID_GAP
            yield self._of_table(codes.DATUM_GRID_GAP, "warning", fill(message, n_rows=n_rows), suggestion)


def _ja(words: Text) -> str:
    return words.ja


def _en(words: Text) -> str:
    return words.en


def _in_japanese(operation: str) -> str:
    """Says a datum operation in Japanese; the record keeps it in English."""
    for word, words in messages.OPERATION_WORDS.items():
        operation = operation.replace(word, words)
    return operation
