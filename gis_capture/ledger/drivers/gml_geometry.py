"""Geometries of GML 2 and 3 as they stand in Japanese data: (lon, lat) or (east, north), heights dropped."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

import shapely
from shapely.geometry.base import BaseGeometry

from gis_capture.ledger.drivers.elements import local_name

_XLINK = "{http://www.w3.org/1999/xlink}href"
_POINTS = frozenset({"Point"})
_LINES = frozenset({"LineString", "Curve", "CompositeCurve", "OrientableCurve", "LineStringSegment"})
_MULTI_LINES = frozenset({"MultiCurve", "MultiLineString"})
_AREAS = frozenset({"Polygon", "PolygonPatch", "Surface", "CompositeSurface", "OrientableSurface"})
_MULTI_AREAS = frozenset(
    {"MultiSurface", "MultiPolygon", "Solid", "CompositeSolid", "MultiSolid", "TriangulatedSurface"}
)
GEOMETRIES = _POINTS | _LINES | _MULTI_LINES | _AREAS | _MULTI_AREAS | {"MultiPoint"}
Vertex = tuple[float, float]

_FGD = re.compile(r"fguuid:jgd(2000|2011|2024)\.(bl|xy)", re.I)
_EPSG = re.compile(r"EPSG[:/#.]*(?:[0-9.]*[:/])*([0-9]{4,5})", re.I)
_OF_FGD = {"2000": "EPSG:4612", "2011": "EPSG:6668", "2024": "EPSG:6668"}
_OF_KSJ = {"JGD2011": "EPSG:6668", "JGD2000": "EPSG:4612", "JGD2024": "EPSG:6668", "TD": "EPSG:4301"}
# Compound CRSs of PLATEAU and others: only their horizontal part counts here.
_HORIZONTAL = {"EPSG:6697": "EPSG:6668", "EPSG:6696": "EPSG:4612"}


def stated_crs(element: Element) -> str | None:
    """The first CRS that is stated anywhere in an element."""
    return next((crs for part in element.iter() if (crs := crs_of(part.get("srsName")))), None)


def crs_of(srs_name: str | None) -> str | None:
    """The CRS that a srsName means; None where it means none that is known."""
    text = srs_name or ""
    if found := _FGD.search(text):
        return _OF_FGD[found[1]]
    if found := _EPSG.search(text):
        name = f"EPSG:{found[1]}"
        return _HORIZONTAL.get(name, name)
    word = text.upper().replace(" ", "")
    for datum, name in (
        ("JGD2011", "EPSG:6668"),
        ("JGD2000", "EPSG:4612"),
        ("JGD2024", "EPSG:6668"),
        ("TD", "EPSG:4301"),
    ):
        if word.startswith(datum) and "(B,L" in word:
            return name
    return None


class GmlReader:
    """Reads geometries; `known` are parts by their id, which others refer to.

    Attributes:
        is_north_first: Whether the first number of a position is the latitude, or X (north).
        n_dimensions: Numbers of a position where the geometry does not say it.
    """

    def __init__(self, *, is_north_first: bool = True, n_dimensions: int = 2) -> None:
        self.is_north_first, self.n_dimensions = is_north_first, n_dimensions
        self.known: dict[str, list[Vertex]] = {}

    def geometry(self, element: Element) -> BaseGeometry | None:
        """Gives the geometry of an element of GML; None where it has too few points or is of another kind."""
        name = local_name(element)
        try:
            if name in _POINTS:
                points = self._vertices(element)
                return shapely.Point(points[0]) if points else None
            if name == "MultiPoint":
                points = [p for part in element.iter() if local_name(part) == "Point" for p in self._vertices(part)[:1]]
                return shapely.MultiPoint(points) if points else None
            if name in _LINES:
                points = self._vertices(element)
                return shapely.LineString(points) if len(points) > 1 else None
            if name in _MULTI_LINES:
                lines = [self._vertices(part) for part in _outermost(element, _LINES)]
                lines = [line for line in lines if len(line) > 1]
                return shapely.MultiLineString(lines) if lines else None
            if name in _AREAS | _MULTI_AREAS:
                areas = list(self._areas(element))
                return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas) if areas else None
        except (ValueError, shapely.errors.ShapelyError):
            return None
        return None

    def _areas(self, element: Element) -> Iterator[shapely.Polygon]:
        for part in element.iter():
            if local_name(part) not in ("Polygon", "PolygonPatch", "Triangle", "Rectangle"):
                continue
            outer: list[Vertex] = []
            holes: list[list[Vertex]] = []
            for side in part:
                kind = local_name(side)
                if kind in ("exterior", "outerBoundaryIs"):
                    outer = self._ring(side)
                elif kind in ("interior", "innerBoundaryIs"):
                    holes.append(self._ring(side))
            if len(set(outer)) >= 3:
                yield shapely.Polygon(outer, [hole for hole in holes if len(set(hole)) >= 3])

    def _ring(self, side: Element) -> list[Vertex]:
        points = self._vertices(side)
        return points if points[:1] == points[-1:] else [*points, *points[:1]]

    def _vertices(self, element: Element) -> list[Vertex]:
        """All positions inside, in order; where one follows itself it is given once."""
        found: list[Vertex] = []
        for part in element.iter():
            name = local_name(part)
            new: list[Vertex] = []
            if name in ("posList", "pos"):
                new = self._positions(part)
            elif name == "coordinates":
                new = [self._ordered(*map(float, place.split(",")[:2])) for place in (part.text or "").split()]
            elif name in ("curveMember", "baseCurve") and part.get(_XLINK):
                new = self.known.get(part.get(_XLINK, "").lstrip("#"), [])
                new = new[::-1] if part.get("orientation") == "-" else new
            found += new[1:] if found and new[:1] == found[-1:] else new
        return found

    def _positions(self, element: Element) -> list[Vertex]:
        numbers = [float(number) for number in (element.text or "").split()]
        stated = element.get("srsDimension") or element.get("dimension")
        n = int(stated) if stated and stated.isdecimal() else self.n_dimensions
        if local_name(element) == "pos":
            n = len(numbers)
        elif len(numbers) % n:
            n = 5 - n if n in (2, 3) and not len(numbers) % (5 - n) else n
        return [self._ordered(numbers[i], numbers[i + 1]) for i in range(0, len(numbers) - n + 1, n)] if n >= 2 else []

    def _ordered(self, first: float, second: float) -> Vertex:
        return (second, first) if self.is_north_first else (first, second)


def _outermost(element: Element, names: frozenset[str]) -> Iterator[Element]:
    for child in element:
        if local_name(child) in names:
            yield child
        else:
            yield from _outermost(child, names)


def find_geometry(element: Element) -> Element | None:
    """The first geometry inside an element, or the element itself."""
    if local_name(element) in GEOMETRIES:
        return element
    for child in element:
        if (found := find_geometry(child)) is not None:
            return found
    return None


def reference_of(element: Element) -> str | None:
    """The id that an element refers to by xlink."""
    href = element.get(_XLINK)
    return href.rpartition("#")[2] if href and "#" in href else None


def id_of(attributes: Mapping[str, str]) -> str | None:
    """The gml:id of an element."""
    return next((value for name, value in attributes.items() if name.rpartition("}")[2] == "id"), None)
