"""Finds the tables of a grid: stacked, side by side, under titles and remarks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.headers import Header, find_header
from gis_capture.ledger.names import header_paths
from gis_capture.ledger.rows import Body, read_body

_LEAST_SUMMARY = 3


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
    parts = _parts(grid)
    if len(parts) > 1:
        found = [_stacked(grid.block(left, right)) for left, right in parts]
        if _are_apart(found):
            return [region for regions in found for region in regions]
    return _stacked(grid)


def _stacked(grid: Grid) -> list[Region]:
    regions: list[Region] = []
    start = 0
    while start < grid.n_rows:
        header = find_header(grid, start, grid.n_rows)
        if header is None:
            break
        summary = _summary_above(grid, start, header)
        if summary is not None:
            regions.append(summary)
            start = summary.body.stop
        above = tuple(_rows_above(grid, start, header))
        stop = start
        for block in _repeated_blocks(grid, header):
            body = read_body(block, header, start, grid.n_rows)
            stop = max(stop, body.stop)
            if _is_table(block, header, body) and (body.rows or block is grid):
                regions.append(Region(block, header, body, above, _title(grid, above)))
        if stop <= start:
            break
        start = stop
    return regions


def _summary_above(grid: Grid, start: int, header: Header) -> Region | None:
    """A small table of figures above the list, with a gap between: three names or more, numbers in two rows or more."""
    top = header.rows[0] if header.rows else header.first_body_row
    gap = next((row for row in range(top - 1, start, -1) if not grid.n_filled[row]), start)
    first = find_header(grid, start, gap) if gap - start >= _LEAST_SUMMARY else None
    if first is None or not first.rows or grid.n_filled[first.rows[-1]] < _LEAST_SUMMARY:
        return None
    body = read_body(grid, first, start, gap)
    figures = [row for row in body.rows if sum(words.is_number(text) for _, text in grid.filled(row)) > 1]
    if len(figures) < max(2, len(body.rows)):
        return None
    above = tuple(_rows_above(grid, start, first))
    return Region(grid, first, replace(body, stop=gap), above, _title(grid, above))


def _parts(grid: Grid) -> list[tuple[int, int]]:
    """Ranges of columns between blank columns; a range of one column belongs to its neighbour."""
    blank = [not any(value is not None for value in column) for column in grid.columns]
    parts: list[tuple[int, int]] = []
    left = None
    for position, is_blank in enumerate([*blank, True]):
        if not is_blank and left is None:
            left = position
        elif is_blank and left is not None:
            parts.append((left, position - 1))
            left = None
    if len(parts) < 2 or any(right == left for left, right in parts) or grid.n_rows > 20_000:
        return [(0, grid.n_columns - 1)]
    return parts


def _are_apart(found: Sequence[Sequence[Region]]) -> bool:
    """Whether parts of a sheet are tables of their own: each has names, and their rows are not the same ones."""
    if not all(len(regions) and regions[0].header.rows for regions in found):
        return False
    first = found[0][0]
    for regions in found[1:]:
        other = regions[0]
        if len(regions) != len(found[0]) or other.header.rows[-1] != first.header.rows[-1]:
            continue
        ours, theirs = list(first.body.rows), list(other.body.rows)
        ends_together = bool(ours and theirs) and abs(ours[-1] - theirs[-1]) <= 1
        has_holes = any(
            body.rows and len(body.rows) < body.rows[-1] - body.rows[0] + 1 for body in (first.body, other.body)
        )
        if (ends_together or has_holes) and not _begins_with_number(other):
            return False
    return True


def _begins_with_number(region: Region) -> bool:
    """Whether the first column is one that begins ledgers: 番号, No., ID."""
    paths, _ = header_paths(region.grid, region.header.rows)
    return bool(paths[0]) and words.fold(paths[0][-1]) in ("番号", "no", "no.", "№", "id", "整理番号", "管理番号")


def _is_table(grid: Grid, header: Header, body: Body) -> bool:
    """Prose on a sheet of notes is not a table: one column of words without a name."""
    if header.rows:
        return not _is_cover(grid, header, body)
    used = [column for column in grid.columns if any(column[row] is not None for row in body.rows)]
    if not used:
        return False
    values = [value for column in used for row in list(body.rows[:200]) if (value := column[row]) is not None]
    n_words = sum(words.kind_of(value) in ("text", "long") for value in values)
    return len(used) > 1 or n_words * 2 < len(values) or grid.lists_trailing_blanks


def _is_cover(grid: Grid, header: Header, body: Body) -> bool:
    """Whether a sheet of a workbook is its cover: a few lines of one cell, a date or a remark among them."""
    if grid.name is None or len(body.rows) > 10 or len(header.rows) > 1:
        return False
    lines = [list(grid.filled(row)) for row in (*header.rows, *body.rows)]
    texts = [cells[0][1] for cells in lines if len(cells) == 1]
    return (
        len(texts) == len(lines) > 1
        and any(words.is_remark(text) or words.kind_of(text) == "date" for text in texts[1:])
        and not any(words.kind_of(text) in ("number", "code") for text in texts)
    )


def _rows_above(grid: Grid, start: int, header: Header) -> Iterator[tuple[int, str]]:
    top = header.rows[0] if header.rows else header.first_body_row
    for row in range(start, top):
        first = next(grid.filled(row), None)
        if first is None:
            yield row, "blank"
        else:
            yield row, "comment" if first[1].startswith("#") else "title"
    yield from header.skipped


def _title(grid: Grid, above: Sequence[tuple[int, str]]) -> str | None:
    """The line nearest to the names that is no date, office or unit; where there is none, the nearest line."""
    titles = [words.squeeze(next(grid.filled(row))[1])[:40] for row, reason in reversed(above) if reason == "title"]
    named = (title for title in titles if not _is_about_document(title))
    return next(named, titles[0] if titles else None)


def _is_about_document(title: str) -> bool:
    return words.is_remark(title) or words.is_labelled_value(title) or words.kind_of(title) in ("date", "number")


def _repeated_blocks(grid: Grid, header: Header) -> list[Grid]:
    """Splits the columns where the header says the same names again: one list broken into several stripes."""
    if not header.rows:
        return [grid]
    paths, _ = header_paths(grid, header.rows)
    filled = [position for position, path in enumerate(paths) if path]
    sequence = ["/".join(paths[position]) for position in filled]
    n = len(sequence)
    for size in range(2, n // 2 + 1):
        # Two names twice may as well be the positions of two ends.
        if n % size or len(set(sequence[:size])) < size or (size == 2 and n == 4 and filled[-1] - filled[0] == 3):
            continue
        if all(sequence[i] == sequence[i % size] for i in range(n)):
            starts = [filled[i] for i in range(0, n, size)]
            ends = [start - 1 for start in starts[1:]] + [grid.n_columns - 1]
            return [grid.block(left, right) for left, right in zip(starts, ends, strict=True)]
    return [grid]
