"""Addresses decide between readings of coordinates, and place rows that have none."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.crs import plane_code
from gis_capture.locate.datum import transform
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.model import BBox

N_TOWNS = 36
NAMES = [a + b + "町" for a in "春夏秋冬朝夕" for b in "山川田野森原"]


def town_points() -> list[tuple[float, float]]:
    """Towns of a city in zone VII, 500 m from one another, where exchanged axes stay within the city."""
    return [(137.20 + 0.0055 * (i % 6), 36.10 + 0.0045 * (i // 6)) for i in range(N_TOWNS)]


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """A gazetteer of that city."""
    folder = tmp_path_factory.mktemp("gazetteer")
    rows = [f"岐阜県,高山市,{name},,{lat},{lon}" for name, (lon, lat) in zip(NAMES, town_points(), strict=True)]
    (folder / "towns.csv").write_text("\n".join(["pref,city,town,koaza,lat,lon", *rows]), encoding="utf-8")
    build_gazetteer([folder / "towns.csv"], folder / "gazetteer.sqlite")
    with Gazetteer(folder / "gazetteer.sqlite") as opened:
        yield opened


def places(seed: int = 1) -> tuple[list[str | None], np.ndarray, np.ndarray]:
    """Addresses, and places some 100 m around their towns."""
    rng = random.Random(seed)
    lon = np.array([lon + rng.gauss(0, 0.001) for lon, _ in town_points()])
    lat = np.array([lat + rng.gauss(0, 0.001) for _, lat in town_points()])
    return [f"高山市{name}{rng.randrange(1, 99)}" for name in NAMES], lon, lat


Columns = dict[str, list[str | None]]


def locate(
    gazetteer: Gazetteer | None, columns: Columns, *, crs: str | None = None, area: BBox | None = None
) -> Located:
    """Locates in EPSG:6668."""
    return locate_rows(columns, crs=crs, layer_crs="EPSG:6668", gazetteer=gazetteer, area=area)


def texts(values: np.ndarray, digits: int = 6) -> list[str | None]:
    """Numbers as a ledger writes them."""
    return [f"{value:.{digits}f}" for value in values]


def errors_m(located: Located, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Distances from the true places, metres."""
    found = np.array([(point.x, point.y) if point else (np.nan, np.nan) for point in located.geometries])
    return np.asarray(np.hypot((found[:, 0] - lon) * 90_000, (found[:, 1] - lat) * 111_000))


def codes_of(located: Located) -> set[str]:
    """Codes of all problems."""
    return {problem.code for problem in located.problems}


def test_a_ledger_of_the_old_datum_is_known_by_its_addresses(gazetteer: Gazetteer) -> None:
    """All rows lie 440 m beside their towns; that is told with both figures, and the other reading is kept."""
    addresses, lon, lat = places()
    tokyo = transform(lon, lat, source=6668, target=4301)
    columns = {"住所": addresses, "緯度": texts(tokyo.y), "経度": texts(tokyo.x)}
    alone, located = locate(None, columns), locate(gazetteer, columns)
    assert errors_m(alone, lon, lat).min() > 380
    assert errors_m(located, lon, lat).max() < 1
    assert codes.DATUM_FOUND in codes_of(located) and located.coordinates.crs == "unknown"
    assert [reading.code for reading in located.readings] == [4301, 6668]
    assert (located.readings[0].distance_m or 0) < 120 < 300 < (located.readings[1].distance_m or 0)


def test_a_ledger_of_the_new_datum_is_left_alone(gazetteer: Gazetteer) -> None:
    """The same comparison speaks for what is assumed as a rule."""
    addresses, lon, lat = places()
    located = locate(gazetteer, {"住所": addresses, "緯度": texts(lat), "経度": texts(lon)})
    assert errors_m(located, lon, lat).max() < 1
    assert codes_of(located) == {codes.DATUM_ASSUMED, codes.READINGS_COMPARED}
    assert [reading.code for reading in located.readings] == [6668, 4301]
    assert set(located.accuracies_m) == {1.0} and set(located.notes) == {None}


