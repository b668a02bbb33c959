"""What the columns of a body hold, and how well a row fits it: names differ from data where data are numbers."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid

VALUED = ("number", "date", "code")


@dataclass(frozen=True, slots=True)
class Kinds:
    """What the columns of a body hold: the kind that prevails in each, "" where none does."""

    of_column: tuple[str, ...]

    @property
    def has_contrast(self) -> bool:
        """Whether some column tells data from names: it holds numbers, dates or codes."""
        return any(kind in VALUED for kind in self.of_column)

    def compare(self, kinds: Sequence[str]) -> tuple[int, int]:
        """Counts in how many telling columns a row fits the body, and in how many it has words instead."""
        fits = misfits = 0
        # Of a wide sheet most cells are empty.
        filled = zip(itertools.compress(kinds, kinds), itertools.compress(self.of_column, kinds), strict=True)
        for kind, expected in filled:
            if expected in VALUED:
                if kind == expected or (kind in VALUED[:2] and expected in VALUED[:2]):
                    fits += 1
                elif kind in ("text", "long") or (kind == "code" and expected != "code"):
                    misfits += 1
        return fits, misfits


def kinds_of_row(grid: Grid, index: int) -> list[str]:
    """The kind of every cell of a row; a row of rising years, days or months counts as names."""
    kinds = [""] * grid.n_columns
    numbers: list[str] = []
    for position, text in grid.filled(index):
        kinds[position] = words.kind_of(text)
        if kinds[position] == "number":
            numbers.append(text)
    first = next(grid.filled(index), None)
    if len(numbers) >= 3 or (len(numbers) == 2 and first is not None and words.is_name_word(first[1])):
        years = [int(n) for n in numbers if re.fullmatch(r"\s*(?:19|20)\d\d\s*", n)]
        if len(years) == len(numbers) and all(a < b for a, b in itertools.pairwise(years)):
            return ["text" if kind == "number" else kind for kind in kinds]
        if first is not None and not words.is_number(first[1]) and _are_days_or_months(numbers):
            return ["text" if kind == "number" else kind for kind in kinds]
    return kinds


def _are_days_or_months(numbers: Sequence[str]) -> bool:
    """Whether numbers count on without a gap: the days 1 to 31, the months 4 to 12 and 1 to 3."""
    values = [int(n) if re.fullmatch(r"[0-9]{1,2}", n) else -1 for n in numbers]
    starts = values[0] == 1 or (values[0] == 4 and len(values) in (9, 12))
    steps = all(b == a + 1 or (a == 12 and b == 1) for a, b in itertools.pairwise(values))
    return len(values) >= 7 and starts and steps


def kinds_of_body(grid: Grid, rows: Sequence[int]) -> Kinds:
    """The prevailing kind of each column over some rows; the lower half counts twice, as names stand above."""
    weighted = [*rows, *rows[len(rows) // 2 :]]
    found = []
    for column in grid.columns:
        counts = Counter(words.kind_of(text) for row in weighted if (text := column[row]) is not None)
        n_dashes = counts.pop("-", 0)
        counts["number"] += counts.pop("date", 0) if counts["number"] else 0
        kind = max(counts, key=lambda k: (counts[k], k in VALUED), default="")
        prevails = kind and 0 < counts[kind] * 2 >= sum(counts.values())
        found.append(kind if prevails else "-" if n_dashes else "")
    return Kinds(tuple(found))
