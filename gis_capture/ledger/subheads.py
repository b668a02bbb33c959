"""Rows between names and data that are neither: units, numbers of columns, names said again."""

import itertools
import re
from collections.abc import Sequence

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid

_CODE = re.compile(r"([a-z]+(?:\d+[_-])?[_-]?)(\d{1,6})")
_SERIES = (
    tuple(str(number) for number in range(1, 100)),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    tuple("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"),
    tuple("イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテ"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
)


def is_unit_row(grid: Grid, row: int) -> bool:
    """Whether a row holds units only: in brackets, or fewer of them than the row below has cells."""
    texts = [text for _, text in grid.filled(row) if words.kind_of(text) != "-"]
    if not texts or not all(words.is_unit(text) for text in texts):
        return False
    in_brackets = all(text.strip()[0] in "(（[［〔" for text in texts)
    return in_brackets or (row + 1 < grid.n_rows and len(texts) < int(grid.n_filled[row + 1]))


def is_requirement_row(grid: Grid, row: int) -> bool:
    """Whether a row says only which columns must be filled in: 必須, 任意; marks alone may be data."""
    texts = [text for _, text in grid.filled(row)]
    return len(texts) > 1 and all(map(words.is_requirement, texts)) and any(len(words.fold(text)) > 1 for text in texts)


def is_said_above(grid: Grid, row: int, start: int) -> bool:
    """Whether a row only repeats the names above it: in a second language, as codes, or as types of data."""
    upper = row - 1
    if (
        upper < start
        or is_requirement_row(grid, upper)
        or int(grid.n_filled[upper]) < max(2, 0.8 * int(grid.n_filled[row]))
    ):
        return False
    above, below = dict(grid.filled(upper)), dict(grid.filled(row))
    if not below.keys() <= above.keys() or grid.merges_by_row.get(upper):
        return False
    if _are_types(list(below.values())):
        return True
    return all(map(str.isascii, below.values())) and not all(map(str.isascii, above.values()))


def names_above(grid: Grid, row: int, start: int) -> int:
    """Steps up from a row that repeats the names, numbers the columns or holds units to the row of the names itself."""
    if is_said_above(grid, row, start):
        return row - 1
    upper = row
    while upper > start and (is_unit_row(grid, upper) or _are_column_numbers([text for _, text in grid.filled(upper)])):
        upper -= 1
    is_whole = upper < row and int(grid.n_filled[upper]) >= max(2, 0.8 * int(grid.n_filled[row]))
    return upper if is_whole and word_share(grid, upper) > 0 and not grid.merges_by_row.get(row) else row


def _are_types(texts: Sequence[str]) -> bool:
    return all(words.is_type_word(text) for text in texts)


def skip_subheads(grid: Grid, body: int, stop: int) -> tuple[int, list[tuple[int, str]]]:
    """Steps over rows between names and data that hold units or number the columns."""
    skipped: list[tuple[int, str]] = []
    while body < stop and len(skipped) < 3:
        texts = [text for _, text in grid.filled(body)]
        if not texts:
            break
        names_again = is_said_above(grid, body, body - 1) and (word_share(grid, body) >= 0.6 or _are_types(texts))
        if is_unit_row(grid, body):
            skipped.append((body, "unit"))
        elif names_again or is_requirement_row(grid, body) or _are_numbers_of_columns(grid, body):
            skipped.append((body, "code_row"))
        else:
            break
        body += 1
    return body, skipped


def _are_column_numbers(texts: Sequence[str]) -> bool:
    """Whether cells number the columns: (1) (2) (3), ①②③, ア イ ウ; plain digits may be a record, so five are asked."""
    plain = [re.sub(r"[()\[\]]", "", words.fold(text)) for text in texts]
    is_plain = texts[0].strip().isascii() and texts[0].strip().isdecimal()
    in_series = any(plain == list(series[i : i + len(plain)]) for series in _SERIES for i in (0, 1))
    return (in_series and (not is_plain or len(plain) >= 5)) or _are_codes(plain)


def _are_codes(texts: Sequence[str]) -> bool:
    """Whether cells count on behind the same letters: P29_001, P29_002, P29_003."""
    found = [_CODE.fullmatch(text) for text in texts]
    parts = [(match[1], int(match[2])) for match in found if match]
    counts_on = all(a[0] == b[0] and b[1] == a[1] + 1 for a, b in itertools.pairwise(parts))
    return len(parts) == len(texts) >= 3 and counts_on


def _are_numbers_of_columns(grid: Grid, row: int) -> bool:
    """Whether a row numbers the columns; 1, 2, 3 does so where the rows below it hold words in most of the columns."""
    cells = list(grid.filled(row))
    if len(cells) < 3 or _are_column_numbers([text for _, text in cells]):
        return len(cells) >= 3
    if [text.strip() for _, text in cells] != [str(n + 1) for n in range(len(cells))]:
        return False
    below = range(row + 1, min(row + 6, grid.n_rows))
    n_words = sum(
        all(words.kind_of(text) in ("text", "long") for text in texts)
        for position, _ in cells
        if (texts := [text for r in below if (text := grid.columns[position][r]) is not None])
    )
    return n_words * 2 >= len(cells)


def word_share(grid: Grid, row: int) -> float:
    """The share of a row's cells that hold words which head columns."""
    texts = [text for _, text in grid.filled(row)]
    return sum(words.is_name_word(text) for text in texts) / len(texts) if texts else 0.0
