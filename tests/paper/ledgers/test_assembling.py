"""Where the columns of a page cannot be trusted, nothing on it is accepted."""

from dataclasses import replace

from gis_capture.paper.ledgers.assembling import PageTable, assemble
from gis_capture.paper.ledgers.checks import Known
from gis_capture.paper.ledgers.table import Reading, ScannedCell

N_ROWS = 12


def _page(number: int, heads: tuple[str, ...], edges: tuple[float, ...], *, n_unsure: int = 0) -> PageTable:
    """A page of running numbers and words that two engines read alike."""
    cells: list[ScannedCell] = []
    for row in range(N_ROWS):
        for column, head in enumerate(heads):
            text = head if row == 0 else (str(row + (number - 1) * (N_ROWS - 1)) if column == 0 else "good")
            readings = tuple(Reading(engine, text, 0.99) for engine in ("one", "other")) if text else ()
            doubts = ("several_cells",) if len(cells) < n_unsure else ()
            cells.append(ScannedCell(row, column, number, (0, 0, 9, 9), readings=readings, doubts=doubts))
    return PageTable(N_ROWS, len(heads), edges, tuple(cells))


def _n_accepted(*pages: PageTable) -> int:
    tables = assemble([[page] for page in pages], Known())
    return sum(cell.is_accepted for table in tables for cell in table.cells if cell.readings)


PLAIN = (("number", "state"), (0.0, 0.4, 1.0))
FOLDED = (("number", "sta", "te"), (0.0, 0.4, 0.7, 1.0))


def test_pages_with_the_same_columns_are_accepted() -> None:
    """Nothing speaks against two pages that are divided alike."""
    assert _n_accepted(_page(1, *PLAIN), _page(2, *PLAIN)) > N_ROWS


def test_pages_with_one_header_and_different_columns_wait() -> None:
    """A fold taken for a line on one page: nobody knows which page is right, so neither is accepted."""
    assert _n_accepted(_page(1, *PLAIN), _page(2, *FOLDED)) == 0


def test_another_table_is_not_doubted() -> None:
    """A table with another header may have other columns."""
    other = (("lot", "owner", "use"), (0.0, 0.4, 0.7, 1.0))
    assert _n_accepted(_page(1, *PLAIN), _page(2, *other)) > N_ROWS


def test_a_table_with_many_unclear_borders_waits() -> None:
    """More than 15 % of the cells are unclear: the whole grid is."""
    assert _n_accepted(_page(1, *PLAIN, n_unsure=2)) > 0
    assert _n_accepted(_page(1, *PLAIN, n_unsure=5)) == 0


def test_a_digit_in_a_header_leaves_it_a_header() -> None:
    """面積(m2) above numbers is a header all the same; a row of values is none."""
    heads, edges = ("number", "m2", "W", "V"), (0.0, 0.2, 0.4, 0.7, 1.0)
    page = _page(1, heads, edges)
    numbers = [
        replace(cell, readings=tuple(replace(one, text=str(7 * cell.row + 3)) for one in cell.readings))
        for cell in page.cells
    ]
    for top, n_header_rows in ((page.cells[:4], 1), (numbers[:4], 0)):
        (table,) = assemble([[replace(page, cells=(*top, *numbers[4:]))]], Known())
        assert table.header_rows == n_header_rows


WIDE_HEADS = ("number", "town", "lot", "state", "year", "note")


def test_columns_as_wide_as_the_texts_of_each_page_are_no_fold() -> None:
    """Many edges moved, and every header cell is the same: both pages are right."""
    one, other = (0.0, 0.1, 0.24, 0.31, 0.47, 0.57, 1.0), (0.0, 0.12, 0.29, 0.38, 0.58, 0.7, 1.0)
    assert _n_accepted(_page(1, WIDE_HEADS, one), _page(2, WIDE_HEADS, other)) > N_ROWS


def test_one_edge_that_moved_alone_is_a_fold() -> None:
    """A fold taken for the line beside it moves one edge; the others stay where they were."""
    one, other = (0.0, 0.1, 0.24, 0.31, 0.47, 0.57, 1.0), (0.0, 0.1, 0.24, 0.31, 0.52, 0.57, 1.0)
    assert _n_accepted(_page(1, WIDE_HEADS, one), _page(2, WIDE_HEADS, other)) == 0


def test_moved_edges_below_another_header_cell_wait() -> None:
    """Where a header cell was cut too, the columns are not the same."""
    one, other = (0.0, 0.1, 0.24, 0.31, 0.47, 0.57, 1.0), (0.0, 0.12, 0.29, 0.38, 0.58, 0.7, 1.0)
    cut = ("number", "town", "lot", "sta", "teyear", "note")
    assert _n_accepted(_page(1, WIDE_HEADS, one), _page(2, cut, other)) == 0
