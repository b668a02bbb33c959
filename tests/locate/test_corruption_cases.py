"""Ways in which ledgers are known to lose or falsify positions: one test for each, numbered as in the list of cases.

28 numerals inside names of towns · 29 dashes, long vowels and 一 · 30 exchanged axes, units, zones, datums ·
31 numbers that mean "not known", and origins of zones · 32 a level better than what was matched ·
33 towns of one name in several old villages · 34 mesh codes as numbers · 35 broken chainage
"""

from collections.abc import Iterator

import numpy as np
import pytest

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.crs import plane_code
from gis_capture.locate.datum import transform
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.model import BBox

CITY_HALL = (137.252234, 36.146123)
TAKAYAMA = BBox(136.7, 35.8, 137.7, 36.6)
TOWNS = """pref,city,town,koaza,lat,lon
岐阜県,高山市,三之町,,36.1400,137.2600
岐阜県,高山市,七日町三丁目,,36.1500,137.2500
岐阜県,高山市,一之宮町,,36.0520,137.2010
岐阜県,高山市,千島町,,36.1200,137.2500
岐阜県,高山市,八軒町一丁目,,36.1386,137.2576
岐阜県,高山市,上宝町本郷,,36.2900,137.3700
岐阜県,高山市,国府町本郷,,36.2300,137.2200
岐阜県,高山市,丹生川町町方,,36.1642,137.3056
岐阜県,高山市,国府町町方,,36.2100,137.2300
"""
Columns = dict[str, list[str | None]]


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """Towns with numerals in their names, and towns of one name."""
    folder = tmp_path_factory.mktemp("gazetteer")
    (folder / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([folder / "towns.csv"], folder / "gazetteer.sqlite")
    with Gazetteer(folder / "gazetteer.sqlite") as opened:
        yield opened


def locate(columns: Columns, crs: str | None = None, gazetteer: Gazetteer | None = None) -> Located:
    """Locates in EPSG:6668, in Takayama."""
    return locate_rows(columns, crs=crs, layer_crs="EPSG:6668", area=TAKAYAMA, gazetteer=gazetteer)


def points(located: Located) -> list[tuple[float, float] | None]:
    """Coordinates to 6 digits, 0.1 m."""
    return [None if g is None else (round(g.x, 6), round(g.y, 6)) for g in located.geometries]


def codes_of(located: Located) -> set[str]:
    """Codes of all problems."""
    return {problem.code for problem in located.problems}


@pytest.mark.parametrize(
    ("address", "name", "tail"),
    [
        ("高山市三之町12", "三之町", "12"),
        ("高山市七日町三丁目5", "七日町三丁目", "5"),
        ("高山市七日町3丁目5", "七日町三丁目", "5"),
        ("高山市一之宮町二八番地", "一之宮町", "二八番地"),
        ("高山市千島町千二百", "千島町", "千二百"),
        ("高山市八軒町1丁目8", "八軒町一丁目", "8"),
    ],
)
def test_case_28_numerals_of_a_town_stay_in_its_name(gazetteer: Gazetteer, address: str, name: str, tail: str) -> None:
    """The town is looked up before any numeral is read."""
    match = gazetteer.search(address)
    assert (match.name, match.tail) == ("岐阜県高山市" + name, tail)


@pytest.mark.parametrize("dash", [*"-‐‑–—―−－ーｰ一", "の", "ノ", "番地"])
def test_case_29_dashes_of_all_kinds_do_not_move_an_address(gazetteer: Gazetteer, dash: str) -> None:
    """A 一 is a dash between digits only: 一之宮町 keeps its own, and nothing of the lot is lost."""
    match = gazetteer.search(f"高山市一之宮町3795{dash}2")
    assert match.name == "岐阜県高山市一之宮町" and match.tail == f"3795{dash}2"


@pytest.mark.parametrize("zone", [6, 7, 8])
def test_case_30_plane_axes_mean_north_first_in_the_zone_that_is_named(zone: int) -> None:
    """X is north; the order of the columns and the zone's neighbours change nothing."""
    moved = transform(*(np.array([v]) for v in CITY_HALL), source=6668, target=plane_code(zone, "jgd2011"))
    east, north = f"{moved.x[0]:.3f}", f"{moved.y[0]:.3f}"
    both: tuple[Columns, Columns] = ({"X座標": [north], "Y座標": [east]}, {"Y座標": [east], "X座標": [north]})
    for columns in both:
        located = locate(columns, crs=f"EPSG:{plane_code(zone, 'jgd2011')}")
        assert points(located) == [CITY_HALL]


def test_case_30_kilometres_are_metres_too() -> None:
    """16.217 km north is not 16 m."""
    moved = transform(*(np.array([v]) for v in CITY_HALL), source=6668, target=6675)
    located = locate({"X(km)": [f"{moved.y[0] / 1000:.6f}"], "Y(km)": [f"{moved.x[0] / 1000:.6f}"]}, crs="EPSG:6675")
    assert points(located) == [CITY_HALL]


def test_case_30_latitude_in_the_column_of_longitude_is_exchanged_and_told() -> None:
    """In Japan one cannot be the other."""
    located = locate({"緯度": [str(CITY_HALL[0])], "経度": [str(CITY_HALL[1])]})
    assert points(located) == [CITY_HALL] and codes.COORDINATES_SWAPPED in codes_of(located)


@pytest.mark.parametrize("lat", ["36°08'46.04\"", "36度08分46.04秒", "36.08.46.04", "北緯36-8-46.04"])
def test_case_30_minutes_and_seconds_are_no_decimals(lat: str) -> None:
    """Each way to write them is the same place."""
    located = locate({"緯度": [lat], "経度": ["137.252234"]})
    (point,) = points(located)
    assert point is not None and point == pytest.approx((137.252234, 36.146122), abs=2e-6)


def test_case_30_the_tokyo_datum_is_never_ignored() -> None:
    """440 m with no operation, 1.7 m by a wrong one: without the grid the place moves, and says how well."""
    located = locate({"緯度": [str(CITY_HALL[1])], "経度": [str(CITY_HALL[0])]}, crs="EPSG:4301")
    (point,) = points(located)
    assert point is not None
    away_m = np.hypot((point[0] - CITY_HALL[0]) * 90_000, (point[1] - CITY_HALL[1]) * 111_000)
    assert 400 < away_m < 480
    assert codes.DATUM_GRID_MISSING in codes_of(located) and located.operation
    assert located.accuracies_m[0] is not None and located.accuracies_m[0] >= 1.7


def test_case_30_jgd2000_keeps_its_place_with_the_error_told() -> None:
    """0.2–0.3 m in Takayama: below what a tablet measures, above a map of 1:500."""
    located = locate({"緯度": [str(CITY_HALL[1])], "経度": [str(CITY_HALL[0])]}, crs="EPSG:4612")
    assert points(located) == [CITY_HALL]
    assert located.accuracies_m[0] is not None and located.accuracies_m[0] > 0


@pytest.mark.parametrize(
    ("lat", "lon"), [("0", "0"), ("999", "999"), ("999.9", "999.9"), ("99.9999", "999.9999"), ("-1", "-1")]
)
def test_case_31_numbers_that_mean_not_known_are_no_place(lat: str, lon: str) -> None:
    """The row is unlocated, and the reason names the mark."""
    located = locate({"緯度": ["36.146123", lat], "経度": ["137.252234", lon]})
    assert points(located) == [CITY_HALL, None]
    assert located.reasons[1] == codes.COORDINATE_SENTINEL


def test_case_31_a_place_on_the_origin_of_a_zone_is_told() -> None:
    """36°N, 137°10'E lies in the city itself: a box around the city would let it pass."""
    located = locate({"緯度": ["36.000001", "36.146123"], "経度": ["137.166667", "137.252234"]})
    assert [p.row_number for p in located.problems if p.code == codes.ON_ZONE_ORIGIN] == [1]


@pytest.mark.parametrize(
    ("address", "level", "tail"),
    [
        ("高山市七日町5", "town", "5"),
        ("高山市七日町9丁目5", "town", "9丁目5"),
        ("高山市三之町12番地3 三町ビル2階", "town", "12番地3 三町ビル2階"),
        ("高山市", "city", ""),
    ],
)
def test_case_32_no_level_is_better_than_what_was_matched(
    gazetteer: Gazetteer, address: str, level: str, tail: str
) -> None:
    """A lot number is no chome, and what was not matched is given back."""
    match = gazetteer.search(address)
    assert (match.level, match.tail) == (level, tail)


def test_case_33_a_name_of_two_old_villages_is_told_by_the_village_or_not_at_all(gazetteer: Gazetteer) -> None:
    """The district decides; the bare name is placed nowhere for certain."""
    places = {gazetteer.search(f"高山市{district}本郷12").lat for district in ("上宝町", "国府町")}
    assert places == {36.29, 36.23}
    old = gazetteer.search("岐阜県吉城郡上宝村本郷12")
    assert old.lat in (None, 36.29)
    bare = gazetteer.search("高山市本郷12")
    assert not bare.is_sure or bare.level == "city"


@pytest.mark.parametrize(
    ("code", "size_deg"),
    [("54371270", 1 / 120), ("54371270.0", 1 / 120), ("543712605", 1 / 60), ("543712703", 1 / 240)],
)
def test_case_34_mesh_codes_as_numbers_keep_their_level(code: str, size_deg: float) -> None:
    """Nine digits are 2 km when they end in 5, else 500 m; the cell comes with the point."""
    located = locate_rows({"メッシュコード": [code]}, crs=None, layer_crs="EPSG:6668", wants_areas=True)
    (cell,) = located.areas
    assert cell is not None and cell.bounds[3] - cell.bounds[1] == pytest.approx(size_deg)
    assert located.accuracies_m[0] is not None


def test_case_34_a_code_in_scientific_notation_is_no_cell() -> None:
    """5.43713E+08 has lost its last digits; no cell may be made of the rest."""
    located = locate({"メッシュコード": ["54371270", "5.43713E+08"]})
    assert located.geometries[1] is None and located.reasons[1] == codes.COORDINATE_UNREADABLE
