"""Which axis of a plane is north, by words beside the table, by what is placed already, by what a person says."""

from pathlib import Path
from typing import Any

import pytest

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.axes import north_axis
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.locate.messages import is_doubted
from gis_capture.locate.said import Said
from gis_capture.model import BBox

NORTH: list[str | None] = [f"{15_876.3 + 200 * row:.1f}" for row in range(9)]
EAST: list[str | None] = [f"{7_234.5 + 300 * row:.1f}" for row in range(9)]
TOWN = BBox(137.23, 36.13, 137.30, 36.17)


def locate(*, crs: str = "EPSG:6675", layer_crs: str = "EPSG:6675", **options: Any) -> Located:
    """Locates rows under X座標 and Y座標, north under X."""
    columns = {"X座標": NORTH, "Y座標": EAST}
    return locate_rows(columns, crs=crs, layer_crs=layer_crs, **options)


@pytest.mark.parametrize(
    ("words", "axis"),
    [
        ("座標は平面直角座標です。Xが北、Yが東、単位はmです。", "x"),
        ("X座標値（南北方向）、Y座標値（東西方向）", "x"),
        ("Ｘ：東方向　Ｙ：北方向", "y"),
        ("北方向をX、東方向をYとする", "x"),
        ("東へX 北へY", "y"),
        ("X = Easting, Y = Northing", "y"),
        ("X is north", "x"),
        ("Y軸＝東", "x"),
        ("測量座標", None),
        ("XY北部地区", None),
        ("北側のX軸線", None),
        ("Xが北の図とXが東の図がある", None),
    ],
)
def test_words_may_say_which_axis_is_north(words: str, axis: str | None) -> None:
    """In whatever order; what says both says nothing."""
    assert north_axis([words]) == axis


@pytest.mark.parametrize(("words", "x_is_north"), [("Xが北、Yが東です", True), ("Xは東、Yは北", False)])
def test_words_beside_the_table_settle_the_axes(words: str, x_is_north: bool) -> None:
    """No row is doubted, and the reading gives each column its role."""
    located = locate(context=[words])
    first = located.geometries[0]
    assert first is not None and (first.x < first.y) == x_is_north
    assert located.accuracies_m == [1.0] * 9 and not codes_of(located) & {codes.AXES_ASSUMED, codes.AXES_EXCHANGED}
    chosen = located.readings[0]
    assert chosen.roles["X座標"] == ("north" if x_is_north else "east")
    assert ("Xが北" in chosen.words.ja) == x_is_north


def test_words_that_the_addresses_or_the_zone_contradict_are_not_trusted() -> None:
    """Only with Y to the north do these rows lie in the zone."""
    located = locate_rows(
        {"X": ["-17507.7"], "Y": ["114708.2"]}, crs="EPSG:6675", layer_crs="EPSG:6675", context=["Xが北"]
    )
    (point,) = located.geometries
    assert point is not None and point.y == 114_708.2


@pytest.mark.parametrize("is_exchanged", [False, True])
def test_what_is_placed_already_tells_the_axes(is_exchanged: bool) -> None:
    """Without a city or addresses, rows lie among the other layers in one reading only."""
    columns = {"X座標": EAST, "Y座標": NORTH} if is_exchanged else {"X座標": NORTH, "Y座標": EAST}
    located = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675", beside=lambda: TOWN)
    first = located.geometries[0]
    assert first is not None and (first.x, first.y) == (7_234.5, 15_876.3)
    assert located.accuracies_m == [1.0] * 9


def test_what_is_placed_elsewhere_tells_nothing() -> None:
    """Neither reading lies there: the axes stay open."""
    located = locate(beside=lambda: BBox(139.6, 35.6, 139.9, 35.8))
    assert codes.AXES_ASSUMED in codes_of(located) and min(metres or 0 for metres in located.accuracies_m) > 8000


def test_open_axes_are_a_question_of_the_ledger_and_not_of_each_place() -> None:
    """The note keeps the doubt, the problem says how to answer it, and no crew is sent."""
    located = locate()
    assert all("Xを北として読みました" in (note or "") and not is_doubted(note) for note in located.notes)
    (told,) = [problem for problem in located.problems if problem.code == codes.AXES_ASSUMED]
    assert '--role "X座標=east"' in told.suggestion.ja and told.row_number is None


