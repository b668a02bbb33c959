"""A process of its own that gets the tiles of a workspace ready: how long it takes, and the memory that it needs."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gis_capture.tiles.grid import Tile

_START = """
import sys, threading, time
from pathlib import Path
from gis_capture.tiles import TileService
from gis_capture.workspace import Workspace
def kib(name):
    return int(next(line for line in open("/proc/self/status") if line.startswith(name)).split()[1])
most = 0
def watch():
    global most
    while True:
        most = max(most, kib("RssAnon"))
        time.sleep(0.02)
threading.Thread(target=watch, daemon=True).start()
with Workspace.open(sys.argv[1]) as workspace:
    before, began, worked = kib("VmRSS"), time.perf_counter(), time.process_time()
    service = TileService(workspace.store, Path(sys.argv[2]))
    service.prepare()
    service.encode(sys.argv[3].split(","), *map(int, sys.argv[4].split("/")))
    print(time.perf_counter() - began, time.process_time() - worked, kib("VmRSS") - before, most)
"""


class Started(NamedTuple):
    """What a start took: seconds, those of the processor, KiB that stay for the tiles, KiB of its own at most.

    Pages of files that are mapped are not its own: the system takes them back when it needs room.
    """

    took_s: float
    worked_s: float
    resident_kib: float
    peak_kib: float


def start(path: Path, cache: Path, layers: Sequence[str], tile: Tile) -> Started:
    """Starts once: with an empty `cache` all columns are made, with a full one they are mapped into memory."""
    place = "/".join(map(str, tile))
    command = [sys.executable, "-c", _START, str(path), str(cache), ",".join(layers), place]
    return Started(*map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()))
