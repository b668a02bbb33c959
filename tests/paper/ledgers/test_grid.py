"""Tables are found on pages as paper really looks, and folds are no lines of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gis_capture.paper.ledgers.grid import find_grids
from gis_capture.paper.ledgers.straighten import LONG_EDGE_MM, find_skew, straighten
from tests.paper.ledgers.printed import Look, print_ledger

SCAN = Look(dpi=150, skew_deg=0.9)


@pytest.mark.parametrize(
    "look",
    [
        SCAN,
        replace(SCAN, has_thin_lines=True, blur=0.9),
        replace(SCAN, n_folds=2),
        replace(SCAN, has_thin_lines=True, n_folds=2),
        replace(SCAN, n_stamps=2, shading=0.12, noise=7),
        replace(SCAN, ground="diazo", n_stamps=1),
        replace(SCAN, ground="blueprint"),
        replace(SCAN, dpi=200, is_photo=True, has_thin_lines=True),
    ],
    ids=[
        "plain",
        "thin lines",
        "folds",
        "folds and thin lines",
        "stamps and shadow",
        "diazo",
        "blueprint",
        "photograph",
    ],
)
def test_ruled_tables_are_divided_at_their_lines(look: Look, font: Path) -> None:
    """Every cell of eight rows below two header rows, merged headers as they are, nothing at folds."""
    printed = print_ledger(3 * 7 + 1, look=look, n_rows=8)
    picture = printed.pages[0]
    px_per_mm = max(picture.shape) / LONG_EDGE_MM if look.is_photo else look.dpi / 25.4

    (grid,), plain = find_grids(straighten(picture).gray, px_per_mm)

    assert (grid.n_rows, grid.n_columns, grid.has_lines) == (10, 8, True)
    spans = {(place.row, place.column): (place.row_span, place.column_span) for place in grid.places}
    assert spans.pop((0, 1)) == spans.pop((0, 3)) == (1, 2)
    assert [spans.pop((0, column)) for column in (0, 5, 6, 7)] == [(2, 1)] * 4
    assert set(spans.values()) == {(1, 1)} and len(spans) == 4 + 8 * 8
    assert all(place.is_sure for place in grid.places)
    # Lines are gone from what engines see.
    left, top, _, bottom = grid.box
    assert (plain[top:bottom, left : left + 3] > 200).mean() > 0.98


def test_tables_without_lines_are_divided_at_their_gaps(font: Path) -> None:
    """Titles and page numbers are no rows of it."""
    picture = print_ledger(3, look=replace(SCAN, has_lines=False, n_folds=1), n_rows=8).pages[0]

    (grid,), _ = find_grids(straighten(picture).gray, SCAN.dpi / 25.4)

    # Row 0 is the header, of one line in this ledger of trees, or hydrants; each row of text is one of the table.
    assert (grid.n_columns, grid.has_lines) == (8, False)
    assert grid.n_rows in (9, 10)


def test_a_page_without_a_table_has_none() -> None:
    """White paper, and noise."""
    noise = np.random.default_rng(5).integers(200, 255, (900, 1200), np.uint8)
    for page in (np.full((900, 1200), 255, np.uint8), noise):
        assert find_grids(page, 5.9)[0] == []


@pytest.mark.parametrize("skew_deg", [-4.0, -0.7, 3.2])
def test_skew_is_found(skew_deg: float, font: Path) -> None:
    """To a tenth of a degree."""
    picture = print_ledger(4, look=replace(SCAN, skew_deg=skew_deg), n_rows=8).pages[0]
    assert abs(find_skew(picture[:, :, 1]) - skew_deg) < 0.15
