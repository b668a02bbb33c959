"""A scanned map that says nothing of its place is placed by clicking, and becomes a layer of the map."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.office import office
from tests.e2e.serving import Server, copy_workspace

PATIENCE_MS = 90_000
WIDTH, HEIGHT = 1200, 900


def draw_plan(path: Path) -> Path:
    """Draws streets and houses, as a plan of old has them."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (244, 238, 220))
    pen = ImageDraw.Draw(picture)
    for x in range(150, WIDTH, 300):
        pen.line((x, 40, x + 60, HEIGHT - 40), fill=(60, 50, 40), width=6)
    for y in range(120, HEIGHT, 220):
        pen.line((40, y, WIDTH - 40, y - 30), fill=(60, 50, 40), width=6)
        for x in range(190, WIDTH - 120, 150):
            pen.rectangle((x, y + 40, x + 70, y + 110), outline=(120, 60, 40), width=3)
    picture.save(path)
    return path


def set_point(page: Page, across: float, down: float) -> None:
    """Clicks the same share of the way across and down on both maps."""
    for testid in ("scan-picture", "scan-map"):
        part = page.get_by_test_id(testid)
        box = part.bounding_box()
        assert box
        part.click(position={"x": box["width"] * across, "y": box["height"] * down})


@pytest.mark.e2e
def test_a_scan_is_placed_by_clicking_and_becomes_a_layer(
    tmp_path: Path, demo_template: Path, office_browser: Browser
) -> None:
    """From the drop to the layer; errors are listed point by point, a moved point is pointed out, keys move it back."""
    server = Server(copy_workspace(demo_template, tmp_path))
    server.start()
    try:
        with office(office_browser, server.url) as clerk:
            page = clerk.page
            # That the picture says nothing of its place.
            clerk.complaints.allow("status of 422")
            clerk.open("backgrounds")
            clerk.part("ledger-input").set_input_files([draw_plan(tmp_path / "台帳図.png")])
            clerk.part("background-start").click()
            clerk.part("background-place").click(timeout=PATIENCE_MS)
            expect(clerk.part("scan-next")).to_contain_text("次の点", timeout=PATIENCE_MS)
            expect(clerk.part("scan-picture")).to_have_attribute("data-map-state", "idle", timeout=PATIENCE_MS)
            expect(clerk.part("scan-map")).to_have_attribute("data-map-state", "idle", timeout=PATIENCE_MS)
            expect(clerk.part("scan-make")).to_be_disabled()
            places = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.5, 0.35), (0.5, 0.65), (0.35, 0.5)]
            for across, down in places:
                set_point(page, across, down)
            expect(clerk.part("scan-state")).to_have_attribute("data-state", "kept", timeout=PATIENCE_MS)
            last = clerk.part(f"point-{len(places)}")
            expect(last).to_contain_text(re.compile(r"\d"))
            expect(page.get_by_text("ほかの点と合いません")).to_have_count(0)
            markers = clerk.part("scan-map").locator(".numbered-point")
            markers.nth(4).focus()
            for _ in range(6):
                page.keyboard.press("Shift+ArrowRight")
            expect(clerk.part("point-5")).to_contain_text("ほかの点と合いません", timeout=PATIENCE_MS)
            page.screenshot(path=tmp_path / "suspect.png", full_page=True)
            assert violations(page) == []
            for _ in range(6):
                page.keyboard.press("Shift+ArrowLeft")
            expect(clerk.part("point-5")).not_to_contain_text("ほかの点と合いません", timeout=PATIENCE_MS)
            clerk.part("scan-method").select_option("tps")
            expect(clerk.part("scan-state")).to_have_attribute("data-state", "kept", timeout=PATIENCE_MS)
            page.reload()
            expect(clerk.part("scan-method")).to_have_value("tps", timeout=PATIENCE_MS)
            expect(clerk.part("point-7")).to_be_visible()
            clerk.part("scan-make").click()
            expect(clerk.part("scan-made")).to_be_visible(timeout=PATIENCE_MS)
            clerk.open("backgrounds")
            expect(page.locator("[data-testid^=raster-map_]")).to_be_visible(timeout=PATIENCE_MS)
            page.screenshot(path=tmp_path / "list.png", full_page=True)
            clerk.open("map")
            expect(clerk.part("office-map")).to_have_attribute("data-map-state", "idle", timeout=PATIENCE_MS)
            page.screenshot(path=tmp_path / "map.png")
    finally:
        server.stop()
