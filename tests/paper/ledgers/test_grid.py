"""Tables are found on pages as paper really looks, and folds are no lines of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gis_capture.paper.ledgers.folds import lift_fold
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


@pytest.mark.parametrize("seed", [4, 12])
@pytest.mark.parametrize("look", [SCAN, replace(SCAN, dpi=300, skew_deg=-1), replace(SCAN, has_upright_heads=True)])
def test_tables_without_lines_are_divided_at_their_gaps(seed: int, look: Look, font: Path) -> None:
    """Titles and page numbers are no rows of it; headers of two lines are two rows, those in the middle span both."""
    printed = print_ledger(seed, look=replace(look, has_lines=False, n_folds=1), n_rows=8)

    (grid,), _ = find_grids(straighten(printed.pages[0]).gray, look.dpi / 25.4)

    assert (grid.n_rows, grid.n_columns, grid.has_lines) == (10, 8, False)
    upper, lower = printed.heads
    spans = {(place.row, place.column): (place.row_span, place.column_span) for place in grid.places if place.row < 2}
    wide = {(0, column): (1, 2) for column in range(7) if upper[column] and lower[column] and upper[column + 1] is None}
    whole = {(0, column): (2, 1) for column in range(8) if lower[column] is None}
    assert {at: span for at, span in spans.items() if span != (1, 1)} == wide | whole
    assert len(grid.places) == len(spans) + 8 * 8


def test_a_header_of_one_line_is_one_row(font: Path) -> None:
    """Though its texts are wider than the values below."""
    picture = print_ledger(5, look=replace(SCAN, has_lines=False), n_rows=25).pages[0]
    (grid,), _ = find_grids(straighten(picture).gray, SCAN.dpi / 25.4)
    assert (grid.n_rows, grid.n_columns, len(grid.places)) == (26, 8, 26 * 8)


def test_prose_and_lists_of_contents_are_no_tables(font: Path) -> None:
    """Texts that run over the whole width, behind bullets; a heading and its page."""
    rng = np.random.default_rng(3)
    letters = "市民満足度調査結果報告書地域交通環境"
    prose, contents = (Image.new("L", (1240, 1754), 255) for _ in range(2))
    face = ImageFont.truetype(str(font), 24)
    for row in range(30):
        text = "".join(rng.choice(list(letters), 38 if row % 3 else 20))
        ImageDraw.Draw(prose).text((110, 120 + 48 * row), f"{'' if row % 3 else '○'}  {text}", font=face)
        ImageDraw.Draw(contents).text((110, 120 + 48 * row), f"({row})  {text[:8]}", font=face)
        ImageDraw.Draw(contents).text((1080, 120 + 48 * row), str(row // 2), font=face)
    for page in (prose, contents):
        assert find_grids(np.asarray(page), 150 / 25.4)[0] == []


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


@pytest.mark.parametrize("seed, page", [(91014, 1), (91019, 1), (93007, 2), (93011, 3)])
def test_a_fold_along_a_line_takes_no_row_and_no_column_away(seed: int, page: int, font: Path) -> None:
    """Though the line be as thin and as pale as the fold that hides it, or stand beside it; no cell of it waits."""
    printed = print_ledger(seed, n_pages=1 + seed % 3, n_rows=22)
    picture, look = printed.pages[page - 1], printed.look
    px_per_mm = max(picture.shape) / LONG_EDGE_MM if look.is_photo else look.dpi / 25.4
    upright = np.rot90(picture, -(look.turned // 90)).copy()
    (grid,), _ = find_grids(straighten(upright).gray, px_per_mm)
    assert (grid.n_rows, grid.n_columns) == (len(printed.heads) + 22, 8)
    assert all(place.is_sure for place in grid.places)


def test_a_fold_in_the_middle_of_a_high_row_divides_it_not(font: Path) -> None:
    """Though all other rows are half as high: it is no darker there than beyond the table."""
    mm, edges = 300 / 25.4, [20 + 8 * n for n in range(8)] + [20 + 8 * n for n in range(9, 15)]
    image = Image.new("L", (round(200 * mm), round(150 * mm)), 255)
    draw = ImageDraw.Draw(image)
    for y in edges:
        draw.line((20 * mm, y * mm, 180 * mm, y * mm), fill=30, width=3)
    for x in (20, 60, 120, 180):
        draw.line((x * mm, edges[0] * mm, x * mm, edges[-1] * mm), fill=30, width=3)
    page = np.asarray(image, np.float32)
    folded = np.exp(-(((np.arange(len(page)) - (edges[7] + 8) * mm) / 3) ** 2))[:, None]
    noise = np.random.default_rng(2).normal(0, 3, page.shape)
    (grid,), _ = find_grids((page * (1 - 0.3 * folded) - 5 + noise).clip(0, 255).astype(np.uint8), mm)
    assert (grid.n_rows, len(grid.places)) == (len(edges) - 1, 3 * (len(edges) - 1))
    assert all(place.is_sure for place in grid.places)


def test_the_shadow_of_a_fold_is_lifted_off_its_letters() -> None:
    """Paper is white there again, and what was as dark as ink still is, be the shadow deep or pale along its way."""
    page = np.full((800, 60), 250.0)
    page[::9, 10:50] = 40
    shadow = np.ones_like(page)
    shadow[:384, 25:35], shadow[384:, 25:35] = 0.6, 0.85
    gray = (page * shadow).astype(np.uint8)
    plain = gray.copy()

    lift_fold(gray, (25, 35), plain, px_per_mm=8)

    is_ink = page < 100
    assert plain[~is_ink].min() > 235 and plain[is_ink].max() < 60
    assert (plain[:, :15] == gray[:, :15]).all() and (plain[:, 45:] == gray[:, 45:]).all()


def test_a_lid_whiter_than_the_paper_leaves_no_rows_and_columns(font: Path) -> None:
    """Paper of a blueprint ended in dark blots, that were taken for texts of a table without ruling lines."""
    printed = print_ledger(93017, n_pages=3, n_rows=22)
    upright = np.rot90(printed.pages[2], -(printed.look.turned // 90)).copy()
    (grid,), _ = find_grids(straighten(upright).gray, printed.look.dpi / 25.4)
    assert (grid.n_rows, grid.n_columns) == (23, 8)


def test_two_texts_in_one_place_of_a_table_without_lines_wait(font: Path) -> None:
    """Where a title hides the gap between two columns, both engines agree on what runs together."""
    image = Image.new("L", (2000, 1500), 255)
    draw, face = ImageDraw.Draw(image), ImageFont.truetype(str(font), 40)
    for row in range(12):
        for x, text in ((100, "市道駅前線"), (500, "13.2"), (800, "2017"), (1000, "枯死"), (1400, "R7.9.13")):
            draw.text((x, 200 + 90 * row), text, font=face)
    for row in (12, 13):
        draw.text((100, 200 + 90 * row), "本線", font=face)
        draw.text((800, 200 + 90 * row), "街路樹台帳街路", font=face)
        draw.text((1400, 200 + 90 * row), "R7.9.13", font=face)
    (grid,), _ = find_grids(np.asarray(image), 300 / 25.4)
    assert grid.n_columns == 4
    assert {(place.row, place.column) for place in grid.places if not place.is_sure} == {(row, 2) for row in range(12)}
