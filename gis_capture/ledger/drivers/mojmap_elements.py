"""地図XML of the Ministry of Justice (登記所備付地図): parcels as areas, with the attributes of their map.

Names and zones are those of `mojxml`; its reader is not used, because it changes coordinates to WGS 84 by a null shift,
leaves out control points and parcels of other maps, and fails on rings of less than three points. Coordinates stay as
the file has them; those of 任意座標系 have no place on the earth, and are told so.
"""

from collections.abc import Iterator
from typing import Any, cast

import lxml.etree
import shapely
from mojxml.constants import CRS_MAP, XML_NAMESPACES
from shapely.geometry.base import BaseGeometry

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.features import Features
from gis_capture.ledger.opening import DOCTYPE, Opened, Refused, broken, size_text, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text

# From the codes of JGD2000 to those of the old Tokyo datum.
_TO_TOKYO = 30161 - 2443
_OF_MAP = ("地図名", "市区町村コード", "市区町村名", "座標系", "測地系判別")
_POINTS = ("基準点", "筆界点")
_FIRST = dict.fromkeys(("筆ID", "地番", "大字名", "丁目名", "小字名", "予備名", "名称", "点番名"))
_MOJ = cast(Any, XML_NAMESPACES)


def read(opened: Opened) -> Reading:
    """Reads parcels, and control and boundary points; coordinates are (east, north).

    Raises SourceError for broken XML, document types and files beyond the limit.
    """
    limit = opened.limits.max_drawing_bytes
    if opened.size_bytes > limit * 2:
        raise too_large(opened.path, size_text(opened.size_bytes), size_text(limit * 2))
    root = _parse(opened)
    source = opened.source("mojxml", "utf-8")
    features = Features(opened, source)
    of_map = {name: _text(root.find(f"./{name}", _MOJ)) for name in _OF_MAP}
    sheets = _sheets(root)
    shapes = _Shapes(root)
    for parcel in root.iterfind("./主題属性/筆", _MOJ):
        number = parcel.get("id")
        values = {"筆ID": number, **_attributes(parcel), **sheets.get(number or "", {}), **of_map}
        features.add("筆", values, shapes.area(parcel))
    for kind in _POINTS:
        for point in root.iterfind(f"./主題属性/{kind}", _MOJ):
            features.add(kind, {**_attributes(point), **of_map}, shapes.point(point))
    crs, told = _crs(of_map["座標系"], of_map["測地系判別"])
    problems = [*told, *shapes.problems()]
    return Reading(source, features.tables(crs, first=_FIRST), tuple(problems))


def _parse(opened: Opened) -> Any:
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = lxml.etree.parse(str(opened.path), parser)
    except (lxml.etree.XMLSyntaxError, OSError) as error:
        raise broken(opened.path, str(error)[:200]) from error
    if tree.docinfo.doctype:
        raise Refused(DOCTYPE)
    return tree.getroot()


def _text(element: Any) -> str | None:
    return None if element is None or not element.text or not element.text.strip() else str(element.text).strip()


def _attributes(element: Any) -> dict[str, str | None]:
    """The texts of a thing's parts; parts that stand several times are joined."""
    values: dict[str, str | None] = {}
    for part in element:
        if not isinstance(part.tag, str):
            continue
        name, text = part.tag.rpartition("}")[2], _text(part)
        if name != "形状" and text:
            values[name] = f"{values[name]},{text}" if values.get(name) else text
    return values


def _sheets(root: Any) -> dict[str, dict[str, str | None]]:
    """What the sheets say of the parcels on them; a parcel may lie on several."""
    found: dict[str, dict[str, list[str]]] = {}
    for sheet in root.iterfind("./図郭", _MOJ):
        said = {name: _text(sheet.find(f"./{name}", _MOJ)) for name in ("地図番号", "縮尺分母", "地図種類", "地図分類")}
        for parcel in sheet.iterfind("./筆参照", _MOJ):
            of_parcel = found.setdefault(parcel.get("idref", ""), {})
            for name, text in said.items():
                if text and text not in of_parcel.setdefault(name, []):
                    of_parcel[name].append(text)
    return {parcel: {name: ",".join(texts) for name, texts in said.items()} for parcel, said in found.items()}


