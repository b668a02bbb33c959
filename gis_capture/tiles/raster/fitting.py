"""From places in a picture to places on the map, fitted to control points; and how far each point can be trusted.

Columns and rows count from the upper left corner of the picture; places are (east, north) of one CRS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion

Method = Literal["similarity", "affine", "polynomial", "tps"]
METHODS: tuple[Method, ...] = get_args(Method)
LEAST: dict[Method, int] = {"similarity": 2, "affine": 3, "polynomial": 6, "tps": 4}
"""Fewest control points of each; a thin-plate spline through three is nothing but affine."""
MOST_OF_SPLINE = 500
"""It is solved for all of its points at once."""
_SUSPECT_RATIO = 4.0
_SUSPECT_PX = 2.0
_SUSPECT_SHARE = 8
_TRIED_POINTS = 8
_WEB_MERCATOR = 3857
_ELLIPSOID = Geod(ellps="GRS80")

Floats = NDArray[np.float64]


class ControlPoint(NamedTuple):
    """A place in the picture (from its upper left corner) and on the map (east, north)."""

    column: float
    row: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of one control point.

    Attributes:
        error_m: How far from its place all points together put it; a spline goes through every one.
        left_out_m: How far from its place the other points put it, without it; None where they are too few for that.
        is_suspect: Whether the others agree much better among themselves without it: a slip of the hand.
    """

    error_m: float
    left_out_m: float | None
    is_suspect: bool

    def to_json(self) -> dict[str, Any]:
        """Gives it as members of a document."""
        return {"error_m": self.error_m, "left_out_m": self.left_out_m, "is_suspect": self.is_suspect}


class Fit:
    """A transform fitted to control points.

    "similarity" turns, moves and scales; "affine" also lets paper shrink in one direction and shear (both by least
    squares); "polynomial" is of the second order; "tps" is a thin-plate spline.

    Raises:
        ValueError: The points are too few for the method or do not determine it: they are on a line, or coincide.
    """

    def __init__(self, points: Sequence[ControlPoint], method: Method) -> None:
        """Fits it."""
        if len(points) < LEAST[method]:
            raise ValueError("few")
        if method == "tps" and len(points) > MOST_OF_SPLINE:
            raise ValueError("many")
        self.method = method
        values = np.array(points, dtype=np.float64)
        # Numbers of a plane CRS are large beside a pixel, and powers of thousands of pixels larger still.
        self._middle = values[:, :2].mean(axis=0)
        self._scale = float(np.abs(values[:, :2] - self._middle).max()) or 1.0
        self._around = values[:, 2:].mean(axis=0)
        self._pixels = (values[:, :2] - self._middle) / self._scale
        places = values[:, 2:] - self._around
        design = self._design(self._pixels)
        # A spline is asked for the values of its points, the others for both coordinates one after the other.
        self._targets = np.vstack([places, np.zeros((3, 2))]) if method == "tps" else places.reshape(-1, 1)
        if np.linalg.matrix_rank(design, tol=1e-6) < design.shape[1]:
            raise ValueError("line")
        self._inverse = np.linalg.pinv(design)
        self._weights = self._inverse @ self._targets

    def at(self, pixels: Any) -> Floats:
        """Gives the places of columns and rows, both of shape (n, 2)."""
        scaled = (np.asarray(pixels, dtype=np.float64) - self._middle) / self._scale
        if self.method == "tps":
            found = np.hstack([_bending(scaled, self._pixels), _plane(scaled)]) @ self._weights
        else:
            found = (self._design(scaled) @ self._weights).reshape(-1, 2)
        return np.asarray(found + self._around)

    def left_out(self) -> Floats:
        """How far each point lies from where the others put it, (n, 2); not a number where they do not suffice.

        Without fitting anew: by the leverage of a point (Cook and Weisberg 1982), of a spline by Rippa 1999.
        """
        n = len(self._pixels)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.method == "tps":
                leverage = np.diag(self._inverse)[:n, None]
                # With four points, three of which are on a line, the others determine nothing.
                return np.where(np.abs(leverage) > 1e9, np.nan, self._weights[:n] / leverage)
            design = self._design(self._pixels)
            residuals = (self._targets - design @ self._weights).reshape(n, 2)
            hat = np.einsum("nik,knj->nij", design.reshape(n, 2, -1), self._inverse.reshape(-1, n, 2))
            free = np.eye(2) - hat
            is_free = np.linalg.det(free) > 1e-9
            found = np.full((n, 2), np.nan)
            found[is_free] = np.linalg.solve(free[is_free], residuals[is_free, :, None])[..., 0]
            return found

    def _design(self, pixels: Floats) -> Floats:
        if self.method == "tps":
            plane = _plane(pixels)
            return np.block([[_bending(pixels, pixels), plane], [plane.T, np.zeros((3, 3))]])
        u, v = pixels.T
        one, zero = np.ones_like(u), np.zeros_like(u)
        if self.method == "similarity":
            # Rows count downwards, north upwards.
            rows = [[u, v, one, zero], [-v, u, zero, one]]
        else:
            terms = [one, u, v] + ([u * u, u * v, v * v] if self.method == "polynomial" else [])
            blank = [zero] * len(terms)
            rows = [[*terms, *blank], [*blank, *terms]]
        return np.moveaxis(np.array(rows), 2, 0).reshape(2 * len(pixels), -1)


