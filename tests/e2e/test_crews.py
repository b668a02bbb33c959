"""Two crews share a tablet: each has its own records, and nobody touches what the other has not sent."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.layout import look_at
from tests.e2e.serving import Server
from tests.e2e.tablet import AUTHOR, PORTRAIT, Tablet, tablet, tap
from tests.e2e.test_main_job import read_layer

OTHER_AUTHOR = "維持係 2班"


def record(crew: Tablet, name: str) -> None:
    """Records one thing with a name, and saves it."""
    crew.record("aed")
    crew.place("center")
    crew.write("name", name)
    crew.save()


def choose(crew: Tablet, author: str) -> None:
    """Goes on as the crew of this name."""
    tap(crew.part("crew").filter(has_text=author))
    crew.expect_map()


def test_two_crews_share_a_tablet_and_keep_their_records_apart(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """The second crew starts, records and sends while the first has unsent edits; those wait until it sends them.

    The base map is there once for both. A crew that has sent all can be removed from the tablet, another cannot.
    """
    profile = tmp_path / "profile"
    with tablet(playwright, browser_path, profile, screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        record(crew, "一班の集会所")
        crew.tap("button-menu")
        crew.tap("crew-leave")
        expect(crew.part("crew")).to_have_count(1)
        expect(crew.part("crew")).to_contain_text("未送信 1件")
        assert not look_at(crew.page)
        crew.tap("crew-remove")
        expect(crew.part("crew-kept")).to_contain_text("先にこの班で開いて「送る」を押してください")
        crew.tap("crew-new")
        fetched: list[str] = []
        crew.page.on("request", lambda request: fetched.append(request.url))
        crew.set_up("aed", author=OTHER_AUTHOR)
        assert not [url for url in fetched if "/packs/" in url]
        crew.tap("map-layers")
        expect(crew.part("pack-list")).to_be_visible()
        crew.tap("layers-close")
        crew.expect_unsent(0)
        crew.reload()
        record(crew, "二班の集会所")
        crew.send()
        assert crew.receipts() == ["applied"]
        crew.tap("button-menu")
        expect(crew.part("crew-unsent")).to_contain_text(f"{AUTHOR}: 未送信 1件")
    names = set(read_layer(screens_server, "aed").name)
    assert "二班の集会所" in names
    assert "一班の集会所" not in names

    with tablet(playwright, browser_path, profile, screens_server.url, viewport=PORTRAIT) as crew:
        expect(crew.part("crew")).to_have_count(2)
        choose(crew, AUTHOR)
        crew.expect_unsent(1)
        crew.send()
        assert crew.receipts() == ["applied"]
        crew.tap("button-menu")
        crew.tap("crew-leave")
        other = crew.page.get_by_role("listitem").filter(has_text=OTHER_AUTHOR)
        tap(other.get_by_test_id("crew-remove"))
        expect(other.get_by_role("alert")).to_contain_text("役所に送った記録は消えません")
        assert not look_at(crew.page)
        tap(other.get_by_test_id("crew-remove-yes"))
        expect(crew.part("crew")).to_have_count(1)
        choose(crew, AUTHOR)
        crew.tap("map-layers")
        expect(crew.part("pack-list")).to_be_visible()
    assert "一班の集会所" in set(read_layer(screens_server, "aed").name)
