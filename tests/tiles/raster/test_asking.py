"""The process that warps tiles while an archive is made."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gis_capture.tiles.grid import Tile
from gis_capture.tiles.raster import children
from gis_capture.tiles.raster.children import Asked

_SLOW = "import sys, time; sys.stdin.readline(); time.sleep(60)"


def test_whoever_waits_is_let_go_when_the_archive_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody waits for a tile that takes a minute to be warped, nor for the process to end."""

    def start(module: str, job: Path, *, stdin: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", _SLOW], stdin=stdin, stdout=subprocess.PIPE)

    monkeypatch.setattr(children, "_start", start)
    asked, answers = Asked(tmp_path / "job.json"), list[bytes]()
    threads = [threading.Thread(target=lambda: answers.append(asked.tile(Tile(0, 0, 0)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    asked.close()
    for thread in threads:
        thread.join(20)

    assert answers == [b"", b"", b""]
    assert time.monotonic() - began < 10
