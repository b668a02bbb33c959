"""Finds the header rows of a table."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gis_capture.ledger import words
from gis_capture.ledger.contrast import VALUED, Kinds, kinds_of_body, kinds_of_row
from gis_capture.ledger.grid import Grid, Merge

_WINDOW = 400
_MAX_HEADER_ROWS = 8
_SERIES = (
    tuple(str(number) for number in range(1, 100)),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    tuple("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"),
    tuple("イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテ"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """Header rows of a table, counted from 0 in its grid; none for a table without names."""

    rows: tuple[int, ...]
    first_body_row: int
    skipped: tuple[tuple[int, str], ...] = ()


def find_header(grid: Grid, start: int, stop: int) -> Header | None:
    """Finds the header of the table that begins at or below row `start`; None where there is nothing.

    The last row before the first one that fits the body is the lowest header row; rows above it join in
    when they group or complete it.
    """
    filled = [row for row in range(start, min(stop, start + _WINDOW)) if grid.n_filled[row]]
    if not filled:
        return None
    marked = _find_marked(grid, filled)
    if marked is not None:
        return marked
    counts = sorted(int(grid.n_filled[row]) for row in filled)
    wide = counts[int(len(counts) * 0.9)] if len(counts) > 10 else counts[-1]
    kinds = kinds_of_body(grid, filled)
    lowest = _lowest_by_contrast(grid, filled, kinds, wide) if kinds.has_contrast else None
    if lowest is None:
        lowest = _lowest_by_words(grid, filled, kinds, wide)
    if lowest is None:
        body = next((row for row in filled if grid.n_filled[row] * 2 >= wide), filled[0])
        return Header((), body)
    if _is_said_above(grid, lowest, start):
        lowest -= 1
    rows = _extend(grid, lowest, start, wide)
    body, skipped = _skip_units(grid, rows[-1] + 1, stop)
    return Header(rows, body, tuple(skipped))


def _find_marked(grid: Grid, filled: Sequence[int]) -> Header | None:
    """The preamble of LinkData: "#property" names the columns, the other rows with "#" are remarks."""
    first = grid.columns[0]
    marked = []
    for row in filled:
        if not (first[row] or "").startswith("#"):
            break
        marked.append(row)
    names = next((row for row in marked if first[row] == "#property"), None)
    if names is None or len(marked) == 1:
        return None
    body = marked[-1] + 1
    return Header((names,), body, tuple((row, "code_row") for row in range(names + 1, body)))


def _lowest_by_contrast(grid: Grid, filled: Sequence[int], kinds: Kinds, wide: int) -> int | None:
    candidate: int | None = None
    for row in filled:
        of_row = kinds_of_row(grid, row)
        fits, misfits = kinds.compare(of_row)
        n_words = sum(kind in ("text", "long") for kind in of_row)
        if candidate is not None and row == candidate + 1 and _is_child(grid, candidate, row):
            candidate = row
            continue
        if fits and fits >= misfits * 2 and not (misfits and n_words > fits * 2 and candidate is None):
            break
        if misfits and n_words >= min(2, wide) and (_n_covered(grid, row) * 4 >= wide or _spans(grid, row)):
            if (
                candidate is not None
                and grid.n_filled[candidate] * 2 >= wide
                and _is_data_by_words(grid, row, candidate)
            ):
                break
            if not _is_unit_row(grid, row):
                candidate = row
        if candidate is not None and row - candidate > _MAX_HEADER_ROWS:
            break
    return candidate


def _is_child(grid: Grid, upper: int, lower: int) -> bool:
    """Whether a row names just what the row above it left blank, as the children of exported merges do."""
    above, below = grid.row(upper), grid.row(lower)
    first = _first_column(grid, upper)
    filled = [position for position, _ in grid.filled(lower)]
    gaps = [position for position in range(first, grid.n_columns) if above[position] is None]
    if (
        len(filled) < 2
        or filled[0] <= first
        or _is_unit_row(grid, lower)
        or any(words.kind_of(below[p]) not in ("text", "code") for p in filled)
    ):
        return False
    n_gaps = sum(below[position] is not None for position in gaps)
    n_parents = sum(above[p] is not None and p + 1 in gaps for p in filled)
    return n_gaps > 0 and n_gaps >= 0.8 * len(gaps) and n_gaps + n_parents >= 0.6 * len(filled)


def _n_covered(grid: Grid, row: int) -> int:
    """Number of cells of a row that are filled or belong to a merged cell that is."""
    covered = {position for position, _ in grid.filled(row)}
    for merge in grid.merges_by_row.get(row, ()):
        if grid.columns[merge.left][merge.top] is not None:
            covered.update(range(merge.left, merge.right + 1))
    return len(covered)


def _is_data_by_words(grid: Grid, row: int, candidate: int) -> bool:
    """Whether a row of words below a good header row is rather data with remarks in the number columns."""
    return _word_share(grid, candidate) >= 0.5 and _word_share(grid, row) < 0.25 and not grid.merges_by_row.get(row)


def _word_share(grid: Grid, row: int) -> float:
    texts = [text for _, text in grid.filled(row)]
    return sum(words.is_name_word(text) for text in texts) / len(texts) if texts else 0.0


def _lowest_by_words(grid: Grid, filled: Sequence[int], kinds: Kinds, wide: int) -> int | None:
    best, best_score = None, 0.03
    for row in filled[:30]:
        if grid.n_filled[row] * 2 < wide:
            continue
        score = _name_score(grid, row, filled, kinds)
        if score > best_score + (0.15 if best is not None else 0.0):
            best, best_score = row, score
    if best is not None and best + 1 < grid.n_rows and _is_child(grid, best, best + 1):
        return best + 1
    return best


def _name_score(grid: Grid, row: int, filled: Sequence[int], kinds: Kinds) -> float:
    """How much a row looks like names rather than like the rows below it, from about -1 to 1."""
    below = [r for r in filled if r > row][:50]
    if not below:
        return 0.5 if _word_share(grid, row) >= 0.5 and grid.n_filled[row] > 1 else 0.0
    total, n = 0.0, 0
    of_row = kinds_of_row(grid, row)
    seen: set[str] = set()
    for position, (kind, column) in enumerate(zip(of_row, grid.columns, strict=True)):
        values = [column[r] for r in below]
        if not kind and not any(values):
            continue
        n += 1
        text = column[row]
        if text is None:
            total -= 0.15
            continue
        expected = kinds.of_column[position]
        if kind in ("number", "date"):
            total += -1.5 if expected in VALUED else 0.3
        elif _is_prose(text):
            total -= 1.0
        elif kind == "long":
            total -= 0.5
        elif words.is_name_word(text):
            total += 0.8
        elif kind == "code":
            total += -0.3 if expected == "code" else 0.4
        elif expected in VALUED:
            total += 1.0
        else:
            total += 0.05
        if values.count(text) >= 1 and kind != "-" and not words.is_name_word(text):
            total -= 1.0
        if text in seen:
            total -= 0.2
        seen.add(text)
    return total / max(n, 1)


def _spans(grid: Grid, row: int) -> list[Merge]:
    return [merge for merge in grid.merges_by_row.get(row, ()) if merge.right > merge.left and merge.top == row]


def _extend(grid: Grid, lowest: int, start: int, wide: int) -> tuple[int, ...]:
    """Adds the rows above and below that belong to the header by their merges or by what they complete."""
    bottom = lowest
    for merge in grid.merges_by_row.get(lowest, ()):
        if merge.top == lowest and merge.bottom == lowest + 1 and grid.n_filled[merge.bottom]:
            bottom = _checked_bottom(grid, lowest, merge.bottom)
    top = lowest
    tall = [
        m.top
        for m in grid.merges_by_row.get(lowest, ())
        if start <= m.top < lowest and lowest - m.top <= _MAX_HEADER_ROWS
    ]
    if tall:
        top = min(tall)
    while top > start and lowest - top < _MAX_HEADER_ROWS and grid.n_filled[top - 1]:
        if _same_row(grid, top - 1, top) or not _is_parent(grid, top - 1, top, bottom, wide):
            break
        top -= 1
    return tuple(range(top, bottom + 1))


def _checked_bottom(grid: Grid, lowest: int, bottom: int) -> int:
    """The end of vertical merges in the header row, if the row there holds names and not data."""
    merged = {c for m in grid.merges_by_row.get(lowest, ()) if m.bottom == bottom for c in range(m.left, m.right + 1)}
    others = [text for c, text in grid.filled(bottom) if c not in merged]
    spans = any(m.left < m.right and m.bottom == lowest for m in _spans(grid, lowest))
    return bottom if spans and others and all(words.kind_of(t) in ("text", "code", "long") for t in others) else lowest


def _same_row(grid: Grid, upper: int, lower: int) -> bool:
    return grid.row(upper) == grid.row(lower)


def _is_parent(grid: Grid, upper: int, lower: int, bottom: int, wide: int) -> bool:
    """Whether a row groups the header row below it, rather than being a title or a remark."""
    cells = {position: text for position, text in grid.filled(upper) if not words.is_remark(text)}
    kinds = kinds_of_row(grid, upper)
    if not cells or any(kinds[position] in ("number", "date") or _is_prose(text) for position, text in cells.items()):
        return False
    spans = {m.left: m for m in grid.merges_by_row.get(upper, ()) if m.top == upper}
    positions = sorted(cells)
    if len(positions) == 1:
        merge = spans.get(positions[0])
        return (
            merge is not None
            and merge.bottom == upper
            and 1 < merge.right - merge.left + 1 < wide * 0.8
            and merge.left > _first_column(grid, lower)
        )
    short = sum(len(text.strip()) <= 6 for text in cells.values())
    if short >= 0.8 * len(cells) and len(cells) * 2 >= wide and len(set(cells.values())) * 2 <= len(cells):
        return True
    return _count_votes(grid, upper, lower, bottom, cells, spans, wide) > 0


def _count_votes(
    grid: Grid, upper: int, lower: int, bottom: int, cells: dict[int, str], spans: dict[int, Merge], wide: int
) -> int:
    """Weighs the cells of a row: for a parent speak spans and names that stand over nothing, against it the others."""
    names, leaves = grid.row(lower), grid.row(bottom)
    first = _first_column(grid, upper)
    told_apart = _told_apart(names, cells)
    has_merges = any(m.right > m.left for m in spans.values())
    positions = sorted(cells)
    votes = 0
    for number, position in enumerate(positions):
        end = positions[number + 1] - 1 if number + 1 < len(positions) else grid.n_columns - 1
        merge = spans.get(position)
        name = names[position]
        n_below = sum(leaves[c] is not None for c in range(position, end + 1))
        if merge is not None and (merge.right > merge.left or merge.bottom > upper):
            votes += -1 if merge.right - merge.left + 1 >= wide * 0.8 else 1
        else:
            stands_alone = name is None or name in told_apart or name.startswith(("(", "（"))
            covers = not has_merges and n_below > 1 and n_below == end - position + 1
            covers = covers and (position > first or n_below <= max(2, wide // 2))
            votes += 1 if stands_alone or covers else -1
    return votes


def _told_apart(names: Sequence[str | None], cells: dict[int, str]) -> set[str]:
    """Names that repeat in a row and of which the cells above tell one from the other."""
    found = set()
    for name, n in Counter(name for name in names if name).items():
        above = [cells[position] for position, text in enumerate(names) if text == name and position in cells]
        if n > 1 and len(above) >= 0.8 * n and len(set(above)) == len(above):
            found.add(name)
    return found


def _is_prose(text: str) -> bool:
    return len(text) > 100 or "。" in text or text.startswith(("http://", "https://"))


def _first_column(grid: Grid, row: int) -> int:
    return next((position for position, _ in grid.filled(row)), 0)


def _is_unit_row(grid: Grid, row: int) -> bool:
    """Whether a row holds units only: in brackets, or fewer of them than the row below has cells."""
    texts = [text for _, text in grid.filled(row)]
    if not texts or not all(words.is_unit(text) for text in texts):
        return False
    in_brackets = all(text.strip()[0] in "(（[［〔" for text in texts)
    return in_brackets or (row + 1 < grid.n_rows and len(texts) < int(grid.n_filled[row + 1]))


def _is_said_above(grid: Grid, row: int, start: int) -> bool:
    """Whether a row only repeats the names above it: in a second language, as codes, or as types of data."""
    upper = row - 1
    if upper < start or int(grid.n_filled[upper]) < max(2, 0.8 * int(grid.n_filled[row])):
        return False
    above, below = dict(grid.filled(upper)), dict(grid.filled(row))
    if not below.keys() <= above.keys() or grid.merges_by_row.get(upper):
        return False
    if _are_types(list(below.values())):
        return True
    return all(map(str.isascii, below.values())) and not all(map(str.isascii, above.values()))


def _are_types(texts: Sequence[str]) -> bool:
    return all(words.is_type_word(text) for text in texts)


def _skip_units(grid: Grid, body: int, stop: int) -> tuple[int, list[tuple[int, str]]]:
    """Steps over rows between names and data that hold units or number the columns."""
    skipped: list[tuple[int, str]] = []
    while body < stop and len(skipped) < 3:
        texts = [text for _, text in grid.filled(body)]
        if not texts:
            break
        names_again = _is_said_above(grid, body, body - 1) and (_word_share(grid, body) >= 0.6 or _are_types(texts))
        if _is_unit_row(grid, body):
            skipped.append((body, "unit"))
        elif names_again or (len(texts) >= 3 and _are_column_numbers(texts)):
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
    return in_series and (not is_plain or len(plain) >= 5)
