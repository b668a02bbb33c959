"""Regional mesh codes, JIS X 0410: from 80 km (4 digits) down to 100 m."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gis_capture.locate.numbers import Bools, Floats

_CODE = re.compile(r"([0-9]{4}(?:[0-7]{2}(?:[0-9]{1,5})?)?)(?:\.0+)?")
_M_PER_DEG = 111_320.0


class Cell(NamedTuple):
    """A cell of the mesh: its south-west corner and its size, degrees."""

    lon: float
    lat: float
    width: float
    height: float


def parse_mesh_code(text: str, *, halves_are_tenths: bool = False) -> Cell | None:
    """Reads a mesh code; None where the text is none.

    Understood are first to third mesh (4, 6, 8 digits), 5 km (7), 2 km (9, ending in 5), half, quarter and eighth of
    the third mesh (9–11), and its tenth (10).

    Args:
        text: The code, with or without hyphens.
        halves_are_tenths: Ten digits are 100 m, not 250 m: the code cannot tell, the column does.
    """
    folded = re.sub(r"[-‐‑–−ー\s]", "", unicodedata.normalize("NFKC", text[:40]))
    match = _CODE.fullmatch(folded)
    if match is None:
        return None
    code = match[1]
    lat, lon = int(code[:2]) / 1.5, int(code[2:4]) + 100.0
    width, height = 1.0, 2 / 3
    if len(code) >= 6:
        width, height = width / 8, height / 8
        lat, lon = lat + int(code[4]) * height, lon + int(code[5]) * width
    rest = code[6:]
    if len(rest) == 3 and rest[2] == "5" and rest[0] in "02468" and rest[1] in "02468":
        width, height = width / 10, height / 10
        return Cell(lon + int(rest[1]) * width, lat + int(rest[0]) * height, 2 * width, 2 * height)
    quarters = rest[2:]
    if len(rest) == 1:
        quarters = rest
    elif len(rest) >= 2:
        width, height = width / 10, height / 10
        lat, lon = lat + int(rest[0]) * height, lon + int(rest[1]) * width
        if halves_are_tenths and len(quarters) == 2:
            width, height = width / 10, height / 10
            return Cell(lon + int(quarters[1]) * width, lat + int(quarters[0]) * height, width, height)
    for digit in quarters:
        if digit not in "1234":
            return None
        width, height = width / 2, height / 2
        north, east = divmod(int(digit) - 1, 2)
        lat, lon = lat + north * height, lon + east * width
    return Cell(lon, lat, width, height)


def read_mesh_codes(cells: Sequence[str | None]) -> tuple[Floats, Floats, Floats, Bools]:
    """Reads a column of mesh codes.

    Returns:
        Longitude and latitude of the middle of each cell (NaN for none), the radius of the circle around the cell in
        metres, and which cells of the column are empty.
    """
    memo: dict[str, tuple[float, float, float]] = {}
    filled = [cell for cell in cells if cell]
    halves_are_tenths = any(
        parse_mesh_code(cell) is None and parse_mesh_code(cell, halves_are_tenths=True) for cell in set(filled)
    )
    rows = np.full((len(cells), 3), np.nan)
    for row, cell in enumerate(cells):
        if cell and not cell.isspace():
            if cell not in memo:
                memo[cell] = _middle(parse_mesh_code(cell, halves_are_tenths=halves_are_tenths))
            rows[row] = memo[cell]
    is_empty = np.array([not cell or cell.isspace() for cell in cells], bool)
    return rows[:, 0], rows[:, 1], rows[:, 2], is_empty


def _middle(cell: Cell | None) -> tuple[float, float, float]:
    if cell is None:
        return math.nan, math.nan, math.nan
    lon, lat = cell.lon + cell.width / 2, cell.lat + cell.height / 2
    half_diagonal = math.hypot(cell.width * math.cos(math.radians(lat)), cell.height) / 2
    return lon, lat, half_diagonal * _M_PER_DEG
