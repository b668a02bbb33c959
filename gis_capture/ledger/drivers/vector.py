"""Vector sources that GDAL knows: GeoJSON, GeoPackage, FlatGeobuf, KML, GPX, GML, DXF; every layer is a table."""

import datetime
import re
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.drivers.cells import date_text, number_text
from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import Opened, broken, too_large
from gis_capture.ledger.table import Reading, Source, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_GEOMETRY_TYPES = (
    rb'"type"\s*:\s*"(?:FeatureCollection|Feature|(?:Multi)?(?:Point|LineString|Polygon)|GeometryCollection|Topology)"'
)
_XML_ROOT = re.compile(rb"<(?:\w+:)?(kml|gpx|FeatureCollection|SurveyData|Dataset|GI|CityModel|Model)[\s>]")
_DRIVERS = {"kml": "kml", "gpx": "gpx"}
_GPKG_IDS = (b"GPKG", b"GP10", b"GP11", b"GP12", b"GP13")


def accepts(opened: Opened) -> bool:
    """Whether the content is a vector format of GDAL."""
    return _kind(opened) is not None


def _kind(opened: Opened) -> str | None:
    head = opened.head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg" if head[68:72] in _GPKG_IDS or b"gpkg_contents" in head else None
    if head.startswith(b"fgb"):
        return "flatgeobuf"
    text = head.lstrip(b" \t\r\n\x1e")
    if text.startswith(b"{") and re.search(_GEOMETRY_TYPES, text):
        return "geojson"
    if text.startswith(b"<") and (root := _XML_ROOT.search(text)):
        return _DRIVERS.get(root[1].decode(), "gml")
    if re.match(rb"(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\nSECTION\r?\n", head) or head.startswith(b"AutoCAD Binary DXF"):
        return "dxf"
    return None


def read(opened: Opened) -> Reading:
    """Reads all layers; a row number is the place of the feature in its layer."""
    kind = _kind(opened) or "vector"
    if kind in ("kml", "gpx", "gml") and re.search(rb"<!ENTITY", opened.head):
        raise broken(opened.path, "ENTITY")
    source = opened.source(kind)
    problems: list[Problem] = []
    if kind != "gml":
        return Reading(source, tuple(read_layers(opened, opened.path, source, problems)), tuple(problems))
    with tempfile.TemporaryDirectory() as folder:
        # GDAL writes what it learned of a GML file (.gfs) beside it; nothing may appear beside the source.
        copy = Path(folder) / opened.path.name
        shutil.copyfile(opened.path, copy)
        return Reading(source, tuple(read_layers(opened, copy, source, problems)), tuple(problems))


def read_layers(opened: Opened, path: Path, source: Source, problems: list[Problem]) -> list[Table]:
    """Reads every layer of a file as a table; what GDAL warns of is told; raises SourceError for broken ones."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            layers = [str(name) for name, _ in pyogrio.list_layers(path)]
            tables = [_read_layer(opened, path, layer, source) for layer in layers]
        except SourceError:
            raise
        except (
            pyogrio.errors.DataSourceError,
            pyogrio.errors.DataLayerError,
            pyogrio.errors.FieldError,
            pyogrio.errors.FeatureError,
        ) as error:
            raise broken(opened.path, _first_line(error)) from error
        except (ValueError, RuntimeError, OSError, shapely.errors.ShapelyError) as error:
            raise broken(opened.path, _first_line(error)) from error
    for message in dict.fromkeys(_first_line(w.message) for w in caught):
        problems.append(
            Problem(
                codes.DRIVER_WARNING, "warning", Text(f"読み取り時の注意：{message}", f"The reader says: {message}")
            )
        )
    return tables


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [""])[0][:200]


def _read_layer(opened: Opened, path: Path, layer: str, source: Source) -> Table:
    n_claimed = int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])
    if n_claimed > opened.limits.max_rows:
        raise too_large(opened.path, f"{n_claimed:,} rows", f"{opened.limits.max_rows:,} rows")
    # A row takes some bytes in every format; a count beyond that is a lie, and room would be made for it.
    room = min(n_claimed, opened.size_bytes)
    meta, _, geometry, fields = pyogrio.raw.read(path, layer=layer, max_features=max(1, room), datetime_as_string=True)
    names = [str(name) for name in meta["fields"]]
    n_rows = len(geometry) if geometry is not None else len(fields[0]) if fields else 0
    return Table(
        name=layer,
        source=source,
        sheet=None,
        header_rows=(),
        columns=columns_of(names),
        row_numbers=range(1, n_rows + 1),
        values=tuple(_texts(array) for array in fields),
        geometries=_geometries(geometry),
        crs=crs_name(meta["crs"]),
    )


def _geometries(raw: Any) -> Sequence[Any] | None:
    if raw is None:
        return None
    return list(shapely.from_wkb(raw, on_invalid="ignore"))


def _texts(array: Any) -> list[str | None]:
    if array.dtype.kind == "M":
        return [
            None if np.isnat(value) else str(np.datetime_as_string(value, unit="s")).removesuffix("T00:00:00")
            for value in array
        ]
    return [_text(value) for value in array.tolist()]


def _text(value: Any) -> str | None:
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
    if isinstance(value, (list, np.ndarray)):
        return ",".join(_text(part) or "" for part in value)
    return value.hex() if isinstance(value, bytes) else str(value)


def crs_name(crs: str | None) -> str | None:
    """Gives "EPSG:6668" for what a source says of its CRS, where it can be told; else its WKT; None for nothing."""
    if not crs:
        return None
    if re.fullmatch(r"EPSG:\d+", crs):
        return crs
    try:
        parsed = CRS.from_user_input(crs)
    except CRSError:
        return None
    authority = parsed.to_authority(min_confidence=50)
    return ":".join(authority) if authority else crs


DRIVER = Driver(
    "vector",
    (
        ".geojson",
        ".json",
        ".jsonl",
        ".geojsonl",
        ".geojsons",
        ".gpkg",
        ".fgb",
        ".kml",
        ".gpx",
        ".gml",
        ".xml",
        ".dxf",
        ".topojson",
    ),
    accepts,
    read,
)
