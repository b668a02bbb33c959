"""Makes a backup of a workspace while it is served: the store first, then what the store names."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gis_capture.durability import copy_durably, hash_of, held, replace_durably
from gis_capture.errors import WorkspaceError
from gis_capture.model import Problem
from gis_capture.store.geopackage.copies import check_copy
from gis_capture.store.protocol import Store
from gis_capture.sync.attachments import AttachmentFolder, list_missing
from gis_capture.text import Text
from gis_capture.workspace.backups.listing import UNFINISHED, BackupListing, list_backups, remove_old
from gis_capture.workspace.backups.manifest import (
    MANIFEST_NAME,
    MAPS,
    OWN,
    OWN_FILES,
    PEOPLE,
    SCANS,
    SHARED,
    BackupFile,
    Manifest,
    is_plain,
)
from gis_capture.workspace.folder import STORE_NAME, Folder

PASSING = ("parts", "thumbnails")
"""Folders among the photos that hold nothing to keep."""
PHOTO_DAMAGED = "photo_damaged"
"""The bytes of a photo are not those of its name; it is left out of the backup."""
MAP_DAMAGED = "map_damaged"
"""The bytes of a base map, scan or photograph are not those of its name; it is left out of the backup."""
FILE_NOT_KEPT = "file_not_kept"
"""A file has a name that cannot be restored everywhere; it is left out of the backup."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and read back."""

    path: Path
    manifest: Manifest
    n_removed: int
    problems: tuple[Problem, ...] = ()


