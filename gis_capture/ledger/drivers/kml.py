"""KML (OGC 07-147r2): placemarks of all folders in one table, the folder as a column; things of another kind in theirs.

Read by ourselves because GDAL makes a layer of every folder: a map service exports one folder per feature.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO
from xml.etree.ElementTree import Element, ParseError

import shapely
from shapely.geometry.base import BaseGeometry

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import local_name, read_elements
from gis_capture.ledger.drivers.encodings import find_encoding, head_in_utf8
from gis_capture.ledger.drivers.kml_descriptions import attributes_of
from gis_capture.ledger.drivers.kml_folders import kinds_of
from gis_capture.ledger.opening import Opened, broken
from gis_capture.ledger.table import Reading, Source, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_MARKUP = re.compile(r"<[^<>]+>")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w-]+)")


def accepts(opened: Opened) -> bool:
    """Whether the root element is kml."""
    head = head_in_utf8(opened.head)
    return head.lstrip().startswith(b"<") and (b"<kml" in head[:4096] or b":kml" in head[:4096])


def read(opened: Opened) -> Reading:
    """Reads the placemarks up to the end or to where the file breaks, which is told; coordinates are lon, lat, z."""
    source = opened.source("kml")
    problems: list[Problem] = []
    records: list[dict[str, str | None]] = []
    geometries: list[BaseGeometry | None] = []
    links: list[str] = []
    labels: dict[str, str] = {}
    try:
        for placemark, folders in _placemarks(opened, links, labels):
            records.append(_attributes(placemark, folders))
            geometries.append(_geometry(placemark))
            opened.check_size(len(records))
    except ParseError as error:
        if not records:
            raise broken(opened.path, str(error)) from error
        problems.append(
            Problem(
                codes.TEXT_CUT_OFF,
                "error",
                Text(
                    f"ファイルが途中で壊れています（{error}）。読めた{len(records)}件だけを読みました。",
                    f"The file breaks off ({error}); only {len(records)} features could be read.",
                ),
                Text("元のソフトから書き出し直してください。", "Export it again."),
                row_number=len(records),
            )
        )
    if links:
        shown = "、".join(dict.fromkeys(links))[:300]
        message = Text(
            f"ほかの場所にあるデータへのリンクが{len(links)}件あり、その中身は読みませんでした：{shown}",
            f"{len(links)} links lead to data elsewhere, which was not read: {shown}",
        )
        suggestion = Text(
            "中身が要るときは、リンク先をファイルに保存して読み込んでください。",
            "Save what they lead to as a file if you need it.",
        )
        problems.append(Problem(codes.LINKS_NOT_FOLLOWED, "warning", message, suggestion))
    opened.check_size(len(records), len({name for record in records for name in record}))
    kinds = kinds_of(records, geometries)
    tables = tuple(
        _table(
            opened.path.stem if len(kinds) == 1 else "、".join(kind.folders)[:100] or opened.path.stem,
            source,
            kind.places,
            [records[place] for place in kind.places],
            [geometries[place] for place in kind.places],
            labels,
        )
        for kind in kinds
    )
    return Reading(source, tables, tuple(problems))


def _table(
    name: str,
    source: Source,
    places: Sequence[int],
    records: Sequence[Mapping[str, str | None]],
    geometries: Sequence[BaseGeometry | None],
    labels: Mapping[str, str],
) -> Table:
    """A table of some placemarks; a row number is the place in the file, from 1."""
    names = list(dict.fromkeys(name for record in records for name in record))
    used = [name for name in names if any(record.get(name) for record in records)]
    return Table(
        name=name,
        source=source,
        sheet=None,
        header_rows=(),
        columns=columns_of(_labelled(used, labels)),
        row_numbers=[place + 1 for place in places],
        values=tuple([record.get(name) for record in records] for name in used),
        geometries=geometries,
        crs="EPSG:4326",
    )


@contextmanager
def _in_utf8(opened: Opened) -> Iterator[IO[bytes]]:
    """The file; one that is not in the encoding it states, or should be in for stating none, is decoded first."""
    stated = _ENCODING.search(opened.head[:200])
    name = stated[1].decode("ascii").lower() if stated else "utf-8"
    is_utf16 = opened.head.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if is_utf16 else find_encoding(opened.path)[0]
    is_right = is_utf16 or (encoding in ("utf-8", "utf-8-sig") and name in ("utf-8", "utf8"))
    if is_right:
        with opened.path.open("rb") as file:
            yield file
        return
    text = opened.path.read_bytes().decode(encoding, "replace")
    yield io.BytesIO(re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL).encode("utf-8"))


def _labelled(names: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """What the schema shows for its fields (9.10, 9.11) in place of their names, where that tells two of them apart."""
    shown = [labels.get(name, name) for name in names]
    return [label if shown.count(label) == 1 else name for name, label in zip(names, shown, strict=True)]


def _placemarks(opened: Opened, links: list[str], labels: dict[str, str]) -> Iterator[tuple[Element, list[str]]]:
    """The placemarks with the names of the folders around them; notes links, and labels of fields by their names."""
    path: list[Element] = []
    with _in_utf8(opened) as file:
        for event, element in read_elements(file):
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if local_name(element) == "NetworkLink":
                links.append(next((e.text or "" for e in element.iter() if local_name(e) == "href"), ""))
            elif local_name(element) in ("SimpleField", "SimpleArrayField", "Data"):
                label = _MARKUP.sub("", _child_text(element, "displayName") or "").strip()
                if label and element.get("name"):
                    labels.setdefault(element.get("name", ""), label)
            elif local_name(element) == "Placemark":
                folders = [parent for parent in path if local_name(parent) == "Folder"]
                yield element, [name for folder in folders if (name := _child_text(folder, "name"))]
                if path:
                    path[-1].remove(element)


def _child_text(element: Element, name: str) -> str | None:
    for child in element:
        if local_name(child) == name and child.text and child.text.strip():
            return child.text.strip()
    return None


def _attributes(placemark: Element, folders: Sequence[str]) -> dict[str, str | None]:
    record: dict[str, str | None] = {"folder": "/".join(folders) or None}
    if placemark.get("id"):
        record["id"] = placemark.get("id")
    for child in placemark:
        name = local_name(child)
        if name in ("name", "description", "address", "phoneNumber", "snippet"):
            record[name] = _child_text(placemark, name)
        elif name in ("Track", "MultiTrack"):
            times = [part.text.strip() for part in child.iter() if local_name(part) == "when" and part.text]
            if times:
                record["begin"], record["end"] = times[0], times[-1]
        elif name == "TimeStamp":
            record["when"] = _child_text(child, "when")
        elif name == "TimeSpan":
            record["begin"], record["end"] = _child_text(child, "begin"), _child_text(child, "end")
        elif name == "ExtendedData":
            for data in child.iter():
                if local_name(data) == "SimpleData":
                    record[data.get("name", "")] = (data.text or "").strip() or None
                elif local_name(data) == "Data":
                    record[data.get("name", "")] = _child_text(data, "value")
    described, is_all = attributes_of(record.get("description") or "")
    if is_all:
        del record["description"]
    for name, value in described.items():
        record[name if not record.get(name) or record[name] == value else f"{name}_2"] = value
    return record


def _geometry(element: Element) -> BaseGeometry | None:
    """The geometry of a placemark; several become a collection of the simplest type."""
    parts = [part for child in element if (part := _one_geometry(child)) is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    points = [part for part in parts if isinstance(part, shapely.Point)]
    lines = [part for part in parts if isinstance(part, shapely.LineString)]
    areas = [part for part in parts if isinstance(part, shapely.Polygon)]
    if len(points) == len(parts):
        return shapely.MultiPoint(points)
    if len(lines) == len(parts):
        return shapely.MultiLineString(lines)
    return shapely.MultiPolygon(areas) if len(areas) == len(parts) else shapely.GeometryCollection(parts)


def _one_geometry(element: Element) -> BaseGeometry | None:
    name = local_name(element)
    if name in ("MultiGeometry", "MultiTrack"):
        return _geometry(element)
    try:
        if name == "Point":
            points = _coordinates(element)
            return shapely.Point(points[0]) if points else None
        if name in ("LineString", "LinearRing"):
            return shapely.LineString(_coordinates(element))
        if name == "Track":
            points = [_numbers(child.text or "", None) for child in element if local_name(child) == "coord"]
            return shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0]) if points else None
        if name == "Polygon":
            rings = {
                kind: [_coordinates(b) for b in element if local_name(b) == kind]
                for kind in ("outerBoundaryIs", "innerBoundaryIs")
            }
            return (
                shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])
                if rings["outerBoundaryIs"]
                else None
            )
    except (ValueError, shapely.errors.ShapelyError):
        return None
    return None


def _coordinates(element: Element) -> list[tuple[float, ...]]:
    for child in element.iter():
        if local_name(child) == "coordinates":
            return [_numbers(point, ",") for point in (child.text or "").replace(", ", ",").split()]
    return []


def _numbers(text: str, separator: str | None) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(separator)[:3] if part)


DRIVER = Driver("kml", (".kml",), accepts, read)
