"""One picture of a raster layer, and what a person or a file beside it says of where it belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from PIL import Image
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCRSError

from gis_capture.errors import SourceError
from gis_capture.locate.map_sheet import parse_map_sheet
from gis_capture.text import Text
from gis_capture.tiles.raster.control import POINTS, Control, Polygon, check_points, read_beside, read_control
from gis_capture.tiles.raster.fitting import ControlPoint, Method

SUFFIXES = (".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2", ".bmp", ".webp", ".gif")
BESIDE = (
    *(".tfw", ".tifw", ".tiffw", ".jgw", ".jpgw", ".jpegw", ".pgw", ".pngw", ".bpw", ".bmpw"),
    *(".gfw", ".gifw", ".j2w", ".jp2w", ".wld", ".tfwx", ".jgwx", ".pgwx"),
    *(".prj", ".qpj", ".points", ".json", ".xml", ".aux", ".ovr", ".rrd", ".msk", ".tab"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture with what a person or a file beside it says.

    Attributes:
        crs: In which its place is given, as WKT or "EPSG:…"; None = as the picture itself says.
        points: Control points; none = as the picture or its world file says.
        method: How the picture is fitted to its control points.
        mask: Corners (column, row) of the part of it that is shown; none = all of it.
    """

    path: Path
    crs: str | None = None
    points: tuple[ControlPoint, ...] = ()
    method: Method = "affine"
    mask: Polygon = ()

    def to_json(self) -> dict[str, Any]:
        """Gives what a process of its own is told."""
        return {
            "path": str(self.path),
            "crs": self.crs,
            "points": [list(point) for point in self.points],
            "method": self.method,
            "mask": [list(corner) for corner in self.mask],
        }

    @property
    def control(self) -> Control:
        """Its control points as a file says them."""
        return Control(self.points, self.crs, self.method, self.mask)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        points = tuple(ControlPoint(*point) for point in document["points"])
        mask = tuple((column, row) for column, row in document.get("mask", ()))
        return cls(Path(document["path"]), document["crs"], points, document.get("method", "affine"), mask)


@dataclass(frozen=True, slots=True)
class Placing:
    """What a person says of where pictures belong, before what lies beside them.

    Attributes:
        crs: Of pictures and control points that do not say theirs, or say a wrong one: "EPSG:6675".
        points: A file of control points, for a single picture.
        method: How pictures are fitted to control points; None = as a file says, else affine.
        map_sheet: Name of the 図郭 whose corners the picture shows; "file" = the name of the picture is its name.
        corners: Columns and rows of the corners of that, north-west, north-east, south-east, south-west; none = those
            of the picture.
        mask: The part that is shown; none = as a file says, else what is within the corners, else all.
    """

    crs: str | None = None
    points: Path | None = None
    method: Method | None = None
    map_sheet: str | None = None
    corners: Polygon = ()
    mask: Polygon = ()


def find_sheet(path: Path, placing: Placing | None = None) -> Sheet:
    """Makes a sheet of a picture: what is said counts, then `.points`, a `.georef.json` and `.prj` beside it.

    Raises:
        SourceError: It is not there, or a file beside it cannot be read.
    """
    placing = placing or Placing()
    if not path.is_file():
        raise SourceError(Text(f"「{path}」がありません。", f'There is no "{path}".'), path=path)
    if placing.map_sheet:
        return _on_map_sheet(path, placing)
    points = placing.points or _beside(path, POINTS)
    said = read_control(points) if points else Control()
    if said.size:
        said = said.scaled(size_of(path))
    crs = said.crs if said.is_sure_of_crs else placing.crs or said.crs
    if crs is None and (projection := _beside(path, (".prj",))):
        crs = _read_projection(projection)
    sheet = Sheet(path, crs, said.points, placing.method or said.method or "affine", placing.mask or said.mask)
    if points:
        check_points(sheet.points, sheet.method, points)
    return sheet


def _beside(path: Path, suffixes: Sequence[str]) -> Path | None:
    """The file of the same name with one of these endings, in capitals too: PLAN.TIF and PLAN.PRJ."""
    names = [f"{name}{suffix}" for name in (path.stem, path.name) for suffix in suffixes]
    if found := next((file for file in map(path.with_name, names) if file.is_file()), None):
        return found
    there = {file.name.lower(): file for file in path.parent.iterdir()}
    return next((there[name.lower()] for name in names if name.lower() in there), None)


def _on_map_sheet(path: Path, placing: Placing) -> Sheet:
    name = path.stem if placing.map_sheet == "file" else str(placing.map_sheet)
    found = parse_map_sheet(name)
    if found is None:
        raise SourceError(
            Text(
                f"「{name[:40]}」は図郭の名前ではありません(例: 09LD354)。",
                f'"{name[:40]}" is no name of a sheet (図郭), "09LD354" for example.',
            ),
            path=path,
            code="map_sheet_unknown",
        )
    width, height = size_of(path)
    corners = placing.corners or ((0, 0), (width, 0), (width, height), (0, height))
    points = tuple(
        ControlPoint(column, row, x, y) for (column, row), (x, y) in zip(corners, found.corners, strict=True)
    )
    sheet = Sheet(path, placing.crs or found.crs, points, placing.method or "affine", placing.mask or placing.corners)
    check_points(points, sheet.method, path)
    return sheet


def size_of(path: Path) -> tuple[int, int]:
    """Reads width and height of a picture, and nothing else of it.

    Raises:
        SourceError: It cannot be read as one.
    """
    try:
        with Image.open(path) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise SourceError(
            Text(
                f"「{path.name}」を画像として読めません。",
                f'"{path.name}" cannot be read as a picture.',
            ),
            path=path,
            code="raster_broken",
        ) from error


def _read_projection(path: Path) -> str:
    try:
        return CRS.from_user_input(read_beside(path).strip()).to_wkt()
    except (OSError, ValueError, ProjCRSError) as error:
        raise SourceError(
            Text(
                f"「{path.name}」の座標系を読めません。--crs で指定してください(例: EPSG:6675)。",
                f'The CRS in "{path.name}" cannot be read: say it with --crs, for example EPSG:6675.',
            ),
            path=path,
            code="raster_crs_missing",
        ) from error
