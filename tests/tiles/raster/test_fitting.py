"""Transforms are fitted to control points, and each point is told how far it can be trusted."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from gis_capture.tiles.raster.fitting import LEAST, METHODS, ControlPoint, Fit, Method, trust

ZONE_7 = CRS("EPSG:6675")
PIXEL_M = 0.2
GRID = [(column, row) for row in (150, 1900, 3700) for column in (120, 1800, 3300, 5200)]


def bent(column: float, row: float) -> tuple[float, float]:
    """A sheet turned by three degrees, narrower than high, whose paper has warped by a metre in the middle."""
    turn = math.radians(3)
    u, v = column * PIXEL_M * 0.99, -row * PIXEL_M
    warp = math.sin(column / 5400 * math.pi) * math.sin(row / 3800 * math.pi)
    return 5000 + u * math.cos(turn) - v * math.sin(turn) + warp, 16000 + u * math.sin(turn) + v * math.cos(turn) + warp


def similar(column: float, row: float) -> tuple[float, float]:
    """A sheet turned by two radians."""
    u, v = column * PIXEL_M, -row * PIXEL_M
    return -30_000 + u * math.cos(2) - v * math.sin(2), 80_000 + u * math.sin(2) + v * math.cos(2)


def points_of(law: object, places: Sequence[tuple[float, float]] = GRID, noise_m: float = 0) -> list[ControlPoint]:
    """Control points that obey a law, but for noise."""
    random = np.random.default_rng(7)
    return [
        ControlPoint(column, row, *(np.array(law(column, row)) + random.normal(0, noise_m, 2)))  # type: ignore[operator]
        for column, row in places
    ]


@pytest.mark.parametrize("method", METHODS)
def test_what_obeys_a_similarity_comes_back_by_every_method(method: Method) -> None:
    """Between the points and beyond them, to a tenth of a millimetre; nothing is left over."""
    fit = Fit(points_of(similar), method)
    for column, row in [(0, 0), (2500, 2000), (6000, 4000)]:
        assert fit.at([(column, row)])[0] == pytest.approx(similar(column, row), abs=1e-4)
    assert all(one.error_m < 1e-3 and not one.is_suspect for one in trust(points_of(similar), method, ZONE_7))


def test_methods_bend_as_far_as_they_promise() -> None:
    """Warped paper: what a similarity leaves is more than an affine one, and a spline goes through every point."""
    errors = {m: max(one.error_m for one in trust(points_of(bent), m, ZONE_7)) for m in METHODS}
    assert errors["similarity"] > 2 * errors["affine"] > 4 * errors["polynomial"] and errors["tps"] < 1e-3


@given(st.sampled_from(METHODS), st.integers(0, len(GRID) - 1))
def test_leaving_a_point_out_is_what_fitting_without_it_gives(method: Method, number: int) -> None:
    """The short way of reckoning gives the same as the long one."""
    points = points_of(bent, noise_m=0.3)
    left = points[number]
    others = Fit(points[:number] + points[number + 1 :], method)
    expected = np.array([left.x, left.y]) - others.at([(left.column, left.row)])[0]
    assert Fit(points, method).left_out()[number] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("number", [0, 5, 11])
def test_a_slip_is_pointed_out_and_nothing_else(method: Method, number: int) -> None:
    """One point of twelve is twenty metres off, though a spline goes through it."""
    law = bent if method in ("polynomial", "tps") else similar
    points = points_of(law, noise_m=0.05)
    points[number] = points[number]._replace(x=points[number].x + 20)
    told = trust(points, method, ZONE_7)
    assert [n for n, one in enumerate(told) if one.is_suspect] == [number]
    assert (told[number].left_out_m or 0) > 15
    assert not any(one.is_suspect for one in trust(points_of(law, noise_m=0.05), method, ZONE_7))


def test_errors_are_metres_on_the_ground_in_every_crs() -> None:
    """The same points in degrees, and in the plane of web maps whose metres are not those of the ground."""
    points = points_of(similar, noise_m=2)
    in_zone = [one.left_out_m or 0 for one in trust(points, "similarity", ZONE_7)]
    for code in (4326, 3857):
        to = Transformer.from_crs(6675, code, always_xy=True)
        moved = [ControlPoint(p.column, p.row, *to.transform(p.x, p.y)) for p in points]
        assert [one.left_out_m for one in trust(moved, "similarity", CRS(code))] == pytest.approx(in_zone, rel=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_too_little_is_refused(method: Method) -> None:
    """A point too few, all on a line, or all in one place."""
    few = points_of(similar, GRID[: LEAST[method] - 1])
    line = points_of(similar, [(n * 100, n * 200) for n in range(8)])
    same = points_of(similar, [(100, 100)] * 8)
    for points in (few, same) if method == "similarity" else (few, line, same):
        with pytest.raises(ValueError):
            Fit(points, method)


def test_with_the_fewest_points_nothing_is_left_to_check_by() -> None:
    """Then no error without the point is told, rather than nought."""
    for method in METHODS[:3]:
        points = points_of(similar, [(0, 0), (4000, 90), (300, 3000), (2000, 1000), (4100, 3100), (900, 2300)])
        assert all(one.left_out_m is None for one in trust(points[: LEAST[method]], method, ZONE_7))
