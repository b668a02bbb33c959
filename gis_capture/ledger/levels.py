"""Which rows above and below a header row belong to it: by their merges, or by what they complete."""

from collections import Counter
from collections.abc import Sequence

from gis_capture.ledger import words
from gis_capture.ledger.contrast import kinds_of_row
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.subheads import is_unit_row

MAX_HEADER_ROWS = 8
_MAX_BELOW = 3


def is_child(grid: Grid, upper: int, lower: int) -> bool:
    """Whether a row names just what the row above it left blank, as the children of exported merges do."""
    above, below = grid.row(upper), grid.row(lower)
    first = grid.leftmost(upper)
    filled = [position for position, _ in grid.filled(lower)]
    gaps = [position for position in range(first, grid.n_columns) if above[position] is None]
    if (
        len(filled) < 2
        or filled[0] <= first
        or is_unit_row(grid, lower)
        or any(words.kind_of(below[p]) not in ("text", "code") for p in filled)
    ):
        return False
    n_gaps = sum(below[position] is not None for position in gaps)
    n_parents = sum(above[p] is not None and p + 1 in gaps for p in filled)
    return n_gaps > 0 and n_gaps >= 0.8 * len(gaps) and n_gaps + n_parents >= 0.6 * len(filled)


def extend_header(grid: Grid, lowest: int, start: int, wide: int) -> tuple[int, ...]:
    """Adds the rows above and below that belong to the header by their merges or by what they complete."""
    ends = {merge.bottom for merge in grid.merges_by_row.get(lowest, ()) if merge.top == lowest < merge.bottom}
    bottoms = (end for end in sorted(ends, reverse=True) if end <= lowest + _MAX_BELOW)
    bottom = next((end for end in bottoms if _holds_names(grid, lowest, end)), lowest)
    top = lowest
    tall = [
        m.top
        for m in grid.merges_by_row.get(lowest, ())
        if start <= m.top < lowest and lowest - m.top <= MAX_HEADER_ROWS
    ]
    if tall:
        top = min(tall)
    while top > start and lowest - top < MAX_HEADER_ROWS and grid.n_filled[top - 1]:
        if _same_row(grid, top - 1, top) or not _is_parent(grid, top - 1, top, bottom, wide):
            break
        top -= 1
    return tuple(range(top, bottom + 1))


def _holds_names(grid: Grid, lowest: int, bottom: int) -> bool:
    """Whether the rows beside vertical merges in the header row hold names, down to the end of the merges."""
    merges = [m for m in grid.merges_by_row.get(lowest, ()) if m.bottom == bottom]
    merged = {c for m in merges for c in range(m.left, m.right + 1)}
    levels = [[text for c, text in grid.filled(row) if c not in merged] for row in range(lowest + 1, bottom + 1)]
    spans = any(m.left < m.right and m.bottom == lowest for m in grid.spans(lowest))
    are_names = all(words.kind_of(text) in ("text", "code", "long") for texts in levels for text in texts)
    return spans and all(levels) and are_names


def _same_row(grid: Grid, upper: int, lower: int) -> bool:
    return grid.row(upper) == grid.row(lower)


def _is_parent(grid: Grid, upper: int, lower: int, bottom: int, wide: int) -> bool:
    """Whether a row groups the header row below it, rather than being a title or a remark."""
    cells = {position: text for position, text in grid.filled(upper) if not words.is_remark(text)}
    kinds = kinds_of_row(grid, upper)
    if (
        not cells
        or all(words.is_requirement(text) for text in cells.values())
        or any(kinds[position] in ("number", "date") or words.is_prose(text) for position, text in cells.items())
    ):
        return False
    spans = {m.left: m for m in grid.merges_by_row.get(upper, ()) if m.top == upper}
    positions = sorted(cells)
    if len(positions) == 1:
        merge = spans.get(positions[0])
        return (
            merge is not None
            and merge.bottom == upper
            and 1 < merge.right - merge.left + 1 < wide * 0.8
            and merge.left > grid.leftmost(lower)
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
    first = grid.leftmost(upper)
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
