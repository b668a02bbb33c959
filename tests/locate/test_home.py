"""The office's own city: where addresses lie that name none, and outside of which a row is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.workspace import Workspace

TOWNS = """pref,city,town,koaza,lat,lon
岐阜県,高山市,本町一丁目,,36.1400,137.2600
岐阜県,高山市,末広町,,36.1450,137.2550
岐阜県,高山市,荘川町岩瀬,,36.0670,136.9413
石川県,金沢市,末広町,,36.5500,136.6500
石川県,金沢市,本町一丁目,,36.5700,136.6500
"""


@pytest.fixture
def gazetteer(tmp_path: Path) -> Iterator[Gazetteer]:
    """Two cities; the office is in Takayama."""
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite", home="岐阜県高山市") as opened:
        yield opened


def test_an_address_without_a_city_is_at_home(gazetteer: Gazetteer) -> None:
    """末広町 is in both cities; one that names Kanazawa stays there."""
    columns: dict[str, list[str | None]] = {"住所": ["末広町3", "金沢市末広町3"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer)
    assert [geometry and (geometry.x, geometry.y) for geometry in located.geometries] == [
        pytest.approx((137.255, 36.145)),
        pytest.approx((136.65, 36.55)),
    ]


@pytest.mark.parametrize("header", ["市町村名", "自治体", "区域"])
def test_a_column_of_cities_says_where_a_row_is(gazetteer: Gazetteer, header: str) -> None:
    """Whatever its header is; it goes before the office's own city."""
    columns: dict[str, list[str | None]] = {header: ["高山市", "石川県金沢市"], "住所": ["末広町3", "末広町3"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer)
    assert [geometry and geometry.x for geometry in located.geometries] == [
        pytest.approx(137.255),
        pytest.approx(136.65),
    ]


def test_a_row_outside_the_city_is_told_with_its_place_and_the_edge_of_the_city(gazetteer: Gazetteer) -> None:
    """The position stays; a person looks at it."""
    columns: dict[str, list[str | None]] = {"緯度": ["36.14", "36.55"], "経度": ["137.26", "136.65"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer)
    (told,) = [one for one in located.problems if one.code == codes.POSITION_OUTSIDE_AREA]
    assert told.row_number == 2
    place, edge = told.places
    assert place == (136.65, 36.55)
    assert 136.65 < edge[0] < 136.95
    assert 36.14 < edge[1] < 36.4


def test_coordinates_far_from_the_address_are_told_with_both_places(gazetteer: Gazetteer) -> None:
    """Both are needed to see which is true."""
    columns: dict[str, list[str | None]] = {
        "住所": ["高山市末広町3", "高山市本町1丁目2", "高山市末広町9"],
        "緯度": ["36.145", "36.14", "36.90"],
        "経度": ["137.255", "137.26", "137.255"],
    }
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer)
    (told,) = [one for one in located.problems if one.code == codes.ADDRESS_DISAGREES]
    assert (told.row_number, told.places) == (3, ((137.255, 36.9), (137.255, 36.145)))
    assert told.to_json()["places"] == [[137.255, 36.9], [137.255, 36.145]]


def test_a_workspace_keeps_its_city(tmp_path: Path) -> None:
    """It goes on to every import."""
    with Workspace.create(tmp_path / "w", city="岐阜県高山市") as workspace:
        assert workspace.folder.city == "岐阜県高山市"


def test_addresses_that_mostly_lie_outside_the_city_are_told_once_and_noted_each(gazetteer: Gazetteer) -> None:
    """One problem of the table; no crew is sent to each row."""
    columns: dict[str, list[str | None]] = {"住所": [f"石川県金沢市末広町{n}" for n in range(1, 13)]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", gazetteer=gazetteer)
    (told,) = [one for one in located.problems if one.code == codes.POSITION_OUTSIDE_AREA]
    assert told.row_number is None
    assert all("台帳全体で確認：区域の外です" in (note or "") for note in located.notes)