def test_a_stated_datum_is_doubted_but_not_overruled(gazetteer: Gazetteer) -> None:
    """A person said it; a person has to take it back."""
    addresses, lon, lat = places()
    tokyo = transform(lon, lat, source=6668, target=4301)
    located = locate(gazetteer, {"住所": addresses, "緯度": texts(tokyo.y), "経度": texts(tokyo.x)}, crs="EPSG:6668")
    assert errors_m(located, lon, lat).min() > 380
    assert codes.DATUM_DOUBTED in codes_of(located)


def test_an_address_is_taken_where_it_agrees_with_a_coarser_cell_and_only_there(gazetteer: Gazetteer) -> None:
    """The town of a row is nearer than its cell of 10 km; one far outside the cell is told, and the cell stays."""
    columns: Columns = {"住所": [f"高山市{NAMES[0]}1", f"高山市{NAMES[1]}2"], "メッシュコード": ["543711", "533500"]}
    located = locate(gazetteer, columns)
    assert located.methods == ["address", "mesh"]
    (lon, lat), *_ = town_points()
    point = located.geometries[0]
    assert point is not None and (point.x, point.y) == pytest.approx((lon, lat))
    assert "メッシュコード「543711」" in (located.notes[0] or "") and NAMES[0] in (located.notes[0] or "")
    assert (located.accuracies_m[0] or 0) < 1000 < (located.accuracies_m[1] or 0)
    told = {problem.row_number: problem.code for problem in located.problems if problem.row_number}
    assert told == {1: codes.POSITION_FROM_ADDRESS, 2: codes.ADDRESS_DISAGREES}
    cells = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer, wants_areas=True)
    assert cells.methods == ["mesh", "mesh"] and all(cells.areas)


@pytest.mark.parametrize(("factor", "digits", "is_told"), [(1.4, 6, False), (1.6, 6, True), (1.6, 2, False)])
def test_coordinates_further_from_their_address_than_its_town_reaches_are_told(
    gazetteer: Gazetteer, factor: float, digits: int, is_told: bool
) -> None:
    """One and a half times the radius that holds nine of ten places, and what the written digits leave open."""
    reach_m = gazetteer.search(f"高山市{NAMES[0]}1").accuracy_m or 0
    (lon, lat), *_ = town_points()
    away = lat - factor * reach_m / 111_320
    located = locate(gazetteer, {"住所": [f"高山市{NAMES[0]}1"], "緯度": [f"{away:.{digits}f}"], "経度": [str(lon)]})
    assert (codes.ADDRESS_DISAGREES in codes_of(located)) == is_told


@pytest.mark.parametrize("where", ["option", "header", "column"])
def test_a_stated_zone_is_doubted_with_its_margin_but_not_overruled(gazetteer: Gazetteer, where: str) -> None:
    """Zone VIII is written on rows of zone VII: a person is asked, and sees what would fit."""
    addresses, lon, lat = places()
    plane = transform(lon, lat, source=6668, target=6675)
    beside = "(8系)" if where == "header" else ""
    columns: Columns = {f"X座標{beside}": texts(plane.y, 3), f"Y座標{beside}": texts(plane.x, 3)}
    columns |= {"系番号": ["8"] * len(lon)} if where == "column" else {}
    located = locate(gazetteer, columns | {"住所": addresses}, crs="第8系" if where == "option" else None)

    (told,) = [problem for problem in located.problems if problem.code == codes.ZONE_DOUBTED]
    assert told.severity == "warning" and "第8系" in told.message.ja and "第7系" in told.message.ja
    stated, *others = [one for one in located.readings if one.about == "plane"]
    assert (stated.code, others[0].code) == (6676, 6675) and len(others) > 1
    assert others[0].margin_m is not None and others[0].margin_m < -100_000
    assert errors_m(located, lon, lat).min() > 100_000
    assert not codes_of(located) & {codes.ADDRESS_DISAGREES, codes.POSITIONS_FAR_FROM_ADDRESSES, codes.ZONE_ASSUMED}
    right = locate(gazetteer, columns | {"住所": addresses}, crs="第7系")
    assert codes.ZONE_DOUBTED not in codes_of(right)


