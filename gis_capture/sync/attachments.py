"""Photos and files of features: known by their SHA-256, uploaded piece by piece, visible only when whole.

    <folder>/ab/cdef…          a whole attachment whose bytes have the hash abcdef…
    <folder>/parts/abcdef….part  the first bytes of one that is on its way

A piece is written at its own offset, so that a piece that comes twice, or from two tablets at once, does no harm.
Each block of it is written under a lock of its photo, among processes as well, and none while the network is waited
for.
The files alone say what is here; the store says what changes have named.
"""

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO
from weakref import WeakValueDictionary

from gis_capture.durability import held, replace_durably
from gis_capture.store.protocol import Store
from gis_capture.sync import codes

MAX_BYTES = 50_000_000
_BLOCK_BYTES = 1 << 20
_LOCK_TRIES = 600
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAGIC = ((0, b"\xff\xd8\xff", "image/jpeg"), (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"%PDF-", "application/pdf"))
_LOCKS: WeakValueDictionary[Path, Lock] = WeakValueDictionary()
_LOCKS_LOCK = Lock()
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class Received:
    """How far an upload has come: bytes that are here, whether they are all, and whether the last of them came now."""

    offset: int
    is_whole: bool
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class AttachmentFolder:
    """The folder of all attachments; `max_bytes` bounds one of them."""

    folder: Path
    max_bytes: int = MAX_BYTES

    def path(self, sha256: str) -> Path:
        """Where the bytes are or will be.

        Raises:
            SyncError: No SHA-256 in lower-case hex.
        """
        if not _SHA256.fullmatch(sha256):
            raise codes.error(codes.HASH_INVALID, value=sha256)
        return self.folder / sha256[:2] / sha256[2:]

    def is_here(self, sha256: str) -> bool:
        """Whether the attachment is whole."""
        return self.path(sha256).is_file()

    def offset(self, sha256: str) -> int:
        """How many bytes are here, of a whole attachment or of its beginning."""
        for path in (self.path(sha256), self._part(sha256)):
            if path.is_file():
                return path.stat().st_size
        return 0

    def open(self, sha256: str) -> BinaryIO:
        """Opens a whole attachment.

        Raises:
            SyncError: It is not here.
        """
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise codes.error(codes.ATTACHMENT_UNKNOWN, value=sha256) from error

    def media_type(self, sha256: str) -> str:
        """What the bytes of a whole attachment are, judged by themselves."""
        with self.open(sha256) as file:
            return sniff_media_type(file.read(32))

    def receive(self, sha256: str, pieces: Iterable[bytes], *, start: int, total: int) -> Received:
        """Takes the bytes from `start` on of an attachment of `total` bytes; fewer than announced are kept as well.

        A piece that leaves a gap is not taken; the answer says from where to send.

        Raises:
            SyncError: Too large; the whole has another hash, and is dropped then; or more than `total` bytes are here.
        """
        if total > self.max_bytes:
            raise self._too_large(total)
        part = self._part(sha256)
        end = start
        # The empty piece looks at what is here before the first one is waited for.
        for piece in chain([b""], pieces):
            with self._alone(sha256):
                if self.is_here(sha256):
                    return Received(self.offset(sha256), is_whole=True)
                n_bytes = self.offset(sha256)
                if n_bytes > total:
                    raise codes.error(codes.ATTACHMENT_SIZE_DIFFERS, n_bytes=n_bytes, total=total)
                if not 0 <= end <= n_bytes:
                    return Received(n_bytes, is_whole=False)
                if end + len(piece) > total:
                    raise self._too_large(end + len(piece))
                _write(part, piece, start=end)
                end += len(piece)
        with self._alone(sha256):
            is_new = not self.is_here(sha256) and self.offset(sha256) == total
            if is_new:
                self._finish(sha256, part)
            return Received(self.offset(sha256), is_whole=self.is_here(sha256), is_new=is_new)

    def _finish(self, sha256: str, part: Path) -> None:
        """Makes a part visible if its bytes are what its name says; else it goes, so that the upload begins anew."""
        digest = hashlib.sha256()
        with part.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
        if digest.hexdigest() != sha256:
            part.unlink(missing_ok=True)
            raise codes.error(codes.HASH_MISMATCH)
        whole = self.path(sha256)
        whole.parent.mkdir(exist_ok=True)
        replace_durably(part, whole)

    @contextmanager
    def _alone(self, sha256: str) -> Iterator[None]:
        """Keeps other threads, and other processes, from writing the photo meanwhile."""
        parts = self.folder / "parts"
        parts.mkdir(parents=True, exist_ok=True)
        with _lock_of(self.path(sha256)), held(parts / f"{sha256[:2]}.lock", n_tries=_LOCK_TRIES) as is_ours:
            if not is_ours:
                raise OSError(errno.EAGAIN, "held", str(parts))
            yield

    def _part(self, sha256: str) -> Path:
        self.path(sha256)
        return self.folder / "parts" / f"{sha256}.part"

    def _too_large(self, n_bytes: int) -> Exception:
        size_mb, limit_mb = (round(n / 1e6, 1) for n in (n_bytes, self.max_bytes))
        return codes.error(codes.ATTACHMENT_TOO_LARGE, size_mb=size_mb, limit_mb=limit_mb)


def _lock_of(path: Path) -> Lock:
    """The lock of one photo, for as long as somebody holds it."""
    with _LOCKS_LOCK:
        return _LOCKS.setdefault(path, Lock())


def _write(part: Path, piece: bytes, *, start: int) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644), "r+b") as file:
        file.seek(start)
        file.write(piece)


def list_missing(store: Store, folder: AttachmentFolder) -> list[dict[str, Any]]:
    """Gives the attachments that changes name and whose bytes have not come whole, with how many have.

    Returns:
        `{"sha256", "name", "size_bytes", …, "change_id", "layer", "feature_id", "n_bytes_here"}` each.
    """
    with store.snapshot() as snapshot:
        return [
            {
                **named.attachment.to_json(),
                "change_id": named.change_id,
                "layer": named.layer,
                "feature_id": named.feature_id,
                "n_bytes_here": folder.offset(named.attachment.sha256),
            }
            for named in snapshot.sync.named_attachments()
            if not folder.is_here(named.attachment.sha256)
        ]


def sniff_media_type(head: bytes) -> str:
    """Tells photos and PDF by their first 32 bytes; all else is bytes that a browser must not show."""
    for offset, magic, media_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heic"
    return "application/octet-stream"
