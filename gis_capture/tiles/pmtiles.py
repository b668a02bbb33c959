"""The PMTiles archive as bytes: header, directories, numbers of tiles; pure, opens no file.

Source of the format: PMTiles specification, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).
"""

import gzip
import json
import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis_capture.model import BBox
from gis_capture.tiles.grid import Tile

_HEADER = "<7sB8Q3Q6B4iB2i"
HEADER_BYTES = 127
# A reader fetches the first 16 KiB; the root directory has to be in them.
_MAX_ROOT_BYTES = 16384 - HEADER_BYTES
_LEAF_ENTRIES = 4096
_PLAIN, GZIP = 1, 2
TILE_TYPES = {"mvt": 1, "png": 2, "jpg": 3, "webp": 4, "avif": 5}
MEDIA_TYPES = {
    "mvt": "application/vnd.mapbox-vector-tile",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
}
MAX_ZOOM_STORED = 26
MAX_DIRECTORY_BYTES = 4 << 20
MAX_METADATA_BYTES = 4 << 20
MAX_PART_BYTES = 64 << 20
_LAST_NUMBER = (4 ** (MAX_ZOOM_STORED + 1)) // 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A run of tiles with the same content; `run_length` 0 means a leaf directory."""

    tile_id: int
    offset: int
    n_bytes: int
    run_length: int


def tile_id(tile: Tile) -> int:
    """The number of a tile: all tiles of lower zooms, then its place on the Hilbert curve (section 4.1)."""
    z, x, y = tile
    number = ((1 << 2 * z) - 1) // 3
    half = 1 << z >> 1
    while half:
        right, down = int(x & half > 0), int(y & half > 0)
        number += half * half * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = half - 1 - x, half - 1 - y
            x, y = y, x
        half >>= 1
    return number


def encode_pmtiles(tiles: Mapping[Tile, bytes], *, bounds: BBox, metadata: Mapping[str, Any]) -> bytes:
    """Makes an archive of vector tiles; tiles with the same bytes are stored once.

    Args:
        tiles: Gzipped Mapbox vector tiles.
        bounds: Of the content, (lon, lat) in degrees.
        metadata: Must hold `vector_layers` for vector tiles (section 5).
    """
    entries, contents = _place(tiles)
    zooms = [z for z, _, _ in tiles] or [0]
    head = encode_head(
        entries,
        n_contents=len(contents),
        n_data_bytes=sum(map(len, contents)),
        tile_type="mvt",
        bounds=bounds,
        zooms=(min(zooms), max(zooms)),
        metadata=metadata,
    )
    return b"".join([head, *contents])


