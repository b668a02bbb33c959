"""Finds the header rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis_capture.ledger import words
from gis_capture.ledger.contrast import VALUED, Kinds, kinds_of_body, kinds_of_row
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.levels import MAX_HEADER_ROWS, extend_header, is_child
from gis_capture.ledger.subheads import is_requirement_row, is_unit_row, names_above, skip_subheads, word_share

_WINDOW = 400


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
    if wide == 2 and _is_form(grid, filled):
        return Header((), filled[0])
    kinds = kinds_of_body(grid, filled)
    lowest = _lowest_by_contrast(grid, filled, kinds, wide) if kinds.has_contrast else None
    if lowest is None:
        lowest = _lowest_by_words(grid, filled, kinds, wide)
    if lowest is None:
        body = next((row for row in filled if grid.n_filled[row] * 2 >= wide), filled[0])
        return Header((), body)
    lowest = names_above(grid, lowest, start)
    rows = extend_header(grid, lowest, start, wide)
    body, skipped = skip_subheads(grid, rows[-1] + 1, stop)
    return Header(rows, body, tuple(skipped))


def _is_form(grid: Grid, filled: Sequence[int]) -> bool:
    """Whether a sheet is one record: names on the left, values on the right, no names above."""
    pairs = [cells for row in filled if len(cells := [text for _, text in grid.filled(row)]) == 2]
    if len(pairs) < 3 or len(filled) > 60:
        return False
    n_names = sum(words.is_name_word(left) for left, _ in pairs)
    n_both = sum(words.is_name_word(left) and words.is_name_word(right) for left, right in pairs[:1])
    return n_names >= 0.6 * len(pairs) and not n_both


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
    most = 0
    for row in filled:
        if _is_about_table(grid, row) or is_requirement_row(grid, row):
            continue
        of_row = kinds_of_row(grid, row)
        fits, misfits = kinds.compare(of_row)
        n_words = sum(kind in ("text", "long") for kind in of_row)
        if candidate is not None and row == candidate + 1 and is_child(grid, candidate, row):
            candidate = row
            continue
        if fits and fits >= misfits * 2 and not (misfits and n_words > fits * 2 and candidate is None):
            break
        if misfits and n_words >= min(2, wide) and (_n_covered(grid, row) * 4 >= wide or grid.spans(row)):
            is_weaker = misfits < 0.6 * most and not _has_merged_names(grid, row)
            if (
                candidate is not None
                and grid.n_filled[candidate] * 2 >= wide
                and (is_weaker or _is_data_by_words(grid, row, candidate))
            ):
                break
            if not is_unit_row(grid, row):
                candidate, most = row, misfits
        if candidate is not None and row - candidate > MAX_HEADER_ROWS:
            break
    return candidate


def _is_about_table(grid: Grid, row: int) -> bool:
    """Whether a row says who made the table, when, and in which units, rather than naming its columns."""
    texts = [text for _, text in grid.filled(row)]
    return all(words.is_labelled_value(text) or words.is_remark(text) for text in texts) and any(
        map(words.is_labelled_value, texts)
    )


def _n_covered(grid: Grid, row: int) -> int:
    """Number of cells of a row that are filled or belong to a merged cell that is."""
    covered = {position for position, _ in grid.filled(row)}
    for merge in grid.merges_by_row.get(row, ()):
        if grid.columns[merge.left][merge.top] is not None:
            covered.update(range(merge.left, merge.right + 1))
    return len(covered)


def _is_data_by_words(grid: Grid, row: int, candidate: int) -> bool:
    """Whether a row of words below a good header row is rather data with remarks in the number columns."""
    return word_share(grid, candidate) >= 0.5 and word_share(grid, row) < 0.25 and not _has_merged_names(grid, row)


def _has_merged_names(grid: Grid, row: int) -> bool:
    """Whether merged cells of a row are those of names: across columns, or reaching down from the row above."""
    return any(merge.right > merge.left or merge.top < row for merge in grid.merges_by_row.get(row, ()))


def _lowest_by_words(grid: Grid, filled: Sequence[int], kinds: Kinds, wide: int) -> int | None:
    best, best_score = None, 0.03
    for row in filled[:30]:
        if grid.n_filled[row] * 2 < wide or _is_about_table(grid, row) or is_requirement_row(grid, row):
            continue
        if row == filled[-1] and any(grid.n_filled[above] >= grid.n_filled[row] for above in filled[:-1]):
            # Names below everything else would be those of nothing.
            continue
        score = _name_score(grid, row, filled, kinds)
        if score > best_score + (0.15 if best is not None else 0.0):
            best, best_score = row, score
    if best is not None and best + 1 < grid.n_rows and is_child(grid, best, best + 1):
        return best + 1
    return best


def _name_score(grid: Grid, row: int, filled: Sequence[int], kinds: Kinds) -> float:
    """How much a row looks like names rather than like the rows below it, from about -1 to 1."""
    # Names that are said again on the next page speak for themselves.
    said = list(grid.filled(row))
    below = [r for r in filled if r > row and list(grid.filled(r)) != said][:50]
    if not below:
        return 0.5 if word_share(grid, row) >= 0.5 and grid.n_filled[row] > 1 else 0.0
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
        elif words.is_prose(text):
            total -= 1.0
        elif kind == "long":
            total -= 0.5
        elif words.is_name_word(text):
            total += 0.8
        elif kind == "code" or words.is_numbered_name(text):
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
