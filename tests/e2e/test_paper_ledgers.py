"""A ledger on paper is confirmed by keys alone, becomes a layer, and shows the strip of paper of a feature."""

import json
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect

from gis_capture.workspace import Workspace
from gis_capture.workspace.scanned.strips import MARGIN_PX
from tests.e2e.axe import violations
from tests.e2e.office import office
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, tablet
from tests.paper.scanned import CELL, ROWS, fill_scanned


def decide_elsewhere(server: Server, scan_id: str, row: int, column: int, text: str) -> None:
    """Somebody else decides on a cell meanwhile."""
    body = {"decisions": [{"table": 0, "row": row, "column": column, "text": text}], "seen": 0, "author": "隣の席"}
    address = f"{server.url}/scanned-ledgers/{scan_id}/decisions"
    asked = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(asked, timeout=30).close()


def test_scanned_ledger_is_confirmed_by_keys_and_its_features_show_their_strip(
    tmp_path: Path, office_browser: Browser, playwright: Playwright, browser_path: str
) -> None:
    """Number keys, F2, Enter and Shift+Enter; left and resumed; what a colleague decided is told, not overwritten."""
    with Workspace.create(tmp_path / "作業") as workspace:
        scan_id = fill_scanned(workspace, has_page_without_table=True)
    server = Server(tmp_path / "作業")
    server.start()
    try:
        with office(office_browser, server.url) as clerk:
            page = clerk.page
            clerk.open("paper")
            clerk.part("scanned-check").click()
            clerk.part("author-name").fill("道路課 係")
            clerk.part("author-keep").click()
            desk = clerk.part("paper-desk")
            expect(clerk.part("paper-without-table")).to_contain_text("2ページには表が見つからず")
            # Row 2 of the page: "36.1478" and "36.147B"; the first is right.
            expect(desk).to_have_attribute("data-row", "1")
            desk.focus()
            page.keyboard.press("Tab")
            expect(desk).to_have_attribute("data-row", "2")
            page.keyboard.press("ArrowUp")
            expect(desk).to_have_attribute("data-row", "1")
            page.keyboard.press("Enter")
            expect(desk).to_have_attribute("data-row", "2")
            expect(desk).to_be_focused()
            # Left and resumed: what was decided stays decided.
            expect(clerk.part("paper-progress")).to_contain_text("あと 3マス")
            page.reload()
            expect(desk).to_have_attribute("data-row", "2")
            expect(desk).to_be_focused()
            decide_elsewhere(server, scan_id, 2, 1, "LE0")
            # "LEO" was read for "LED" in two cells.
            page.keyboard.press("F2")
            page.keyboard.type("LED")
            page.keyboard.press("Shift+Enter")
            expect(clerk.part("paper-clash")).to_contain_text("隣の席さんが先に「LE0」")
            expect(desk).to_have_attribute("data-row", "3")
            clerk.part("clash-mine").click()
            expect(clerk.part("paper-clash")).to_have_count(0)
            assert violations(page) == []
            page.screenshot(path=tmp_path / "cell.png", full_page=True)
            expect(desk).to_be_focused()
            # The second engine is right.
            page.keyboard.press("2")
            expect(clerk.part("paper-done")).to_be_visible()
            (number,) = (
                one
                for one in server.read_json(f"/scanned-ledgers/{scan_id}/cells?column=0")["cells"]
                if one["decision"]
            )
            assert (number["decision"]["text"], number["decision"]["author"]) == ("L-003", "道路課 係")
            decided = server.read_json(f"/scanned-ledgers/{scan_id}/cells?column=1")["cells"]
            assert [one["decision"]["text"] for one in decided if one["decision"]] == ["LED", "LED"]
            clerk.part("paper-finish").click()
            clerk.part("paper-import").click()
            clerk.expect_found()
            clerk.convert()
            (listed,) = [one for one in server.read_json("/imports")["imports"][:1]]
            features = server.read_json(f"/layers/{listed['layer']}/features?limit=1000")["features"]
            papers = [
                server.read_json(f"/layers/{listed['layer']}/features/{one['id']}/paper")["strip"] for one in features
            ]
            assert sum(one is not None for one in papers) == len(ROWS)
            clerk.open(f"map/{listed['layer']}")
            clerk.tap_feature(server, listed["layer"])
            strip = clerk.part("paper-strip").locator("img")
            expect(strip).to_be_visible()
            # The whole row, with a little around it.
            expect(strip).to_have_js_property("naturalWidth", 4 * CELL[0] + 2 * MARGIN_PX)
            assert violations(page) == []
            page.screenshot(path=tmp_path / "strip.png")
        with tablet(playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT) as crew:
            crew.set_up(listed["layer"])
            crew.wait_until_kept()
            crew.find("L-001")
            row = crew.part("paper-row").locator("img")
            row.scroll_into_view_if_needed()
            expect(row).to_have_js_property("naturalWidth", 4 * CELL[0] + 2 * MARGIN_PX)
            crew.page.screenshot(path=tmp_path / "tablet.png")
            assert violations(crew.page) == []
            expect(crew.part("paper-offline")).to_have_count(0)
            # Without the office the form opens as ever, and says where the strip is.
            crew.tap("button-close")
            server.stop()
            crew.find("L-001")
            expect(crew.part("button-save")).to_be_visible()
            expect(crew.part("paper-row")).to_have_count(0)
            crew.part("paper-offline").scroll_into_view_if_needed()
            expect(crew.part("paper-offline")).to_be_visible()
            assert violations(crew.page) == []
            crew.page.screenshot(path=tmp_path / "tablet_offline.png")
    finally:
        server.stop()
