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
        ("STA.1+200", 1200, 0),
        ("STA.12+345.6", 12_345.6, 0),
        ("No.3+050", 3050, 0),
    ],
)
def test_places_on_a_route_are_read(text: str, measure_m: float, right_m: float) -> None:
    """Kilometre posts, stations of 20 m, offsets to a side."""
    station = parse_station(text)
    assert station is not None and (station.measure_m, station.right_m) == pytest.approx((measure_m, right_m))


@pytest.mark.parametrize("text", ["", "不明", "三之町12", "2024-04-01", "36.1.2", "12K1234", "12+1234", "No.12+35"])
def test_what_is_no_place_on_a_route_is_refused(text: str) -> None:
    """Words, dates and lots; digits that would be dropped, and an offset beyond the next station."""
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


@pytest.mark.parametrize("text", ["11K-50", "11k−50", "11KP-50m", "１１Ｋ－５０"])
def test_a_hyphen_behind_kilometres_reaches_to_both_sides(text: str) -> None:
    """It may join or take away: the place is asked about, and lies within its radius either way."""
    found = find(route({0: 10_000, 1000: 11_000, 2000: 12_000}), text)
    assert metres(found) == pytest.approx((1000, 0), abs=0.01)
    assert isinstance(found, Place) and not found.is_sure and found.accuracy_m >= 50 and "確認：" in found.note


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


@pytest.mark.parametrize(
    "texts",
    [
        {"路線名": ["一般国道41号", None, None], "道路名": [None, "国道41号", "国道41号"]},
        {"路線名": ["一般国道41号", None, None], "路線番号": ["41", "41", "41"]},
        {"路線名": ["一般国道41号", None, None]},
    ],
)
def test_posts_may_call_their_route_by_a_column_of_their_own_or_not_at_all(texts: dict[str, list[str | None]]) -> None:
    """By another name, by its number, by standing beside it; a row may name it in each way, too."""
    geometries = [LineString(east(0, 3000)), *(Point(place) for place in east(0, 1000))]
    layer = KeyLayer("chainage", "路線", texts | {"距離標": [None, "10K000", "11K000"]}, geometries)
    columns: dict[str, list[str | None]] = {"道路名": ["国道41号", "国道1号"], "距離標": ["10K250", "10K250"]}
    if "路線番号" in texts:
        columns = {"路線番号": ["41", "1"], "距離標": ["10K250", "10K250"]}
    first, other = place_by_key(columns, layer).found
    assert isinstance(first, Place) and first.is_sure and metres(first) == pytest.approx((250, 0), abs=0.01)
    assert isinstance(other, Miss) and other.code == codes.KEY_NOT_FOUND


def test_a_post_between_two_routes_calibrates_neither() -> None:
    """Where a post names no route and two run beside it, nothing is invented."""
    lines = [LineString(east(0, 3000)), LineString([(x, y + 1e-5) for x, y in east(0, 3000)])]
    layer = KeyLayer(
        "chainage",
        "路線",
        {"路線名": ["甲線", "乙線", None, None], "距離標": [None, None, "10K000", "11K000"]},
        [*lines, *(Point(place) for place in east(0, 1000))],
    )
    (found,) = place_by_key({"路線名": ["甲線"], "距離標": ["0K250"]}, layer).found
    assert isinstance(found, Place) and not found.is_sure


@pytest.mark.parametrize(("texts", "text"), [(["2", "3", "4"], "3K500"), (["2000", "3000", "4000"], "3K500")])
def test_whole_numbers_on_posts_are_kilometres_or_metres_by_how_far_apart_they_stand(
    texts: list[str | None], text: str
) -> None:
    """A column of integers calibrates as 2K000 does; the second kilometre is 1,100 m of road."""
    geometries = [LineString(east(0, 2500)), *(Point(place) for place in east(0, 1000, 2100))]
    layer = KeyLayer("chainage", "路線", {"路線名": ["甲線"] * 4, "距離標": [None, *texts]}, geometries)
    (found,) = place_by_key({"路線名": ["甲線"], "距離標": [text]}, layer).found
    assert isinstance(found, Place) and found.is_sure and "距離標がない" not in found.note
    assert metres(found) == pytest.approx((1550, 0), abs=0.01)


@pytest.mark.parametrize("text", ["10K500～11K500", "10K500〜11K500", "10k500-11k500", "10K500から11K500"])
def test_a_stretch_is_its_middle_with_a_radius_to_its_ends(text: str) -> None:
    """Told, and not sure."""
    geometries = [LineString(east(0, 3000)), *(Point(place) for place in east(0, 1000, 2000))]
    layer = KeyLayer("chainage", "路線", {"距離標": [None, "10K000", "11K000", "12K000"]}, geometries)
    (found,) = place_by_key({"距離標": [text]}, layer).found
    assert metres(found) == pytest.approx((1000, 0), abs=0.01)  # type: ignore[arg-type]
    assert isinstance(found, Place) and found.accuracy_m >= 500 and not found.is_sure and "区間1000m" in found.note


