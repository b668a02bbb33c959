"""Tiles of the internet, where the office has switched them on."""

import base64
from pathlib import Path

from playwright.sync_api import Page, Playwright, Request, Route, expect

from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import tablet
from tests.e2e.test_main_job import SAMPLES_DIR

HOST = "https://tiles.city.example"
TEMPLATE = HOST + "/xyz/std/{z}/{x}/{y}.png"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def switch_on(page: Page, server: Server) -> None:
    """Writes the address into the settings of the office, which count from the next start."""
    page.goto(f"{server.url}/#/settings")
    row = page.get_by_test_id("setting-online_tiles")
    row.get_by_role("textbox").fill(TEMPLATE)
    row.locator("button[type=submit]").click()
    expect(row.locator("button[type=submit]")).to_be_disabled()
    page.close()
    server.stop()
    server.start()


def test_tiles_of_the_internet_are_chosen_by_hand_and_only_with_a_network(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """No request leaves before the office has switched them on, and none before a crew has chosen them.

    Then they come with their author, and go with the network.
    """
    run_cli("convert", SAMPLES_DIR / "AED.csv", "--workspace", server.workspace, exit_codes=(0, 3))
    server.start()
    with tablet(playwright, browser_path, tmp_path / "profile", server.url) as crew:
        asked: list[str] = []
        left: list[str] = []

        def note(request: Request) -> None:
            if request.url.startswith("http") and not request.url.startswith(server.url):
                left.append(request.url)

        crew.page.context.on("request", note)

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            headers = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(body=PICTURE, content_type="image/png", headers=headers)

        crew.page.context.route(f"{HOST}/**", answer)
        crew.set_up("aed")
        crew.wait_until_kept()
        crew.tap("map-layers")
        expect(crew.part("layer-show-aed")).to_be_visible()
        expect(crew.part("pack-show-online")).to_have_count(0)
        crew.zoom_in(2)
        assert not left

        switch_on(crew.page.context.new_page(), server)
        crew.reload()
        crew.tap("button-menu")
        crew.tap("menu-outing")
        crew.tap("outing-start")
        expect(crew.part("menu-panel")).to_have_count(0)
        crew.tap("button-menu")
        with crew.page.expect_navigation():
            crew.tap("update-now")
        crew.expect_map()
        crew.zoom_in(1)
        crew.tap("map-layers")
        shown = crew.part("pack-show-online")
        expect(shown).not_to_be_checked()
        assert not left
        shown.check()
        link = crew.page.get_by_role("link", name="国土地理院")
        expect(link).to_have_attribute("href", "https://maps.gsi.go.jp/development/ichiran.html")
        crew.expect_map()
        assert asked and all(url.startswith(f"{HOST}/xyz/std/") for url in asked)
        assert set(left) == set(asked)
        crew.page.context.set_offline(True)
        expect(shown).to_have_count(0)
        expect(link).to_have_count(0)
        crew.page.context.set_offline(False)
        expect(shown).to_be_checked()
