"""What the compiled encoder takes for a clean area is one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from gis_capture.tiles.kernel_geometry import is_clean

_corners = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=9, unique=True)


def _is_clean(corners: list[tuple[int, int]]) -> bool:
    x, y = (np.array(ones, dtype=np.int64) for ones in zip(*corners, strict=True))
    return bool(is_clean(x, y, np.array([len(corners)]), 1))


@given(_corners)
def test_what_is_taken_for_clean_is_valid(corners: list[tuple[int, int]]) -> None:
    """The other way round touching is left in doubt."""
    assert not _is_clean(corners) or Polygon(corners).is_valid


@given(st.lists(st.integers(0, 359), min_size=3, max_size=20, unique=True), st.booleans())
def test_a_convex_area_is_clean_whichever_way_it_goes(angles: list[int], is_reversed: bool) -> None:
    """Its corners lie on a circle so large that no three of them fall on a line."""
    corners = [
        (round(10_000 * np.cos(np.radians(angle))), round(10_000 * np.sin(np.radians(angle))))
        for angle in sorted(angles)
    ]
    assert _is_clean(corners[::-1] if is_reversed else corners)


def test_a_ring_that_goes_round_twice_is_not_clean() -> None:
    """A five-pointed star turns one way at each corner, seen from its middle."""
    corners = [(round(1_000 * np.cos(angle)), round(1_000 * np.sin(angle))) for angle in np.arange(5) * 4 * np.pi / 5]
    assert not _is_clean(corners)
