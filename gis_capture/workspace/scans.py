"""Scanned maps on their way to the map: the picture, and the control points that people give it bit by bit.

A scan is a folder NAME.scan with its picture and `scan.json`. Its tiles are made like those of a raster layer, in a
plane of its own whose pixels are those of the picture, so that a map can show the scan: column c and row r are c and r
pixels of zoom 22 east and south of the point 0, 0.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gis_capture.durability import replace_durably
from gis_capture.errors import SourceError
from gis_capture.text import Text
from gis_capture.tiles.grid import MAX_ZOOM
from gis_capture.tiles.raster.control import Control, Polygon, check_points, check_polygon
from gis_capture.tiles.raster.fitting import LEAST, METHODS, ControlPoint, trust
from gis_capture.tiles.raster.sheet import Sheet, find_sheet, size_of
from gis_capture.workspace.rasters import Rasters

MAX_POINTS = 500
PIXEL_M = 2 * 20037508.342789244 / (256 << MAX_ZOOM)
_PLANE = "EPSG:3857"


@dataclass(frozen=True, slots=True)
class Scan:
    """One of them.

    Attributes:
        picture: Its file.
        control: What is known of its place so far.
    """

    name: str
    title: str
    attribution: str
    picture: Path
    width: int
    height: int
    control: Control

    @property
    def sheet(self) -> Sheet:
        """The sheet that becomes a raster layer."""
        control = self.control
        return Sheet(self.picture, control.crs, control.points, control.method or "affine", control.mask)

    def trust(self) -> list[dict[str, Any]]:
        """How far each control point can be trusted; nothing as long as they determine no place."""
        control = self.control
        if not control.crs:
            return []
        try:
            return [one.to_json() for one in trust(control.points, control.method or "affine", CRS(control.crs))]
        except ValueError:
            return []

    def to_json(self) -> dict[str, Any]:
        """Gives what its page shows."""
        method = self.control.method or "affine"
        return {
            **{key: getattr(self, key) for key in ("name", "title", "attribution", "width", "height")},
            **_control_json(self.control),
            "places": in_degrees([point[2:] for point in self.control.points], self.control.crs),
            "method": method,
            "n_least": LEAST[method],
            "trust": self.trust(),
        }


class Scans:
    """The scans in a folder."""

    def __init__(
        self, folder: Path, *, clock: Callable[[], str], max_pixels: int, grids_dir: Path | None = None
    ) -> None:
        self.folder = folder
        self.pictures = Rasters(folder, clock=clock, max_pixels=max_pixels, grids_dir=grids_dir)
        """Their tiles."""

    def all(self) -> list[Scan]:
        """The scans, by name."""
        found = []
        for path in sorted(self.folder.glob("*.scan/scan.json")):
            with suppress(OSError, ValueError, KeyError):
                found.append(self._read(path))
        return found

    def get(self, name: str) -> Scan:
        """The scan of that name.

        Raises:
            SourceError: There is none.
        """
        path = self.scan_folder(self.pictures.checked_name(name)) / "scan.json"
        try:
            return self._read(path)
        except (OSError, ValueError, KeyError) as error:
            raise SourceError(
                Text(f"スキャン「{name}」はありません。", f'There is no scan "{name}".'),
                path=Path(name),
                code="raster_unknown",
            ) from error

    def scan_folder(self, name: str) -> Path:
        """Where a scan is, with files that were uploaded with it."""
        return self.folder / f"{name}.scan"

    def take(self, picture: Path, *, name: str, title: str, attribution: str = "") -> Scan:
        """Takes a picture that is in its folder, with control points that lie beside it; notes the job of its tiles.

        Raises:
            SourceError: It cannot be read as a picture.
        """
        try:
            sheet = find_sheet(picture)
        except SourceError as error:
            # Points that are too few are a beginning.
            if error.subject.get("code") != "raster_points_few":
                raise
            sheet = Sheet(picture)
        width, height = size_of(picture)
        scan = Scan(name, title, attribution, picture, width, height, sheet.control if sheet.points else Control())
        self._note_tiles(scan)
        self._write(scan)
        return scan

    def complete(self) -> None:
        """Notes the job of tiles that a scan has not got, as after a restore of one that was being prepared."""
        for scan in self.all():
            if self.pictures.get(scan.name) is None and not self.pictures.job_folder(scan.name).exists():
                with suppress(SourceError):
                    self._note_tiles(scan)

    def set_control(self, name: str, document: Mapping[str, Any]) -> Scan:
        """Keeps the control points, the method and the mask that a page sends.

        Raises:
            SourceError: They are none.
        """
        scan = replace(self.get(name), control=_read_control(document))
        self._write(scan)
        return scan

    def checked_sheets(self, names: Sequence[str]) -> list[Sheet]:
        """The sheets of scans that are to become one layer.

        Raises:
            SourceError: The place of one is not determined yet.
        """
        sheets = [self.get(name).sheet for name in names]
        for sheet in sheets:
            check_points(sheet.points, sheet.method, sheet.path)
        return sheets

    def remove(self, name: str) -> None:
        """Takes a scan away with its tiles; layers that were made of it stay.

        Raises:
            SourceError: There is none, or its tiles are being made.
        """
        self.get(name)
        self.discard(name)

    def discard(self, name: str) -> None:
        """Takes away what there is of a scan."""
        with suppress(SourceError):
            self.pictures.remove(name)
        shutil.rmtree(self.scan_folder(name), ignore_errors=True)

    def _note_tiles(self, scan: Scan) -> None:
        corners = ((0, 0), (scan.width, 0), (0, scan.height))
        plane = tuple(ControlPoint(column, row, column * PIXEL_M, -row * PIXEL_M) for column, row in corners)
        self.pictures.prepare_sheets([Sheet(scan.picture, _PLANE, plane)], name=scan.name, title=scan.title)

    def _read(self, path: Path) -> Scan:
        document = json.loads(path.read_text(encoding="utf-8"))
        kept = {key: document[key] for key in ("name", "title", "attribution", "width", "height")}
        return Scan(picture=path.parent / document["picture"], control=_read_control(document), **kept)

    def _write(self, scan: Scan) -> None:
        document = scan.to_json() | {"picture": scan.picture.name}
        for told in ("trust", "n_least", "places"):
            del document[told]
        path = self.scan_folder(scan.name) / "scan.json"
        unfinished = path.with_name(f"scan.json.{os.getpid()}.new")
        unfinished.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        replace_durably(unfinished, path)


def in_degrees(places: Sequence[Sequence[float]], crs: str | None) -> list[list[float]]:
    """Gives places as maps take them; none where they would lie beyond the CRS."""
    if not places or not crs:
        return []
    xs, ys = [place[0] for place in places], [place[1] for place in places]
    lons, lats = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(xs, ys)
    found = [[float(lon), float(lat)] for lon, lat in zip(lons, lats, strict=True)]
    return found if all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in found) else []


def _control_json(control: Control) -> dict[str, Any]:
    return {
        "crs": control.crs,
        "method": control.method,
        "points": [list(point) for point in control.points],
        "mask": [list(corner) for corner in control.mask],
    }


def _read_control(document: Mapping[str, Any]) -> Control:
    try:
        crs, method = document["crs"], document["method"]
        if crs is not None and not (CRS(str(crs)[:4000]).is_projected or CRS(str(crs)[:4000]).is_geographic):
            raise ValueError("crs")
        if method is not None and method not in METHODS:
            raise ValueError("method")
        said, outline = list(document["points"]), list(document["mask"])
        if len(said) > MAX_POINTS or len(outline) > MAX_POINTS:
            raise ValueError(f"> {MAX_POINTS}")
        points = tuple(ControlPoint(*(_number(value) for value in point)) for point in said)
        corners: Polygon = tuple((_number(column), _number(row)) for column, row in outline)
        check_polygon(corners)
        return Control(points, crs, method, corners)
    except (KeyError, TypeError, ValueError, CRSError) as error:
        raise SourceError(
            Text(
                f"基準点として読めません({str(error)[:100]})。",
                f"They cannot be read as control points: {error!s:.100}.",
            ),
            code="raster_points_unusable",
        ) from error


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 1e9:
        raise ValueError(f"{value!r:.40}")
    return float(value)