def test_the_city_alone_speaks_against_a_stated_zone(gazetteer: Gazetteer) -> None:
    """Without addresses, the rows lie outside the city in the stated zone and in it in another."""
    _, lon, lat = places()
    plane = transform(lon, lat, source=6668, target=6675)
    city = BBox(136.7, 35.8, 137.7, 36.6)
    located = locate(None, {"X座標": texts(plane.y, 3), "Y座標": texts(plane.x, 3)}, crs="第9系", area=city)
    (told,) = [problem for problem in located.problems if problem.code == codes.ZONE_DOUBTED]
    assert "100%" in told.message.ja and "0%" in told.message.ja


def test_a_datum_that_a_column_states_is_doubted_too(gazetteer: Gazetteer) -> None:
    """The cells say JGD2011, the addresses the Tokyo datum."""
    addresses, lon, lat = places()
    tokyo = transform(lon, lat, source=6668, target=4301)
    columns: Columns = {"住所": addresses, "緯度": texts(tokyo.y), "経度": texts(tokyo.x)}
    located = locate(gazetteer, columns | {"測地系": ["JGD2011"] * len(lon)})
    assert codes.DATUM_DOUBTED in codes_of(located) and errors_m(located, lon, lat).min() > 380


def test_a_datum_that_is_found_does_not_make_the_zone_unstated(gazetteer: Gazetteer) -> None:
    """The zone stands in a column; only the datum was found, for every row in its zone."""
    addresses, lon, lat = places()
    tokyo = transform(lon, lat, source=6668, target=30167)
    columns: Columns = {"住所": addresses, "X座標": texts(tokyo.y, 3), "Y座標": texts(tokyo.x, 3)}
    located = locate(gazetteer, columns | {"系番号": ["7"] * len(lon)})
    assert errors_m(located, lon, lat).max() < 10
    assert codes.DATUM_FOUND in codes_of(located) and codes.ZONE_ASSUMED not in codes_of(located)


@pytest.mark.parametrize("zone", [6, 7, 8])
def test_zone_and_axes_are_found_by_addresses(gazetteer: Gazetteer, zone: int) -> None:
    """Neither is stated; the axes even stand the wrong way round."""
    addresses, lon, lat = places()
    plane = transform(lon, lat, source=6668, target=plane_code(zone, "jgd2011"))
    located = locate(gazetteer, {"住所": addresses, "X": texts(plane.x, 3), "Y": texts(plane.y, 3)})
    assert errors_m(located, lon, lat).max() < 0.01
    assert {codes.ZONE_ASSUMED, codes.AXES_EXCHANGED} <= codes_of(located)
    assert located.readings[0].code == plane_code(zone, "jgd2011")


def test_axes_that_no_box_can_tell_apart_are_told_by_addresses(gazetteer: Gazetteer) -> None:
    """Both readings lie within the city; without addresses, north is assumed and said to be."""
    addresses, lon, lat = places()
    plane = transform(lon, lat, source=6668, target=6675)
    columns = {"X": texts(plane.x, 3), "Y": texts(plane.y, 3)}
    city = BBox(136.7, 35.8, 137.7, 36.6)
    alone = locate(None, columns, crs="第7系", area=city)
    assert errors_m(alone, lon, lat).min() > 1000 and codes.AXES_ASSUMED in codes_of(alone)
    located = locate(gazetteer, columns | {"住所": addresses}, crs="第7系", area=city)
    assert errors_m(located, lon, lat).max() < 0.01 and codes.AXES_EXCHANGED in codes_of(located)


def test_few_rows_of_packed_degrees_are_told_by_addresses(gazetteer: Gazetteer) -> None:
    """Four rows fit both notations; only one of them lies at the addresses."""
    addresses, lon, lat = places()

    def packed(value: float) -> str:
        seconds = round(value * 3600)
        return f"{seconds // 3600}.{seconds // 60 % 60:02d}{seconds % 60:02d}"

    rows = slice(0, 4)
    columns: Columns = {
        "住所": addresses[rows],
        "北緯": [packed(value) for value in lat[rows]],
        "東経": [packed(value) for value in lon[rows]],
    }
    located = locate(gazetteer, columns)
    assert located.coordinates.kind == "packed_dms" and errors_m(located, lon[rows], lat[rows]).max() < 30
    assert codes.NOTATION_UNCERTAIN not in codes_of(located)


