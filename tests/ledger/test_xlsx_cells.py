"""Places and styles of cells are the same however the tags are written."""

import random

import pytest

from gis_capture.ledger.drivers import xlsx_cells
from gis_capture.ledger.drivers.xlsx_cells import find_cells
from gis_capture.ledger.table import column_letters

Cell = tuple[int, int, int, bool]
USUAL = '<c r="{place}"{style}{type}{end}'
UNUSUAL = (
    "<c{type}{style} r='{place}'{end}",
    '<x:c{style} r="{place}"{type}{end}',
    '<c\n r="{place}"{type}\t{style}{end}',
    '<c {type} {style} r = "{place}"{end}',
)


def _cells(seed: int) -> list[Cell]:
    chance = random.Random(seed)
    columns = chance.sample([*range(1, 60), 702, 703, 16_384], 12)
    return [
        (row, column, chance.choice([-1, 0, 7, 123]), chance.random() < 0.7)
        for row in (1, 9, 10, 99_999, 1_048_576)
        for column in sorted(columns)
    ]


def _written(cells: list[Cell], pattern: str, seed: int) -> bytes:
    chance = random.Random(seed)
    tags = []
    for row, column, style, holds in cells:
        tags.append(
            pattern.format(
                place=f"{column_letters(column)}{row}",
                style=f' s="{style}"' if style >= 0 else "",
                type=chance.choice([' t="s"', ' t="str"', ""]),
                end="><v>7</v></c>" if holds else chance.choice(["/>", " />"]),
            )
        )
    return f'<row r="1" s="7" customFormat="1">{"".join(tags)}</row>'.encode()


def _found(chunk: bytes) -> list[Cell]:
    return list(zip(*(of_cell.tolist() for of_cell in find_cells(chunk)), strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_cells_written_as_programs_do_are_found_by_arrays(seed: int) -> None:
    """Every cell has its row, column, style, and whether it holds something, and no tag had to be read alone."""
    cells = _cells(seed)
    chunk = _written(cells, USUAL, seed)
    assert xlsx_cells._find_usual(chunk) is not None
    assert _found(chunk) == cells


@pytest.mark.parametrize("pattern", UNUSUAL)
def test_cells_written_otherwise_are_found_too(pattern: str) -> None:
    """Another order of attributes, single quotes, prefixes and odd spaces change nothing."""
    cells = _cells(3)
    assert _found(_written(cells, pattern, 3)) == cells


def test_one_unusual_cell_among_usual_ones_is_found() -> None:
    """A chunk of which one cell names its style behind its type is read tag by tag."""
    chunk = b'<row r="1"><c r="A1" s="2"><v>1</v></c><c r="B1" t="s" s="3"><v>1</v></c><c><v>4</v></c></row>'
    assert _found(chunk) == [(1, 1, 2, True), (1, 2, 3, True)]


@pytest.mark.parametrize(
    "chunk", [b"", b"<c", b'<c r="', b'<c r="A1"', b'<c r="A1" s="4', b"<cols><col/></cols>", b"<"]
)
def test_a_chunk_that_ends_early_has_no_cells(chunk: bytes) -> None:
    """What is cut off anywhere is no cell."""
    assert _found(chunk) == []
