"""Photos and parts of photos that no change ever named: found, and taken away when they are old enough.

Everything that may name one is looked at: features now and in the past, every body that came (stored, held, rejected,
under another's id), conflict records. What is in doubt stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.store.protocol import Author, Reader, Store
from gis_capture.store.sync_records import SyncReader
from gis_capture.sync.attachments import AttachmentFolder

_HASH = re.compile(r"[0-9a-f]{64}")
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Unused:
    """A file that nothing names; `is_part` = its upload was never finished."""

    path: Path
    sha256: str
    size_bytes: int
    age_days: float
    is_part: bool


def find_unused(store: Store, folder: AttachmentFolder, *, now_s: float, older_than_days: float) -> list[Unused]:
    """Gives the files that nothing names and that have been here for so many days, in the order of their names."""
    with store.snapshot() as moment:
        return _unused(moment, moment.sync, folder, now_s, older_than_days)


def remove_unused(
    store: Store, folder: AttachmentFolder, *, now_s: float, older_than_days: float, at: str
) -> list[Unused]:
    """Removes these files, with their small pictures, and gives what went; no push comes in between."""
    # The writer is held, so that what was just looked at cannot be named meanwhile; nothing is written.
    with store.transact(Author("office"), at=at) as transaction:
        found = _unused(transaction, transaction.sync, folder, now_s, older_than_days)
        for one in found:
            one.path.unlink(missing_ok=True)
            for picture in (folder.folder / "thumbnails").glob(f"*/{one.sha256}.jpg"):
                picture.unlink(missing_ok=True)
    return found


def _unused(
    reader: Reader, sync: SyncReader, folder: AttachmentFolder, now_s: float, older_than_days: float
) -> list[Unused]:
    old = [one for one in _files(folder, now_s) if one.age_days >= older_than_days]
    if not old:
        return []
    candidates = {one.sha256 for one in old}
    for named in _named(reader, sync):
        candidates.discard(named)
        if not candidates:
            break
    return [one for one in old if one.sha256 in candidates]


def _files(folder: AttachmentFolder, now_s: float) -> Iterator[Unused]:
    for path in sorted(folder.folder.glob("??/*")):
        if path.is_file() and _HASH.fullmatch(sha256 := path.parent.name + path.name):
            yield _unused_file(path, sha256, now_s, is_part=False)
    for path in sorted((folder.folder / "parts").glob("*.part")):
        if _HASH.fullmatch(path.stem):
            yield _unused_file(path, path.stem, now_s, is_part=True)


def _unused_file(path: Path, sha256: str, now_s: float, *, is_part: bool) -> Unused:
    about = path.stat()
    return Unused(path, sha256, about.st_size, (now_s - about.st_mtime) / DAY_S, is_part)


def _named(reader: Reader, sync: SyncReader) -> Iterator[str]:
    """Everything in the store that looks like a SHA-256, wherever it stands."""
    yield from (named.attachment.sha256 for named in sync.named_attachments())
    yield from reader.attachment_hashes()
    for pushed in sync.changes():
        yield from _hashes(pushed.body)
    for pushed in sync.other_bodies():
        yield from _hashes(pushed.body)
    for _, conflict in sync.conflicts():
        yield from _hashes(conflict.to_json())


def _hashes(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        match stack.pop():
            case str() as text:
                yield from _HASH.findall(text.lower())
            case dict() as members:
                stack += [*members.keys(), *members.values()]
            case list() | tuple() as items:
                stack += items
