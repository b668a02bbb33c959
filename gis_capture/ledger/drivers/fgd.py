"""GML of 基盤地図情報 (FGD GML): every kind of feature is a table; elevation models become their points."""

from xml.etree.ElementTree import Element, ParseError

import shapely

from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import local_name, read_children
from gis_capture.ledger.drivers.features import Features, breaks_off, lacking
from gis_capture.ledger.drivers.gml_geometry import GmlReader, find_geometry, id_of, stated_crs
from gis_capture.ledger.opening import Opened, broken
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_NAMESPACE = b"fgd.gsi.go.jp/spec/2008/FGD_GMLSchema"
_KINDS = {
    "AdmArea": "行政区画",
    "AdmBdry": "行政区画界線",
    "AdmPt": "行政区画代表点",
    "BldA": "建築物",
    "BldL": "建築物の外周線",
    "Cntr": "等高線",
    "CommBdry": "町字界線",
    "CommPt": "町字の代表点",
    "Cstline": "海岸線",
    "DEM": "数値標高モデル",
    "ElevPt": "標高点",
    "GCP": "測量の基準点",
    "LeveeEdge": "河川堤防表法肩法線",
    "RailCL": "軌道の中心線",
    "RdCompt": "道路構成線",
    "RdEdg": "道路縁",
    "RdMgtBdry": "道路区域界線",
    "RvrMgtBdry": "河川区域界線",
    "SBAPt": "街区の代表点",
    "SBArea": "街区域",
    "SBBdry": "街区線",
    "WA": "水域",
    "WL": "水涯線",
    "WStrA": "水部構造物面",
    "WStrL": "水部構造物線",
}
_NO_DATA = -9998.0


def accepts(opened: Opened) -> bool:
    """Whether the file says that it follows the schema of FGD GML."""
    return opened.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and _NAMESPACE in opened.head[:8192]


def read(opened: Opened) -> Reading:
    """Reads the features up to the end or to where the file breaks, which is told; coordinates are (lon, lat)."""
    source = opened.source("fgd-gml")
    features, reader = Features(opened, source), GmlReader()
    problems: list[Problem] = []
    crs: str | None = None
    n_read = n_without = 0
    try:
        for element in read_children(opened.path):
            if id_of(element.attrib) is None:
                continue
            kind = local_name(element)
            layer = f"{kind} {_KINDS[kind]}" if kind in _KINDS else kind
            crs = crs or stated_crs(element)
            if kind == "DEM":
                _add_grid(features, layer, element)
            else:
                place = find_geometry(element)
                geometry = None if place is None else reader.geometry(place)
                n_without += geometry is None
                features.add(layer, _attributes(element), geometry)
            n_read += 1
    except ParseError as error:
        if not n_read:
            raise broken(opened.path, str(error)) from error
        problems.append(breaks_off(error, n_read))
    problems += lacking(opened.path.name, n_read=n_read, n_without=n_without, crs=crs)
    return Reading(source, features.tables(crs), tuple(problems))


def _attributes(element: Element) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for child in element:
        if find_geometry(child) is not None:
            continue
        texts = [text for part in child.iter() if (text := (part.text or "").strip())]
        values[local_name(child)] = ",".join(texts) or None
    return values


def _add_grid(features: Features, layer: str, element: Element) -> None:
    """The cells of an elevation model from north-west by rows, as the centres of their areas; gaps are left out."""
    found = {local_name(part): (part.text or "").split() for part in element.iter()}
    names = ("lowerCorner", "upperCorner", "high", "tupleList", "startPoint")
    lower, upper, high, tuples, start = (found.get(name, []) for name in names)
    mesh = " ".join(found.get("mesh", []))
    try:
        (south, west), (north, east) = map(float, lower), map(float, upper)
        n_columns, n_rows = int(high[0]) + 1, int(high[1]) + 1
        first = int(start[1]) * n_columns + int(start[0]) if len(start) == 2 else 0
    except (ValueError, IndexError):
        first = n_columns = n_rows = 0
        south = west = north = east = 0.0
    is_placed = north > south and east > west and n_columns > 0
    for at, pair in enumerate(tuples, start=first):
        kind, _, height = pair.partition(",")
        value = _number(height)
        if value is None or value <= _NO_DATA:
            features.skip(layer, "no_height")
            continue
        row, column = divmod(at, n_columns) if is_placed else (0, 0)
        lon, lat = (
            west + (east - west) * (column + 0.5) / max(n_columns, 1),
            north - (north - south) * (row + 0.5) / max(n_rows, 1),
        )
        values = {"メッシュ": mesh, "種別": kind, "標高": number_text(value)}
        features.add(layer, values, shapely.Point(lon, lat) if is_placed else None)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


DRIVER = Driver("fgd-gml", (".xml", ".gml"), accepts, read)
