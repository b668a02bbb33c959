"""Geometry blobs: what goes in comes out, to the last bit."""

import sqlite3
import struct
from contextlib import suppress

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
from gis_capture.geopackage.functions import register_functions

KINDS = (
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)
ordinates = st.floats(allow_nan=False, allow_infinity=False, width=64)


def _wkb(geometry: Geometry | None) -> bytes | None:
    return None if geometry is None else shapely.to_wkb(geometry, output_dimension=4, byte_order=1, flavor="iso")


def _text(kind: str, dimensions: str, draw: st.DrawFn) -> str:
    """A geometry as WKT: every kind in every dimension, parts of it empty now and then."""
    size = 2 + len(dimensions)

    def position() -> str:
        return " ".join(repr(one) for one in draw(st.tuples(*[ordinates] * size)))

    def several(least: int) -> str:
        return ", ".join(position() for _ in range(draw(st.integers(least, 4))))

    def ring() -> str:
        first = position()
        return f"({first}, {several(2)}, {first})"

    tag = f"{kind} {dimensions} "
    if draw(st.integers(0, 7)) == 0:
        return tag + "EMPTY"
    match kind:
        case "POINT":
            return f"{tag}({position()})"
        case "LINESTRING":
            return f"{tag}({several(2)})"
        case "MULTIPOINT":
            return f"{tag}({', '.join(f'({position()})' for _ in range(draw(st.integers(1, 3))))})"
        case "MULTILINESTRING":
            return f"{tag}(({several(2)}), ({several(2)}))"
        case "POLYGON":
            return f"{tag}({ring()}, {ring()})"
        case "MULTIPOLYGON":
            return f"{tag}(({ring()}), ({ring()}))"
    parts = draw(st.lists(st.sampled_from(KINDS), max_size=3))
    return f"{tag}({', '.join(_text(part, dimensions, draw) for part in parts)})" if parts else tag + "EMPTY"


@st.composite
def geometries(draw: st.DrawFn) -> Geometry | None:
    """Every kind in two, three and four dimensions, empty ones and None."""
    if draw(st.integers(0, 5)) == 0:
        return None
    return shapely.from_wkt(_text(draw(st.sampled_from(KINDS)), draw(st.sampled_from(["", "Z", "M", "ZM"])), draw))


@given(st.lists(geometries(), max_size=6), st.sampled_from([4326, 6668, 6675, -1]))
def test_geometries_survive_the_way_through_blobs(ones: list[Geometry | None], srs_id: int) -> None:
    """All kinds, empty ones and None, mixed, with and without Z and M; the header says what the geometry is."""
    array = np.empty(len(ones), dtype=object)
    array[:] = ones

    blobs = encode_geometries(array, srs_id)

    assert [_wkb(one) for one in decode_geometries(blobs)] == [_wkb(one) for one in ones]
    for one, blob in zip(ones, blobs, strict=True):
        if one is None or blob is None:
            assert one is None and blob is None
            continue
        header = parse_header(blob)
        assert (header.srs_id, header.is_empty) == (srs_id, bool(shapely.is_empty(one)))
        min_x, min_y, max_x, max_y = shapely.bounds(one).tolist()
        assert envelope_of(blob) == (None if shapely.is_empty(one) else (min_x, max_x, min_y, max_y))


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


@pytest.mark.parametrize(("code", "n_more"), [(0, 0), (1, 0), (2, 2), (3, 2), (4, 4)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_blobs_of_other_programs_are_read(order: str, code: int, n_more: int) -> None:
    """Both byte orders, every kind of envelope: none, x y, with z, with m, with both."""
    line = shapely.LineString([(1, 2), (3, 4)])
    is_little = order == "<"
    wkb = shapely.to_wkb(line, byte_order=int(is_little), flavor="iso")
    envelope = [1, 3, 2, 4, *[0] * n_more] if code else []
    blob = b"GP\x00" + bytes([code << 1 | is_little]) + struct.pack(f"{order}i{len(envelope)}d", 4326, *envelope) + wkb

    assert decode_geometry(blob) == line
    assert (parse_header(blob).srs_id, envelope_of(blob)) == (4326, (1, 3, 2, 4))


@given(st.binary(max_size=40), st.integers(0, 100))
def test_broken_blobs_never_throw_anything_else(tail: bytes, n_cut: int) -> None:
    """Whatever follows the magic bytes, and wherever a sound blob is cut: a geometry or our error."""
    sound = encode_geometry(shapely.LineString([(1, 20), (3, 10)]), 4326)
    assert sound is not None
    for blob in (b"GP" + tail, b"GP\x00\x01" + tail, sound[:n_cut], sound[:8] + tail):
        for read in (decode_geometry, envelope_of):
            with suppress(FeatureError):
                read(blob)


@pytest.mark.parametrize(
    "blob", [b"", b"GP", b"XX\x00\x01" + bytes(30), b"GP\x00\x21" + bytes(30), b"GP\x00\x01" + bytes(10)]
)
def test_what_is_no_geometry_is_refused(blob: bytes) -> None:
    """Cut off, another format, or an extended type: an error of ours, not one of struct or GEOS."""
    with pytest.raises(FeatureError):
        decode_geometry(blob)


@pytest.mark.parametrize("has_flag", [True, False])
def test_an_empty_geometry_may_have_an_envelope_of_nan(has_flag: bool) -> None:
    """The standard allows it (2.1.3.1): it is empty, and has no place in an index."""
    wkb = shapely.to_wkb(shapely.Polygon(), byte_order=1, flavor="iso")
    blob = b"GP\x00" + bytes([0x13 if has_flag else 0x03]) + struct.pack("<i4d", 4326, *[float("nan")] * 4) + wkb

    database = sqlite3.connect(":memory:")
    register_functions(database)
    found = database.execute("SELECT ST_IsEmpty(?1), ST_MinX(?1)", (blob,)).fetchone()
    database.close()

    assert (envelope_of(blob), decode_geometry(blob)) == (None, shapely.Polygon())
    assert found == (1, None)


@given(st.lists(st.tuples(ordinates, ordinates), min_size=1, max_size=5), st.integers(8, 28), st.integers(0, 255))
def test_points_are_read_at_once_as_one_by_one(positions: list[tuple[float, float]], place: int, value: int) -> None:
    """To the last bit; a byte that makes one of them something else is seen."""
    blobs = [encode_geometry(shapely.Point(one), 6668) for one in positions]
    assert [_wkb(one) for one in decode_geometries(blobs)] == [blob and blob[8:] for blob in blobs]
    last = bytearray(blobs[-1] or b"")
    last[place] = value
    results: list[list[bytes | None] | None] = []
    for chosen in ([bytes(last), None], [*blobs[:-1], bytes(last)]):
        try:
            results.append([_wkb(decode_geometries(chosen)[len(chosen) - 1 if None not in chosen else 0])])
        except FeatureError:
            results.append(None)
    assert results[0] == results[1]
