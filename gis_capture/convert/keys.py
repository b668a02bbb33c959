"""Search keys of ledger numbers: what two spellings of one number have in common. They are compared, never stored.

From strict to loose; a looser spelling counts only where it is one row's alone on both sides:

    written   as it stands, without blanks at its ends
    folded    width, case, blanks, hyphens (12－3, １２―３), 番地・番・号・の between digits, kanji numerals (十二番三)
    bare      leading zeros of every run of digits, and ".0" behind a number, which spreadsheets take away or add
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gis_capture.ledger.values.folding import fold
from gis_capture.ledger.values.kanji import KANJI_NUMERALS, parse_kanji_number

# Folding writes 〇 as ○.
_NUMERALS = f"{KANJI_NUMERALS}○"
_KANJI = re.compile(f"[{_NUMERALS}]+")
# A number of kanji is one where nothing but such numbers and the words between them stands: 十二番三, but not 三之町.
_ALL_NUMBERS = re.compile(rf"(?:[{_NUMERALS}0-9]+(?:番地|番|号|丁目|の|ノ|之|-)*)+")
_BETWEEN = re.compile(r"(?<=[0-9])(?:番地[のノ之]?|番[のノ之]?|号[のノ之]?|丁目|[のノ之])(?=[0-9])")
_BEHIND = re.compile(r"(?<=[0-9])(?:番地|番|号)$")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_POINT_ZERO = re.compile(r"^([0-9]+)\.0+$")


class Key(NamedTuple):
    """The three spellings of one key, from strict to loose."""

    written: str
    folded: str
    bare: str


def key_of(texts: Sequence[str | None]) -> Key | None:
    """Gives the key of a row from the texts of its key columns; None where one of them is empty."""
    parts = [_spellings(text) for text in texts if text is not None]
    if not parts or len(parts) < len(texts) or not all(part[1] for part in parts):
        return None
    return parts[0] if len(parts) == 1 else Key(*("\0".join(spellings) for spellings in zip(*parts, strict=True)))


@lru_cache(maxsize=262_144)
def _spellings(text: str) -> Key:
    folded = fold(text)
    if _ALL_NUMBERS.fullmatch(folded):
        folded = _KANJI.sub(_in_digits, folded)
    folded = _BEHIND.sub("", _BETWEEN.sub("-", folded))
    return Key(text.strip(), folded, _ZEROS.sub("", _POINT_ZERO.sub(r"\1", folded)))


def _in_digits(found: re.Match[str]) -> str:
    number = parse_kanji_number(found[0])
    return found[0] if number is None else str(number)
