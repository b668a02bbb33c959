"""Looks names up that stand at a place of a text without trying every length."""

from collections.abc import Iterable


def lengths_by_start(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long the names are that start with two characters, the longest first; names of one character by that."""
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}
