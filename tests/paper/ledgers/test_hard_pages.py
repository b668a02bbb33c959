"""Pages on which rows or letters are easily lost: dashed lines, dark headers, pencil, strokes that look like lines."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gis_capture.paper.ledgers.cells import read_cells
from gis_capture.paper.ledgers.grid import find_grids
from gis_capture.paper.ledgers.places import Grid
from gis_capture.paper.ledgers.straighten import even_light, straighten
from gis_capture.paper.ledgers.table import Reading, ScannedCell

Pixels = NDArray[np.uint8]
DPI = 200
MM = DPI / 25.4
N_ROWS, N_COLUMNS = 9, 5
LEFT, TOP, WIDTH, HEIGHT = 120, 160, 200, 64
DASHES = {"dashed": (12, 7), "dotted": (3, 3), "solid": (WIDTH * N_COLUMNS, 0)}


class CountingEngine:
    """Reads every line as how many letters it can tell apart."""

    name = "counting"

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """The number of pieces of ink."""
        n_pieces = (cv2.connectedComponents((line < 128).astype(np.uint8))[0] - 1 for line in lines)
        return [Reading(self.name, str(n), 0.99) for n in n_pieces]


def _page(
    font: Path, *, lines: str = "solid", text: str = "山川田", ink: int = 25
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A table with a solid frame; what is between its rows and columns is of another kind."""
    image = Image.new("L", (1400, 1000), 250)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(str(font), round(3.4 * MM))
    right, bottom = LEFT + WIDTH * N_COLUMNS, TOP + HEIGHT * N_ROWS
    draw.rectangle((LEFT, TOP, right, bottom), outline=25, width=3)
    on, off = DASHES[lines]
    for row in range(1, N_ROWS):
        for x in range(LEFT, right, on + off):
            draw.line((x, TOP + HEIGHT * row, min(x + on - 1, right), TOP + HEIGHT * row), fill=70, width=2)
    for column in range(1, N_COLUMNS):
        for y in range(TOP, bottom, on + off):
            draw.line((LEFT + WIDTH * column, y, LEFT + WIDTH * column, min(y + on - 1, bottom)), fill=70, width=2)
    for row in range(N_ROWS):
        for column in range(N_COLUMNS):
            at = (LEFT + WIDTH * (column + 0.1), TOP + HEIGHT * (row + 0.5))
            draw.text(at, text, font=face, fill=ink, anchor="lm")
    return image, draw


