"""The manifest of a backup: every file of it with its SHA-256 (docs/format.md, section 6).

<folder>/20261123T021000Z/manifest.json     written last: without it the folder is no backup
<folder>/20261123T021000Z/layers.gpkg       with workspace.toml, gaiji.csv, layers/, recipes/, styles/, checkouts/ …
<folder>/attachments/ab/cdef…               shared by the backups of the folder, as they never change
<folder>/sources/<sha256>/…
<folder>/packs/NAME-<sha256>.pmtiles        base maps; scans and photographs likewise in rasters/ and scans/
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gis_capture.errors import FormatVersionError, WorkspaceError
from gis_capture.sync.messages import schema
from gis_capture.text import Text

FORMAT = "gis-capture.backup/v1"
MANIFEST_NAME = "manifest.json"
MAPS = ("packs", "rasters", "scans")
"""Folders of archives, which are shared, and of cards that tell of them, which each backup has of its own."""
SCANS = "scans/*.scan/*"
"""Pictures that are being placed, with their control points; each backup has its own, as these change."""
SHARED = ("attachments", "sources", *MAPS)
OWN = ("layers", "checkouts", "recipes", "scanned", "sheets", "styles")
"""Folders of which each backup has its own copy."""
OWN_FILES = ("workspace.toml", "gaiji.csv")
PEOPLE = "secrets/people.sqlite"
"""With hashes of passwords and of tokens of tablets, but no password and no token; no other secret is in a backup."""
ASIDE_PREFIX = "before-restore-"
MAX_MANIFEST_BYTES = 200_000_000
_FORBIDDEN = re.compile(r'[\\:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A file of a workspace, by its path there with "/"."""

    path: str
    sha256: str
    size_bytes: int

    @property
    def is_shared(self) -> bool:
        """Whether it lies beside the backups of a folder, once for all of them."""
        first = self.path.split("/", 1)[0]
        return first in SHARED and (first not in MAPS or (self.path.count("/") == 1 and self.path.endswith(".pmtiles")))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes:
        reason: "asked", or "before_restore" for what a restore put aside, which holds no photos.
        epoch: Of the store, with its newest `revision`.
        n_missing: Photos that changes name and that had not come.
    """

    created_at: str
    reason: str
    name: str
    epoch: str
    revision: int
    n_features: int
    n_missing: int
    files: tuple[BackupFile, ...]

    @property
    def size_bytes(self) -> int:
        """Size of all files, shared ones too."""
        return sum(file.size_bytes for file in self.files)

    def path_of(self, file: BackupFile, backup: Path) -> Path:
        """Where a file of the backup in this folder lies."""
        return (backup.parent if file.is_shared else backup).joinpath(*PurePosixPath(file.path).parts)

    def to_json(self) -> dict[str, Any]:
        """Gives `gis-capture.backup/v1`."""
        plain = ("created_at", "reason", "name", "epoch", "revision", "n_features", "n_missing")
        files = [{"path": one.path, "sha256": one.sha256, "size_bytes": one.size_bytes} for one in self.files]
        return {"format": FORMAT, **{name: getattr(self, name) for name in plain}, "files": files}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Manifest":
        """Reads what `to_json` wrote."""
        plain = ("created_at", "reason", "name", "epoch", "revision", "n_features", "n_missing")
        files = tuple(BackupFile(one["path"], one["sha256"], one["size_bytes"]) for one in body["files"])
        return cls(**{name: body[name] for name in plain}, files=files)


def read_manifest(backup: Path) -> Manifest:
    """Reads the manifest of a backup's folder.

    Raises:
        WorkspaceError: There is none, or it is not one.
        FormatVersionError: A newer version wrote it.
    """
    path = backup / MANIFEST_NAME
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise _no_backup(backup, f"{MANIFEST_NAME} > {MAX_MANIFEST_BYTES:,}")
        body = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _no_backup(backup, f"{MANIFEST_NAME} –") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _no_backup(backup, f"{MANIFEST_NAME}: {error}") from error
    found = body.get("format") if isinstance(body, dict) else None
    if isinstance(found, str) and found.startswith("gis-capture.backup/") and found != FORMAT:
        raise FormatVersionError(
            Text(
                f"控え「{backup}」の形式「{found[:60]}」は、この版では戻せません。GIS Capture を新しくしてください。",
                f'The backup "{backup}" has the format "{found[:60]}": update GIS Capture to restore it.',
            ),
            path=path,
            version=found,
        )
    from jsonschema import Draft202012Validator

    mistake = next(Draft202012Validator(schema("backup")).iter_errors(body), None)
    if mistake is not None:
        where = ".".join(map(str, mistake.path)) or "-"
        raise _no_backup(backup, f"{MANIFEST_NAME}: {where}: {mistake.message[:200]}")
    manifest = Manifest.from_json(body)
    odd = next((file.path for file in manifest.files if not is_plain(file.path)), None)
    if odd is not None:
        raise _no_backup(backup, f"{MANIFEST_NAME}: {odd[:200]}")
    return manifest


def is_plain(path: str) -> bool:
    """Whether a path stays inside the workspace, in a place that a backup holds, under names that Windows allows."""
    parts = path.split("/")
    if _FORBIDDEN.search(path) or any(part in ("", ".", "..") or part.endswith((" ", ".")) for part in parts):
        return False
    if parts[0] == "scans" and len(parts) == 3:
        return parts[1].endswith(".scan")
    if parts[0] in MAPS:
        return len(parts) == 2 and path.endswith((".json", ".pmtiles"))
    return path in ("layers.gpkg", PEOPLE, *OWN_FILES) or (len(parts) > 1 and parts[0] in (*SHARED, *OWN))


def _no_backup(backup: Path, reason: str) -> WorkspaceError:
    return WorkspaceError(
        Text(
            f"「{backup}」は控えとして使えません({reason})。「gis-capture backup --list」で控えを確かめてください。"
            "何も変わっていません。",
            f'"{backup}" is no backup that can be used ({reason}): "gis-capture backup --list" shows them.'
            " Nothing has changed.",
        ),
        path=backup,
    )
