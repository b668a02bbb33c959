"""The page on which a clerk checks a ledger before anybody imports it."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.office import office
from tests.e2e.serving import Server

EXPECTED = ("1,本町1-1,75,2021-04-01", "2,本町1-1,100,2021-04-02", "3,花里町,150,2022-04-03")


def write_ledger(path: Path) -> Path:
    """A workbook with a merged cell, units among numbers, dates by the era."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "消火栓"
    for row in (
        ("番号", "所在地", "口径", "設置年月日"),
        (1, "本町1-1", "75mm", "令和3年4月1日"),
        (2, "本町1-2", "100mm", "令和3年4月2日"),
        (3, "　花里町", "150mm", "令和4年4月3日"),
    ):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(path)
    return path


def test_a_ledger_is_checked_and_its_clean_copy_saved(
    server: Server, office_browser: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Findings by rule with their cells and remedies; the copies come as files, the ledger stays as it was."""
    path = write_ledger(tmp_path / "消火栓.xlsx")
    pictures, before = pytestconfig.getoption("--screenshots"), path.read_bytes()
    server.start()
    with office(office_browser, server.url) as clerk:
        clerk.open("lint")
        clerk.part("ledger-input").set_input_files(path)
        expect(clerk.part("lint-rule-1-3")).to_contain_text("消火栓!C2")
        expect(clerk.part("lint-rule-1-3")).to_contain_text("「75」と書き、単位「mm」は見出しに")
        expect(clerk.part("lint-rule-1-4")).to_contain_text("セルが結合されています")
        if pictures:
            clerk.page.screenshot(path=pictures / "lint.png", full_page=True)
        saved = {}
        for form in ("marked", "clean-xlsx", "clean-csv"):
            with clerk.page.expect_download() as started:
                clerk.part(f"lint-{form}").click()
            saved[form] = tmp_path / started.value.suggested_filename
            started.value.save_as(saved[form])
    assert [file.name for file in saved.values()] == [
        "消火栓_点検結果.xlsx",
        "消火栓_直した写し.xlsx",
        "消火栓_直した写し.csv",
    ]
    marked = openpyxl.load_workbook(saved["marked"])["消火栓"]["C2"]
    assert marked.comment is not None and "1-3" in marked.comment.text
    rows = saved["clean-csv"].read_text(encoding="utf-8-sig").splitlines()
    assert rows == ["番号,所在地,口径(mm),設置年月日", *EXPECTED]
    assert path.read_bytes() == before


def test_a_file_that_is_no_ledger_is_told(server: Server, office_browser: Browser, tmp_path: Path) -> None:
    """The page says why, and another file can be chosen at once."""
    path = tmp_path / "こわれた.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    server.start()
    with office(office_browser, server.url) as clerk:
        clerk.complaints.allow("status of 4")
        clerk.open("lint")
        clerk.part("ledger-input").set_input_files(path)
        expect(clerk.part("lint-failure")).to_contain_text("こわれた.xlsx")
        clerk.part("ledger-input").set_input_files(write_ledger(tmp_path / "台帳.xlsx"))
        expect(clerk.part("lint-result")).to_contain_text("台帳.xlsx")
