"""How well a reading of coordinates agrees with where the addresses of the same rows are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gis_capture.locate.angles import JAPAN
from gis_capture.locate.numbers import Bools, Floats, Notation
from gis_capture.model import BBox, Text

About = Literal["order", "notation", "plane", "datum"]
_MIN_ROWS = 3
_M_PER_DEG = 111_320.0
_PAD_DEG = 0.3
# The two datums are 380–500 m apart. Over 28 published ledgers of 9 rows and more, the middle of the differences to the
# towns was at most 93 m in the right datum and at least 380 m in the wrong one.
_MIN_DATUM_ROWS = 8
_DATUM_REACH_M = 750.0
_DATUM_MARGIN_M = 200.0


@dataclass(frozen=True, slots=True)
class RankedReading:
    """A way to read the coordinates of a table.

    Attributes:
        words: What it takes them for.
        code: EPSG code.
        share: Rows that come to lie where they can: in Japan, in the zone, in the area.
        distance_m: Median distance from the addresses (of a datum: how far all rows together lie beside them);
            None = no addresses to compare with.
        about: What was decided between the readings: "order" (of latitude and longitude), "notation", "plane" (zone
            and axes), "datum".
        margin_m: How much further from the addresses it lies than the one that was chosen (less than 0: nearer, and
            yet not chosen); None = no addresses to compare with.
        notation: That the reading takes numbers for.
        roles: That the reading gives the columns, of "order" and "plane".
    """

    words: Text
    code: int
    share: float
    distance_m: float | None = None
    about: About = "plane"
    margin_m: float | None = None
    notation: Notation | None = None
    roles: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Gives `{"about", "words", "words_en", "crs", "share", "distance_m", "margin_m", "answer"}`."""
        return {
            "about": self.about,
            "words": self.words.ja,
            "words_en": self.words.en,
            "crs": f"EPSG:{self.code}",
            "share": self.share,
            "distance_m": self.distance_m,
            "margin_m": self.margin_m,
            "answer": self._answer(),
        }

    def _answer(self) -> dict[str, Any]:
        """What a person says who takes this reading."""
        if self.about == "notation":
            return {"notation": self.notation}
        if self.about == "order":
            return {"roles": dict(self.roles)}
        return {"crs": f"EPSG:{self.code}", **({"roles": dict(self.roles)} if self.roles else {})}


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """Where rows are by their addresses, degrees (JGD2011) and metres; NaN = not known, parallel to the rows.

    Attributes:
        min_rows: So many it takes to compare with.
    """

    lon: Floats
    lat: Floats
    reach_m: Floats
    min_rows: int = _MIN_ROWS

    @classmethod
    def exact(cls, lon: Floats, lat: Floats) -> "KnownPlaces":
        """Places by other coordinates of the same rows: one is enough to tell, and no datum is told by them."""
        return cls(lon, lat, np.full(len(lon), np.inf), min_rows=1)

    def of_rows(self, rows: Bools | NDArray[np.intp]) -> "KnownPlaces":
        """The places of some rows."""
        return KnownPlaces(self.lon[rows], self.lat[rows], self.reach_m[rows], self.min_rows)

    def distances_m(self, lon: Floats, lat: Floats) -> Floats:
        """Metres between positions and the addresses of the same rows; NaN where one is not known."""
        d_lon = (lon - self.lon) * np.cos(np.radians(self.lat))
        lengths: Floats = np.hypot(d_lon, lat - self.lat) * _M_PER_DEG
        return lengths

    def distance_m(self, lon: Floats, lat: Floats) -> float | None:
        """The median distance; None where too few rows can be compared."""
        known = np.isfinite(self.lon)
        if known.sum() < self.min_rows:
            return None
        # A position that cannot be is as far away as can be.
        distances = np.nan_to_num(self.of_rows(known).distances_m(lon[known], lat[known]), nan=1e7, posinf=1e7)
        return float(np.median(distances))

    def offset_m(self, lon: Floats, lat: Floats) -> tuple[float, float] | None:
        """How far all rows together lie beside their addresses, and the standard error of that; None for too few rows.

        Single addresses are hundreds of metres off in all directions; their middle is not.
        """
        rows = np.isfinite(self.lon) & np.isfinite(lon) & (self.reach_m <= _DATUM_REACH_M)
        n_rows = int(rows.sum())
        if n_rows < _MIN_DATUM_ROWS:
            return None
        east_m = (lon[rows] - self.lon[rows]) * np.cos(np.radians(self.lat[rows])) * _M_PER_DEG
        north_m = (lat[rows] - self.lat[rows]) * _M_PER_DEG
        errors = [1.2533 * 1.4826 * np.median(np.abs(d - np.median(d))) / np.sqrt(n_rows) for d in (east_m, north_m)]
        return float(np.hypot(np.median(east_m), np.median(north_m))), float(np.hypot(*errors))


def with_margins(readings: Sequence[RankedReading]) -> tuple[RankedReading, ...]:
    """Tells of each reading how much further off it lies than the one that was chosen, the first of its kind."""
    chosen: dict[About, float | None] = {}
    for one in readings:
        chosen.setdefault(one.about, one.distance_m)
    return tuple(
        one
        if one.distance_m is None or (nearest := chosen[one.about]) is None
        else replace(one, margin_m=one.distance_m - nearest)
        for one in readings
    )


def share_within(lon: Floats, lat: Floats, boxes: Iterable[BBox]) -> float:
    """The share of places in Japan and in all boxes, with some room around them."""
    inside = np.ones(len(lon), bool)
    for box in (JAPAN, *boxes):
        inside &= (lon >= box.min_x - _PAD_DEG) & (lon <= box.max_x + _PAD_DEG)
        inside &= (lat >= box.min_y - _PAD_DEG) & (lat <= box.max_y + _PAD_DEG)
    return float(inside.mean()) if len(lon) else 0.0


def is_better_datum(other: tuple[float, float] | None, assumed: tuple[float, float] | None) -> bool:
    """True when the rows lie clearly closer to their addresses in another datum than in the assumed one."""
    if other is None or assumed is None:
        return False
    error_m = max(other[1], assumed[1])
    return assumed[0] - other[0] > max(_DATUM_MARGIN_M, 2 * error_m)
