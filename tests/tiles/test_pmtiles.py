"""The PMTiles archive: numbering, directories, shared contents."""

import gzip
import hashlib
import json
import struct

import pytest

from gis_capture.model import BBox
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.pmtiles import encode_pmtiles, tile_id

TAKAYAMA = BBox(137.2, 36.1, 137.3, 36.2)


def read_varints(content: bytes) -> list[int]:
    """The numbers of a directory."""
    numbers, number, shift = [], 0, 0
    for byte in gzip.decompress(content):
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number = shift = 0
    return numbers


def read_tiles(pack: bytes) -> dict[int, bytes]:
    """Reads an archive as section 4 of the specification says, without the code under test."""
    places = struct.unpack_from("<8Q", pack, 8)
    tiles: dict[int, bytes] = {}

    def read_directory(start: int, n_bytes: int) -> None:
        numbers = read_varints(pack[start : start + n_bytes])
        n = numbers[0]
        steps, runs, lengths, offsets = (numbers[1 + i * n : 1 + (i + 1) * n] for i in range(4))
        number = end = 0
        for step, run, length, offset in zip(steps, runs, lengths, offsets, strict=True):
            number += step
            begin = offset - 1 if offset else end
            end = begin + length
            if not run:
                read_directory(places[4] + begin, length)
            for i in range(run):
                tiles[number + i] = pack[places[6] + begin : places[6] + end]

    read_directory(places[0], places[1])
    return tiles


def random_bytes(x: int, y: int) -> bytes:
    """Contents whose lengths cannot be compressed well: 1 to 256 bytes."""
    seed = b"%d/%d" % (x, y)
    return hashlib.shake_256(seed).digest(1 + hashlib.sha256(seed).digest()[0])


@pytest.mark.parametrize(
    ("tile", "number"),
    [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 0, 1), 2), ((1, 1, 1), 3), ((1, 1, 0), 4), ((12, 3423, 1763), 19078479)],
)
def test_tiles_are_numbered_as_the_specification_says(tile: tuple[int, int, int], number: int) -> None:
    """The table and the example of its section 4.1."""
    assert tile_id(Tile(*tile)) == number


@pytest.mark.parametrize("z", range(6))
def test_each_tile_of_a_zoom_has_its_own_number(z: int) -> None:
    """The numbers of a zoom are all used once, and neighbours on the curve share an edge."""
    at = {tile_id(Tile(z, x, y)): (x, y) for x in range(1 << z) for y in range(1 << z)}
    first = sum(4**lower for lower in range(z))
    assert sorted(at) == list(range(first, first + 4**z))
    steps = [abs(at[n][0] - at[n + 1][0]) + abs(at[n][1] - at[n + 1][1]) for n in list(at)[:-1] if n + 1 in at]
    assert set(steps) <= {1}


def test_a_small_archive_holds_every_tile() -> None:
    """Equal tiles are stored once; the header counts tiles, runs and contents, and gives zooms and bounds."""
    tiles = {Tile(3, x, y): b"same" if x < 4 else f"{x}/{y}".encode() for x in range(8) for y in range(8)}
    pack = encode_pmtiles(tiles, bounds=TAKAYAMA, metadata={"vector_layers": [], "name": "名"})
    assert pack[:8] == b"PMTiles\x03"
    assert read_tiles(pack) == {tile_id(tile): content for tile, content in tiles.items()}
    n_tiles, n_entries, n_contents = struct.unpack_from("<3Q", pack, 72)
    assert (n_tiles, n_contents) == (64, 33) and n_entries < 64
    assert pack[96:102] == bytes([1, 2, 2, 1, 3, 3])
    assert struct.unpack_from("<4i", pack, 102) == (1372000000, 361000000, 1373000000, 362000000)
    at, n_bytes = struct.unpack_from("<2Q", pack, 24)
    assert json.loads(gzip.decompress(pack[at : at + n_bytes]))["name"] == "名"


def test_the_root_directory_of_a_large_archive_stays_in_the_first_16_kib() -> None:
    """Readers fetch 16 KiB at first; what does not fit goes to leaf directories, and every tile is still found."""
    tiles = {Tile(7, x, y): random_bytes(x, y) for x in range(128) for y in range(128)}
    pack = encode_pmtiles(tiles, bounds=TAKAYAMA, metadata={})
    root_at, root_bytes = struct.unpack_from("<2Q", pack, 8)
    assert root_at + root_bytes <= 16384
    assert struct.unpack_from("<Q", pack, 48)[0] > 0
    assert read_tiles(pack) == {tile_id(tile): content for tile, content in tiles.items()}


def test_the_same_tiles_make_the_same_bytes() -> None:
    """The name of a pack carries its hash, so tablets fetch it again only when it changed."""
    tiles = {Tile(1, 0, 0): b"a", Tile(1, 1, 0): b"b"}
    backwards = dict(reversed(tiles.items()))
    assert encode_pmtiles(tiles, bounds=TAKAYAMA, metadata={}) == encode_pmtiles(
        backwards, bounds=TAKAYAMA, metadata={}
    )
