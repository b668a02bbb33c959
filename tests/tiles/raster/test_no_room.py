"""A disk that fills up while tiles of a picture are made."""

import subprocess
import sys
from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.tiles.raster import children
from gis_capture.workspace.rasters import Rasters
from tests.tiles.raster.pictures import pattern, write_geotiff

_FULL = """
import errno, sys
from pathlib import Path
from gis_capture.tiles.raster import building

def write(self, tile, content):
    raise OSError(errno.ENOSPC, "No space left on device")

building.ArchiveWriter.add = write
sys.exit(building.main(Path(sys.argv[1])))
"""


def test_a_full_disk_is_not_told_as_a_broken_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before stays, and nothing half-made is left beside the job, which can be begun again."""
    rasters = Rasters(tmp_path / "rasters", clock=lambda: "2026-11-23T00:00:00Z", max_pixels=10**9)
    rasters.folder.mkdir()
    rasters.prepare([write_geotiff(tmp_path / "a.tif", pattern(300))], name="photo")

    def start(module: str, job: Path, *, stdin: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", _FULL, str(job)], stdin=stdin, stdout=subprocess.PIPE)

    with monkeypatch.context() as patched:
        patched.setattr(children, "_start", start)
        with pytest.raises(SourceError, match="disk is full") as caught:
            rasters.build("photo")

    assert caught.value.subject["code"] == "raster_no_room" and rasters.ready() == []
    assert not list(rasters.folder.rglob("*.part"))
    assert rasters.build("photo").name == "photo"
