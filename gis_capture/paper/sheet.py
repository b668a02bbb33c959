"""A printed field sheet as a value: what stands where on the paper, and where that is on the ground.

Paper coordinates are millimetres from the upper left corner of the sheet, x to the right and y down.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry
from shapely.geometry import shape

from gis_capture.model import BBox

FloatArray = NDArray[np.float64]
PAPERS_MM = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
EDGE_MM = 7.0
MARKER_MM = 12.0
QR_MM = 18.0
# Between the map and the edges of the paper: left and right, above, below.
SIDE_MM, HEAD_MM, FOOT_MM = 10.0, 27.0, 27.0
# Two corners tell the lower digit of the number of a sheet, two the higher one; the family has 587 markers.
_DIGITS = 146
SCAN_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".pdf")
CORNERS = ("north_west", "north_east", "south_east", "south_west")
_PREFIX = "GCS1"


class Box(NamedTuple):
    """A rectangle on the paper."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SheetFeature:
    """A feature as it was printed.

    Attributes:
        number: As it stands beside it on the map and in the list.
        label: Its name in the list.
        geometry: In the CRS of the sheet.
        revision: Of the feature, when it was printed.
    """

    number: int
    layer: str
    feature_id: str
    revision: int
    label: str
    geometry: Geometry

    def to_json(self) -> dict[str, Any]:
        """Gives a member of the record of a sheet."""
        plain = {name: getattr(self, name) for name in ("number", "layer", "feature_id", "revision", "label")}
        return {**plain, "geometry": json.loads(shapely.to_geojson(self.geometry))}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SheetFeature":
        """Reads what `to_json` wrote."""
        return cls(**{**value, "geometry": shape(value["geometry"])})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes:
        number: Running number of the workspace.
        epoch: Of the store, shortened: numbers of another store are other sheets.
        crs: Projected, in metres.
        west, north: Ground position of the upper left corner of the map.
        scale: 500 for 1:500.
        revision: Newest revision of the store when it was printed.
        part: "2 / 6" where several were printed together.
        survey_on: Day of the survey as it was ordered; empty = a line for the pen.
    """

    number: int
    epoch: str
    crs: str
    west: float
    north: float
    scale: int
    paper: str
    revision: int
    title: str = ""
    crew: str = ""
    part: str = ""
    printed_at: str = ""
    survey_on: str = ""

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the paper, which lies on its long side."""
        return PAPERS_MM[self.paper]

    @property
    def frame(self) -> Box:
        """Where the map is."""
        return frame_of(self.paper)

    @property
    def extent(self) -> BBox:
        """What the map shows, in its CRS."""
        width_m, height_m = ground_size(self.paper, self.scale)
        return BBox(self.west, self.north - height_m, self.west + width_m, self.north)

    def to_ground(self, paper_mm: FloatArray) -> FloatArray:
        """Gives ground positions of paper positions, both of shape (n, 2)."""
        m_per_mm = self.scale / 1000
        x_mm, y_mm = paper_mm[:, 0] - self.frame.x, paper_mm[:, 1] - self.frame.y
        return np.stack([self.west + x_mm * m_per_mm, self.north - y_mm * m_per_mm], axis=1)

    def to_paper(self, ground: FloatArray) -> FloatArray:
        """Gives paper positions of ground positions, both of shape (n, 2)."""
        mm_per_m = 1000 / self.scale
        x_m, y_m = ground[:, 0] - self.west, self.north - ground[:, 1]
        return np.stack([self.frame.x + x_m * mm_per_m, self.frame.y + y_m * mm_per_m], axis=1)

    def marker_ids(self) -> tuple[int, int, int, int]:
        """The markers of the four corners, as `CORNERS`; any three of them tell the number."""
        return marker_ids(self.number)

    def qr_text(self) -> str:
        """What the QR codes say; only characters of the compact mode of QR."""
        box = ":".join(f"{edge:.0f}" for edge in self.extent)
        crs = self.crs.removeprefix("EPSG:")
        text = f"{_PREFIX}:{self.epoch.upper()}:{self.number}:{crs}:{box}:{self.scale}:{self.paper}:{self.revision}"
        return f"{text}:{zlib.crc32(text.encode()):08X}"

    def to_json(self) -> dict[str, Any]:
        """Gives the head of the record of a sheet."""
        return asdict(self)


def parse_qr(text: str) -> tuple[str, int] | None:
    """Gives the epoch and the number of the sheet a QR code is on; None where it is none of a sheet, or is damaged."""
    body, _, check = text.rpartition(":")
    parts = body.split(":")
    if len(parts) != 11 or parts[0] != _PREFIX or f"{zlib.crc32(body.encode()):08X}" != check or not parts[2].isdigit():
        return None
    return parts[1].lower(), int(parts[2])


def marker_ids(number: int) -> tuple[int, int, int, int]:
    """The markers of the corners of a sheet, as `CORNERS`."""
    low, high = number % _DIGITS, number // _DIGITS % _DIGITS
    return low * 4, high * 4 + 1, low * 4 + 2, high * 4 + 3


N_MARKED = _DIGITS * _DIGITS
"""Sheets whose numbers differ by this have the same markers."""


def number_of(found: Mapping[int, int]) -> tuple[int | None, int | None]:
    """Gives the lower and the higher digit that markers tell, by corner; None where they are silent or disagree."""
    digits: list[int | None] = []
    for corners in ((0, 2), (1, 3)):
        told = {found[corner] // 4 for corner in corners if corner in found}
        digits.append(told.pop() if len(told) == 1 else None)
    return digits[0], digits[1]


def frame_of(paper: str) -> Box:
    """Where the map is on a paper."""
    width, height = PAPERS_MM[paper]
    return Box(SIDE_MM, HEAD_MM, width - 2 * SIDE_MM, height - HEAD_MM - FOOT_MM)


def ground_size(paper: str, scale: int) -> tuple[float, float]:
    """Width and height in metres of what a sheet shows."""
    frame = frame_of(paper)
    return frame.width * scale / 1000, frame.height * scale / 1000


def marker_boxes(paper: str) -> tuple[Box, Box, Box, Box]:
    """Where the markers are, as `CORNERS`."""
    width, height = PAPERS_MM[paper]
    right, low = width - EDGE_MM - MARKER_MM, height - EDGE_MM - MARKER_MM

    def at(x: float, y: float) -> Box:
        return Box(x, y, MARKER_MM, MARKER_MM)

    return at(EDGE_MM, EDGE_MM), at(right, EDGE_MM), at(right, low), at(EDGE_MM, low)


def qr_boxes(paper: str) -> tuple[Box, Box]:
    """Where the two QR codes are: above the map on the right, below it on the left."""
    width, height = PAPERS_MM[paper]
    inner = EDGE_MM + MARKER_MM + 8
    return Box(width - inner - QR_MM, 5, QR_MM, QR_MM), Box(inner, height - 5 - QR_MM, QR_MM, QR_MM)
