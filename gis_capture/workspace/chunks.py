"""Hashes of the pieces of a pack, so that a tablet that fetches it in pieces can check each by itself."""

import hashlib
from functools import lru_cache
from pathlib import Path

CHUNK_BYTES = 1 << 20


@lru_cache(maxsize=32)
def hash_chunks(path: Path) -> tuple[str, ...]:
    """The SHA-256 of each 1,048,576 bytes of a file in their order, the last piece being shorter.

    They are kept by the path: that of a pack has its hash in it.
    """
    with path.open("rb") as file:
        return tuple(hashlib.sha256(chunk).hexdigest() for chunk in iter(lambda: file.read(CHUNK_BYTES), b""))
