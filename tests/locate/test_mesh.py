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
    """A column with one code that cannot be a quarter holds cells of 100 m; else the radius is over both."""
    quarter = locate_rows({"mesh": ["5437127012"]}, crs=None, layer_crs="EPSG:6668")
    tenth = locate_rows({"mesh": ["5437127012", "5437127098"]}, crs=None, layer_crs="EPSG:6668")
    radii_m = [quarter.accuracies_m[0], tenth.accuracies_m[0]]
    assert radii_m[0] is not None and radii_m[1] is not None
    assert radii_m[0] == pytest.approx(182 + 142.5, abs=3) and radii_m[1] == pytest.approx(73, abs=2)


def test_layers_of_areas_get_the_cells_themselves() -> None:
    """Four corners, each code by its own size; the middle and the radius stay."""
    columns = {"メッシュコード": ["54371270", "543712605", None]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", wants_areas=True)
    first, double, nothing = located.areas
    assert first is not None and double is not None and nothing is None
    assert first.bounds == pytest.approx((137.25, 36 + 17 / 120, 137.2625, 36.15))
    assert double.bounds == pytest.approx((137.25, 36 + 16 / 120, 137.275, 36.15))
    assert first.exterior.is_ccw and first.contains(located.geometries[0])
    notes = [note or "" for note in located.notes]
    assert "約1km" in notes[0] and "約2km" in notes[1]
    assert located.accuracies_m[1] == pytest.approx(2 * (located.accuracies_m[0] or 0), rel=1e-3)


def test_cells_of_the_tokyo_datum_move_with_all_corners() -> None:
    """Some 450 m to the north-west, as every place of the old datum, also without the grid, and told."""
    columns: dict[str, list[str | None]] = {"メッシュコード": ["54371270"], "測地系": ["日本測地系"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", wants_areas=True)
    (cell,) = located.areas
    assert cell is not None
    west, south, east, north = cell.bounds
    assert (west - 137.25, south - (36 + 17 / 120)) == pytest.approx((-0.0030, 0.0031), abs=2e-4)
    assert (east - west, north - south) == pytest.approx((1 / 80, 1 / 120), abs=1e-5)
    assert codes.DATUM_GRID_MISSING in {problem.code for problem in located.problems}


@pytest.mark.parametrize(
    ("header", "cells", "radius_m", "is_doubtful"),
    [
        ("メッシュコード", ["5437127012"], 182 + 142.5, True),
        ("250mメッシュ", ["5437127012"], 182, False),
        ("１００ｍメッシュ", ["5437127012"], 73, False),
        ("メッシュコード", ["5437117921", "5437117922", "5437117931"], 182 + 256.5, True),
        ("メッシュコード", [f"543712{n}12" for n in range(71, 77)], 182, False),
        ("メッシュコード", ["543712705", "543712701"], 365, False),
    ],
)
def test_ten_digits_that_may_be_two_sizes_are_told(
    header: str, cells: list[str | None], radius_m: float, is_doubtful: bool
) -> None:
    """The header decides, then the other codes; nine digits are told apart by their last one."""
    located = locate_rows({header: cells}, crs=None, layer_crs="EPSG:6668")
    assert located.accuracies_m[-1] == pytest.approx(radius_m, abs=3)
    assert (codes.MESH_SIZE_UNCERTAIN in {problem.code for problem in located.problems}) == is_doubtful
