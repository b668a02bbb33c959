"""A clerk adds a scan and a base map on a page, and looks at the layers in every theme."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from gis_capture.model import BBox
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.pmtiles import encode_pmtiles
from tests.e2e.office import office
from tests.e2e.serving import Server, copy_workspace
from tests.tiles.raster.pictures import pattern, write_png, write_world_file

PATIENCE_MS = 60_000


@pytest.fixture
def server(tmp_path: Path, demo_template: Path) -> Server:
    """A server of the demo's layers."""
    return Server(copy_workspace(demo_template, tmp_path))


def brightness(place: Locator) -> float:
    """How light what is seen is, 0 to 255."""
    return float(np.asarray(Image.open(io.BytesIO(place.screenshot())).convert("L")).mean())


@pytest.mark.e2e
def test_a_scan_and_a_base_map_come_and_go_on_a_page(server: Server, office_browser: Browser, tmp_path: Path) -> None:
    """The CRS is asked for where the picture says none; how far the tiles are is shown; removal asks once more."""
    scan = write_png(tmp_path / "下水道台帳図.png", pattern(1200))
    write_world_file(tmp_path / "下水道台帳図.pgw")
    city = tmp_path / "city.pmtiles"
    city.write_bytes(encode_pmtiles({Tile(5, 28, 12): b"tile"}, bounds=BBox(137, 36, 138, 37), metadata={}))
    server.start()
    try:
        with office(office_browser, server.url) as clerk:
            clerk.complaints.allow("status of 422")
            clerk.open("backgrounds")
            clerk.part("ledger-input").set_input_files([scan, tmp_path / "下水道台帳図.pgw"])
            expect(clerk.part("background-title")).to_have_value("下水道台帳図")
            clerk.part("background-source").fill("見本市")
            clerk.part("background-start").click()
            expect(clerk.page.locator(".field-error")).to_contain_text("下水道台帳図.png", timeout=PATIENCE_MS)
            clerk.page.screenshot(path=tmp_path / "asked.png", full_page=True)
            clerk.part("background-crs").select_option("EPSG:6675")
            clerk.part("background-start").click()
            made = clerk.page.locator("[data-testid^=raster-map_]")
            expect(made).to_contain_text("見本市", timeout=PATIENCE_MS)
            clerk.part("ledger-input").set_input_files(city)
            clerk.part("background-title").fill("市の地図")
            clerk.part("background-start").click()
            added = clerk.page.locator("[data-testid^=basemap-map_]")
            expect(added).to_contain_text("市の地図", timeout=PATIENCE_MS)
            clerk.page.screenshot(path=tmp_path / "listed.png", full_page=True)
            for one in (made, added):
                one.get_by_role("button", name="外す").click()
                one.get_by_role("alertdialog").get_by_role("button", name="外す", exact=True).click()
                expect(one).to_have_count(0)
            clerk.part("ledger-input").set_input_files([city, scan])
            expect(clerk.page.get_by_role("alert")).to_contain_text("1つずつ")
    finally:
        server.stop()


@pytest.mark.e2e
def test_the_map_is_seen_in_every_theme_with_its_legend(
    server: Server, office_browser: Browser, tmp_path: Path
) -> None:
    """Dark at night, light again after; a broken file of a style is told and the layer still drawn."""
    (server.workspace / "styles").mkdir(exist_ok=True)
    (server.workspace / "styles" / "fire_hydrant.json").write_text("{", encoding="utf-8")
    server.start()
    try:
        with office(office_browser, server.url) as clerk:
            clerk.open("map")
            shown = clerk.part("office-map")
            expect(shown).to_have_attribute("data-map-state", "idle", timeout=PATIENCE_MS)
            expect(clerk.part("style-problem")).to_contain_text("fire_hydrant.json")
            expect(clerk.page.locator("[data-testid^=legend-]").first).to_be_visible()
            light = {}
            for theme in ("night", "sunlight", "plain"):
                clerk.part(f"theme-{theme}").check()
                clerk.page.wait_for_timeout(1_500)
                expect(shown).to_have_attribute("data-map-state", "idle", timeout=PATIENCE_MS)
                clerk.page.screenshot(path=tmp_path / f"{theme}.png")
                light[theme] = brightness(shown)
            assert light["night"] < 110 < 200 < light["plain"]
    finally:
        server.stop()
