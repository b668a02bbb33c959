"""What is doubtful about geometries that a source brings: parcels at the origin of a zone, or far from their town."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gis_capture.convert.geometries import Geometries, to_crs
from gis_capture.ledger import Table
from gis_capture.locate.beyond import beyond_japan
from gis_capture.locate.codes import COORDINATE_OUTSIDE_JAPAN, TITLES
from gis_capture.locate.crs import GEOGRAPHIC
from gis_capture.locate.doubtful import check_geometries
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.left_open import apart_m
from gis_capture.locate.messages import SWAPPED_NOTE, doubt_of_row, doubts_of_rows, told_once
from gis_capture.locate.numbers import Floats
from gis_capture.model import Problem


def columns_of(table: Table) -> dict[str, Sequence[str | None]]:
    """The texts of a table by column name."""
    return {column.name: values for column, values in zip(table.columns, table.values, strict=True)}


@dataclass(frozen=True, slots=True)
class GeometryDoubts:
    """What is doubtful about the geometries of a table; arrays are parallel to its rows.

    Attributes:
        notes: What a crew should look at, in Japanese; None = nothing.
        reach_m: Metres to what speaks against their places; NaN = not known.
    """

    problems: tuple[Problem, ...]
    notes: Sequence[str | None]
    reach_m: Floats


def doubts_of(table: Table, geometries: Geometries, crs: int, gazetteer: Gazetteer | None) -> GeometryDoubts:
    """Checks the middle of the box of each geometry: nothing here is nearer than a kilometre.

    Args:
        table: Its rows.
        geometries: In the CRS; None = no position.
        crs: EPSG code.
        gazetteer: Knows where their towns are.
    """
    boxes = shapely.bounds(geometries)
    middles = np.full(len(boxes), None, dtype=object)
    is_there = np.isfinite(boxes[:, 0])
    middles[is_there] = shapely.points((boxes[is_there, :2] + boxes[is_there, 2:]) / 2)
    moved, _ = to_crs(middles, source=crs, target=GEOGRAPHIC["jgd2011"], grids_dir=None)
    lon, lat = shapely.get_x(moved), shapely.get_y(moved)
    numbers = table.row_numbers
    problems = tuple(check_geometries(columns_of(table), lon, lat, gazetteer, row_numbers=numbers))
    beyond = beyond_japan(lon, lat)
    reach_m = np.where(beyond.is_beyond, beyond.away_m, np.nan)
    far = apart_m(problems)
    reach_m = np.fmax(reach_m, np.array([far.get(number, np.nan) for number in numbers], np.float64))
    of_rows = doubts_of_rows(problems)
    words = [of_rows.get(number) for number in numbers]
    for row in np.flatnonzero(beyond.is_beyond).tolist():
        words[row] = doubt_of_row((SWAPPED_NOTE if beyond.is_swapped[row] else TITLES[COORDINATE_OUTSIDE_JAPAN]).ja)
    return GeometryDoubts(told_once(problems), [word and f"図形の位置（{word}）" for word in words], reach_m)
