"""Addresses that invite mistakes, each with the mistake it invites."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer

FOLDER = Path(__file__).parent / "addresses"
with (FOLDER / "hard.csv").open(encoding="utf-8", newline="") as stream:
    HARD = list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """A gazetteer of the towns beside the addresses; their points are rough."""
    path = tmp_path_factory.mktemp("gazetteer") / "gazetteer.sqlite"
    build_gazetteer([FOLDER / "towns.csv"], path)
    with Gazetteer(path) as opened:
        yield opened


@pytest.mark.parametrize("row", HARD, ids=[row["why"] + ": " + row["address"] for row in HARD])
def test_hard_addresses_are_read_as_a_person_would(gazetteer: Gazetteer, row: dict[str, str]) -> None:
    """Level, name, rest and whether it is sure."""
    match = gazetteer.search(row["address"], city=row["city"] or None)
    is_sure = "yes" if match.is_sure else "no"
    assert (match.level, match.name, match.tail, is_sure) == (row["level"], row["name"], row["tail"], row["is_sure"])


TOWNS = """pref,city,town,koaza,lon,lat
新潟県,燕市,佐渡,,138.95,37.66
新潟県,佐渡市,相川一町目,,138.24,38.03
岡山県,岡山市北区,大供一丁目,,133.92,34.655
岡山県,岡山市北区,建部町福渡,,133.90,34.87
岡山県,岡山市南区,浦安本町,,133.93,34.61
"""


@pytest.fixture
def small_gazetteer(tmp_path: Path) -> Iterator[Gazetteer]:
    """A few towns that are mistaken for others, and the wards of one city."""
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite") as opened:
        yield opened


def test_a_doubtful_reading_reaches_as_far_as_what_is_sure(small_gazetteer: Gazetteer) -> None:
    """佐渡郡 is not the town 佐渡 of another city: nothing beyond the prefecture is sure, and the radius says so."""
    match = small_gazetteer.search("新潟県佐渡郡相川町大字相川")
    assert not match.is_sure and match.accuracy_m is not None and match.accuracy_m > 70_000
    columns = {"住所": ["新潟県佐渡郡相川町大字相川", "新潟県燕市佐渡12"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=small_gazetteer)
    assert located.accuracies_m[0] == match.accuracy_m
    assert ["（確認）" in (note or "") for note in located.notes] == [True, False]


def test_a_city_alone_is_placed_in_its_middle_for_checking(small_gazetteer: Gazetteer) -> None:
    """All wards together where only their city is named; not where a town follows that is not known."""
    columns = {"住所": ["岡山市", "岡山市地内", "岡山市不明町1", *["岡山市北区大供一丁目1"] * 3]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=small_gazetteer)
    assert located.methods == ["address", "address", None, *["address"] * 3]
    assert located.accuracies_m[0] is not None and located.accuracies_m[0] > 10_000
    assert "市区町村まで" in (located.notes[0] or "")
    assert [p.severity for p in located.problems if p.row_number == 1] == ["warning"]


def test_a_cell_that_holds_the_address_does_not_disagree_with_it(small_gazetteer: Gazetteer) -> None:
    """The middle of a first mesh is tens of kilometres off everything in it; another cell is still told."""
    columns = {"住所": ["岡山県岡山市北区大供一丁目1"] * 2, "メッシュコード": ["5133", "5339"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=small_gazetteer)
    assert [p.row_number for p in located.problems if p.code == codes.ADDRESS_DISAGREES] == [2]
