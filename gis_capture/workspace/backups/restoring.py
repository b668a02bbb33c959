"""Restores a backup: nothing is touched before it was read from end to end, and what was there is put aside.

The order keeps a kill at any moment harmless: first photos, sources and maps are added to those that are there, then
the present state is put aside, then the store gets its name in one step. After a kill the command is given again.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gis_capture.durability import copy_durably, hash_of, replace_durably
from gis_capture.errors import CaptureError, WorkspaceError
from gis_capture.store.geopackage.copies import check_copy, release_file, renew_epoch
from gis_capture.text import Text
from gis_capture.workspace.backups.left_behind import LeftBehind, write_left_behind
from gis_capture.workspace.backups.making import write_manifest
from gis_capture.workspace.backups.manifest import (
    ASIDE_PREFIX,
    MANIFEST_NAME,
    MAPS,
    OWN,
    OWN_FILES,
    PEOPLE,
    SCANS,
    BackupFile,
    Manifest,
)
from gis_capture.workspace.backups.verifying import verify_backup
from gis_capture.workspace.folder import (
    FILE_NAME,
    STORE_NAME,
    make_folders,
    read_folder,
    refuse_strangers,
    write_store_place,
)

STAGE = ".restoring"
JOURNALS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        aside: Where the state before it is; None for a new workspace.
        left_behind: Changes of the state before that the backup does not hold, as files to take in again.
    """

    manifest: Manifest
    epoch: str
    aside: Path | None
    left_behind: LeftBehind


def restore(backup: Path, path: Path, *, at: str, new_id: Callable[[], str]) -> Restored:
    """Brings a backup into a workspace, or makes one of it in a new or empty folder.

    People are brought where there are none. The store gets a new epoch, so that tablets which knew another state bring
    theirs up to it and push again.

    Args:
        backup: The folder of the backup.
        path: The workspace.
        at: The time, UTC "…Z".
        new_id: Gives a fresh UUID.

    Raises:
        WorkspaceError: The backup is damaged or incomplete, the folder holds something else, or there is no room.
        StoreError: The backup's store is damaged, or the workspace is being served; nothing has changed then.
    """
    manifest = verify_backup(backup)
    refuse_strangers(path, allowed=(FILE_NAME, STORE_NAME, *(STORE_NAME + suffix for suffix in JOURNALS), STAGE))
    store_path = path / STORE_NAME
    is_sound = release_file(store_path) if store_path.is_file() else True
    epoch = new_id()
    try:
        make_folders(path)
        missing = [file for file in manifest.files if not (file.is_shared and _is_there(path, file))]
        _demand_room(path, sum(file.size_bytes for file in missing))
        stage = path / STAGE
        shutil.rmtree(stage, ignore_errors=True)
        for file in missing:
            root = path if file.is_shared else stage
            _bring(manifest.path_of(file, backup), root.joinpath(*file.path.split("/")), file)
        renew_epoch(stage / STORE_NAME, epoch)
        aside, left_behind = None, LeftBehind()
        if store_path.is_file() or (path / FILE_NAME).is_file():
            aside = _put_aside(path, manifest, at=at, is_sound=is_sound)
            if (aside / MANIFEST_NAME).is_file():
                left_behind = write_left_behind(aside, stage / STORE_NAME, at=at)
        _put_in_place(path, stage)
        if read_folder(path, {}).store != STORE_NAME:
            # The backup of a database is a file; the database stays as it was.
            write_store_place(path, STORE_NAME)
    except OSError as error:
        raise _not_restored(path, error) from error
    return Restored(manifest, epoch, aside, left_behind)


def _is_there(path: Path, file: BackupFile) -> bool:
    present = path.joinpath(*file.path.split("/"))
    return present.is_file() and present.stat().st_size == file.size_bytes and hash_of(present) == file.sha256


def _bring(source: Path, target: Path, file: BackupFile) -> None:
    if copy_durably(source, target) != file.sha256:
        raise OSError(f"{file.path}: SHA-256")


