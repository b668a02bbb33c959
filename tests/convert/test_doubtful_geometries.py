"""Geometries that a source brings are held against the town that their row names, as coordinates are."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.convert.placed import Positions
from gis_capture.convert.positions import position_rows
from gis_capture.ledger import read_ledger
from gis_capture.locate import codes
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.model import Layer, Problem, Text

TOWNS = "pref,city,town,koaza,lat,lon\n" + "".join(
    f"岐阜県,高山市,{name},,{36.14 + 0.002 * n:.4f},137.25\n"
    for n, name in enumerate(["三之町", "本町", "末広町", "朝日町"])
)
LAYER = Layer(key="parcel", title=Text("筆", "Parcels"), geometry_type="Polygon", fields=())


@pytest.fixture
def gazetteer(tmp_path: Path) -> Iterator[Gazetteer]:
    """Some towns close to one another."""
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite", home="岐阜県高山市") as opened:
        yield opened


def problems(tmp_path: Path, gazetteer: Gazetteer | None, *corners: tuple[float, float]) -> list[Problem]:
    """Positions parcels of 三之町 with these corners; gives what is told of doubtful places."""
    features = []
    for number, (lon, lat) in enumerate(corners, 1):
        ring = [[lon, lat], [lon + 0.0004, lat], [lon + 0.0004, lat + 0.0004], [lon, lat + 0.0004], [lon, lat]]
        properties = {"市区町村名": "高山市", "大字名": "三之町", "地番": str(number)}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path = tmp_path / "筆.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    found = position_rows(read_ledger(path).tables[0], LAYER, gazetteer=gazetteer).problems
    doubtful = (codes.ADDRESS_DISAGREES, codes.ON_ZONE_ORIGIN, codes.POSITION_OUTSIDE_AREA)
    return [problem for problem in found if problem.code in doubtful]


def test_a_parcel_far_from_its_town_is_told_with_both_places(tmp_path: Path, gazetteer: Gazetteer) -> None:
    """Registers hold parcels of other places, which then lie on the office's own map."""
    found = problems(tmp_path, gazetteer, (137.2500, 36.1400), (137.2500, 36.1800))
    (told,) = [problem for problem in found if problem.code == codes.ADDRESS_DISAGREES]
    assert told.row_number == 2
    assert told.places == ((137.2502, 36.1802), (137.25, 36.14))


def test_a_parcel_on_the_origin_of_a_zone_is_told_without_any_gazetteer(tmp_path: Path) -> None:
    """36°N, 137°10′E is the origin of zone VII."""
    (told,) = problems(tmp_path, None, (137.2500, 36.1400), (137.1665, 35.9998))
    assert (told.code, told.row_number) == (codes.ON_ZONE_ORIGIN, 2)


def test_a_parcel_outside_the_city_is_told(tmp_path: Path, gazetteer: Gazetteer) -> None:
    """Also where the town speaks against it."""
    found = problems(tmp_path, gazetteer, (137.2500, 36.1400), (138.5, 36.1400))
    assert {problem.code for problem in found} == {codes.POSITION_OUTSIDE_AREA, codes.ADDRESS_DISAGREES}


POINTS = Layer(key="point", title=Text("点", "Points"), geometry_type="Point", fields=())


def positions(tmp_path: Path, gazetteer: Gazetteer | None, *places: tuple[float, float]) -> Positions:
    """Positions points of a GeoJSON, all of 三之町."""
    features = [
        {
            "type": "Feature",
            "properties": {"番号": str(number), "住所": f"高山市三之町{number}"},
            "geometry": {"type": "Point", "coordinates": place},
        }
        for number, place in enumerate(places, 1)
    ]
    path = tmp_path / "点.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return position_rows(read_ledger(path).tables[0], POINTS, gazetteer=gazetteer)


@pytest.mark.parametrize(
    ("place", "words", "least_m"),
    [
        ((0.0, 0.0), "日本の範囲の外", 1e7),
        ((0.0003, 0.0002), "日本の範囲の外", 1e7),
        ((36.14, 137.25), "緯度と経度が逆", 1e6),
        ((2.35, 48.85), "日本の範囲の外", 1e6),
        ((137 + 1 / 6, 36.0), "原点", 1e5),
    ],
)
def test_a_doubted_geometry_says_so_itself(
    tmp_path: Path, place: tuple[float, float], words: str, least_m: float
) -> None:
    """In its note and its radius, as coordinates in columns do; the others say nothing."""
    found = positions(tmp_path, None, (137.2500, 36.1400), place)
    assert found.notes[0] is None and found.accuracies_m[0] is None
    assert "確認：" in (found.notes[1] or "") and words in (found.notes[1] or "")
    assert (found.accuracies_m[1] or 0) >= least_m
    assert [one.row_number for one in found.problems if one.code in codes.TITLES] == [2]


def test_all_geometries_that_are_exchanged_say_so(tmp_path: Path) -> None:
    """One problem for all of them, and a mark on each."""
    found = positions(tmp_path, None, *((36.14 + 0.001 * row, 137.25) for row in range(20)))
    assert [one.row_number for one in found.problems if one.code == codes.COORDINATES_SWAPPED] == [None]
    assert all("緯度と経度が逆" in (note or "") for note in found.notes) and None not in found.accuracies_m


def test_a_geometry_reaches_to_the_address_that_it_disagrees_with(tmp_path: Path, gazetteer: Gazetteer) -> None:
    """As a coordinate does, in its note, too."""
    found = positions(tmp_path, gazetteer, (137.2500, 36.1400), (137.2500, 36.1800))
    assert [bool(note and "確認：" in note) for note in found.notes] == [False, True]
    assert found.accuracies_m[1] == pytest.approx(4450, rel=0.01)
