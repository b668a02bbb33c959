"""References to the squares of the military grid, which Japan's rescue services call UTMポイント: 54SUE8379148322.

Zone of UTM, band of latitude, two letters for a square of 100 km, then easting and northing within it. Own code, for
the one library that is kept reads a single reference at a time and always in WGS 84; old maps have them in Tokyo datum.
Source: NGA.SIG.0012_2.0.0_UTMUPS, appendices A and B.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gis_capture.locate.numbers import Bools, Floats

_REFERENCE = re.compile("(5[1-5])([Q-T])([A-HJ-NP-Z])([A-HJ-NP-V])((?:[0-9]{2}){1,5})")
_COLUMNS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_SQUARE_M = 100_000
_CYCLE_M = len(_ROWS) * _SQUARE_M
# Northing at which a band begins, at the middle of a zone, less the room by which its edges lie further south.
_BAND_STARTS_M = {"Q": 1_700_000, "R": 2_600_000, "S": 3_500_000, "T": 4_400_000}
LONGEST_TEXT = 60


class GridReference(NamedTuple):
    """The middle of a square: zone of UTM (51–55), metres east and north, and the side of the square in metres."""

    zone: int
    east: float
    north: float
    size_m: float


def parse_grid_reference(text: str) -> GridReference | None:
    """Reads a reference in Japan, with blanks or without; None where the text is none."""
    folded = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).upper())
    match = _REFERENCE.fullmatch(folded)
    if match is None:
        return None
    zone, column, row, digits = int(match[1]), match[3], match[4], match[5]
    column_number = _COLUMNS[zone % 3].find(column)
    if column_number < 0:
        return None
    # In zones of even number the rows begin with F at the equator.
    south = (_ROWS.index(row) - (5 if zone % 2 == 0 else 0)) % len(_ROWS) * _SQUARE_M
    south += -(-(_BAND_STARTS_M[match[2]] - south) // _CYCLE_M) * _CYCLE_M
    half = len(digits) // 2
    size_m = 10.0 ** (5 - half)
    east, north = (int(part) * size_m + size_m / 2 for part in (digits[:half], digits[half:]))
    return GridReference(zone, (column_number + 1) * _SQUARE_M + east, south + north, size_m)


@dataclass(frozen=True, slots=True)
class GridSquares:
    """A column of references; arrays are parallel to the rows, NaN and zone 0 where there is none."""

    zones: np.ndarray
    east: Floats
    north: Floats
    sizes_m: Floats
    is_empty: Bools


def read_grid_references(cells: Sequence[str | None]) -> GridSquares:
    """Reads a column of references."""
    nothing = GridReference(0, np.nan, np.nan, np.nan)
    found = [(cell and parse_grid_reference(cell)) or nothing for cell in cells]
    table = np.array(found, np.float64).reshape(-1, 4)
    is_empty = np.array([not cell or cell.isspace() for cell in cells], bool)
    return GridSquares(table[:, 0].astype(np.int64), table[:, 1], table[:, 2], table[:, 3], is_empty)
