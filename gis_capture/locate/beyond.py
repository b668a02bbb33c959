"""Places that are not in Japan: 0, 0, and latitude and longitude in each other's place."""

from dataclasses import dataclass

import numpy as np

from gis_capture.locate.angles import JAPAN
from gis_capture.locate.numbers import Bools, Floats, in_japan

_EARTH_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class BeyondJapan:
    """Which rows lie outside Japan, and how far from where they may belong.

    Attributes:
        is_beyond: They do.
        is_swapped: With latitude and longitude exchanged they would not.
        away_m: To that place, or to Japan; metres, 0 where the row is in Japan.
    """

    is_beyond: Bools
    is_swapped: Bools
    away_m: Floats


def beyond_japan(lon: Floats, lat: Floats) -> BeyondJapan:
    """Tells which places are not in Japan; degrees, NaN = no place. Neither has to be a possible one."""
    is_beyond = np.isfinite(lon) & np.isfinite(lat) & ~in_japan(lon, lat)
    is_swapped = is_beyond & in_japan(lat, lon)
    to_lon = np.where(is_swapped, lat, np.clip(lon, JAPAN.min_x, JAPAN.max_x))
    to_lat = np.where(is_swapped, lon, np.clip(lat, JAPAN.min_y, JAPAN.max_y))
    a, b = np.radians(np.clip(lat, -90, 90)), np.radians(to_lat)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    away_m = 2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return BeyondJapan(is_beyond, is_swapped, np.where(is_beyond, away_m, 0.0))
