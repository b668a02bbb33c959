"""The routes of a layer with their posts, and the one that a row names."""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

import shapely
from shapely import LineString, Point

from gis_capture.locate import codes
from gis_capture.locate.keys.chainage import PITCH_M, Route, Station, StationText, parse_station, read_station
from gis_capture.locate.keys.names import fold_name
from gis_capture.locate.keys.pitches import Pitch, tell_pitch
from gis_capture.locate.keys.values import KeyLayer, Miss, Place
from gis_capture.locate.layouts import Columns

_NUMBER = re.compile("[0-9]+")
_RANGE = re.compile("[~～〜]|から|(?<=[0-9kKｋＫ])[-−－–](?=[0-9]+[kKｋＫ])")
_BARE = re.compile(r"(?:^|(?<=[~～〜]))[0-9]{1,7}(?:[.][0-9]+)?(?=$|[\s~～〜])")
_PLUS_OF_STATION = re.compile(r"[0-9]{1,5}[+-][0-9]{1,2}(?:[.][0-9]+)?(?=$|\s)")
_KM_HEADER = re.compile("km|キロ|^kp|kp$")
_M_HEADER = re.compile(r"[(（]m[)）]|メートル")
_ENOUGH = 0.8
_M_PER_DEG = 111_320.0
_BETWEEN_UNITS_M = 30.0
_PITCHES_M = (PITCH_M, 50.0, 100.0, 1000.0)
_BESIDE_DEG = 30 / _M_PER_DEG
"""A post without a route's name belongs to the only route that runs within so many degrees."""