def test_rows_without_coordinates_are_placed_by_their_address(gazetteer: Gazetteer) -> None:
    """With method, radius and a note; what is not in the gazetteer stays unplaced with a reason."""
    columns: Columns = {
        "住所": ["高山市春山町12", "春川町3-1", "高山市無名町5", None],
        "緯度": [None] * 4,
        "経度": [None] * 4,
    }
    located = locate(gazetteer, columns)
    assert located.methods == ["address", "address", None, None]
    assert located.reasons[2:] == [codes.ADDRESS_NOT_FOUND, codes.NO_COORDINATES]
    point = located.geometries[0]
    assert point is not None and (round(point.x, 6), round(point.y, 6)) == (137.2, 36.1)
    assert located.accuracies_m[0] is not None and 100 < located.accuracies_m[0] < 2000
    assert located.notes[0] == "住所「高山市春山町12」→「岐阜県高山市春山町」、残り「12」"
    told = {problem.row_number: problem.code for problem in located.problems if problem.row_number}
    assert told == {1: codes.POSITION_FROM_ADDRESS, 2: codes.POSITION_FROM_ADDRESS, 3: codes.ADDRESS_NOT_FOUND}


def test_a_table_without_coordinate_columns_is_placed_by_the_parts_of_its_addresses(gazetteer: Gazetteer) -> None:
    """Prefecture, city, town and lot stand in columns of their own."""
    parts = {"都道府県": "岐阜県", "市区町村": "高山市", "町字": "夏田町", "番地以下": "3"}
    columns: Columns = {"名称": ["消火栓"], **{f"所在地_{part}": [text] for part, text in parts.items()}}
    assert locate(gazetteer, columns).methods == ["address"]


def test_a_row_far_from_its_address_is_told_with_both(gazetteer: Gazetteer) -> None:
    """The other rows are not bothered."""
    addresses, lon, lat = places()
    lat[5] += 0.09
    located = locate(gazetteer, {"住所": addresses, "緯度": texts(lat), "経度": texts(lon)})
    (problem,) = [p for p in located.problems if p.code == codes.ADDRESS_DISAGREES]
    assert problem.row_number == 6 and "10km" in problem.message.ja and NAMES[5] in problem.message.ja


def test_hardly_true_positions_are_told() -> None:
    """On the origin of a zone, outside the area, twelve rows on one spot."""
    lat = texts(np.array([36.0, 35.20001, *[36.1401] * 12, *np.linspace(36.10001, 36.20003, 20)]), 9)
    lon = texts(np.array([137 + 1 / 6, 137.20002, *[137.2502] * 12, *np.linspace(137.10001, 137.20003, 20)]), 9)
    located = locate(None, {"緯度": lat, "経度": lon}, area=BBox(136.7, 35.8, 137.7, 36.6))
    told = [(problem.code, problem.row_number) for problem in located.problems if problem.row_number]
    assert told[:2] == [(codes.ON_ZONE_ORIGIN, 1), (codes.POSITION_OUTSIDE_AREA, 2)]
    assert told[2:] == [(codes.IDENTICAL_POSITIONS, row) for row in range(3, 15)]
    assert all("確認：" in (note or "") for note in located.notes[:14])


