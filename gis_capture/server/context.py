"""What all requests share: the workspace and its settings."""

import logging
import time
from dataclasses import replace
from threading import Lock
from typing import cast

from flask import Flask, current_app

from gis_capture.errors import StoreError
from gis_capture.model import Layer
from gis_capture.people import Principal
from gis_capture.server.imports_desk import ImportsDesk
from gis_capture.server.pack_desk import PackDesk
from gis_capture.server.provider import Provider
from gis_capture.server.raster_desk import RasterDesk
from gis_capture.server.reading_desk import ReadingDesk
from gis_capture.server.shared_jobs import Jobs, Presence
from gis_capture.settings import Settings
from gis_capture.store.protocol import EVERYTHING, FeatureQuery
from gis_capture.store.within import Within
from gis_capture.workspace import Workspace

EXTENSION = "gis_capture"
MAX_COUNTS = 1_000
PATIENCE_S = 5.0
"""For another request that takes direct edits in."""
logger = logging.getLogger(__name__)


class Served:
    """The workspace that an app serves."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        jobs_dir = workspace.folder.cache_dir / "jobs"
        presence = Presence(jobs_dir)
        self.imports = ImportsDesk(workspace, Jobs(jobs_dir / "imports", presence))
        self.rasters = RasterDesk(lambda: workspace.rasters, Jobs(jobs_dir / "rasters", presence))
        self.scans = RasterDesk(lambda: workspace.scans.pictures, Jobs(jobs_dir / "scans", presence))
        self.readings = ReadingDesk(
            lambda: workspace.readings.waiting(),
            lambda reading_id: workspace.readings.read(reading_id),
            Jobs(jobs_dir / "readings", presence),
        )
        self.scanned = ReadingDesk(
            lambda: workspace.scanned.waiting(),
            lambda scan_id: workspace.scanned.read(scan_id),
            Jobs(jobs_dir / "scanned", presence),
        )
        oidc = workspace.folder.oidc
        self.provider = Provider(oidc, workspace.folder.oidc_secret) if oidc else None
        self.packs = PackDesk(workspace, Jobs(jobs_dir / "packs", presence))
        self.askers: dict[tuple[object, ...], tuple[int, float, Principal]] = {}
        """Who asked just now, kept by `asking`."""
        self._counts: dict[tuple[str, int, str, str], int] = {}
        self._layers: dict[tuple[str, bool], tuple[int | None, Layer, bool]] = {}
        self._adopt_again_at_s = float("-inf")
        self._is_held_up = False
        self._lock = Lock()

    def has_accounts(self) -> bool:
        """Whether anybody has an account, so that everybody has to sign in."""
        return self.workspace.has_people and self.workspace.people.has_accounts()

    def count(self, layer: str, query: FeatureQuery, part: Within | None = None) -> int:
        """Counts the features of a query, whatever its limit and place; once for a revision of the layer.

        `part` is what is seen of the layer.
        """
        query = replace(
            query, after_fid=0, limit=None, names=None, with_personal=query.with_personal or query.text is None
        )
        if query == EVERYTHING and part is None:
            return self.workspace.store.count(layer)
        about = (layer, self.workspace.store.layer_revision(layer), repr(query), part.name if part else "")
        found = self._counts.get(about)
        if found is None:
            counted = part.count(query) if part else self.workspace.store.count(layer, query)
            found = self._counts[about] = counted
            while len(self._counts) > MAX_COUNTS:
                self._counts.pop(next(iter(self._counts)), None)
        return found

    def layer(self, key: str, revision: int | None, *, with_personal: bool) -> tuple[Layer, bool]:
        """Gives a layer, and whether it has fields with personal data, which are left out if so wanted.

        What was read at a revision is the same as long as that is the newest; None = it must be read.

        Raises:
            LayerError: There is no such layer.
        """
        found = self._layers.get((key, with_personal))
        if found is None or found[0] != revision:
            layer = self.workspace.store.layer(key)
            shown = layer if with_personal else layer.without_personal()
            found = self._layers[key, with_personal] = revision, shown, bool(layer.personal_names)
        return found[1:]

    def adopt_direct_edits(self) -> int | None:
        """Takes edits that another program has made straight in the layers into the history, before anything is read.

        Asking for them each time is what makes them part of the very next answer of every process. Gives the newest
        revision where there were none, so that what was read at it before is still true; otherwise None.
        """
        if time.monotonic() < self._adopt_again_at_s:
            return None
        try:
            revision, has_direct_edits = self.workspace.store.moment()
            if not has_direct_edits:
                return revision
            # One request does it. The others wait for it, but not where it waits itself, for a program that holds them.
            if not self._lock.acquire(timeout=0 if self._is_held_up else PATIENCE_S):
                self._is_held_up = True
                return None
            try:
                self.workspace.adopt_direct_edits()
            finally:
                self._is_held_up = False
                self._lock.release()
        except StoreError:
            # A disk that is full, or QGIS holding the file, is no reason not to show what is known.
            logger.warning("Direct edits could not be adopted; they will be tried again.", exc_info=True)
            self._adopt_again_at_s = time.monotonic() + self.workspace.settings.direct_edit_interval_s
        return None


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
