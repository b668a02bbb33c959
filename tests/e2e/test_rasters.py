"""An aerial photograph is added, seen on the office map, and on the tablet when no server is in reach."""

import io
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from playwright.sync_api import Browser, Locator, Playwright, expect
from rasterio.transform import from_bounds

from tests.e2e.office import office
from tests.e2e.serving import Server, copy_workspace, run_cli
from tests.e2e.tablet import tablet

ORANGE = (230, 90, 20)
PATIENCE_MS = 60_000
SOURCE = "見本航測 2025"


@pytest.fixture
def photographed(tmp_path: Path, demo_template: Path) -> Server:
    """A server whose layers lie on a photograph that is all orange."""
    workspace = copy_workspace(demo_template, tmp_path)
    picture = tmp_path / "航空写真.tif"
    bands = np.broadcast_to(np.array(ORANGE, dtype=np.uint8)[:, None, None], (3, 1200, 1200))
    bounds = from_bounds(137.2, 36.1, 137.3, 36.18, 1200, 1200)
    described = {"width": 1200, "height": 1200, "count": 3, "dtype": "uint8", "crs": "EPSG:6668"}
    with rasterio.open(picture, "w", driver="GTiff", transform=bounds, **described) as target:
        target.write(bands)
    run_cli(
        "raster",
        "add",
        picture,
        "--name",
        "photo",
        "--title",
        "航空写真",
        "--attribution",
        SOURCE,
        "--workspace",
        workspace,
    )
    return Server(workspace)


def share_of_orange(place: Locator) -> float:
    """How much of what is seen is the photograph."""
    pixels = np.asarray(Image.open(io.BytesIO(place.screenshot())).convert("RGB")).astype(int)
    return float((np.abs(pixels - ORANGE).max(axis=2) < 25).mean())


@pytest.mark.e2e
def test_a_photograph_is_seen_at_the_office_and_on_a_tablet_without_a_network(
    photographed: Server, playwright: Playwright, browser_path: str, office_browser: Browser, tmp_path: Path
) -> None:
    """It can be hidden and made paler on both, and a tablet remembers that after it was closed."""
    photographed.start()
    try:
        with office(office_browser, photographed.url) as clerk:
            clerk.page.goto(f"{photographed.url}/#/map")
            shown = clerk.page.get_by_test_id("office-map")
            expect(shown).to_have_attribute("data-map-state", "idle", timeout=PATIENCE_MS)
            assert share_of_orange(shown) > 0.3
            clerk.page.screenshot(path=tmp_path / "office.png")
            clerk.page.get_by_test_id("pack-show-raster-photo").uncheck()
            expect(shown).to_have_attribute("data-map-state", "idle", timeout=PATIENCE_MS)
            clerk.page.wait_for_timeout(500)
            assert share_of_orange(shown) < 0.01
        with tablet(playwright, browser_path, tmp_path / "profile", photographed.url) as crew:
            crew.open()
            crew.set_up("fire_hydrant")
            crew.wait_until_kept()
            photographed.stop()
            crew.reload()
            assert share_of_orange(crew.part("map")) > 0.3
            expect(crew.page.locator(".maplibregl-ctrl-attrib")).to_contain_text(SOURCE)
            crew.tap("map-layers")
            crew.page.screenshot(path=tmp_path / "tablet.png")
            crew.part("pack-opacity-raster-photo").fill("40")
            crew.page.wait_for_timeout(1_000)
            assert share_of_orange(crew.part("map")) < 0.01
            crew.reload()
            assert share_of_orange(crew.part("map")) < 0.01
    finally:
        photographed.stop()
