"""GML of 国土数値情報 (JPGIS 2.1): geometries stand by themselves, and features refer to them.

Newer datasets come with a shapefile or GeoJSON beside it, which are taken instead where they are there.
"""

from xml.etree.ElementTree import Element, ParseError

import shapely
from shapely.geometry.base import BaseGeometry

from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import local_name, read_children
from gis_capture.ledger.drivers.features import Features, breaks_off, lacking
from gis_capture.ledger.drivers.gml_geometry import (
    GEOMETRIES,
    GmlReader,
    find_geometry,
    id_of,
    reference_of,
    stated_crs,
)
from gis_capture.ledger.opening import Opened, broken
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

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
        for element in read_children(opened.path):
            crs = crs or stated_crs(element)
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
    problems += lacking(opened.path.name, n_read=n_read, n_without=n_without, crs=crs)
    return Reading(source, features.tables(crs), tuple(problems))


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
