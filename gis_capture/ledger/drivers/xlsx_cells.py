"""Places and styles of all cells in a piece of a worksheet's XML, by arrays: a large sheet has millions of cells.

Programs write `<c r="A1" s="3" t="s">`. What is written otherwise (attributes in another order, single quotes, names
with a prefix, odd spaces) is read tag by tag, to the same end.
"""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_PADDING = b"\0" * 32
_MAX_LETTERS, _MAX_DIGITS, _MAX_STYLE_DIGITS = 3, 7, 6
_TAG = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_PLACE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Z]{1,3})(\d{1,15})")
_STYLE = re.compile(rb"(?:^|\s)s\s*=\s*[\"'](\d{1,6})[\"']")
_ROW_STYLE = re.compile(rb"<row\b[^>]* s=\"")
_BEFORE_A = ord("A") - 1


class CellTags(NamedTuple):
    """One entry per cell.

    Attributes:
        rows: From 1, shape (n,).
        columns: From 1, shape (n,).
        styles: Number of the style; -1 where none is named.
        hold: Whether something stands between the tags.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    styles: NDArray[np.int64]
    hold: NDArray[np.bool_]


def find_cells(chunk: bytes) -> CellTags:
    """Finds the cells that say where they stand."""
    found = _find_usual(chunk)
    return _find_any(chunk) if found is None else found


def _find_usual(chunk: bytes) -> CellTags | None:
    """Finds cells of which all are written in the usual way; None where one may not be."""
    # Looking for one character is many times faster than for two, and most sheets have no colon.
    if b":" in chunk and (b":row" in chunk or b":c" in chunk):
        return None
    data = np.frombuffer(chunk + _PADDING, np.uint8)
    tags = np.flatnonzero((data[:-1] == ord("<")) & (data[1:] == ord("c")))
    after = data[tags + 2]
    tags = tags[(after <= ord(" ")) | (after == ord(">")) | (after == ord("/"))]
    if not all((data[tags + n] == expected).all() for n, expected in enumerate(b' r="', start=2)):
        return None
    at, columns = tags + 6, np.zeros(len(tags), np.int64)
    for n in range(_MAX_LETTERS):
        letters = data[at]
        is_letter = (letters >= ord("A")) & (letters <= ord("Z"))
        if n == 0 and not is_letter.all():
            return None
        columns = np.where(is_letter, columns * 26 + letters - _BEFORE_A, columns)
        at += is_letter
    rows, at = _read_number(data, at, _MAX_DIGITS)
    if not ((data[at] == ord('"')) & (rows > 0)).all():
        return None
    is_styled = (data[at + 1] == ord(" ")) & (data[at + 2] == ord("s")) & (data[at + 3] == ord("="))
    n_others = chunk.count(b' s="') - np.count_nonzero(is_styled)
    if n_others and n_others != len(_ROW_STYLE.findall(chunk)):
        return None
    styles = np.full(len(tags), -1)
    numbers, ends = _read_number(data, at[is_styled] + 5, _MAX_STYLE_DIGITS)
    if not (data[ends] == ord('"')).all():
        return None
    styles[is_styled] = numbers
    if len(at) and chunk.rfind(b">") < at[-1]:
        return None
    if b"/>" not in chunk:
        return CellTags(rows, columns, styles, np.ones(len(tags), bool))
    closings = np.flatnonzero(data == ord(">"))
    places = np.searchsorted(closings, at)
    return CellTags(rows, columns, styles, data[closings[places] - 1] != ord("/"))


def _read_number(
    data: NDArray[np.uint8], at: NDArray[np.int64], max_digits: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Reads the digits that begin at some places; gives the numbers and where they end."""
    numbers, at = np.zeros(len(at), np.int64), at.copy()
    for _ in range(max_digits):
        digits = data[at] - np.uint8(ord("0"))
        is_digit = digits < 10
        if not is_digit.any():
            break
        numbers = np.where(is_digit, numbers * 10 + digits, numbers)
        at += is_digit
    return numbers, at


def _find_any(chunk: bytes) -> CellTags:
    cells = []
    for tag in _TAG.finditer(chunk):
        place, style = _PLACE.search(tag[1]), _STYLE.search(tag[1])
        if place:
            column = column_number(place[1])
            cells.append((int(place[2]), column, int(style[1]) if style else -1, not tag[1].endswith(b"/")))
    rows, columns, styles, hold = np.array(cells, np.int64).reshape(-1, 4).T
    return CellTags(rows, columns, styles, hold.astype(bool))


def column_number(letters: bytes) -> int:
    """The number of a column, C = 3."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - _BEFORE_A
    return number
