"""A place that is doubted is as uncertain as what speaks against it is far."""

from collections.abc import Iterator, Sequence

import pytest

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.locate.messages import is_doubted
from gis_capture.model import BBox

NORTH: list[str | None] = [f"{15_876.3 + 200 * row:.1f}" for row in range(9)]
EAST: list[str | None] = [f"{7_234.5 + 300 * row:.1f}" for row in range(9)]
TOWNS = """pref,city,town,koaza,lon,lat
岐阜県,高山市,花岡町,,137.2518,36.1457
岐阜県,高山市,三之町,,137.2600,36.1420
東京都,港区,芝公園,,139.7500,35.6550
"""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """Two towns of the office's city, one far away."""
    folder = tmp_path_factory.mktemp("gazetteer")
    (folder / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([folder / "towns.csv"], folder / "gazetteer.sqlite")
    with Gazetteer(folder / "gazetteer.sqlite", home="岐阜県高山市") as opened:
        yield opened


def test_axes_that_are_only_assumed_are_said_of_every_row() -> None:
    """The radius reaches to where the row would lie with X and Y exchanged, and a crew is asked to look."""
    located = locate_rows({"X": NORTH, "Y": EAST}, crs="EPSG:6675", layer_crs="EPSG:6675")
    assert located.accuracies_m[0] == pytest.approx(2**0.5 * (15_876.3 - 7_234.5), rel=0.01)
    assert all("確認：" in (note or "") for note in located.notes)


def test_axes_that_the_headers_tell_are_within_a_metre() -> None:
    """Nothing is left open, and no row is doubted."""
    located = locate_rows({"X座標(北)": NORTH, "Y座標(東)": EAST}, crs="EPSG:6675", layer_crs="EPSG:6675")
    assert located.accuracies_m == [1.0] * 9
    assert not any("確認：" in (note or "") for note in located.notes)


@pytest.mark.parametrize("headers", ["X座標 Y座標", "X座標(7系) Y座標(7系)", "平面直角X 平面直角Y", "X(m) Y(m)"])
@pytest.mark.parametrize("is_exchanged", [False, True])
def test_letters_alone_do_not_tell_the_axes(headers: str, is_exchanged: bool) -> None:
    """Many programs write east under X座標: without evidence every row is marked, with the city it is read right."""
    columns = dict(zip(headers.split(), (EAST, NORTH) if is_exchanged else (NORTH, EAST), strict=True))
    open_ = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675")
    assert all("確認：" in (note or "") for note in open_.notes)
    assert min(metres or 0 for metres in open_.accuracies_m) > 8_000
    city = BBox(137.23, 36.13, 137.30, 36.17)
    told = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675", area=city)
    assert told.accuracies_m == [1.0] * 9 and not any("確認：" in (note or "") for note in told.notes)
    place = told.geometries[0]
    assert place is not None and (place.x, place.y) == (7_234.5, 15_876.3)
    assert (codes.AXES_EXCHANGED in {one.code for one in told.problems}) == is_exchanged


@pytest.mark.parametrize("n_degrees", [1, 9])
@pytest.mark.parametrize("is_exchanged", [False, True])
def test_degrees_beside_a_plane_tell_its_axes(n_degrees: int, is_exchanged: bool) -> None:
    """One row that has both is enough."""
    plane = (EAST, NORTH) if is_exchanged else (NORTH, EAST)
    there = locate_rows({"X(北)": NORTH, "Y(東)": EAST}, crs="EPSG:6675", layer_crs="EPSG:6668").geometries
    points = [there[row] for row in range(n_degrees)]
    rest: list[str | None] = [None] * (9 - n_degrees)
    columns: dict[str, Sequence[str | None]] = {
        "X座標": plane[0],
        "Y座標": plane[1],
        "緯度": [f"{point.y:.7f}" for point in points if point] + rest,
        "経度": [f"{point.x:.7f}" for point in points if point] + rest,
    }
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6675", context=["平面直角座標系第7系"])
    assert not any(one.code in (codes.COORDINATES_DISAGREE, codes.AXES_ASSUMED) for one in located.problems)
    for row, place in enumerate(located.geometries):
        assert place is not None and place.x == pytest.approx(7_234.5 + 300 * row, abs=0.1)


def test_a_datum_that_nobody_states_reaches_to_the_other_one() -> None:
    """The row may be in the old one; who names the CRS has settled it."""
    columns: dict[str, list[str | None]] = {"緯度": ["36.146191"], "経度": ["137.251821"]}
    open_ = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert open_.accuracies_m == [450.0]
    assert open_.notes == ["経度「137.251821」 緯度「36.146191」（台帳全体で確認：測地系の記載がありません）"]
    stated = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert (stated.accuracies_m, stated.notes) == ([1.0], [None])


def test_few_digits_send_a_crew_though_the_datum_is_a_question_of_the_ledger() -> None:
    """What the office answers for all rows leaves the kilometre of this one open."""
    columns: dict[str, list[str | None]] = {"緯度": ["36.146191", "36.14"], "経度": ["137.251821", "137.25"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert [is_doubted(note) for note in located.notes] == [False, True]
    assert codes.TITLES[codes.COORDINATE_COARSE].ja in (located.notes[1] or "")


def test_a_coarse_place_is_still_replaced_by_its_address_in_a_datum_that_nobody_states(gazetteer: Gazetteer) -> None:
    """What its digits leave open is more than what the datum does."""
    columns: dict[str, list[str | None]] = {"住所": ["花岡町1"], "緯度": ["36.0"], "経度": ["137.0"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer)
    assert located.methods == ["address"]


def test_the_radius_of_a_row_that_disagrees_reaches_to_its_address(gazetteer: Gazetteer) -> None:
    """Its coordinates stay, for one of the two is wrong and nobody knows which."""
    columns: dict[str, list[str | None]] = {
        "住所": ["花岡町1", "三之町2", "花岡町3"],
        "緯度": ["36.146191", "36.142011", "37.045691"],
        "経度": ["137.251821", "137.260011", "137.251821"],
    }
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668", gazetteer=gazetteer)
    assert located.methods == ["coordinates"] * 3 and located.accuracies_m[:2] == [1.0, 1.0]
    assert located.accuracies_m[2] == pytest.approx(100_200, rel=0.01)


def test_an_address_outside_the_city_is_told_as_a_coordinate_there(gazetteer: Gazetteer) -> None:
    """By the row, and in its note."""
    columns: dict[str, list[str | None]] = {"住所": ["花岡町1", "東京都港区芝公園4-2-8"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer)
    assert [one.row_number for one in located.problems if one.code == codes.POSITION_OUTSIDE_AREA] == [2]
    assert "確認：" in (located.notes[1] or "") and "確認：" not in (located.notes[0] or "")
