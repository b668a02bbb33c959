"""A sheet is printed at the office, marked outdoors with a red pen, and what it says enters the ledger and tablets."""

from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.office import office
from tests.e2e.red_pen import mark_printed
from tests.e2e.serving import Server, copy_workspace
from tests.e2e.tablet import PORTRAIT, tablet

LAYER = "aed"
PATIENCE_MS = 90_000
KEPT = """async (layer) => {
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await ask(indexedDB.open("gis-capture"));
  const all = (store) => ask(database.transaction(store).objectStore(store).getAll());
  const features = [...(await all("features")), ...(await all("blocks")).flatMap(({ features }) => features)];
  database.close();
  return [...new Set(features.filter((one) => one.layer === layer).map((one) => one.feature_id))].sort();
}"""


def test_red_marks_on_a_printed_sheet_enter_the_ledger(
    tmp_path: Path, demo_template: Path, office_browser: Browser, playwright: Playwright, browser_path: str
) -> None:
    """The PDF is saved, its scan read; a cross deletes by keys alone; the rest later; a tablet pulls it."""
    server = Server(copy_workspace(demo_template, tmp_path))
    server.start()
    try:
        with (
            tablet(playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT) as crew,
            office(office_browser, server.url) as clerk,
        ):
            crew.set_up(LAYER, "redline")
            crew.wait_until_kept()
            page = clerk.page
            clerk.open("sheets")
            clerk.expect_map(clerk.part("sheets-map"))
            for box in page.locator("[data-testid^=sheets-layer-]").all():
                if box.get_attribute("value") != LAYER:
                    box.uncheck()
            clerk.part("sheets-area-all").check()
            clerk.part("sheets-scale").select_option("10000")
            clerk.part("sheets-crew").fill("第1班")
            with page.expect_download(timeout=PATIENCE_MS) as saved:
                clerk.part("sheets-make").click()
            saved.value.save_as(tmp_path / "sheets.pdf")
            expect(clerk.part("sheets-made")).to_be_visible()
            listed = server.read_json("/sheets")["sheets"]
            assert len(pypdfium2.PdfDocument(tmp_path / "sheets.pdf")) == 2 * len(listed)
            expect(page.locator("[data-testid^=sheet-]")).to_have_count(len(listed))
            number = max(listed, key=lambda one: int(one["n_features"]))["number"]
            made = mark_printed(server, number, tmp_path / "戻り.jpg")

            clerk.part("ledger-input").set_input_files(tmp_path / "戻り.jpg")
            clerk.part("reading-check").click(timeout=PATIENCE_MS)
            clerk.part("author-name").fill("道路課 係")
            clerk.part("author-keep").click()
            (reading,) = server.read_json("/sheets/readings")["readings"]
            marks = reading["pages"][0]["marks"]
            assert {one.kind for one in made.marks} <= {one["kind"] for one in marks}
            at = next(n for n, one in enumerate(marks) if one["suggested"] == "delete")
            gone = server.read_json(f"/sheets/readings/{reading['reading_id']}")["pages"][0]["marks"][at]["features"][0]
            assert gone["feature_id"] in crew.page.evaluate(KEPT, LAYER)
            before = len(server.read_json(f"/layers/{LAYER}/features?limit=1000")["features"])
            for _ in range(at):
                clerk.part("mark-next").press("Enter")
            expect(clerk.part("mark-delete")).to_be_checked()
            clerk.part("mark-delete").press("Enter")
            expect(page.locator("ol button", has_text="✓")).to_have_count(1)
            expect(page.locator("input[name=action]:checked")).to_be_focused()
            page.reload()
            for n_decided in range(1, len(marks)):
                expect(page.locator("ol button", has_text="✓")).to_have_count(n_decided)
                clerk.part("mark-note").check()
                clerk.part("mark-note-text").fill("要確認")
                clerk.part("mark-note-text").press("Enter")
            expect(clerk.part("marks-done")).to_be_visible()
            left = server.read_json(f"/layers/{LAYER}/features?limit=1000")["features"]
            assert len(left) == before - 1 and gone["feature_id"] not in {one["id"] for one in left}
            notes = server.read_json("/layers/redline/features?limit=100")["features"]
            assert len(notes) == len(marks) - 1
            clerk.open(f"map/{LAYER}")
            clerk.expect_map(clerk.part("office-map"))
            crew.send()
            # The deletion and the notes are on the tablet.
            assert crew.page.evaluate(KEPT, LAYER) == sorted(one["id"] for one in left)
            assert crew.page.evaluate(KEPT, "redline") == sorted(one["id"] for one in notes)
    finally:
        server.stop()
