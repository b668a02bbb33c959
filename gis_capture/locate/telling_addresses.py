"""What is told of rows that addresses placed, or that have neither coordinates nor an address."""

from collections.abc import Sequence

import numpy as np

from gis_capture.locate import codes, messages
from gis_capture.locate.addresses import Addresses, gives_place
from gis_capture.locate.doubtful import PlacedRows
from gis_capture.locate.gazetteer import Match
from gis_capture.locate.messages import fill, format_distance
from gis_capture.model import BBox, Problem, Severity


def tell_no_coordinates() -> tuple[Problem, ...]:
    """The table has no columns with positions."""
    return (Problem(codes.NO_COORDINATES, "warning", *messages.NO_COORDINATES),)


def tell_addresses(
    told: tuple[Problem, ...], addresses: Addresses, rows: Sequence[int], row_numbers: Sequence[int]
) -> tuple[Problem, ...]:
    """Adds what addresses gave to rows without coordinates, and takes away what they made good.

    Args:
        told: Problems so far.
        addresses: Of all rows.
        rows: Indexes of the rows that had no position, or a coarser one.
        row_numbers: As the user of the source sees them.
    """
    more = []
    column = addresses.columns[0]
    for row in rows:
        match, address = addresses.matches[row], addresses.texts[row]
        number = row_numbers[row]
        if match is None or not gives_place(match):
            message, suggestion = messages.ADDRESS_NOT_FOUND
            problem = Problem(
                codes.ADDRESS_NOT_FOUND, "warning", fill(message, address=address), suggestion, number, column
            )
        else:
            words = {"address": address, "name": match.name, "accuracy": format_distance(match.accuracy_m or 0.0)}
            message = fill(messages.POSITION_FROM_ADDRESS, **words)
            severity: Severity = "info" if match.is_sure and match.level != "city" else "warning"
            problem = Problem(codes.POSITION_FROM_ADDRESS, severity, message, messages.CHECK_PLACE, number, column)
        more.append(problem)
    # An empty or coarse cell is no news where the address gave the position.
    numbers = {problem.row_number for problem in more if problem.code == codes.POSITION_FROM_ADDRESS}
    empty = (codes.POSITION_MISSING, codes.NO_COORDINATES, codes.COORDINATE_COARSE)
    kept = [
        problem
        for problem in told
        if not (problem.code in empty and (problem.row_number in numbers or (numbers and problem.row_number is None)))
    ]
    return (*kept, *more)


def tell_outside(
    found: Sequence[tuple[int, Match]], addresses: Addresses, area: BBox | None, row_numbers: Sequence[int]
) -> tuple[Problem, ...]:
    """What is told of the rows whose addresses lie outside an area."""
    if area is None:
        return ()
    lon, lat = np.full(len(row_numbers), np.nan), np.full(len(row_numbers), np.nan)
    for row, match in found:
        lon[row], lat[row] = match.lon or np.nan, match.lat or np.nan
    rows = PlacedRows(lon, lat, addresses.texts.__getitem__, row_numbers, addresses.columns[0])
    return tuple(one for one in rows.alone(area) if one.code == codes.POSITION_OUTSIDE_AREA)
