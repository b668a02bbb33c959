"""Sheets of the large-scale maps of Japan are found by their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.locate.map_sheet import parse_map_sheet


@pytest.mark.parametrize(
    ("name", "level", "north", "west", "height", "width"),
    [
        ("09LD", 50000, -30_000, -40_000, 30_000, 40_000),
        ("09LD35", 5000, -39_000, -20_000, 3000, 4000),
        ("09LD354", 2500, -40_500, -18_000, 1500, 2000),
        ("09LD351", 2500, -39_000, -20_000, 1500, 2000),
        ("09LD352C", 1000, -40_200, -18_400, 600, 800),
        ("09LD3507", 500, -39_000, -17_200, 300, 400),
        ("01AA00", 5000, 300_000, -160_000, 3000, 4000),
        ("19TH99", 5000, -297_000, 156_000, 3000, 4000),
        ("09-ld-35_4", 2500, -40_500, -18_000, 1500, 2000),
    ],
)
def test_a_name_says_zone_level_and_corners(
    name: str, level: int, north: float, west: float, height: float, width: float
) -> None:
    """Rows count southwards from 300 km north of the origin, columns eastwards from 160 km west of it."""
    sheet = parse_map_sheet(name)
    assert sheet and (sheet.level, sheet.zone) == (level, int(sheet.name[:2]))
    assert sheet.corners[0] == pytest.approx((west, north)) and sheet.corners[2] == pytest.approx(
        (west + width, north - height)
    )
    assert sheet.corners[1] == (sheet.corners[2][0], sheet.corners[0][1])
    assert sheet.crs == f"EPSG:{6668 + sheet.zone}"


@pytest.mark.parametrize("text", ["", "09", "00LD", "20LD", "09UA", "09AI", "09LD3", "09LD355", "09LD350F", "09LD355A"])
def test_other_texts_are_no_names(text: str) -> None:
    """A digit too few, a zone, letter or quarter that there is not."""
    assert parse_map_sheet(text) is None


@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4), st.integers(0, 4), st.sampled_from("ABCDE"))
def test_a_part_lies_in_its_whole(row: int, column: int, quarter: int, row_5: int, column_5: str) -> None:
    """Quarters and parts of a sheet are within it, and their areas add up."""
    whole = parse_map_sheet(f"07MH{row}{column}")
    assert whole
    for rest, n_parts in ((str(quarter), 4), (f"{row_5}{column_5}", 25), (f"{row_5}{quarter}", 100)):
        part = parse_map_sheet(whole.name + rest)
        assert part
        assert whole.box.min_x - 1e-6 <= part.box.min_x < part.box.max_x <= whole.box.max_x + 1e-6
        assert whole.box.min_y - 1e-6 <= part.box.min_y < part.box.max_y <= whole.box.max_y + 1e-6
        width, height = part.box.max_x - part.box.min_x, part.box.max_y - part.box.min_y
        assert width * height * n_parts == pytest.approx(4000 * 3000)
