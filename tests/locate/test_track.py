"""A track says where its receiver was at an instant, and how well."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.locate.track import Track

WALK = Track.of_points(
    np.array([100.0, 110.0, 300.0, np.nan, 100.0]),
    np.array([137.0, 137.0001, 137.001, 0.0, 150.0]),
    np.array([36.0, 36.0, 36.0, 0.0, 36.0]),
)


def test_an_instant_between_two_points_lies_on_the_line_between_them() -> None:
    """A quarter of the time, a quarter of the way; the receiver's own ten metres are added."""
    lon, lat, accuracy_m = WALK.at(np.array([102.5, 100.0]), max_gap_s=60)
    assert lon == pytest.approx([137.000025, 137.0])
    assert lat == pytest.approx([36.0, 36.0])
    assert accuracy_m == pytest.approx([10.6, 10.0], abs=0.1)


def test_points_too_far_apart_in_time_are_not_joined() -> None:
    """The nearer one is taken where it is near enough, and less certain; else nothing is said."""
    lon, _, accuracy_m = WALK.at(np.array([130.0, 200.0, 295.0, 90.0, 20.0, 400.0, np.nan]), max_gap_s=60)
    assert np.isfinite(lon).tolist() == [True, False, True, True, False, False, False]
    assert lon[[0, 2, 3]] == pytest.approx([137.0001, 137.001, 137.0])
    assert accuracy_m[0] == pytest.approx(np.hypot(10, 20 * 1.4))


def test_a_track_without_points_says_nothing() -> None:
    """No index runs over."""
    empty = Track.of_points(np.array([]), np.array([]), np.array([]))
    assert np.isnan(empty.at(np.array([1.0]), max_gap_s=60)[0]).all()


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=20, unique=True), st.floats(-100, 1100))
def test_no_place_lies_beside_its_track(times: list[float], at: float) -> None:
    """On a straight walk at an even pace, every place is where the walker was, as far as he was on his way."""
    points = np.array(times)
    track = Track.of_points(points, 137 + points * 1e-5, 36 + points * 1e-5)
    lon, lat, accuracy_m = track.at(np.array([at]), max_gap_s=2000)
    inside = min(max(at, min(times)), max(times))
    assert (lon[0], lat[0]) == pytest.approx((137 + inside * 1e-5, 36 + inside * 1e-5))
    assert accuracy_m[0] >= 10
