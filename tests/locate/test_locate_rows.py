"""Rows get their positions."""

import random

import pytest

from gis_capture.errors import CRSError
from gis_capture.locate import Located, codes, find_coordinates, locate_rows
from gis_capture.model import BBox

TAKAYAMA = BBox(136.7, 35.8, 137.7, 36.6)


def locate(columns: dict[str, list[str | None]], crs: str | None = None, area: BBox | None = None) -> Located:
    """Locates in EPSG:6668."""
    return locate_rows(columns, crs=crs, layer_crs="EPSG:6668", area=area)


def points(located: Located) -> list[tuple[float, float] | None]:
    """Coordinates to 6 digits, 0.1 m."""
    return [None if g is None else (round(g.x, 6), round(g.y, 6)) for g in located.geometries]


def codes_of(located: Located) -> set[str]:
    """Codes of all problems."""
    return {problem.code for problem in located.problems}


def test_decimal_degrees_are_taken_as_they_stand() -> None:
    """The datum that was assumed is told, with the radius that it leaves."""
    located = locate({"緯度": ["36.146123"], "経度": ["137.252234"]})
    assert points(located) == [(137.252234, 36.146123)]
    assert (located.methods, located.accuracies_m) == (["coordinates"], [450])
    assert codes_of(located) == {codes.DATUM_ASSUMED}
    assert located.coordinates.crs == "unknown" and located.coordinates.kind == "lonlat_columns"


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("緯度", "経度"),
        ("北緯", "東経"),
        ("lat", "lng"),
        ("Latitude", "Longitude"),
        ("Ｙ", "Ｘ"),
        ("geoLat", "geoLon"),
        ("緯　度", "経　度"),
    ],
)
def test_headers_of_real_files_are_known(lat: str, lon: str) -> None:
    """Whatever the word and the width."""
    assert points(locate({lat: ["36.146123"], lon: ["137.252234"]})) == [(137.252234, 36.146123)]


def test_columns_without_headers_are_known_by_their_values() -> None:
    """Three rows of degrees with digits enough cannot be anything else."""
    located = locate({"列1": ["36.14612", "36.14712", "36.14812"], "列2": ["137.25223", "137.25323", "137.25423"]})
    assert points(located)[0] == (137.25223, 36.14612)


def test_every_row_without_a_position_says_why() -> None:
    """Row numbers are those of the source, and the cells are quoted."""
    columns: dict[str, list[str | None]] = {
        "緯度": ["36.146123", None, "36.1", "不明", "0", "3.6146123", "36.146123"],
        "経度": ["137.252234", None, None, "137.252234", "0", "137.252234", "999.9"],
    }
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", row_numbers=[3, 4, 5, 7, 8, 9, 10])
    assert located.reasons == [
        None,
        codes.POSITION_MISSING,
        codes.COORDINATE_INCOMPLETE,
        codes.COORDINATE_UNREADABLE,
        codes.COORDINATE_SENTINEL,
        codes.COORDINATE_OUTSIDE_JAPAN,
        codes.COORDINATE_SENTINEL,
    ]
    told = {problem.row_number: problem for problem in located.problems if problem.row_number}
    assert sorted(told) == [4, 5, 7, 8, 9, 10]
    assert "不明" in told[7].message.ja and "3.6146123" in told[9].message.en


def test_swapped_columns_are_exchanged_and_told_once() -> None:
    """The headers are wrong, not each row."""
    located = locate({"緯度": ["137.252234", "137.252235"], "経度": ["36.146123", "36.146124"]})
    assert points(located) == [(137.252234, 36.146123), (137.252235, 36.146124)]
    assert [p.row_number for p in located.problems if p.code == codes.COORDINATES_SWAPPED] == [None]
    assert located.coordinates.columns == {"lon": ("緯度",), "lat": ("経度",)}


def test_a_single_swapped_row_is_exchanged_and_told_with_its_row() -> None:
    """The other rows keep their reading."""
    located = locate({"緯度": ["36.146123", "137.252235"], "経度": ["137.252234", "36.146124"]})
    assert points(located) == [(137.252234, 36.146123), (137.252235, 36.146124)]
    assert [p.row_number for p in located.problems if p.code == codes.COORDINATES_SWAPPED] == [2]


def test_packed_degrees_are_known_by_all_rows_together() -> None:
    """36.0846 is 36°08'46" when no row's digits are impossible as minutes and seconds."""
    rng = random.Random(7)
    lat = [f"36.{rng.randrange(60):02d}{rng.randrange(60):02d}{rng.randrange(10)}" for _ in range(40)]
    lon = [f"137.{rng.randrange(60):02d}{rng.randrange(60):02d}{rng.randrange(10)}" for _ in range(40)]
    located = locate({"北緯": ["36.0846", *lat], "東経": ["137.1508", *lon]})
    assert located.coordinates.kind == "packed_dms"
    assert points(located)[0] == (137.252222, 36.146111)
    assert codes.NOTATION_RECOGNISED in codes_of(located)


