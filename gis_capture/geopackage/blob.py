"""Geometry blobs of GeoPackage <-> shapely geometries (OGC 12-128r19, 2.1.3); opens no file.

A blob is "GP", a version, flags, the srs_id, perhaps an envelope, and ISO WKB. Ours are little-endian; points carry no
envelope, everything else carries the one of x and y. All kinds of standard blobs are read.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry

from gis_capture.errors import FeatureError
from gis_capture.text import Text

Geometries = npt.NDArray[np.object_]
"""Shape (n,), of `shapely.Geometry` or None."""

_MAGIC = b"GP"
_LITTLE_ENDIAN, _EMPTY, _EXTENDED, _XY_ENVELOPE = 0x01, 0x10, 0x20, 0x02
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_OUR_HEADERS = {_LITTLE_ENDIAN: 8, _LITTLE_ENDIAN | _XY_ENVELOPE: 40}
"""Bytes before the WKB by the flags that we write for what is not empty."""
_POINT = 0
_POINT_CODES = tuple(struct.pack("<I", dims * 1000 + 1) for dims in range(4))
_SHORT = np.dtype([("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs_id", "<i4")])
_LONG = np.dtype([*_SHORT.descr, ("envelope", "<f8", (4,))])
_PLAIN_POINT = np.dtype([*_SHORT.descr, ("order", "u1"), ("code", "<u4"), ("xy", "<f8", (2,))])
_FIXED, _FIXED_HEAD = [0, 1, 2, 3, 8, 9, 10, 11, 12], _MAGIC + bytes([0, _LITTLE_ENDIAN, 1, 1, 0, 0, 0])
"""What is the same in every plain point: places in the blob, and the bytes there."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the WKB of a blob.

    Attributes:
        envelope: (min_x, max_x, min_y, max_y), in this order of the standard; None where the blob has none.
        size_bytes: Where the WKB begins.
    """

    srs_id: int
    is_empty: bool
    envelope: tuple[float, float, float, float] | None
    size_bytes: int


def parse_header(blob: bytes) -> Header:
    """Reads the header of a blob.

    Raises:
        FeatureError: Not a blob of a standard GeoPackage geometry.
    """
    if len(blob) < 13 or blob[:2] != _MAGIC:
        raise _invalid("no GeoPackage geometry")
    flags = blob[3]
    envelope_code = flags >> 1 & 0x07
    if flags & _EXTENDED or envelope_code >= len(_ENVELOPE_BYTES):
        raise _invalid(f"flags {flags:#04x}")
    order = "<" if flags & _LITTLE_ENDIAN else ">"
    size_bytes = 8 + _ENVELOPE_BYTES[envelope_code]
    if len(blob) < size_bytes:
        raise _invalid("cut off")
    (srs_id,) = struct.unpack_from(f"{order}i", blob, 4)
    envelope = struct.unpack_from(f"{order}4d", blob, 8) if envelope_code else None
    return Header(srs_id, bool(flags & _EMPTY), envelope, size_bytes)


def encode_geometries(geometries: Geometries, srs_id: int) -> list[bytes | None]:
    """Makes the blobs of geometries; None stays None. Z and M are kept to the last bit."""
    if len(geometries) == 1:
        return [encode_geometry(geometries[0], srs_id)]
    is_point = shapely.get_type_id(geometries) == _POINT
    if (is_point & (shapely.get_coordinate_dimension(geometries) == 2) & ~shapely.is_empty(geometries)).all():
        points = _blank(_PLAIN_POINT, len(geometries), srs_id, _LITTLE_ENDIAN)
        points["order"], points["code"], points["xy"] = 1, 1, shapely.get_coordinates(geometries)
        return [*_cut(points)]
    wkbs = shapely.to_wkb(geometries, output_dimension=4, byte_order=1, flavor="iso")
    is_empty = shapely.is_empty(geometries)
    has_envelope = ~is_empty & ~is_point
    if not has_envelope.any():
        headers = _headers(_SHORT, srs_id, _LITTLE_ENDIAN | np.where(is_empty, _EMPTY, 0))
        return [wkb if wkb is None else header + wkb for header, wkb in zip(headers, wkbs, strict=True)]
    # One header per geometry, long enough for all; those without an envelope are cut after 8 bytes.
    flags = _LITTLE_ENDIAN | np.where(is_empty, _EMPTY, 0) | np.where(has_envelope, _XY_ENVELOPE, 0)
    envelopes = shapely.bounds(geometries)[:, [0, 2, 1, 3]]
    lengths = np.where(has_envelope, _LONG.itemsize, _SHORT.itemsize).tolist()
    headers = _headers(_LONG, srs_id, flags, envelopes)
    parts = zip(headers, lengths, wkbs, strict=True)
    return [wkb if wkb is None else header[:length] + wkb for header, length, wkb in parts]


def encode_geometry(geometry: Geometry | None, srs_id: int) -> bytes | None:
    """Makes the blob of one geometry; None stays None."""
    if geometry is None:
        return None
    wkb: bytes = shapely.to_wkb(geometry, output_dimension=4, byte_order=1, flavor="iso")
    is_empty, is_point = bool(shapely.is_empty(geometry)), wkb[1:5] in _POINT_CODES
    if is_empty or is_point:
        return struct.pack("<2sBBi", _MAGIC, 0, _LITTLE_ENDIAN | (_EMPTY if is_empty else 0), srs_id) + wkb
    min_x, min_y, max_x, max_y = shapely.bounds(geometry).tolist()
    flags = _LITTLE_ENDIAN | _XY_ENVELOPE
    return struct.pack("<2sBBi4d", _MAGIC, 0, flags, srs_id, min_x, max_x, min_y, max_y) + wkb


class PlanePoints:
    """Points in the plane, none of them empty; geometries are made of them when somebody takes them for an array.

    Args:
        xy: Shape (n, 2).
    """

    def __init__(self, xy: npt.NDArray[np.float64]) -> None:
        self.xy = xy

    def __len__(self) -> int:
        return len(self.xy)

    def __getitem__(self, rows: slice) -> "PlanePoints":
        return PlanePoints(self.xy[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Geometries:
        return np.asarray(shapely.points(self.xy))


def decode_places(blobs: Sequence[bytes | None]) -> Geometries | PlanePoints:
    """Reads blobs as `decode_geometries` does, but makes no geometries of plain points."""
    xy = _plain_points(blobs) if len(blobs) > 1 else None
    return decode_geometries(blobs) if xy is None else PlanePoints(xy)


def decode_geometries(blobs: Sequence[bytes | None]) -> Geometries:
    """Reads blobs; None stays None.

    Raises:
        FeatureError: One of them is not the blob of a standard geometry.
    """
    xy = _plain_points(blobs) if len(blobs) > 1 else None
    if xy is not None:
        return np.asarray(shapely.points(xy))
    try:
        if len(blobs) == 1:
            # An array is made for less than it takes to read one.
            found = np.empty(1, dtype=object)
            found[0] = None if blobs[0] is None else shapely.from_wkb(wkb_of(blobs[0]))
            return found
        wkbs = [blob if blob is None else wkb_of(blob) for blob in blobs]
        return np.asarray(shapely.from_wkb(np.array(wkbs, dtype=object)))
    except (IndexError, TypeError, NotImplementedError, shapely.GEOSException) as error:
        raise _invalid(str(error)) from error


def _plain_points(blobs: Sequence[bytes | None]) -> npt.NDArray[np.float64] | None:
    """Reads blobs that are all points as we write them, without going through each; None where they are not."""
    plain = [blob for blob in blobs if blob is not None]
    if len(plain) != len(blobs) or set(map(len, plain)) != {_PLAIN_POINT.itemsize}:
        return None
    records = np.frombuffer(b"".join(plain), dtype=_PLAIN_POINT)
    heads = records.view(np.uint8).reshape(-1, _PLAIN_POINT.itemsize)[:, _FIXED]
    if not len(records) or (heads != np.frombuffer(_FIXED_HEAD, np.uint8)).any():
        return None
    # No numbers are those of an empty point.
    return None if np.isnan(records["xy"]).any() else records["xy"]


def decode_geometry(blob: bytes | None) -> Geometry | None:
    """Reads one blob; None stays None.

    Raises:
        FeatureError: Not the blob of a standard geometry.
    """
    geometry: Geometry | None = decode_geometries([blob])[0]
    return geometry


def envelope_of(blob: bytes) -> tuple[float, float, float, float] | None:
    """Gives (min_x, max_x, min_y, max_y) of a blob's geometry, None where it is empty.

    Raises:
        FeatureError: Not the blob of a standard geometry.
    """
    header = parse_header(blob)
    if header.is_empty:
        return None
    # An envelope of NaN is allowed, and says nothing.
    if header.envelope and header.envelope[0] == header.envelope[0]:
        return header.envelope
    wkb = blob[header.size_bytes :]
    order = "<" if wkb[0] else ">"
    (code,) = struct.unpack_from(f"{order}I", wkb, 1)
    if code % 1000 == 1 and len(wkb) >= 21:
        x, y = struct.unpack_from(f"{order}2d", wkb, 5)
        return None if x != x or y != y else (x, x, y, y)
    min_x, min_y, max_x, max_y = shapely.bounds(decode_geometry(blob)).tolist()
    return None if min_x != min_x else (min_x, max_x, min_y, max_y)


def _headers(layout: np.dtype[np.void], srs_id: int, flags: npt.NDArray[np.int64], *envelope: object) -> list[bytes]:
    headers = _blank(layout, len(flags), srs_id, flags)
    if envelope:
        headers["envelope"] = envelope[0]
    return _cut(headers)


def _blank(layout: np.dtype[np.void], n: int, srs_id: int, flags: object) -> npt.NDArray[np.void]:
    blank = np.zeros(n, dtype=layout)
    blank["magic"], blank["srs_id"], blank["flags"] = _MAGIC, srs_id, flags
    return blank


def _cut(records: npt.NDArray[np.void]) -> list[bytes]:
    whole, size = records.tobytes(), records.itemsize
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def wkb_of(blob: bytes) -> bytes:
    """Gives the WKB of a blob, in whatever form it was written."""
    size_bytes = _OUR_HEADERS.get(blob[3]) if blob[:2] == _MAGIC else None
    return blob[size_bytes or parse_header(blob).size_bytes :]


def _invalid(reason: str) -> FeatureError:
    return FeatureError(
        Text(
            f"図形を読めません({reason})。ファイルが壊れているか、対応していない図形です。",
            f"The geometry cannot be read ({reason}): the file is damaged, or it is of an unknown kind.",
        )
    )
