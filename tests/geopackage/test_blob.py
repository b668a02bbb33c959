"""Geometry blobs: what goes in comes out, to the last bit."""

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry

from gis_capture.errors import FeatureError
from gis_capture.geopackage.blob import (
    decode_geometries,
    decode_geometry,
    encode_geometries,
    encode_geometry,
    envelope_of,
    parse_header,
)

ordinates = st.floats(allow_nan=False, allow_infinity=False, width=64)


def _wkb(geometry: Geometry | None) -> bytes | None:
    return None if geometry is None else shapely.to_wkb(geometry, output_dimension=4, byte_order=1, flavor="iso")


@st.composite
def geometries(draw: st.DrawFn) -> Geometry | None:
    """Points, lines and multi points with and without Z, empty ones, and None."""
    size = draw(st.sampled_from([2, 3]))
    position = st.tuples(*[ordinates] * size)
    return draw(
        st.one_of(
            st.none(),
            st.sampled_from([shapely.Point(), shapely.LineString(), shapely.MultiPolygon()]),
            position.map(shapely.Point),
            st.lists(position, min_size=2, max_size=5).map(shapely.LineString),
            st.lists(position, min_size=1, max_size=4).map(shapely.MultiPoint),
        )
    )


@given(st.lists(geometries(), max_size=6), st.sampled_from([4326, 6668, 6675, -1]))
def test_geometries_survive_the_way_through_blobs(ones: list[Geometry | None], srs_id: int) -> None:
    """Points, lines, empty ones and None, mixed, with and without Z."""
    array = np.empty(len(ones), dtype=object)
    array[:] = ones

    blobs = encode_geometries(array, srs_id)

    assert [_wkb(one) for one in decode_geometries(blobs)] == [_wkb(one) for one in ones]
    assert {parse_header(blob).srs_id for blob in blobs if blob is not None} <= {srs_id}


@pytest.mark.parametrize("wkt", ["POINT M (1 2 3)", "POINT ZM (1 2 3 4)", "LINESTRING ZM (0 0 1 2, 3 4 5 6)"])
def test_measures_are_kept(wkt: str) -> None:
    """Z and M stand in the blob as ISO WKB has them."""
    geometry = shapely.from_wkt(wkt)

    assert _wkb(decode_geometry(encode_geometry(geometry, 6668))) == _wkb(geometry)


def test_a_point_has_the_short_header_of_the_standard() -> None:
    """Magic, version 0, little-endian without envelope, srs_id, ISO WKB (OGC 12-128r19, 2.1.3)."""
    blob = encode_geometry(shapely.Point(137.25, 36.14), 6668)

    assert blob == b"GP\x00\x01" + struct.pack("<i", 6668) + struct.pack("<BIdd", 1, 1, 137.25, 36.14)


def test_a_line_carries_its_envelope() -> None:
    """In the order of the standard: min_x, max_x, min_y, max_y."""
    blob = encode_geometry(shapely.LineString([(1, 20), (3, 10)]), 4326)

    assert blob is not None
    assert parse_header(blob).envelope == (1, 3, 10, 20)


def test_an_empty_geometry_says_so() -> None:
    """It has the flag, and no envelope."""
    blob = encode_geometry(shapely.Point(), 4326)

    assert blob is not None
    assert (parse_header(blob).is_empty, envelope_of(blob)) == (True, None)


def test_blobs_of_other_programs_are_read() -> None:
    """Big-endian header and WKB, with the longest envelope."""
    wkb = shapely.to_wkb(shapely.LineString([(1, 2), (3, 4)]), byte_order=0, flavor="iso")
    blob = b"GP\x00\x08" + struct.pack(">i8d", 4326, 1, 3, 2, 4, 0, 0, 0, 0) + wkb

    assert decode_geometry(blob) == shapely.LineString([(1, 2), (3, 4)])
    assert envelope_of(blob) == (1, 3, 2, 4)


@pytest.mark.parametrize(
    "blob", [b"", b"GP", b"XX\x00\x01" + bytes(30), b"GP\x00\x21" + bytes(30), b"GP\x00\x01" + bytes(10)]
)
def test_what_is_no_geometry_is_refused(blob: bytes) -> None:
    """Cut off, another format, or an extended type: an error of ours, not one of struct or GEOS."""
    with pytest.raises(FeatureError):
        decode_geometry(blob)