def _demand_room(path: Path, n_bytes: int) -> None:
    free = shutil.disk_usage(path).free
    if free < n_bytes:
        raise WorkspaceError(
            Text(
                f"「{path}」の空き容量が足りません(必要 {n_bytes:,} バイト、空き {free:,} バイト)。"
                "何も変わっていません。",
                f'"{path}" has no room: {n_bytes:,} bytes are needed, {free:,} are free. Nothing has changed.',
            ),
            path=path,
        )


def _put_aside(path: Path, restored: Manifest, *, at: str, is_sound: bool) -> Path:
    """Keeps store, definitions and settings as they are now, in the form of a backup without photos."""
    stamp = ASIDE_PREFIX + at.replace(":", "").replace("-", "")
    names = (stamp + (f"-{n}" if n > 1 else "") for n in range(1, 10_000))
    aside = next(free for name in names if not (free := path / "backups" / name).exists())
    aside.mkdir(parents=True)
    kept = [path / name for name in OWN_FILES]
    kept += sorted(file for name in OWN for file in (path / name).rglob("*") if file.is_file())
    kept += sorted(file for name in MAPS for file in (path / name).glob("*.json"))
    kept += sorted(path.glob(SCANS))
    kept += [path / (STORE_NAME + suffix) for suffix in ("", *JOURNALS)]
    files = []
    for file in kept:
        if file.is_file():
            name = file.relative_to(path).as_posix()
            files.append(BackupFile(name, copy_durably(file, aside.joinpath(*name.split("/"))), file.stat().st_size))
    if is_sound and (aside / STORE_NAME).is_file():
        # A store that is damaged is kept as well, but not as a backup to restore.
        try:
            found = check_copy(aside / STORE_NAME)
        except CaptureError:
            return aside
        whole = replace(restored, created_at=at, reason="before_restore", n_missing=0, files=tuple(files))
        about = {"epoch": found.epoch, "revision": found.revision, "n_features": found.n_features}
        write_manifest(replace(whole, **about), aside)  # type: ignore[arg-type]
    return aside


def _put_in_place(path: Path, stage: Path) -> None:
    """Gives the restored files their names, the store first, which is one step."""
    for suffix in JOURNALS:
        # Those of the old store would be read into the new one; they are put aside with it.
        (path / (STORE_NAME + suffix)).unlink(missing_ok=True)
    replace_durably(stage / STORE_NAME, path / STORE_NAME)
    for name in OWN:
        shutil.rmtree(path / name, ignore_errors=True)
        if (stage / name).is_dir():
            os.replace(stage / name, path / name)
        (path / name).mkdir(exist_ok=True)
    if (stage / PEOPLE).is_file() and not (path / PEOPLE).exists():
        # Whose account or tablet was revoked since must not come back, and what was done since stays on record.
        (stage / PEOPLE).chmod(0o600)
        replace_durably(stage / PEOPLE, path / PEOPLE)
    for name in MAPS:
        # Maps that the backup has not got stay.
        for card in (stage / name).glob("*.json"):
            replace_durably(card, path / name / card.name)
    for scan in (stage / "scans").glob("*.scan"):
        shutil.rmtree(path / "scans" / scan.name, ignore_errors=True)
        os.replace(scan, path / "scans" / scan.name)
    # That of the workspace last, as it makes a workspace of a new folder.
    for name in reversed(OWN_FILES):
        if (stage / name).is_file():
            replace_durably(stage / name, path / name)
    shutil.rmtree(stage, ignore_errors=True)


def _not_restored(path: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        Text(
            f"「{path}」に戻せませんでした({error.strerror or error})。空き容量と、書き込めるかを確かめて、"
            "もう一度お試しください。今のデータは残っています。",
            f'Could not restore into "{path}" ({error.strerror or error}): check free space and whether you may write'
            " there, then try again. The present data is still there.",
        ),
        path=path,
    )
