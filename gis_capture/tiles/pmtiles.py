"""Encodes tiles as one PMTiles archive; pure, opens no file.

Source of the format: PMTiles specification, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).
"""

import gzip
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis_capture.model import BBox
from gis_capture.tiles.grid import Tile

_HEADER_BYTES = 127
# A reader fetches the first 16 KiB; the root directory has to be in them.
_MAX_ROOT_BYTES = 16384 - _HEADER_BYTES
_LEAF_ENTRIES = 4096
_GZIP = 2
_MVT = 1


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
    root, leaves = _directories(entries)
    information = gzip.compress(json.dumps(metadata, ensure_ascii=False).encode(), mtime=0)
    data = b"".join(contents)
    zooms = [z for z, _, _ in tiles] or [0]
    root_at = _HEADER_BYTES
    metadata_at = root_at + len(root)
    leaves_at = metadata_at + len(information)
    data_at = leaves_at + len(leaves)
    places = (root_at, len(root), metadata_at, len(information), leaves_at, len(leaves), data_at, len(data))
    counts = (len(tiles), len(entries), len(contents))
    box_e7 = [round(degrees * 1e7) for degrees in bounds]
    middle_e7 = ((box_e7[0] + box_e7[2]) // 2, (box_e7[1] + box_e7[3]) // 2)
    header = struct.pack(
        "<7sB8Q3Q6B4iB2i",
        b"PMTiles",
        3,
        *places,
        *counts,
        *(1, _GZIP, _GZIP, _MVT, min(zooms), max(zooms)),
        *box_e7,
        (min(zooms) + max(zooms)) // 2,
        *middle_e7,
    )
    return b"".join([header, root, information, leaves, data])


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
