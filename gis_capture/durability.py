"""Files that a power cut leaves either as they were or whole."""

import os
from pathlib import Path


def replace_durably(written: Path, target: Path) -> None:
    """Gives a written file, or a folder of files, its name, and sees that both are on the disk.

    Raises:
        OSError: It cannot be moved there.
    """
    for file in sorted(written.iterdir()) if written.is_dir() else [written]:
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
