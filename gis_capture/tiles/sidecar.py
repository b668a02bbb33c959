"""Columns in a file that is mapped into memory: the next start is quick, and processes share one copy.

The file is a cache and no format: it is read only by the version that wrote it, and made anew from the store.
"""

import json
import math
import mmap
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gis_capture.tiles.columns import ARRAYS, Array, Columns

FORMAT = "gis-capture.tile-columns/4"
SUFFIX = ".columns"
_ALIGNMENT = 64
_HEAD = struct.Struct("<8sQQ")
_MAGIC = b"GISCOLS\n"


@contextmanager
def sidecar_file(folder: Path, stem: str, revision: int) -> Iterator[BinaryIO]:
    """Opens a file to write columns to; it gets its name, which tells the revision, when it is whole.

    Older ones are removed then. What an error leaves unfinished is gone.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = sidecar_path(folder, stem, revision)
    partial = folder / f"{path.name}.{os.getpid()}.part"
    try:
        with partial.open("w+b") as file:
            yield file
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


def sidecar_path(folder: Path, stem: str, revision: int) -> Path:
    """Where columns of a revision are kept."""
    return folder / f"{stem}.{revision}{SUFFIX}"


class ColumnsWriter:
    """Writes columns to a file whose arrays are known by their sizes, in any order and piece by piece.

    Args:
        file: Empty; open for reading and writing.
        names: Of the attributes.
        n_shared: As `Columns` has it.
        shapes: Of the arrays, by name.

    Raises:
        OSError: The disk is full.
    """

    def __init__(
        self, file: BinaryIO, names: Sequence[str], n_shared: int, shapes: Mapping[str, tuple[int, ...]]
    ) -> None:
        self._file, offset = file, 0
        arrays, offsets = [], dict[str, int]()
        for name, kind in ARRAYS.items():
            arrays.append({"name": name, "shape": shapes[name], "offset": offset})
            offsets[name] = offset
            offset += -(-math.prod(shapes[name]) * kind.itemsize // _ALIGNMENT) * _ALIGNMENT
        header = json.dumps({"names": names, "n_shared": n_shared, "arrays": arrays}).encode()
        start = _start_of(len(header))
        file.write(_HEAD.pack(_MAGIC, len(header), start + offset) + header)
        file.truncate(start + offset)
        self._places = {name: start + offset for name, offset in offsets.items()}

    def put(self, name: str, array: Array, *, at: int = 0) -> None:
        """Writes some of an array, from its item `at`; its rows lie one after the other."""
        kind = ARRAYS[name]
        self._file.seek(self._places[name] + at * kind.itemsize)
        self._file.write(np.ascontiguousarray(array, dtype=kind).data.cast("B") if array.size else b"")


def write_columns(file: BinaryIO, columns: Columns) -> None:
    """Writes columns to an empty file.

    Raises:
        OSError: The disk is full.
    """
    arrays = {name: getattr(columns, name) for name in ARRAYS}
    writer = ColumnsWriter(file, columns.names, columns.n_shared, {name: one.shape for name, one in arrays.items()})
    for name, array in arrays.items():
        writer.put(name, array)


def find_sidecar(folder: Path, stem: str, *, newest: int) -> Path | None:
    """Finds the file of the highest revision that the store has had, `newest` being its present one."""
    found = [path for path in folder.glob(f"{stem}.*{SUFFIX}") if 0 <= revision_of(path) <= newest]
    return max(found, key=revision_of, default=None)


def revision_of(path: Path) -> int:
    """The revision in a file's name; -1 where there is none."""
    number = path.name.removesuffix(SUFFIX).rpartition(".")[2]
    return int(number) if number.isdecimal() else -1


class ColumnsReader:
    """Reads parts of columns from a file, which stays open.

    Raises:
        ValueError: It is cut off, or something else.
        OSError: It cannot be read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.seek(0)
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise ValueError("cut off")
        magic, n_header, self.n_bytes = _HEAD.unpack(head)
        if magic != _MAGIC or os.fstat(file.fileno()).st_size != self.n_bytes:
            raise ValueError("not whole")
        header = json.loads(file.read(n_header))
        start = _start_of(n_header)
        self.names, self.n_shared = tuple(header["names"]), int(header["n_shared"])
        self.shapes = {one["name"]: tuple(one["shape"]) for one in header["arrays"]}
        self.places = {one["name"]: start + one["offset"] for one in header["arrays"]}

    def read(self, name: str, first: int, end: int) -> Array:
        """Some items of an array, whose rows lie one after the other."""
        kind = ARRAYS[name]
        self._file.seek(self.places[name] + first * kind.itemsize)
        return np.frombuffer(self._file.read((end - first) * kind.itemsize), dtype=kind)


def read_columns(file: BinaryIO) -> Columns:
    """Maps a file, which may be closed then; nothing is read before it is needed.

    Raises:
        ValueError: It is cut off, or something else.
        OSError: It cannot be read.
    """
    reader = ColumnsReader(file)
    whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays: dict[str, Any] = {}
    for name, shape in reader.shapes.items():
        place = min(reader.places[name], reader.n_bytes - 1)
        arrays[name] = np.frombuffer(whole, dtype=ARRAYS[name], count=math.prod(shape), offset=place).reshape(shape)
    return Columns(reader.names, reader.n_shared, **arrays)


def read_sidecar(path: Path) -> Columns:
    """Maps a file of this name, as `read_columns` does."""
    with path.open("rb") as file:
        return read_columns(file)


def _start_of(n_header: int) -> int:
    return -(-(_HEAD.size + n_header) // _ALIGNMENT) * _ALIGNMENT
