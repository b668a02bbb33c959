"""Positions written as few ledgers write them."""

import numpy as np
import pytest
import shapely

from gis_capture.locate import codes, locate_rows

LAT = np.array([36.1461, 36.1402, 36.1388, 36.1515])
LON = np.array([137.2523, 137.2617, 137.2404, 137.2559])


def _dms(degrees: float) -> str:
    seconds = round(degrees * 3600, 2)
    return f"{int(seconds // 3600)}度{int(seconds % 3600 // 60)}分{seconds % 60:05.2f}秒"


@pytest.mark.parametrize("factor", [3600, 3_600_000])
@pytest.mark.parametrize("headers", [("緯度", "経度"), ("緯度(秒)", "経度(秒)"), ("Y座標", "X座標")])
def test_angles_in_seconds_are_told_from_packed_ones(factor: int, headers: tuple[str, str]) -> None:
    """130126 seconds are 36°08'46"; what was read is told once and noted in each row."""
    columns = {headers[0]: [f"{lat * factor:.2f}" for lat in LAT], headers[1]: [f"{lon * factor:.2f}" for lon in LON]}
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert shapely.get_coordinates(np.array(located.geometries)) == pytest.approx(np.column_stack([LON, LAT]), abs=1e-7)
    assert [problem.code for problem in located.problems] == [codes.NOTATION_RECOGNISED]
    assert all("通算の" in (note or "") and "秒" in (note or "") for note in located.notes)
    assert set(located.methods) == {"dms"}


