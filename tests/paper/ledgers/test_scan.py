"""A printed ledger comes back from the scanner as a table; what is in doubt waits for a person."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

from gis_capture.errors import SourceError
from gis_capture.paper.ledgers.letters import key
from gis_capture.paper.ledgers.reading import read_page
from gis_capture.paper.ledgers.scan import Known, read_scan
from gis_capture.paper.ledgers.straighten import Pixels
from gis_capture.paper.ledgers.table import Reading, ScannedLedger, read_ledger
from gis_capture.paper.pages import numbered_pages
from tests.paper.ledgers.printed import TOWNS, Look, Printed, print_ledger

LOOK = Look(dpi=200, skew_deg=1.1, n_stamps=1, n_folds=1)


@pytest.fixture(scope="module")
def printed(font: Path) -> Printed:
    """Two pages that continue one table of street lights, the second with the header again; upside down."""
    return print_ledger(4, look=replace(LOOK, turned=180), n_pages=2, n_rows=7)


@pytest.fixture(scope="module")
def read(
    printed: Printed, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ScannedLedger, Path, list[tuple[int, int]]]:
    """It, read back; its folder, and the progress that was told."""
    folder = tmp_path_factory.mktemp("scan")
    told: list[tuple[int, int]] = []
    scan = printed.write(folder)
    ledger = read_scan(scan, folder / "read", known=Known(TOWNS), on_progress=lambda *one: told.append(one))
    return ledger, folder, told


def test_pages_become_one_table(printed: Printed, read: tuple[ScannedLedger, Path, list[tuple[int, int]]]) -> None:
    """Upright again, merged headers kept, the repeated header left out, nearly every cell read right."""
    ledger, folder, told = read
    (table,) = ledger.tables
    truth = printed.heads + printed.rows

    assert [page.turned_deg for page in ledger.pages] == [180, 180]
    assert (table.n_rows, table.n_columns, table.header_rows) == (len(truth), 8, 2)
    spans = {(cell.row, cell.column): (cell.row_span, cell.column_span) for cell in table.cells if cell.row < 2}
    assert spans[0, 1] == (1, 2) and spans[0, 0] == (2, 1)
    wanted = {(cell.row, cell.column): truth[cell.row][cell.column] or "" for cell in table.cells}
    right = [key(cell.proposal) == key(wanted[cell.row, cell.column]) for cell in table.cells]
    assert sum(right) >= 0.97 * len(right)
    assert table.kinds[0] == "running" and table.kinds[3] == "town"
    assert told[-1] == (2, 2)
    assert read_ledger(folder / "read") == ledger
    for page in ledger.pages:
        with Image.open(folder / "read" / page.picture) as picture:
            assert picture.size == (page.width_px, page.height_px)


def test_nothing_wrong_is_accepted(printed: Printed, read: tuple[ScannedLedger, Path, list[tuple[int, int]]]) -> None:
    """Cells that nobody has to look at are right; free text and the header wait, empty cells do not."""
    (table,) = read[0].tables
    truth = printed.heads + printed.rows
    accepted = [cell for cell in table.cells if cell.is_accepted]

    assert [one for one in accepted if key(one.proposal) != key(truth[one.row][one.column] or "")] == []
    if len(read[0].engines) > 1:
        assert len(accepted) >= 0.6 * len(table.cells)
    for cell in table.cells:
        assert cell.is_accepted == (not cell.doubts) or not cell.readings
        if cell.column == 7 and cell.row >= 2:
            assert cell.is_accepted == (truth[cell.row][7] == "")


def test_a_restart_goes_on_where_it_stopped(
    printed: Printed, read: tuple[ScannedLedger, Path, list[tuple[int, int]]], tmp_path: Path
) -> None:
    """Cancelled at once nothing is lost; a page that is there already is not read again."""
    scan = printed.write(tmp_path)
    with pytest.raises(SourceError) as told:
        read_scan(scan, tmp_path / "read", is_cancelled=lambda: True)
    assert told.value.subject["code"] == "scan_cancelled"

    for page in (1, 2):
        document = json.loads((read[1] / "read" / f"page-{page}.json").read_text(encoding="utf-8"))
        document["page"]["seconds"] = 4321.0
        (tmp_path / "read" / f"page-{page}.json").write_text(json.dumps(document), encoding="utf-8")
    assert [page.seconds for page in read_scan(scan, tmp_path / "read").pages] == [4321.0, 4321.0]


@pytest.mark.parametrize("name", ["broken.pdf", "empty.png", "huge.png"])
def test_what_is_no_page_is_told(name: str, tmp_path: Path) -> None:
    """A broken PDF, an empty file, and a small file that unpacks to a picture as large as a house."""
    path = tmp_path / name
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<</Type /Catalog" if name.endswith("pdf") else b"")
    if name == "huge.png":
        Image.new("1", (30_000, 20_000)).save(path)

    with pytest.raises(SourceError) as told:
        read_scan(path, tmp_path / "read")
    assert told.value.subject["code"] in ("scan_broken", "scan_large")
    assert not (tmp_path / "read" / "ledger.json").exists()


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("name", ["locked.pdf", "cut.tif", "text.pdf"])
def test_what_is_locked_or_cut_is_told_as_that(name: str, tmp_path: Path) -> None:
    """A PDF with a password is not called broken; a TIFF that ends within its list of pages is."""
    path = tmp_path / name
    if name == "locked.pdf":
        document = FPDF()
        document.set_encryption(owner_password="a", user_password="b")
        document.add_page()
        path.write_bytes(bytes(document.output()))
    elif name == "cut.tif":
        pages = [Image.effect_noise((600, 800), 80) for _ in range(3)]
        pages[0].save(path, save_all=True, append_images=pages[1:])
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    else:
        path.write_text("%PDF-1.7 ではありません", encoding="utf-8")

    with pytest.raises(SourceError) as told:
        list(numbered_pages(path))
    assert told.value.subject["code"] == ("scan_locked" if name == "locked.pdf" else "scan_broken")
    assert ("パスワード" in told.value.message.ja) == (name == "locked.pdf")


def test_what_is_not_of_eight_bits_loses_nothing(tmp_path: Path) -> None:
    """Letters on transparent paper are no black page, and 16 bits of gray no white one."""
    clear = Image.new("RGBA", (300, 200))
    clear.paste((0, 0, 0, 255), (100, 50, 120, 150))
    clear.save(tmp_path / "clear.png")
    deep = np.full((200, 300), 0xF000, np.uint16)
    deep[50:150, 100:120] = 0x1000
    Image.fromarray(deep).save(tmp_path / "deep.tif")
    for name in ("clear.png", "deep.tif"):
        (page,) = numbered_pages(tmp_path / name)
        assert page.pixels is not None
        assert page.pixels[100, 110].max() < 30 and page.pixels[20, 20].min() > 220, name


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 3)])
def test_next_to_nothing_is_a_page_without_a_table(size: tuple[int, int]) -> None:
    """It does not end the reading of the pages beside it."""
    page, _, tables = read_page(np.zeros((*size, 3), np.uint8), 1, None, [NoEngine()])
    assert (page.state, tables) == ("no_table", [])


class NoEngine:
    """Reads nothing."""

    name = "none"

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """Nothing of each line."""
        return [Reading(self.name, "", 0.0)] * len(lines)
