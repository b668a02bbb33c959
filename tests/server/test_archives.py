"""Archives that are open for their tiles."""

from pathlib import Path

import pytest

from gis_capture.model import BBox
from gis_capture.server import archives
from gis_capture.server.archives import OpenArchives
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.pmtiles import encode_pmtiles

TILE = Tile(5, 28, 12)


def write(path: Path) -> Path:
    """An archive of one tile."""
    path.write_bytes(encode_pmtiles({TILE: path.name.encode()}, bounds=BBox(137, 36, 138, 37), metadata={}))
    return path


def held(path: Path) -> bool:
    """Whether this process holds a file, which the disk keeps until it does not."""
    return str(path) in Path("/proc/self/maps").read_text()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells which files a process holds")
def test_what_was_taken_away_leaves_the_disk(tmp_path: Path) -> None:
    """After a moment, with whatever is asked for next; who reads it then reads on."""
    gone, other = write(tmp_path / "gone.pmtiles"), write(tmp_path / "other.pmtiles")
    opened = OpenArchives()
    reading = opened.get(gone)
    assert opened.get(gone) is reading and opened.get(other).get(TILE) == b"other.pmtiles"

    gone.unlink()
    assert opened.get(gone) is reading
    opened._look_again_at_s = 0.0
    opened.get(other)

    assert reading.get(TILE) == b"gone.pmtiles" and held(gone)
    del reading
    assert not held(gone) and held(other)


def test_not_all_that_ever_was_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was opened first is closed."""
    monkeypatch.setattr(archives, "_MOST_OPEN", 2)
    opened, paths = OpenArchives(), [write(tmp_path / f"{number}.pmtiles") for number in range(3)]
    first, _, last = map(opened.get, paths)

    assert opened.get(paths[2]) is last and opened.get(paths[0]) is not first
