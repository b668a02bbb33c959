"""What the headers of ledgers say about columns of positions."""

import pytest

from gis_capture.locate.find import read_positions
from gis_capture.locate.rounding import rounding_m
from gis_capture.locate.words import role_of


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
    ("written", "radius_m"), [(("35", "134"), 78_715), (("34.7", "133.9"), 7_871), (("34.71", "133.92"), 787)]
)
def test_few_digits_leave_a_wide_radius(written: tuple[str, str], radius_m: float) -> None:
    """Half of the last digit, on both axes."""
    reading = read_positions({"緯度": [written[0]], "経度": [written[1]]})
    assert reading is not None
    assert rounding_m(reading)[0] == pytest.approx(radius_m, rel=0.01)
