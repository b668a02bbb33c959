"""GML of 国土数値情報 (JPGIS 2.1): geometries stand by themselves, and features refer to them.

Newer datasets come with a shapefile or GeoJSON beside it, which are taken instead where they are there.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

import shapely
from shapely.geometry.base import BaseGeometry

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import local_name, read_elements
from gis_capture.ledger.drivers.features import Features, no_crs
from gis_capture.ledger.drivers.fgd import breaks_off
from gis_capture.ledger.drivers.gml_geometry import GEOMETRIES, GmlReader, crs_of, find_geometry, id_of, reference_of
from gis_capture.ledger.opening import Opened, broken
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text

_NAMESPACE = b"nlftp.mlit.go.jp/ksj/schemas/ksj-app"


def accepts(opened: Opened) -> bool:
    """Whether the file says that it follows the schemas of 国土数値情報."""
    return opened.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and _NAMESPACE in opened.head[:8192]


def read(opened: Opened) -> Reading:
    """Reads the features up to the end or to where the file breaks, which is told; coordinates are (lon, lat)."""
    source = opened.source("ksj-gml")
    features, reader = Features(opened, source), GmlReader()
    shapes: dict[str, BaseGeometry | None] = {}
    problems: list[Problem] = []
    crs: str | None = None
    n_read = n_without = 0
    try:
        for element in _members(opened):
            crs = crs or next((name for part in element.iter() if (name := crs_of(part.get("srsName")))), None)
            number = id_of(element.attrib)
            if local_name(element) in GEOMETRIES:
                _remember(element, number or "", reader, shapes)
                continue
            if number is None:
                continue
            values, geometry = _feature(element, reader, shapes)
            n_without += geometry is None
            features.add(local_name(element), values, geometry)
            n_read += 1
    except ParseError as error:
        if not n_read:
            raise broken(opened.path, str(error)) from error
        problems.append(breaks_off(error, n_read))
    if crs is None and n_read:
        problems.append(no_crs(opened.path.name))
    if n_without:
        message = Text(f"図形のない地物が{n_without:,}件あります。", f"{n_without:,} features have no geometry.")
        problems.append(Problem(codes.GEOMETRY_NOT_READ, "warning", message))
    return Reading(source, features.tables(crs), tuple(problems))


def _members(opened: Opened) -> Iterator[Element]:
    path: list[Element] = []
    with opened.path.open("rb") as file:
        for event, element in read_elements(file):
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if len(path) == 1:
                yield element
                path[0].remove(element)


def _remember(element: Element, number: str, reader: GmlReader, shapes: dict[str, BaseGeometry | None]) -> None:
    geometry = reader.geometry(element)
    shapes[number] = geometry
    if isinstance(geometry, shapely.LineString):
        reader.known[number] = [(x, y) for x, y, *_ in geometry.coords]


def _feature(
    element: Element, reader: GmlReader, shapes: dict[str, BaseGeometry | None]
) -> tuple[dict[str, str | None], BaseGeometry | None]:
    values: dict[str, str | None] = {}
    geometry: BaseGeometry | None = None
    for child in element:
        reference = reference_of(child)
        place = find_geometry(child)
        if reference in shapes or place is not None:
            geometry = geometry or (shapes[reference or ""] if place is None else reader.geometry(place))
            continue
        texts = [text for part in child.iter() if (text := (part.text or "").strip())]
        name = local_name(child)
        if texts:
            values[name] = ",".join([values[name] or "", *texts]) if name in values else ",".join(texts)
    return values, geometry


DRIVER = Driver("ksj-gml", (".xml", ".gml"), accepts, read)
