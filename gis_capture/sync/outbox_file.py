"""The outbox of a tablet as a file: what comes by USB stick or cable when the network does not."""

import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from gis_capture.errors import SourceError, SyncError
from gis_capture.store.protocol import Store
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.messages import MAX_CHANGES
from gis_capture.sync.push import Clock, NewId, push
from gis_capture.text import Text

MAX_FILE_BYTES = 500_000_000
MAX_PHOTOS = 20_000
MAX_PHOTOS_BYTES = 50_000_000_000
_BLOCK_BYTES = 1 << 20
_MESSAGE = "push.json"
_PHOTO = re.compile(r"attachments/([0-9a-f]{64})")
# What reading an entry of a damaged, encrypted or odd ZIP raises.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Photos:
    """How many photos a file holds, and how many of those are here whole now."""

    n: int
    n_here: int


def push_file(store: Store, path: Path, *, clock: Clock, new_id: NewId) -> dict[str, Any]:
    """Pushes the changes of an outbox file (`gis-capture.push/v1`; JSON, gzip or ZIP), however many there are.

    The file is the message a tablet sends, so a file read twice, or after its changes came by network, adds nothing.

    Returns:
        `gis-capture.receipts/v1`, with the receipts of all changes.

    Raises:
        SourceError: The file is not there, too large or no outbox.
        SyncError: It is no push message, or of another epoch.
    """
    return push_parts(read_outbox(path), partial(push, store, clock=clock, new_id=new_id))


def push_parts(message: Any, take: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Pushes a message with however many changes in messages of as many as one may have; gives all receipts.

    Raises:
        SyncError: It is no push message, or of another epoch.
    """
    changes = message["changes"] if isinstance(message, dict) and isinstance(message.get("changes"), list) else []
    answers = [
        take({**message, "changes": changes[start : start + MAX_CHANGES]})
        for start in range(0, len(changes), MAX_CHANGES)
    ] or [take(message)]
    return {**answers[-1], "receipts": [receipt for answer in answers for receipt in answer["receipts"]]}


def take_photos(path: Path, folder: AttachmentFolder) -> Photos:
    """Takes the photos of an outbox file; one that is damaged or too large keeps none of the others out.

    Raises:
        SourceError: The ZIP is damaged, or holds more than any tablet does.
    """
    if not zipfile.is_zipfile(path):
        return Photos(0, 0)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {match[1]: entry for entry in archive.infolist() if (match := _PHOTO.fullmatch(entry.filename))}
            # No more is unpacked than an entry says it holds.
            if len(entries) > MAX_PHOTOS or sum(entry.file_size for entry in entries.values()) > MAX_PHOTOS_BYTES:
                raise _unreadable(path, f"> {MAX_PHOTOS:,} / {MAX_PHOTOS_BYTES:,} bytes")
            return Photos(len(entries), sum(_take(archive, entry, folder, name) for name, entry in entries.items()))
    except zipfile.BadZipFile as error:
        raise _unreadable(path, str(error)) from error


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: AttachmentFolder, sha256: str) -> bool:
    try:
        with archive.open(entry) as packed:
            return folder.receive(sha256, _blocks(packed), start=0, total=entry.file_size).is_whole
    except (SyncError, *_BROKEN):
        return False


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK_BYTES):
        yield block


def read_outbox(path: Path) -> Any:
    """Reads the message of an outbox file; whether it is one of a push is for who takes it.

    Raises:
        SourceError: The file is not there, too large or no outbox.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PK\x03\x04":
            with zipfile.ZipFile(path) as archive, archive.open(_MESSAGE) as packed:
                content = packed.read(MAX_FILE_BYTES + 1)
        else:
            with gzip.open(path) if magic[:2] == b"\x1f\x8b" else path.open("rb") as plain:
                content = plain.read(MAX_FILE_BYTES + 1)
        if len(content) <= MAX_FILE_BYTES:
            return json.loads(content)
    except (OSError, KeyError, *_BROKEN) as error:  # RecursionError is a RuntimeError
        raise _unreadable(path, str(error)) from error
    raise _unreadable(path, f"> {MAX_FILE_BYTES:,} bytes")


def _unreadable(path: Path, why: str) -> SourceError:
    return SourceError(
        Text(
            f"「{path}」は未送信データのファイルとして読めません({why})。タブレットでもう一度書き出してください。",
            f'"{path}" cannot be read as an outbox ({why}). Write it out again on the tablet.',
        ),
        path=path,
    )
