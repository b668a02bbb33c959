"""Raster layers on their way: built one after the other in the background, and warped tile by tile meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from logging import getLogger
from threading import BoundedSemaphore, Lock
from typing import Any

from gis_capture.cores import CutWork
from gis_capture.errors import CaptureError
from gis_capture.server.errors import StateError, for_want_of_room
from gis_capture.server.shared_jobs import Jobs
from gis_capture.text import Text
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.raster.children import Asked
from gis_capture.workspace.rasters import Rasters

logger = getLogger(__name__)
# How far below the finest zoom a tile is warped while the archive is made: more would read all of a picture for it.
_ZOOMS_MEANWHILE = 4
_MOST_ASKING = 16
"""How many may wait for a tile that is warped; each of them has a thread."""
_BUSY = Text(
    "画像は作成中で、今は込み合っています。少し待ってからお試しください。",
    "The picture is being made, and too many ask for it: try again in a moment.",
)
_CRASHED = Text("思わぬ問題で作れませんでした。", "It failed unexpectedly.")


@dataclass(slots=True)
class RasterDesk:
    """Knows what is being built.

    Attributes:
        find: Gives the layers of pictures as they are set up now.
    """

    find: Callable[[], Rasters]
    cards: Jobs
    _asked: dict[str, Asked] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _askers: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, _MOST_ASKING))
    _worker: CutWork = field(default_factory=partial(CutWork, "raster"))

    def start(self, name: str) -> None:
        """Begins to build a layer that was prepared; once more changes nothing, whichever process it is that builds."""
        with self.cards.alone():
            card = self.cards.get(name)
            if card is not None and "problem" not in card and not self.cards.is_lost(card):
                return
            self.cards.put(name, {}, is_mine=True)
        self._worker.submit(self._build, name)

    def resume(self) -> None:
        """Goes on with what was cut when the server stopped."""
        for job in self.find().jobs():
            if job["state"] == "stopped":
                self.start(job["name"])

    def jobs(self) -> list[dict[str, Any]]:
        """What is not ready: "waiting", "building", "stopped", or "failed" with a problem."""
        found, cards = self.find().jobs(), self.cards.all()
        for job in found:
            card = cards.get(job["name"], {})
            if "problem" in card:
                job["state"], job["problem"] = "failed", card["problem"]
            elif job["state"] == "stopped" and not self.cards.is_lost(card):
                job["state"] = "waiting"
        names = {job["name"] for job in found}
        for done in [name for name in self._asked if name not in names]:
            # Another process has built it.
            self._close(done)
        return found

    def warped(self, name: str, tile: Tile) -> bytes | None:
        """Warps a tile of a layer that is being built; None where there is no such job or the zoom is too low.

        Raises:
            StateError: Too many wait for one (code `raster_busy`).
        """
        job = next((job for job in self.find().jobs() if job["name"] == name), None)
        if job is None or not job["max_zoom"] - _ZOOMS_MEANWHILE <= tile.z <= job["max_zoom"]:
            return None
        with self._lock:
            asked = self._asked.get(name)
            if asked is None:
                asked = self._asked[name] = Asked(self.find().job_folder(name) / "job.json")
        if not self._askers.acquire(blocking=False):
            raise StateError(_BUSY, code="raster_busy", wait_s=2)
        try:
            return asked.tile(tile)
        finally:
            self._askers.release()

    def forget(self, name: str) -> None:
        """Ends what was asked for a layer, and what is known of its failure."""
        self._close(name)
        self.cards.drop(name)

    def _close(self, name: str) -> None:
        with self._lock:
            asked = self._asked.pop(name, None)
        if asked:
            asked.close()

    def _build(self, name: str) -> None:
        problem = None
        try:
            self.find().build(name)
        except CaptureError as error:
            problem = error.message
        except Exception as error:
            logger.exception("Building %s failed", name)
            problem = for_want_of_room(error) or _CRASHED
        self._close(name)
        if problem:
            self.cards.put(name, {"problem": problem.to_json()})
        else:
            self.cards.drop(name)
