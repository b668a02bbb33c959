"""Rows that share a position: what their addresses say decides if that is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.addresses import Addresses
from gis_capture.locate.checks import shared_positions
from gis_capture.locate.gazetteer import Match
from gis_capture.locate.written import Written, written_addresses


def located(rows: list[tuple[str, str, str]]) -> Located:
    """Places rows of latitude, longitude and address, without a gazetteer."""
    lat, lon, address = zip(*rows, strict=True)
    columns: dict[str, list[str | None]] = {"緯度": [*lat], "経度": [*lon], "住所": [*address]}
    return locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")


def told(rows: list[tuple[str, str, str]]) -> list[int | None]:
    """The rows of which it is told that others share their position."""
    return [one.row_number for one in located(rows).problems if one.code == codes.IDENTICAL_POSITIONS]


OTHERS = [(f"36.19{60 + row}1", "137.2671", f"花里町{row + 1}番地") for row in range(40)]


def test_two_rows_of_different_addresses_on_one_spot_are_both_told() -> None:
    """However few they are among the others; each says its own address, and a crew is asked to look."""
    result = located([("36.14", "137.25", "三之町12"), ("36.14", "137.25", "八軒町3-1"), *OTHERS])
    first, second = (one for one in result.problems if one.code == codes.IDENTICAL_POSITIONS)
    assert (first.row_number, second.row_number) == (1, 2)
    assert "三之町12" in first.message.ja and "八軒町3-1" in second.message.en
    assert "確認：" in (result.notes[0] or "") and "確認：" in (result.notes[1] or "") and not result.notes[5]


def test_every_spot_is_told_that_rows_of_different_addresses_share() -> None:
    """Several small clusters, one written in degrees and minutes, too."""
    spots = [("36.1461", "137.2522"), ("36.1471", "137.2532"), ("36.1481", "137.2542"), ("36.1491", "137.2552")]
    rows = [(lat, lon, f"{town}{n}番地") for n, (lat, lon) in enumerate(spots, 1) for town in ("三之町", "八軒町")]
    rows.append(("36°08′45.96″", "137°15′07.92″", "国府町広瀬町5"))
    assert sorted(row or 0 for row in told([*rows, *OTHERS])) == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_rows_of_one_address_may_share_their_place() -> None:
    """A hall has several fire extinguishers; its rooms and the shortened lot are no other addresses."""
    same = [
        "本町4-10-4",
        "本町４丁目１０番４号",
        "本町四丁目10-4 ハイツ青葉203",
        "本町4丁目10",
        "本町四丁目10-4",
        "本町4-10-4",
    ]
    assert told([*[("36.14", "137.25", address) for address in same], *OTHERS]) == []


def test_a_table_of_one_spot_is_told() -> None:
    """By each of its rows, where nothing is known of addresses."""
    assert told([("36.14", "137.25", "")] * 6) == [1, 2, 3, 4, 5, 6]


def test_what_every_place_has_is_no_news() -> None:
    """Each stop has a row for each of seven lines; one that has forty is told."""
    stops = [(f"36.14{stop:02d}", "137.25", "") for stop in range(10) for _ in range(7)]
    assert told(stops) == []
    assert told([*stops, *[("36.18", "137.25", "")] * 40]) == list(range(71, 111))


def test_addresses_that_the_gazetteer_does_not_know_are_compared_as_written() -> None:
    """A gazetteer of another city is no reason to keep silent."""
    assert Written(["三之町1", "八軒町2", "本町3"], [None, None, None]).n_places([0, 1, 2]) == 3
    assert Written(["三之町1", "三之町1番地"], [None, None]).n_places([0, 1]) is None
    assert Written(["三之町1", "高山市三之町1"], [None, match("高山市三之町", "1")]).n_places([0, 1]) is None


def match(name: str, tail: str) -> Match:
    """A town that was found."""
    return Match("town", name, name, tail, 137.25, 36.14, 300.0)


@pytest.mark.parametrize(
    ("one", "other", "n_places"),
    [
        (("高山市三之町", "12"), ("高山市八軒町", "12"), 2),
        (("高山市三之町", "12-1"), ("高山市三之町", "12-3"), 2),
        (("高山市三之町", "12"), ("高山市三之町", "12-3"), 1),
        (("高山市三之町", "12-3-203"), ("高山市三之町", "12番3号204号室"), 1),
        (("高山市三之町", ""), ("高山市三之町", "9"), 1),
        (("高山市花里町", "9"), ("高山市花里町二丁目", "9"), 1),
    ],
)
def test_places_are_told_apart_by_town_and_lot(one: tuple[str, str], other: tuple[str, str], n_places: int) -> None:
    """As far as both say them."""
    matches = [match(*one), match(*other)]
    addresses = Addresses(("住所",), ["a", "b"], matches)
    written = written_addresses({}, addresses)
    assert written is not None and written.n_places([0, 1]) == n_places


def test_an_address_that_is_not_known_tells_nothing() -> None:
    """Nor does a blank one; two that differ do."""
    assert Written(["a", ""], [match("高山市三之町", "1"), None]).n_places([0, 1]) is None
    assert Written(["三之町1", "八軒町2", ""]).n_places([0, 1, 2]) == 2


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40), st.floats(0, 1e-6))
def test_rows_are_together_where_their_places_are_the_same(cells: list[tuple[int, int]], dust: float) -> None:
    """Whatever their order, and whatever the rounding leaves."""
    lon = np.array([137 + 1e-4 * x + dust * (row % 2) for row, (x, _) in enumerate(cells)])
    lat = np.array([36 + 1e-4 * y for _, y in cells])
    expected = {frozenset(row for row, cell in enumerate(cells) if cell == one) for one in cells}
    groups = {frozenset(group.tolist()) for group in shared_positions(lon, lat)}
    assert groups == {group for group in expected if len(group) > 1}
