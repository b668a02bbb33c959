"""An aerial photograph is added, seen on the office map, and on the tablet when no server is in reach, and traced."""

import io
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Playwright, expect
from rasterio.transform import from_bounds

from tests.e2e.office import office
from tests.e2e.serving import Server, copy_workspace, run_cli
from tests.e2e.tablet import Tablet, tablet
from tests.e2e.test_capture import tap_beside_centre
from tests.e2e.test_main_job import read_layer

ORANGE = (230, 90, 20)
WEST, SOUTH, EAST, NORTH = 137.2, 36.1, 137.3, 36.18
# Around where the tablet's map opens, whose middle lies nine pixels beside the left line.
LOT_PX, LINE_PX = (760, 520, 860, 620), 3
PATIENCE_MS = 60_000
SOURCE = "見本航測 2025"


@pytest.fixture
def photographed(tmp_path: Path, screens_template: Path) -> Server:
    """A server whose layers lie on a photograph that is all orange, but for dark lines around a lot."""
    workspace = copy_workspace(screens_template, tmp_path)
    picture = tmp_path / "航空写真.tif"
    image = Image.new("RGB", (1200, 1200), ORANGE)
    ImageDraw.Draw(image).rectangle(LOT_PX, outline=(30, 20, 20), width=LINE_PX)
    bands = np.moveaxis(np.asarray(image), -1, 0)
    bounds = from_bounds(WEST, SOUTH, EAST, NORTH, 1200, 1200)
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


def begin_area(crew: Tablet) -> None:
    """Opens the panel in which a new area is drawn."""
    crew.tap("button-record")
    crew.tap("layer-choice-damage_area")
    expect(crew.part("draw-panel")).to_be_visible()
    crew.expect_map()


def trace_lot(crew: Tablet, pictures: Path) -> None:
    """Fills the lot below the crosshair; then draws an area of which one corner goes to its line."""
    begin_area(crew)
    crew.tap("trace-fill")
    expect(crew.part("draw-undo")).to_be_enabled()
    crew.expect_map()
    crew.page.screenshot(path=pictures / "filled.png")
    crew.tap("draw-undo")
    expect(crew.part("draw-undo")).to_be_disabled()
    crew.tap("trace-fill")
    expect(crew.part("draw-undo")).to_be_enabled()
    crew.tap("draw-finish")
    crew.write("name", "塗った区画")
    crew.save()
    begin_area(crew)
    crew.part("sketch-snap").uncheck()
    crew.tap("trace-snap")
    crew.tap("sketch-centre")
    expect(crew.page.locator("[aria-busy=true]")).to_have_count(0)
    for down_px in (-130, 150):
        tap_beside_centre(crew, -60, down_px)
        expect(crew.page.locator("[aria-busy=true]")).to_have_count(0)
        expect(crew.part("toast")).to_have_text("近くに濃い線がありません。角はそのままです。")
    crew.page.screenshot(path=pictures / "snapped.png")
    crew.tap("draw-finish")
    crew.write("name", "寄せた区画")
    crew.save()
    crew.send()
    assert crew.receipts() == ["applied", "applied"]
    crew.tap("button-map")


def pixels(places: np.ndarray) -> np.ndarray:
    """Positions in degrees as pixels of the photograph."""
    return (places - (WEST, NORTH)) / ((EAST - WEST) / 1200, (SOUTH - NORTH) / 1200)


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
            crew.set_up("fire_hydrant", "damage_area")
            crew.wait_until_kept()
            trace_lot(crew, tmp_path)
            photographed.stop()
            crew.reload()
            assert share_of_orange(crew.part("map")) > 0.3
            expect(crew.page.locator(".maplibregl-ctrl-attrib")).to_contain_text(SOURCE)
            begin_area(crew)
            expect(crew.part("trace-offline")).to_be_visible()
            expect(crew.part("trace-fill")).to_be_disabled()
            crew.tap("place-cancel")
            crew.tap("button-map")
            crew.tap("map-layers")
            crew.page.screenshot(path=tmp_path / "tablet.png")
            crew.part("pack-opacity-raster-photo").fill("40")
            crew.page.wait_for_timeout(1_000)
            assert share_of_orange(crew.part("map")) < 0.01
            crew.reload()
            assert share_of_orange(crew.part("map")) < 0.01
    finally:
        photographed.stop()

    traced = read_layer(photographed, "damage_area").set_index("name")
    left, top, right, bottom = LOT_PX
    middle = LINE_PX / 2
    lot = shapely.box(left + middle, top + middle, right + 1 - middle, bottom + 1 - middle)
    filled = shapely.transform(traced.loc["塗った区画"].geometry, pixels)
    assert shapely.hausdorff_distance(filled.exterior, lot.exterior) < 1.5
    corners = shapely.transform(traced.loc["寄せた区画"].geometry, pixels)
    assert shapely.distance(shapely.points(corners.exterior.coords), lot.exterior).min() < 1
