"""A crew takes a part of the city along, and finds addresses in it without a network."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.layout import look_at
from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import AUTHOR, PORTRAIT, Tablet, tablet, tap
from tests.e2e.test_capture import tap_beside_centre

GAZETTEER = """pref,city,town,koaza,lat,lon
岐阜県,高山市,駅前町,,36.1450,137.2479
岐阜県,高山市,城見町二丁目,,36.1470,137.2580
岐阜県,高山市,停車場町,,36.1481,137.2468
"""


def n_listed(crew: Tablet) -> int:
    """How many features the list tells."""
    crew.tap("button-list")
    text = crew.part("list-count").inner_text()
    return int(text.partition("件")[0])


def test_a_crew_takes_a_named_area_along_and_searches_addresses_in_it(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Only what lies around the named town comes; an edit there survives that all is taken along later."""
    (tmp_path / "towns.csv").write_text(GAZETTEER, encoding="utf-8")
    run_cli("gazetteer", "build", tmp_path / "towns.csv", "--workspace", screens_server.workspace)
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.part("author").fill(AUTHOR)
        crew.tap("setup-next")
        offered = crew.part("layer-list").locator("input")
        expect(offered.first).to_be_visible()
        for choice in offered.all():
            choice.set_checked(choice.get_attribute("value") == "aed")
        n_all = crew.part("layer-take-aed").locator(".number").inner_text()
        crew.tap("area-named")
        crew.tap("outing-start")
        expect(crew.page.get_by_text("範囲を選んでください(町名を選ぶか、地図で囲みます)。")).to_be_visible()
        crew.part("area-query").fill("城見町2")
        crew.part("area-town").first.check()
        crew.part("area-reach").select_option(label="0.5 km")
        expect(crew.part("layer-take-aed").locator(".number")).not_to_have_text(n_all)
        assert not look_at(crew.page)
        crew.tap("outing-start")
        crew.tap("setup-finish")
        crew.tap("tour-skip")
        crew.expect_map()
        n_near = n_listed(crew)
        assert 0 < n_near < int(n_all.removesuffix("件"))

        crew.wait_until_kept()
        screens_server.stop()
        crew.part("list-search").fill("高山市城見町２丁目15番地")
        expect(crew.part("list-address")).to_contain_text("城見町二丁目")
        expect(crew.part("list-address")).to_contain_text("番地は見つかりません")
        assert not look_at(crew.page)
        tap(crew.part("list-address"))
        expect(crew.part("list-search")).to_have_count(0)
        crew.expect_map()
        crew.tap("button-list")
        tap(crew.part("list-row").first)
        crew.tap("button-check")
        crew.expect_unsent(1)

        screens_server.start()
        crew.tap("button-menu")
        crew.tap("menu-outing")
        expect(crew.part("area-kept")).to_be_checked()
        crew.tap("area-all")
        crew.tap("outing-start")
        expect(crew.part("menu-panel")).to_have_count(0)
        assert n_listed(crew) == int(n_all.removesuffix("件"))
        crew.expect_unsent(1)
        crew.send()
        assert crew.receipts() == ["applied"]


def test_a_crew_draws_the_area_on_the_map_and_goes_on_with_what_is_left(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """One corner is too few; the box around two takes what lies in it; an edit outside of it is still sent.

    A cut on the way, and a restart without a network, leave the crew with its map, its records and the edit.
    """
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.complaints.allow("/sync/pull|OfflineError|no newer version could be looked for")
        crew.set_up("aed")
        crew.wait_until_kept()
        n_all = n_listed(crew)
        tap(crew.part("list-row").first)
        crew.expect_map()
        crew.tap("button-check")
        crew.expect_unsent(1)
        crew.tap("button-menu")
        crew.tap("menu-outing")
        crew.part("layer-take-damage_area").locator("input").check()
        crew.part("area-drawn").check()
        crew.tap("outing-start")
        expect(crew.page.get_by_text("範囲を選んでください")).to_be_visible()
        crew.tap("area-draw")
        crew.expect_map()
        tap_beside_centre(crew, -60, -60)
        crew.tap("area-take")
        expect(crew.part("area-panel").get_by_role("alert")).to_contain_text("もう1か所")
        assert not look_at(crew.page)
        tap_beside_centre(crew, 60, 60)
        crew.tap("area-take")
        expect(crew.part("area-drawn")).to_be_checked()
        expect(crew.part("layer-take-damage_area").locator("input")).to_be_checked()
        expect(crew.part("layer-take-aed").locator(".number")).not_to_have_text(f"{n_all}件")
        assert not look_at(crew.page)
        crew.page.route("**/sync/pull?*", lambda route: route.abort())
        crew.tap("outing-start")
        expect(crew.page.get_by_text("役所のサーバーにつながりません。")).to_be_visible()
        crew.page.context.set_offline(True)
        crew.reload()
        crew.expect_unsent(1)
        assert n_listed(crew) == n_all
        crew.tap("button-menu")
        expect(crew.part("check-layers")).to_have_attribute("data-good", "false")
        crew.page.context.set_offline(False)
        crew.page.unroute_all()
        crew.tap("menu-outing")
        crew.tap("outing-start")
        expect(crew.part("menu-panel")).to_have_count(0)
        assert 0 < n_listed(crew) < n_all
        crew.expect_unsent(1)
        crew.tap("button-menu")
        crew.tap("menu-outing")
        expect(crew.part("area-kept").locator("xpath=..")).to_contain_text("地図で囲んだ範囲")
        crew.send()
        assert crew.receipts() == ["applied"]
