"""What all requests share: the workspace and its settings."""

import time
from threading import Lock
from typing import cast

from flask import Flask, current_app

from gis_capture.server.imports_desk import ImportsDesk
from gis_capture.settings import Settings
from gis_capture.workspace import Workspace

EXTENSION = "gis_capture"


class Served:
    """The workspace that an app serves."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.imports = ImportsDesk(workspace)
        self._checked_at_s = float("-inf")
        self._lock = Lock()

    def adopt_direct_edits(self) -> None:
        """Takes edits that were made straight in the layer file into the history, at most every few seconds."""
        now_s = time.monotonic()
        if now_s - self._checked_at_s < self.workspace.settings.direct_edit_interval_s:
            return
        # One request does it; the others are served what is known by now.
        if self._lock.acquire(blocking=False):
            try:
                self.workspace.adopt_direct_edits()
                self._checked_at_s = time.monotonic()
            finally:
                self._lock.release()


def init_app(app: Flask, workspace: Workspace) -> None:
    """Puts the workspace at hand."""
    app.extensions[EXTENSION] = Served(workspace)


def served() -> Served:
    """What the present app serves."""
    return cast(Served, current_app.extensions[EXTENSION])


def workspace() -> Workspace:
    """The workspace of the present app."""
    return served().workspace


def settings() -> Settings:
    """The settings of the present app."""
    return workspace().settings