def test_the_next_best_reading_is_kept_and_told_and_a_thin_margin_asks(gazetteer: Gazetteer) -> None:
    """A clear choice is news only; rows halfway between two datums are a question."""
    addresses, lon, lat = places()
    clear = locate(gazetteer, {"住所": addresses, "緯度": texts(lat), "経度": texts(lon)})
    told = {problem.code: problem for problem in clear.problems}
    assert told[codes.READINGS_COMPARED].severity == "info" and codes.READING_MARGIN_THIN not in told
    best, other = clear.readings
    assert (best.about, best.code, other.code) == ("datum", 6668, 4301)
    assert (best.distance_m or 0) + 200 < (other.distance_m or 0)
    old = transform(lon, lat, source=6668, target=4301)
    middle_lon, middle_lat = (lon + old.x) / 2, (lat + old.y) / 2
    thin = locate(gazetteer, {"住所": addresses, "緯度": texts(middle_lat), "経度": texts(middle_lon)})
    told = {problem.code: problem for problem in thin.problems}
    assert told[codes.READING_MARGIN_THIN].severity == "warning"
    assert "4301" in told[codes.READING_MARGIN_THIN].message.en
    stated = locate(
        gazetteer, {"住所": addresses, "緯度": texts(middle_lat), "経度": texts(middle_lon)}, crs="EPSG:6668"
    )
    assert codes.READING_MARGIN_THIN not in codes_of(stated)


def test_axes_that_lie_about_as_near_either_way_are_asked_about(gazetteer: Gazetteer) -> None:
    """Where X and Y are almost the same number, nothing tells north from east; where headers say it, nobody asks."""
    addresses, lon, lat = places()
    plane = transform(lon, lat, source=6668, target=6675)
    middle = (plane.x + plane.y) / 2
    columns = {"住所": addresses, "X": texts(middle + 20, 3), "Y": texts(middle - 20, 3)}
    told = {problem.code: problem for problem in locate(gazetteer, columns, crs="EPSG:6675").problems}
    assert told[codes.READING_MARGIN_THIN].severity == "warning"

    north, east = texts(plane.y, 3), texts(plane.x, 3)
    clear = locate(gazetteer, {"住所": addresses, "X座標(北)": north, "Y座標(東)": east}, crs="EPSG:6675")
    assert codes.READING_MARGIN_THIN not in codes_of(clear)


def packed(values: np.ndarray) -> list[str | None]:
    """36.0846 for 36°08'46"."""
    seconds = np.round(values * 3600).astype(int).tolist()
    return [f"{one // 3600}.{one // 60 % 60:02d}{one % 60:02d}" for one in seconds]


def test_all_four_choices_keep_the_reading_that_was_not_taken(gazetteer: Gazetteer) -> None:
    """Order, notation, zone with axes, and datum: the chosen one, the next, and the margin between them."""
    addresses, lon, lat = places()
    swapped = locate(gazetteer, {"住所": addresses, "経度": texts(lat), "緯度": texts(lon)})
    order = [one for one in swapped.readings if one.about == "order"]
    assert errors_m(swapped, lon, lat).max() < 1 and codes.READING_MARGIN_THIN not in codes_of(swapped)
    assert [one.share for one in order] == [1.0, 0.0] and (order[1].margin_m or 0) > 1_000_000
    assert order[0].to_json()["answer"] == {"roles": {"経度": "lat", "緯度": "lon"}}

    written = locate(gazetteer, {"住所": addresses, "緯度": packed(lat), "経度": packed(lon)})
    notation = [one for one in written.readings if one.about == "notation"]
    assert [one.notation for one in notation] == ["packed_dms", "decimal"] and (notation[1].margin_m or 0) > 1000

    plane = transform(lon, lat, source=6668, target=6675)
    zoned = locate(gazetteer, {"住所": addresses, "X": texts(plane.y, 3), "Y": texts(plane.x, 3)})
    assert {one.about for one in zoned.readings} == {"plane", "datum"}


def test_a_notation_that_addresses_leave_open_is_asked_like_the_others(gazetteer: Gazetteer) -> None:
    """Places halfway between both readings: the margin is thin, and both are offered."""
    addresses, lon, lat = places()
    rows = slice(0, 4)
    # Read as decimals, the digits of 0.25 degrees packed are 0.15: the middle of the two is 0.2.
    cells = [packed(np.floor(values) + (values % 1) * 1.25) for values in (lat[rows], lon[rows])]
    columns: Columns = {"住所": addresses[rows], "緯度": cells[0], "経度": cells[1]}
    told = {problem.code: problem for problem in locate(gazetteer, columns).problems}
    assert told[codes.READING_MARGIN_THIN].severity == "warning" and codes.NOTATION_UNCERTAIN not in told


