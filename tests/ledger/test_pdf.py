"""Tables of PDFs with text: ruled and not, over several pages; scans and locked files say so."""

from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import Limits, codes, read_ledger
from gis_capture.ledger.drivers import pdf
from gis_capture.ledger.drivers.pdf_pages import read_pages
from tests.ledger.conftest import column, names, only_table, skipped
from tests.ledger.pdf_files import ruled, unruled, word, write_pdf

HEAD = ["番号", "所在地", "口径"]


def rows(first: int, n: int) -> list[list[str]]:
    """Rows of a table."""
    return [[f"{number:03d}", f"本町{number}丁目", str(75 + number)] for number in range(first, first + n)]


def test_a_table_over_two_pages_is_one_without_the_repeated_names(tmp_path: Path) -> None:
    """The names on the second page are left out with their reason; the joining is told."""
    pages = [ruled([HEAD, *rows(1, 5)]), ruled([HEAD, *rows(6, 4)])]
    reading = read_ledger(write_pdf(tmp_path / "a.pdf", pages))
    table = only_table(reading)
    assert reading.source.driver == "pdf"
    assert names(table) == HEAD
    assert column(table, "番号") == [f"{n:03d}" for n in range(1, 10)]
    assert column(table, "所在地")[-1] == "本町9丁目"
    assert skipped(table) == {7: "repeated_header"}
    assert [p.code for p in reading.problems] == [codes.PAGES_JOINED]


def test_a_merged_cell_of_a_ruled_table_is_known_as_one(tmp_path: Path) -> None:
    """A header over two columns joins the names below it."""
    pages = [ruled([["番号", "位置", "<"], ["", "緯度", "経度"], ["1", "36.1", "137.2"], ["2", "36.2", "137.3"]])]
    table = only_table(read_ledger(write_pdf(tmp_path / "a.pdf", pages)))
    assert names(table) == ["番号", "位置/緯度", "位置/経度"]
    assert column(table, "位置/経度") == ["137.2", "137.3"]


def test_words_in_columns_without_lines_are_a_table(tmp_path: Path) -> None:
    """A title across the columns does not close the gaps between them; an empty cell stays empty."""
    body = rows(1, 12)
    body[3][1] = ""
    page = word(50, 810, "消火栓の台帳について（令和６年度）") + "\n" + unruled([HEAD, *body])
    table = only_table(read_ledger(write_pdf(tmp_path / "a.pdf", [page])))
    assert names(table) == HEAD
    assert column(table, "所在地")[2:5] == ["本町3丁目", None, "本町5丁目"]


def test_a_scan_is_refused_with_a_word_on_what_to_do(tmp_path: Path) -> None:
    """Pages without any text."""
    with pytest.raises(SourceError) as caught:
        read_ledger(write_pdf(tmp_path / "台帳.pdf", ["0 0 10 10 re f"]))
    assert "スキャン" in caught.value.message.ja
    assert "OCR" in caught.value.message.en


def test_prose_is_no_ledger(tmp_path: Path) -> None:
    """A letter has no columns."""
    page = "\n".join(word(50, 800 - 16 * n, "これは台帳ではなく、長い文章です。") for n in range(20))
    with pytest.raises(SourceError) as caught:
        read_ledger(write_pdf(tmp_path / "a.pdf", [page]))
    assert "表のないPDF" in caught.value.message.ja


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"%PDF-1.7 ...", "壊れて"), (b"%PDF-1.4\n1 0 obj<</Pages 1 0 R/Kids[1 0 R]>>endobj\ntrailer<</Root 1 0 R>>", "")],
)
def test_a_broken_pdf_is_refused(tmp_path: Path, data: bytes, word: str) -> None:
    """Also one whose pages go round in a circle."""
    (tmp_path / "a.pdf").write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_ledger(tmp_path / "a.pdf")
    assert word in caught.value.message.ja


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    """The limit is a setting."""
    pages = [ruled([HEAD, *rows(1, 1)])] * 3
    with pytest.raises(SourceError, match="3 pages"):
        read_ledger(write_pdf(tmp_path / "a.pdf", pages), limits=Limits(max_pages=2))


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    """The page draws the same lines again and again."""
    page = "q " + "\n".join(f"{x % 500} {x % 700} 30 9 re S" for x in range(60_000))
    with pytest.raises(SourceError):
        read_ledger(write_pdf(tmp_path / "a.pdf", [page]), limits=Limits(max_reading_s=1))


def test_the_pages_read_before_time_is_up_are_kept(tmp_path: Path) -> None:
    """No page is begun after it; the rest is counted. The first one is always read."""
    path = write_pdf(tmp_path / "a.pdf", [ruled([HEAD, *rows(n, 3)]) for n in (1, 4, 7, 10)])
    clock = iter([1.0, 2.0, 3.0])
    found = read_pages(str(path), 10, 2.5, now=lambda: next(clock))
    assert ([page["number"] for page in found["pages"]], found["n_unread"]) == ([1, 2, 3], 1)


def test_pages_left_out_for_want_of_time_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an error with both numbers, because rows are missing."""
    monkeypatch.setattr(pdf, "_SHARE_OF_TIME", 0)
    pages = [ruled([HEAD, *rows(n, 3)]) for n in (1, 4, 7)]
    reading = read_ledger(write_pdf(tmp_path / "a.pdf", pages))
    assert column(only_table(reading), "番号") == ["001", "002", "003"]
    told = [(p.code, p.severity, p.message.en) for p in reading.problems]
    words = "Time was up: the first 1 pages were read, and the other 2 were not."
    assert told == [(codes.ENTRY_LEFT_OUT, "error", words)]
