"""Cards: JSON files that each tell of a file beside them; read again only when one of them is another file."""

import os
from pathlib import Path

CardStates = tuple[tuple[str, int, int], ...]
"""Path, inode and time of each, by path: the same as long as the cards are."""


def card_states(folder: Path) -> CardStates:
    """Gives the states of the cards in a folder, none where it is not there."""
    try:
        with os.scandir(folder) as entries:
            states = [(one.path, one.stat()) for one in entries if one.name.endswith(".json")]
    except FileNotFoundError:
        # A workspace of before there was such a folder.
        return ()
    return tuple(sorted((path, state.st_ino, state.st_mtime_ns) for path, state in states))
