"""Tells that nothing was committed to a GeoPackage since it was last asked, without asking SQLite (Linux).

All processes that have a database open share the index of its write-ahead log, a file "-shm" that SQLite maps into
memory. Its head, two copies of 48 bytes, is written by each commit as its last act and holds a counter of commits and
a checksum of the log (https://sqlite.org/walformat.html, section 2.1): as long as it is the same, so is what is read.
A question to SQLite costs as much as all else of a kept answer, the more so as it gives the interpreter's lock away.
"""

import ctypes
import os
import sys
import weakref
from pathlib import Path

_HALF_BYTES = 48
_MAPPED_BYTES = 4096
_MREMAP_MAYMOVE = 1
_FAILED = ctypes.c_void_p(-1).value


class LogHead:
    """The head of the log of a database that this process has read from.

    It is seen through a second mapping of the same memory. To open the file would be wrong: closing it again, as
    fcntl(2) says, would give up the locks that SQLite has on it in this process.

    Args:
        path: Of the database.
    """

    def __init__(self, path: Path) -> None:
        self._head = ctypes.create_string_buffer(0)
        address = _mapped(path.resolve()) if sys.platform == "linux" else None
        if address is not None:
            system = ctypes.CDLL(None)
            system.mremap.restype = ctypes.c_void_p
            system.mremap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
            system.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
            # Of a size of nothing, shared memory is not moved but mapped once more (mremap(2)).
            second = system.mremap(address, 0, _MAPPED_BYTES, _MREMAP_MAYMOVE)
            if second is not None and second != _FAILED:
                self._head = (ctypes.c_char * (2 * _HALF_BYTES)).from_address(second)
                # Not before the last one who reads it has let go of it.
                weakref.finalize(self, system.munmap, second, _MAPPED_BYTES).atexit = False

    def read(self) -> bytes:
        """The head; nothing where it cannot be told, or while somebody writes it."""
        head = self._head.raw
        return head if head[:_HALF_BYTES] == head[_HALF_BYTES:] else b""


def _mapped(path: Path) -> int | None:
    """Where SQLite has the beginning of the index of a log in memory."""
    try:
        lines = os.fsdecode(Path("/proc/self/maps").read_bytes()).split("\n")
    except OSError:
        return None
    for line in lines:
        if line.endswith(f" {path}-shm"):
            place, rights, offset, *_ = line.split()
            if rights.endswith("s") and int(offset, 16) == 0:
                return int(place.partition("-")[0], 16)
    return None
