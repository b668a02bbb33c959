"""Before leaving: what is ready, what is not, and what to do about it."""

import datetime
import random
import re
from pathlib import Path

from playwright.sync_api import Playwright, Route, expect

from gis_capture.model import BBox
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.pmtiles import encode_pmtiles
from gis_capture.workspace.basemaps import add_basemap
from tests.e2e.layout import look_at
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, tablet

# A device with room for the ledgers, and for no map.
_SMALL = "() => { navigator.storage.estimate = async () => ({ quota: 3e6, usage: 1e6 }); }"
# What Safari alone has, and does not have: an app on the home screen, and a battery.
_SAFARI = "navigator.standalone = false; navigator.getBattery = undefined"
PIECE_BYTES = 1 << 20


def offer_large_pack(server: Server, folder: Path) -> None:
    """Offers a map of four pieces, with nothing to see in it."""
    path, far = folder / "whole.pmtiles", Tile(14, 1, 1)
    noise = random.Random(7).randbytes(3_500_000)
    path.write_bytes(encode_pmtiles({far: noise}, bounds=BBox(-179, 80, -178, 81), metadata={}))
    add_basemap(server.workspace / "packs", path, name="whole", attribution="", title="市の全体")


def test_the_list_before_leaving_tells_what_is_left_from_yesterday(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """What does not fit is not begun, what is stopped goes on; what yesterday left unsent is told, and sent."""
    offer_large_pack(screens_server, tmp_path)
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.page.add_init_script(_SAFARI)
        crew.page.reload()
        expect(crew.part("home-screen-first")).to_contain_text("先に、ホーム画面に追加")
        crew.page.evaluate(_SMALL)
        crew.part("author").fill("維持係 1班")
        crew.tap("setup-next")
        large = crew.part("pack-take-whole").locator("input")
        expect(large).not_to_be_checked()
        large.check()
        expect(crew.part("outing-full")).to_contain_text("入りきりません")
        crew.tap("outing-start")
        expect(crew.part("outing-progress")).to_have_count(0)
        # A reload gives the device its room back; then all that fits is chosen.
        crew.page.reload()
        expect(crew.part("outing-size")).to_contain_text("MB")
        expect(large).to_be_checked()
        asked: list[int] = []

        def hold_third(route: Route) -> None:
            asked.append(int(route.request.headers["range"].removeprefix("bytes=").split("-")[0]))
            if len(asked) != 3:
                route.continue_()

        crew.page.route("**/packs/whole-*.pmtiles", hold_third)
        crew.tap("outing-start")
        expect(crew.part("outing-progress")).to_contain_text("背景地図を入れています(2 /")
        crew.tap("outing-stop")
        expect(crew.part("outing-stopped")).to_contain_text("続きから")
        assert asked == [0, PIECE_BYTES, 2 * PIECE_BYTES]
        crew.tap("outing-start")
        for key in ("layers", "packs", "position", "unsent"):
            expect(crew.part(f"check-{key}")).to_have_attribute("data-good", "true")
        assert asked[3:] == [2 * PIECE_BYTES, 3 * PIECE_BYTES]
        expect(crew.part("home-screen-first")).to_have_count(0)
        expect(crew.part("check-battery")).to_contain_text("画面のすみの電池の印")
        expect(crew.part("check-installed")).to_contain_text("ホーム画面に追加")
        crew.tap("setup-finish")
        crew.tap("tour-skip")
        crew.expect_map()
        # A map that nobody needs gives its room back.
        crew.tap("button-menu")
        crew.tap("menu-outing")
        large.uncheck()
        expect(crew.part("pack-take-whole")).to_contain_text("この端末から消します")
        crew.tap("outing-start")
        expect(crew.part("menu-panel")).to_have_count(0)
        crew.tap("button-menu")
        expect(crew.part("check-packs")).to_contain_text("(1枚)")
        crew.tap("menu-close")
        crew.record("aed")
        crew.place("center")
        crew.write("name", "夕方の集会所")
        crew.save()
        tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
        crew.page.clock.set_fixed_time(tomorrow)
        crew.tap("button-menu")
        expect(crew.part("check-unsent")).to_contain_text("前の日の記録が 1件、まだ送られていません")
        crew.send()
        crew.tap("button-menu")
        expect(crew.part("check-unsent")).to_have_attribute("data-good", "true")
        # What is here already is not counted again.
        crew.tap("menu-outing")
        expect(crew.part("outing-size")).to_contain_text("約 0.0 MB")
        # It comes on while the crew goes on with something else, and says so.
        held: list[Route] = []
        crew.page.route("**/sync/pull?*", lambda route: held.append(route))
        crew.tap("outing-start")
        expect(crew.part("outing-progress")).to_be_visible()
        crew.tap("menu-close")
        expect(crew.part("status-outing")).to_have_text(re.compile("持ち出し中 [0-9]+%"))
        assert not look_at(crew.page)
        crew.page.screenshot(path=tmp_path / "outing-coming.png")
        crew.tap("status-outing")
        expect(crew.part("outing-progress")).to_be_visible()
        crew.tap("menu-close")
        crew.tap("button-list")
        crew.complaints.allow("OfflineError|net::ERR")
        for route in held:
            route.abort()
        expect(crew.part("status-outing")).to_have_text("持ち出しが止まりました")
        crew.page.unroute("**/sync/pull?*")
        crew.tap("status-outing")
        expect(crew.part("outing-trouble")).to_be_visible()
        crew.tap("outing-start")
        expect(crew.part("toast")).to_have_text("持ち出すものが、この端末に入りました。")
        expect(crew.part("menu-panel")).to_have_count(0)
        expect(crew.part("status-outing")).to_have_count(0)
