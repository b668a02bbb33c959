"""Before leaving: what is ready, what is not, and what to do about it."""

import datetime
from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, tablet


def test_the_list_before_leaving_tells_what_is_left_from_yesterday(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """All is here on the first day; the next morning the change of yesterday is unsent, and sending it is the cure."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.part("author").fill("維持係 1班")
        crew.tap("setup-next")
        expect(crew.part("outing-size")).to_contain_text("MB")
        crew.tap("outing-start")
        for key in ("layers", "packs", "position", "unsent"):
            expect(crew.part(f"check-{key}")).to_have_attribute("data-good", "true")
        expect(crew.part("check-installed")).to_contain_text("ホーム画面に追加")
        crew.tap("setup-finish")
        crew.tap("tour-skip")
        crew.expect_map()
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