def encode_head(
    entries: Sequence[Entry],
    *,
    n_contents: int,
    n_data_bytes: int,
    tile_type: str,
    bounds: BBox,
    zooms: tuple[int, int],
    metadata: Mapping[str, Any],
) -> bytes:
    """Gives everything of an archive before its tiles, whose entries are sorted by number.

    Args:
        entries: Offsets count from the first tile.
        n_contents: Different contents.
        n_data_bytes: Of all tiles together.
        tile_type: A key of TILE_TYPES; vector tiles are gzipped, pictures are not.
        bounds: Of the content, (lon, lat) in degrees.
        zooms: Lowest and highest.
        metadata: Goes in as JSON.
    """
    root, leaves = _directories(entries)
    information = gzip.compress(json.dumps(metadata, ensure_ascii=False).encode(), mtime=0)
    metadata_at = HEADER_BYTES + len(root)
    leaves_at = metadata_at + len(information)
    places = (HEADER_BYTES, len(root), metadata_at, len(information), leaves_at, len(leaves))
    data = (leaves_at + len(leaves), n_data_bytes)
    counts = (sum(entry.run_length for entry in entries), len(entries), n_contents)
    box_e7 = [round(degrees * 1e7) for degrees in bounds]
    middle_e7 = ((box_e7[0] + box_e7[2]) // 2, (box_e7[1] + box_e7[3]) // 2)
    header = struct.pack(
        _HEADER,
        b"PMTiles",
        3,
        *places,
        *data,
        *counts,
        *(1, GZIP, GZIP if tile_type == "mvt" else _PLAIN, TILE_TYPES[tile_type], *zooms),
        *box_e7,
        sum(zooms) // 2,
        *middle_e7,
    )
    return b"".join([header, root, information, leaves])


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of an archive say (section 3); places are (offset, bytes)."""

    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    data: tuple[int, int]
    directory_compression: int
    tile_compression: int
    tile_type: str
    zooms: tuple[int, int]
    bounds: BBox


def decode_header(content: bytes) -> Header:
    """Reads a header.

    Raises:
        ValueError: No archive of version 3, or tiles of a kind that the format does not know.
    """
    if len(content) < HEADER_BYTES or content[:8] != b"PMTiles\x03":
        raise ValueError("no PMTiles archive of version 3")
    fields = struct.unpack(_HEADER, content[:HEADER_BYTES])
    root, metadata, leaves, data = ((fields[n], fields[n + 1]) for n in (2, 4, 6, 8))
    _, directory_compression, tile_compression, kind, low, high = fields[13:19]
    names = {number: name for name, number in TILE_TYPES.items()}
    if kind not in names or low > high or high > MAX_ZOOM_STORED:
        raise ValueError(f"tiles of type {kind}, zooms {low} to {high}")
    return Header(
        root,
        metadata,
        leaves,
        data,
        directory_compression,
        tile_compression,
        names[kind],
        (low, high),
        BBox(*(e7 / 1e7 for e7 in fields[19:23])),
    )


@dataclass(frozen=True, slots=True)
class Directory:
    """The columns of a directory, by number of tile; offsets count from the tiles, or from the leaves at run 0."""

    numbers: "array[int]"
    runs: "array[int]"
    lengths: "array[int]"
    offsets: "array[int]"

    def find(self, number: int) -> Entry | None:
        """Finds the entry that holds a tile, or the leaf to look in."""
        at = bisect_right(self.numbers, number) - 1
        if at < 0:
            return None
        run = self.runs[at]
        if run and number >= self.numbers[at] + run:
            return None
        return Entry(self.numbers[at], self.offsets[at], self.lengths[at], run)


def decode_directory(content: bytes, compression: int) -> Directory:
    """Reads a directory.

    Raises:
        ValueError: Broken, or unpacking to more than any writer makes.
    """
    if compression == GZIP:
        content = unpack(content, MAX_DIRECTORY_BYTES)
    elif compression != _PLAIN:
        raise ValueError(f"directory compression {compression}")
    octets = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(octets < 0x80)
    if not len(ends) or ends[-1] != len(octets) - 1 or len(octets) > MAX_DIRECTORY_BYTES:
        raise ValueError("directory cut off")
    starts = np.concatenate([[0], ends[:-1] + 1])
    if (ends - starts).max() > 8:
        raise ValueError("number too long in directory")
    shifts = (np.arange(len(octets)) - np.repeat(starts, ends - starts + 1)).astype(np.uint64) * np.uint64(7)
    numbers = np.add.reduceat((octets & 0x7F).astype(np.uint64) << shifts, starts).astype(np.int64)
    n = int(numbers[0])
    if len(numbers) != 1 + 4 * n or (numbers < 0).any():
        raise ValueError(f"directory of {n} entries has {len(numbers) - 1} numbers")
    steps, runs, lengths, stored = numbers[1:].reshape(4, n)
    ids = np.cumsum(steps)
    if n and (ids[-1] > _LAST_NUMBER or (steps[1:] <= 0).any() or lengths.max() > MAX_PART_BYTES):
        raise ValueError("directory out of order")
    if n and stored[0] == 0:
        raise ValueError("directory begins nowhere")
    before = np.cumsum(lengths) - lengths
    anchor = np.maximum.accumulate(np.where(stored > 0, np.arange(n), 0))
    offsets = stored[anchor] - 1 + before - before[anchor] if n else stored
    return Directory(*(array("q", column.astype(np.int64).tobytes()) for column in (ids, runs, lengths, offsets)))


def unpack(content: bytes, max_bytes: int) -> bytes:
    """Unpacks gzip, or zlib, up to a limit.

    Raises:
        ValueError: Broken or too large.
    """
    # Either, by its header.
    unpacker = zlib.decompressobj(wbits=47)
    try:
        unpacked = unpacker.decompress(content, max_bytes)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof:
        raise ValueError(f"cut off, or more than {max_bytes:,} bytes")
    return unpacked


def _place(tiles: Mapping[Tile, bytes]) -> tuple[list[Entry], list[bytes]]:
    """Orders tiles by number, joins runs of equal ones, and gives the contents in the order they are stored."""
    entries: list[Entry] = []
    contents: list[bytes] = []
    offsets: dict[bytes, int] = {}
    end = 0
    for number, content in sorted((tile_id(tile), content) for tile, content in tiles.items()):
        if content not in offsets:
            offsets[content] = end
            contents.append(content)
            end += len(content)
        last = entries[-1] if entries else None
        if last and last.offset == offsets[content] and last.tile_id + last.run_length == number:
            entries[-1] = Entry(last.tile_id, last.offset, last.n_bytes, last.run_length + 1)
        else:
            entries.append(Entry(number, offsets[content], len(content), 1))
    return entries, contents


def _directories(entries: Sequence[Entry]) -> tuple[bytes, bytes]:
    """The root directory, and the leaf directories where the root alone would be too large."""
    root = _encode_directory(entries)
    if len(root) <= _MAX_ROOT_BYTES:
        return root, b""
    size = _LEAF_ENTRIES
    while True:
        leaves = bytearray()
        pointers = []
        for start in range(0, len(entries), size):
            leaf = _encode_directory(entries[start : start + size])
            pointers.append(Entry(entries[start].tile_id, len(leaves), len(leaf), 0))
            leaves += leaf
        root = _encode_directory(pointers)
        if len(root) <= _MAX_ROOT_BYTES:
            return root, bytes(leaves)
        size *= 2


def _encode_directory(entries: Sequence[Entry]) -> bytes:
    """Entries as columns of varints, gzipped (section 4.2)."""
    numbers = [len(entries)]
    numbers += [entry.tile_id - last for entry, last in zip(entries, [0, *(e.tile_id for e in entries)], strict=False)]
    numbers += [entry.run_length for entry in entries]
    numbers += [entry.n_bytes for entry in entries]
    end = -1
    for entry in entries:
        # 0 says: right behind the entry before.
        numbers.append(0 if entry.offset == end else entry.offset + 1)
        end = entry.offset + entry.n_bytes
    return gzip.compress(bytes(byte for number in numbers for byte in _varint(number)), mtime=0)


def _varint(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
