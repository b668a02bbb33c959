"""The grid of web map tiles: XYZ scheme, square world in Web Mercator, y from the north."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_capture.errors import FeatureError
from gis_capture.model import BBox
from gis_capture.text import Text

MAX_ZOOM = 22
EXTENT = 4096
# Tile units drawn beyond each edge, so that strokes and outlines meet those of the next tile.
BUFFER = 64
# Half a unit: what a screen cannot show.
SIMPLIFY_UNITS = 0.5
# Edge of the square world: atan(sinh(pi)).
MAX_LATITUDE = 85.0511287798066

FloatArray = NDArray[np.float64]


class Tile(NamedTuple):
    """A tile's address."""

    z: int
    x: int
    y: int

    def bbox(self, buffer: float = 0) -> BBox:
        """Gives the tile's box in degrees, EPSG:4326; `buffer` in tile units."""
        size = 2**self.z
        margin = buffer / EXTENT
        west, east = ((self.x + edge) / size * 360 - 180 for edge in (-margin, 1 + margin))
        north, south = (_latitude((self.y + edge) / size) for edge in (-margin, 1 + margin))
        return BBox(max(west, -180.0), south, min(east, 180.0), north)


def parse_tile(z: int, x: int, y: int) -> Tile:
    """Checks an address.

    Raises:
        FeatureError: There is no such tile.
    """
    if 0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z:
        return Tile(z, x, y)
    raise FeatureError(
        Text(f"タイル {z}/{x}/{y} はありません。", f"There is no tile {z}/{x}/{y}."), code="tile_unknown"
    )


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """Finds the tile that holds a position (degrees, EPSG:4326); beyond the world, the one at its edge."""
    x, y = to_tile_units(np.array([[min(max(lon, -180.0), 180.0), lat]], dtype=np.float64), Tile(z, 0, 0))[0] / EXTENT
    last = 2**z - 1
    return Tile(z, min(max(math.floor(x), 0), last), min(max(math.floor(y), 0), last))


def to_tile_units(lon_lat: FloatArray, tile: Tile) -> FloatArray:
    """Projects positions to units of a tile.

    Args:
        lon_lat: Shape (n, 2), degrees, EPSG:4326; latitudes beyond the square world are drawn at its edge.
        tile: Whose corner is the origin.

    Returns:
        Shape (n, 2); (0, 0) is the tile's north-west corner, (EXTENT, EXTENT) its south-east corner.

    Source:
        Snyder, Map Projections - A Working Manual, USGS PP 1395 (1987), eq. 7-1 and 7-2, on a sphere.
    """
    units: FloatArray = (to_world(lon_lat) * 2**tile.z - (tile.x, tile.y)) * EXTENT
    return units


def to_world(lon_lat: FloatArray) -> FloatArray:
    """Projects positions (degrees) to the square world: 0 to 1 from the west, 0 to 1 from the north."""
    world: FloatArray = np.empty_like(lon_lat)
    sines = np.sin(np.radians(np.clip(lon_lat[:, 1], -MAX_LATITUDE, MAX_LATITUDE)))
    world[:, 0] = (lon_lat[:, 0] + 180) / 360
    world[:, 1] = 0.5 - np.arctanh(sines) / (2 * np.pi)
    return world


def to_degrees(world: FloatArray) -> FloatArray:
    """Gives positions (degrees, EPSG:4326) of places in the square world, as `to_world` makes them; shape (n, 2)."""
    latitudes = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world[:, 1]))))
    return np.column_stack([world[:, 0] * 360 - 180, latitudes])


def _latitude(part: float) -> float:
    """The latitude (degrees) at a part of the world's height, 0 = north edge, 1 = south edge."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * min(max(part, 0.0), 1.0)))))