@pytest.mark.parametrize("scale", [1, 10_000])
def test_packed_degrees_of_one_cell_are_known_by_all_rows_together(scale: int) -> None:
    """36.0846,137.1508 and 360846.0,1371508.0 alike; a cell with marks among them is read by its marks."""
    rng = random.Random(7)
    packed = [
        [degrees + rng.randrange(60) / 100 + rng.randrange(60) / 10_000 for degrees in (36, 137)] for _ in range(40)
    ]
    cells = [f"{lat * scale:.4f},{lon * scale:.4f}" for lat, lon in [[36.0846, 137.1508], *packed]]
    located = locate({"座標": [*cells, "36度8分46秒、137度15分8秒", "0,0"]})
    assert located.coordinates.kind == "packed_dms"
    assert points(located)[0] == points(located)[-2] == (137.252222, 36.146111)
    assert codes.NOTATION_RECOGNISED in codes_of(located) and located.reasons[-1] == codes.COORDINATE_SENTINEL


def test_decimal_degrees_are_not_taken_for_packed_ones() -> None:
    """Among forty rows some have digits that cannot be seconds."""
    rng = random.Random(7)
    lat = [f"{36 + rng.random():.5f}" for _ in range(40)]
    lon = [f"{137 + rng.random():.5f}" for _ in range(40)]
    found = find_coordinates({"北緯": lat, "東経": lon})
    assert found.kind == "lonlat_columns" and found.first == (float(lon[0]), float(lat[0]))


def test_few_rows_that_fit_both_readings_are_told() -> None:
    """Three rows are no proof."""
    located = locate({"緯度": ["36.0846", "36.0812", "36.0815"], "経度": ["137.1452", "137.1455", "137.1401"]})
    assert codes.NOTATION_UNCERTAIN in codes_of(located)


def test_two_decimals_are_no_minutes_and_seconds() -> None:
    """36.11 says nothing of seconds, however few the rows: it is 36.11 degrees."""
    table = {"緯度": [f"36.{n}" for n in range(11, 19)], "経度": [f"137.{n}" for n in range(21, 29)]}
    found = find_coordinates(table)
    assert found.kind == "lonlat_columns" and found.first == (137.21, 36.11)


def test_digits_without_a_point_are_packed_degrees() -> None:
    """360846.0 can only be 36°08'46.0"."""
    located = locate({"緯度": ["360846.0", "360850.0"], "経度": ["1371508", "1371512"]})
    assert points(located)[0] == (137.252222, 36.146111) and located.methods[0] == "dms"


def test_six_columns_make_two_angles() -> None:
    """Degrees, minutes and seconds in columns of their own, the datum in another."""
    columns: dict[str, list[str | None]] = {
        **{"経度_度": ["136"], "経度_分": ["57"], "経度_秒": ["2.9880"]},
        **{"緯度_度": ["36"], "緯度_分": ["03"], "緯度_秒": ["43.9920"], "測地系": ["0"]},
    }
    found = find_coordinates(columns)
    assert (found.kind, found.crs) == ("dms_columns", "EPSG:4301")
    assert found.first == pytest.approx((136.95083, 36.06222), abs=1e-6)


def test_latitude_and_longitude_in_one_cell() -> None:
    """In either order."""
    located = locate({"location": ["36.146123,137.252234", "137.252235 36.146124", ""]})
    assert points(located) == [(137.252234, 36.146123), (137.252235, 36.146124), None]
    assert located.coordinates.kind == "latlon_in_one"


def test_few_digits_give_a_radius_and_a_problem() -> None:
    """36.1 may be five kilometres away."""
    located = locate({"緯度": ["36.146123", "36.14"], "経度": ["137.252234", "137.25"]})
    assert located.accuracies_m[0] == 450
    assert located.accuracies_m[1] == pytest.approx(787, abs=1)
    assert [p.row_number for p in located.problems if p.code == codes.COORDINATE_COARSE] == [2]


def test_a_table_without_coordinates_says_so_once() -> None:
    """Each row keeps its reason."""
    located = locate({"名称": ["消火栓", "防火水槽"], "電話番号": ["0577-32-3333", None]})
    assert located.coordinates.kind == "none" and located.geometries == [None, None]
    assert [p.code for p in located.problems] == [codes.NO_COORDINATES]
    assert located.reasons == [codes.NO_COORDINATES] * 2


def test_an_empty_table_is_no_problem() -> None:
    """Nothing in, nothing out."""
    assert locate({"緯度": [], "経度": []}).problems == ()


def test_an_unknown_crs_is_refused_with_its_name() -> None:
    """A typing error must not become a silent guess."""
    with pytest.raises(CRSError) as caught:
        locate({"緯度": ["36.1"], "経度": ["137.2"]}, crs="EPSG:99999")
    assert "EPSG:99999" in caught.value.message.ja


@pytest.mark.parametrize(
    ("n_same", "n_others", "is_told"), [(5, 20, True), (4, 20, False), (3, 5, True), (3, 4, False)]
)
def test_a_place_that_many_rows_share_is_told(n_same: int, n_others: int, is_told: bool) -> None:
    """From five rows on, or from three of ten where the table has eight."""
    lat = ["36.14"] * n_same + [f"36.1{row:03d}1" for row in range(n_others)]
    located = locate_rows({"緯度": lat, "経度": ["137.25"] * len(lat)}, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert (codes.IDENTICAL_POSITIONS in {problem.code for problem in located.problems}) == is_told
