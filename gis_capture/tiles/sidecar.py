"""Columns in a file that is mapped into memory: the next start is quick, and processes share one copy.

The file is a cache and no format: it is read only by the version that wrote it, and made anew from the store.
"""

import json
import mmap
import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from gis_capture.tiles.columns import ARRAYS, Columns

FORMAT = "gis-capture.tile-columns/3"
SUFFIX = ".columns"
_ALIGNMENT = 64
_HEAD = struct.Struct("<8sQQ")
_MAGIC = b"GISCOLS\n"


def write_sidecar(folder: Path, stem: str, columns: Columns, revision: int) -> Path:
    """Writes columns; the file gets its name, which tells the revision, when it is whole, and older ones are removed.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays, offset = [], 0
    for name in ARRAYS:
        array = getattr(columns, name)
        arrays.append({"name": name, "type": array.dtype.str, "shape": array.shape, "offset": offset})
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"names": columns.names, "n_shared": columns.n_shared, "arrays": arrays}).encode()
    start = -(-(_HEAD.size + len(header)) // _ALIGNMENT) * _ALIGNMENT
    path = folder / f"{stem}.{revision}{SUFFIX}"
    partial = folder / f"{path.name}.{os.getpid()}.part"
    try:
        with partial.open("wb") as file:
            file.write(_HEAD.pack(_MAGIC, len(header), start + offset) + header)
            for one in arrays:
                file.seek(start + one["offset"])
                file.write(memoryview(getattr(columns, one["name"])).cast("B") if one["shape"] != () else b"")
            file.truncate(start + offset)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    for other in folder.glob(f"{stem}.*{SUFFIX}"):
        if revision_of(other) < revision:
            # Windows keeps what another process has mapped; a later start removes it.
            with suppress(OSError):
                other.unlink()
    return path


def find_sidecar(folder: Path, stem: str, *, newest: int) -> Path | None:
    """Finds the file of the highest revision that the store has had, `newest` being its present one."""
    found = [path for path in folder.glob(f"{stem}.*{SUFFIX}") if 0 <= revision_of(path) <= newest]
    return max(found, key=revision_of, default=None)


def revision_of(path: Path) -> int:
    """The revision in a file's name; -1 where there is none."""
    number = path.name.removesuffix(SUFFIX).rpartition(".")[2]
    return int(number) if number.isdecimal() else -1


def read_sidecar(path: Path) -> Columns:
    """Maps a file; nothing is read before it is needed.

    Raises:
        ValueError: It is cut off, or something else.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise ValueError(f"{path}: cut off")
        magic, n_header, n_bytes = _HEAD.unpack(head)
        if magic != _MAGIC or path.stat().st_size != n_bytes:
            raise ValueError(f"{path}: not whole")
        header = json.loads(file.read(n_header))
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = -(-(_HEAD.size + n_header) // _ALIGNMENT) * _ALIGNMENT
    arrays: dict[str, Any] = {}
    for one in header["arrays"]:
        n_items = int(np.prod(one["shape"], dtype=np.int64))
        flat = np.frombuffer(whole, dtype=one["type"], count=n_items, offset=min(start + one["offset"], n_bytes - 1))
        arrays[one["name"]] = flat.reshape(one["shape"])
    return Columns(tuple(header["names"]), header["n_shared"], **arrays)
