"""Lots, read and looked up among parcels."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import Polygon, box

from gis_capture.locate import codes
from gis_capture.locate.keys.parcels import ParcelIndex, parse_lots
from gis_capture.locate.keys.values import Miss, Place


@pytest.mark.parametrize(
    ("text", "town", "numbers", "n_more"),
    [
        ("880-1", "", ("880-1",), 0),
        ("８８０番地の１", "", ("880-1",), 0),
        ("880番1", "", ("880-1",), 0),
        ("880番地1", "", ("880-1",), 0),
        ("880ー1ー2", "", ("880-1-2",), 0),
        ("八八〇番地一", "", ("880-1",), 0),
        ("千二百番", "", ("1200",), 0),
        ("甲880-1", "", ("甲880-1",), 0),
        ("880番甲", "", ("880-甲",), 0),
        ("イ12番", "", ("イ12",), 0),
        ("12番ロ", "", ("12-ロ",), 0),
        ("880-1外3筆", "", ("880-1",), 3),
        ("880-1ほか", "", ("880-1",), 1),
        ("880-1、880-2、881", "", ("880-1", "880-2", "881"), 0),
        ("花里町二丁目18番地", "花里町二丁目", ("18",), 0),
        ("花里町2丁目18", "花里町二丁目", ("18",), 0),
        ("大字上野字高野49-4", "上野高野", ("49-4",), 0),
        ("三之町12", "三ノ町", ("12",), 0),
        ("0880-01", "", ("880-1",), 0),
    ],
)
def test_lots_are_read_as_ledgers_write_them(text: str, town: str, numbers: tuple[str, ...], n_more: int) -> None:
    """Branch numbers, 甲乙, イロハ, kanji, several lots, lots that are only counted, towns with numerals."""
    lots = parse_lots(text)
    assert (lots.town, lots.numbers, lots.n_more) == (town, numbers, n_more)


def test_land_without_a_number_is_told_from_text_without_one() -> None:
    """無番地 is a statement."""
    assert parse_lots("三之町無番地").has_no_number and not parse_lots("三之町").has_no_number


def parcel(column: int) -> Polygon:
    """A lot some 90 m wide."""
    west = 137.25 + 0.001 * column
    return box(west, 36.14, west + 0.001, 36.141)


PARCELS = [
    ("花里町二丁目", "880-1"),
    ("花里町二丁目", "880-2"),
    ("花里町二丁目", "881番地"),
    ("三之町", "881"),
    ("三之町", "甲12"),
]
INDEX = ParcelIndex(
    [town for town, _ in PARCELS], [number for _, number in PARCELS], [parcel(n) for n in range(len(PARCELS))]
)


@pytest.mark.parametrize(
    ("text", "columns", "is_sure"),
    [
        ("花里町2丁目880番1", [0], True),
        ("高山市花里町二丁目881", [2], True),
        ("三之町881", [3], True),
        ("三之町甲12", [4], True),
        ("三之町881地先", [3], False),
        ("花里町二丁目880", [0, 1], False),
        ("花里町二丁目9999、881", [2], True),
    ],
)
def test_a_lot_is_placed_on_its_land_with_the_reach_of_it(text: str, columns: list[int], is_sure: bool) -> None:
    """Beside it, or where it was divided since, the place is not sure and the radius covers what is meant."""
    place = INDEX.find(text)
    assert isinstance(place, Place)
    west, east = 137.25 + 0.001 * columns[0], 137.251 + 0.001 * columns[-1]
    assert west < place.lon < east and 36.14 < place.lat < 36.141
    assert place.is_sure == is_sure and place.accuracy_m >= 60
    assert text in place.note


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("881", codes.KEY_AMBIGUOUS),
        ("甲12", codes.KEY_AMBIGUOUS),
        ("三之町880-1", codes.KEY_NOT_FOUND),
        ("三之町無番地", codes.KEY_WITHOUT_NUMBER),
        ("不明", codes.KEY_UNREADABLE),
    ],
)
def test_a_lot_that_is_not_certain_is_not_placed(text: str, code: str) -> None:
    """A number without a town where there are several, one of another town, land without a number."""
    miss = INDEX.find(text)
    assert isinstance(miss, Miss) and miss.code == code


@pytest.mark.parametrize("town", ["三之町", ""])
def test_a_lot_without_a_town_is_of_the_one_town_that_the_layer_holds(town: str) -> None:
    """As a layer of one town's parcels leaves no other."""
    place = ParcelIndex([town, town], ["12", "13"], [parcel(0), parcel(1)]).find("13")
    assert isinstance(place, Place) and place.is_sure and place.lon > 137.251


@example("0の0イ丁")
@given(st.text(alphabet="甲乙イロ0189〇一二三十百千番地のノ-ー－、外筆丁目町字無先 ()²①", max_size=30))
def test_any_text_of_such_characters_is_read_or_refused(text: str) -> None:
    """Numbers are made of digits and the letters of lots, never of what else stood there; reading them again agrees."""
    lots = parse_lots(text)
    for number in lots.numbers:
        assert re.fullmatch(r"[甲乙丁イロ]?[0-9]+(-([0-9]+|[甲乙丁イロ]))*", number)
        assert parse_lots(number).numbers == (number,)
