"""Rows that name a feature of another layer, by number or by name."""

import pytest
from shapely import Point

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.keys import KeyLayer, Miss, Place, add_key_places, place_by_key, propose_ways

POINTS = [Point(137.25 + 0.001 * n, 36.14) for n in range(4)]
POLES = KeyLayer("reference", "電柱", {"電柱番号": ["A-001", "A-2", "B12", "B12"]}, POINTS)
PLACES = KeyLayer("name", "施設", {"名称": ["高山市立東小学校", "丹生川支所", "荘川支所", "北公民館"]}, POINTS)


@pytest.mark.parametrize(
    ("text", "n", "is_sure"), [("A-001", 0, True), ("ａ―００１", 0, True), ("A-1", 0, False), ("Ａ-002", 1, False)]
)
def test_a_number_leads_to_its_feature(text: str, n: int, is_sure: bool) -> None:
    """Width, case and dashes do not matter; zeros that were lost are put up with, and told."""
    (place,) = place_by_key({"電柱番号": [text]}, POLES).found
    assert isinstance(place, Place) and place.lon == POINTS[n].x
    assert place.is_sure == is_sure and 0 < place.accuracy_m <= 10


@pytest.mark.parametrize(("text", "code"), [("B12", codes.KEY_AMBIGUOUS), ("C1", codes.KEY_NOT_FOUND)])
def test_a_number_of_two_features_or_of_none_is_not_placed(text: str, code: str) -> None:
    """Neither is chosen."""
    (miss,) = place_by_key({"電柱番号": [text]}, POLES).found
    assert isinstance(miss, Miss) and miss.code == code


@pytest.mark.parametrize(
    ("text", "n", "is_sure"),
    [("高山市立東小学校", 0, True), ("東小学校", 0, True), ("丹生川支所　", 1, True), ("丹生川支所玄関前", 1, False)],
)
def test_a_name_leads_to_its_place(text: str, n: int, is_sure: bool) -> None:
    """Who runs it may be left out; what only contains the name is not sure."""
    (place,) = place_by_key({"設置施設": [text]}, PLACES).found
    assert isinstance(place, Place) and (place.lon, place.is_sure) == (POINTS[n].x, is_sure)


def test_a_part_that_fits_several_names_is_no_place() -> None:
    """支所 alone is too short to be anything."""
    (miss,) = place_by_key({"設置施設": ["支所"]}, PLACES).found
    assert isinstance(miss, Miss) and miss.code == codes.KEY_NOT_FOUND


def test_ways_are_proposed_by_headers_with_values() -> None:
    """An empty column proposes nothing, and a measure has to look like one."""
    columns: dict[str, list[str | None]] = {
        "大字": ["三之町"],
        "地番": ["12"],
        "路線名": ["国道41号"],
        "距離標": ["12K300"],
        "電柱番号": [None],
    }
    assert propose_ways(columns) == [("parcel", ("大字", "地番")), ("chainage", ("路線名", "距離標"))]
    assert propose_ways({"距離標": ["不明"], "名称": ["A"]}) == []


def test_a_key_is_taken_where_it_agrees_with_a_coarser_cell_and_only_there() -> None:
    """The pole of a row in the same cell of 10 km is nearer than the cell; one outside it, or exact degrees, stay."""
    columns: dict[str, list[str | None]] = {
        "電柱番号": ["A-001", "A-001", "C1"],
        "メッシュコード": ["543711", "543801", "543711"],
    }
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    cells = list(located.geometries)
    assert located.methods == ["mesh"] * 3
    located = add_key_places(located, columns, POLES, row_numbers=[1, 2, 3], layer_crs="EPSG:6668")
    assert located.methods == ["reference", "mesh", "mesh"] and list(located.geometries)[1:] == cells[1:]
    assert located.geometries[0] == POINTS[0]
    assert "メッシュコード「543711」" in (located.notes[0] or "") and "電柱" in (located.notes[0] or "")

    exact: dict[str, list[str | None]] = {"電柱番号": ["A-001"], "緯度": ["36.1400123"], "経度": ["137.2500123"]}
    located = locate_rows(exact, crs=None, layer_crs="EPSG:6668")
    located = add_key_places(located, exact, POLES, row_numbers=[1], layer_crs="EPSG:6668")
    assert located.methods == ["coordinates"]
