"""Finds the tables of a grid: stacked, side by side, under titles and remarks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.headers import Header, find_header
from gis_capture.ledger.rows import Body, read_body


@dataclass(frozen=True)
class Region:
    """One table: the columns it stands in (as a grid of its own), its header, its body and the rows above it."""

    grid: Grid
    header: Header
    body: Body
    above: tuple[tuple[int, str], ...]
    title: str | None


def find_regions(grid: Grid) -> list[Region]:
    """Finds all tables of a grid, from top to bottom and from left to right."""
    regions: list[Region] = []
    start = 0
    while start < grid.n_rows:
        header = find_header(grid, start, grid.n_rows)
        if header is None:
            break
        blocks = _side_by_side(grid, header)
        stop = grid.n_rows
        for left, right in blocks:
            part = grid if len(blocks) == 1 else grid.block(left, right)
            body = read_body(part, header, stop)
            above = tuple(_rows_above(grid, start, header))
            if len(blocks) > 1 and not body.rows:
                continue
            if _is_table(part, header, body):
                regions.append(Region(part, header, body, above, _title(grid, above)))
        next_start = max((r.body.stop for r in regions), default=0)
        if len(blocks) == 1:
            next_start = body.stop
        if next_start <= start or (header.first_body_row >= grid.n_rows):
            break
        start = next_start
    return regions


def _is_table(grid: Grid, header: Header, body: Body) -> bool:
    """Prose on a sheet of notes is not a table: one column of words without a name."""
    if header.rows:
        return True
    used = [column for column in grid.columns if any(column[row] is not None for row in body.rows)]
    if not used:
        return False
    values = [value for column in used for row in list(body.rows)[:200] if (value := column[row]) is not None]
    n_words = sum(words.kind_of(value) in ("text", "long") for value in values)
    return len(used) > 1 or n_words * 2 < len(values) or grid.lists_trailing_blanks


def _rows_above(grid: Grid, start: int, header: Header) -> Iterator[tuple[int, str]]:
    top = header.rows[0] if header.rows else header.first_body_row
    for row in range(start, top):
        n = int(grid.n_filled[row])
        first = next(grid.filled(row), (0, ""))[1]
        if not n:
            yield row, "blank"
        else:
            yield row, "comment" if first.startswith("#") else "title"
    yield from header.skipped


def _title(grid: Grid, above: Sequence[tuple[int, str]]) -> str | None:
    for row, reason in reversed(above):
        if reason == "title":
            return words.squeeze(next(grid.filled(row))[1])[:40]
    return None


def _side_by_side(grid: Grid, header: Header) -> list[tuple[int, int]]:
    """Splits the columns where the header says the same names again, or where a gap parts two tables."""
    whole = [(0, grid.n_columns - 1)]
    if not header.rows:
        return whole
    lowest = grid.row(header.rows[-1])
    names = [words.squeeze(text) if text else None for text in lowest]
    filled = [position for position, name in enumerate(names) if name]
    if len(filled) < 4:
        return whole
    return _repeated_blocks(names, filled) or whole


def _repeated_blocks(names: Sequence[str | None], filled: Sequence[int]) -> list[tuple[int, int]]:
    sequence = [names[position] for position in filled]
    n = len(sequence)
    for size in range(2, n // 2 + 1):
        if n % size or len(set(sequence[:size])) < size:
            continue
        if all(sequence[i] == sequence[i % size] for i in range(n)):
            starts = [filled[i] for i in range(0, n, size)]
            ends = [start - 1 for start in starts[1:]] + [len(names) - 1]
            return list(zip(starts, ends, strict=True))
    return []
