"""Files that a power cut leaves either as they were or whole."""

import errno
import hashlib
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NO_ROOM_ERRORS = (errno.ENOSPC, errno.EDQUOT)
"""What the system says where a disk, or what somebody may use of it, is full."""
_BLOCK_BYTES = 1 << 20
_RETRY_S = 0.05
_LEAST_ROOM_BYTES = 65_536
"""SQLite needs about as much beside a file before it reads it."""


def replace_durably(written: Path, target: Path) -> None:
    """Gives a written file, or a folder of files, its name, and sees that both are on the disk.

    Raises:
        OSError: It cannot be moved there.
    """
    for file in sorted(filter(Path.is_file, written.rglob("*"))) if written.is_dir() else [written]:
        with file.open("rb+") as whole:
            os.fsync(whole.fileno())
    os.replace(written, target)
    # The name of a file is in its folder, and that of a new folder in the one above.
    for folder in (*([target] if target.is_dir() else []), target.parent, target.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        # Windows opens no folders; NTFS keeps names in its journal.
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_durably(source: Path, target: Path) -> str:
    """Copies a file to its place, whole or not at all, and reads it back; gives the SHA-256 of what stands there.

    Raises:
        OSError: It cannot be read or written, or what was read back is not what was written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reader, unfinished.open("wb") as writer:
            while block := reader.read(_BLOCK_BYTES):
                digest.update(block)
                writer.write(block)
            writer.flush()
            os.fsync(writer.fileno())
        if hash_of(unfinished) != digest.hexdigest():
            raise OSError(errno.EIO, "read back differs", str(target))
        replace_durably(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return digest.hexdigest()


def is_for_want_of_room(path: Path, error: Exception) -> bool:
    """Whether SQLite failed as the disk of a file is full: for a file beside it that it needs, it says "I/O error"."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code == sqlite3.SQLITE_FULL:
        return code is not None
    is_vague = code & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
    try:
        return is_vague and shutil.disk_usage(path.parent).free < _LEAST_ROOM_BYTES
    except OSError:
        return False


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def held(path: Path, *, n_tries: int = 1) -> Iterator[bool]:
    """Holds a file as the only one who does, also among processes; gives False where another holds it.

    The system lets go of it when the process ends, however it ends.

    Args:
        path: Of the file; it is made where there is none.
        n_tries: How often it is tried, every twentieth of a second: who only looks whether it is held lets go at once.
    """
    with path.open("a+b") as file:
        while not (is_ours := _lock(file)) and (n_tries := n_tries - 1) > 0:
            time.sleep(_RETRY_S)
        yield is_ours


def hold(path: Path) -> int:
    """Makes a file and holds it until its descriptor, which this gives, is closed or the process ends.

    Raises:
        OSError: Another process holds it, or it cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if not _lock(handle):
        os.close(handle)
        raise OSError(errno.EAGAIN, "held", str(path))
    return handle


def _lock(file: BinaryIO | int) -> bool:
    handle = file if isinstance(file, int) else file.fileno()
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
