"""Divides an area into sheets, and gathers what each of them shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely import Geometry

from gis_capture.errors import FeatureError
from gis_capture.geopackage.crs import epsg_code, shape_in, to_wgs84
from gis_capture.locate.crs import parse_crs
from gis_capture.locate.datum import transform
from gis_capture.model import BBox, Layer
from gis_capture.model.label import label_of
from gis_capture.paper.sheet import PAPERS_MM, SheetFeature, ground_size
from gis_capture.store.protocol import FeatureQuery, Snapshot
from gis_capture.text import Text

SCALES = (100, 200, 250, 500, 1000, 1250, 2000, 2500, 5000, 10000)
MAX_SHEETS = 100
MAX_FEATURES = 1_500
_FIRST_UTM, _FIRST_UTM_ZONE = 6688, 51


@dataclass(frozen=True, slots=True)
class Cell:
    """One sheet of an atlas: its upper left corner on the ground, and its place among the others."""

    west: float
    north: float
    column: int
    row: int


def sheet_crs(area: Geometry, plane_zone: int | None, named: str | None = None) -> str:
    """The CRS in metres that an area is drawn in: the named one, that of the office, else UTM on JGD2011.

    Raises:
        FeatureError: The named one is not in metres.
    """
    if named:
        code = parse_crs(named)
        if not (6669 <= code <= 6692 or 2443 <= code <= 2461 or 3097 <= code <= 3101):
            raise FeatureError(
                Text(
                    f"調査図の座標系は平面直角座標系か UTM にしてください(EPSG:{code} は使えません)。",
                    f"A field sheet is drawn in a plane rectangular CRS or UTM, not in EPSG:{code}.",
                ),
                code="sheet_crs",
            )
        return f"EPSG:{code}"
    if plane_zone:
        return f"EPSG:{6668 + plane_zone}"
    zone = min(max(int((shapely.get_x(shapely.centroid(area)) + 180) // 6) + 1, _FIRST_UTM_ZONE), _FIRST_UTM_ZONE + 4)
    return f"EPSG:{_FIRST_UTM + zone - _FIRST_UTM_ZONE}"


def divide(area: Geometry, crs: str, *, scale: int, paper: str) -> list[Cell]:
    """Divides an area (EPSG:4326) into sheets, from the north-west on; those that it does not touch are left out.

    Raises:
        FeatureError: No such scale or paper, or too many sheets.
    """
    if scale not in SCALES or paper not in PAPERS_MM:
        scales = "、".join(f"1:{one}" for one in SCALES)
        raise FeatureError(
            Text(
                f"縮尺は {scales}、用紙は A4 か A3 から選んでください。",
                f"Choose a scale of {scales.replace('、', ', ')}, and A4 or A3.",
            ),
            code="sheet_scale",
        )
    ground = shape_in(area, crs)
    west, south, east, north = map(float, shapely.bounds(ground))
    width, height = ground_size(paper, scale)
    # Whole metres, so that the code on a sheet says exactly where it is; neighbours overlap by less than one.
    step_x, step_y = math.floor(width), math.floor(height)
    n_columns, n_rows = max(math.ceil((east - west) / step_x), 1), max(math.ceil((north - south) / step_y), 1)
    if n_columns * n_rows > 100 * MAX_SHEETS:
        raise _too_many(n_columns * n_rows)
    # The sheets lie around the middle of the area; what remains is shared by both sides.
    left, top = math.floor((west + east - n_columns * step_x) / 2), math.ceil((south + north + n_rows * step_y) / 2)
    cells = [
        Cell(left + column * step_x, top - row * step_y, column, row)
        for row in range(n_rows)
        for column in range(n_columns)
    ]
    shapely.prepare(ground)
    touched = [
        one
        for one in cells
        if shapely.intersects(ground, shapely.box(one.west, one.north - height, one.west + width, one.north))
    ]
    if len(touched) > MAX_SHEETS:
        raise _too_many(len(touched))
    return touched


def features_on(
    moment: Snapshot, layers: Sequence[Layer], extent: BBox, crs: str, grids_dir: Path | None
) -> tuple[SheetFeature, ...]:
    """The located features on a sheet, numbered in the order of their layers and names; personal data is left out.

    Raises:
        FeatureError: There are more than can be told apart on paper.
    """
    window, degrees = shapely.box(*extent), to_wgs84(extent, crs)
    found: list[SheetFeature] = []
    for layer in layers:
        query = FeatureQuery(bbox=degrees, is_located=True)
        on_layer = []
        for feature in moment.features(layer.key, query):
            geometry = moved(feature.geometry, layer.crs, crs, grids_dir)
            if geometry is None or not shapely.intersects(geometry, window):
                continue
            shown = {name: value for name, value in feature.fields.items() if name not in layer.personal_names}
            label = f"{layer.title.ja} {label_of(layer, shown) or ''}"
            on_layer.append(SheetFeature(0, layer.key, feature.feature_id, feature.revision, label, geometry))
            if len(found) + len(on_layer) > MAX_FEATURES:
                raise FeatureError(
                    Text(
                        f"1枚の地物が {MAX_FEATURES:,} を超えます。縮尺を大きくするか、レイヤーを減らしてください。",
                        f"More than {MAX_FEATURES:,} features are on one sheet: take a larger scale, or fewer layers.",
                    ),
                    code="sheet_full",
                )
        found += sorted(on_layer, key=lambda one: (one.label, one.feature_id))
    return tuple(
        SheetFeature(number, one.layer, one.feature_id, one.revision, one.label, one.geometry)
        for number, one in enumerate(found, 1)
    )


def moved(geometry: Geometry | None, source: str, target: str, grids_dir: Path | None) -> Geometry | None:
    """A geometry in another CRS, without heights."""
    if geometry is None or shapely.is_empty(geometry):
        return None

    def move(points: np.ndarray) -> np.ndarray:
        x, y = np.ascontiguousarray(points.T)
        done = transform(x, y, source=epsg_code(source), target=epsg_code(target), grids_dir=grids_dir)
        return np.column_stack([done.x, done.y])

    flat = shapely.force_2d(geometry)
    return flat if epsg_code(source) == epsg_code(target) else shapely.transform(flat, move)


def _too_many(n: int) -> FeatureError:
    return FeatureError(
        Text(
            f"調査図が {n:,}枚になります({MAX_SHEETS}枚まで)。範囲を狭くするか、縮尺を小さくしてください。",
            f"That would be {n:,} sheets, and {MAX_SHEETS} is the most: take a smaller area or another scale.",
        ),
        code="sheet_too_many",
    )
