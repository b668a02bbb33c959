"""Sheets of the large-scale maps of Japan (国土基本図図郭), by their names.

公共測量 作業規程の準則 付録7 標準図式, 第84条: a plane rectangular zone is divided into sheets of 30 km × 40 km,
named by two letters from its north-west corner, 300 km north and 160 km west of the origin. These are divided further:

    09LD       level 50000, zone 9
    09LD35     level 5000: row and column of ten by ten
    09LD354    level 2500: quarters of that, 1 north-west, 2 north-east, 3 south-west, 4 south-east
    09LD352C   level 1000: row and column of five by five, the column as a letter
    09LD3507   level 500: row and column of ten by ten
"""

import re
import unicodedata
from dataclasses import dataclass

from gis_capture.model import BBox

_NAME = re.compile(r"(0[1-9]|1[0-9])([A-T])([A-H])(?:([0-9])([0-9])(?:([1-4])|([0-4])([A-E])|([0-9])([0-9]))?)?")
_NORTH_M, _WEST_M = 300_000.0, -160_000.0
_HEIGHT_M, _WIDTH_M = 30_000.0, 40_000.0
_JGD2011_ZONE_0 = 6668


@dataclass(frozen=True, slots=True)
class MapSheet:
    """A sheet.

    Attributes:
        name: As it was understood, "09LD354".
        zone: Of the plane rectangular system, 1 to 19.
        level: 地図情報レベル, 50000 to 500.
        box: Metres east and north of the origin of the zone.
    """

    name: str
    zone: int
    level: int
    box: BBox

    @property
    def crs(self) -> str:
        """The zone on JGD2011."""
        return f"EPSG:{_JGD2011_ZONE_0 + self.zone}"

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """North-west, north-east, south-east, south-west: east and north, metres."""
        west, south, east, north = self.box
        return (west, north), (east, north), (east, south), (west, south)


def parse_map_sheet(text: str) -> MapSheet | None:
    """Reads the name of a sheet; None where the text is none."""
    name = re.sub(r"[-‐‑–−ー_\s]", "", unicodedata.normalize("NFKC", text[:40])).upper()
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    zone, down, across, row, column, quarter, row_5, column_5, row_10, column_10 = match.groups()
    height, width = _HEIGHT_M, _WIDTH_M
    north = _NORTH_M - (ord(down) - ord("A")) * height
    west = _WEST_M + (ord(across) - ord("A")) * width
    steps = [(50_000, 1, 0, 0)]
    if row:
        steps.append((5000, 10, int(row), int(column)))
    if quarter:
        steps.append((2500, 2, (int(quarter) - 1) // 2, (int(quarter) - 1) % 2))
    if row_5:
        steps.append((1000, 5, int(row_5), ord(column_5) - ord("A")))
    if row_10:
        steps.append((500, 10, int(row_10), int(column_10)))
    for _, n_parts, n_down, n_across in steps:
        height, width = height / n_parts, width / n_parts
        north, west = north - n_down * height, west + n_across * width
    return MapSheet(name, int(zone), steps[-1][0], BBox(west, north - height, west + width, north))
