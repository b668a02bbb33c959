"""Files that say where places in a picture are: control points of QGIS, and georeference annotations of IIIF."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjCRSError
from shapely import Polygon as ShapelyPolygon

from gis_capture.durability import replace_durably
from gis_capture.errors import SourceError
from gis_capture.text import Text
from gis_capture.tiles.raster.fitting import LEAST, ControlPoint, Fit, Method, in_plane

POINTS = (".points", ".georef.json")
Polygon = tuple[tuple[float, float], ...]
_MAX_POINTS = 5_000
_MAX_BESIDE_BYTES = 2_000_000
_MAX_CORNERS = 1_000
_ANNOTATION = "http://iiif.io/api/extension/georef/1/context.json"
_DEGREES = "EPSG:4326"
# Names of IIIF's extension, and those that its tools write besides.
_METHODS: dict[tuple[str, int], Method] = {
    ("helmert", 1): "similarity",
    ("polynomial", 1): "affine",
    ("polynomial", 2): "polynomial",
    ("thinPlateSpline", 1): "tps",
}


@dataclass(frozen=True, slots=True)
class Control:
    """What such a file says; None and nothing where it does not.

    Attributes:
        is_sure_of_crs: Whether the form of the file leaves no doubt of its CRS.
        size: Width and height of the picture that it is about.
    """

    points: tuple[ControlPoint, ...] = ()
    crs: str | None = None
    method: Method | None = None
    mask: Polygon = ()
    is_sure_of_crs: bool = False
    size: tuple[float, float] | None = None

    def scaled(self, size: tuple[float, float]) -> "Control":
        """Gives it for a copy of the picture that has another size."""
        if not self.size or self.size == size:
            return self
        x, y = size[0] / self.size[0], size[1] / self.size[1]
        points = tuple(p._replace(column=p.column * x, row=p.row * y) for p in self.points)
        return replace(self, points=points, mask=tuple((column * x, row * y) for column, row in self.mask), size=size)


def read_control(path: Path) -> Control:
    """Reads a file of control points, by its name.

    Raises:
        SourceError: No such file.
    """
    try:
        if path.suffix.lower() == ".json":
            return _parse_annotation(json.loads(read_beside(path)))
        return _parse_points(read_beside(path))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, csv.Error, ProjCRSError) as error:
        raise SourceError(
            Text(
                f"「{path.name}」は基準点のファイルとして読めません({str(error)[:100]})。"
                "QGIS の基準点(mapX, mapY, sourceX, sourceY)か、IIIF の Georeference Annotation にしてください。",
                f'"{path.name}" holds no control points ({str(error)[:100]}): give those of QGIS '
                "(mapX, mapY, sourceX, sourceY) or a georeference annotation of IIIF.",
            ),
            path=path,
            code="raster_points_unusable",
        ) from error


def check_points(points: Sequence[ControlPoint], method: Method, path: Path) -> None:
    """Makes sure that a picture can be fitted to its control points.

    Raises:
        SourceError: They are too few or too many for the method, or on a line.
    """
    try:
        Fit(points, method)
    except ValueError as error:
        least = LEAST[method]
        is_many = str(error) == "many"
        raise SourceError(
            Text(
                f"「{path.name}」: {len(points)} 点では多すぎます。変換を polynomial にしてください。"
                if is_many
                else f"「{path.name}」の有効な基準点は{len(points)}点です。"
                f"この変換({method})には、一直線に並ばない{least}点以上が要ります。",
                f'"{path.name}": {len(points)} points are too many for a spline: use "polynomial".'
                if is_many
                else f'"{path.name}" has {len(points)} usable control points: "{method}" needs {least} or more that '
                "are not on one line.",
            ),
            path=path,
            code="raster_points_few",
        ) from error


def check_polygon(corners: Polygon) -> None:
    """Makes sure that corners enclose something and its outline does not cross itself; none are well, too.

    Raises:
        ValueError: They do not.
    """
    if not corners:
        return
    outline = ShapelyPolygon(corners) if len(corners) >= 3 else None
    if outline is None or not outline.is_valid or outline.area < 1:
        raise ValueError("mask")


def read_beside(path: Path) -> str:
    """Reads a small text file."""
    with path.open("rb") as file:
        return file.read(_MAX_BESIDE_BYTES).decode("utf-8-sig")


def write_control(path: Path, control: Control, *, name: str, size: tuple[int, int]) -> None:
    """Writes a file of control points: an annotation where its name ends in .json, else as QGIS does."""
    is_annotation = path.suffix.lower() == ".json"
    document = format_annotation(control, name=name, size=size) if is_annotation else None
    text = (
        json.dumps(document, ensure_ascii=False, indent=2) if document else format_points(control.points, control.crs)
    )
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(text, encoding="utf-8")
    replace_durably(unfinished, path)


def format_points(points: Sequence[ControlPoint], crs: str | None) -> str:
    """Writes control points as QGIS does."""
    head = [f"#CRS: {crs}"] if crs else []
    rows = [f"{p.x},{p.y},{p.column},{-p.row},1,0,0,0" for p in points]
    return "\n".join([*head, "mapX,mapY,sourceX,sourceY,enable,dX,dY,residual", *rows, ""])


def format_annotation(control: Control, *, name: str, size: tuple[int, int]) -> dict[str, Any]:
    """Gives a georeference annotation (iiif.io/api/extension/georef) of a picture; places in it are degrees."""
    kinds = {method: kind for kind, method in _METHODS.items()}
    kind, order = kinds[control.method or "affine"]
    to_degrees = Transformer.from_crs(control.crs or _DEGREES, _DEGREES, always_xy=True)
    width, height = size
    corners = control.mask or ((0, 0), (width, 0), (width, height), (0, height))
    outline = " ".join(f"{column:g},{row:g}" for column, row in corners)
    return {
        "@context": [_ANNOTATION, "http://iiif.io/api/presentation/3/context.json"],
        "type": "Annotation",
        "motivation": "georeferencing",
        "target": {
            "type": "SpecificResource",
            "source": {"id": name, "type": "Image", "width": width, "height": height},
            "selector": {
                "type": "SvgSelector",
                "value": f'<svg width="{width}" height="{height}"><polygon points="{outline}" /></svg>',
            },
        },
        "body": {
            "type": "FeatureCollection",
            "transformation": {"type": kind, **({"options": {"order": order}} if kind == "polynomial" else {})},
            "features": [
                {
                    "type": "Feature",
                    "properties": {"resourceCoords": [point.column, point.row]},
                    "geometry": {"type": "Point", "coordinates": list(to_degrees.transform(point.x, point.y))},
                }
                for point in control.points
            ],
        },
    }


def _parse_points(text: str) -> Control:
    crs: str | None = None
    points: list[ControlPoint] = []
    lines = text.splitlines()
    while lines and lines[0].startswith("#"):
        comment = lines.pop(0).removeprefix("#").strip()
        if comment.upper().startswith("CRS:"):
            crs = CRS.from_user_input(comment[4:].strip()).to_wkt()
    for number, row in enumerate(csv.DictReader(lines), 2):
        fields = {str(name).strip().lower(): value for name, value in row.items() if name}
        if not any(fields.values()) or (fields.get("enable") or "1").strip() == "0":
            continue
        # QGIS up to 3.24 names the pixels pixelX; rows count downwards from 0 as negative numbers in all of them.
        column, row_down = (fields.get(f"source{axis}") or fields.get(f"pixel{axis}") for axis in "xy")
        try:
            x, y = float(fields["mapx"] or ""), float(fields["mapy"] or "")
            points.append(_point(float(column or ""), -float(row_down or ""), x, y))
        except (KeyError, ValueError):
            raise ValueError(f"{number}") from None
        _check_number(points)
    return Control(tuple(points), crs)


def _parse_annotation(document: Any) -> Control:
    if document["type"] == "AnnotationPage":
        (document,) = document["items"]
    body, target = document["body"], document["target"]
    source = target["source"] if isinstance(target, Mapping) else {}
    points: list[ControlPoint] = []
    for feature in body["features"]:
        # Before its first version the extension said pixelCoords.
        column, row = feature["properties"].get("resourceCoords") or feature["properties"]["pixelCoords"]
        lon, lat = feature["geometry"]["coordinates"][:2]
        points.append(_point(float(column), float(row), float(lon), float(lat)))
        _check_number(points)
    said = body.get("transformation") or {}
    order = int((said.get("options") or {}).get("order", 1))
    selector = target.get("selector") if isinstance(target, Mapping) else None
    mask = _parse_outline(str((selector or {}).get("value", "")))
    check_polygon(mask)
    size = _size_of(source) if isinstance(source, Mapping) else None
    if size and set(mask) == {(0, 0), (size[0], 0), size, (0, size[1])}:
        mask = ()
    points_in_plane, plane = in_plane(points, CRS(_DEGREES))
    return Control(points_in_plane, plane.to_wkt(), _METHODS.get((said.get("type", ""), order)), mask, True, size)


def _parse_outline(svg: str) -> Polygon:
    match = re.search(r'points="([-0-9eE+., \n]*)"', svg[:_MAX_BESIDE_BYTES])
    numbers = [float(part) for part in re.split(r"[ ,\n]+", match[1].strip())] if match and match[1].strip() else []
    if len(numbers) % 2 or len(numbers) > 2 * _MAX_CORNERS:
        raise ValueError("polygon")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _size_of(source: Mapping[str, Any]) -> tuple[float, float] | None:
    width, height = (float(source.get(name) or 0) for name in ("width", "height"))
    return (width, height) if width > 0 and height > 0 else None


def _point(column: float, row: float, x: float, y: float) -> ControlPoint:
    if not all(-1e9 < value < 1e9 for value in (column, row, x, y)):
        raise ValueError(f"{column}, {row}, {x}, {y}")
    return ControlPoint(column, row, x, y)


def _check_number(points: Sequence[ControlPoint]) -> None:
    if len(points) > _MAX_POINTS:
        raise ValueError(f"> {_MAX_POINTS:,}")
