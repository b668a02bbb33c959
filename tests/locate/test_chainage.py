"""Places on routes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point

from gis_capture.locate import codes
from gis_capture.locate.datum import transform
from gis_capture.locate.keys import KeyLayer, place_by_key
from gis_capture.locate.keys.chainage import Route, parse_station
from gis_capture.locate.keys.values import Miss, Place

UTM_53 = 6690


@pytest.mark.parametrize(
    ("text", "measure_m", "right_m"),
    [
        ("112K500", 112_500, 0),
        ("１１２Ｋ５００", 112_500, 0),
        ("112.5kp", 112_500, 0),
        ("KP112.5", 112_500, 0),
        ("112.5キロポスト", 112_500, 0),
        ("12k345", 12_345, 0),
        ("12k345.6", 12_345.6, 0),
        ("12k3", 12_300, 0),
        ("12+345", 12_345, 0),
        ("No.12+3.5", 243.5, 0),
        ("№12＋3.5", 243.5, 0),
        ("No.12", 240, 0),
        ("測点12-3.5", 236.5, 0),
        ("112K500 左3.5m", 112_500, -3.5),
        ("No.12+3.5 R2.0", 243.5, 2),
        ("12.345", 12_345, 0),
    ],
)
def test_places_on_a_route_are_read(text: str, measure_m: float, right_m: float) -> None:
    """Kilometre posts, stations of 20 m, offsets to a side."""
    station = parse_station(text)
    assert station is not None and (station.measure_m, station.right_m) == pytest.approx((measure_m, right_m))


@pytest.mark.parametrize("text", ["", "不明", "三之町12", "2024-04-01", "36.1.2"])
def test_what_is_no_place_on_a_route_is_refused(text: str) -> None:
    """Words, dates and lots."""
    assert parse_station(text) is None


def east(*metres: float) -> list[tuple[float, float]]:
    """Places on a line to the east, degrees."""
    x = np.array(metres) + 340_000.0
    moved = transform(x, np.full(len(x), 4_000_000.0), source=UTM_53, target=6668)
    return list(zip(moved.x.tolist(), moved.y.tolist(), strict=True))


def metres(place: Place | Miss) -> tuple[float, float]:
    """Metres to the east and to the north of the line's beginning."""
    assert isinstance(place, Place), place
    moved = transform(np.array([place.lon]), np.array([place.lat]), source=6668, target=UTM_53)
    return float(moved.x[0]) - 340_000.0, float(moved.y[0]) - 4_000_000.0


def route(posts: dict[float, float], line: tuple[float, ...] = (0, 1500, 3000)) -> Route:
    """A straight route with posts: measure by metres along."""
    return Route(LineString(east(*line)), [(posts[at], east(at)[0]) for at in posts])


def find(route: Route, text: str) -> Place | Miss:
    """Finds a text."""
    station = parse_station(text)
    assert station is not None
    return route.find(station, text)


def test_unequal_spacing_is_interpolated_between_the_posts() -> None:
    """After a realignment 1,000 m of numbers are 1,100 m of road."""
    found = find(route({0: 10_000, 1100: 11_000, 2000: 12_000}), "10K500 ")
    assert metres(found) == pytest.approx((550, 0), abs=0.01)
    assert isinstance(found, Place) and found.is_sure and found.accuracy_m == 5


@pytest.mark.parametrize(("text", "north"), [("10K500左3.5m", 3.5), ("10K500 右2", -2)])
def test_sides_are_seen_in_the_direction_of_the_numbers(text: str, north: float) -> None:
    """A line drawn against its numbers is turned first."""
    ahead, against = route({0: 10_000, 1000: 11_000}), route({0: 10_000, 1000: 11_000}, (3000, 1500, 0))
    assert metres(find(ahead, text)) == pytest.approx((500, north), abs=0.01)
    assert metres(find(against, text)) == pytest.approx((500, north), abs=0.01)


@pytest.mark.parametrize(
    ("posts", "text", "code"),
    [
        ({0: 10_000, 1000: 11_000, 1500: 12_500, 2500: 13_500}, "12K000", codes.CHAINAGE_BROKEN),
        ({0: 10_000, 1000: 11_000, 1200: 10_800, 2200: 11_800}, "10K900", codes.CHAINAGE_BROKEN),
        ({0: 10_000, 1000: 11_000}, "15K000", codes.KEY_NOT_FOUND),
    ],
)
def test_case_35_broken_chainage_is_told_and_nothing_is_invented(
    posts: dict[float, float], text: str, code: str
) -> None:
    """Numbers that are missing, that come twice, that are beyond the posts."""
    found = find(route(posts), text)
    assert isinstance(found, Miss) and found.code == code


def test_without_posts_the_length_of_the_line_counts_and_is_not_called_sure() -> None:
    """No.50 at 20 m is a kilometre from the beginning."""
    found = find(route({}), "No.50")
    assert metres(found) == pytest.approx((1000, 0), abs=0.5)
    assert isinstance(found, Place) and not found.is_sure


@given(st.floats(0, 2000), st.lists(st.floats(1.0, 1.2), min_size=4, max_size=4))
def test_places_keep_the_order_of_their_numbers(measure: float, stretch: list[float]) -> None:
    """Whatever the spacing, a larger number is further along, and a post is at its post."""
    along = np.concatenate(([0.0], np.cumsum(np.array(stretch) * 500)))
    calibrated = route({float(at): 500.0 * n for n, at in enumerate(along)})
    here, further = (find(calibrated, f"{value / 1000:.6f}kp") for value in (measure * 0.9, measure * 0.9 + 10))
    assert metres(here)[0] < metres(further)[0]
    assert metres(find(calibrated, "1.0kp"))[0] == pytest.approx(along[2], abs=0.01)


def test_rows_name_their_route_and_their_place() -> None:
    """Lines and posts come from the same features; 国道41号 is 一般国道41号."""
    posts = [Point(place) for place in east(0, 1000)]
    layer = KeyLayer(
        "chainage",
        "路線",
        {"路線名": ["一般国道41号"] * 3, "距離標": [None, "10K000", "11K000"]},
        [LineString(east(0, 3000)), *posts],
    )
    columns: dict[str, list[str | None]] = {
        "路線名": ["国道41号", "国道41号", "国道158号", "国道41号"],
        "距離標": ["10K250", "10k500", "1K000", None],
        "左右": [None, "左2.0", None, None],
    }
    found = place_by_key(columns, layer)
    first, second, third, fourth = found.found
    assert found.columns == ("路線名", "距離標", "左右") and fourth is None
    assert isinstance(first, Place) and metres(first) == pytest.approx((250, 0), abs=0.01)
    assert isinstance(second, Place) and metres(second) == pytest.approx((500, 2), abs=0.01)
    assert isinstance(third, Miss) and third.code == codes.KEY_NOT_FOUND
