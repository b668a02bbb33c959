"""Room that a server keeps for a full disk: with it the server still starts, and lets people in to look."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from gis_capture.errors import CaptureError

RESERVE_BYTES = 1 << 20
FILE_NAME = "reserve"
_KEPT_WHERE_FREE = 3 * RESERVE_BYTES
_BLOCK = bytes(1 << 16)

Result = TypeVar("Result")


def keep_reserve(cache_dir: Path) -> None:
    """Keeps the room, unless it is kept or there is little of it anyway."""
    file = cache_dir / FILE_NAME
    with suppress(OSError):
        if file.exists() or shutil.disk_usage(cache_dir).free < _KEPT_WHERE_FREE:
            return
        try:
            with file.open("xb") as kept:
                for _ in range(RESERVE_BYTES // len(_BLOCK)):
                    kept.write(_BLOCK)
        except OSError:
            file.unlink(missing_ok=True)
            raise


def with_room(cache_dir: Path, action: Callable[[], Result]) -> Result:
    """Does what needs a little room; where the disk is full, once more with the room that was kept."""
    try:
        return action()
    except CaptureError as error:
        if error.subject.get("code") != "disk_full":
            raise
        try:
            (cache_dir / FILE_NAME).unlink()
        except OSError:
            raise error from None
        return action()
