"""Tables that give their places twice."""

import numpy as np
import pytest

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.datum import transform

ROWS = 3
LAT, LON = 36.1461, 137.2523


def told(located: Located) -> list[int | None]:
    """Rows of which the two places are apart."""
    return [problem.row_number for problem in located.problems if problem.code == codes.COORDINATES_DISAGREE]


def pairs(first: str, second: str, *, off: float = 0.0) -> dict[str, list[str | None]]:
    """Three rows with two pairs of headers; the second pair of the last row is moved north by `off` degrees."""
    lats, lons = [f"{LAT + 0.01 * row:.6f}" for row in range(ROWS)], [f"{LON:.6f}"] * ROWS
    moved = [*lats[:-1], f"{float(lats[-1]) + off:.6f}"]
    return {f"緯度{first}": [*lats], f"経度{first}": [*lons], f"緯度{second}": [*moved], f"経度{second}": [*lons]}


def test_two_places_of_a_row_are_compared() -> None:
    """The row stays where its first columns say; the other place is told, and the note asks to look."""
    located = locate_rows(pairs("", "（世界測地系）", off=0.1), crs=None, layer_crs="EPSG:6668")
    assert told(located) == [ROWS]
    doubt = codes.TITLES[codes.COORDINATES_DISAGREE].ja
    assert [doubt in (note or "") for note in located.notes] == [False, False, True]


def test_a_blank_place_is_made_good_by_the_second_one() -> None:
    """With its own method, and without a word of what is missing."""
    columns = pairs("", "(世界測地系)")
    columns["緯度"][0] = columns["経度"][0] = None
    columns["緯度(世界測地系)"][1] = columns["経度(世界測地系)"][1] = None
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert [place and place.y for place in located.geometries] == pytest.approx([LAT, LAT + 0.01, LAT + 0.02])
    assert (located.methods[0], located.reasons[0]) == ("coordinates", None)
    assert codes.POSITION_MISSING not in {problem.code for problem in located.problems}


def test_the_newer_datum_goes_before_the_tokyo_datum() -> None:
    """It needs no grid; the same numbers in both are half a kilometre apart, as is told of all rows at once."""
    columns = pairs("(日本測地系)", "(世界測地系)")
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    place = located.geometries[0]
    assert place is not None and (place.x, place.y) == pytest.approx((LON, LAT), abs=1e-9)
    assert told(located) == [1, 2, 3]


@pytest.mark.parametrize("headers", [("(起点)", "(終点)"), ("_始", "_終"), ("", "(撮影位置)")])
def test_places_of_two_things_are_not_compared(headers: tuple[str, str]) -> None:
    """A road begins at one place and ends at another."""
    assert told(locate_rows(pairs(*headers, off=0.1), crs=None, layer_crs="EPSG:6668")) == []


def test_degrees_and_a_plane_are_compared() -> None:
    """Where the zone of the plane is stated."""
    columns = {
        "緯度": ["36.146101", "36.146101"],
        "経度": ["137.252301", "137.252301"],
        "X座標": ["16222.2", "22222.2"],
        "Y座標": ["7706.2", "7706.2"],
    }
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", context=["平面直角座標系第7系 世界測地系"])
    assert told(located) == [2]


@pytest.mark.parametrize("headers", [("(旧)", "(新)"), ("1", "2"), ("", "(世界測地系)")])
@pytest.mark.parametrize("is_old_first", [True, False])
def test_two_places_as_far_apart_as_the_datums_are_in_these(headers: tuple[str, str], is_old_first: bool) -> None:
    """The new numbers are taken, whichever stand first; nothing is open any more, and it is told."""
    lon, lat = np.array([LON] * ROWS), np.array([LAT + 0.01 * row for row in range(ROWS)])
    old = transform(lon, lat, source=6668, target=4301)
    sets = {headers[0]: (old.x, old.y), headers[1]: (lon, lat)}
    columns: dict[str, list[str | None]] = {}
    for header in headers if is_old_first else headers[::-1]:
        x, y = sets[header]
        columns |= {f"緯度{header}": [f"{one:.7f}" for one in y], f"経度{header}": [f"{one:.7f}" for one in x]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert [place and (place.x, place.y) for place in located.geometries] == [
        pytest.approx((LON, LAT + 0.01 * row), abs=1e-7) for row in range(ROWS)
    ]
    assert located.accuracies_m == [1.0] * ROWS and not any(located.notes) and told(located) == []
    assert codes.DATUM_FOUND in {problem.code for problem in located.problems}


def test_two_places_that_are_apart_otherwise_tell_no_datum() -> None:
    """A thing that was moved by half a kilometre to the east."""
    columns = pairs("(旧)", "(新)")
    columns["経度(新)"] = [f"{LON + 0.005:.6f}"] * ROWS
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert codes.DATUM_FOUND not in {problem.code for problem in located.problems}
    assert located.accuracies_m == [450.0] * ROWS
