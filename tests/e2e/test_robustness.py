"""What happens to tablets: tabs that are gone, two of them open, a lost picture, a wrong clock; and keys only."""

import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.layout import look_at
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, Tablet, tablet
from tests.e2e.test_main_job import read_layer

# Loses the context of the map's canvas as a device does that is short of memory, and gives it back: true when it is.
_LOSE_CONTEXT = """async () => {
  const canvas = document.querySelector(".maplibregl-canvas");
  const context = canvas.getContext("webgl2");
  const extension = context.getExtension("WEBGL_lose_context");
  let is_back = false;
  canvas.addEventListener("webglcontextrestored", () => { is_back = true; }, { once: true });
  extension.loseContext();
  // A browser that is busy may need to be asked again.
  for (let n_tries = 0; n_tries < 120 && !is_back; n_tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (context.isContextLost()) extension.restoreContext();
  }
  return is_back;
}"""


def test_a_tab_that_is_gone_in_the_middle_of_a_form_goes_on_with_it(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """What was saved is saved; the form that was open is open again, with what was written."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        crew.wait_until_kept()
        for name, is_saved in (("保存した集会所", True), ("書きかけの集会所", False)):
            crew.record("aed")
            crew.place("center")
            crew.write("name", name)
            if is_saved:
                crew.save()
        context = crew.page.context
        page = context.new_page()
        crew.page.close()
        after = Tablet(page, crew.url, crew.complaints, crew.position)
        after.open()
        expect(after.part("sheet-title")).to_have_text("新しい記録")
        expect(after.part("form-field-name")).to_have_value("書きかけの集会所")
        after.expect_unsent(1)
        after.save()
        after.send()
        assert after.receipts() == ["applied", "applied"]
    assert {"保存した集会所", "書きかけの集会所"} <= set(read_layer(screens_server, "aed").name)


def test_two_tabs_a_wrong_clock_and_a_lost_picture_lose_nothing(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Each tab records; one sends for both, in the order they were made; the map is drawn again when its picture is.

    A form stays in the tab where it is open.
    """
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        crew.record("aed")
        crew.place("center")
        crew.write("name", "一つ目の窓")
        expect(crew.page.locator("[aria-busy=true]")).to_have_count(0)
        other = Tablet(crew.page.context.new_page(), crew.url, crew.complaints, crew.position)
        other.open()
        other.expect_map()
        expect(other.part("sheet")).to_have_count(0)
        other.page.clock.set_fixed_time(datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC))
        for tab, name in ((crew, "一つ目の窓"), (other, "二つ目の窓")):
            tab.page.bring_to_front()
            if tab is other:
                tab.record("aed")
                tab.place("center")
                tab.write("name", name)
            expect(tab.part("form-field-name")).to_have_value(name)
            tab.save()
        crew.page.bring_to_front()
        crew.expect_unsent(2)
        assert crew.page.evaluate(_LOSE_CONTEXT)
        crew.expect_map()
        crew.send()
        assert crew.receipts() == ["applied", "applied"]
        other.page.bring_to_front()
        other.expect_unsent(0)
        other.send()
        assert other.receipts() == []
        other.expect_unsent(0)
    names = list(read_layer(screens_server, "aed").name)
    assert names.count("一つ目の窓") == names.count("二つ目の窓") == 1


def tab_to(page: Page, testid: str, most: int = 120) -> None:
    """Presses Tab until a part has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset.testid") == testid:
            return
    pytest.fail(f"{testid} is not reached by keys")


def test_a_day_by_keys_only(screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path) -> None:
    """From the first start to the receipt without a finger: a place at the crosshair, a name, saved and sent."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        keys = crew.page.keyboard
        tab_to(crew.page, "author")
        keys.type("維持係 1班")
        keys.press("Enter")
        expect(crew.part("outing-start")).to_be_visible()
        tab_to(crew.page, "outing-start")
        keys.press("Enter")
        expect(crew.part("setup-finish")).to_be_visible()
        tab_to(crew.page, "setup-finish")
        keys.press("Enter")
        tab_to(crew.page, "tour-next")
        keys.press("Enter")
        keys.press("Escape")
        expect(crew.part("tour")).to_have_count(0)
        crew.expect_map()
        for testid in ("button-record", "layer-choice-aed", "place-center"):
            tab_to(crew.page, testid)
            keys.press("Enter")
        expect(crew.part("sheet-title")).to_have_text("新しい記録")
        tab_to(crew.page, "form-field-name")
        keys.type("鍵盤の集会所")
        tab_to(crew.page, "button-save")
        keys.press("Enter")
        crew.expect_unsent(1)
        for testid in ("button-send", "send-start"):
            tab_to(crew.page, testid)
            keys.press("Enter")
        expect(crew.part("send-done")).to_be_visible()
        assert crew.receipts() == ["applied"]


def test_text_of_twice_the_size_is_not_cut(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """At 200 % every button of the main screens is whole and can be reached."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed", "redline")
        crew.page.evaluate("document.documentElement.style.fontSize = '200%'")
        feature = screens_server.read_json("/layers/aed/features?limit=1")["features"][0]["properties"]
        found: list[str] = []
        for testid in ("button-map", "button-list", "button-record", "button-send", "button-menu", "map-redline"):
            crew.tap("button-map")
            crew.tap(testid)
            found += [f"{testid}: {line}" for line in look_at(crew.page)]
        crew.tap("redline-close")
        crew.find(feature["name"])
        found += [f"form: {line}" for line in look_at(crew.page)]
        assert not found, "\n".join(found)
