"""What all requests share: the workspace and its settings."""

import logging
import time
from dataclasses import replace
from threading import Lock
from typing import cast

from flask import Flask, current_app

from gis_capture.errors import StoreError
from gis_capture.people import Principal
from gis_capture.server.imports_desk import ImportsDesk
from gis_capture.server.pack_desk import PackDesk
from gis_capture.server.raster_desk import RasterDesk
from gis_capture.settings import Settings
from gis_capture.store.protocol import EVERYTHING, FeatureQuery
from gis_capture.workspace import Workspace

EXTENSION = "gis_capture"
MAX_COUNTS = 1_000
logger = logging.getLogger(__name__)


class Served:
    """The workspace that an app serves."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.imports = ImportsDesk(workspace)
        self.rasters = RasterDesk(workspace)
        self.packs = PackDesk(workspace)
        self.askers: dict[tuple[object, ...], tuple[int, float, Principal]] = {}
        """Who asked just now, kept by `asking`."""
        self._counts: dict[tuple[str, int, str], int] = {}
        self._checked_at_s = float("-inf")
        self._lock = Lock()

    def has_accounts(self) -> bool:
        """Whether anybody has an account, so that everybody has to sign in."""
        return self.workspace.has_people and self.workspace.people.has_accounts()

    def count(self, layer: str, query: FeatureQuery) -> int:
        """Counts the features of a query, whatever its limit and place; once for a revision of the layer."""
        query = replace(
            query, after_fid=0, limit=None, names=None, with_personal=query.with_personal or query.text is None
        )
        if query == EVERYTHING:
            return self.workspace.store.count(layer)
        about = (layer, self.workspace.store.layer_revision(layer), repr(query))
        found = self._counts.get(about)
        if found is None:
            found = self._counts[about] = self.workspace.store.count(layer, query)
            while len(self._counts) > MAX_COUNTS:
                self._counts.pop(next(iter(self._counts)), None)
        return found

    def adopt_direct_edits(self) -> None:
        """Takes edits that were made straight in the layer file into the history, at most every few seconds."""
        now_s = time.monotonic()
        if now_s - self._checked_at_s < self.workspace.settings.direct_edit_interval_s:
            return
        # One request does it; the others are served what is known by now.
        if self._lock.acquire(blocking=False):
            try:
                self.workspace.adopt_direct_edits()
            except StoreError:
                # A disk that is full, or QGIS holding the file, is no reason not to show what is known.
                logger.warning("Direct edits could not be adopted; they will be tried again.", exc_info=True)
            finally:
                self._checked_at_s = time.monotonic()
                self._lock.release()


def init_app(app: Flask, workspace: Workspace) -> None:
    """Puts the workspace at hand."""
    app.extensions[EXTENSION] = Served(workspace)


def served_by(app: Flask) -> Served:
    """What an app serves."""
    return cast(Served, app.extensions[EXTENSION])


def served() -> Served:
    """What the present app serves."""
    return served_by(current_app)


def workspace() -> Workspace:
    """The workspace of the present app."""
    return served().workspace


def settings() -> Settings:
    """The settings of the present app."""
    return workspace().settings