def back_up(
    folder: Folder, store: Store, target: Path, *, at: str, keep: int, people: Callable[[Path], None] | None = None
) -> Backup:
    """Makes a backup in a folder of its own below `target`, which may hold others; the server goes on meanwhile.

    Each file is read back after it was written, and the copy of the store is checked. Photos and sources that `target`
    has from an earlier backup are not copied again. It gets its name only when it is whole.

    Args:
        folder: The workspace.
        store: Its store.
        target: Where backups are; made when it is not there.
        at: The time, UTC "…Z".
        keep: How many backups stay in `target`; 0 = all.
        people: Writes a copy of the file of people; None where there is none.

    Raises:
        WorkspaceError: Another backup is being made there, or it cannot be written.
        StoreError: The store cannot be copied, or its copy is damaged.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        with held(target / ".lock") as is_held:
            if not is_held:
                raise _is_busy(target)
            return _back_up(folder, store, target, at=at, keep=keep, people=people)
    except WorkspaceError:
        raise
    except OSError as error:
        raise _not_written(target, error) from error


def _back_up(
    folder: Folder, store: Store, target: Path, *, at: str, keep: int, people: Callable[[Path], None] | None
) -> Backup:
    path = _free_name(target, at.replace(":", "").replace("-", "").split(".")[0])
    unfinished = path.with_name(path.name + UNFINISHED)
    unfinished.mkdir(mode=0o700)
    problems: list[Problem] = []
    try:
        # What the copy names was written before it, and nothing that a change names is ever removed.
        store.backup_to(unfinished / STORE_NAME)
        found = check_copy(unfinished / STORE_NAME)
        files = [_described(unfinished / STORE_NAME, STORE_NAME)]
        last = _newest(target)
        files += _copy_own(folder, unfinished, problems, last)
        if people is not None:
            (unfinished / PEOPLE).parent.mkdir(mode=0o700)
            people(unfinished / PEOPLE)
            files.append(_described(unfinished / PEOPLE, PEOPLE))
        files += _copy_shared(folder, target, problems, last)
        missing = list_missing(store, AttachmentFolder(target / "attachments"))
        n_missing = len({one["sha256"] for one in missing})
        manifest = Manifest(
            at, "asked", folder.name, found.epoch, found.revision, found.n_features, n_missing, tuple(files)
        )
        write_manifest(manifest, unfinished)
        replace_durably(unfinished, path)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Backup(path, manifest, remove_old(target, keep=keep), tuple(problems))


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Writes a manifest, whole or not at all."""
    written = folder / f"{MANIFEST_NAME}.part"
    written.write_text(json.dumps(manifest.to_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    replace_durably(written, folder / MANIFEST_NAME)


def _free_name(target: Path, stamp: str) -> Path:
    names = (f"{stamp}{f'-{n}' if n > 1 else ''}" for n in range(1, 10_000))
    return next(path for name in names if not (path := target / name).exists())


def _copy_own(
    folder: Folder, unfinished: Path, problems: list[Problem], last: BackupListing | None
) -> Iterator[BackupFile]:
    """Copies what each backup has of its own."""
    own = [path for name in OWN_FILES if (path := folder.path / name).is_file()]
    own += [path for name in OWN for path in _files_below(folder.path / name)]
    own += [path for name in MAPS for path in sorted((folder.path / name).glob("*.json"))]
    own += [path for path in sorted(folder.path.glob(SCANS)) if path.is_file() and not path.name.endswith(".new")]
    for path in own:
        name = path.relative_to(folder.path).as_posix()
        if not is_plain(name):
            problems.append(_left_out(FILE_NOT_KEPT, name))
            continue
        target = unfinished.joinpath(*name.split("/"))
        # A scan may go meanwhile, as its page takes it away.
        with suppress(FileNotFoundError):
            _copy(path, target, last.path.joinpath(*name.split("/")) if last else None)
            yield _described(target, name)


def _copy(path: Path, target: Path, earlier: Path | None) -> None:
    """Copies a file, or links to the copy that the last backup has of the same bytes: pictures are large."""
    with suppress(OSError):
        is_same = earlier and earlier.stat().st_size == path.stat().st_size and hash_of(earlier) == hash_of(path)
        if earlier and is_same:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(earlier, target)
            return
    copy_durably(path, target)


def _copy_shared(
    folder: Folder, target: Path, problems: list[Problem], last: BackupListing | None
) -> Iterator[BackupFile]:
    """Brings photos, sources and maps to where backups share them; what an earlier one brought is not read again."""
    known = {file.path: file for file in last.manifest.files} if last and last.manifest else {}
    for name in SHARED:
        if (folder.path / name).is_dir():
            _close(target / name)
    maps = (path for name in MAPS for path in sorted((folder.path / name).glob("*.pmtiles")))
    for path in (*_files_below(folder.attachments_dir), *_files_below(folder.sources_dir), *maps):
        name = path.relative_to(folder.path).as_posix()
        parts = name.split("/")
        if parts[1] in PASSING or parts[1].startswith("unfinished-") or name.endswith(".part"):
            continue
        if not is_plain(name):
            problems.append(_left_out(FILE_NOT_KEPT, name))
            continue
        kept, earlier = target.joinpath(*parts), known.get(name)
        # One that was removed meanwhile was never named by a change.
        with suppress(FileNotFoundError):
            size_bytes = path.stat().st_size
            if earlier is None or not kept.is_file() or kept.stat().st_size != size_bytes:
                earlier = BackupFile(name, _bring(path, kept), size_bytes)
            if parts[0] != "sources" and not "".join(parts[1:]).removesuffix(".pmtiles").endswith(earlier.sha256):
                problems.append(_left_out(MAP_DAMAGED if parts[0] in MAPS else PHOTO_DAMAGED, name))
                kept.unlink(missing_ok=True)
                continue
            yield earlier


def _newest(target: Path) -> BackupListing | None:
    """The newest whole backup that is there."""
    return next((one for one in list_backups(target) if one.manifest and one.manifest.reason == "asked"), None)


def _close(folder: Path) -> None:
    """Keeps everybody else out of a folder, which may be one of an earlier version; some disks know no modes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(OSError):
        folder.chmod(0o700)


def _bring(path: Path, kept: Path) -> str:
    """Brings a file, by a link on the same disk, as its bytes never change; gives the SHA-256 of what is there then."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        kept.unlink(missing_ok=True)
        os.link(path, kept)
    except FileNotFoundError:
        raise
    except OSError:
        return copy_durably(path, kept)
    return hash_of(kept)


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _described(path: Path, name: str) -> BackupFile:
    return BackupFile(name, hash_of(path), path.stat().st_size)


def _left_out(code: str, name: str) -> Problem:
    if code == PHOTO_DAMAGED:
        words = Text(f"写真「{name}」は壊れていて、控えに入れられません。", f'The photo "{name}" is damaged.')
        return Problem(code, "error", words, Text("前の控えから戻してください。", "Restore it from an older backup."))
    if code == MAP_DAMAGED:
        words = Text(f"地図「{name}」は壊れていて、控えに入れられません。", f'The map "{name}" is damaged.')
        return Problem(code, "error", words, Text("もう一度取り込んでください。", "Take it in once more."))
    words = Text(f"「{name}」は控えに入れられない名前です。", f'"{name}" has a name that a backup cannot hold.')
    return Problem(code, "warning", words, Text("名前を変えてください。", "Rename it."))


def _is_busy(target: Path) -> WorkspaceError:
    return WorkspaceError(
        Text(
            f"「{target}」では別の控えを作っている途中です。終わってから、もう一度お試しください。",
            f'Another backup is being made in "{target}": try again when it is done.',
        ),
        path=target,
    )


def _not_written(target: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        Text(
            f"「{target}」に控えを作れません({error.strerror or error})。空き容量と、書き込めるかを確かめてください。"
            "前の控えはそのままです。",
            f'Cannot make a backup in "{target}" ({error.strerror or error}): check free space and whether you may'
            " write there. Older backups are untouched.",
        ),
        path=target,
    )