def test_readings_are_ranked_by_the_rows_alone_where_there_is_no_gazetteer() -> None:
    """Few rows fit both notations; that both were possible is kept, without a distance."""
    located = locate(None, {"緯度": ["36.0846", "36.0812", "36.0815"], "経度": ["137.1452", "137.1455", "137.1401"]})
    assert [(one.about, one.notation, one.share, one.margin_m) for one in located.readings] == [
        ("notation", "decimal", 1.0, None),
        ("notation", "packed_dms", 1.0, None),
    ]


def test_a_row_in_the_other_notation_is_read_in_it_and_told(gazetteer: Gazetteer) -> None:
    """One row of a decimal column is 36.0846 for 36°08'46": so it lies at its address."""
    addresses, lon, lat = places()
    columns: Columns = {"住所": addresses, "緯度": texts(lat), "経度": texts(lon)}
    columns["緯度"][9], columns["経度"][9] = packed(lat[9:10])[0], packed(lon[9:10])[0]
    located = locate(gazetteer, columns)
    (problem,) = [p for p in located.problems if p.code == codes.NOTATION_DEVIATES]
    assert problem.row_number == 10 and "度分秒" in problem.message.ja and "確認：" in (located.notes[9] or "")
    assert errors_m(located, lon, lat).max() < 30 and codes.ADDRESS_DISAGREES not in codes_of(located)


def test_a_row_with_exchanged_axes_is_told_how_it_would_fit(gazetteer: Gazetteer) -> None:
    """X and Y of one row stand in each other's column."""
    addresses, lon, lat = places()
    plane = transform(lon, lat, source=6668, target=6675)
    north, east = texts(plane.y, 3), texts(plane.x, 3)
    north[9], east[9] = east[9], north[9]
    located = locate(gazetteer, {"住所": addresses, "X座標": north, "Y座標": east}, crs="EPSG:6675")
    (problem,) = [p for p in located.problems if p.code == codes.ADDRESS_DISAGREES]
    assert problem.row_number == 10 and "XとYが逆" in problem.suggestion.ja


@pytest.mark.parametrize("headers", [("緯度", "経度"), ("X", "Y")])
def test_rows_whose_address_is_not_known_leave_the_others_their_say(
    gazetteer: Gazetteer, headers: tuple[str, str]
) -> None:
    """Every third address is in no gazetteer."""
    addresses, lon, lat = places()
    plane = transform(lon, lat, source=6668, target=6675)
    first, second = (lat, lon) if headers[0] == "緯度" else (plane.y, plane.x)
    some = [None if n % 3 == 0 else "高山市無名町5" if n % 3 == 1 else one for n, one in enumerate(addresses)]
    located = locate(gazetteer, {"住所": some, headers[0]: texts(first, 6), headers[1]: texts(second, 6)})
    assert errors_m(located, lon, lat).max() < 1


def test_a_ledger_of_another_city_is_one_problem_and_not_one_a_row() -> None:
    """Twenty rows in the next prefecture, each with a note; of the few that lie outside, each is told."""
    lon, lat = np.linspace(136.1, 136.2, 20), np.linspace(35.3, 35.4, 20)
    city = BBox(136.7, 35.8, 137.7, 36.6)
    all_ = locate(None, {"緯度": texts(lat), "経度": texts(lon)}, area=city)
    (told,) = [problem for problem in all_.problems if problem.code == codes.POSITION_OUTSIDE_AREA]
    assert told.row_number is None and "20行" in told.message.ja
    assert all("台帳全体で確認：区域の外です" in (note or "") for note in all_.notes)
    lon[:15], lat[:15] = np.linspace(137.1, 137.2, 15), np.linspace(36.1, 36.2, 15)
    some = locate(None, {"緯度": texts(lat), "経度": texts(lon)}, area=city)
    rows = [problem.row_number for problem in some.problems if problem.code == codes.POSITION_OUTSIDE_AREA]
    assert rows == [16, 17, 18, 19, 20]
    assert ["（確認：区域の外です" in (note or "") for note in some.notes] == [False] * 15 + [True] * 5
