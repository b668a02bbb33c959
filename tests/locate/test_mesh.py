"""Regional mesh codes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.mesh import parse_mesh_code

TAKAYAMA_CITY_HALL = (137.2522, 36.1461)


@pytest.mark.parametrize(
    ("code", "height"),
    [
        ("5437", 2 / 3),
        ("543712", 1 / 12),
        ("5437123", 1 / 24),
        ("54371270", 1 / 120),
        ("543712605", 1 / 60),
        ("543712703", 1 / 240),
        ("5437127031", 1 / 480),
        ("５４３７-１２-７０", 1 / 120),
        ("54371270.0", 1 / 120),
    ],
)
def test_cells_of_every_level_hold_the_city_hall(code: str, height: float) -> None:
    """From 80 km down to 250 m, in full width, with hyphens and as a number out of a worksheet."""
    cell = parse_mesh_code(code)
    assert cell is not None and cell.height == pytest.approx(height)
    lon, lat = TAKAYAMA_CITY_HALL
    assert cell.lon <= lon <= cell.lon + cell.width and cell.lat <= lat <= cell.lat + cell.height


@pytest.mark.parametrize(
    "text", ["", "54", "5437128", "543718", "54371270999999", "0577-32-3333", "高山", "543712705x"]
)
def test_what_is_no_mesh_code_is_refused(text: str) -> None:
    """Digits beyond the scheme, telephone numbers and words."""
    cell = parse_mesh_code(text)
    assert cell is None or not (20 < cell.lat < 46 and 122 < cell.lon < 155)


@given(st.floats(24.1, 45.4), st.floats(123.1, 145.4))
def test_the_cell_of_a_place_holds_the_place(lat: float, lon: float) -> None:
    """The code written by the rules of the standard is read back to a cell around the place."""
    p, u = math.floor(lat * 1.5), math.floor(lon - 100)
    a, b = lat - p / 1.5, lon - 100 - u
    q, v = min(7, math.floor(a * 12)), min(7, math.floor(b * 8))
    r, w = min(9, math.floor((a - q / 12) * 120)), min(9, math.floor((b - v / 8) * 80))
    cell = parse_mesh_code(f"{p:02d}{u:02d}{q}{v}{r}{w}")
    assert cell is not None
    assert cell.lat - 1e-9 <= lat <= cell.lat + cell.height + 1e-9
    assert cell.lon - 1e-9 <= lon <= cell.lon + cell.width + 1e-9


def test_rows_get_the_middle_of_their_cell_with_its_radius() -> None:
    """Never a bare point."""
    located = locate_rows({"メッシュコード": ["54371270", None]}, crs=None, layer_crs="EPSG:6668")
    point = located.geometries[0]
    assert point is not None and (round(point.x, 6), round(point.y, 6)) == (137.25625, 36.145833)
    assert located.methods == ["mesh", None] and located.accuracies_m[0] == pytest.approx(730, abs=10)
    assert located.coordinates.kind == "mesh_code"
    assert codes.POSITION_IS_CELL in {problem.code for problem in located.problems}


def test_ten_digits_are_told_by_the_whole_column() -> None:
    """A column with one code that cannot be a quarter holds cells of 100 m."""
    quarter = locate_rows({"mesh": ["5437127012"]}, crs=None, layer_crs="EPSG:6668")
    tenth = locate_rows({"mesh": ["5437127012", "5437127098"]}, crs=None, layer_crs="EPSG:6668")
    radii_m = [quarter.accuracies_m[0], tenth.accuracies_m[0]]
    assert radii_m[0] is not None and radii_m[1] is not None
    assert radii_m[0] == pytest.approx(182, abs=3) and radii_m[1] == pytest.approx(73, abs=2)
