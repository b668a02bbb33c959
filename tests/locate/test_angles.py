"""Angles out of texts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.locate.angles import parse_angle, parse_pair

TAKAYAMA_LAT = 36 + 8 / 60 + 46 / 3600


@pytest.mark.parametrize(
    "text",
    [
        "36度8分46秒",
        "36度08分46.0秒",
        "36°08'46.0\"",
        "36°08′46″N",
        '36º08´46"',
        "３６°８′４６″",
        "北緯36度8分46秒",
        "N36°8'46\"",
        "36°08'46''",
        "36-8-46",
        "36.08.46.0",
        "36:08:46",
        "36 8 46",
        "三十六度八分四十六秒",
        "36度8分46秒0",
        "36° 8.76667'",
        "36 8.76667",
    ],
)
def test_every_notation_of_minutes_and_seconds_gives_the_same_angle(text: str) -> None:
    """The forms found in ledgers differ in signs only."""
    angle = parse_angle(text)
    assert angle is not None and angle.is_dms
    assert angle.degrees == pytest.approx(TAKAYAMA_LAT, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("36.1461", 36.1461), ("N36.1461", 36.1461), ("３６．１４６１", 36.1461), ("36.1461度", 36.1461)],
)
def test_decimal_degrees_stay_as_they_are(text: str, degrees: float) -> None:
    """A number with or without sign of degrees is not taken apart."""
    angle = parse_angle(text)
    assert angle is not None and not angle.is_dms and angle.degrees == degrees


@pytest.mark.parametrize(
    "text", ["36°61'00\"", "36度8分61秒", "不明", "-", "", "3-8", "高山市花岡町2-18", "36°08'46\"" * 40]
)
def test_what_is_no_angle_is_refused(text: str) -> None:
    """More than sixty seconds, words and lots are no angles."""
    assert parse_angle(text) is None


NOTATIONS = [
    "{d}°40'34.10\"",
    "{d}°40′34″.10",
    '{d}º40´34.1"',
    "{d}゜40′34″1",
    "{d}˚40’34.1”",
    "{d}°40'34.1''",
    "{d}°40'34.1",
    "{d}度40分34秒10",
    "{d}度40分34秒.10",
    "{d}度 40分 34.10秒",
    "{d}度40.56833分",
    "{d}° 40.56833'",
    "{d}.40.34.10",
    "{d}・40・34.1",
    "{d}-40-34.10",
    "{d}ー40ー34.1",
    "{d}:40:34.10",
    "{d}/40/34.1",
    "{d}_40_34.1",
    "{d} 40 34.10",
    "{d}d40m34.1s",
    "{d}D 40M 34.1S",
    "{d}deg40min34.1sec",
    "{d} deg 40' 34.10\"",
    "{d}.6761389",
    "{d}.6761389°",
    "{d}.6761389度",
]
MARKS = [("", ""), ("N", ""), ("N ", ""), ("", "N"), ("", " N"), ("北緯", ""), ("緯度：", ""), ("", "北"), ("Lat ", "")]
OTHER_AXIS = str.maketrans({"N": "E", "緯": "経", "北": "東"})


def in_full_width(text: str) -> str:
    """The text as somebody types it who leaves the Japanese keyboard switched on."""
    return "".join("　" if sign == " " else chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(("before", "after"), MARKS)
def test_every_notation_is_read_with_every_mark_of_the_axis_in_both_widths(
    notation: str, before: str, after: str
) -> None:
    """Alone and as a pair in one cell."""
    lat = before + notation.format(d=34) + after
    lon = before.replace("Lat", "Lon").translate(OTHER_AXIS) + notation.format(d=135) + after.translate(OTHER_AXIS)
    expected = 34 + 40 / 60 + 34.1 / 3600
    for text in (lat, in_full_width(lat)):
        angle = parse_angle(text)
        assert angle is not None and angle.degrees == pytest.approx(expected, abs=2e-6), text
    for text in (f"{lat}, {lon}", in_full_width(f"{lat}, {lon}")):
        pair = parse_pair(text)
        assert pair is not None, text
        assert [one.degrees for one in pair] == pytest.approx([expected, expected + 101], abs=2e-6)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("34°40'60.0\"", 34 + 41 / 60), ("34°59'60\"", 35.0), ("34度60分0秒", 35.0), ("34°60.000'", 35.0)],
)
def test_sixty_seconds_are_the_next_minute(text: str, degrees: float) -> None:
    """Programs that round the seconds after taking the minutes off write it so."""
    angle = parse_angle(text)
    assert angle is not None and angle.degrees == pytest.approx(degrees, abs=1e-9)


def test_the_letter_of_seconds_is_not_that_of_south() -> None:
    """S behind minutes written M is seconds; behind a sign of minutes it is the half of the world."""
    seconds, south = parse_angle("34d40m34.1s"), parse_angle("34°40'34.1S")
    assert seconds is not None and seconds.degrees > 0
    assert south is not None and south.degrees < 0


def test_south_and_west_are_negative() -> None:
    """A letter of the other half of the world turns the sign."""
    south, west = parse_angle("S36.5"), parse_angle("12°30'0\"W")
    assert south is not None and south.degrees == -36.5
    assert west is not None and west.degrees == -12.5


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59999))
def test_minutes_and_seconds_come_back_from_their_text(degrees: int, minutes: int, milliseconds: int) -> None:
    """Writing an angle and reading it is the identity."""
    seconds = milliseconds / 1000
    angle = parse_angle(f"{degrees}度{minutes:02d}分{seconds:06.3f}秒")
    assert angle is not None
    assert math.isclose(angle.degrees, degrees + minutes / 60 + seconds / 3600, abs_tol=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "36.1461,137.2522",
        "(36.1461、137.2522)",
        "36.1461 137.2522",
        "北緯36.1461，東経137.2522",
        "N36.1461E137.2522",
        "https://www.google.com/maps/@36.1461,137.2522,17z",
    ],
)
def test_two_coordinates_in_one_cell_are_taken_apart(text: str) -> None:
    """Whatever stands between the two."""
    pair = parse_pair(text)
    assert pair is not None
    assert [angle.degrees for angle in pair] == [36.1461, 137.2522]


def test_two_angles_with_minutes_in_one_cell_are_taken_apart() -> None:
    """Also without a blank between them."""
    pair = parse_pair("36°8'46\"137°15'8\"")
    assert pair is not None
    assert [round(angle.degrees, 5) for angle in pair] == [36.14611, 137.25222]


def test_well_known_text_carries_longitude_first() -> None:
    """POINT (x y) is told by its axes."""
    pair = parse_pair("POINT (137.2522 36.1461)")
    assert pair is not None and [(angle.axis, angle.degrees) for angle in pair] == [("E", 137.2522), ("N", 36.1461)]


@pytest.mark.parametrize("text", ["高山市花岡町2-18", "10-5, 3 階", "1-2"])
def test_addresses_are_no_coordinates(text: str) -> None:
    """Lots look like numbers but are none of these."""
    assert parse_pair(text) is None
