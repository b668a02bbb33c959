"""Backups of a workspace: made while it is served, read back, listed, restored."""

from gis_capture.workspace.backups.listing import BackupListing, list_backups
from gis_capture.workspace.backups.making import Backup, back_up
from gis_capture.workspace.backups.manifest import Manifest
from gis_capture.workspace.backups.restoring import Restored, restore
from gis_capture.workspace.backups.verifying import verify_backup

__all__ = ["Backup", "BackupListing", "Manifest", "Restored", "back_up", "list_backups", "restore", "verify_backup"]