@pytest.mark.parametrize(
    ("text", "code"), [("10K500～", codes.KEY_UNREADABLE), ("10K500～99K000", codes.KEY_NOT_FOUND)]
)
def test_a_stretch_without_an_end_on_the_route_is_no_place(text: str, code: str) -> None:
    """Its beginning alone would be a guess."""
    geometries = [LineString(east(0, 3000)), *(Point(place) for place in east(0, 1000))]
    layer = KeyLayer("chainage", "路線", {"距離標": [None, "10K000", "11K000"]}, geometries)
    (found,) = place_by_key({"距離標": [text]}, layer).found
    assert isinstance(found, Miss) and found.code == code


def along(header: str, cells: list[str | None]) -> list[float | None]:
    """Metres along a route that its posts call 0 to 3 km, of the cells of a column; None where nothing is placed."""
    layer = KeyLayer(
        "chainage",
        "路線",
        {"路線名": ["市道1号"] * 5, "距離標": [None, "0", "1", "2", "3"]},
        [LineString(east(0, 3000)), *(Point(place) for place in east(0, 1000, 2000, 3000))],
    )
    found = place_by_key({"路線名": ["市道1号"] * len(cells), header: cells}, layer).found
    return [round(metres(place)[0], 1) if isinstance(place, Place) else None for place in found]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("距離標", ["0", "1", "2"], [0, 1000, 2000]),
        ("距離標", ["250", "1,200", "2900"], [250, 1200, 2900]),
        ("追加距離", ["250.5", "1200", "2900"], [250.5, 1200, 2900]),
        ("距離標", ["2", "2.5", "3"], [2000, 2500, 3000]),
        ("距離標", ["250", "1200～1400"], [250, 1300]),
        ("距離標(km)", ["2"], [2000]),
        ("追加距離（m）", ["2"], [2]),
        ("追加距離（m）", ["2.5"], [2.5]),
        ("測点", ["12", "12+3.5", "100"], [240, 243.5, 2000]),
        ("距離標", ["2", "2"], [None, None]),
        ("距離標", ["250", "1K200"], [250, 1200]),
    ],
)
def test_bare_numbers_count_what_the_column_as_a_whole_tells(
    header: str, cells: list[str | None], expected: list[float | None]
) -> None:
    """By its header, or by the route that they have to lie on; where both are possible nothing is placed."""
    assert along(header, cells) == expected


def placed(
    cells: list[str | None], posts: list[str | None] | None = None, header: str = "測点"
) -> list[Place | Miss | None]:
    """Places of the cells of a column, on a route of 3 km with posts at every kilometre or at the ones named."""
    posts = posts or ["0K000", "1K000", "2K000", "3K000"]
    ends = np.linspace(0, 3000, len(posts))
    layer = KeyLayer(
        "chainage", "路線", {"距離標": [None, *posts]}, [LineString(east(0, 3000)), *(Point(p) for p in east(*ends))]
    )
    return list(place_by_key({header: cells}, layer).found)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["STA.1+200", "STA.0+950"], [1200, 950]),
        (["No.12+85", "No.3+20"], [1285, 320]),
        (["12+85", "3", "4"], [1285, 300, 400]),
        (["STA.12+3.5", "STA.12+18", "STA.14+11"], [243.5, 258, 291]),
        (["STA.100", "STA.120"], [2000, 2400]),
        (["No.12+3.5"], [243.5]),
    ],
)
def test_the_largest_offsets_tell_how_far_apart_stations_stand(cells: list[str | None], expected: list[float]) -> None:
    """An offset is smaller than the pitch; where one pitch alone is left, by the route too, the place is sure."""
    found = placed(cells)
    assert all(isinstance(one, Place) and one.is_sure and "確認" not in one.note for one in found)
    assert [metres(one)[0] for one in found if one] == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("cells", "here_m", "there_m"),
    [(["No.12+35"], 1235, 635), (["STA.12"], 240, 1200), (["STA.12+3.5"], 243.5, 1203.5)],
)
def test_a_pitch_that_nothing_tells_is_doubted(cells: list[str | None], here_m: float, there_m: float) -> None:
    """50 m or 100 m, 20 m or 100 m: the radius reaches to where the other would be, and the note asks."""
    (found,) = placed(cells)
    assert isinstance(found, Place) and not found.is_sure and "確認" in found.note
    assert metres(found)[0] == pytest.approx(here_m, abs=0.01)
    assert found.accuracy_m >= abs(there_m - here_m)


def test_a_single_offset_beyond_the_pitch_of_all_others_is_no_place() -> None:
    """A slip of the pen among stations of 20 m."""
    *others, last = placed([*(f"No.{number}+{number % 19 + 0.5}" for number in range(20)), "No.12+35"])
    assert all(isinstance(one, Place) and one.is_sure for one in others)
    assert isinstance(last, Miss) and last.code == codes.KEY_UNREADABLE and "20m" in last.ja


def test_posts_that_are_stations_tell_their_pitch() -> None:
    """No.0 to No.6 along 600 m."""
    layer = KeyLayer(
        "chainage",
        "路線",
        {"測点": [None, *(f"No.{number}" for number in range(7))]},
        [LineString(east(0, 600)), *(Point(place) for place in east(*range(0, 601, 100)))],
    )
    (found,) = place_by_key({"測点": ["No.3+5"]}, layer).found
    assert isinstance(found, Place) and found.is_sure and metres(found)[0] == pytest.approx(305, abs=0.01)
