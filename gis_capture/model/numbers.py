"""Numbers as programs write them."""

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def parse_number(text: str) -> float:
    """Reads a finite number in digits 0 to 9, with blanks around it at most: Python takes those of all scripts.

    Raises:
        ValueError: It is none.
    """
    plain = text.strip(" ")
    if not _NUMBER.fullmatch(plain) or not math.isfinite(number := float(plain)):
        raise ValueError(f"{text[:80]!r} is no number")
    return number
