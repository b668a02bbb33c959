"""Tells data rows from blank rows, notes, totals, sections and repeated headers, each with its reason."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gis_capture.ledger import words
from gis_capture.ledger.contrast import VALUED, Kinds, kinds_of_body, kinds_of_row
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.headers import Header, find_header
from gis_capture.ledger.prefilled import prefilled_rows
from gis_capture.ledger.totals import Totals

_TAIL = 2000
_LONGEST_NAME = 12
_SECTION_MARKS = "■□◆◇●○◎★☆▼▽【《〈<［[≪"


@dataclass
class Body:
    """What the rows below a header are.

    Attributes:
        rows: The data rows.
        skipped: Row and reason of every other row.
        sections: Row at which a section begins, and its title.
        resets: Rows after which a ditto mark has nothing to repeat.
        stop: The first row that is no longer of this table.
    """

    rows: Sequence[int]
    stop: int
    skipped: list[tuple[int, str]] = field(default_factory=list)
    sections: dict[int, str] = field(default_factory=dict)

    @property
    def resets(self) -> set[int]:
        """Rows after which a ditto mark has nothing to repeat."""
        return {row for row, reason in self.skipped if reason in ("section", "subtotal", "total", "title")}


def read_body(grid: Grid, header: Header, top: int, stop: int) -> Body:
    """Sorts the rows from the header down, until another table begins; the titles of this one begin at `top`."""
    start = header.first_body_row
    if start >= stop:
        return Body((), stop)
    filled = np.flatnonzero(grid.n_filled[start:stop]) + start
    # Sections, totals and notes have one cell; what is usual is told by the rows that have more.
    sample = [row for row in filled[:400].tolist() if grid.n_filled[row] > 1] or filled[:400].tolist()
    counts = sorted(int(grid.n_filled[row]) for row in sample) or [1]
    reader = _Reader(grid, header, kinds_of_body(grid, sample), counts[len(counts) * 2 // 3], filled, top, stop)
    body = Body((), stop)
    left_out: dict[int, str] = {}
    for row in reader.suspects():
        reason = reader.reason(row, left_out)
        if reason == "stop":
            body.stop = _before_titles(grid, row, left_out, body, reader)
            break
        if reason is None:
            continue
        left_out[row] = reason
        if reason == "section":
            body.sections[row] = "".join(text for _, text in grid.filled(row)).strip()
    if not grid.lists_trailing_blanks:
        # Blank rows behind the last one of a sheet: nobody wrote them.
        body.stop = int(max(filled[filled < body.stop], default=start - 1)) + 1
    blank = np.flatnonzero(grid.n_filled[start : body.stop] == 0) + start
    left_out |= dict.fromkeys(blank.tolist(), "blank")
    body.rows = range(start, body.stop) if not left_out else [r for r in range(start, body.stop) if r not in left_out]
    if prefilled := prefilled_rows(grid, body.rows):
        left_out |= dict.fromkeys(prefilled, "prefilled")
        body.rows = body.rows[: len(body.rows) - len(prefilled)]
    body.skipped = sorted(left_out.items())
    return body


def _before_titles(grid: Grid, row: int, left_out: dict[int, str], body: Body, reader: "_Reader") -> int:
    """Moves the beginning of the next table up over its titles, so that they are not told twice."""
    while row - 1 > reader.header.first_body_row:
        if left_out.get(row - 1) in ("title", "section") or _is_late_title(grid, row - 1, left_out):
            del left_out[row - 1]
            body.sections.pop(row - 1, None)
        elif row - 1 in left_out or (grid.n_filled[row - 1] and not reader.may_be_title(row - 1)):
            break
        row -= 1
    return row


def _is_late_title(grid: Grid, row: int, left_out: dict[int, str]) -> bool:
    """Whether a line that was taken for a note is rather the title of the table below it."""
    texts = [text for _, text in grid.filled(row)]
    return left_out.get(row) == "footnote" and len(texts) == 1 and not words.is_footnote(texts[0])


class _Reader:
    def __init__(
        self, grid: Grid, header: Header, kinds: Kinds, usual: int, filled: NDArray[np.int64], top: int, stop: int
    ) -> None:
        self.grid, self.header, self.kinds, self.usual, self.stop = grid, header, kinds, usual, stop
        self.filled = filled
        self.titles = {text for row in range(top, header.first_body_row) for _, text in grid.filled(row)}
        self.names = [_texts(grid, row) for row in header.rows]
        self.few = max(2, math.ceil(usual * 0.34))
        self.leading = next((column for column, kind in enumerate(kinds.of_column) if kind), 0)
        self.last_data = self._last_data()
        self.begins_with_section = self._begins_with_section()
        self.totals = Totals(grid, kinds, filled, header.first_body_row, self.leading)

    def _last_data(self) -> int:
        """The last row that can be data; rows below it can only be notes or totals."""
        tail = self.filled[-_TAIL:].tolist()
        before = int(self.filled[-_TAIL - 1]) if len(self.filled) > _TAIL else self.header.first_body_row - 1
        sure = next((row for row in reversed(tail) if self._is_sure(row)), None) if self.kinds.has_contrast else None
        if sure is not None:
            # Behind a gap there is no data any more that nothing speaks for.
            gap = next((a for a, b in itertools.pairwise(tail[tail.index(sure) :]) if b > a + 1), self.stop)
            tail = [row for row in tail if row <= gap or self.grid.n_filled[row] > self.few]
        return next((row for row in reversed(tail) if not self._may_be_note(row)), before)

    def _is_sure(self, row: int) -> bool:
        """Whether a row fits its columns; a date or a number alone behind a gap may be one of the document."""
        fits, misfits = self.kinds.compare(kinds_of_row(self.grid, row))
        is_alone = self.grid.n_filled[row] == 1 and not self.grid.n_filled[row - 1] and self.usual > 2
        return fits > misfits and not is_alone

    def _may_be_note(self, row: int) -> bool:
        """Whether a row at the end of the sheet is rather a note: few cells, and none of them fits its column."""
        cells = list(self.grid.filled(row))
        fits, misfits = self.kinds.compare(kinds_of_row(self.grid, row))
        if self._continues(row):
            return False
        if self.usual <= 1:
            return words.is_footnote(cells[0][1])
        if len(cells) > self.few or fits > misfits:
            return False
        if words.is_footnote(cells[0][1]) or misfits > fits:
            return True
        if len(cells) == 1:
            return self.usual > 2 and not fits
        return (
            len(cells) == 2 < self.usual and not fits and (cells[0][0] > self.leading or words.is_remark(cells[0][1]))
        )

    def suspects(self) -> Iterable[int]:
        """Rows that may be something else than data; in a clean file there are few, whatever its length."""
        grid, start = self.grid, self.header.first_body_row
        found = grid.n_filled[start : self.stop] <= self.few
        found[max(0, self.last_data - start) + 1 :] = True
        blank = grid.n_filled[start : self.stop] == 0
        found[1:] |= blank[:-1]
        found[2:] |= blank[:-2] & (grid.n_filled[start + 1 : self.stop - 1] == 1)
        for position in self.totals.word_columns:
            column = grid.columns[position]
            names = {row[position] for row in self.names if position in row}
            below = column[start : self.stop]
            if not names.isdisjoint(below):
                found |= np.array([value in names for value in below])
            if words.may_hold_total(below):
                found |= np.array([value is not None and _may_total(value) for value in below])
            found[-_TAIL:] |= np.array([value is not None and words.is_about_rows(value) for value in below[-_TAIL:]])
        for row in range(start, min(start + 3, self.stop)):
            found[row - start] |= self._is_example(row)
        return (np.flatnonzero(found & ~blank) + start).tolist()

    def reason(self, row: int, left_out: dict[int, str]) -> str | None:
        """Why a row is not data; None for data, "stop" for the header of another table."""
        grid = self.grid
        cells = _texts(grid, row)
        if row < self.header.first_body_row + 3 and self._is_example(row):
            return "example"
        same, all_same = max((_likeness(cells, names) for names in self.names), default=(0.0, False))
        if same >= 0.8 and all_same and (len(cells) >= 2 or self.usual <= 1):
            return "repeated_header"
        if same >= 0.5 and len(cells) >= 4:
            return "stop"
        fits, misfits = self.kinds.compare(kinds_of_row(grid, row))
        if row > self.header.first_body_row and self._begins_table(row, cells, fits, misfits, left_out):
            return "stop"
        total = self.totals.reason(row, cells, left_out)
        if total:
            return total
        texts = list(cells.values())
        if texts[0] in self.titles and all(words.is_page_number(t) or words.is_remark(t) for t in texts[1:]):
            return "title" if len(cells) < self.usual else None
        if len(cells) <= self.few and words.is_footnote(texts[0]) and not (fits and len(cells) > 2):
            return "footnote"
        if all(words.kind_of(text) == "-" for text in texts) and len(cells) <= 2 and self.usual > 3:
            return "blank"
        if row > self.last_data:
            return "page_number" if len(texts) == 1 and words.is_page_number(texts[0]) else "footnote"
        if len(cells) == 1 < self.usual:
            return "footnote" if left_out.get(row - 1) == "footnote" else self._single(row, cells)
        return None

    def _is_example(self, row: int) -> bool:
        """Whether a row only shows how the form is filled in: 「記入例」 in its first cell."""
        first = next(self.grid.filled(row), None)
        return first is not None and words.is_example(first[1])

    def _continues(self, row: int) -> bool:
        """Whether a cell merged with the row above reaches into this one: a record of two lines."""
        return any(merge.top < row for merge in self.grid.merges_by_row.get(row, ()))

    def _begins_with_section(self) -> bool:
        """Whether the first row of the body is a word alone that reads like the title of a group."""
        cells = _texts(self.grid, int(self.filled[0])) if len(self.filled) else {}
        return len(cells) == 1 and self.leading in cells and words.is_section_word(cells[self.leading])

    def may_be_title(self, row: int) -> bool:
        """Whether a row above the header of another table has too little in it for data."""
        fits, _ = self.kinds.compare(kinds_of_row(self.grid, row))
        return not fits and int(self.grid.n_filled[row]) <= 2 < self.usual

    def _single(self, row: int, cells: dict[int, str]) -> str | None:
        """A row with one cell in the middle of the body: the title of a section, if there is evidence."""
        position, text = next(iter(cells.items()))
        if self._continues(row):
            return None
        if text in self.titles or (words.is_page_number(text) and not words.is_number(text)):
            return "title" if text in self.titles else "page_number"
        if position <= self.leading and self._repeats_names(row + 1):
            return "section"
        wide = any(
            m.left == position and (m.right - m.left + 1) * 2 >= self.usual
            for m in self.grid.merges_by_row.get(row, ())
        )
        if wide or (text.strip()[:1] in _SECTION_MARKS and position <= 1):
            return "section"
        if position != self.leading or words.kind_of(text) not in ("text", "long"):
            return None
        is_odd = self.kinds.of_column[position] in VALUED
        return "section" if is_odd or (self.begins_with_section and words.is_section_word(text)) else None

    def _repeats_names(self, row: int) -> bool:
        """Whether the names of the table are said again in a row."""
        cells = _texts(self.grid, row) if row < self.stop else {}
        return len(cells) > 1 and any(cells == names for names in self.names)

    def _begins_table(self, row: int, cells: dict[int, str], fits: int, misfits: int, left_out: dict[int, str]) -> bool:
        """Whether the header of another table stands here: after a blank row or a title, with words that do not fit."""
        if fits or len(cells) < 2 or words.is_total_word(next(iter(cells.values()))):
            return False
        is_apart = self._is_apart(row, cells)
        is_below_data = self.grid.n_filled[row - 1] and row - 1 not in left_out and not self._is_behind_gap(row)
        if is_below_data and not is_apart and not self._names_others(cells):
            return False
        if not misfits and self.kinds.has_contrast and not is_apart:
            return False
        known = sum(words.is_name_word(text) for text in cells.values())
        if known * 2 < len(cells):
            return False
        header = find_header(self.grid, row, self.stop)
        if header is None or row not in header.rows:
            return False
        return header.first_body_row < self.stop and (self.kinds.has_contrast or known >= 3 or is_apart)

    def _is_behind_gap(self, row: int) -> bool:
        """Whether a blank row stands above, or above a line of one cell that may be the title."""
        above = row - 2 if self.grid.n_filled[row - 1] == 1 else row - 1
        return above >= 0 and bool(self.grid.n_filled[above] == 0)

    def _is_apart(self, row: int, cells: dict[int, str]) -> bool:
        """Whether short names stand behind a gap, and rows below them that fill these columns and no others."""
        names = list(cells.values())
        # What stands in a column without a name is hardly of this table.
        goes_beyond = bool(self.names) and not cells.keys() <= set().union(*self.names)
        if len(cells) < 3 or (len(cells) == self.usual and not goes_beyond):
            return False
        if any(len(name) > _LONGEST_NAME or words.kind_of(name) != "text" for name in names):
            return False
        if sum(map(words.is_name_word, names)) < len(names) * (1 / 2 if goes_beyond else 2 / 3):
            return False
        below = list(itertools.takewhile(lambda r: self.grid.n_filled[r], range(row + 1, min(row + 20, self.stop))))
        return (
            self._is_behind_gap(row) and bool(below) and all(_texts(self.grid, r).keys() <= cells.keys() for r in below)
        )

    def _names_others(self, cells: dict[int, str]) -> bool:
        """Whether a row right below data begins with the name that the header begins with, and goes on with others."""
        first = next(iter(cells.items()))
        begins = any(first == next(iter(names.items()), None) for names in self.names)
        return begins and len(cells) >= 3 and sum(map(words.is_name_word, cells.values())) * 4 >= 3 * len(cells)


def _may_total(text: str) -> bool:
    return words.is_total_word(text) or words.may_name_group_total(text)


def _texts(grid: Grid, row: int) -> dict[int, str]:
    return dict(grid.filled(row))


def _likeness(cells: dict[int, str], names: dict[int, str]) -> tuple[float, bool]:
    """Share of the cells that say what the header says at the same place, and whether all do."""
    if not names:
        return 0.0, False
    same = sum(words.squeeze(text) == words.squeeze(names.get(position, "")) for position, text in cells.items())
    return same / max(len(cells), len(names) * 0.6), same == len(cells)
