"""The pack that was before the present one of its name: for a day a tablet that is halfway through it may go on.

It lies beside the present one as `NAME-<sha256>.pmtiles.former`, one for each name at most, and its time says since
when. Nobody is told of it, and no backup holds it.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SUFFIX = ".former"
KEPT_S = 24 * 60 * 60
_FILE = re.compile(r"(?P<name>[a-z0-9_-]{1,60})-(?P<sha256>[0-9a-f]{64})\.pmtiles", re.ASCII)


def put_aside(path: Path) -> None:
    """Takes a pack out of use that has a newer version, and lets go of those before it."""
    clear(path.parent, _name_of(path.name))
    # On Windows it stays as long as a tablet is reading it; without a card nobody is told of it.
    with suppress(OSError):
        os.utime(path)
        os.replace(path, path.with_name(path.name + SUFFIX))


def find_former(folder: Path, file_name: str) -> tuple[Path, str] | None:
    """Finds a pack that was put aside within the last day, and gives its SHA-256 too."""
    known = _FILE.fullmatch(file_name)
    path = folder / (file_name + SUFFIX)
    return (path, known["sha256"]) if known and not _is_old(path) else None


def clear(folder: Path, name: str) -> None:
    """Lets go of what was put aside under a name, and under all others more than a day ago."""
    for path in _formers(folder):
        if _is_old(path) or _name_of(path.name.removesuffix(SUFFIX)) == name:
            with suppress(OSError):
                path.unlink()


def _formers(folder: Path) -> Iterator[Path]:
    return folder.glob(f"*.pmtiles{SUFFIX}")


def _name_of(file_name: str) -> str:
    known = _FILE.fullmatch(file_name)
    return known["name"] if known else ""


def _is_old(path: Path) -> bool:
    """Whether it was put aside more than a day ago, or is not there."""
    try:
        return path.stat().st_mtime < time.time() - KEPT_S
    except OSError:
        return True
