"""Lots that a layer or a gazetteer has in the wrong place, and readings that only resemble what is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from shapely import Point

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.locate.gazetteer.places import Place
from gis_capture.locate.keys import KeyLayer, add_key_places
from gis_capture.locate.result import Located

GIFU, CITY = "岐阜県", "高山市"
TOWNS = {
    "花岡町二丁目": (137.2530, 36.1440),
    "一之宮町": (137.2240, 36.0400),
    "三福寺町": (137.2700, 36.1600),
    "江名子町": (137.3000, 36.1200),
}
AROUND = [(east, north) for east in (-1, 0, 1) for north in (-1, 0, 1) if east or north]
"""Where other towns lie, which tells how large these are."""
ORIGIN = (137.1667, 36.0001)
LOTS = [
    ("花岡町二丁目", "29", 137.2535, 36.1442),
    ("花岡町二丁目", "30-1", 137.35, 36.20),
    ("一之宮町", "880-1", *ORIGIN),
]


@pytest.fixture
def gazetteer(tmp_path: Path) -> Iterator[Gazetteer]:
    """Towns and lots of one city; two of the lots are in the wrong place."""
    places = [Place(GIFU, CITY, town, "", "", *point) for town, point in TOWNS.items()]
    around = [(lon + 0.005 * east, lat + 0.005 * north) for lon, lat in TOWNS.values() for east, north in AROUND]
    places += [Place(GIFU, CITY, f"{chr(ord('井') + n)}町", "", "", *point) for n, point in enumerate(around)]
    places += [Place(GIFU, CITY, town, "", lot, lon, lat) for town, lot, lon, lat in LOTS]
    build_gazetteer([], tmp_path / "g.sqlite", places=places)
    with Gazetteer(tmp_path / "g.sqlite", home=f"{GIFU}{CITY}") as opened:
        yield opened


def placed(gazetteer: Gazetteer) -> Located:
    """The lots as rows, placed by a layer that has them where the list says."""
    names: tuple[list[str | None], list[str | None]] = ([one[0] for one in LOTS], [one[1] for one in LOTS])
    columns = {"大字": names[0], "地番": names[1]}
    layer = KeyLayer("parcel", "筆", columns, [Point(lon, lat) for *_, lon, lat in LOTS])
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    return add_key_places(located, columns, layer, row_numbers=[2, 3, 4], layer_crs="EPSG:6668", gazetteer=gazetteer)


def test_a_lot_that_the_layer_has_far_from_its_town_is_told_and_reaches_back_to_it(gazetteer: Gazetteer) -> None:
    """Both places are told; the row is a warning, and its radius holds its town. The lot where it should be is fine."""
    located = placed(gazetteer)
    apart = {problem.row_number: problem for problem in located.problems if problem.code == codes.ADDRESS_DISAGREES}
    assert set(apart) == {3, 4} and all(len(problem.places) == 2 for problem in apart.values())
    severities = {p.row_number: p.severity for p in located.problems if p.code == codes.POSITION_FROM_KEY}
    assert severities == {2: "info", 3: "warning", 4: "warning"}
    fine, far, on_origin = located.accuracies_m
    assert fine is not None and far is not None and on_origin is not None
    assert fine <= 10 and far > 10_000 and on_origin > 6_000


def test_a_lot_on_the_origin_of_a_zone_is_told(gazetteer: Gazetteer) -> None:
    """A plane coordinate of 0, 0 stands behind it."""
    told = [problem.row_number for problem in placed(gazetteer).problems if problem.code == codes.ON_ZONE_ORIGIN]
    assert told == [4]


@pytest.mark.parametrize("address", ["高山市一之宮町880-1", "高山市花岡町二丁目30-1"])
def test_a_lot_of_the_gazetteer_that_is_a_mistake_is_its_town(gazetteer: Gazetteer, address: str) -> None:
    """On the origin of a zone, or far from its town: the town is what is known."""
    match = gazetteer.search(address)
    assert match.level in ("town", "chome") and match.lat == pytest.approx(TOWNS[match.name[6:]][1])


@pytest.mark.parametrize("word", ["地先", "付近", "先"])
def test_beside_a_lot_is_further_than_on_it(gazetteer: Gazetteer, word: str) -> None:
    """Fifty metres."""
    on, beside = gazetteer.search("高山市花岡町二丁目29"), gazetteer.search(f"高山市花岡町二丁目29{word}")
    assert (on.level, on.accuracy_m, on.is_sure) == ("lot", 50, True)
    assert (beside.level, beside.accuracy_m) == ("lot", 100)


def test_a_name_with_a_wrong_character_may_be_any_town_of_the_city(gazetteer: Gazetteer) -> None:
    """三福時町 resembles 三福寺町 and is perhaps none of the table: the radius holds the city."""
    match = gazetteer.search("高山市三福時町12")
    assert not match.is_sure and match.lon is not None and match.lat is not None and match.accuracy_m is not None
    city = gazetteer.search("高山市").accuracy_m
    assert city is not None and match.accuracy_m >= city > 5_000


def test_a_lot_on_the_origin_of_a_zone_is_none_even_where_its_town_reaches_so_far(tmp_path: Path) -> None:
    """A wide town of the mountains may reach to the origin; a lot of it within metres of that is a mistake yet."""
    places = [Place(GIFU, CITY, town, "", "", *point) for town, point in TOWNS.items()]
    places += [Place(GIFU, CITY, "一之宮町", "", lot, *at) for lot, at in (("1", (137.17, 36.002)), ("2", ORIGIN))]
    build_gazetteer([], tmp_path / "g.sqlite", places=places)
    with Gazetteer(tmp_path / "g.sqlite") as gazetteer:
        assert [gazetteer.search(f"高山市一之宮町{lot}").level for lot in "12"] == ["lot", "town"]
