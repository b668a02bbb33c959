"""Plane coordinates: X is north, the zone is stated or found."""

import json
from pathlib import Path

import pytest
from pyproj import CRS, Transformer

from gis_capture.locate import Located, codes, find_coordinates, locate_rows
from gis_capture.model import BBox

FOLDER = Path(__file__).resolve().parents[2] / "sample_data" / "exchange"
TAKAYAMA = BBox(136.7, 35.8, 137.7, 36.6)


def locate(columns: dict[str, list[str | None]], **options: object) -> Located:
    """Locates in EPSG:6668."""
    return locate_rows(columns, **{"crs": None, "layer_crs": "EPSG:6668"} | options)  # type: ignore[arg-type]


def codes_of(located: Located) -> set[str]:
    """Codes of all problems."""
    return {problem.code for problem in located.problems}


@pytest.mark.parametrize("zone", range(1, 20))
def test_every_zone_is_projected_with_x_to_the_north(zone: int) -> None:
    """As PROJ does it, with the axes of surveyors."""
    code = 6668 + zone
    expected = Transformer.from_crs(code, 6668, always_xy=True).transform(1234.5, 20_000.25)
    located = locate({"X座標": ["20,000.250"], "Y座標": ["1,234.500"]}, crs=f"平面直角座標系第{zone}系")
    (point,) = located.geometries
    assert point is not None
    assert (point.x, point.y) == pytest.approx(expected, abs=1e-9)
    assert located.methods == ["plane"]


def test_a_shelter_of_zone_7_comes_to_lie_within_a_millimetre() -> None:
    """A published pair of plane and geographic coordinates, exchanged axes included."""
    located = locate({"X": ["114708.241888"], "Y": ["-17507.738839"]}, crs="EPSG:6675")
    (point,) = located.geometries
    assert point is not None
    assert abs(point.x - 136.96987) * 90_000 < 0.001 and abs(point.y - 37.03364) * 111_000 < 0.001


@pytest.mark.parametrize(
    ("words", "crs"),
    [
        ("平面直角座標系第Ⅶ系", "EPSG:6675"),
        ("座標は第７系（測地成果2000）", "EPSG:2449"),
        ("日本測地系 平面直角座標 7系", "EPSG:30167"),
        ("公共座標第七系", "EPSG:6675"),
        ("JGD2011 / Japan Plane Rectangular CS VII", "EPSG:6675"),
    ],
)
def test_the_zone_is_read_from_words_beside_the_table(words: str, crs: str) -> None:
    """Title, sheet name or note."""
    found = find_coordinates({"X座標": ["15876.3"], "Y座標": ["7234.5"]}, context=["台帳", words])
    assert (found.kind, found.crs) == ("plane_xy", crs)


def test_a_column_of_zones_counts_for_each_row() -> None:
    """Rows of two zones stand in one table."""
    columns: dict[str, list[str | None]] = {
        "座標系番号": ["7", "8"],
        "Ｘ座標": ["15876.3", "15876.3"],
        "Ｙ座標": ["7234.5", "7234.5"],
    }
    first, second = locate(columns).geometries
    assert first is not None and second is not None
    assert second.x - first.x == pytest.approx(4 / 3, abs=0.01)


def test_without_a_zone_no_position_is_invented() -> None:
    """The rows stay without a point and the table says what is missing."""
    located = locate({"X座標": ["15876.3"], "Y座標": ["7234.5"]})
    assert located.geometries == [None] and located.reasons == [codes.CRS_UNKNOWN]
    assert codes.CRS_UNKNOWN in codes_of(located) and located.coordinates.crs == "unknown"


def test_the_area_finds_the_zone_and_the_finding_is_told() -> None:
    """Only zone VII brings the rows into the city."""
    located = locate({"X座標": ["15876.3"], "Y座標": ["7234.5"]}, area=TAKAYAMA)
    (point,) = located.geometries
    assert point is not None and round(point.x, 3) == 137.247
    assert codes.ZONE_ASSUMED in codes_of(located)


def test_axes_that_cannot_be_told_apart_are_taken_as_surveyors_write_and_told() -> None:
    """Both readings lie in the city; a person should look."""
    located = locate({"X": ["15876.3"], "Y": ["7234.5"]}, crs="EPSG:6675", area=TAKAYAMA)
    (point,) = located.geometries
    assert point is not None and round(point.y, 3) == 36.143
    assert codes.AXES_ASSUMED in codes_of(located)


