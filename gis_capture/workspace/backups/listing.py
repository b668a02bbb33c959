"""What backups a folder holds, and which of them go."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from gis_capture.errors import CaptureError
from gis_capture.workspace.backups.manifest import SHARED, Manifest, read_manifest

UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class BackupListing:
    """A backup, or the folder of one whose manifest cannot be read (None)."""

    path: Path
    manifest: Manifest | None


def list_backups(folder: Path) -> list[BackupListing]:
    """The backups of a folder, newest first; only the manifests are read."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and path.name not in SHARED and not path.name.endswith(UNFINISHED):
            try:
                found.append(BackupListing(path, read_manifest(path)))
            except CaptureError:
                found.append(BackupListing(path, None))
    return sorted(found, key=lambda one: (one.manifest.created_at if one.manifest else "", one.path.name), reverse=True)


def remove_old(folder: Path, *, keep: int) -> int:
    """Removes the oldest backups beyond `keep` (0 = none), then shared files that no backup names; gives how many went.

    What a restore put aside stays, and so do shared files as long as a manifest cannot be read.
    """
    listed = list_backups(folder)
    asked = [one for one in listed if one.manifest is not None and one.manifest.reason == "asked"]
    old = asked[keep:] if keep else []
    for one in old:
        # First the manifest: half of a backup is none.
        shutil.rmtree(_renamed(one.path), ignore_errors=True)
    for left in folder.glob(f"*{UNFINISHED}"):
        shutil.rmtree(left, ignore_errors=True)
    gone = {one.path for one in old}
    kept = [one for one in listed if one.path not in gone]
    if old and all(one.manifest is not None for one in kept):
        named = {file.path for one in kept if one.manifest for file in one.manifest.files if file.is_shared}
        _remove_unnamed(folder, named)
    return len(old)


def _renamed(path: Path) -> Path:
    target = path.with_name(path.name + UNFINISHED)
    os.replace(path, target)
    return target


def _remove_unnamed(folder: Path, named: set[str]) -> None:
    for shared in SHARED:
        for path in sorted((folder / shared).rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(folder).as_posix() not in named:
                path.unlink(missing_ok=True)
