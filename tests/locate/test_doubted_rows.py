"""Rows of which the datum, the zone or the place is doubtful say so themselves."""

import numpy as np
import pytest

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.model import BBox

TAKAYAMA = BBox(136.7, 35.8, 137.7, 36.6)


def problems_of(located: Located, code: str) -> list[int | None]:
    """Rows with a problem."""
    return [problem.row_number for problem in located.problems if problem.code == code]


@pytest.mark.parametrize("rest", [["世界測地系", "日本測地系"], []])
def test_a_cell_of_a_datum_that_says_nothing_is_told(rest: list[str]) -> None:
    """Blank or unreadable, beside rows that say it and alone: a warning, a note and room for the other datum."""
    datums = [*rest, "改正前", ""]
    n_rows = len(datums)
    columns = {"緯度": ["36.146101"] * n_rows, "経度": ["137.252301"] * n_rows, "測地系": datums}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert problems_of(located, codes.CRS_UNSAID) == [n_rows - 1, n_rows]
    assert all("確認：" in (located.notes[row] or "") for row in (-2, -1))
    assert all((located.accuracies_m[row] or 0) >= 450 for row in (-2, -1))
    assert not any("確認：" in (note or "") for note in located.notes[:-2])


def test_a_zone_by_row_is_noted_by_row_and_a_blank_one_is_told() -> None:
    """Each note names the zone that was used."""
    columns = {"X": ["16200.1", "16210.1", "16220.1"], "Y": ["7700.2"] * 3, "系": ["7", "", "8"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert problems_of(located, codes.CRS_UNSAID) == [2]
    assert "第7系" in (located.notes[0] or "") and "第8系" in (located.notes[2] or "")


def test_a_plane_coordinate_of_nought_is_no_place() -> None:
    """Nothing lies exactly on an axis of a zone."""
    columns = {"X座標": ["16210.1", "16220.1", "0"], "Y座標": ["7700.2", "0.0", "7700.2"]}
    located = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675")
    assert located.reasons == [None, codes.COORDINATE_SENTINEL, codes.COORDINATE_SENTINEL]


def test_a_place_outside_the_area_is_noted_for_the_crew() -> None:
    """What the office is told of one row, its note tells on site."""
    columns = {"緯度": ["36.146101", "35.689634"], "経度": ["137.252301", "139.691712"]}
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668", area=TAKAYAMA)
    assert [bool(note and "確認：" in note) for note in located.notes] == [False, True]


def test_a_decimal_among_packed_numbers_is_taken_as_it_stands() -> None:
    """Its neighbours' notation would put it out of Japan."""
    lats, lons = ["360846", "361012", "360733", "36.1515"], ["1371508", "1371644", "1371359", "137.2559"]
    located = locate_rows({"緯度": lats, "経度": lons}, crs="EPSG:6668", layer_crs="EPSG:6668")
    places = np.array([(place.y, place.x) for place in located.geometries if place is not None])
    assert places[0] == pytest.approx((36.146111, 137.252222), abs=1e-6)
    assert places[3] == pytest.approx((36.1515, 137.2559))