def test_axes_are_exchanged_when_only_so_the_rows_lie_in_the_zone() -> None:
    """X held east."""
    located = locate({"X": ["-17507.738839"], "Y": ["114708.241888"]}, crs="EPSG:6675")
    (point,) = located.geometries
    assert point is not None and round(point.y, 5) == 37.03364
    assert codes.AXES_EXCHANGED in codes_of(located)


def test_kilometres_are_known_by_their_size() -> None:
    """Nobody's ledger lies within 500 m of a zone's origin."""
    in_km = locate({"X座標(km)": ["15.8763"], "Y座標(km)": ["7.2345"]}, crs="EPSG:6675").geometries[0]
    in_m = locate({"X座標": ["15876.3"], "Y座標": ["7234.5"]}, crs="EPSG:6675").geometries[0]
    assert in_km is not None and in_m is not None and in_km.equals_exact(in_m, 1e-9)


@pytest.mark.parametrize(
    ("crs", "east", "north"), [("EPSG:6690", 702_600.0, 4_002_500.0), (None, 15_278_900.0, 4_321_500.0)]
)
def test_utm_and_web_mercator_are_read(crs: str | None, east: float, north: float) -> None:
    """Web Mercator is known by its size alone."""
    expected = Transformer.from_crs(crs or 3857, 6668, always_xy=True).transform(east, north)
    (point,) = locate({"x": [str(east)], "y": [str(north)]}, crs=crs).geometries
    assert point is not None
    assert (point.x, point.y) == pytest.approx(expected, abs=1e-8)


def test_points_come_out_in_the_layers_crs() -> None:
    """Also when that is a plane: x is east, y is north."""
    (point,) = locate({"緯度": ["36.143068"], "経度": ["137.247058"]}, layer_crs="EPSG:6675").geometries
    assert point is not None
    assert (point.x, point.y) == pytest.approx((7234.5, 15876.3), abs=0.5)


def test_the_tablet_projects_as_proj_does() -> None:
    """The golden places, which the tests of the tablet app read too, are those of PROJ."""
    text = (FOLDER / "projections.json").read_text(encoding="utf-8")
    for row in json.loads(text):
        projected = CRS.from_user_input(row["crs"])
        transformer = Transformer.from_crs(projected.geodetic_crs, projected, always_xy=True)
        assert transformer.transform(*row["lon_lat"]) == pytest.approx(row["x_y"], abs=1e-3)


def test_a_datum_without_a_zone_counts_for_the_zone_that_is_found() -> None:
    """Rows in the Tokyo datum are moved from it, whichever zone they prove to be in; without a word they are not."""
    from_tokyo = Transformer.from_crs(6668, CRS.from_epsg(30167), always_xy=True)
    y, x = from_tokyo.transform([137.20 + n / 1000 for n in range(12)], [36.10 + n / 1000 for n in range(12)])
    columns: dict[str, list[str | None]] = {"X座標": [f"{v:.3f}" for v in x], "Y座標": [f"{v:.3f}" for v in y]}
    stated = locate(columns, area=TAKAYAMA, context=["日本測地系台帳"])
    unsaid = locate(columns, area=TAKAYAMA)
    first, other = stated.geometries[0], unsaid.geometries[0]

    assert first is not None and other is not None
    assert abs(first.x - 137.20) * 90_000 < 10 and abs(first.y - 36.10) * 111_000 < 10
    assert abs(other.y - 36.10) * 111_000 > 300


def test_a_zone_of_utm_reaches_into_its_neighbour() -> None:
    """Takayama is in zone 53 and often drawn in 54: nothing is doubted, least of all the axes that E and N tell."""
    east, north = Transformer.from_crs(6668, 6691, always_xy=True).transform(137.2523, 36.1461)
    located = locate({"E座標": [f"{east:.2f}"], "N座標": [f"{north:.2f}"]}, crs="EPSG:6691")
    assert located.accuracies_m == [1.0] and not codes_of(located)


def test_rows_outside_of_their_zone_are_doubted_by_its_name() -> None:
    """The headers tell the axes, so that nothing is said of them."""
    located = locate({"X(北)": ["15876.3"], "Y(東)": ["290000.0"]}, crs="EPSG:6675")
    assert codes.ZONE_DOUBTED in codes_of(located) and codes.AXES_ASSUMED not in codes_of(located)
    assert codes.TITLES[codes.ZONE_DOUBTED].ja in (located.notes[0] or "")