class _Shapes:
    """Points and rings of a map, by their ids."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._n_failed = 0
        space = root.find("./空間属性", _MOJ)
        self._points: dict[str, tuple[float, float]] = {}
        self._curves: dict[str, list[tuple[float, float]]] = {}
        self._surfaces: dict[str, Any] = {}
        if space is None:
            return
        for element in space.iterfind("./zmn:GM_Point", _MOJ):
            if (place := _position(element.find(".//zmn:DirectPosition", _MOJ))) is not None:
                self._points[element.get("id", "")] = place
        for element in space.iterfind("./zmn:GM_Curve", _MOJ):
            self._curves[element.get("id", "")] = list(self._vertices(element))
        self._surfaces = {e.get("id", ""): e for e in space.iterfind("./zmn:GM_Surface", _MOJ)}

    def _vertices(self, curve: Any) -> Iterator[tuple[float, float]]:
        for column in curve.iterfind(".//zmn:GM_PointArray.column", _MOJ):
            for position in column:
                reference = next((child.get("idref") for child in position if child.get("idref")), None)
                place = self._points.get(reference) if reference else _position(position)
                if place is not None:
                    yield place

    def point(self, element: Any) -> BaseGeometry | None:
        """The point that a thing refers to."""
        reference = element.find("./形状", _MOJ)
        place = self._points.get(reference.get("idref", "")) if reference is not None else None
        return shapely.Point(place) if place else None

    def area(self, element: Any) -> BaseGeometry | None:
        """The area that a parcel refers to, with its holes; None where its rings have less than three points."""
        reference = element.find("./形状", _MOJ)
        surface = self._surfaces.get(reference.get("idref", "")) if reference is not None else None
        if surface is None:
            self._n_failed += 1
            return None
        polygons = []
        for patch in surface.iterfind("./zmn:GM_Surface.patch/zmn:GM_Polygon", _MOJ):
            outer = [
                self._ring(ring) for ring in patch.iterfind(".//zmn:GM_SurfaceBoundary.exterior//zmn:GM_Ring", _MOJ)
            ]
            holes = [
                self._ring(ring) for ring in patch.iterfind(".//zmn:GM_SurfaceBoundary.interior//zmn:GM_Ring", _MOJ)
            ]
            if outer and outer[0]:
                polygons.append(shapely.Polygon(outer[0], [hole for hole in holes if hole]))
        if not polygons:
            self._n_failed += 1
            return None
        return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)

    def _ring(self, ring: Any) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for part in ring:
            for vertex in self._curves.get(part.get("idref", ""), []):
                if not points or points[-1] != vertex:
                    points.append(vertex)
        if len(set(points)) < 3:
            return []
        return points if points[0] == points[-1] else [*points, points[0]]

    def problems(self) -> list[Problem]:
        """Tells parcels without an area."""
        if not self._n_failed:
            return []
        message = Text(
            f"形が決まらない筆が{self._n_failed:,}件あります（筆界の点が3つ未満など）。",
            f"{self._n_failed:,} parcels have no area (less than three boundary points, for example).",
        )
        return [Problem(codes.GEOMETRY_NOT_READ, "warning", message)]


def _position(element: Any) -> tuple[float, float] | None:
    """(east, north) of X (north) and Y (east)."""
    if element is None:
        return None
    x, y = element.find("./zmn:X", _MOJ), element.find("./zmn:Y", _MOJ)
    try:
        return float(y.text), float(x.text)
    except (AttributeError, TypeError, ValueError):
        return None


def _crs(stated: str | None, datum: str | None) -> tuple[str | None, list[Problem]]:
    if code := CRS_MAP.get(stated or ""):
        number = int(code.partition(":")[2])
        name = f"EPSG:{number + _TO_TOKYO if datum and '旧' in datum else number}"
        message = Text(
            f"座標系は{stated}です。地図XMLは測地成果2000と2011を区別しないため、{name}とみました。",
            f"The coordinates are of {stated}; this format does not tell JGD2000 from JGD2011, {name} was assumed.",
        )
        return name, [Problem(codes.DATUM_ASSUMED, "info", message)]
    what = stated or "（空欄）"
    message = Text(
        f"この地図は「{what}」です。地球上の位置が決まらないため、地図には載せられません。属性は読みました。",
        f'This map is in "{what}", coordinates without a place on the earth; only its attributes can be used.',
    )
    suggestion = Text(
        "位置が要るときは、公共座標に変換した地図を使ってください。",
        "Use a map in public coordinates if you need places.",
    )
    return None, [Problem(codes.LOCAL_COORDINATES, "warning", message, suggestion)]
