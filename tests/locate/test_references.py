"""Rows that name a feature of another layer, by number or by name."""

import pytest
from shapely import Point

from gis_capture.locate import codes
from gis_capture.locate.keys import KeyLayer, Miss, Place, place_by_key, propose_ways

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
