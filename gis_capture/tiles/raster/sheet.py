"""One picture of a raster layer, and what lies beside it that says where it belongs."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCRSError

from gis_capture.errors import SourceError
from gis_capture.text import Text

SUFFIXES = (".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2", ".bmp", ".webp", ".gif")
BESIDE = (".tfw", ".tifw", ".jgw", ".jpgw", ".pgw", ".pngw", ".bpw", ".wld", ".prj", ".points", ".xml", ".ovr", ".tab")
_MAX_POINTS = 5_000
_MAX_BESIDE_BYTES = 2_000_000


class ControlPoint(NamedTuple):
    """A place in the picture (from its upper left corner) and on the map (east, north)."""

    column: float
    row: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture with what a person or a file beside it says.

    Attributes:
        crs: In which its place is given, as WKT or "EPSG:…"; None = as the picture itself says.
        points: Control points; none = as the picture or its world file says.
    """

    path: Path
    crs: str | None = None
    points: tuple[ControlPoint, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Gives what a process of its own is told."""
        return {"path": str(self.path), "crs": self.crs, "points": [list(point) for point in self.points]}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        return cls(Path(document["path"]), document["crs"], tuple(ControlPoint(*p) for p in document["points"]))


def find_sheet(path: Path, *, crs: str | None = None, points: Path | None = None) -> Sheet:
    """Makes a sheet of a picture: `.points` and `.prj` beside it count where nothing else is said.

    Raises:
        SourceError: It is not there, or a file beside it cannot be read.
    """
    if not path.is_file():
        raise SourceError(Text(f"「{path}」がありません。", f'There is no "{path}".'), path=path)
    beside = [path.with_suffix(".points"), path.with_name(path.name + ".points")]
    points = points or next((file for file in beside if file.is_file()), None)
    said: tuple[ControlPoint, ...] = ()
    if points:
        said, told_crs = read_points(points)
        crs = crs or told_crs
    projection = path.with_suffix(".prj")
    if crs is None and projection.is_file():
        crs = _read_projection(projection)
    return Sheet(path, crs, said)


def read_points(path: Path) -> tuple[tuple[ControlPoint, ...], str | None]:
    """Reads the control points of QGIS's georeferencer, and the CRS that newer versions write above them.

    Raises:
        SourceError: No such file, or fewer than three points that are in use.
    """
    crs: str | None = None
    points: list[ControlPoint] = []
    try:
        lines = _read_beside(path).splitlines()
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
                points.append(ControlPoint(float(column or ""), -float(row_down or ""), x, y))
            except (KeyError, ValueError):
                raise ValueError(f"{number}") from None
            if len(points) > _MAX_POINTS:
                raise ValueError(f"> {_MAX_POINTS:,}")
    except (OSError, ValueError, csv.Error, ProjCRSError) as error:
        raise SourceError(
            Text(
                f"「{path.name}」は QGIS の基準点(mapX, mapY, sourceX, sourceY)として読めません({error})。",
                f'"{path.name}" holds no control points of QGIS (mapX, mapY, sourceX, sourceY): {error}.',
            ),
            path=path,
            code="raster_points_unusable",
        ) from error
    if len(points) < 3 or _on_a_line(points):
        raise SourceError(
            Text(
                f"「{path.name}」の有効な基準点は{len(points)}点です。一直線に並ばない3点以上にしてください。",
                f'"{path.name}" has {len(points)} usable control points: give three or more that are not on one line.',
            ),
            path=path,
            code="raster_points_few",
        )
    return tuple(points), crs


def _on_a_line(points: Sequence[ControlPoint]) -> bool:
    first = points[0]
    far = max(points, key=lambda p: (p.column - first.column) ** 2 + (p.row - first.row) ** 2)
    across, down = far.column - first.column, far.row - first.row
    length = (across**2 + down**2) ** 0.5
    return length == 0 or all(
        abs(across * (p.row - first.row) - down * (p.column - first.column)) < 1e-3 * length**2 for p in points
    )


def _read_projection(path: Path) -> str:
    try:
        return CRS.from_user_input(_read_beside(path).strip()).to_wkt()
    except (OSError, ValueError, ProjCRSError) as error:
        raise SourceError(
            Text(
                f"「{path.name}」の座標系を読めません。--crs で指定してください(例: EPSG:6675)。",
                f'The CRS in "{path.name}" cannot be read: say it with --crs, for example EPSG:6675.',
            ),
            path=path,
            code="raster_crs_missing",
        ) from error


def _read_beside(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MAX_BESIDE_BYTES).decode("utf-8-sig")