@pytest.mark.parametrize("names", [("c1", "c2"), ("c2", "c1")])
def test_minutes_and_seconds_are_known_without_a_telling_header(names: tuple[str, str]) -> None:
    """Two columns side by side, in whatever order."""
    columns = {"番号": list("1234"), names[0]: [_dms(lat) for lat in LAT], names[1]: [_dms(lon) for lon in LON]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert shapely.get_coordinates(np.array(located.geometries)) == pytest.approx(np.column_stack([LON, LAT]), abs=1e-5)


def test_full_width_degrees_are_known_without_a_telling_header() -> None:
    """As half-width ones are."""
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    columns = {"あ": [f"{lat:.4f}".translate(wide) for lat in LAT], "い": [f"{lon:.4f}".translate(wide) for lon in LON]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert shapely.get_coordinates(np.array(located.geometries)) == pytest.approx(np.column_stack([LON, LAT]))


def test_numbers_of_houses_are_no_minutes_and_seconds() -> None:
    """36-8-46 beside 12-3-4 may be lots: no position comes of them."""
    columns = {"a": ["36-8-46", "36-8-12", "35-2-2"], "b": ["12-3-4", "12-3-8", "11-2-2"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668")
    assert located.geometries == [None] * 3


@pytest.mark.parametrize("headers", [("E", "N"), ("N(m)", "E(m)")])
def test_e_and_n_are_directions_together(headers: tuple[str, str]) -> None:
    """East is E whatever stands first, in a plane and in degrees."""
    metres = {"E": ["-3127.2", "-1188.4"], "N": ["16224.9", "15571.2"]}
    degrees = {"E": ["137.2523", "137.2617"], "N": ["36.1461", "36.1402"]}
    for values, crs in ((metres, "EPSG:6675"), (degrees, "EPSG:6668")):
        columns = {header: values[header[0]] for header in headers}
        located = locate_rows(columns, crs=crs, layer_crs=crs)
        expected = [[float(east), float(north)] for east, north in zip(values["E"], values["N"], strict=True)]
        assert shapely.get_coordinates(np.array(located.geometries)) == pytest.approx(np.array(expected))


def test_degrees_with_nameless_columns_of_minutes_and_seconds_behind_them_are_read() -> None:
    """A spreadsheet saves 北緯 over 度, 分 and 秒 as one header and two blank ones."""
    columns: dict[str, list[str | None]] = {
        "番号": ["1", "2"],
        "北緯": ["36", "36"],
        "列C": ["8", "9"],
        "列D": ["46", "21.5"],
        "東経": ["137", "137"],
        "列F": ["15", "16"],
        "列G": ["8.2", "0"],
    }
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")
    first = located.geometries[0]
    assert first is not None and located.methods == ["dms", "dms"]
    assert (first.x, first.y) == pytest.approx((137 + 15 / 60 + 8.2 / 3600, 36 + 8 / 60 + 46 / 3600))


def test_blanks_between_degrees_and_minutes_are_no_pair() -> None:
    """135 39.1803 alone could be two numbers of Japan; beside 34 52.8500 it is one."""
    columns: dict[str, list[str | None]] = {
        "c2": ["135 39.1803", "135 40.5217", "135 41.2000"],
        "c1": ["34 52.8500", "34 53.0642", "34 53.3000"],
    }
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")
    place = located.geometries[0]
    assert place is not None and (place.x, place.y) == pytest.approx((135.653005, 34.880833))


@pytest.mark.parametrize(
    "columns",
    [
        {"緯度": "36,146123", "経度": "137,252234"},
        {"緯度": "３６，１４６１２３", "経度": "１３７，２５２２３４"},
        {"位置": "https://map.example/?lat=36.146123&lon=137.252234&z=15"},
        {"位置": "https://map.example/?longitude=137.252234&amp;zoom=3&amp;latitude=36.146123"},
        {"座標1": "36.146123", "座標2": "137.252234"},
    ],
)
def test_commas_for_points_and_named_numbers_of_map_addresses(columns: dict[str, str]) -> None:
    """All are one place."""
    located = locate_rows({name: [text] * 3 for name, text in columns.items()}, crs=None, layer_crs="EPSG:6668")
    place = located.geometries[0]
    assert place is not None and (place.x, place.y) == pytest.approx((137.252234, 36.146123))


def test_thousands_are_no_decimals() -> None:
    """Three digits behind a comma."""
    located = locate_rows({"緯度": ["36,146"], "経度": ["137,252"]}, crs=None, layer_crs="EPSG:6668")
    assert located.geometries[0] is None


def test_two_numbered_coordinates_are_of_a_plane_whose_axes_are_asked() -> None:
    """座標1 is taken for the north, as X is, and every row says so."""
    columns: dict[str, list[str | None]] = {"座標1": ["15876.3", "15976.3"], "座標2": ["7234.5", "7134.5"]}
    located = locate_rows(columns, crs="EPSG:6675", layer_crs="EPSG:6675")
    place = located.geometries[0]
    assert place is not None and (place.x, place.y) == pytest.approx((7234.5, 15876.3))
    assert all("確認：" in (note or "") for note in located.notes)


@pytest.mark.parametrize("header", ["座標", "位置", "備考"])
@pytest.mark.parametrize(
    "cell",
    [
        "X=16224.9 Y=-3127.2",
        "X=16,224.9\nY=-3,127.2",
        "Ｘ＝１６２２４．９、Ｙ＝−３１２７．２",
        "Y:-3127.2m, X:16224.9m",
        "(X16224.9, Y▲3127.2)",
    ],
)
def test_both_numbers_of_a_plane_in_one_cell_are_read(header: str, cell: str) -> None:
    """Each behind its letter; which is north is asked as of two columns."""
    located = locate_rows({header: [cell]}, crs="EPSG:6675", layer_crs="EPSG:6675")
    place = located.geometries[0]
    assert place is not None and (place.x, place.y) == (-3127.2, 16224.9)
    assert (located.notes[0] or "").count(f"{header}「") == 1 and "確認：" in (located.notes[0] or "")


@pytest.mark.parametrize("cell", ["X=36.1461 Y=137.2523", "X=1 X=2", "X線 3 Y線 4", "X=16224.9"])
def test_letters_with_other_numbers_are_no_plane(cell: str) -> None:
    """Degrees, and words."""
    assert locate_rows({"備考": [cell]}, crs="EPSG:6675", layer_crs="EPSG:6675").geometries == [None]


def test_zeros_of_whole_numbers_are_written_digits() -> None:
    """Millionths of degrees that end in zeros by chance are no coarser than those beside them."""
    columns = {"LAT": ["36765712", "36772000", "36762391"], "LON": ["137651883", "137660000", "137644178"]}
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert located.accuracies_m == [1.0] * 3
    coarse = locate_rows({"LAT": ["36760000"], "LON": ["137650000"]}, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert (coarse.accuracies_m[0] or 0) > 500


def test_zeros_behind_a_decimal_comma_are_written_digits() -> None:
    """As behind a point."""
    columns = {"緯度": ["36,142000", "36,145712"], "経度": ["137,260000", "137,251823"]}
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert located.accuracies_m == [1.0] * 2


@pytest.mark.parametrize("mark", ["'", "’", " '"])
def test_numbers_that_a_spreadsheet_marks_as_texts_are_read(mark: str) -> None:
    """The mark in front is none of minutes; behind a number it is."""
    columns = {"緯度": [f"{mark}36.1461", "36°08'46"], "経度": [f"{mark}137.2523", "137°15'08"]}
    points = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668").geometries
    assert [(round(point.x, 4), round(point.y, 4)) for point in points if point] == [
        (137.2523, 36.1461),
        (137.2522, 36.1461),
    ]
    plane = {"X(北)": [f"{mark}16224.9"], "Y(東)": [f"{mark}-3127.2"]}
    (point,) = locate_rows(plane, crs="EPSG:6675", layer_crs="EPSG:6675").geometries
    assert point is not None and (point.x, point.y) == (-3127.2, 16224.9)


def test_degrees_and_minutes_may_stand_around_a_colon() -> None:
    """36:08 is 36°08', and tells no more than that."""
    columns = {"緯度": ["36:08", "36:08.767"], "経度": ["137:15", "137:15.138"]}
    located = locate_rows(columns, crs="EPSG:6668", layer_crs="EPSG:6668")
    assert [(round(point.x, 4), round(point.y, 4)) for point in located.geometries if point] == [
        (137.25, 36.1333),
        (137.2523, 36.1461),
    ]
    assert (located.accuracies_m[0] or 0) > 1000 and (located.accuracies_m[1] or 0) < 5


@pytest.mark.parametrize("cell", ["36.146123,137.252345,573", "36.146123 137.252345 573.2m", "36.146123/137.252345/-3"])
def test_a_height_behind_a_latitude_and_a_longitude_is_left_out(cell: str) -> None:
    """Of one cell."""
    (point,) = locate_rows({"緯度経度標高": [cell]}, crs="EPSG:6668", layer_crs="EPSG:6668").geometries
    assert point is not None and (point.x, point.y) == (137.252345, 36.146123)
