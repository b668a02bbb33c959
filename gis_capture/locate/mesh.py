"""Regional mesh codes, JIS X 0410: from 80 km (4 digits) down to 100 m."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gis_capture.locate.numbers import Bools, Floats

_CODE = re.compile(r"([0-9]{4}(?:[0-7]{2}(?:[0-9]{1,5})?)?)(?:\.0+)?")
_M_PER_DEG = 111_320.0
_TENTHS, _QUARTERS = "100m|1/10|10分の1|十分の一", "250m|1/4|4分の1|四分の一"
# A code of a tenth has only digits 1 to 4 at its end in one case of six, but so have its neighbours: those of so many
# cells of 1 km are quarters.
_ENOUGH_CELLS = 6


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


@dataclass(frozen=True, slots=True)
class MeshCells:
    """The cells of a column of codes; arrays are parallel to the rows, NaN where there is none.

    Attributes:
        boxes: Shape (n, 4): south-west corner (lon, lat), width and height, degrees.
        is_empty: Rows without a code.
        is_doubtful: Codes of ten digits that may be cells of 100 m or of 250 m, with too few of them to tell.
        apart_m: How far the middle of the other such cell lies; None where nothing is doubtful.
    """

    boxes: Floats
    is_empty: Bools
    is_doubtful: bool = False
    apart_m: Floats | None = None

    def middles(self) -> tuple[Floats, Floats]:
        """Longitude and latitude of the middles of the cells."""
        lon, lat, width, height = self.boxes.T
        return lon + width / 2, lat + height / 2

    def radii_m(self) -> Floats:
        """Radii of the circles around the cells, metres."""
        _, lat = self.middles()
        _, _, width, height = self.boxes.T
        radii: Floats = np.hypot(width * np.cos(np.radians(lat)), height) / 2 * _M_PER_DEG
        return radii if self.apart_m is None else radii + self.apart_m

    def corners(self) -> tuple[Floats, Floats]:
        """Longitude and latitude of the four corners, counter-clockwise from the south-west, shape (n, 4) each."""
        lon, lat, width, height = (part[:, None] for part in self.boxes.T)
        return lon + width * np.array([0, 1, 1, 0]), lat + height * np.array([0, 0, 1, 1])

    def size(self, row: int) -> str:
        """How large the cell of a row is, by its sides from south to north: 約1km."""
        height_m = self.boxes[row, 3] * 120 * 1000
        return f"約{height_m:.0f}m" if height_m < 1000 else f"約{round(height_m / 1000)}km"


def read_mesh_codes(cells: Sequence[str | None], *, header: str = "") -> MeshCells:
    """Reads a column of mesh codes.

    Args:
        cells: The codes.
        header: Of the column; it may say which of two sizes codes of ten digits have.
    """
    filled = {cell for cell in cells if cell and not cell.isspace()}
    folded = unicodedata.normalize("NFKC", header).lower()
    says_tenths, says_quarters = (bool(re.search(words, folded)) for words in (_TENTHS, _QUARTERS))
    no_quarters = any(
        parse_mesh_code(cell) is None and parse_mesh_code(cell, halves_are_tenths=True) for cell in filled
    )
    halves_are_tenths = no_quarters or (says_tenths and not says_quarters)
    memo = {cell: parse_mesh_code(cell, halves_are_tenths=halves_are_tenths) for cell in filled}
    boxes = np.full((len(cells), 4), np.nan)
    for row, cell in enumerate(cells):
        if cell and (box := memo.get(cell)):
            boxes[row] = box
    is_empty = np.array([not cell or cell.isspace() for cell in cells], bool)
    others = {cell: parse_mesh_code(cell, halves_are_tenths=not halves_are_tenths) for cell in filled}
    either = {cell for cell in filled if memo[cell] != others[cell]}
    n_cells = len({cell.strip()[:-2] for cell in either})
    if not either or no_quarters or says_tenths != says_quarters or n_cells >= _ENOUGH_CELLS:
        return MeshCells(boxes, is_empty)
    apart_m = np.array([_apart_m(memo[cell], others[cell]) if cell in either else 0.0 for cell in map(str, cells)])
    return MeshCells(boxes, is_empty, is_doubtful=True, apart_m=apart_m)


def _apart_m(one: Cell | None, other: Cell | None) -> float:
    """Metres between the middles of two cells."""
    if one is None or other is None:
        return 0.0
    (lon, lat), (other_lon, other_lat) = ((cell[0] + cell[2] / 2, cell[1] + cell[3] / 2) for cell in (one, other))
    return float(np.hypot((lon - other_lon) * np.cos(np.radians(lat)), lat - other_lat) * _M_PER_DEG)