@pytest.mark.parametrize("roles", [{"X座標": "east"}, {"Y座標": "north"}, {"X座標": "east", "Y座標": "north"}])
def test_one_axis_that_is_said_says_the_other(roles: dict[str, str]) -> None:
    """Nothing else is tried."""
    located = locate(said=Said(roles))
    first = located.geometries[0]
    assert first is not None and (first.x, first.y) == (15_876.3, 7_234.5)
    assert located.accuracies_m == [1.0] * 9


@pytest.mark.parametrize("header", ["X座標(北方向)", "X座標（南北）", "X座標(真北)"])
def test_a_header_may_say_the_direction(header: str) -> None:
    """In brackets behind the letter."""
    columns = {header: NORTH, header.replace("X", "Y").replace("南北", "東西").replace("真北", "東"): EAST}
    columns = {name.replace("Y座標(北", "Y座標(東"): values for name, values in columns.items()}
    located = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675")
    first = located.geometries[0]
    assert first is not None and (first.x, first.y) == (7_234.5, 15_876.3) and located.accuracies_m == [1.0] * 9


@pytest.mark.parametrize("headers", [("X座標", "Y座標"), ("X(北)", "Y(東)")])
def test_a_zone_that_puts_rows_far_from_all_layers_is_doubted(headers: tuple[str, str]) -> None:
    """Another zone puts them among what is placed; they stay where the ledger says, and the office is asked."""
    columns = dict(zip(headers, (NORTH, EAST), strict=True))
    located = locate_rows(columns, crs="EPSG:6677", layer_crs="EPSG:6677", beside=lambda: TOWN)
    (told,) = [problem for problem in located.problems if problem.code == codes.ZONE_DOUBTED]
    assert "第7系" in told.message.ja and "取り込み済み" in told.message.ja and "100%" in told.message.ja
    assert min(metres or 0 for metres in located.accuracies_m) > 200_000
    first = located.geometries[0]
    assert first is not None and (first.x, first.y) == (7_234.5, 15_876.3)


def test_a_ledger_of_another_city_is_no_reason_to_doubt_its_zone() -> None:
    """No zone puts these rows among the others."""
    columns: dict[str, list[str | None]] = {"X(北)": ["-35367.2", "-34012.8"], "Y(東)": ["-6001.5", "-7220.3"]}
    located = locate_rows(columns, crs="EPSG:6677", layer_crs="EPSG:6677", beside=lambda: TOWN)
    assert not codes_of(located) and located.accuracies_m == [1.0] * 2


@pytest.mark.parametrize("is_exchanged", [False, True])
def test_rows_are_put_beside_towns_rather_than_far_from_all_and_it_is_asked(tmp_path: Path, is_exchanged: bool) -> None:
    """Nothing else tells the axes; forests have ledgers, too, so that they stay open."""
    towns = "".join(f"岐阜県,高山市,{n}之町,,{137.247 + n / 300:.4f},{36.143 + n / 550:.4f}\n" for n in range(1, 9))
    (tmp_path / "towns.csv").write_text(f"pref,city,town,koaza,lon,lat\n{towns}", encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    columns = {"X座標": EAST, "Y座標": NORTH} if is_exchanged else {"X座標": NORTH, "Y座標": EAST}
    with Gazetteer(tmp_path / "gazetteer.sqlite") as gazetteer:
        located = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675", gazetteer=gazetteer)
    first = located.geometries[0]
    assert first is not None and (first.x, first.y) == (7_234.5, 15_876.3)
    code = codes.AXES_EXCHANGED if is_exchanged else codes.AXES_ASSUMED
    (told,) = [problem for problem in located.problems if problem.code == code]
    assert ("町の近く" in told.message.ja) == is_exchanged
    assert all(f"台帳全体で確認：{codes.TITLES[code].ja}" in (note or "") for note in located.notes)
    assert min(metres or 0 for metres in located.accuracies_m) > 8000


def codes_of(located: Located) -> set[str]:
    """Codes of all problems."""
    return {problem.code for problem in located.problems}
