"""A backup every day by itself: at the hour that is set, or as soon after it as the server runs."""

import logging
from datetime import datetime, timedelta
from threading import Event, Thread

from gis_capture.durability import held
from gis_capture.errors import CaptureError
from gis_capture.times import JAPAN
from gis_capture.workspace import Workspace
from gis_capture.workspace.backups import Backup, list_backups
from gis_capture.workspace.reserve import keep_reserve

CHECK_S = 60
RETRY = timedelta(hours=1)
logger = logging.getLogger(__name__)


class DailyBackup:
    """Looks from time to time whether a backup is due.

    Attributes:
        failed_at: When the last attempt failed; None where it did not.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.failed_at: datetime | None = None
        self._stopped = Event()

    def start(self) -> None:
        """Begins to look, in the background."""
        if self.workspace.settings.backup_hour >= 0:
            Thread(target=self._watch, name="daily-backup", daemon=True).start()

    def stop(self) -> None:
        """Ends looking."""
        self._stopped.set()

    def run_if_due(self) -> Backup | None:
        """Makes a backup, if one is due; a failure is logged, and tried again after an hour."""
        now = self._now()
        if not self._is_due(now):
            return None
        try:
            made = self.workspace.back_up()
        except CaptureError:
            logger.exception("The daily backup failed; it will be tried again in an hour.")
            self.failed_at = now
            return None
        self.failed_at = None
        logger.info("Daily backup: %s", made.path)
        return made

    def _is_due(self, now: datetime) -> bool:
        hour = self.workspace.settings.backup_hour
        if hour < 0 or self.workspace.store.revision() == 0:
            return False
        if self.failed_at is not None and now < self.failed_at + RETRY:
            return False
        latest = last_backup(self.workspace)
        due_at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
        if due_at > now:
            due_at -= timedelta(days=1)
        return latest is None or datetime.fromisoformat(latest) < due_at

    def _now(self) -> datetime:
        return datetime.fromisoformat(self.workspace.clock()).astimezone(JAPAN)

    def _watch(self) -> None:
        while not self._stopped.wait(CHECK_S):
            try:
                with held(self.workspace.folder.cache_dir / "daily-backup.lock") as is_ours:
                    # One of the processes that serve a workspace does it.
                    if is_ours:
                        self.run_if_due()
                        keep_reserve(self.workspace.folder.cache_dir)
            except Exception:
                # The next look may fare better; the server goes on.
                logger.exception("Whether a backup is due could not be told.")


def last_backup(workspace: Workspace) -> str | None:
    """When the newest whole backup was made (UTC "…Z"), where the daily ones go; None where there is none."""
    listed = list_backups(workspace.backups_dir)
    return next((one.manifest.created_at for one in listed if one.manifest and one.manifest.reason == "asked"), None)
