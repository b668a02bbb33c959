"""Changes of datum, by the official grids where the office has them, and never without saying how.

PROJ is told each step: left to itself it changes the Tokyo datum with 1.7 m or 440 m of error and raises nothing.
Grids: TKY2JGD and PatchJGD of the Geospatial Information Authority of Japan (GSI); three parameters: GSI, EPSG:15484.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from pyproj import Transformer
from pyproj.exceptions import ProjError

from gis_capture.locate.crs import Datum, crs_of, datum_of
from gis_capture.locate.numbers import Bools, Floats
from gis_capture.locate.par import ParameterGrid
from gis_capture.model import BBox

TKY2JGD = "TKY2JGD"
TOUHOKU = "touhokutaiheiyouoki2011"
Grid = Transformer | ParameterGrid
_SUFFIXES = (".tif", ".gsb", ".par")
CELL_LON_DEG, CELL_LAT_DEG = 1 / 80, 1 / 120  # third mesh, in both grids
_M_PER_DEG = 111_320.0

_TO_RADIANS = "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
_TO_DEGREES = " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
_THREE_PARAMETERS = (
    _TO_RADIANS
    + "+step +proj=push +v_3 +step +proj=cart +ellps=bessel +step +proj=helmert +x=-146.414 +y=507.337 +z=680.507"
    " +step +inv +proj=cart +ellps=GRS80 +step +proj=pop +v_3" + _TO_DEGREES
)
# Largest distance from the grid over all its cells with values, measured, in metres.
# Sakishima, Daito and Iwo-to had origins of their own, so that there the three parameters are far off.
_THREE_PARAMETER_ERRORS_M = (
    (BBox(126, 26, 130.6, 31), 16.0),
    (BBox(139, 31, 141, 33.4), 76.0),
    (BBox(120, 31, 160, 50), 9.0),
)
_THREE_PARAMETER_ERROR_ELSEWHERE_M = 800.0
# The earthquake of 2011 moved the ground by up to 5.9 m in Miyagi, 1 m at 138–139°E, nothing west of 135.4°E.
_MOVED_2011_LON = 135.4
_MOVED_2011_LAT = (34.9, 41.6)
_MOVED_2011_M = ((140.0, 5.9), (139.0, 1.8), (135.4, 1.0))


@dataclass(frozen=True, slots=True)
class Moved:
    """Positions after a change of CRS, x before y.

    Attributes:
        accuracies_m: What the change of datum adds; NaN = nothing worth telling.
        steps: The steps that were used, for the record, with the rows that they were used for.
        missing_grid: Name of the official grid that was needed and not found.
        is_gap: The grid holds nothing for this position; another way was taken.
    """

    x: Floats
    y: Floats
    accuracies_m: Floats
    is_gap: Bools
    steps: Mapping[str, Bools] = field(default_factory=dict)
    missing_grid: str | None = None

    @property
    def operations(self) -> tuple[str, ...]:
        """The steps that were used for any row."""
        return tuple(self.steps)

    def with_steps(self, rows: Bools, *steps: str) -> Mapping[str, Bools]:
        """The steps with more of them, used for some rows."""
        nowhere = np.zeros(len(rows), bool)
        more = {step: self.steps.get(step, nowhere) | rows for step in steps} if rows.any() else {}
        return {**self.steps, **more}


def transform(x: Floats, y: Floats, *, source: int, target: int, grids_dir: Path | None = None) -> Moved:
    """Takes positions from one CRS to another.

    Args:
        x: Longitude in degrees, or metres east.
        y: Latitude in degrees, or metres north.
        source: EPSG code.
        target: EPSG code.
        grids_dir: Folder with TKY2JGD and touhokutaiheiyouoki2011 as .tif, .gsb or .par.

    Raises:
        CRSError: A datum that is not in use in Japan.
    """
    nan = np.full(len(x), np.nan)
    moved = Moved(x, y, nan, np.zeros(len(x), bool))
    if source == target:
        return moved
    moved = _project(moved, source, to_geographic=True)
    for step_from, step_to in _path(datum_of(source), datum_of(target)):
        moved = _change(moved, step_from, step_to, grids_dir)
    return _project(moved, target, to_geographic=False)


def find_grid(name: str, grids_dir: Path | None) -> Path | None:
    """Finds a grid file by the name GSI gives it, in any case, with a version behind it or not."""
    if grids_dir is None or not grids_dir.is_dir():
        return None
    files = [path for path in sorted(grids_dir.iterdir()) if path.stem.lower().startswith(name.lower())]
    return next((path for suffix in _SUFFIXES for path in files if path.suffix.lower() == suffix), None)


def _path(source: Datum, target: Datum) -> Iterable[tuple[Datum, Datum]]:
    """The steps between two datums. JGD2011 and WGS 84 are one: they differ by less than WGS 84 is known."""
    chain: tuple[Datum, ...] = ("tokyo", "jgd2000", "jgd2011")
    start, end = (chain.index("jgd2011" if datum == "wgs84" else datum) for datum in (source, target))
    step = 1 if end > start else -1
    return [(chain[i], chain[i + step]) for i in range(start, end, step)]


def _change(moved: Moved, source: Datum, target: Datum, grids_dir: Path | None) -> Moved:
    name = TKY2JGD if "tokyo" in (source, target) else TOUHOKU
    is_inverse = source == "jgd2011" or target == "tokyo"
    path = find_grid(name, grids_dir)
    grid = _open_grid(path) if path else None
    step = f"{source} → {target}"
    if name == TOUHOKU:
        return _follow_2011(moved, grid, path, step, is_inverse=is_inverse)
    rough_x, rough_y = _three_parameters().transform(moved.x, moved.y, direction="INVERSE" if is_inverse else "FORWARD")
    error_m = _three_parameter_error_m(moved.x, moved.y)
    if grid is None or path is None:
        return replace(
            moved,
            x=rough_x,
            y=rough_y,
            accuracies_m=_worse(moved.accuracies_m, error_m),
            steps=moved.with_steps(np.ones(len(moved.x), bool), f"{step}: three parameters (EPSG:15484)"),
            missing_grid=name,
        )
    at_x, at_y = (rough_x, rough_y) if is_inverse else (moved.x, moved.y)
    smallest, _ = _corner_shifts_m(grid, at_x, at_y)
    x, y = grid.transform(moved.x, moved.y, direction="INVERSE" if is_inverse else "FORWARD")
    # Sea cells hold zeros: taken at their word they would be a shift of nothing, that is an error of 440 m.
    is_gap = np.isfinite(moved.x) & ~(smallest > 1.0)
    moved = replace(moved, steps=moved.with_steps(~is_gap, f"{step}: {path.name}"))
    rough = f"{step}: three parameters (EPSG:15484) where {path.name} has no values"
    return replace(
        moved,
        x=np.where(is_gap, rough_x, x),
        y=np.where(is_gap, rough_y, y),
        accuracies_m=np.where(is_gap, _worse(moved.accuracies_m, error_m), moved.accuracies_m),
        is_gap=moved.is_gap | is_gap,
        steps=moved.with_steps(is_gap, rough),
    )


def _follow_2011(moved: Moved, grid: Grid | None, path: Path | None, step: str, *, is_inverse: bool) -> Moved:
    in_region = (moved.x >= _MOVED_2011_LON) & (moved.y >= _MOVED_2011_LAT[0]) & (moved.y <= _MOVED_2011_LAT[1])
    steps = moved.with_steps(~in_region, f"{step}: unchanged outside the movement of 2011")
    moved = replace(moved, steps=steps)
    if not in_region.any():
        return moved
    if grid is None or path is None:
        error_m = np.select([moved.x >= lon for lon, _ in _MOVED_2011_M], [size for _, size in _MOVED_2011_M])
        accuracies_m = np.where(in_region, _worse(moved.accuracies_m, error_m), moved.accuracies_m)
        missing = moved.missing_grid or TOUHOKU
        steps = moved.with_steps(in_region, f"{step}: unchanged, no grid")
        return replace(moved, accuracies_m=accuracies_m, steps=steps, missing_grid=missing)
    smallest, largest = _corner_shifts_m(grid, moved.x, moved.y)
    is_inside = in_region & (smallest > 1e-4)
    x, y = grid.transform(moved.x, moved.y, direction="INVERSE" if is_inverse else "FORWARD")
    is_edge = in_region & ~is_inside & (largest > 1e-4)
    moved = replace(moved, steps=moved.with_steps(is_inside, f"{step}: {path.name}"))
    return replace(
        moved,
        x=np.where(is_inside, x, moved.x),
        y=np.where(is_inside, y, moved.y),
        accuracies_m=np.where(is_edge, _worse(moved.accuracies_m, largest), moved.accuracies_m),
        is_gap=moved.is_gap | is_edge,
        steps=moved.with_steps(in_region & ~is_inside, f"{step}: unchanged where {path.name} has no values"),
    )


def _three_parameter_error_m(lon: Floats, lat: Floats) -> Floats:
    boxes = [
        (lon >= box.min_x) & (lon <= box.max_x) & (lat >= box.min_y) & (lat <= box.max_y)
        for box, _ in _THREE_PARAMETER_ERRORS_M
    ]
    return np.select(boxes, [size for _, size in _THREE_PARAMETER_ERRORS_M], _THREE_PARAMETER_ERROR_ELSEWHERE_M)


def _worse(known: Floats, added: Floats) -> Floats:
    return np.where(np.isnan(known), added, np.hypot(known, added))


def _corner_shifts_m(grid: Grid, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The smallest and the largest shift at the corners of the cell around each position; 0 = no value there."""
    known = np.isfinite(lon) & np.isfinite(lat)
    column = np.floor(np.where(known, lon, 0) / CELL_LON_DEG).astype(np.int64)
    row = np.floor(np.where(known, lat, 0) / CELL_LAT_DEG).astype(np.int64)
    # One integer for both: sorting numbers is much faster than sorting pairs.
    keys, where = np.unique(column * 1_000_000 + row, return_inverse=True)
    columns, rows = np.divmod(keys, 1_000_000)
    shifts = []
    for right, up in ((0, 0), (1, 0), (0, 1), (1, 1)):
        node_lon = (columns + right).astype(np.float64) * CELL_LON_DEG
        node_lat = (rows + up).astype(np.float64) * CELL_LAT_DEG
        x, y = grid.transform(node_lon, node_lat)
        size = np.hypot((x - node_lon) * np.cos(np.radians(node_lat)), y - node_lat) * _M_PER_DEG
        shifts.append(np.where(np.isfinite(size), size, 0.0))
    corners = np.stack(shifts)
    return corners.min(axis=0)[where.ravel()], corners.max(axis=0)[where.ravel()]


def _project(moved: Moved, code: int, *, to_geographic: bool) -> Moved:
    crs = crs_of(code)
    if not crs.is_projected:
        return moved
    direction = "INVERSE" if to_geographic else "FORWARD"
    x, y = _projection(code).transform(moved.x, moved.y, direction=direction)
    return replace(moved, x=np.where(np.isfinite(x), x, np.nan), y=np.where(np.isfinite(y), y, np.nan))


@lru_cache
def _projection(code: int) -> Transformer:
    crs = crs_of(code)
    assert crs.geodetic_crs is not None
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


@lru_cache
def _three_parameters() -> Transformer:
    return Transformer.from_pipeline(_THREE_PARAMETERS)


@lru_cache
def _open_grid(path: Path) -> Grid | None:
    try:
        if path.suffix.lower() == ".par":
            return ParameterGrid(path)
        return Transformer.from_pipeline(f'{_TO_RADIANS}+step +proj=hgridshift +grids="{path}"{_TO_DEGREES}')
    except (ProjError, ValueError, OSError):
        return None
