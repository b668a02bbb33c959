"""Geometries that a source brings with it: into the layer's CRS and type."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_capture.locate.datum import Moved, transform

Geometries = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Numbers of geometry types in GEOS.
_TYPE_IDS = {"Point": 0, "LineString": 1, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6}
_RING = 2
# Longitude and latitude of all islands.
_JAPAN = (122.0, 20.0, 154.5, 46.0)
_MULTI_OF = {0: 4, 1: 5, 3: 6}
_SINGLE_OF = {multi: single for single, multi in _MULTI_OF.items()}
_MAKE_MULTI: dict[int, Callable[..., Any]] = {
    4: shapely.multipoints,
    5: shapely.multilinestrings,
    6: shapely.multipolygons,
}


def as_array(geometries: Any) -> Geometries:
    """Gives an object array; empty geometries become None."""
    array: Geometries = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    array[shapely.is_empty(array)] = None
    return array


def to_crs(
    geometries: Geometries, *, source: int, target: int, grids_dir: Path | None
) -> tuple[Geometries, tuple[Moved, ...]]:
    """Takes geometries to another CRS, by the steps of `locate.datum`; heights stay as they are.

    Args:
        geometries: Object array, None where there is none.
        source: EPSG code.
        target: EPSG code.
        grids_dir: Folder with the official grids.

    Returns:
        The geometries, and how their vertices were moved.

    Raises:
        CRSError: A datum that is not in use in Japan.
    """
    if source == target:
        return geometries, ()
    moves: list[Moved] = []

    def move(coordinates: Floats) -> Floats:
        moves.append(transform(coordinates[:, 0], coordinates[:, 1], source=source, target=target, grids_dir=grids_dir))
        return np.column_stack((moves[-1].x, moves[-1].y, coordinates[:, 2:]))

    is_flat = ~shapely.has_z(geometries)
    moved = geometries.copy()
    for rows, include_z in ((is_flat, False), (~is_flat, True)):
        if rows.any():
            moved[rows] = shapely.transform(geometries[rows], move, include_z=include_z)
    return moved, tuple(moves)


def fit_type(geometries: Geometries, geometry_type: str) -> tuple[Geometries, Bools, Bools]:
    """Makes geometries of the type that the layer wants, where they are the same thing drawn differently.

    One-part Multi geometries become single and single ones Multi; an area becomes its outline in a layer of lines,
    and a closed line the area inside it in a layer of areas, as drawings know no difference between the two.

    Returns:
        The geometries, which of them cannot be of that type (those are None), and which changed between line and area.
    """
    ids = shapely.get_type_id(geometries)
    nothing = np.zeros(len(geometries), dtype=bool)
    if geometry_type == "Geometry" or ((ids == _TYPE_IDS[geometry_type]) | (ids == -1)).all():
        return geometries, nothing, nothing
    wanted = _TYPE_IDS[geometry_type]
    single = _SINGLE_OF.get(wanted, wanted)
    fitted, ids = geometries.copy(), np.where(ids == _RING, _TYPE_IDS["LineString"], ids)
    changed = nothing
    if single == _TYPE_IDS["LineString"]:
        changed = np.isin(ids, [_TYPE_IDS["Polygon"], _TYPE_IDS["MultiPolygon"]])
        fitted[changed] = shapely.boundary(fitted[changed])
    elif single == _TYPE_IDS["Polygon"]:
        changed = (ids == _TYPE_IDS["LineString"]) & shapely.is_closed(fitted) & (shapely.get_num_points(fitted) > 3)
        for row in np.flatnonzero(changed):
            fitted[row] = shapely.Polygon(shapely.get_coordinates(fitted[row], include_z=shapely.has_z(fitted[row])))
    ids = np.where(changed, shapely.get_type_id(fitted), ids)
    if wanted in _SINGLE_OF:
        rows = np.flatnonzero(ids == single)
        fitted[rows] = _MAKE_MULTI[wanted](fitted[rows], indices=np.arange(len(rows)))
    else:
        rows = np.flatnonzero((ids == _MULTI_OF[wanted]) & (shapely.get_num_geometries(fitted) == 1))
        fitted[rows] = shapely.get_geometry(fitted[rows], 0)
    ids[rows] = wanted
    differs = (ids != wanted) & (ids != -1)
    fitted[differs] = None
    return fitted, differs, changed & ~differs


def are_in_japan(geometries: Geometries) -> bool:
    """Whether all coordinates can be longitude and latitude of places in Japan."""
    places = shapely.get_coordinates(geometries)
    west, south, east, north = _JAPAN
    inside = (places >= (west, south)).all() and (places <= (east, north)).all()
    return bool(len(places)) and bool(inside)


def are_finite(geometries: Geometries) -> Bools:
    """True for geometries whose x and y are all numbers, and for None."""
    coordinates, owners = shapely.get_coordinates(geometries, return_index=True)
    finite: Bools = np.ones(len(geometries), dtype=bool)
    finite[owners[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite
