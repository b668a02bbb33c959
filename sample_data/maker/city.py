"""The plan of an invented small city in a mountain valley: a river from south to north, a street grid, valley roads.

All lengths are metres. Local coordinates are (e, n) = (east, north) from the centre; `d` is the distance east of the
river at the same `n`. Nothing here is taken from a map: only the place of the centre is that of the Takayama area.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pyproj import Transformer

CENTRE_E, CENTRE_N = 7679.0, 15869.0
"""The centre in plane rectangular zone VII (EPSG:6675): Y = east, X = north."""

TO_DEGREES = Transformer.from_crs("EPSG:6675", "EPSG:6668", always_xy=True)

Point = tuple[float, float]
Line = list[Point]

EAST_STREETS = (55.0, 140.0, 235.0, 330.0, 430.0, 540.0, 650.0, 780.0)
WEST_STREETS = (-55.0, -150.0, -260.0, -370.0, -480.0, -600.0, -720.0, -850.0)
_SOUTH = (-480.0, -380.0, -300.0, -190.0, -100.0, 10.0, 80.0, 150.0)
_NORTH = (250.0, 330.0, 420.0, 520.0, 610.0, 700.0, 800.0, 900.0)
CROSS_STREETS = (*_SOUTH, *_NORTH)
MAIN_CROSSINGS = {-300.0: "南大通り", 150.0: "駅前大通り", 700.0: "北大通り"}
BRIDGES = {-480.0: "落合橋", -300.0: "南大橋", -100.0: "鍛冶橋", 150.0: "中央橋", 330.0: "桜橋", 520.0: "柳橋"}
BRIDGES |= {700.0: "北大橋", 900.0: "朝霧橋"}
RIVER_HALF_WIDTH = 15.0


@dataclass(frozen=True)
class Road:
    """A stretch of road or railway; `kind` is trunk, main, street, lane or rail."""

    name: str
    kind: str
    line: Line
    is_bridge: bool = False


@dataclass(frozen=True)
class Site:
    """A spot beside a road, with its address."""

    e: float
    n: float
    town: str
    number: str
    road: str

    @property
    def degrees(self) -> Point:
        """(lon, lat) in JGD2011, rounded to 1e-7 degrees (1 cm)."""
        return to_degrees((self.e, self.n))

    @property
    def address(self) -> str:
        """The address in one line."""
        return f"岐阜県高山市{self.town}{self.number}"


def to_degrees(point: Point, digits: int = 7) -> Point:
    """Local metres → (lon, lat) in EPSG:6668."""
    lon, lat = TO_DEGREES.transform(CENTRE_E + point[0], CENTRE_N + point[1])
    return round(lon, digits), round(lat, digits)


def river_e(n: float) -> float:
    """Where the river runs at this north."""
    return 120 * math.sin(n / 700) + 35 * math.sin(n / 230 + 1)


def beck_n(e: float) -> float:
    """Where the beck of the east valley runs at this east."""
    return -620 + 70 * math.sin(e / 420) + 0.05 * e


def at(d: float, n: float) -> Point:
    """The point `d` east of the river."""
    return river_e(n) + d, n


def steps(start: float, stop: float, size: float) -> list[float]:
    """Numbers from start to stop, both included, at most `size` apart."""
    count = max(1, math.ceil(abs(stop - start) / size))
    return [start + (stop - start) * i / count for i in range(count + 1)]


def roads() -> list[Road]:
    """All roads, the railway included."""
    return [*_streets_along(), *_streets_across(), *_valley_roads(), *_railway()]


def _streets_along() -> Iterator[Road]:
    for side, offsets in (("東", EAST_STREETS), ("西", WEST_STREETS)):
        for number, d in enumerate(offsets, 1):
            is_main = d == WEST_STREETS[2]
            name = "中央通り" if is_main else f"市道{side}{number}号線"
            yield Road(name, "main" if is_main else "street", [at(d, n) for n in steps(-480, 900, 60)])


def _streets_across() -> Iterator[Road]:
    for number, n in enumerate(CROSS_STREETS, 1):
        kind = "main" if n in MAIN_CROSSINGS else "street"
        name = MAIN_CROSSINGS.get(n, f"市道横{number}号線")
        east_end = EAST_STREETS[-1] if kind == "main" or number % 2 else EAST_STREETS[-2]
        yield Road(name, kind, [at(d, n) for d in steps(EAST_STREETS[0], east_end, 95)])
        yield Road(name, kind, [at(d, n) for d in steps(WEST_STREETS[-1], WEST_STREETS[0], 95)])
        if n in BRIDGES:
            yield Road(BRIDGES[n], kind, [at(WEST_STREETS[0], n), at(EAST_STREETS[0], n)], is_bridge=True)


def _valley_roads() -> Iterator[Road]:
    bypass = [(-1350 + 180 * math.sin(n / 1300), n) for n in steps(-3000, 3200, 100)]
    yield Road("国道バイパス", "trunk", bypass)
    for n, name in MAIN_CROSSINGS.items():
        yield Road(name, "main", [at(WEST_STREETS[-1], n), (-1350 + 180 * math.sin(n / 1300), n)])
    yield Road("県道南谷線", "main", [at(-60, n) for n in steps(-480, -3000, 80)])
    yield Road("県道北谷線", "main", [at(60, n) for n in steps(900, 3100, 80)])
    east = [at(EAST_STREETS[-1], -480), *((e, beck_n(e) + 45) for e in steps(900, 3600, 80))]
    yield Road("県道東谷線", "main", east)
    for number, east_at in enumerate(range(1050, 3500, 300), 1):
        turn = 1.2 if number % 2 else -1.2
        yield Road(
            f"市道東谷{number}号線", "lane", _side_road((east_at, beck_n(east_at) + 45), turn, 150 + 17 * number)
        )
    for number, north_at in enumerate(range(-2850, -500, 260), 1):
        side = math.pi if number % 2 else 0.2
        yield Road(f"市道南谷{number}号線", "lane", _side_road(at(-60, north_at), side, 120 + 11 * number))
    for number, north_at in enumerate(range(1100, 3000, 280), 1):
        side = 0.1 if number % 2 else math.pi - 0.2
        yield Road(f"市道北谷{number}号線", "lane", _side_road(at(60, north_at), side, 180 + 9 * number))


def _side_road(start: Point, angle: float, length: float) -> Line:
    """A lane that leaves a valley road at an angle (radians, anticlockwise from east) and bends a little."""
    line = [start]
    for number in range(1, 5):
        turn = angle + 0.09 * math.sin(2.0 * number + start[0])
        e, n = line[-1]
        line.append((e + length / 4 * math.cos(turn), n + length / 4 * math.sin(turn)))
    return line


def _railway() -> Iterator[Road]:
    yield Road("鉄道", "rail", [(-1010 + 60 * math.sin(n / 900), n) for n in steps(-3000, 3200, 100)])


def town_at(e: float, n: float) -> str:
    """The name of the town (invented) at a place."""
    d = e - river_e(n)
    if e > 2300 and n < 200:
        return "深山町"
    if e > 850 and n < 200:
        return "東谷町"
    if n < -1900:
        return "落合町"
    if n < -560:
        return "南山町"
    if n > 960:
        return "朝霧町"
    if d < -950:
        return "柏木町"
    row = 0 if n < -150 else 1 if n < 470 else 2
    if d >= 0:
        column = 0 if d < 235 else 1 if d < 480 else 2
        return (("鍛冶町", "紺屋町", "東谷町"), ("上川端町", "城見町", "北見台"), ("下川端町", "若松町", "北見台"))[
            row
        ][column]
    column = 0 if d > -370 else 1
    return (("川西町", "水車町"), ("桜橋町", "駅前町"), ("白梅町", "停車場町"))[row][column]


def site(point: Point, road: str = "") -> Site:
    """A spot with the address that its place gives it."""
    e, n = point
    number = f"{1 + int(n + 3200) // 55}番地{1 + int(abs(e)) // 14 % 30}"
    return Site(round(e, 2), round(n, 2), town_at(e, n), number, road)


def sites_along(kinds: tuple[str, ...], spacing: float, beside: float) -> list[Site]:
    """Spots along all roads of these kinds, `beside` metres to the left of the line, bridges left out."""
    found = []
    for road in roads():
        if road.kind in kinds and not road.is_bridge:
            found += [site(point, road.name) for point, _ in walk(road.line, spacing, beside)]
    return found


def walk(line: Line, spacing: float, beside: float) -> Iterator[tuple[Point, float]]:
    """Gives points at equal distances along a line, moved to its left, each with the line's direction (radians)."""
    due, gone = spacing / 2, 0.0
    for (e1, n1), (e2, n2) in pairwise(line):
        length = math.hypot(e2 - e1, n2 - n1)
        angle = math.atan2(n2 - n1, e2 - e1)
        while due <= gone + length:
            share = (due - gone) / length
            e, n = e1 + (e2 - e1) * share, n1 + (n2 - n1) * share
            yield (e - beside * math.sin(angle), n + beside * math.cos(angle)), angle
            due += spacing
        gone += length
