"""Named points, and what of an address they stand for."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from gis_capture.locate.numbers import Floats

Level = Literal["none", "prefecture", "city", "district", "town", "chome", "koaza", "block", "lot"]
"""How much of an address was found, from least to most; a district is a former municipality or the like."""

_M_PER_DEG = 111_320.0


class Spot(NamedTuple):
    """A named point.

    Attributes:
        town_id: Where its lots are found; 0 for a spot put together from several.
        name: Of the town with 丁目 and 小字, as its source writes it.
        radius_m: How far the named area reaches from the point.
    """

    town_id: int
    name: str
    lon: float | None
    lat: float | None
    radius_m: float | None


class Hit(NamedTuple):
    """A town found in a text.

    Attributes:
        end: Where the found name ends.
        others: Other readings, less likely.
        is_sure: The name stands there in full and what follows looks like a lot.
        is_guessed: A character of it is another one in the text.
    """

    end: int
    level: Level
    spot: Spot
    others: tuple[Spot, ...] = ()
    is_sure: bool = True
    is_guessed: bool = False


def distances_m(d_lon: Floats, d_lat: Floats, lat: float | Floats) -> Floats:
    """Lengths of small differences of degrees, metres."""
    lengths: Floats = np.hypot(d_lon * np.cos(np.radians(lat)), d_lat) * _M_PER_DEG
    return lengths


def together(name: str, parts: Iterable[Spot], *, own: Spot | None = None) -> Spot:
    """Sums spots up as one: at their own point or in their middle, reaching as far as nine of ten of them do."""
    known: Sequence[Spot] = [part for part in parts if part.lon is not None]
    if not known:
        return own or Spot(0, name, None, None, None)
    points = np.array([(part.lon, part.lat) for part in known], np.float64)
    if own and own.lon is not None and own.lat is not None:
        lon, lat = own.lon, own.lat
    else:
        lon, lat = points.mean(axis=0).tolist()
    away_m = float(np.percentile(distances_m(points[:, 0] - lon, points[:, 1] - lat, lat), 90))
    own_m = (own.radius_m if own else None) or max(part.radius_m or 0.0 for part in known)
    return Spot(own.town_id if own else 0, own.name if own else name, lon, lat, max(own_m, away_m))