def _scanned(image: Image.Image) -> Pixels:
    """With blur and noise, blue, green, red."""
    rng = np.random.default_rng(3)
    seen = cv2.GaussianBlur(np.asarray(image, np.float32), (0, 0), 0.8) + rng.normal(0, 4, image.size[::-1])
    page: Pixels = np.repeat(seen.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return page


def _read(image: Image.Image) -> tuple[Grid, list[ScannedCell]]:
    flat = straighten(_scanned(image))
    (grid,), plain = find_grids(flat.gray, MM)
    return grid, read_cells(flat, plain, grid, 1, [CountingEngine()], MM)


@pytest.mark.parametrize("lines", DASHES)
def test_rows_are_divided_at_dashes_and_dots(lines: str, font: Path) -> None:
    """Every cell by itself, and no dash in what engines see: three letters of 山川田 are five pieces."""
    grid, cells = _read(_page(font, lines=lines)[0])
    assert (grid.n_rows, grid.n_columns, len(grid.places)) == (N_ROWS, N_COLUMNS, N_ROWS * N_COLUMNS)
    assert {cell.readings[0].text for cell in cells} == {"5"}


def test_a_long_stroke_of_a_letter_is_no_line(font: Path) -> None:
    """一部 lost its 一, which runs into the next letter, at 200 dpi: both engines agreed on what was left."""
    image, _ = _page(font, text="一部一部")
    flat = straighten(_scanned(image))
    (grid,), plain = find_grids(flat.gray, MM)
    left, top, _, bottom = grid.places[0].box
    first = plain[top + 8 : bottom - 8, left + round(0.1 * WIDTH) : left + round(0.1 * WIDTH + 3 * MM)]
    assert (first < 128).any(axis=0).mean() > 0.8


def test_a_text_that_is_crossed_out_waits(font: Path) -> None:
    """A level stroke along all of a short text, that ends before the borders do."""
    image, draw = _page(font)
    y = TOP + HEIGHT // 2
    draw.line((LEFT + 0.1 * WIDTH, y, LEFT + 0.1 * WIDTH + 11 * MM, y), fill=25, width=3)
    _, cells = _read(image)
    assert [cell.column for cell in cells if "crossed_out" in cell.doubts and cell.row == 0] == [0]
    assert not any("crossed_out" in cell.doubts for cell in cells if cell.row)


def test_pencil_is_read_and_waits(font: Path) -> None:
    """What is little darker than the paper is no empty cell: nobody would look at it again."""
    _, cells = _read(_page(font, ink=190)[0])
    assert {cell.readings[0].text for cell in cells if cell.readings} == {"5"}
    assert all(cell.readings and "small" in cell.doubts for cell in cells)


def test_an_empty_cell_stays_empty(font: Path) -> None:
    """Noise, and a shadow over half of the page, are no letters."""
    image, _ = _page(font, text="")
    shaded = np.asarray(image, np.float32)
    shaded *= 1 - 0.12 / (1 + np.exp((700 - np.arange(1400)) / 12))
    _, cells = _read(Image.fromarray(shaded.astype(np.uint8)))
    assert not any(cell.readings or cell.doubts for cell in cells)


def test_pale_letters_on_dark_are_read(font: Path) -> None:
    """A header of white on black comes as black on white."""
    image, draw = _page(font)
    face = ImageFont.truetype(str(font), round(3.4 * MM))
    draw.rectangle((LEFT, TOP, LEFT + WIDTH * N_COLUMNS, TOP + HEIGHT), fill=50)
    for column in range(N_COLUMNS):
        draw.text((LEFT + WIDTH * (column + 0.1), TOP + HEIGHT / 2), "山川田", font=face, fill=250, anchor="lm")
        draw.line((LEFT + WIDTH * column, TOP, LEFT + WIDTH * column, TOP + HEIGHT), fill=200, width=2)
    grid, cells = _read(image)
    assert grid.n_rows == N_ROWS
    assert [cell.readings[0].text for cell in cells if cell.row == 0] == ["5"] * N_COLUMNS


def test_what_is_blackened_waits(font: Path) -> None:
    """A black bar over a value is no empty cell."""
    image, draw = _page(font)
    draw.rectangle((LEFT + 8, TOP + HEIGHT + 8, LEFT + WIDTH - 8, TOP + 2 * HEIGHT - 8), fill=15)
    page = _scanned(image)
    assert even_light(page)[1][TOP + HEIGHT + 30, LEFT + WIDTH // 2] == 255
    _, cells = _read(image)
    assert ["covered" in cell.doubts for cell in cells if cell.row == 1] == [True] + [False] * (N_COLUMNS - 1)


def test_letters_in_a_fold_are_read_as_beside_it(font: Path) -> None:
    """A fold that runs down through the texts of a column is lifted off, nothing of a letter with it."""
    image, _ = _page(font)
    page = np.asarray(image, np.float32)
    at = LEFT + 0.1 * WIDTH + 4 * MM
    folded = 0.3 * np.exp(-(((np.arange(page.shape[1]) - at) / 3) ** 2))
    _, clean = _read(image)
    grid, cells = _read(Image.fromarray((page * (1 - folded)).astype(np.uint8)))
    assert (grid.n_rows, grid.n_columns) == (N_ROWS, N_COLUMNS)
    assert [cell.readings for cell in cells] == [cell.readings for cell in clean]
    assert not any(cell.doubts for cell in cells if cell.column == 0)
