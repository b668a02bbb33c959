"""What `gis-capture doctor` looks at in a workspace besides its layers."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gis_capture.errors import CaptureError
from gis_capture.text import Text
from gis_capture.times import in_japan

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

LEAST_FREE_BYTES = 1_000_000_000
"""A disk with less is nearly full."""
_CLOCK_TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `is_good` None = only told."""

    subject: Text
    words: Text
    is_good: bool | None = None


def look_at(workspace: "Workspace") -> Iterator[Finding]:
    """Looks at settings, disk, people, audit, file modes and clock."""
    yield _settings(workspace)
    yield _disk(workspace)
    yield from _people(workspace)
    if os.name == "posix":
        yield _modes(workspace)
    yield _clock(workspace)


def _settings(workspace: "Workspace") -> Finding:
    """Wrong ones keep a workspace from being opened; here it is told which were changed."""
    from gis_capture.settings import SETTINGS

    changed = [
        f"{one.name} = {value}" for one in SETTINGS if (value := getattr(workspace.settings, one.name)) != one.default
    ]
    words = Text("、".join(changed), ", ".join(changed)) if changed else Text("すべて既定", "all as they come")
    return Finding(Text("設定", "Settings"), words, True)


def _disk(workspace: "Workspace") -> Finding:
    free, subject = shutil.disk_usage(workspace.path).free, Text("空き容量", "Free disk space")
    store = workspace.folder.store_path
    # A backup on the same disk, and the copy that an update puts aside, each take as much as the layers.
    needed = max(LEAST_FREE_BYTES, 2 * store.stat().st_size if store.is_file() else 0)
    size = f"{free / 1e9:,.1f} GB"
    if free >= needed:
        return Finding(subject, Text(size, size), True)
    least = f"{needed / 1e9:,.1f} GB"
    words = Text(f"{size}。{least} 以上空けてください。", f"{size}: make room for {least}")
    return Finding(subject, words, False)


def _people(workspace: "Workspace") -> Iterator[Finding]:
    subject, audit = Text("利用者", "People"), Text("操作の記録", "Account of what was done")
    try:
        if not workspace.has_people or not workspace.people.has_accounts():
            words = Text(
                "管理者がまだいません。サーバーのパソコンの画面だけが使えます。",
                "no administrator yet: only the own screen",
            )
            yield Finding(subject, words)
            return
        accounts = workspace.people.accounts.all()
        n_admins = sum(one.role.word == "admin" for one in accounts)
        words = Text(f"{len(accounts)} 人(管理者 {n_admins} 人)", f"{len(accounts)} ({n_admins} administrators)")
        yield Finding(subject, words, n_admins > 0)
        verdict = workspace.people.audit.verify()
    except CaptureError as error:
        yield Finding(subject, error.message, False)
        return
    if verdict.is_whole:
        yield Finding(audit, Text(f"{verdict.n_lines:,} 行、改ざんなし", f"{verdict.n_lines:,} lines, unchanged"), True)
    else:
        words = Text(
            f"{verdict.broken_at:,} 行目から書き換えられています。", f"changed from line {verdict.broken_at:,} on"
        )
        yield Finding(audit, words, False)


def _modes(workspace: "Workspace") -> Finding:
    """The folder itself keeps others out, as do the backups; secrets keep out the group as well."""
    subject, folder = Text("ファイルの権限", "File modes"), workspace.folder
    backups, closed = workspace.backups_dir, [folder.path]
    # Elsewhere each folder in it keeps others out by itself: the one that holds them may be a share of many.
    if backups.is_dir() and not backups.is_relative_to(folder.path) and backups.stat().st_mode & 0o007:
        closed += sorted(path for path in backups.iterdir() if path.is_dir())
    open_paths = [path for path in closed if path.stat().st_mode & 0o007]
    secret = [folder.secrets_dir, *folder.secrets_dir.rglob("*.key"), *folder.secrets_dir.glob("people.sqlite*")]
    open_paths += [path for path in secret if path.exists() and path.stat().st_mode & 0o077]
    if not open_paths:
        return Finding(subject, Text("ほかの人は読めません", "closed to others"), True)
    path = open_paths[0]
    bits = "go-rwx" if path in secret else "o-rwx"
    words = Text(f"ほかの人も読めます: chmod {bits} {path}", f"others may read it: chmod {bits} {path}")
    return Finding(subject, words, False)


def _clock(workspace: "Workspace") -> Finding:
    """A clock that stands before what was written last is wrong, or was then."""
    subject, now = Text("時計", "Clock"), workspace.clock()
    revision = workspace.store.revision()
    known = workspace.store.revisions([revision]).get(revision) if revision else None
    is_behind = known is not None and datetime.fromisoformat(known.at) > datetime.fromisoformat(now) + _CLOCK_TOLERANCE
    at = in_japan(now)
    if not is_behind:
        return Finding(subject, Text(at, at), True)
    last = in_japan(known.at) if known else ""
    words = Text(f"{at}。最後の変更({last})より前です。", f"{at}, before the last change ({last}): set it")
    return Finding(subject, words, False)