def _plane(pixels: Floats) -> Floats:
    return np.column_stack([np.ones(len(pixels)), pixels])


def _bending(pixels: Floats, centres: Floats) -> Floats:
    squared = ((pixels[:, None] - centres[None]) ** 2).sum(axis=2)
    return np.asarray(squared * np.log(np.where(squared > 0, squared, 1.0)))


def in_plane(points: Sequence[ControlPoint], crs: CRS) -> tuple[tuple[ControlPoint, ...], CRS]:
    """Brings control points in degrees, or in the plane of web maps, into a plane about their middle.

    Only there a turned and scaled sheet stays one: the plane of web maps stretches a kilometre by metres in one
    direction.
    """
    base = crs.geodetic_crs
    if not points or base is None or not (crs.is_geographic or crs.to_epsg() == _WEB_MERCATOR):
        return tuple(points), crs
    columns, rows, xs, ys = zip(*points, strict=True)
    lons, lats = Transformer.from_crs(crs, base, always_xy=True).transform(xs, ys)
    if not np.isfinite([*lons, *lats]).all() or max(map(abs, lats)) > 90:
        return tuple(points), crs
    plane = ProjectedCRS(TransverseMercatorConversion(float(np.mean(lats)), float(np.mean(lons))), geodetic_crs=base)
    there = Transformer.from_crs(base, plane, always_xy=True).transform(lons, lats)
    return tuple(map(ControlPoint, columns, rows, *there)), plane


def trust(points: Sequence[ControlPoint], method: Method, crs: CRS) -> list[Trust]:
    """Tells of each control point how far it lies from where the transform puts it, in metres on the ground.

    Raises:
        ValueError: They do not determine the transform.
    """
    points, crs = in_plane(points, crs)
    fit = Fit(points, method)
    values = np.array(points)
    errors = _metres(values[:, 2:], fit.at(values[:, :2]), crs)
    left_out = _metres(values[:, 2:], values[:, 2:] - fit.left_out(), crs)
    suspects = _suspects(points, method)
    return [
        Trust(round(float(error), 3), None if np.isnan(out) else round(float(out), 3), number in suspects)
        for number, (error, out) in enumerate(zip(errors, left_out, strict=True))
    ]


def _suspects(points: Sequence[ControlPoint], method: Method) -> set[int]:
    """Finds points, one after the other, without which the rest agrees many times better.

    One wrong point spoils what the others seem to be worth, so it is not the worst point that counts, but how well the
    rest agrees without it.
    """
    kept = list(range(len(points)))
    found: set[int] = set()
    values = np.array(points)
    spread = np.ptp(values, axis=0)
    pixel = float(np.hypot(*spread[2:]) / max(np.hypot(*spread[:2]), 1e-9))
    while len(kept) > LEAST[method] + 2 and len(found) < max(len(points) // _SUSPECT_SHARE, 1):
        left_out = _left_out(points, kept, method)
        if left_out is None:
            break
        worst = sorted(range(len(kept)), key=lambda n: -left_out[n])[:_TRIED_POINTS]
        rests = []
        for number in worst:
            rest = kept[:number] + kept[number + 1 :]
            distances = _left_out(points, rest, method)
            if distances is not None:
                rests.append((float(np.sqrt((distances**2).mean())), number, rest))
        if not rests:
            break
        agreement, number, rest = min(rests)
        if left_out[number] < max(_SUSPECT_RATIO * agreement, _SUSPECT_PX * pixel):
            break
        found.add(kept[number])
        kept = rest
    return found


def _left_out(points: Sequence[ControlPoint], kept: Sequence[int], method: Method) -> Floats | None:
    try:
        distances = np.hypot(*Fit([points[n] for n in kept], method).left_out().T)
    except ValueError:
        return None
    return distances if np.isfinite(distances).all() else None


def _metres(places: Floats, others: Floats, crs: CRS) -> Floats:
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs or 6668, always_xy=True)
    here, there = (to_degrees.transform(*values.T) for values in (places, others))
    is_there = np.isfinite(np.array([*here, *there])).all(axis=0)
    found = np.full(len(places), np.nan)
    if is_there.any():
        found[is_there] = _ELLIPSOID.inv(*(part[is_there] for part in (*here, *there)))[2]
    return found
