"""SXF drawings (.sfc and .p21) by ezsxf: every layer is a table, with the attributes of ATRF, ATRU and ATRS.

A drawing is laid out on paper, in millimetres; what is real stands in its 部分図, each with a place, a turn and a scale
on the paper. Those are taken back: coordinates are metres, (east, north). In a 部分図 of survey coordinates
(測地座標系) X is north; one of mathematical coordinates has no known place on the earth.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import shapely
from shapely.geometry.base import BaseGeometry

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import local_name, read_elements
from gis_capture.ledger.drivers.features import Features, no_crs
from gis_capture.ledger.opening import Opened, broken, size_text, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text

_START = b"ISO-10303-21;"
_SCHEMA = b"ASSOCIATIVE_DRAUGHTING"
_P21 = b"AP202_MODE"
_PARTS = (1, 2)
_SURVEY = 2
_DIMENSIONS = frozenset(("linear_dim", "curve_dim", "angular_dim", "radius_dim", "diameter_dim", "label", "balloon"))
_FIRST = dict.fromkeys(("レイヤ", "図形", "図形番号", "部分図", "文字"))
_MAX_DEPTH = 50
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Part:
    """A 部分図 on the paper: millimetres there to metres on the ground."""

    name: str
    is_survey: bool
    place: Point
    turn: float
    scale: Point

    def on_ground(self, point: Point) -> Point:
        x, y = point[0] - self.place[0], point[1] - self.place[1]
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        x, y = (x * cos + y * sin) / self.scale[0] / 1000, (y * cos - x * sin) / self.scale[1] / 1000
        x, y = round(x, 6), round(y, 6)
        return (y, x) if self.is_survey else (x, y)


def accepts(opened: Opened) -> bool:
    """Whether this is a file of ISO 10303-21 that follows the schema of SXF."""
    return opened.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_START) and _SCHEMA in opened.head[:8192].upper()


def read(opened: Opened) -> Reading:
    """Reads the figures of all layers; what lies on the paper only is left out, where the drawing has parts.

    Raises SourceError for a drawing that is broken or too large.
    """
    limit = opened.limits.max_drawing_bytes
    if opened.size_bytes > limit:
        raise too_large(opened.path, size_text(opened.size_bytes), size_text(limit))
    is_p21 = _P21 in opened.head[:8192].upper()
    parsed, drawing = _parse(opened, is_p21=is_p21)
    source = opened.source("sxf-p21" if is_p21 else "sxf-sfc", "cp932")
    features = Features(opened, source)
    reader = _Reader(parsed, opened.path)
    for values, shape, layer, reason in reader.figures(drawing):
        if reason is not None:
            features.skip(layer, reason)
        else:
            features.add(layer, values, shape)
    warnings = [str(warning)[:200] for warning in dict.fromkeys(drawing.warnings)][:20]
    told = [
        Problem(codes.DRIVER_WARNING, "warning", Text(f"読み取り時の注意：{w}", f"The reader says: {w}"))
        for w in warnings
    ]
    return Reading(source, features.tables(first=_FIRST), (no_crs(opened.path.name), *reader.problems, *told))


def _parse(opened: Opened, *, is_p21: bool) -> tuple[Mapping[str, Any], Any]:
    import ezsxf

    data = opened.path.read_bytes()
    try:
        parsed = (ezsxf.parse_p21 if is_p21 else ezsxf.parse_sfc)(data, strict=False)
        return parsed, ezsxf.build_drawing(parsed, curve_segments=72)
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError, RecursionError) as error:
        raise broken(opened.path, str(error)[:200]) from error
    except BaseException as error:
        # What its Rust part raises when it gives up.
        if type(error).__name__ != "PanicException":
            raise
        raise broken(opened.path, str(error)[:200]) from error


class _Reader:
    """Knows which part a figure lies in and which attributes it has."""

    def __init__(self, parsed: Mapping[str, Any], path: Path) -> None:
        model = parsed["model"]
        self.problems: list[Problem] = []
        self._kinds = {int(f["id"]): str(f["kind"]) for f in parsed.get("typed_features", [])}
        places = {int(f["id"]): f for f in parsed.get("typed_features", []) if f["kind"] == "sfig_locate"}
        attached = model.get("attribute_attachments", [])
        self._members = {int(d["entity_id"]): d["component_ids"] for d in model.get("sfig_definitions", [])}
        self._members |= {int(a["definition_id"]): a["component_ids"] for a in attached}
        self._targets = {int(r["placement_id"]): int(r["definition_id"]) for r in model.get("sfig_references", [])}
        self._targets |= {int(p): int(a["definition_id"]) for a in attached for p in a.get("placement_ids", [])}
        kinds = {int(d["entity_id"]): int(d.get("kind_flag", 0)) for d in model.get("sfig_definitions", [])}
        self._part_of: dict[int, _Part] = {}
        for placement, definition in self._targets.items():
            if kinds.get(definition) in _PARTS and placement in places:
                part = _part(places[placement], is_survey=kinds[definition] == _SURVEY)
                if part is not None:
                    self._part_of.update(dict.fromkeys(self._below(definition), part))
        self._attributes = self._read_attributes(attached, path.parent)

    def _below(self, definition: int, depth: int = 0) -> Iterator[int]:
        """The figures of a definition, with those of the groups in it."""
        for member in self._members.get(definition, ()):
            yield int(member)
            inner = self._targets.get(int(member))
            if inner is not None and depth < _MAX_DEPTH:
                yield from self._below(inner, depth + 1)

    def _read_attributes(self, attached: list[Any], folder: Path) -> dict[int, dict[str, str | None]]:
        found: dict[int, dict[str, str | None]] = {}
        files: dict[str, dict[str, dict[str, str | None]]] = {}
        for attachment in attached:
            said = attachment.get("attribute") or {}
            values: dict[str, str | None] = {}
            if said.get("mechanism") == "ATRF":
                name = str(attachment.get("resolved_attribute_file_name") or said.get("attribute_file_name") or "")
                if name not in files:
                    files[name] = self._read_attribute_file(folder, name)
                values = files[name].get(str(said.get("figure_id")), {})
            elif said.get("attribute_name"):
                # The text of an ATRS figure is the value itself; None stands for it here.
                values = {str(said["attribute_name"]): said.get("attribute_value")}
            for figure in self._below(int(attachment["definition_id"])):
                found.setdefault(figure, {}).update(values)
        return found

    def _read_attribute_file(self, folder: Path, name: str) -> dict[str, dict[str, str | None]]:
        """A SAF file beside the drawing: attributes by the id of a figure."""
        plain = Path(name.replace("\\", "/")).name
        path = next((p for p in folder.iterdir() if p.name.lower() == plain.lower() and p.is_file()), None)
        values: dict[str, dict[str, str | None]] = {}
        figure = ""
        try:
            if path is None:
                raise FileNotFoundError(plain)
            with path.open("rb") as file:
                for event, element in read_elements(file):
                    if event == "start" and local_name(element) == "Figure":
                        figure = element.get("id", "")
                    elif event == "end" and local_name(element) == "Attr":
                        values.setdefault(figure, {})[element.get("name", "")] = element.text
        except (OSError, ParseError):
            message = Text(
                f"属性のファイル（{plain}）がないか壊れているため、その属性は読めませんでした。",
                f"The file of attributes {plain} is missing or broken; its attributes were not read.",
            )
            self.problems.append(Problem(codes.NO_ATTRIBUTES, "warning", message))
        return values

    def figures(self, drawing: Any) -> Iterator[tuple[dict[str, str | None], BaseGeometry | None, str, str | None]]:
        """Gives (values, shape, layer, reason to leave it out) of every figure."""
        if not self._part_of:
            message = Text(
                "部分図がないため、座標は用紙の上の位置（ミリメートル）です。",
                "The drawing has no parts; coordinates are millimetres on the paper.",
            )
            self.problems.append(Problem(codes.LOCAL_COORDINATES, "warning", message))
        elif not all(part.is_survey for part in self._part_of.values()):
            message = Text(
                "数学座標系の部分図があります。地図上の位置は図面からは決まりません。",
                "Some parts are in mathematical coordinates; the drawing does not say where they lie on the earth.",
            )
            self.problems.append(Problem(codes.LOCAL_COORDINATES, "warning", message))
        left_out: set[int] = set()
        for figure in (*drawing.paths, *drawing.fills, *drawing.texts, *drawing.markers):
            number = int(figure.source_id)
            layer = str(figure.style.layer or "0")
            part = self._part_of.get(number)
            kind = self._kinds.get(number, "")
            if kind in _DIMENSIONS or (part is None and self._part_of):
                if number not in left_out:
                    left_out.add(number)
                    yield {}, None, layer, "dimension" if kind in _DIMENSIONS else "paper_space"
                continue
            yield self._values(figure, number, layer, part), _shape(figure, part), layer, None

    def _values(self, figure: Any, number: int, layer: str, part: _Part | None) -> dict[str, str | None]:
        text = getattr(figure, "text", None)
        values: dict[str, str | None] = {
            "レイヤ": layer,
            "図形": self._kinds.get(number) or type(figure).__name__.removesuffix("Primitive").lower(),
            "図形番号": str(number),
            "部分図": part.name if part else None,
            "文字": text,
            "記号": getattr(figure, "name", None),
            "表示": None if figure.style.visible else "非表示",
        }
        if text is not None:
            angle = figure.angle_deg - (math.degrees(part.turn) if part else 0.0)
            values["角度"] = number_text(round(angle, 3)) if round(angle, 3) else None
        for name, value in self._attributes.get(number, {}).items():
            values[name if name not in values else f"{name}_2"] = text if value is None else value
        return values


def _part(feature: Mapping[str, Any], *, is_survey: bool) -> _Part | None:
    scale = (float(feature.get("ratio_x", 1.0)), float(feature.get("ratio_y", 1.0)))
    if not all(math.isfinite(ratio) and ratio for ratio in scale):
        return None
    place = feature["position"]
    turn = math.radians(float(feature.get("angle_deg", 0.0)))
    return _Part(str(feature.get("name", "")), is_survey, (float(place["x"]), float(place["y"])), turn, scale)


def _shape(figure: Any, part: _Part | None) -> BaseGeometry | None:
    def moved(points: Any) -> list[Point]:
        return [part.on_ground(point) for point in points] if part else list(points)

    if hasattr(figure, "outer"):
        outer = moved(figure.outer)
        holes = [moved(hole) for hole in figure.holes if len(hole) >= 3]
        return shapely.Polygon(outer, holes) if len(set(outer)) >= 3 else None
    if hasattr(figure, "points"):
        points = moved(figure.points)
        if figure.closed and len(set(points)) >= 3:
            return shapely.Polygon(points)
        return shapely.LineString(points) if len(points) > 1 else None
    place = figure.anchor if hasattr(figure, "anchor") else figure.position
    return shapely.Point(moved([place])[0])


DRIVER = Driver("sxf", (".sfc", ".p21"), accepts, read)