class Routes:
    """Routes by every name they have: lines and posts may call them by columns of their own.

    Args:
        layer: Lines, and points with measures: the posts.
        names: Columns with names or numbers of routes.
        measures: Columns with the measures of posts.
        titles: Columns with names of whatever kind: of lines that `names` do not name.
    """

    def __init__(
        self, layer: KeyLayer, names: Sequence[str], measures: Sequence[str], titles: Sequence[str] = ()
    ) -> None:
        lines: dict[str, list[LineString]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        posts, bare, stations = [], [], []
        for row, geometry in enumerate(layer.geometries):
            called = [fold_name(text) for text in _texts(layer.columns, names, row)]
            if isinstance(geometry, Point):
                written = _texts(layer.columns, measures, row)
                if numbered := next((one for text in written if (one := read_station(text))), None):
                    stations.append((called, numbered, geometry))
                elif (station := next(filter(None, map(parse_station, written)), None)) and not station.doubt_m:
                    posts.append((called, station.measure_m, geometry))
                elif number := next(filter(str.isdecimal, written), None):
                    bare.append((called, float(number), geometry))
            elif geometry is not None:
                called = called or [fold_name(text) for text in _texts(layer.columns, titles, row)]
                name = called[0] if called else ""
                merged = shapely.line_merge(geometry)
                lines[name] += [merged] if isinstance(merged, LineString) else [*getattr(merged, "geoms", ())]
                for alias in called or [""]:
                    self._names[alias].add(name)
        unit_m = _unit_m(bare)
        posts += [(called, number * unit_m, point) for called, number, point in bare]
        self._pitch_m = _pitch_m(stations)
        posts += [(called, one.at(self._pitch_m or PITCH_M), point) for called, one, point in stations]
        wholes = {
            name: parts[0] if len(parts) == 1 else shapely.line_merge(shapely.MultiLineString(parts))
            for name, parts in lines.items()
        }
        posts_of: dict[str, list[tuple[float, tuple[float, float]]]] = defaultdict(list)
        for called, measure_m, point in posts:
            found = next((alike for name in called if len(alike := self._alike(name)) == 1), set())
            if not called:
                found = {name for name, line in wholes.items() if line.distance(point) < _BESIDE_DEG}
            if len(found) == 1:
                posts_of[found.pop()].append((measure_m, (point.x, point.y)))
        # None where the line of a route is in pieces.
        self._routes = {
            name: Route(whole, posts_of[name]) if isinstance(whole, LineString) else None
            for name, whole in wholes.items()
        }

    def __bool__(self) -> bool:
        """Is there any route?"""
        return bool(self._routes)

    def unit_m(self, header: str, rows: Sequence[tuple[str, str]]) -> float | None:
        """Tells what bare numbers in a column count: kilometres, stations, or metres; None where nothing tells.

        Args:
            header: Of the column, folded; it may say the unit.
            rows: The route that each row names, and its cell.
        """
        if _M_HEADER.search(header):
            return 1.0
        if _KM_HEADER.search(header):
            return 1000.0
        if "測点" in header:
            return PITCH_M
        told = [(said, float(text)) for said, cell in rows if _BARE.fullmatch(text := _folded(cell))]
        found = {
            unit_m: sum(isinstance(self._at(said, Station(number * unit_m), ""), Place) for said, number in told)
            for unit_m in (1000.0, 1.0)
        }
        fitting = [unit_m for unit_m, n_rows in found.items() if told and n_rows >= _ENOUGH * len(told)]
        if len(fitting) < 2:
            return next(iter(fitting), None)
        # Metres all within the first steps of a route that reaches as many kilometres: those are kilometres.
        return 1000.0 if len({number for _, number in told}) > 1 else None

    def pitches(self, rows: Sequence[tuple[str, str]], unit_m: float | None) -> dict[str, Pitch]:
        """Tells how far apart stations stand, by the word they are written with.

        Args:
            rows: The route that each row names, and its cell.
            unit_m: What bare numbers count.
        """
        read = {(said, cell): read_station(_with_unit(cell, unit_m)) for said, cell in rows}
        of_words: dict[str, list[tuple[StationText, str]]] = defaultdict(list)
        for (said, _), station in read.items():
            if station:
                of_words[station.word].append((station, said))
        if self._pitch_m:
            return dict.fromkeys(of_words, Pitch(self._pitch_m))
        return {word: self._pitch(told) for word, told in of_words.items()}

    def _pitch(self, told: Sequence[tuple[StationText, str]]) -> Pitch:
        def is_on_route(row: int, metres: Station) -> bool:
            return isinstance(self._at(told[row][1], metres, ""), Place)

        return tell_pitch([station for station, _ in told], is_on_route)

    def find(
        self, said: str, text: str, *, unit_m: float | None = None, pitches: Mapping[str, Pitch] | None = None
    ) -> Place | Miss:
        """Finds a place on a route.

        Args:
            said: Names the route; it may be empty where there is but one.
            text: As written.
            unit_m: What bare numbers count.
            pitches: Of stations, by the word they are written with.
        """
        written = _with_unit(text, unit_m)
        numbered = read_station(written)
        pitch = (pitches or {}).get(numbered.word, Pitch()) if numbered else Pitch()
        stations = [parse_station(part, pitch_m=pitch.metres) for part in _RANGE.split(written, maxsplit=1)]
        station = stations[0]
        if station is None or stations[-1] is None:
            if numbered and abs(numbered.offset_m) >= pitch.metres:
                return Miss(
                    codes.KEY_UNREADABLE,
                    f"「{text}」の端数は測点の間隔{pitch.metres:g}mより大きく、どこか決められません",
                    f'the offset of "{text}" is larger than the {pitch.metres:g} m between two stations',
                )
            is_bare = unit_m is None and _BARE.match(_folded(text))
            ja, en = (
                ("の単位（km・m）が分かりません", "has no unit (km, m)")
                if is_bare
                else ("は距離標・測点として読めません", "is no place on a route")
            )
            return Miss(codes.KEY_UNREADABLE, f"「{text}」{ja}", f'"{text}" {en}')
        found = self._at(said, station, text, stations[-1] if len(stations) > 1 else None)
        return pitch.told(found, numbered) if numbered and isinstance(found, Place) else found

    def _at(self, said: str, station: Station, text: str, end: Station | None = None) -> Place | Miss:
        alike = set(self._routes) if not said and len(self._routes) == 1 else self._alike(fold_name(said))
        if len(alike) > 1:
            return Miss(
                codes.KEY_AMBIGUOUS, f"路線「{said}」に当たるものが複数あります", f'several routes are "{said}"'
            )
        if not alike:
            return Miss(codes.KEY_NOT_FOUND, f"路線「{said}」がありません", f'there is no route "{said}"')
        route = self._routes[alike.pop()]
        if route is None:
            return Miss(codes.KEY_AMBIGUOUS, f"路線「{said}」の線がつながっていません", f'route "{said}" is in pieces')
        return route.find(station, text) if end is None else route.find_middle(station, end, text)

    def _alike(self, name: str) -> set[str]:
        """The routes that a folded name may mean: in full, else as a part of it (国道41号 of 一般国道41号)."""
        if name in self._names:
            return set(self._names[name])
        parts = [one for one in self._names if name and one and (_is_part(name, one) or _is_part(one, name))]
        return {route for one in parts for route in self._names[one]}


def _unit_m(posts: Sequence[tuple[list[str], float, Point]]) -> float:
    """What whole numbers on posts count, by how far apart those of one route stand: kilometres, or metres."""
    apart_m = _metres_a_number(posts)
    return 1.0 if apart_m and apart_m < _BETWEEN_UNITS_M else 1000.0


def _metres_a_number(posts: Sequence[tuple[list[str], float, Point]]) -> float | None:
    """How many metres a number counts, by the middle of what lies between the posts of one route."""
    ordered = sorted(posts, key=lambda post: post[:2])
    metres = [
        _M_PER_DEG * math.hypot((b.x - a.x) * math.cos(math.radians(a.y)), b.y - a.y) / (high - low)
        for (route, low, a), (other, high, b) in pairwise(ordered)
        if route == other and high > low
    ]
    return median(metres) if metres else None


def _pitch_m(posts: Sequence[tuple[list[str], StationText, Point]]) -> float | None:
    """How far apart posts that are stations stand; None where too few of them follow one another."""
    apart_m = _metres_a_number([(called, one.number, point) for called, one, point in posts if not one.offset_m])
    return apart_m and min(_PITCHES_M, key=lambda pitch_m: abs(math.log(pitch_m / apart_m)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(",", "").strip()


def _with_unit(text: str, unit_m: float | None) -> str:
    """Writes bare numbers with their unit: 250 as 0.25kp, 12 as No.12."""
    folded = _folded(text)
    if unit_m == PITCH_M and _PLUS_OF_STATION.match(folded):
        return f"No.{folded}"
    if unit_m == PITCH_M:
        return _BARE.sub(lambda number: f"No.{number[0]}" if number[0].isdecimal() else number[0], folded)
    return _BARE.sub(lambda number: f"{float(number[0]) * unit_m / 1000:.6f}kp", folded) if unit_m else text


def _is_part(part: str, whole: str) -> bool:
    """Is a name a part of another, with no number cut in two: 1 is no part of 41?"""
    return part in whole and set(_NUMBER.findall(part)) <= set(_NUMBER.findall(whole))


def _texts(columns: Columns, names: Sequence[str], row: int) -> list[str]:
    return [text for name in names if (text := (columns[name][row] or "").strip())]
