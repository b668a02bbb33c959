"""References to squares of the military grid: UTMポイント."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.locate import codes, locate_rows
from gis_capture.locate.datum import transform
from gis_capture.locate.grid_references import parse_grid_reference

# Reference, latitude, longitude: of GEOTRANS, all in WGS 84.
KNOWN = [
    ("54SUE8379148322", 35.67194250, 139.71595463),
    ("54RYQ3227176266", 26.88883125, 143.33840969),
    ("52TEK1032074510", 40.42115431, 129.12165662),
    ("53SLU8891435104", 34.65185437, 133.78778556),
    ("51RWJ6807777852", 26.01798112, 123.68033944),
    ("55RCM7195899653", 28.91838776, 145.68649669),
    ("53RPH0066115161", 24.54708601, 135.99389935),
    ("53TKJ7215097118", 44.19169996, 132.14890170),
]


@pytest.mark.parametrize(("reference", "lat", "lon"), KNOWN)
def test_references_of_every_zone_and_band_lie_within_half_their_square(reference: str, lat: float, lon: float) -> None:
    """To a metre, in every set of letters that Japan has."""
    located = locate_rows({"UTMポイント": [reference]}, crs=None, layer_crs="EPSG:6668")
    (point,) = located.geometries
    assert point is not None
    assert abs(point.y - lat) * 111_000 < 0.75 and abs(point.x - lon) * 90_000 < 0.75
    assert located.methods == ["plane"] and located.coordinates.kind == "grid_reference"


@pytest.mark.parametrize(
    "text", ["54S UE 83791 48322", "５４ＳＵＥ８３７９１４８３２２", "54sue8379148322", "54S-UE-83791-48322"]
)
def test_blanks_width_and_case_change_nothing(text: str) -> None:
    """As people write them down from a map."""
    assert parse_grid_reference(text) == (54, 383_791.5, 3_948_322.5, 1.0)


@pytest.mark.parametrize(
    "text", ["54SAE8379148322", "54SUE837914832", "54XUE83794832", "57SUE83794832", "54SUI83794832", ""]
)
def test_what_no_square_can_be_called_is_refused(text: str) -> None:
    """A letter that the zone has not, an odd number of digits, a band or zone outside Japan, I."""
    assert parse_grid_reference(text) is None


def test_a_short_reference_says_how_large_its_square_is() -> None:
    """Six digits are a square of 100 m: its middle, and the radius around it; rows that name none say so."""
    located = locate_rows({"UTM座標": ["54SUE837483", None, "54SUE83", "不明"]}, crs=None, layer_crs="EPSG:6668")
    assert located.accuracies_m == [70.7, None, 7071.1, None]
    assert located.reasons == [None, codes.POSITION_MISSING, None, codes.COORDINATE_UNREADABLE]


def test_rows_of_two_zones_are_placed_each_in_its_own_and_in_the_stated_datum() -> None:
    """The references say their zone, the title says the datum."""
    columns: dict[str, list[str | None]] = {"MGRS": ["53SPV1234512345", "54SUE8379148322"]}
    modern, old = (
        locate_rows(columns, crs=None, layer_crs="EPSG:6668", context=context).geometries
        for context in ([], ["日本測地系"])
    )
    for new, tokyo in zip(modern, old, strict=True):
        assert new is not None and tokyo is not None
        assert 600 < math.hypot((new.x - tokyo.x) * 90_000, (new.y - tokyo.y) * 111_000) < 900
    assert modern[0] is not None and round(modern[0].x, 4) == 136.2364


@given(st.integers(51, 55), st.integers(200_000, 799_000), st.integers(2_656_000, 5_000_000))
def test_the_square_that_holds_a_point_is_named_and_found_again(zone: int, east: int, north: int) -> None:
    """Writing a reference by its definition and reading it is the identity, for all of Japan."""
    lat = float(transform(np.array([float(east)]), np.array([float(north)]), source=6637 + zone, target=6668).y[0])
    band = "CDEFGHJKLMNPQRSTUVWX"[int((lat + 80) // 8)]
    columns = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")[zone % 3]
    rows = "ABCDEFGHJKLMNPQRSTUV"
    row = rows[(north // 100_000 + (5 if zone % 2 == 0 else 0)) % 20]
    text = f"{zone}{band}{columns[east // 100_000 - 1]}{row}{east % 100_000:05d}{north % 100_000:05d}"
    assert band not in "QRST" or parse_grid_reference(text) == (zone, east + 0.5, north + 0.5, 1.0)
