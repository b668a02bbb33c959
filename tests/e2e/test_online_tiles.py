"""Tiles of the internet, where the office has switched them on."""

import base64
from pathlib import Path

from playwright.sync_api import Playwright, Route, expect

from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import tablet
from tests.e2e.test_main_job import SAMPLES_DIR

HOST = "https://tiles.city.example"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_tiles_of_the_internet_are_chosen_by_hand_and_only_with_a_network(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Nothing is asked of their host before; then they come with their author, and go with the network."""
    workspace = ("--workspace", server.workspace)
    run_cli("convert", SAMPLES_DIR / "AED.csv", *workspace, exit_codes=(0, 3))
    run_cli("settings", "set", "online_tiles", HOST + "/xyz/std/{z}/{x}/{y}.png", *workspace)
    server.start()
    with tablet(playwright, browser_path, tmp_path / "profile", server.url) as crew:
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            headers = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(body=PICTURE, content_type="image/png", headers=headers)

        crew.page.context.route(f"{HOST}/**", answer)
        crew.set_up("aed")
        crew.tap("map-layers")
        shown = crew.part("pack-show-online")
        expect(shown).not_to_be_checked()
        assert not asked
        shown.check()
        link = crew.page.get_by_role("link", name="国土地理院")
        expect(link).to_have_attribute("href", "https://maps.gsi.go.jp/development/ichiran.html")
        crew.expect_map()
        assert asked and all(url.startswith(f"{HOST}/xyz/std/") for url in asked)
        crew.page.context.set_offline(True)
        expect(shown).to_have_count(0)
        expect(link).to_have_count(0)
        crew.page.context.set_offline(False)
        expect(shown).to_be_checked()
