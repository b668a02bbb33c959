"""Archives are read as they were written, and broken ones are told without harm."""

import gzip
import hashlib
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.errors import SourceError
from gis_capture.model import BBox
from gis_capture.tiles.archive import Archive, ArchiveWriter
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.pmtiles import HEADER_BYTES, Entry, _encode_directory, decode_directory, encode_pmtiles

BOX = BBox(137.2, 36.1, 137.3, 36.2)
TILES = st.dictionaries(
    st.integers(0, 9).flatmap(
        lambda z: st.builds(Tile, st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))
    ),
    st.binary(min_size=1, max_size=20),
    min_size=1,
    max_size=60,
)


def noise(x: int, y: int) -> bytes:
    """Contents whose lengths cannot be packed well."""
    seed = b"%d/%d" % (x, y)
    return hashlib.shake_256(seed).digest(1 + hashlib.sha256(seed).digest()[0])


def write(path: Path, tiles: dict[Tile, bytes]) -> Path:
    """Writes tiles of pictures."""
    with ArchiveWriter(path, tile_type="webp") as writer:
        for tile, content in tiles.items():
            writer.add(tile, content)
        writer.finish(bounds=BOX, metadata={"name": "航空写真"})
    return path


@given(TILES)
def test_every_tile_comes_back_and_no_other(tmp_path_factory: pytest.TempPathFactory, tiles: dict[Tile, bytes]) -> None:
    """Whatever order and zooms; a neighbour that was not written is None."""
    path = write(tmp_path_factory.mktemp("archive") / "a.pmtiles", tiles)
    with Archive(path) as archive:
        assert {tile: archive.get(tile) for tile in tiles} == tiles
        for z, x, y in tiles:
            other = Tile(z, (x + 1) % 2**z, y)
            assert archive.get(other) == tiles.get(other)
        assert archive.metadata() == {"name": "航空写真"} and archive.header.tile_type == "webp"
    assert [file.name for file in path.parent.iterdir()] == ["a.pmtiles"]


def test_a_large_archive_is_read_through_its_leaves(tmp_path: Path) -> None:
    """Many tiles of uneven lengths do not fit into the root."""
    tiles = {Tile(8, x, y): noise(x, y) for x in range(128) for y in range(128)}
    with Archive(write(tmp_path / "a.pmtiles", tiles)) as archive:
        assert archive.header.leaves[1] > 0
        assert all(archive.get(tile) == content for tile, content in tiles.items())


def test_a_writer_that_is_left_leaves_the_old_archive(tmp_path: Path) -> None:
    """What failed half way takes nothing away and leaves no rubbish."""
    path = write(tmp_path / "a.pmtiles", {Tile(0, 0, 0): b"old"})
    before = path.read_bytes()
    with pytest.raises(RuntimeError), ArchiveWriter(path, tile_type="webp") as writer:
        writer.add(Tile(0, 0, 0), b"new")
        raise RuntimeError
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == ["a.pmtiles"]


def looping(tiles: bytes) -> bytes:
    """An archive whose leaf names itself as the next leaf."""
    root = _encode_directory([Entry(0, 0, len(_encode_directory([Entry(0, 0, 30, 0)])), 0)])
    leaf = _encode_directory([Entry(0, 0, len(_encode_directory([Entry(0, 0, 30, 0)])), 0)])
    places = (HEADER_BYTES, len(root), HEADER_BYTES + len(root), 0, HEADER_BYTES + len(root), len(leaf), 0, 0)
    return tiles[:8] + struct.pack("<8Q", *places) + tiles[72:HEADER_BYTES] + root + leaf


def broken_archives() -> dict[str, bytes]:
    """By defect."""
    whole = encode_pmtiles({Tile(0, 0, 0): b"tile"}, bounds=BOX, metadata={})
    huge_root = whole[:16] + struct.pack("<Q", 2**62) + whole[24:]
    bomb = gzip.compress(bytes(100 << 20), 1)
    places = (HEADER_BYTES, len(bomb), 0, 0, 0, 0, 0, 0)
    far = _encode_directory([Entry(0, 2**40, 2**20, 1)])
    away = (HEADER_BYTES, len(far), 0, 0, 0, 0, HEADER_BYTES, 10)
    return {
        "empty": b"",
        "other_version": b"PMTiles\x02" + whole[8:],
        "cut_header": whole[:100],
        "huge_root": huge_root,
        "bomb": whole[:8] + struct.pack("<8Q", *places) + whole[72:HEADER_BYTES] + bomb,
        "tile_far_away": whole[:8] + struct.pack("<8Q", *away) + whole[72:HEADER_BYTES] + far,
        "loop": looping(whole),
    }


@pytest.mark.parametrize("defect", list(broken_archives()))
def test_a_broken_archive_is_told_at_once(defect: str, tmp_path: Path) -> None:
    """Huge lengths, loops and rubbish: a message with the name of the file, no hang."""
    path = tmp_path / "broken.pmtiles"
    path.write_bytes(broken_archives()[defect])
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"broken\.pmtiles"), Archive(path) as archive:
        archive.get(Tile(0, 0, 0))
    assert time.monotonic() - started < 5


@given(st.binary(max_size=200))
def test_any_bytes_are_a_directory_or_told(content: bytes) -> None:
    """Rubbish in a directory never raises anything but ValueError."""
    try:
        directory = decode_directory(content, 1)
    except ValueError:
        return
    assert len(directory.numbers) == len(directory.offsets) == len(directory.runs)
