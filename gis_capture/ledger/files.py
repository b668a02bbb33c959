"""The files a source is made of, and their hash."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

_BLOCK_BYTES = 1 << 20


def files_in(folder: Path) -> Iterator[Path]:
    """Gives the regular files under a folder in a stable order; links, pipes and devices are passed over."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def hash_source(path: Path) -> str:
    """The SHA-256 of a file, or of all files of a folder."""
    return hash_files([path]) if not path.is_dir() else hash_files(list(files_in(path)), is_list=True)


def hash_files(paths: Sequence[Path], *, is_list: bool = False) -> str:
    """The SHA-256 of one file; of several, or of a list, that of their hashes in order."""
    hashes = []
    for path in paths:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
        hashes.append(digest.hexdigest())
    if len(hashes) == 1 and not is_list:
        return hashes[0]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()
