"""Towns and names of which one holds the other: the same only where nothing but who runs it, or a part, is more."""

import pytest
from shapely import Point

from gis_capture.locate import codes
from gis_capture.locate.keys.names import KeyIndex
from gis_capture.locate.keys.parcels import ParcelIndex, parse_lots
from gis_capture.locate.keys.values import Miss, Place

PARCELS = [
    ("花里町", "880-1"),
    ("花里町", "880-2"),
    ("花里町", "882-1"),
    ("上岡本町", "880-1"),
    ("清見町三日町", "51"),
    ("国府町三日町", "9"),
]
NAMES = ["北小学校", "国府支所", "中央公園"]


def parcel(text: str) -> Place | Miss:
    """Finds a lot; each is a thousandth of a degree further east."""
    towns, numbers = zip(*PARCELS, strict=True)
    return ParcelIndex(towns, numbers, [Point(137 + n / 1000, 36) for n in range(len(PARCELS))]).find(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("西花里町880-1", codes.KEY_NOT_FOUND),
        ("岡本町880-1", codes.KEY_NOT_FOUND),
        ("三日町51", codes.KEY_AMBIGUOUS),
        ("三日町9", codes.KEY_AMBIGUOUS),
    ],
)
def test_a_town_that_is_not_the_same_gives_no_lot(text: str, code: str) -> None:
    """上岡本町 is not 岡本町; 三日町 is one of two, whichever has the lot in the layer."""
    found = parcel(text)
    assert isinstance(found, Miss) and found.code == code


@pytest.mark.parametrize(
    ("text", "nth", "is_sure"),
    [
        ("高山市花里町880-1", 0, True),
        ("清見町三日町51", 4, True),
        ("花里町880-1の一部", 0, True),
        ("花里町880-1一部", 0, True),
        ("花里町882", 2, False),
        ("花里町880-1～880-2", 0, False),
        ("花里町880番1から880番2", 0, False),
    ],
)
def test_a_lot_is_found_and_what_is_left_open_is_said(text: str, nth: int, is_sure: bool) -> None:
    """A part of it is it; a branch or the first of a range is not all of it."""
    found = parcel(text)
    assert isinstance(found, Place) and found.lon == pytest.approx(137 + nth / 1000) and found.is_sure == is_sure
    assert is_sure or "枝番" in found.note or "範囲" in found.note


def test_a_range_keeps_both_ends() -> None:
    """The lots between them are meant, too."""
    lots = parse_lots("花里町880-1〜880-2")
    assert lots.numbers == ("880-1", "880-2") and lots.is_range


@pytest.mark.parametrize("text", ["城北小学校", "旧北小学校", "飛騨国府支所前", "南中央公園"])
def test_a_name_that_ends_as_another_is_another(text: str) -> None:
    """城北小学校 is not 北小学校."""
    found = KeyIndex(NAMES, [Point(137, 36)] * 3, is_name=True).find(text)
    assert isinstance(found, Miss) and found.code == codes.KEY_NOT_FOUND


@pytest.mark.parametrize("text", ["北小学校体育館", "国府支所駐車場", "高山市中央公園"])
def test_a_part_of_a_place_is_near_it(text: str) -> None:
    """It is not called sure."""
    found = KeyIndex(NAMES, [Point(137, 36)] * 3, is_name=True).find(text)
    assert isinstance(found, Place) and not found.is_sure and found.accuracy_m >= 50
