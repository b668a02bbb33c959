"""Tables that give their places twice, such as in the old and the new datum: the two are compared row by row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gis_capture.locate import codes, messages
from gis_capture.locate.crs import GEOGRAPHIC, Datum
from gis_capture.locate.datum import transform
from gis_capture.locate.find import read_positions
from gis_capture.locate.gazetteer.spots import distances_m
from gis_capture.locate.layouts import Columns
from gis_capture.locate.messages import doubt_of_all, doubt_of_row, fill, format_distance
from gis_capture.locate.numbers import Bools, Floats
from gis_capture.locate.reading import Reading
from gis_capture.locate.result import Located
from gis_capture.locate.stated import Stated
from gis_capture.locate.words import role_of
from gis_capture.model import Problem

_OF_CRS = re.compile(
    r"\(k?m\)|世界|日本|旧|新|測地系?|jgd\d*|wgs\d*|itrf\d*|tokyo|utm|平面直角|公共|座標系?|第?[0-9ivx]+[系帯]|\d|[\W_]"
)
_KINDS = ("lonlat_columns", "dms_columns", "packed_dms", "latlon_in_one", "plane_xy")
# Two surveys of one thing differ by less; datums that nobody states differ by up to half a kilometre.
_APART_M = 50.0
# As far as three parameters are off, and then some.
_SAME_PLACE_M = 25.0
_APART_UNSTATED_M = 600.0
_MOST = 0.8
_FEW = 10


def second_reading(columns: Columns, first: Reading) -> tuple[Columns, Reading] | None:
    """Finds other columns that say where the same thing is, and the columns without those of the first reading.

    起点 and 終点 are two things: headers may differ by words of datum and CRS only.
    """
    used = {name for group in first.layout.columns.values() for name in group}
    rest = {name: values for name, values in columns.items() if name not in used}
    second = read_positions(rest)
    if second is None or not second.layout.is_named or {first.kind, second.kind} - set(_KINDS):
        return None
    return (rest, second) if _subjects(first) == _subjects(second) else None


def datums_told(
    first: Reading, of_first: Stated, second: Reading, of_second: Stated
) -> tuple[Stated, Stated, Problem] | None:
    """Tells which of two places of the same rows is in the Tokyo datum, where both are just as far apart as it is off.

    Returns:
        What counts as stated of both, and what is told of it; None where they are not so apart, or state it themselves.
    """
    both = first.is_valid & second.is_valid
    if first.is_plane or second.is_plane or not both.any() or (of_first.has_datum and of_second.has_datum):
        return None
    orders: tuple[tuple[Reading, Reading, tuple[Datum, Datum]], ...] = (
        (first, second, ("tokyo", "jgd2011")),
        (second, first, ("jgd2011", "tokyo")),
    )
    for old, new, datums in orders:
        moved = transform(old.x[both], old.y[both], source=GEOGRAPHIC["tokyo"], target=GEOGRAPHIC["jgd2011"])
        apart_m = distances_m(moved.x - new.x[both], moved.y - new.y[both], new.y[both])
        stated = [
            one if one.has_datum else replace(one, code=GEOGRAPHIC[datum]).in_datum(datum)
            for one, datum in zip((of_first, of_second), datums, strict=True)
        ]
        is_said = all((one.datum == "tokyo") == (datum == "tokyo") for one, datum in zip(stated, datums, strict=True))
        if float(np.percentile(apart_m, 90)) < _SAME_PLACE_M and is_said:
            return stated[0], stated[1], Problem(codes.DATUM_FOUND, "info", messages.DATUMS_TOLD)
    return None


def compare(located: Located, second: Located, numbers: Sequence[int], target: int, *, are_stated: bool) -> Located:
    """Places the rows that have no place by their second one, and tells of rows whose two places are apart.

    Args:
        located: The rows where they are.
        second: Where their other columns put them.
        numbers: Of the rows, as the user of the source sees them.
        target: EPSG code of both.
        are_stated: Both datums are.
    """
    here, there = (each.geometries.in_degrees(target) for each in (located, second))
    is_only_there = np.isnan(here.x) & np.isfinite(there.x)
    for row in np.flatnonzero(is_only_there).tolist():
        place = second.geometries[row]
        assert place is not None
        located.geometries.put(row, place.x, place.y)
        located.methods[row], located.accuracies_m[row] = second.methods[row], second.accuracies_m[row]
        located.reasons[row], located.notes[row] = None, second.notes[row]
    placed = {numbers[row] for row in np.flatnonzero(is_only_there).tolist()}
    kept = [problem for problem in located.problems if problem.row_number not in placed]
    apart_m = distances_m(here.x - there.x, here.y - there.y, here.y)
    reach_m = _APART_M if are_stated else _APART_UNSTATED_M
    is_apart = apart_m > reach_m + _accuracies(located) + _accuracies(second)
    told = tuple(_problems(is_apart, apart_m, (here.x, here.y), (there.x, there.y), numbers))
    is_of_all = any(problem.row_number is None for problem in told)
    doubt = (doubt_of_all if is_of_all else doubt_of_row)(codes.TITLES[codes.COORDINATES_DISAGREE].ja)
    for row in np.flatnonzero(is_apart).tolist():
        located.notes[row] = f"{located.notes[row] or ''}（{doubt}）"
    return replace(located, problems=(*kept, *told))


def _problems(
    is_apart: Bools,
    apart_m: Floats,
    here: tuple[Floats, Floats],
    there: tuple[Floats, Floats],
    numbers: Sequence[int],
) -> Iterator[Problem]:
    rows = np.flatnonzero(is_apart).tolist()
    if len(rows) > max(_MOST * np.isfinite(apart_m).sum(), _FEW):
        message = fill(messages.COORDINATES_MOSTLY_DISAGREE, n_rows=len(rows))
        yield Problem(codes.COORDINATES_DISAGREE, "warning", message, messages.CHECK_HEADERS)
        return
    for row in rows:
        message = fill(messages.COORDINATES_DISAGREE, distance=format_distance(float(apart_m[row])))
        places = tuple((round(float(x[row]), 7), round(float(y[row]), 7)) for x, y in (here, there))
        yield Problem(codes.COORDINATES_DISAGREE, "warning", message, messages.CHECK_PLACE, numbers[row], places=places)


def _accuracies(located: Located) -> Floats:
    return np.nan_to_num(np.array(located.accuracies_m, np.float64))


def _subjects(reading: Reading) -> set[str]:
    names = [name for group in reading.layout.columns.values() for name in group]
    return {_OF_CRS.sub("", role.base) if (role := role_of(name)) else name for name in names}
