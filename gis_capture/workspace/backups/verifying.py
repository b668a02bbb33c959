"""Reads a backup from end to end and compares it with its manifest."""

from pathlib import Path

from gis_capture.durability import hash_of
from gis_capture.errors import StoreError, WorkspaceError
from gis_capture.store.geopackage.copies import check_copy
from gis_capture.text import Text
from gis_capture.workspace.backups.manifest import Manifest, read_manifest

MAX_NAMED = 5


def verify_backup(backup: Path) -> Manifest:
    """Compares every file with its hash, and looks into the copy of the store.

    Raises:
        WorkspaceError: It is no backup, or a file is missing or has changed.
        StoreError: The copy of the store is damaged.
        FormatVersionError: A newer version wrote it.
    """
    manifest = read_manifest(backup)
    wrong = [file.path for file in manifest.files if not _is_right(manifest.path_of(file, backup), file.sha256)]
    if "layers.gpkg" not in {file.path for file in manifest.files}:
        wrong.append("layers.gpkg")
    if wrong:
        names = "、".join(wrong[:MAX_NAMED]) + ("…" if len(wrong) > MAX_NAMED else "")
        raise WorkspaceError(
            Text(
                f"控え「{backup}」は欠けているか壊れています({len(wrong):,}ファイル: {names})。"
                "ほかの控えを使ってください。何も変わっていません。",
                f'The backup "{backup}" is incomplete or damaged ({len(wrong):,} files: {names}): use another one.'
                " Nothing has changed.",
            ),
            path=backup,
            code="backup_damaged",
        )
    found = check_copy(backup / "layers.gpkg")
    if (found.epoch, found.revision) != (manifest.epoch, manifest.revision):
        raise StoreError(
            Text(
                f"控え「{backup}」のレイヤーのファイルは、控えの記録と一致しません。ほかの控えを使ってください。",
                f'The store in the backup "{backup}" is not the one of its manifest: use another backup.',
            ),
            path=backup,
            code="backup_damaged",
        )
    return manifest


def _is_right(path: Path, sha256: str) -> bool:
    try:
        return hash_of(path) == sha256
    except OSError:
        return False
