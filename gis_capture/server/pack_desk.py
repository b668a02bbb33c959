"""Packs on their way: made one after the other in the background."""

from dataclasses import dataclass, field
from functools import partial
from logging import getLogger
from typing import Any

from gis_capture.cores import CutWork
from gis_capture.errors import CaptureError
from gis_capture.server.errors import for_want_of_room
from gis_capture.server.shared_jobs import Jobs
from gis_capture.text import Text
from gis_capture.tiles.packs import PackPlan
from gis_capture.workspace import Workspace

logger = getLogger(__name__)
MAX_JOBS = 20
_TOLD = ("name", "layers", "state", "progress", "problem")
_CRASHED = Text("思わぬ問題で作れませんでした。", "It failed unexpectedly.")
_CUT = Text(
    "途中でサーバーが止まりました。もう一度作ってください。", "The server stopped meanwhile: make it once more."
)


@dataclass(slots=True)
class PackDesk:
    """Knows what is being made; a failure is told until the pack is asked for again."""

    workspace: Workspace
    cards: Jobs
    _worker: CutWork = field(default_factory=partial(CutWork, "pack"))

    def start(self, name: str, plan: PackPlan) -> bool:
        """Begins to make a pack; False where that name, or too many others, are being made."""
        with self.cards.alone():
            busy = [job for job in self.jobs() if job["state"] != "failed"]
            if len(busy) >= MAX_JOBS or any(job["name"] == name for job in busy):
                return False
            now = self.workspace.clock()
            self._say(name, state="waiting", progress=0.0, layers=list(plan.keys), created_at=now)
        self._worker.submit(self._make, name, plan)
        return True

    def jobs(self) -> list[dict[str, Any]]:
        """What is not ready, with the layers of it: "waiting", "building", or "failed" with a problem."""
        found: list[dict[str, Any]] = []
        for card in self.cards.all().values():
            if card["state"] != "failed" and self.cards.is_lost(card):
                card |= {"state": "failed", "problem": _CUT.to_json()}
            found.append({name: card[name] for name in _TOLD if name in card})
        return found

    def _make(self, name: str, plan: PackPlan) -> None:
        self._say(name, state="building")
        try:
            self.workspace.packs.make(name, plan, report=lambda share: self._say(name, progress=share))
        except CaptureError as error:
            self._say(name, state="failed", problem=error.message.to_json())
        except Exception as error:
            logger.exception("Making the pack %s failed", name)
            self._say(name, state="failed", problem=(for_want_of_room(error) or _CRASHED).to_json())
        else:
            self.cards.drop(name)

    def _say(self, name: str, **said: Any) -> None:
        known = {} if said.get("state") == "waiting" else self.cards.get(name) or {}
        self.cards.put(name, {"name": name, **known, **said}, is_mine=True)
