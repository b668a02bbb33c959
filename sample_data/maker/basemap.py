"""The base map of the invented city as five GeoJSON files: road, river, building, landuse, place."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from shapely import STRtree
from shapely.geometry import LineString, Polygon

from maker.chance import Chance
from maker.city import (
    BRIDGES,
    EAST_STREETS,
    RIVER_HALF_WIDTH,
    WEST_STREETS,
    Line,
    Point,
    at,
    beck_n,
    river_e,
    roads,
    steps,
    to_degrees,
    walk,
)

ROAD_HALF_WIDTH = {"trunk": 9.0, "main": 6.5, "street": 4.0, "lane": 3.0, "rail": 7.0}

PARKS: dict[str, tuple[float, float, float, float]] = {
    # name: west, south, east, north of the block; west and east are distances from the river
    "城見公園": (335, 155, 425, 245),
    "川端緑地": (24, 160, 48, 320),
    "鍛冶町児童公園": (145, -370, 190, -310),
    "若松公園": (335, 615, 425, 695),
    "北見台公園": (545, 255, 645, 325),
    "桜橋公園": (-145, 155, -65, 245),
    "駅前広場": (-845, 160, -760, 240),
    "水車公園": (-595, -290, -490, -200),
    "白梅公園": (-255, 615, -160, 690),
    "停車場公園": (-715, 705, -610, 790),
    "川西児童公園": (-365, -90, -320, -40),
    "紺屋町広場": (240, -180, 280, -110),
}
SCHOOLS = {
    "城見小学校": (435, 425, 535, 515),
    "川西小学校": (-475, 255, -375, 325),
    "北見中学校": (655, 525, 775, 605),
}
OFFICES = {"市役所": (-475, 15, -375, 75), "見本病院": (-595, 525, -490, 605)}
PEAKS = {"岩倉山": (1500, 700), "三本木山": (-2600, -600), "見晴山": (2300, 1600), "南ヶ峰": (900, -2400)}


def write_basemap(folder: Path) -> None:
    """Writes the five files, coordinates in EPSG:6668 with six digits (0.1 m)."""
    folder.mkdir(parents=True, exist_ok=True)
    layers = {
        "road": _roads(),
        "river": _rivers(),
        "building": _buildings(),
        "landuse": _landuse(),
        "place": _places(),
    }
    for name, features in layers.items():
        lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
        head = f'{{"type":"FeatureCollection","name":"{name}","features":[\n'
        (folder / f"{name}.geojson").write_text(f"{head}{lines}\n]}}\n", encoding="utf-8", newline="\n")


def block(bounds: tuple[float, float, float, float]) -> Line:
    """The corners of a block that follows the bends of the river, anticlockwise, first one repeated."""
    west, south, east, north = bounds
    up, down = steps(south, north, 40), steps(north, south, 40)
    ring = [at(west, south), *(at(east, n) for n in up), *(at(west, n) for n in down)]
    return ring


def _feature(shape: str, coordinates: Any, /, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}


def _degrees(line: Iterable[Point]) -> list[Point]:
    return [to_degrees(point, 6) for point in line]


def _roads() -> Iterator[dict[str, Any]]:
    for road in roads():
        yield _feature("LineString", _degrees(road.line), kind=road.kind, name=road.name, bridge=road.is_bridge)


def _ribbon(line: Line, half_width: float) -> Line:
    """A ring around a line, at the same distance on both sides."""
    sides: list[Line] = [[], []]
    for number, (e, n) in enumerate(line):
        (e1, n1), (e2, n2) = line[max(0, number - 1)], line[min(len(line) - 1, number + 1)]
        angle = math.atan2(n2 - n1, e2 - e1)
        for side, sign in zip(sides, (-1, 1), strict=True):
            side.append((e - sign * half_width * math.sin(angle), n + sign * half_width * math.cos(angle)))
    return [*sides[0], *reversed(sides[1]), sides[0][0]]


def _river_lines() -> dict[str, tuple[Line, float]]:
    return {
        "霧川": ([(river_e(n), n) for n in steps(-3300, 3500, 50)], RIVER_HALF_WIDTH),
        "東谷川": ([(e, beck_n(e)) for e in steps(4200, river_e(-620), 60)], 6.0),
        "柏木川": ([(e, 1010 + 60 * math.sin(e / 300)) for e in steps(-2400, river_e(1010), 60)], 3.5),
    }


def _rivers() -> Iterator[dict[str, Any]]:
    for name, (line, half_width) in _river_lines().items():
        yield _feature("Polygon", [_degrees(_ribbon(line, half_width))], kind="river", name=name)


def _buildings() -> Iterator[dict[str, Any]]:
    """Houses along the streets, those of one side of a street in one feature; nothing stands on anything else."""
    chance = Chance("buildings")
    grounds = {**PARKS, **SCHOOLS, **OFFICES}
    taken: list[Any] = [Polygon(block(bounds)) for bounds in grounds.values()]
    taken += [LineString(road.line).buffer(ROAD_HALF_WIDTH[road.kind], quad_segs=1) for road in roads()]
    taken += [Polygon(_ribbon(line, half_width + 6)) for line, half_width in _river_lines().values()]
    obstacles = STRtree(taken)
    houses: list[Polygon] = []
    cells: dict[tuple[int, int], list[Polygon]] = {}

    def is_free(house: Polygon) -> bool:
        if len(obstacles.query(house, predicate="intersects")):
            return False
        cell = (int(house.centroid.x // 40), int(house.centroid.y // 40))
        near = [other for i in (-1, 0, 1) for j in (-1, 0, 1) for other in cells.get((cell[0] + i, cell[1] + j), ())]
        if any(house.intersects(other) for other in near):
            return False
        cells.setdefault(cell, []).append(house)
        houses.append(house)
        return True

    for road in roads():
        if road.kind == "rail" or road.is_bridge:
            continue
        spacing, share = {"main": (16.0, 0.9), "street": (13.0, 0.88), "lane": (24.0, 0.6), "trunk": (45.0, 0.4)}[
            road.kind
        ]
        if road.name.startswith("県道"):
            spacing, share = 30.0, 0.55
        for side in (1, -1):
            row = []
            for (e, n), angle in walk(road.line, spacing, side * (ROAD_HALF_WIDTH[road.kind] + 3)):
                width, depth = chance.between(7, spacing - 2 if spacing < 16 else 14), chance.between(8, 15)
                house = _house((e, n), angle, width, side * depth)
                if chance.happens(share) and is_free(house):
                    row.append([_degrees((x, y) for x, y in house.exterior.coords)])
            if row:
                yield _feature("MultiPolygon", row, kind="house")
    for name, (west, south, east, north) in {**SCHOOLS, **OFFICES}.items():
        inner = (west + 12, (south + north) / 2, east - 12, north - 10)
        yield _feature("Polygon", [_degrees(block(inner))], kind="public", name=name)


def _house(front: Point, angle: float, width: float, depth: float) -> Polygon:
    """A rectangle whose front stands at a point, along a direction; depth is to the left of it."""
    along, away = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    corners = [(-width / 2, 0.0), (width / 2, 0.0), (width / 2, depth), (-width / 2, depth)]
    return Polygon([(front[0] + a * along[0] + b * away[0], front[1] + a * along[1] + b * away[1]) for a, b in corners])


def _landuse() -> Iterator[dict[str, Any]]:
    chance = Chance("landuse")
    valley = [
        (-420, -3600), (330, -3600), (420, -2400), (520, -1300), (700, -1000), (1500, -980), (2600, -800), (3900, -760),
        (4300, -640), (4300, -420), (3300, -150), (2200, -180), (1300, -80), (1050, 250), (1020, 800), (900, 1250),
        (620, 1900), (520, 2700), (620, 3700), (-520, 3700), (-480, 2600), (-900, 1700), (-1700, 1350), (-2450, 1250),
        (-2450, 900), (-1800, 700), (-1720, -300), (-1500, -1200), (-1650, -2300), (-1700, -3600),
    ]  # fmt: skip
    edge = [
        point
        for start, end in zip(valley, [*valley[1:], valley[0]], strict=True)
        for point in _rough(start, end, chance)
    ]
    edge.append(edge[0])
    outside = [(-6500, -6000), (6500, -6000), (6500, 6000), (-6500, 6000), (-6500, -6000)]
    yield _feature("Polygon", [_degrees(outside), _degrees(reversed(edge))], kind="forest")
    town = [
        *(at(WEST_STREETS[-1] - 60, n) for n in steps(-520, 940, 90)),
        *(at(EAST_STREETS[-1] + 60, n) for n in steps(940, -520, 90)),
    ]
    yield _feature("Polygon", [_degrees([*town, town[0]])], kind="residential")
    for n in (*range(-2900, -700, 330), *range(1250, 3000, 330)):
        west = chance.between(-420, -330) if n < 0 else chance.between(-330, -250)
        yield _feature("Polygon", [_degrees(block((west, n, -90, n + 220)))], kind="farmland")
        yield _feature("Polygon", [_degrees(block((85, n + 30, chance.between(220, 330), n + 240)))], kind="farmland")
    for e in range(1150, 3700, 340):
        field = [
            (e, beck_n(e) + 75),
            (e + 250, beck_n(e + 250) + 75),
            (e + 240, beck_n(e) + 210),
            (e + 15, beck_n(e) + 190),
        ]
        yield _feature("Polygon", [_degrees([*field, field[0]])], kind="farmland")
    for kind, grounds in (("park", PARKS), ("school", SCHOOLS), ("public", OFFICES)):
        for name, bounds in grounds.items():
            yield _feature("Polygon", [_degrees(block(bounds))], kind=kind, name=name)


def _rough(start: Point, end: Point, chance: Chance) -> list[Point]:
    """Points from start towards end, each a little off, as the edge of a wood is."""
    n = max(1, int(math.dist(start, end) // 150))
    points = [(start[0] + (end[0] - start[0]) * i / n, start[1] + (end[1] - start[1]) * i / n) for i in range(n)]
    return [(e + chance.between(-35, 35), m + chance.between(-35, 35)) for e, m in points]


def _places() -> Iterator[dict[str, Any]]:
    towns = {
        "鍛冶町": at(130, -320), "紺屋町": at(350, -320), "上川端町": at(100, 120), "城見町": at(330, 60),
        "北見台": at(640, 200), "下川端町": at(120, 660), "若松町": at(380, 560), "川西町": at(-180, -330),
        "水車町": at(-620, -350), "桜橋町": at(-180, 90), "駅前町": at(-600, 200), "白梅町": at(-180, 720),
        "停車場町": at(-640, 660), "東谷町": (1500, -420), "深山町": (2900, -380), "南山町": at(-150, -1200),
        "落合町": at(-150, -2400), "朝霧町": at(160, 1700), "柏木町": (-1500, 500),
    }  # fmt: skip
    for name, point in towns.items():
        yield _feature("Point", to_degrees(point, 6), kind="town", name=name)
    for grounds, kind in ((PARKS, "park"), (SCHOOLS, "school"), (OFFICES, "public")):
        for name, bounds in grounds.items():
            yield _feature("Point", to_degrees(middle(bounds), 6), kind=kind, name=name)
    yield _feature("Point", to_degrees((-1000, 200), 6), kind="station", name="見本駅")
    for n, name in BRIDGES.items():
        yield _feature("Point", to_degrees(at(0, n), 6), kind="bridge", name=name)
    for name, point in {"霧川": at(0, -800), "東谷川": (1800, beck_n(1800))}.items():
        yield _feature("Point", to_degrees(point, 6), kind="river", name=name)
    for name, peak in PEAKS.items():
        yield _feature("Point", to_degrees(peak, 6), kind="peak", name=name)


def middle(bounds: tuple[float, float, float, float]) -> Point:
    """The middle of a block."""
    west, south, east, north = bounds
    return at((west + east) / 2, (south + north) / 2)
