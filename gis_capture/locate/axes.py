"""What words beside a table say of the axes of its plane coordinates: Xが北、Yが東."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from gis_capture.locate.words import fold_header

Axis = Literal["x", "y"]
_WAY = "(?:真|南)?(?:(北)|(?:(東)西?))|(north)|(east)"
_JOINT = "[(:=はがをへ→]+"
_FORWARDS = re.compile(f"(?<![a-z])([xy])(?:座標)?(?:値|軸|方向)?(?:{_JOINT}|is)(?:{_WAY})")
_BACKWARDS = re.compile(f"(?:{_WAY})(?:方向|向き?|距離?|軸)?(?:の値|の座標)?(?:{_JOINT}|is)([xy])(?![a-z])")


def north_axis(texts: Iterable[str]) -> Axis | None:
    """Tells which letter is north by titles and notes; None where they say nothing of it, or both."""
    folded = [fold_header(text) for text in texts]
    for found in (set(_said(_FORWARDS, folded, letter_at=1)), set(_said(_BACKWARDS, folded, letter_at=5))):
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _said(pattern: re.Pattern[str], texts: Iterable[str], *, letter_at: int) -> Iterator[Axis]:
    """The letters that are north, by every sentence; the other one is where east is said."""
    at = 2 if letter_at == 1 else 1
    for text in texts:
        for match in pattern.finditer(text):
            is_north = bool(match[at] or match[at + 2])
            yield "x" if (match[letter_at] == "x") == is_north else "y"
