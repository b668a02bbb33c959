"""DXF drawings (R12 to 2018, text and binary) by ezdxf: every CAD layer is a table, every entity of the model a row.

Closed polylines, circles and hatches are areas; a layer of lines takes their outlines. Blocks are points with their
attributes, except a block that stands once and holds much: that is a part of the drawing and is taken apart.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import shapely
from ezdxf import path as paths
from ezdxf.document import Drawing
from ezdxf.entities import DXFGraphic, Insert
from ezdxf.lldxf.const import DXFError
from ezdxf.math import Vec3
from ezdxf.tools.text import plain_mtext, plain_text
from shapely.geometry.base import BaseGeometry

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.drivers.dxf_files import mend_text, open_drawing
from gis_capture.ledger.drivers.features import Features, no_crs
from gis_capture.ledger.opening import Opened, size_text, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text

_TEXTS = frozenset({"TEXT", "MTEXT", "ATTDEF"})
_POINTS = frozenset({"POINT", "INSERT", *_TEXTS})
_LINES = frozenset(["LINE", "LWPOLYLINE", "POLYLINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE", "HELIX"])
_AREAS = frozenset(["HATCH", "MPOLYGON", "SOLID", "TRACE", "3DFACE"])
_MANY = 20
_N_LOOKED_AT = 5_000
_MAX_DEPTH = 8
_FIRST = dict.fromkeys(("レイヤ", "図形", "ハンドル", "ブロック", "文字"))
# Beyond this no coordinate of a plane rectangular zone lies, in metres.
_FARTHEST_M = 600_000.0
_MM, _CM, _M = 4, 5, 6
_UNITS = {_MM: ("ミリメートル", "millimetres", 1000.0), _CM: ("センチメートル", "centimetres", 100.0)}


def read(opened: Opened) -> Reading:
    """Reads the entities of the model space; those of paper space are left out with a reason.

    Raises SourceError for a drawing that is broken beyond repair or too large.
    """
    limit = opened.limits.max_drawing_bytes
    if opened.size_bytes > limit:
        raise too_large(opened.path, size_text(opened.size_bytes), size_text(limit))
    drawing, auditor, encoding = open_drawing(opened)
    source = opened.source("dxf", encoding)
    features = Features(opened, source)
    reader = _Reader(drawing, features, encoding)
    for entity in drawing.modelspace():
        reader.take(entity)
    for layout in drawing.layouts:
        if not layout.is_modelspace:
            for entity in layout:
                if entity.dxftype() != "VIEWPORT":
                    features.skip(reader.layer_of(entity), "paper_space")
    problems = [no_crs(opened.path.name), *_units(drawing, reader.scale)]
    if auditor is not None and (auditor.errors or auditor.fixes):
        problems.append(_repaired([*auditor.errors, *auditor.fixes]))
    if reader.n_failed:
        problems.append(_failed(reader.n_failed))
    return Reading(source, features.tables(first=_FIRST), tuple(problems))


class _Reader:
    """Turns entities into features."""

    def __init__(self, drawing: Drawing, features: Features, encoding: str | None) -> None:
        self._drawing, self._features, self._encoding = drawing, features, encoding
        self._n_stands = Counter(e.dxf.name for e in drawing.modelspace().query("INSERT"))
        self.scale = _scale(drawing)
        self.n_failed: Counter[str] = Counter()

    def layer_of(self, entity: DXFGraphic) -> str:
        return self._mend(str(entity.dxf.get("layer", "0"))) or "0"

    def take(self, entity: DXFGraphic, *, within: str | None = None, depth: int = 0) -> None:
        """Adds an entity; `within` is the block it is a part of."""
        kind, layer = entity.dxftype(), self.layer_of(entity)
        if isinstance(entity, Insert) and depth < _MAX_DEPTH and self._is_part(entity):
            block = self._mend(str(entity.dxf.name))
            for part in self._parts(entity):
                self.take(part, within=block, depth=depth + 1)
            return
        if kind not in _POINTS | _LINES | _AREAS:
            self._features.skip(layer, "dimension" if "DIMENSION" in kind or "LEADER" in kind else "not_geometry")
            return
        values = self._values(entity, kind, layer)
        if within is not None:
            values.setdefault("ブロック", within)
        try:
            geometry = self._geometry(entity, kind)
        except SourceError:
            raise
        except (DXFError, ValueError, TypeError, ArithmeticError, AttributeError, IndexError):
            geometry = None
            self.n_failed[kind] += 1
        self._features.add(layer, values, geometry)

    def _is_part(self, entity: Insert) -> bool:
        block = entity.block()
        return (
            block is not None
            and self._n_stands[entity.dxf.name] == 1
            and not entity.attribs
            and entity.mcount == 1
            and len(block) > _MANY
        )

    def _parts(self, entity: Insert) -> Iterator[DXFGraphic]:
        try:
            yield from entity.virtual_entities()
        except (DXFError, ValueError, TypeError, ArithmeticError):
            self.n_failed["INSERT"] += 1

    def _values(self, entity: DXFGraphic, kind: str, layer: str) -> dict[str, str | None]:
        dxf = entity.dxf
        values: dict[str, str | None] = {"レイヤ": layer, "図形": kind, "ハンドル": dxf.get("handle")}
        if kind in _TEXTS:
            values |= self._text_values(entity, kind)
        if isinstance(entity, Insert):
            values["ブロック"] = self._mend(str(dxf.name))
            values["角度"] = _number(dxf.get("rotation"))
            for attribute in entity.attribs:
                tag = self._mend(str(attribute.dxf.tag)) or "属性"
                while tag in values:
                    tag = f"{tag}_2"
                text = attribute.plain_mtext() if attribute.has_embedded_mtext_entity else attribute.dxf.get("text", "")
                values[tag] = plain_text(self._mend(str(text)))
        if kind in ("CIRCLE", "ARC"):
            values["半径"] = _number(dxf.get("radius"))
        values["色"] = None if dxf.get("color", 256) == 256 else str(dxf.color)
        linetype = self._mend(str(dxf.get("linetype", "BYLAYER")))
        values["線種"] = None if linetype.upper() == "BYLAYER" else linetype
        height = getattr(_first_point(entity), "z", 0.0)
        values["Z"] = _number(height / self.scale) if height and math.isfinite(height) else None
        return values

    def _text_values(self, entity: Any, kind: str) -> dict[str, str | None]:
        raw = self._mend(str(entity.text if kind == "MTEXT" else entity.dxf.get("text", "")))
        plain = str(plain_mtext(raw)) if kind == "MTEXT" else plain_text(raw)
        return {
            "文字": plain,
            "文字（原文）": None if raw in (plain, plain.replace("\n", "\\P")) else raw,
            "文字高": _number(entity.dxf.get("char_height" if kind == "MTEXT" else "height")),
            "角度": _number(entity.get_rotation() if kind == "MTEXT" else entity.dxf.get("rotation")),
        }

    def _mend(self, text: str) -> str:
        return mend_text(text, self._encoding)

    def _geometry(self, entity: Any, kind: str) -> BaseGeometry | None:
        if kind in _POINTS:
            place = entity.dxf.location if kind == "POINT" else entity.dxf.insert
            place = entity.ocs().to_wcs(place) if kind not in ("POINT", "MTEXT") else place
            return self._point(place)
        if kind in _AREAS:
            return self._area(entity, kind)
        if kind == "POLYLINE" and (entity.is_poly_face_mesh or entity.is_polygon_mesh):
            faces = [self._area(face, "3DFACE") for face in entity.virtual_entities()]
            return shapely.MultiPolygon([face for face in faces if isinstance(face, shapely.Polygon)])
        points = self._vertices(paths.make_path(entity))
        is_closed = len(points) > 3 and points[0] == points[-1]
        if is_closed and len(set(points)) >= 3:
            return shapely.Polygon(points)
        return shapely.LineString(points) if len(points) > 1 else None

    def _area(self, entity: Any, kind: str) -> BaseGeometry | None:
        if kind in ("HATCH", "MPOLYGON"):
            rings = [self._vertices(ring) for ring in paths.from_hatch(entity)]
        else:
            rings = [self._ring(paths.make_path(entity))]
        polygons = [shapely.Polygon(ring) for ring in rings if len(set(ring)) >= 3]
        if not polygons:
            return None
        # Rings inside rings are holes, and islands in them: what lies in an odd number of rings.
        found: BaseGeometry = polygons[0]
        for polygon in polygons[1:]:
            found = shapely.symmetric_difference(shapely.make_valid(found), shapely.make_valid(polygon))
        return found

    def _ring(self, path: paths.Path) -> list[tuple[float, float]]:
        points = self._vertices(path)
        return points if points[:1] == points[-1:] else [*points, *points[:1]]

    def _vertices(self, path: paths.Path) -> list[tuple[float, float]]:
        # As fine as 1/10,000 of the drawing's part, at least four chords per curve.
        lines = path.control_vertices() if path.has_curves else ()
        spread = max((v.distance(path.start) for v in lines), default=0.0)
        vertices: Iterable[Any] = path.flattening(max(spread / 10_000, 1e-9), segments=4)
        return [(v.x / self.scale, v.y / self.scale) for v in vertices]

    def _point(self, place: Any) -> BaseGeometry:
        return shapely.Point(place.x / self.scale, place.y / self.scale)


def _number(value: Any) -> str | None:
    return number_text(float(value)) if isinstance(value, (int, float)) and math.isfinite(value) and value else None


def _scale(drawing: Drawing) -> float:
    """Millimetres and centimetres become metres where the drawing is too large for metres; else they stay."""
    unit = _UNITS.get(int(drawing.header.get("$INSUNITS", 0) or 0))
    if unit is None:
        return 1.0
    places = (_first_point(entity) for entity in islice(drawing.modelspace(), _N_LOOKED_AT))
    farthest = max((max(abs(place.x), abs(place.y)) for place in places if place is not None), default=0.0)
    return unit[2] if _FARTHEST_M < farthest < 1e19 else 1.0


def _first_point(entity: Any) -> Any:
    for name in ("location", "insert", "start", "center"):
        if entity.dxf.hasattr(name):
            return entity.dxf.get(name)
    if entity.dxftype() == "LWPOLYLINE" and len(entity):
        return Vec3(entity[0][:2])
    return entity.vertices[0].dxf.location if entity.dxftype() == "POLYLINE" and entity.vertices else None


def _units(drawing: Drawing, scale: float) -> list[Problem]:
    unit = _UNITS.get(int(drawing.header.get("$INSUNITS", 0) or 0))
    if unit is None:
        return []
    ja, en, _ = unit
    if scale != 1.0:
        message = Text(
            f"図面の単位は{ja}です。メートルに直して読みました。", f"The drawing is in {en}; it was read in metres."
        )
    else:
        message = Text(
            f"図面の単位は{ja}となっていますが、座標の大きさからメートルとみて、そのまま読みました。",
            f"The drawing says it is in {en}, but its coordinates are of the size of metres and were left as they are.",
        )
    return [Problem(codes.DRAWING_UNITS, "warning" if scale == 1.0 else "info", message)]


def _repaired(entries: list[Any]) -> Problem:
    first = str(entries[0].message)[:150]
    return Problem(
        codes.DRAWING_REPAIRED,
        "warning",
        Text(
            f"図面に{len(entries)}か所の傷があり、直して読みました（例：{first}）。",
            f"The drawing had {len(entries)} faults and was repaired for reading (for example: {first}).",
        ),
        Text("CADで開いて図形が欠けていないか確かめてください。", "Look in a CAD program whether anything is missing."),
    )


def _failed(n_failed: Counter[str]) -> Problem:
    kinds = ", ".join(f"{kind} {n}" for kind, n in n_failed.most_common())
    return Problem(
        codes.GEOMETRY_NOT_READ,
        "warning",
        Text(
            f"形を読み取れない図形があります（{kinds}）。", f"The shape of some entities could not be read ({kinds})."
        ),
        Text("CADで図形を確かめ、保存し直してください。", "Look at them in a CAD program and save the drawing again."),
    )
