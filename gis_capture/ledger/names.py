"""Names the columns of a table by its header rows."""

import re
from collections.abc import Sequence

from gis_capture.ledger import words
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.table import Column, column_letters

_STRETCHED = re.compile(r"[぀-ヿ㐀-鿿々](?: +[぀-ヿ㐀-鿿々])+")


def name_columns(grid: Grid, rows: Sequence[int], used: Sequence[bool]) -> list[tuple[int, Column]]:
    """Names the columns that have a name or a value, with their position in the grid.

    Several header rows are joined by "/", a unit in brackets to the name above it; a merged or (in text files)
    blank upper cell belongs to the parent on its left. Columns that only stretch the merged cell of their neighbour
    are left out.
    """
    paths, stretched = header_paths(grid, rows)
    columns: list[tuple[int, Column]] = []
    taken: set[str] = set()
    for position, path in enumerate(paths):
        if not used[position] and (not path or position in stretched):
            continue
        header = _join(path)
        number = grid.first_column + position
        name = squeeze_name(header) or f"列{column_letters(number)}"
        unique, n = name, 1
        while unique in taken:
            n += 1
            unique = f"{name}_{n}"
        taken.add(unique)
        columns.append((position, Column(unique, header, number)))
    return columns


def _join(path: Sequence[str]) -> str:
    """Joins parents and children; a unit in brackets below a name is no child of it: 延長 over (m) is 延長(m)."""
    is_in_unit = len(path) > 1 and path[-1][0] in "(（[［〔" and words.is_unit(path[-1])
    return "/".join(path[:-1]) + path[-1] if is_in_unit else "/".join(path)


def header_paths(grid: Grid, rows: Sequence[int]) -> tuple[list[list[str]], set[int]]:
    """Gives the header cells above each column from top to bottom, and the columns that stretch their neighbour."""
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


def squeeze_name(name: str) -> str:
    """Takes out spaces that only stretch a word: 所 在 地."""
    return name.replace(" ", "") if _STRETCHED.fullmatch(name) else name
