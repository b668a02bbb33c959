"""Raster layers on their way: built one after the other in the background, and warped tile by tile meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from logging import getLogger
from threading import Lock
from typing import Any

from gis_capture.errors import CaptureError
from gis_capture.text import Text
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.raster.children import Asked
from gis_capture.workspace import Workspace

logger = getLogger(__name__)
# How far below the finest zoom a tile is warped while the archive is made: more would read all of a picture for it.
_ZOOMS_MEANWHILE = 4
_CRASHED = Text("思わぬ問題で作れませんでした。", "It failed unexpectedly.")


@dataclass(slots=True)
class RasterDesk:
    """Knows what is being built."""

    workspace: Workspace
    _asked: dict[str, Asked] = field(default_factory=dict)
    _failed: dict[str, Text] = field(default_factory=dict)
    _queued: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="raster"))

    def start(self, name: str) -> None:
        """Begins to build a layer that was prepared; once more changes nothing."""
        with self._lock:
            if name in self._queued:
                return
            self._queued.add(name)
            self._failed.pop(name, None)
        self._worker.submit(self._build, name)

    def resume(self) -> None:
        """Goes on with what was cut when the server stopped."""
        for job in self.workspace.rasters.jobs():
            if job["state"] == "stopped":
                self.start(job["name"])

    def jobs(self) -> list[dict[str, Any]]:
        """What is not ready: "waiting", "building", "stopped", or "failed" with a problem."""
        found = []
        for job in self.workspace.rasters.jobs():
            name = job["name"]
            if job["state"] == "stopped" and name in self._queued:
                job["state"] = "waiting"
            if name in self._failed:
                job["state"], job["problem"] = "failed", self._failed[name].to_json()
            found.append(job)
        return found

    def warped(self, name: str, tile: Tile) -> bytes | None:
        """Warps a tile of a layer that is being built; None where there is no such job or the zoom is too low."""
        job = next((job for job in self.workspace.rasters.jobs() if job["name"] == name), None)
        if job is None or not job["max_zoom"] - _ZOOMS_MEANWHILE <= tile.z <= job["max_zoom"]:
            return None
        with self._lock:
            asked = self._asked.get(name)
            if asked is None:
                asked = self._asked[name] = Asked(self.workspace.rasters.job_folder(name) / "job.json")
        return asked.tile(tile)

    def forget(self, name: str) -> None:
        """Ends what was asked for a layer."""
        with self._lock:
            asked = self._asked.pop(name, None)
            self._failed.pop(name, None)
        if asked:
            asked.close()

    def _build(self, name: str) -> None:
        problem = None
        try:
            self.workspace.rasters.build(name)
        except CaptureError as error:
            problem = error.message
        except Exception:
            logger.exception("Building %s failed", name)
            problem = _CRASHED
        self.forget(name)
        with self._lock:
            self._queued.discard(name)
            if problem:
                self._failed[name] = problem
