"""What the headers of ledgers say about columns of positions."""

import numpy as np
import pytest

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.find import read_positions
from gis_capture.locate.rounding import rounding_m
from gis_capture.locate.words import role_of, roles_of
from gis_capture.model import BBox


@pytest.mark.parametrize(
    ("header", "axis"),
    [
        ("X座標(世界測地系)", "x"),
        ("Y（日本測地系）", "y"),
        ("世界測地系X", "x"),
        ("X座標(日本測地系 第5系)", "x"),
        ("メッシュコード(日本測地系)", "mesh"),
        ("座標(世界測地系)", "latlon"),
        ("緯度(日本測地系)", "lat"),
        ("UTM E", "east"),
        ("UTM_N", "north"),
        ("UTM座標E", "east"),
        ("X(北)", "north"),
        ("Y（東）", "east"),
        ("測地系", "datum"),
        ("測地系コード", "datum"),
        ("系番号", "zone"),
    ],
)
def test_a_datum_beside_a_name_does_not_hide_it(header: str, axis: str) -> None:
    """Nor does a direction; a column of datums is one."""
    role = role_of(header)

    assert role is not None and role.axis == axis


@pytest.mark.parametrize("header", ["東", "N", "E", "名称(北)", "面積(㎡)", "備考X", "北地区", "X線技師"])
def test_letters_and_directions_alone_are_no_positions(header: str) -> None:
    """A column E may be anything."""
    assert role_of(header) is None


@pytest.mark.parametrize(
    ("written", "radius_m"),
    [
        (("35", "134"), 78_715),
        (("34.7", "133.9"), 7_871),
        (("34.71", "133.92"), 787),
        (("34.7000", "133.9000"), 7.87),
        (("３４．７０", "１３３．９０"), 787),
    ],
)
def test_few_digits_leave_a_wide_radius(written: tuple[str, str], radius_m: float) -> None:
    """Half of the last digit that was written, on both axes."""
    columns = {"緯度": [written[0]], "経度": [written[1]]}
    reading = read_positions(columns)
    assert reading is not None
    assert rounding_m(reading, columns)[0] == pytest.approx(radius_m, rel=0.01)


@pytest.mark.parametrize(
    ("columns", "radius_m"),
    [
        ({"緯度": "36度8.7分", "経度": "137度15.2分"}, 131),
        ({"緯度": "36度8.0分", "経度": "137度15.0分"}, 131),
        ({"緯度": "36°8.76'", "経度": "137°15.21'"}, 13.1),
        ({"緯度": "36°8.767'", "経度": "137°15.2'"}, 1.31),
        ({"緯度": "36°8.7671'", "経度": "137°15.2136'"}, np.nan),
        ({"緯度経度": "36°8.7' 137°15.2'"}, 131),
        ({"緯度": "3608.7", "経度": "13715.2"}, 131),
        ({"緯度度": "36", "緯度分": "8.7", "経度度": "137", "経度分": "15.2"}, 131),
        ({"緯度": "36度8分46秒", "経度": "137度15分2秒"}, 21.9),
        ({"緯度": "36度8分46.0秒", "経度": "137度15分2.0秒"}, 2.19),
    ],
)
def test_decimal_minutes_are_as_exact_as_their_last_digit(columns: dict[str, str], radius_m: float) -> None:
    """A tenth of a minute is 185 m, of which no count of seconds tells."""
    written: dict[str, list[str | None]] = {name: [text] for name, text in columns.items()}
    reading = read_positions(written)
    assert reading is not None
    assert rounding_m(reading, written)[0] == pytest.approx(radius_m, rel=0.01, nan_ok=True)


@pytest.mark.parametrize(
    ("headers", "cells", "radius_m"),
    [
        ("X(7系,km) Y(7系,km)", ("16.3", "7.8"), 70.7),
        ("X(7系,km) Y(7系,km)", ("16.34", "7.8"), 7.07),
        ("X座標(7系) Y座標(7系)", ("16.3km", "7.8km"), 70.7),
        ("X座標(7系) Y座標(7系)", ("16.3", "7.8"), 70.7),
        ("X座標(7系) Y座標(7系)", ("16300", "7800"), 70.7),
        ("X座標(7系) Y座標(7系)", ("16,340", "7,800"), 7.07),
        ("X座標(7系) Y座標(7系)", ("16300.0", "7800.0"), 1),
        ("X座標(7系) Y座標(7系)", ("16321.123", "7812.456"), 1),
        ("X(mm)第7系 Y(mm)第7系", ("16321000", "7812000"), 1),
        ("X座標(7系,mm) Y座標(7系,mm)", ("16321000", "7812000"), 1),
        ("X座標(7系・単位:cm) Y座標(7系・単位:cm)", ("1632100", "781200"), 1),
        ("X(mm)第7系 Y(mm)第7系", ("16300000", "7800000"), 70.7),
    ],
)
def test_plane_coordinates_are_as_exact_as_their_last_digit(
    headers: str, cells: tuple[str, str], radius_m: float
) -> None:
    """Kilometres of one decimal stand for 100 m; nothing is called better than a metre."""
    written: dict[str, list[str | None]] = {name: [text] for name, text in zip(headers.split(), cells, strict=True)}
    city = BBox(137.2, 36.12, 137.3, 36.17)
    located = locate_rows(written, crs=None, layer_crs="EPSG:6668", context=["世界測地系"], area=city)
    assert located.methods == ["plane"]
    assert located.accuracies_m[0] == pytest.approx(radius_m, rel=0.01)
    is_coarse = any(problem.code == codes.COORDINATE_COARSE for problem in located.problems)
    assert is_coarse == (radius_m > 50)


@pytest.mark.parametrize(
    "headers",
    [
        "緯度度,緯度分,緯度秒,経度度,経度分,経度秒",
        "北緯度,北緯分,北緯秒,東経度,東経分,東経秒",
        "緯度の度,緯度の分,緯度の秒,経度の度,経度の分,経度の秒",
        "緯度度,分,秒,経度度,分_2,秒_2",
        "緯度,分,秒,経度,分2,秒2",
        "度,分,秒,度_2,分_2,秒_2",
        "位置/度,位置/分,位置/秒,位置/度(2),位置/分(2),位置/秒(2)",
    ],
)
def test_six_columns_are_degrees_minutes_and_seconds_however_they_are_called(headers: str) -> None:
    """With nothing between the words, with の, and where only the degrees say which angle they are of."""
    values: tuple[list[str | None], ...] = (["36"], ["8"], ["30.6"], ["137"], ["15"], ["2.16"])
    columns: dict[str, list[str | None]] = {
        "名称": ["北公園"],
        **dict(zip(headers.split(","), values, strict=True)),
        "備考": [None],
    }
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")

    assert located.coordinates.kind == "dms_columns" and located.geometries[0] is not None
    assert (located.geometries[0].x, located.geometries[0].y) == pytest.approx((137.2506, 36.1418333), abs=1e-7)


def test_minutes_that_stand_behind_nothing_are_no_part_of_a_position() -> None:
    """分 may be a kind, and 秒 a duration."""
    assert "分" not in roles_of(["緯度", "経度", "名称", "分"]) and "秒" not in roles_of(["緯度", "秒"])
