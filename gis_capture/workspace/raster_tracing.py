"""Aids for tracing the lines of a scanned map that is a raster layer.

A window of its finest tiles around a place is read, at most 2,048 pixels a side, one at a time in a process.
"""

import io
import math
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from PIL import Image

from gis_capture.errors import SourceError
from gis_capture.paper import codes
from gis_capture.paper.extra import demand_extra
from gis_capture.text import Text
from gis_capture.tiles.archive import Archive
from gis_capture.tiles.grid import FloatArray, Tile, to_degrees, to_world
from gis_capture.workspace.rasters import Raster, Rasters

if TYPE_CHECKING:
    from gis_capture.paper.tracing import Grey, Known

TILE_PX = 256
EARTH_M = 2 * math.pi * 6378137.0
# Most areas of a map are within the first; the second is as far as an area may reach.
_HALVES_PX: Final = (384, 1024)
_DECIMALS = 9
AIDS = ("snap", "fill")
MAX_WITHIN_M = 100.0
_MOST_WITHIN_PX = 256
_ONE_AT_A_TIME = Lock()
REFUSALS: Final = {
    "outside": codes.TRACE_OUTSIDE,
    "line": codes.TRACE_LINE,
    "narrow": codes.TRACE_NARROW,
    "open": codes.TRACE_OPEN,
}


def snap_to_line(
    rasters: Rasters, raster: Raster, lon_lat: tuple[float, float], within_m: float
) -> dict[str, Any] | None:
    """Finds the place on the middle of a dark line that is nearest to a place.

    Args:
        rasters: Where the layer is.
        raster: The layer.
        lon_lat: Degrees, EPSG:4326, longitude first.
        within_m: How far the line may be, metres on the ground, at most `MAX_WITHIN_M`; never more than 256 pixels of
            the layer.

    Returns:
        A GeoJSON Point (longitude, latitude); None where no line is that near.

    Raises:
        ResourceError: The extra `paper` is not installed.
    """
    demand_extra()
    from gis_capture.paper.tracing import MARGIN_PX, nearest_line

    pixel_m = EARTH_M * math.cos(math.radians(lon_lat[1])) / (TILE_PX << raster.max_zoom)
    within_px = min(within_m / pixel_m, _MOST_WITHIN_PX)
    with _ONE_AT_A_TIME, Archive(rasters.folder / raster.file_name) as archive:
        window = _Window(raster.max_zoom, lon_lat, math.ceil(within_px) + MARGIN_PX)
        found = nearest_line(*window.read(archive), window.place, within_px)
    if found is None:
        return None
    return {"type": "Point", "coordinates": window.degrees(np.array([found])).tolist()[0]}


def fill_area(rasters: Rasters, raster: Raster, lon_lat: tuple[float, float]) -> dict[str, Any]:
    """Follows the dark lines around a place (degrees, EPSG:4326, longitude first).

    Returns:
        A GeoJSON Polygon, longitude first, with its holes; the outer ring runs against the clock.

    Raises:
        SourceError: There is no closed area: its code says why.
        ResourceError: The extra `paper` is not installed.
    """
    demand_extra()
    from gis_capture.paper.tracing import closed_area

    with _ONE_AT_A_TIME, Archive(rasters.folder / raster.file_name) as archive:
        for half_px in _HALVES_PX:
            window = _Window(raster.max_zoom, lon_lat, half_px)
            area = closed_area(*window.read(archive), window.place)
            if area != "open":
                break
    if isinstance(area, str):
        code = REFUSALS[area]
        raise SourceError(_WHY[code], code=code)
    placed = shapely.orient_polygons(shapely.transform(area, window.degrees))
    return dict(shapely.geometry.mapping(placed))


class _Window:
    """The pixels around a place."""

    def __init__(self, zoom: int, lon_lat: tuple[float, float], half_px: int) -> None:
        self._zoom, self._size = zoom, 2 * half_px
        x, y = to_world(np.array([lon_lat], dtype=np.float64))[0] * (TILE_PX << zoom)
        self._left, self._top = math.floor(x) - half_px, math.floor(y) - half_px
        self.place = (float(x) - self._left, float(y) - self._top)

    def degrees(self, places: FloatArray) -> FloatArray:
        """Gives longitude and latitude of places in the window, shape (n, 2)."""
        world = (places + np.array([self._left, self._top])) / (TILE_PX << self._zoom)
        return np.round(to_degrees(world), _DECIMALS)

    def read(self, archive: Archive) -> "tuple[Grey, Known]":
        """Reads what the layer shows, and where it shows anything."""
        grey = np.full((self._size, self._size), 255, np.uint8)
        known = np.zeros(grey.shape, bool)
        last = (1 << self._zoom) - 1
        for row in range(max(self._top // TILE_PX, 0), min((self._top + self._size - 1) // TILE_PX, last) + 1):
            for column in range(max(self._left // TILE_PX, 0), min((self._left + self._size - 1) // TILE_PX, last) + 1):
                content = archive.get(Tile(self._zoom, column, row))
                if not content:
                    continue
                left, top = column * TILE_PX - self._left, row * TILE_PX - self._top
                here = (slice(max(top, 0), top + TILE_PX), slice(max(left, 0), left + TILE_PX))
                height, width = grey[here].shape
                skipped = (max(-top, 0), max(-left, 0))
                there = (slice(skipped[0], skipped[0] + height), slice(skipped[1], skipped[1] + width))
                with suppress(OSError), Image.open(io.BytesIO(content)) as picture:
                    pixels = np.asarray(picture.convert("RGBA"))
                    known[here] = pixels[there][..., 3] > 127
                    grey[here] = np.where(known[here], np.asarray(picture.convert("L"))[there], 255)
        return grey, known


_WHY = {
    codes.TRACE_OUTSIDE: Text(
        "そこには図面がありません。図面の中を選んでください。", "The map shows nothing there: choose a place on it."
    ),
    codes.TRACE_LINE: Text(
        "そこは線や字の上です。囲まれた白い所を選んでください。",
        "That is on a line or a letter: choose a white place between lines.",
    ),
    codes.TRACE_NARROW: Text(
        "線の間がせますぎて塗れません。手でかいてください。",
        "The lines are too near to each other: draw it by hand.",
    ),
    codes.TRACE_OPEN: Text(
        "線で囲まれていません。線が切れているか、広すぎます。手でかいてください。",
        "No lines close that place, or it is too large: draw it by hand.",
    ),
}
