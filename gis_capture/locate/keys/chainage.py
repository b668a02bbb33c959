"""Places on a route by kilometre posts (112K500, 112.5kp) and survey stations (No.12+3.5), with an offset to a side."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString

from gis_capture.locate import codes
from gis_capture.locate.datum import transform
from gis_capture.locate.keys.values import Miss, Place

PITCH_M = 20.0
_KM = re.compile(r"(?:kp|km)?([0-9]{1,4})k(?:p|m)?\+?([0-9]{1,3})(?:\.([0-9]+))?m?(?![0-9])")
_DECIMAL = re.compile(
    r"(?:(?:kp|km|距離標|キロポスト)([0-9]{1,4}(?:\.[0-9]+)?)|([0-9]{1,4}(?:\.[0-9]+)?)(?:kp|km|k|キロ))(?![0-9])"
)
# A hyphen may join (50 m behind the post) or take away (50 m before it).
_HYPHENED = re.compile(r"(?:kp|km)?([0-9]{1,4})k(?:p|m)?-([0-9]{1,3}(?:\.[0-9]+)?)m?(?![0-9k.])")
_STATION = re.compile(r"(no|sta|測点|#)\.?([0-9]{1,5})(?:([+-])([0-9]+(?:\.[0-9]+)?)m?)?")
_BARE_KM = re.compile(r"[0-9]{1,4}\.[0-9]+")
_PLUS = re.compile(r"([0-9]{1,4})\+([0-9]{3}(?:\.[0-9]+)?)(?![0-9])")
_SIDE = re.compile(r"(左|右|l|r)側?[へに]?([0-9]+(?:\.[0-9]+)?)?m?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ーｰ", "-"))
_GEOGRAPHIC = 6668
_UTM_51 = 6688
_WORST_RATIO = 1.25
_SAME_PLACE_M = 1.0


@dataclass(frozen=True, slots=True)
class Station:
    """A place on a route: metres by its posts, and metres to the right (left is negative; None = side unknown).

    Attributes:
        doubt_m: So far before or behind it the place may be, by how it is written.
    """

    measure_m: float
    right_m: float = 0.0
    side: str = ""
    doubt_m: float = 0.0


@dataclass(frozen=True, slots=True)
class StationText:
    """A survey station as written, No.12+3.5.

    Attributes:
        word: "no" or "sta".
        is_kilometre: Three digits behind the plus (STA.1+200): the number counts kilometres.
    """

    word: str
    number: int
    offset_m: float
    is_kilometre: bool

    def at(self, pitch_m: float) -> float:
        """Metres from station 0, where the stations stand so far apart."""
        return self.number * pitch_m + self.offset_m


def read_station(text: str) -> StationText | None:
    """Reads a survey station; None for anything else."""
    found = _STATION.search(_folded(text))
    return _station(found) if found else None


def _station(found: re.Match[str]) -> StationText:
    plus = found[4] or ""
    offset_m = float(plus or 0) * (-1 if found[3] == "-" else 1)
    return StationText("sta" if found[1] == "sta" else "no", int(found[2]), offset_m, len(plus.partition(".")[0]) == 3)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[:80]).translate(_DASHES).lower().split())


def parse_station(text: str, *, pitch_m: float = PITCH_M) -> Station | None:
    """Reads 112K500, 112.5kp, KP112.5, 12k345, 12+345, No.12+3.5, each with 左3.5m or R2.0 behind; None for no such.

    Args:
        text: As written.
        pitch_m: Between two stations of No.; an offset that reaches beyond it is none.
    """
    folded = _folded(text)
    measure_m: float | None = None
    end, doubt_m = 0, 0.0
    if found := _STATION.search(folded):
        station = _station(found)
        apart_m = 1000.0 if station.is_kilometre else pitch_m
        measure_m = station.at(apart_m) if abs(station.offset_m) < apart_m else None
    elif found := _KM.search(folded):
        # 12k3 is 12.3 km, as on the post.
        measure_m = int(found[1]) * 1000 + float(found[2].ljust(3, "0") + "." + (found[3] or "0"))
    elif found := _HYPHENED.search(folded):
        measure_m, doubt_m = int(found[1]) * 1000.0, float(found[2])
    elif found := _DECIMAL.search(folded):
        measure_m = float(found[1] or found[2]) * 1000
    elif found := _PLUS.search(folded):
        measure_m = int(found[1]) * 1000 + float(found[2])
    elif found := _BARE_KM.fullmatch(folded):
        measure_m = float(folded) * 1000
    if found is None or measure_m is None:
        return None
    end = found.end()
    side = _SIDE.search(folded, end) or _SIDE.match(folded)
    if side is None:
        return Station(measure_m, doubt_m=doubt_m)
    is_left = side[1] in "左l"
    distance_m = float(side[2]) if side[2] else 0.0
    return Station(measure_m, -distance_m if is_left else distance_m, "左" if is_left else "右", doubt_m)


class Route:
    """A line with its calibration points.

    Between two posts a place is interpolated, however far apart they stand. Where numbers are missing or come twice
    (broken chainage), no place is invented.

    Args:
        line: Of the route, degrees.
        posts: Measure (metres) and place (lon, lat) of each post; () = the line begins at 0.
    """

    def __init__(self, line: LineString, posts: Sequence[tuple[float, tuple[float, float]]] = ()) -> None:
        self._utm = _UTM_51 + math.floor(line.coords[0][0] / 6) - 20
        self._line = shapely.transform(line, self._to_metres)
        along = sorted((self._along(place), measure) for measure, place in posts)
        steps = np.sign(np.diff([measure for _, measure in along]))
        self.is_calibrated = len(along) > 1
        if self.is_calibrated and steps.sum() < 0:
            self._line = shapely.reverse(self._line)
            along = sorted((self._line.length - position, measure) for position, measure in along)
        if not self.is_calibrated:
            start = along[0][0] - along[0][1] if along else 0.0
            along = [(0.0, -start), (self._line.length, self._line.length - start)]
        self._posts = along

    def find(self, station: Station, text: str) -> Place | Miss:
        """Finds a place on the route."""
        measure = station.measure_m
        positions: list[tuple[float, float, bool]] = []
        for (from_m, low), (to_m, high) in zip(self._posts, self._posts[1:], strict=False):
            if high > low and low <= measure <= high:
                position = from_m + (to_m - from_m) * (measure - low) / (high - low)
                ratio = (to_m - from_m) / (high - low)
                positions.append((position, ratio, 1 / _WORST_RATIO <= ratio <= _WORST_RATIO))
        if not positions:
            shown = f"{self._posts[0][1] / 1000:g}～{self._posts[-1][1] / 1000:g}km"
            return Miss(
                codes.KEY_NOT_FOUND, f"「{text}」は路線の範囲（{shown}）の外です", f'"{text}" is outside {shown}'
            )
        if max(one[0] for one in positions) - min(one[0] for one in positions) > _SAME_PLACE_M:
            n = len(positions)
            return Miss(codes.CHAINAGE_BROKEN, f"「{text}」は路線に{n}か所あります", f'"{text}" comes {n} times')
        position, ratio, is_even = positions[0]
        if not is_even:
            return Miss(
                codes.CHAINAGE_BROKEN,
                f"「{text}」の前後の距離標の間隔が数字の{ratio:.2f}倍です",
                f'the posts around "{text}" stand {ratio:.2f} times as far apart as they say',
            )
        return self._place(station, position, text)

    def find_middle(self, begin: Station, end: Station, text: str) -> Place | Miss:
        """Finds the middle of a stretch; the radius reaches to its ends."""
        side = begin if begin.side else end
        doubt_m = max(begin.doubt_m, end.doubt_m)
        middle = Station((begin.measure_m + end.measure_m) / 2, side.right_m, side.side, doubt_m)
        found = self.find(middle, text)
        for one in (self.find(begin, text), self.find(end, text)):
            if isinstance(one, Miss):
                return one
        if isinstance(found, Miss):
            return found
        half_m = abs(end.measure_m - begin.measure_m) / 2
        # Posts stand up to so much further apart than they say.
        accuracy_m = round(found.accuracy_m + half_m * _WORST_RATIO, 1)
        return replace(found, accuracy_m=accuracy_m, note=f"{found.note}（区間{2 * half_m:g}mの中ほど）", is_sure=False)

    def _place(self, station: Station, position: float, text: str) -> Place:
        point = self._line.interpolate(position)
        x, y = point.x, point.y
        if station.right_m:
            before, after = (self._line.interpolate(max(0.0, position + step)) for step in (-0.5, 0.5))
            length = math.hypot(after.x - before.x, after.y - before.y) or 1.0
            x += (after.y - before.y) / length * station.right_m
            y -= (after.x - before.x) / length * station.right_m
        moved = transform(np.array([x]), np.array([y]), source=self._utm, target=_GEOGRAPHIC)
        has_no_offset = bool(station.side) and not station.right_m
        accuracy_m = 5.0 if self.is_calibrated else 10.0 + 0.01 * abs(position)
        note = f"距離「{text}」" + (f"（{station.side}側、幅は記載なし）" if has_no_offset else "")
        note += "" if self.is_calibrated else "（距離標がないため、線の長さで）"
        if doubt := station.doubt_m:
            accuracy_m += doubt * _WORST_RATIO
            note += f"（確認：「-」が距離標の先か手前か分からないため、前後{doubt:g}mとした）"
        is_sure = self.is_calibrated and not doubt
        return Place(float(moved.x[0]), float(moved.y[0]), round(accuracy_m, 1), note, is_sure)

    def _to_metres(self, lonlat: np.ndarray) -> np.ndarray:
        moved = transform(lonlat[:, 0], lonlat[:, 1], source=_GEOGRAPHIC, target=self._utm)
        return np.column_stack((moved.x, moved.y))

    def _along(self, place: tuple[float, float]) -> float:
        ((x, y),) = self._to_metres(np.array([place], np.float64))
        return float(self._line.project(shapely.Point(x, y)))
