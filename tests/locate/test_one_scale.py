"""All cells of a column are read in one scale; one that is written in another is told, never read in it in silence."""

from collections.abc import Callable

import numpy as np
import pytest

from gis_capture.locate import Located, codes, locate_rows

LAT = [36.1412 + 0.0017 * row for row in range(9)]
LON = [137.2512 + 0.0017 * row for row in range(9)]


def locate(lat: list[str], lon: list[str], names: tuple[str, str] = ("緯度", "経度")) -> Located:
    """Locates a table in degrees."""
    columns: dict[str, list[str | None]] = {names[0]: [*lat], names[1]: [*lon]}
    return locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")


def packed(degrees: float) -> str:
    """Writes 36.1461 as 360845.96."""
    seconds = round(degrees * 3600, 2)
    return f"{seconds // 3600:.0f}{seconds % 3600 // 60:02.0f}{seconds % 60:05.2f}"


FORMS: dict[str, Callable[[float], str]] = {
    "seconds": lambda degrees: f"{degrees * 3600:.2f}",
    "milliseconds": lambda degrees: f"{degrees * 3_600_000:.0f}",
    "packed": packed,
    "e5": lambda degrees: f"{degrees * 1e5:.0f}",
    "e6": lambda degrees: f"{degrees * 1e6:.0f}",
    "e7": lambda degrees: f"{degrees * 1e7:.0f}",
    "e8": lambda degrees: f"{degrees * 1e8:.0f}",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_decimal_among_other_numbers_is_taken_as_it_stands_and_told(form: str) -> None:
    """Its note says it, too, and claims nothing of the scale of the others."""
    write = FORMS[form]
    lat, lon = [*map(write, LAT[:-1]), f"{LAT[-1]:.6f}"], [*map(write, LON[:-1]), f"{LON[-1]:.6f}"]
    located = locate(lat, lon)
    points = np.array([(point.x, point.y) for point in located.geometries if point is not None])
    assert points == pytest.approx(np.array([LON, LAT]).T, abs=2e-5)
    (problem,) = (one for one in located.problems if one.code == codes.NOTATION_DEVIATES)
    assert problem.row_number == 9 and "確認：" in (located.notes[8] or "")
    assert "10の" not in (located.notes[8] or "") and "通算" not in (located.notes[8] or "")
    assert located.methods[8] == "coordinates"


@pytest.mark.parametrize("form", FORMS)
def test_a_number_of_another_scale_among_decimals_is_not_read(form: str) -> None:
    """It has no position, and says why."""
    write = FORMS[form]
    located = locate([*(f"{one:.6f}" for one in LAT[:-1]), write(LAT[-1])], [*map(str, LON[:-1]), write(LON[-1])])
    assert located.reasons == [None] * 8 + [codes.COORDINATE_OUTSIDE_JAPAN]


def test_in_one_cell_as_in_two() -> None:
    """Latitude and longitude together."""
    cells = [f"{lat * 1e6:.0f},{lon * 1e6:.0f}" for lat, lon in zip(LAT[:-1], LON[:-1], strict=True)]
    cells.append(f"{LAT[-1]:.6f},{LON[-1]:.6f}")
    located = locate_rows({"緯度経度": cells}, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert located.geometries[8] is not None and located.geometries[8].y == pytest.approx(LAT[-1], abs=1e-6)
    assert [one.row_number for one in located.problems if one.code == codes.NOTATION_DEVIATES] == [9]


@pytest.mark.parametrize(
    ("headers", "unit"),
    [(("X座標", "Y座標"), 1e-3), (("X(km)", "Y(km)"), 1e-3), (("X（mm）", "Y（mm）"), 1e3), (("X(cm)", "Y(cm)"), 1e2)],
)
def test_plane_coordinates_have_one_unit(headers: tuple[str, str], unit: float) -> None:
    """Kilometres by their size or their header; a row in metres among them is told and not read in another unit."""
    north, east = [15_876.3 + 20 * row for row in range(6)], [7_234.5 + 20 * row for row in range(6)]
    columns: dict[str, list[str | None]] = {
        headers[0]: [*(f"{one * unit:.6f}" for one in north), "15876.3"],
        headers[1]: [*(f"{one * unit:.6f}" for one in east), "7234.5"],
    }
    located = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675")
    points = np.array([(point.y, point.x) for point in located.geometries if point is not None])
    assert points == pytest.approx(np.array([north, east]).T, abs=0.01)
    assert located.reasons[6] == codes.COORDINATE_OUTSIDE_JAPAN
