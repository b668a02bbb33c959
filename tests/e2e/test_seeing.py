"""Finding a place and seeing the map: coordinates in every notation, which field matched, sunlight and night."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, tablet


def test_places_are_searched_and_told_as_offices_write_them(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """A place in degrees and minutes is shown; a feature tells its zone, X and Y; a match tells its field."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        crew.tap("button-list")
        crew.part("list-search").fill("北緯36度8分46秒 東経137度15分9秒")
        crew.tap("list-place")
        expect(crew.part("list-search")).to_have_count(0)
        crew.expect_map()
        crew.tap("button-list")
        feature = screens_server.read_json("/layers/aed/features?limit=1")["features"][0]["properties"]
        crew.part("list-search").fill(feature["address"])
        expect(crew.part("list-matched").first).to_contain_text(f"所在地: {feature['address']}")
        for asked in ("12", "№12", "12番"):
            crew.part("list-search").fill(asked)
            expect(crew.part("list-rows")).to_have_attribute("aria-busy", "false")
            expect(crew.part("list-row").first).to_contain_text("0000000012")
        crew.find(feature["name"])
        crew.tap("form-place")
        expect(crew.part("place-readout")).to_contain_text("平面直角 第7系 X 15,914.0 m(北) Y 7,294.3 m(東)")
        expect(crew.part("place-readout")).to_contain_text("3次メッシュ 54371179")
        crew.tap("button-close")
        for theme in ("sunlight", "night"):
            crew.tap("map-theme")
            expect(crew.part("map-theme")).to_have_attribute("data-theme", theme)
            crew.expect_map()
            crew.page.wait_for_timeout(500)
            crew.expect_map()
        crew.reload()
        expect(crew.part("map-theme")).to_have_text("見え方: 夜")
