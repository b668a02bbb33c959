"""By keys only: searching, filtering, changing, moving a point and a corner, what the red pen says, sending."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.layout import look_at
from tests.e2e.screens import CORNERS
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, Tablet, tablet
from tests.e2e.test_main_job import read_layer
from tests.e2e.test_robustness import tab_to


def press(crew: Tablet, testid: str, key: str = "Enter") -> None:
    """Goes to a part by Tab, and presses a key there."""
    tab_to(crew.page, testid)
    crew.page.keyboard.press(key)


def search(crew: Tablet, text: str) -> None:
    """Opens what a search finds first."""
    press(crew, "button-list")
    tab_to(crew.page, "list-search")
    crew.page.keyboard.press("ControlOrMeta+a")
    crew.page.keyboard.type(text)
    expect(crew.page.locator("strong", has_text=text).first).to_be_visible()
    for _ in range(60):
        tab_to(crew.page, "list-row")
        if crew.page.evaluate("document.activeElement.querySelector('strong').textContent") == text:
            break
    crew.page.keyboard.press("Enter")
    expect(crew.part("sheet-title")).to_have_text(text)
    crew.expect_map()


def leave(crew: Tablet, opener: str) -> None:
    """Leaves what is open by Esc: the focus is where it was opened from."""
    crew.page.keyboard.press("Escape")
    expect(crew.part("map-layers")).to_be_visible()
    expect(crew.part(opener)).to_be_focused()


def move_map(crew: Tablet, *keys: str) -> None:
    """Moves the map by its arrow keys."""
    for _ in range(120):
        crew.page.keyboard.press("Tab")
        if crew.page.evaluate("document.activeElement?.matches('.maplibregl-canvas')"):
            break
    for key in keys:
        crew.page.keyboard.press(key)
        crew.expect_map()


def test_what_is_there_is_found_filtered_changed_moved_and_reshaped_by_keys(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """No finger and no mouse: a point and a corner follow the crosshair, which arrow keys move over the map."""
    features = screens_server.read_json("/layers/aed/features?limit=1000")["features"]
    names = [feature["properties"]["name"] for feature in features]
    feature = next(feature for feature in features if names.count(feature["properties"]["name"]) == 1)
    label, (lon, lat) = feature["properties"]["name"], feature["geometry"]["coordinates"]
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed", "damage_area", "redline")
        press(crew, "map-layers")
        tab_to(crew.page, "layers-close")
        leave(crew, "map-layers")
        press(crew, "button-list")
        tab_to(crew.page, "list-search")
        crew.page.keyboard.type("x")
        crew.page.keyboard.press("Escape")
        expect(crew.part("list-search")).to_have_value("")
        leave(crew, "button-list")
        search(crew, label)
        press(crew, "form-place")
        press(crew, "button-move")
        expect(crew.part("place-panel")).to_be_visible()
        move_map(crew, "ArrowRight")
        press(crew, "place-center")
        press(crew, "button-save")
        crew.expect_unsent(1)

        search(crew, "川端町の冠水")
        press(crew, "button-move")
        expect(crew.part("draw-panel")).to_be_visible()
        press(crew, "sketch-snap", "Space")
        press(crew, "reshape-corner")
        crew.expect_map()
        move_map(crew, "ArrowDown")
        press(crew, "reshape-move")
        press(crew, "reshape-undo")
        press(crew, "reshape-redo")
        press(crew, "reshape-corner")
        crew.expect_map()
        press(crew, "reshape-remove")
        press(crew, "draw-finish")
        press(crew, "button-save")
        crew.expect_unsent(2)

        press(crew, "button-list")
        tab_to(crew.page, "list-round")
        crew.page.keyboard.type("見")
        press(crew, "button-map")
        press(crew, "map-redline")
        expect(crew.part("redline-count")).to_be_visible()
        move_map(crew)
        lines = crew.part("redline-count")
        for key in ("Space", *["ArrowRight"] * 5, *["ArrowDown"] * 5, "Space", *["ArrowLeft"] * 2, "ArrowUp"):
            crew.page.keyboard.press(key)
        expect(lines).to_have_text("線 1本")
        assert not look_at(crew.page)
        crew.page.screenshot(path=tmp_path / "red-pen-keys.png")
        press(crew, "redline-close")
        for testid in ("button-send", "send-start"):
            press(crew, testid)
        expect(crew.part("send-done")).to_be_visible()
        assert crew.receipts() == ["applied", "applied", "applied"]

    features = screens_server.read_json("/layers/aed/features?limit=1000")["features"]
    (moved,) = [one["geometry"]["coordinates"] for one in features if one["id"] == feature["id"]]
    assert moved[0] > lon
    assert moved[1] == pytest.approx(lat, abs=1e-5)
    ring = list(read_layer(screens_server, "damage_area").geometry.iloc[0].exterior.coords)
    corners = [tuple(corner) for corner in CORNERS]
    assert set(corners) - set(ring) == {corners[0], corners[1]}
    (new,) = set(ring) - set(corners)
    assert new[0] == pytest.approx(corners[0][0], abs=1e-5)
    assert new[1] < corners[0][1]
    line = read_layer(screens_server, "redline").geometry.iloc[0]
    (west, south, east, north), (start, *_, end) = line.bounds, line.coords
    assert (start[0], start[1], end[0], end[1]) == (west, north, east, south)
