"""Tells rows about the rows above them: sums, by their word or by arithmetic, means, extremes and comparisons."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gis_capture.ledger import words
from gis_capture.ledger.contrast import Kinds
from gis_capture.ledger.grid import Grid

_MAX_SUMS = 200
_TOLERANCE = 1e-6


class Totals:
    """Looks for totals in the body of a table that begins at `start`; `leading` is its first column with a kind."""

    def __init__(self, grid: Grid, kinds: Kinds, filled: NDArray[np.int64], start: int, leading: int) -> None:
        self.grid, self.kinds, self.filled, self.start, self.leading = grid, kinds, filled, start, leading
        self.has_numbers = any(kind == "number" for kind in kinds.of_column)
        self.word_columns = range(min(grid.n_columns, 4))
        self.n_sums = 0

    def reason(self, row: int, cells: Mapping[int, str], left_out: Mapping[int, str]) -> str | None:
        """Why a row is not data: "total", "subtotal" or "statistic"; None where it is none of them.

        Args:
            row: Its place in the grid.
            cells: Its texts by column.
            left_out: The rows above that are not data, and their reasons.
        """
        leading = [(p, text) for p, text in list(cells.items())[:3] if p in self.word_columns]
        for _position, text in leading:
            if words.is_total_word(text):
                return "total" if words.is_grand_total_word(text) else "subtotal"
            if words.may_name_group_total(text) and self._sums_group(row, text, cells, left_out):
                return "subtotal"
            if (kind := words.statistic_of(text)) and self._is_statistic(row, kind, cells, left_out):
                return "statistic"
            if words.is_comparison_word(text) and self._is_below_total(row, left_out):
                return "statistic"
            if words.kind_of(text) == "number":
                break
        if self.has_numbers and all(words.kind_of(text) in ("number", "-") for text in cells.values()):
            return "total" if self._sums_up(row, cells, left_out) else None
        return None

    def _is_below_total(self, row: int, left_out: Mapping[int, str]) -> bool:
        """Whether the row above that is not blank is a total, or another row about one."""
        above = self.filled[self.filled < row]
        return len(above) > 0 and left_out.get(int(above[-1])) in ("total", "subtotal", "statistic")

    def _is_statistic(self, row: int, kind: str, cells: Mapping[int, str], left_out: Mapping[int, str]) -> bool:
        """Whether every number of a row is the mean, the greatest or the least of those above it, as it is rounded."""
        block = [r for r in self.filled[self.filled < row].tolist() if r not in left_out]
        checked = False
        for position, text in cells.items():
            value = parse_plain_number(text)
            if value is None:
                continue
            above = [n for r in block if (n := parse_plain_number(self.grid.columns[position][r])) is not None]
            if len(above) < 2:
                return False
            wanted = sum(above) / len(above) if kind == "mean" else max(above) if kind == "max" else min(above)
            n_places = len(text.partition(".")[2].strip())
            if abs(wanted - value) > 0.5000001 * 10.0**-n_places:
                return False
            checked = True
        return checked

    def _sums_up(self, row: int, cells: Mapping[int, str], left_out: Mapping[int, str]) -> bool:
        """Whether numbers without a label equal the sums of the rows above, since the last total or from the top."""
        labels = [c for c, kind in enumerate(self.kinds.of_column) if kind in ("text", "code", "long")]
        if not labels or any(c in cells for c in labels) or row - self.start < 2:
            return False
        self.n_sums += 1
        if self.n_sums > _MAX_SUMS:
            return False
        block = [r for r in self.filled[self.filled < row].tolist() if r not in left_out]
        if self.leading in cells and self._is_running(self.leading, block):
            return False
        checked = False
        for position, text in cells.items():
            value = parse_plain_number(text)
            if value is None or not value:
                continue
            above = [parse_plain_number(self.grid.columns[position][r]) or 0.0 for r in block]
            if abs(sum(above) - value) > max(1e-6, abs(value) * 1e-9):
                return False
            checked = True
        return checked

    def _sums_group(self, row: int, text: str, cells: Mapping[int, str], left_out: Mapping[int, str]) -> bool:
        """Whether every number of a row is the sum of those above it, since the last total or from the top.

        Two records may be alike by chance: below a single one the text has to name what that is in.
        """
        block: list[int] = []
        for above in reversed(self.filled[self.filled < row].tolist()):
            if left_out.get(above) in ("subtotal", "total", "section"):
                break
            if above not in left_out:
                block.append(above)
        group = text.strip().removesuffix("計")
        if len(block) == 1 and not any(group in (column[block[0]] or "") for column in self.grid.columns):
            return False
        sums = {
            position: sum(parse_plain_number(self.grid.columns[position][r]) or 0.0 for r in block)
            for position, text in cells.items()
            if parse_plain_number(text)
        }
        differences = [abs(total - (parse_plain_number(cells[position]) or 0.0)) for position, total in sums.items()]
        return bool(sums) and max(differences) < _TOLERANCE

    def _is_running(self, position: int, block: Sequence[int]) -> bool:
        """Whether a column numbers its rows: each value is one more than that above."""
        values = [parse_plain_number(self.grid.columns[position][row]) for row in block]
        return len(values) > 1 and all(a is not None and b == a + 1 for a, b in itertools.pairwise(values))


def parse_plain_number(text: str | None) -> float | None:
    """Reads a plain number with sign and commas; None for everything else."""
    if text is None or not words.is_number(text):
        return None
    plain = words.fold(text).replace(",", "").replace("−", "-")
    sign = -1.0 if plain[:1] in "△▲" else 1.0
    try:
        return sign * float(plain.lstrip("△▲").rstrip("%"))
    except ValueError:
        return None
