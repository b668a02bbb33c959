"""GPX 1.0 and 1.1: way points, routes, tracks and their points, each kind a table.

Read by ourselves: GDAL gives every column that the standard knows, two links at most, and of extensions that hold
others (heart rates, depths, accuracies of receivers) a piece of XML, or a zero where that begins with no number.
"""

import re
from xml.etree.ElementTree import Element, ParseError

import shapely

from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import local_name, read_children
from gis_capture.ledger.drivers.encodings import head_in_utf8
from gis_capture.ledger.drivers.features import Features, breaks_off
from gis_capture.ledger.opening import Opened, broken
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_ROOT = re.compile(rb"<(?:\w+:)?gpx[\s>]")
_PARTS = frozenset({"rtept", "trkseg", "trkpt"})
Values = dict[str, str | None]


def accepts(opened: Opened) -> bool:
    """Whether the root element is gpx."""
    head = head_in_utf8(opened.head)
    return head.lstrip().startswith(b"<") and _ROOT.search(head[:4096]) is not None


def read(opened: Opened) -> Reading:
    """Reads all kinds up to the end or to where the file breaks, which is told; coordinates are (lon, lat)."""
    source = opened.source("gpx")
    features = Features(opened, source)
    problems: list[Problem] = []
    n_read = 0
    try:
        for element in read_children(opened.path):
            kind = local_name(element)
            if kind not in ("wpt", "rte", "trk"):
                continue
            n_read += 1
            if kind == "wpt":
                features.add("waypoints", _values(element), _point(element))
            elif kind == "rte":
                _add_route(features, element)
            else:
                _add_track(features, element)
    except ParseError as error:
        if not n_read:
            raise broken(opened.path, str(error)) from error
        problems.append(breaks_off(error, n_read))
    return Reading(source, features.tables("EPSG:4326"), tuple(problems))


def _add_route(features: Features, route: Element) -> None:
    points = [part for part in route if local_name(part) == "rtept"]
    number = features.add("routes", {**_values(route), **_span(points)}, _line(points))
    for at, point in enumerate(points):
        values = {"route": str(number), "route_point": str(at + 1), **_values(point)}
        features.add("route_points", values, _point(point))


def _add_track(features: Features, track: Element) -> None:
    segments = [[p for p in part if local_name(p) == "trkpt"] for part in track if local_name(part) == "trkseg"]
    lines = [line for segment in segments if (line := _line(segment)) is not None]
    points = [point for segment in segments for point in segment]
    geometry = shapely.MultiLineString(lines) if lines else None
    number = features.add("tracks", {**_values(track), **_span(points)}, geometry)
    for at, segment in enumerate(segments):
        for place, point in enumerate(segment):
            values = {"track": str(number), "segment": str(at + 1), "track_point": str(place + 1), **_values(point)}
            features.add("track_points", values, _point(point))


def _values(element: Element) -> Values:
    """The texts of an element by their names; links are numbered, extensions stand under their own names."""
    values: Values = {}
    n_links = 0
    for child in element:
        name = local_name(child)
        if name == "link":
            n_links += 1
            values[f"link{n_links}_href"] = child.get("href")
            values |= {f"link{n_links}_{local_name(part)}": part.text for part in child}
        elif name == "extensions":
            for part in child.iter():
                if not len(part) and (text := (part.text or "").strip()):
                    key = local_name(part)
                    values[key] = f"{values[key]},{text}" if values.get(key) else text
        elif name not in _PARTS and (text := (child.text or "").strip()):
            values[name] = text
    return values


def _span(points: list[Element]) -> Values:
    times = [text for point in points for part in point if local_name(part) == "time" and (text := part.text)]
    return {"begin": times[0].strip(), "end": times[-1].strip()} if times else {}


def _place(point: Element) -> tuple[float, float] | None:
    try:
        place = float(point.get("lon", "")), float(point.get("lat", ""))
    except ValueError:
        return None
    return place if all(abs(value) < 1e6 for value in place) else None


def _point(element: Element) -> shapely.Point | None:
    place = _place(element)
    return None if place is None else shapely.Point(place)


def _line(points: list[Element]) -> shapely.LineString | None:
    places = [place for point in points if (place := _place(point)) is not None]
    return shapely.LineString(places) if len(places) > 1 else None


DRIVER = Driver("gpx", (".gpx",), accepts, read)
