"""Plane coordinates in one cell, each behind its letter: X=-12345.678 Y=23456.789."""

import re
import unicodedata
from collections.abc import Sequence

from gis_capture.locate.angles import JAPAN, LONGEST_TEXT

_MINUS = str.maketrans(dict.fromkeys("▲△‐‑‒–—―−ー", "-"))
_NUMBER = r"([+-]?[0-9][0-9,]*(?:\.[0-9]*)?)m?"
_LABELLED = re.compile(rf"[(\[]?([xy])座?標?[=:]?{_NUMBER}[,、;/]*([xy])座?標?[=:]?{_NUMBER}[)\]]?")
_ENOUGH = 0.8


def split_labelled(cell: str | None) -> tuple[str, str] | None:
    """Gives the numbers behind X and behind Y, in whatever order they stand; None for anything else."""
    if not cell or len(cell) > LONGEST_TEXT:
        return None
    folded = "".join(unicodedata.normalize("NFKC", cell).translate(_MINUS).lower().split())
    found = _LABELLED.fullmatch(folded)
    if found is None or found[1] == found[3]:
        return None
    first, second = (found[at].replace(",", "") for at in (2, 4))
    return (first, second) if found[1] == "x" else (second, first)


def are_labelled(cells: Sequence[str | None]) -> bool:
    """Do most cells hold such coordinates, and no degrees of Japan?"""
    filled = [cell for cell in cells if cell and not cell.isspace()][:40]
    pairs = [pair for pair in map(split_labelled, filled) if pair]
    return bool(filled) and len(pairs) >= _ENOUGH * len(filled) and not all(map(_are_degrees, pairs))


def _are_degrees(pair: tuple[str, str]) -> bool:
    low, high = sorted(map(float, pair))
    return JAPAN.min_y <= low <= JAPAN.max_y and JAPAN.min_x <= high <= JAPAN.max_x
