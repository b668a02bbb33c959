"""Vector sources that GDAL knows: GeoJSON, GeoPackage, FlatGeobuf, GML, DXF; every layer is a table."""

import datetime
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np

from gis_capture.ledger.drivers import geopackage_tables
from gis_capture.ledger.drivers.cells import date_text, number_text
from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import read_elements
from gis_capture.ledger.drivers.encodings import find_encoding, head_in_utf8
from gis_capture.ledger.drivers.features import no_crs
from gis_capture.ledger.opening import DOCTYPE, Opened, Refused, broken
from gis_capture.ledger.table import Reading, Table
from gis_capture.model import Problem

_GEOMETRY_TYPES = (
    rb'"type"\s*:\s*"(?:FeatureCollection|Feature|(?:Multi)?(?:Point|LineString|Polygon)|GeometryCollection|Topology)"'
)
_XML_ROOT = re.compile(rb"<(?:\w+:)?(FeatureCollection|SurveyData|Dataset|GI|CityModel|Model)[\s>]")
# Texts that look like dates stay as they are written; objects in objects become columns "outer/inner".
_OPTIONS: dict[str, dict[str, str]] = {
    "geojson": {"DATE_AS_STRING": "YES", "FLATTEN_NESTED_ATTRIBUTES": "YES", "NESTED_ATTRIBUTE_SEPARATOR": "/"}
}
_GPKG_IDS = (b"GPKG", b"GP10", b"GP11", b"GP12", b"GP13")


def accepts(opened: Opened) -> bool:
    """Whether the content is a vector format of GDAL."""
    return _kind(opened) is not None


def _kind(opened: Opened) -> str | None:
    head = head_in_utf8(opened.head)
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg" if head[68:72] in _GPKG_IDS or b"gpkg_contents" in head else None
    if head.startswith(b"fgb"):
        return "flatgeobuf"
    text = head.lstrip(b" \t\r\n\x1e")
    if text.startswith(b"{") and re.search(_GEOMETRY_TYPES, text):
        return "geojson"
    if text.startswith(b"<") and _XML_ROOT.search(text):
        return "gml"
    if re.match(rb"(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\nSECTION\r?\n", head) or head.startswith(b"AutoCAD Binary DXF"):
        return "dxf"
    return None


def read(opened: Opened) -> Reading:
    """Reads all layers; a row number is the place of the feature in its layer."""
    kind = _kind(opened) or "vector"
    if kind == "gml" and b"<!ENTITY" in opened.head:
        raise Refused(DOCTYPE)
    if kind == "gml":
        _check_whole(opened)
    if kind == "gpkg":
        told: list[Problem] = []
        with geopackage_tables.whole(opened, told) as path:
            return _read_layers(opened, path, kind, problems=told)
    if kind not in ("gml", "geojson"):
        return _read_layers(opened, opened.path, kind)
    encoding = find_encoding(opened.path)[0] if kind == "geojson" else None
    if encoding in ("utf-8", "utf-8-sig"):
        return _read_layers(opened, opened.path, kind, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        # GDAL writes what it learned of a GML file (.gfs) beside it; nothing may appear beside the source.
        copy = Path(folder) / opened.path.name
        if encoding is None:
            shutil.copyfile(opened.path, copy)
        else:
            _write_in_utf8(opened.path, copy, encoding)
        return _read_layers(opened, copy, kind, encoding=encoding)


def _check_whole(opened: Opened) -> None:
    """Raises SourceError for XML that breaks off: of such a file GDAL may give no feature, and say nothing."""
    try:
        with opened.path.open("rb") as file:
            for event, element in read_elements(file):
                if event == "end":
                    element.clear()
    except ParseError as error:
        raise broken(opened.path, str(error)) from error


def _write_in_utf8(source: Path, target: Path, encoding: str) -> None:
    """GDAL takes JSON for UTF-8, whatever it is."""
    with (
        source.open(encoding=encoding, errors="backslashreplace", newline="") as text,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        shutil.copyfileobj(text, copy, 1 << 20)


def _read_layers(
    opened: Opened, path: Path, kind: str, *, encoding: str | None = None, problems: Sequence[Problem] = ()
) -> Reading:
    from gis_capture.ledger.drivers import gdal, geojson_ids

    source = opened.source(kind, encoding)
    problems = list(problems)
    tables = []
    with gdal.telling(opened, problems):
        for name in gdal.layer_names(path):
            layer = gdal.read_layer_or_rows(opened, path, problems, layer=name, options=_OPTIONS.get(kind))
            if kind == "geojson":
                layer = geojson_ids.with_ids(path, layer)
            tables.append(
                Table(
                    name=name,
                    source=source,
                    sheet=None,
                    header_rows=(),
                    columns=columns_of(layer.names),
                    row_numbers=range(1, len(layer.fids) + 1),
                    values=tuple(_texts(array) for array in layer.arrays),
                    geometries=layer.geometries,
                    crs=layer.crs,
                )
            )
    if any(table.crs is None and table.geometries is not None for table in tables):
        problems.append(no_crs(opened.path.name))
    return Reading(source, tuple(tables), tuple(problems))


def _texts(array: Any) -> list[str | None]:
    if array.dtype.kind == "M":
        return [
            None if np.isnat(value) else str(np.datetime_as_string(value, unit="s")).removesuffix("T00:00:00")
            for value in array
        ]
    return [_text(value) for value in array.tolist()]


def _text(value: Any) -> str | None:
    if isinstance(value, (list, np.ndarray)):
        return ",".join(_text(part) or "" for part in value) or None
    if value is None or value != value:
        return None
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return date_text(value)
    return value.hex() if isinstance(value, bytes) else str(value)


_SUFFIXES = ".geojson .json .jsonl .geojsonl .geojsons .topojson .gpkg .fgb .gml .xml .dxf"
DRIVER = Driver("vector", tuple(_SUFFIXES.split()), accepts, read)
