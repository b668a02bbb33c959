"""Starts the processes that open pictures, within limits; a picture that breaks one harms nothing else."""

import json
import os
import queue
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gis_capture.cores import all_cores
from gis_capture.errors import SourceError
from gis_capture.ledger.apart import run_apart
from gis_capture.text import Text
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.raster.sheet import Sheet

LOOK_S = 60
START_S = 90
"""For the first answer of a process, which loads its libraries and opens the pictures before."""
ANSWER_S = 20
MEMORY_BYTES = 6 << 30
_SHEETS_AT_ONCE = 16
NO_ROOM = 28
"""How the process ends that found the disk full."""
_MODULES = "gis_capture.tiles.raster"
Report = Callable[[float], None]

_WORDS = {
    "no_crs": Text(
        "座標系が分かりません。座標系を指定してください(例: 平面直角座標系第7系 = EPSG:6675)。",
        "nothing says its CRS: name it, for example EPSG:6675.",
    ),
    "no_place": Text(
        "位置の情報がありません。GeoTIFF にするか、ワールドファイル(.jgw .pgw .tfw)か基準点(.points、.georef.json)を"
        "同じ名前で並べるか、図郭の名前を指定してください。",
        "nothing says where it belongs: use a GeoTIFF, put a world file (.jgw .pgw .tfw) or control points (.points, "
        ".georef.json) beside it, or name its map sheet.",
    ),
    "beyond": Text(
        "位置が地図の外になります。座標系か基準点が違うようです。",
        "it would lie beyond the map: its CRS or its control points seem to be wrong.",
    ),
    "pixels": Text(
        "画素が多すぎます。分割するか、設定 max_raster_pixels を大きくしてください。",
        "it has too many pixels: divide it, or raise the setting max_raster_pixels.",
    ),
    "no_room": Text(
        "ディスクに空き容量がないため、作れませんでした。空きを作ってから、もう一度作ってください。",
        "it could not be made because the disk is full: make room, then make it again.",
    ),
    "broken": Text(
        "画像として読めません。壊れているか、対応していない形式です(GeoTIFF・JPEG・PNG・JPEG 2000 が使えます)。",
        "it cannot be read: broken, or of another format than GeoTIFF, JPEG, PNG, JPEG 2000.",
    ),
}


def look_at(sheet: Sheet, *, max_pixels: int) -> dict[str, Any]:
    """Tells what a picture is; `looking.look` describes the form.

    Raises:
        SourceError: It cannot be used; the code says why, "raster_no_crs" for example.
    """
    return _checked(sheet, next(iter(_look([sheet], max_pixels)), {}))


def look_at_all(sheets: Sequence[Sheet], *, max_pixels: int) -> list[dict[str, Any]]:
    """Tells the same of many, without a process for each: that takes longer to begin than most pictures to be read.

    Raises:
        SourceError: One cannot be used.
    """
    found: list[dict[str, Any]] = []
    for first in range(0, len(sheets), _SHEETS_AT_ONCE):
        some = sheets[first : first + _SHEETS_AT_ONCE]
        told = _look(some, max_pixels) if len(some) > 1 else []
        found += map(_checked, some, told)
        # Whichever broke the process, or took all of its time, is found alone.
        found += (look_at(sheet, max_pixels=max_pixels) for sheet in some[len(told) :])
    return found


def _look(sheets: Sequence[Sheet], max_pixels: int) -> list[dict[str, Any]]:
    """What is told of sheets, as far as the process came."""
    with tempfile.TemporaryDirectory() as folder:
        # Thousands of control points are more than a command line holds.
        asked = Path(folder) / "sheets.json"
        asked.write_text(json.dumps([sheet.to_json() for sheet in sheets]), encoding="utf-8")
        command = [sys.executable, "-m", f"{_MODULES}.looking", str(asked), str(max_pixels)]
        output = run_apart(command, cpu_s=LOOK_S, memory_bytes=MEMORY_BYTES).output
    found: list[dict[str, Any]] = []
    with suppress(ValueError):
        for line in output.splitlines():
            found.append(json.loads(line))
    return found


def _checked(sheet: Sheet, found: dict[str, Any]) -> dict[str, Any]:
    if not found or "error" in found:
        raise unusable(sheet.path, found.get("error", "broken"), found.get("detail", ""))
    return found


def unusable(path: Path, kind: str, detail: str = "") -> SourceError:
    """Gives the error for a picture."""
    words = _WORDS[kind]
    told = Text(f"({detail})", f" ({detail})") if detail else Text("", "")
    return SourceError(
        Text(f"「{path.name}」: {words.ja}{told.ja}", f'"{path.name}": {words.en}{told.en}'),
        path=path,
        code=f"raster_{kind}",
    )


def build(job: Path, *, title: str, on_progress: Report | None = None) -> None:
    """Builds the archive that a job describes; its process ends with ours, and what was there before stays until then.

    Raises:
        SourceError: A picture turned out to be broken, or the disk is full.
    """
    child = _start("building", job, stdin=subprocess.PIPE)
    try:
        assert child.stdin and child.stdout
        for line in child.stdout:
            if on_progress:
                on_progress(float(line))
        if code := child.wait():
            raise unusable(Path(title), "no_room" if code == NO_ROOM else "broken")
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


class Asked:
    """A process that warps tiles of one job; asked by one thread at a time."""

    def __init__(self, job: Path) -> None:
        self._job = job
        self._child: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def tile(self, tile: Tile) -> bytes:
        """Gives a WebP picture; nothing where nothing is there, or where it takes too long."""
        with self._lock:
            patience_s = ANSWER_S
            if self._is_closed:
                return b""
            if self._child is None or self._child.poll() is not None:
                patience_s = START_S
                self._child = _start("asking", self._job, stdin=subprocess.PIPE)
            answers: queue.Queue[bytes] = queue.Queue()
            threading.Thread(target=_ask, args=(self._child, tile, answers), daemon=True).start()
            try:
                return answers.get(timeout=patience_s)
            except queue.Empty:
                self._child.kill()
                return b""

    def close(self) -> None:
        """Ends the process, in the midst of a tile as well; those who still wait get nothing."""
        self._is_closed = True
        if child := self._child:
            child.kill()
        with self._lock:
            if self._child is None:
                return
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()
            self._child = None


def _ask(child: "subprocess.Popen[bytes]", tile: Tile, answers: "queue.Queue[bytes]") -> None:
    assert child.stdin and child.stdout
    try:
        child.stdin.write(f"{tile.z} {tile.x} {tile.y}\n".encode())
        child.stdin.flush()
        (n_bytes,) = struct.unpack("<I", child.stdout.read(4))
        answers.put(child.stdout.read(n_bytes))
    except (OSError, ValueError, struct.error):
        answers.put(b"")


def _start(module: str, job: Path, *, stdin: int) -> "subprocess.Popen[bytes]":
    with all_cores():
        return subprocess.Popen(
            [sys.executable, "-m", f"{_MODULES}.{module}", str(job)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=_limit if os.name == "posix" else None,
        )


def _limit() -> None:
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    room = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    os.nice(10)
