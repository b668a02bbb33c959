"""Finds the header rows of a table and names its columns."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.table import Column

_WINDOW = 400
_MAX_HEADER_ROWS = 8
_VALUED = ("number", "date", "code")


@dataclass(frozen=True, slots=True)
class Kinds:
    """What the columns of a body hold: the kind that prevails in each, "" where none does."""

    of_column: tuple[str, ...]

    @property
    def has_contrast(self) -> bool:
        """Whether some column tells data from names: it holds numbers, dates or codes."""
        return any(kind in _VALUED for kind in self.of_column)

    def compare(self, kinds: Sequence[str]) -> tuple[int, int]:
        """Counts in how many telling columns a row fits the body, and in how many it has words instead."""
        fits = misfits = 0
        for kind, expected in zip(kinds, self.of_column, strict=True):
            if expected in _VALUED and kind:
                if kind == expected or (kind in _VALUED[:2] and expected in _VALUED[:2]):
                    fits += 1
                elif kind in ("text", "long") or (kind == "code" and expected != "code"):
                    misfits += 1
        return fits, misfits


@dataclass(frozen=True, slots=True)
class Header:
    """Header rows of a table, counted from 0 in its grid; none for a table without names."""

    rows: tuple[int, ...]
    first_body_row: int
    skipped: tuple[tuple[int, str], ...] = ()


def kinds_of_row(grid: Grid, index: int) -> list[str]:
    """The kind of every cell of a row; a row of rising years counts as names."""
    kinds = [words.kind_of(column[index]) for column in grid.columns]
    numbers = [column[index] for column, kind in zip(grid.columns, kinds, strict=True) if kind == "number"]
    if len(numbers) >= 3:
        years = [int(n) for n in numbers if n is not None and re.fullmatch(r"\s*(?:19|20)\d\d\s*", n)]
        if len(years) == len(numbers) and all(a < b for a, b in zip(years, years[1:], strict=False)):
            return ["text" if kind == "number" else kind for kind in kinds]
    return kinds


def kinds_of_body(grid: Grid, rows: Sequence[int]) -> Kinds:
    """The prevailing kind of each column over some rows."""
    found = []
    for column in grid.columns:
        counts = Counter(words.kind_of(column[row]) for row in rows)
        counts.pop("", None)
        n_dashes = counts.pop("-", 0)
        total = sum(counts.values())
        kind, n = counts.most_common(1)[0] if counts else ("", 0)
        if counts["number"] + counts["date"] > n and "number" in counts:
            kind, n = "number", counts["number"] + counts["date"]
        found.append(kind if n * 2 >= total and total else ("-" if n_dashes else ""))
    return Kinds(tuple(found))


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
        if fits and fits >= misfits * 2 and not (misfits and n_words > fits * 2 and candidate is None):
            break
        if misfits and n_words >= min(2, wide) and (grid.n_filled[row] * 4 >= wide or _spans(grid, row)):
            if candidate is not None and _is_data_by_words(grid, row, candidate):
                break
            if not _is_unit_row(grid, row):
                candidate = row
        if candidate is not None and row - candidate > _MAX_HEADER_ROWS:
            break
    return candidate


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
            total -= 1.5
        elif kind == "long":
            total -= 0.5
        elif words.is_name_word(text):
            total += 0.8
        elif kind == "code":
            total += -0.3 if expected == "code" else 0.4
        elif expected in _VALUED:
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
        if merge.bottom > bottom and merge.bottom - lowest < _MAX_HEADER_ROWS and merge.top >= start and merge.top == lowest:
            if grid.n_filled[merge.bottom] and merge.bottom == merge.top + 1:
                bottom = _checked_bottom(grid, lowest, merge.bottom)
    top = lowest
    tall = [m.top for m in grid.merges_by_row.get(lowest, ()) if start <= m.top < lowest and lowest - m.top <= _MAX_HEADER_ROWS]
    if tall:
        top = min(tall)
    while top > start and lowest - top < _MAX_HEADER_ROWS and grid.n_filled[top - 1]:
        if _same_row(grid, top - 1, top) or not _is_parent(grid, top - 1, top, wide):
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


def _is_parent(grid: Grid, upper: int, lower: int, wide: int) -> bool:
    """Whether a row groups the header row below it, rather than being a title or a remark."""
    cells = dict(grid.filled(upper))
    if any(words.kind_of(text) in ("number", "date", "long") for text in cells.values()):
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
    names = grid.row(lower)
    repeated = {text for text, n in Counter(n for n in names if n).items() if n > 1}
    has_merges = any(m.right > m.left for m in spans.values())
    votes = 0
    for number, position in enumerate(positions):
        end = positions[number + 1] - 1 if number + 1 < len(positions) else grid.n_columns - 1
        merge = spans.get(position)
        if merge is not None and (merge.right > merge.left or merge.bottom > upper):
            whole = merge.right - merge.left + 1 >= wide * 0.8
            votes += -1 if whole else 1
            continue
        below = [c for c in range(position, end + 1) if names[c] is not None]
        if names[position] is None:
            votes += 1
        elif not has_merges and 1 < len(below) <= max(2, wide // 2) and len(below) == end - position + 1:
            votes += 1
        elif names[position] in repeated or (names[position] or "").startswith(("(", "（")):
            votes += 1
        else:
            votes -= 1
    short = all(len(text.strip()) <= 6 for text in cells.values())
    if short and len(cells) * 2 >= wide and len(set(cells.values())) * 2 <= len(cells):
        return True
    return votes > 0


def _first_column(grid: Grid, row: int) -> int:
    return next((position for position, _ in grid.filled(row)), 0)


def _is_unit_row(grid: Grid, row: int) -> bool:
    texts = [text for _, text in grid.filled(row)]
    return bool(texts) and all(words.is_unit(text) for text in texts) and (
        len(set(texts)) < len(texts) or len(texts) == 1 or all(t.strip()[0] in "(（[［〔" for t in texts)
    )


def _skip_units(grid: Grid, body: int, stop: int) -> tuple[int, list[tuple[int, str]]]:
    """Steps over rows between names and data that hold units or number the columns."""
    skipped: list[tuple[int, str]] = []
    while body < stop and len(skipped) < 3:
        texts = [text for _, text in grid.filled(body)]
        if not texts:
            break
        if _is_unit_row(grid, body):
            skipped.append((body, "unit"))
        elif len(texts) >= 3 and _are_column_numbers(texts):
            skipped.append((body, "code_row"))
        else:
            break
        body += 1
    return body, skipped


def _are_column_numbers(texts: Sequence[str]) -> bool:
    """Whether cells number the columns: (1) (2) (3), ①②③, ア イ ウ; plain 1 2 3 only if they rise by one."""
    if not all(words.is_column_number(text) for text in texts):
        return False
    plain = [words.fold(text) for text in texts]
    numbers = [int(p) for p in plain if p.isdecimal()]
    if len(numbers) == len(plain) and texts[0].strip().isdigit():
        return len(numbers) >= 5 and numbers == list(range(1, len(numbers) + 1))
    return len(set(plain)) == len(plain)


def name_columns(grid: Grid, rows: Sequence[int], used: Sequence[bool]) -> list[tuple[int, Column]]:
    """Names the columns that have a name or a value, with their position in the grid.

    Several header rows are joined by "/"; a merged or (in text files) blank upper cell belongs to the parent on
    its left. Columns that only stretch the merged cell of their neighbour are left out.
    """
    paths, stretched = _paths(grid, rows)
    columns: list[tuple[int, Column]] = []
    taken: set[str] = set()
    for position, path in enumerate(paths):
        if not used[position] and (not path or position in stretched):
            continue
        header = "/".join(path)
        number = grid.first_column + position
        name = header or f"列{column_letters(number)}"
        unique, n = name, 1
        while unique in taken:
            n += 1
            unique = f"{name}_{n}"
        taken.add(unique)
        columns.append((position, Column(unique, header, number)))
    return columns


def _paths(grid: Grid, rows: Sequence[int]) -> tuple[list[list[str]], set[int]]:
    paths: list[list[str]] = [[] for _ in range(grid.n_columns)]
    stretched: set[int] = set()
    for level, row in enumerate(rows):
        texts = grid.row(row)
        spread: dict[int, str] = {}
        has_spans = False
        for merge in grid.merges_by_row.get(row, ()):
            text = grid.columns[merge.left][merge.top]
            has_spans = has_spans or merge.right > merge.left
            for position in range(merge.left, merge.right + 1):
                if text is not None and merge.top in rows:
                    spread[position] = text
                if position > merge.left and merge.bottom >= rows[-1]:
                    stretched.add(position)
        if level < len(rows) - 1 and not has_spans:
            spread |= _spread_left(grid, rows, level, texts)
        for position, text in enumerate(texts):
            name = clean_name(spread.get(position, text) or "")
            if name and (not paths[position] or paths[position][-1] != name):
                paths[position].append(name)
    return paths, stretched


def _spread_left(grid: Grid, rows: Sequence[int], level: int, texts: Sequence[str | None]) -> dict[int, str]:
    """Blank parents of a text file: they belong to the parent on the left, unless that one stands alone."""
    spread: dict[int, str] = {}
    parent: str | None = None
    for position, text in enumerate(texts):
        has_child = any(grid.columns[position][row] is not None for row in rows[level + 1 :])
        if text is not None:
            right = position + 1 < len(texts) and texts[position + 1] is None
            parent = text if has_child or right else None
        elif has_child and parent is not None:
            spread[position] = parent
        else:
            parent = None
    return spread


def clean_name(text: str) -> str:
    """Takes newlines and ideographic spaces out of a header cell; a newline between Latin words becomes a space."""
    text = re.sub(r"(?<=[A-Za-z0-9.,])\s*[\r\n]+\s*(?=[A-Za-z0-9])", " ", text.strip())
    return re.sub(r"[\r\n\u3000\u200b\ufeff]+", "", text).strip()


def column_letters(number: int) -> str:
    """Names a column as Excel does: 3 → "C"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
