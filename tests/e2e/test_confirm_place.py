"""What was placed by its address is confirmed on the spot by one tap, or moved; without a network."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect
from shapely import Point

from gis_capture.model import Feature, PositionQuality
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.e2e.axe import violations
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, tablet, tap

HERE = (137.2526, 36.1461)
LAMPS = {
    "A-1": (HERE, PositionQuality("address", 300.0, "住所「本町1丁目」→「本町一丁目」")),
    "A-2": ((137.2546, 36.1461), PositionQuality("address", 300.0)),
    "A-3": ((137.2530, 36.1465), PositionQuality("coordinates", 1.0)),
}


def add_lamps(folder: Path) -> dict[str, str]:
    """Street lights placed by address and by coordinates; gives their ids by number."""
    ids = {number: f"00000000-0000-7000-8000-00000000000{n}" for n, number in enumerate(LAMPS)}
    lights = [
        Feature("street_light", ids[number], Point(place), {"ledger_number": number}, position=quality)
        for number, (place, quality) in LAMPS.items()
    ]
    with (
        Workspace.open(folder) as workspace,
        workspace.store.transact(Author("office", "山田"), at=workspace.clock()) as transaction,
    ):
        transaction.put_layer(workspace.known_layer("street_light"))
        transaction.insert(lights)
    return ids


def test_places_from_addresses_are_confirmed_or_moved(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Nearest first in a list of their own; after a tap they are off it, and the office knows how sure they are."""
    ids = add_lamps(server.workspace)
    pictures = pytestconfig.getoption("--screenshots")
    server.start()
    with tablet(playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT, position=HERE) as crew:
        crew.set_up("street_light")
        crew.wait_until_kept()
        crew.tap("button-menu")
        crew.tap("menu-outing")
        expect(crew.part("layer-tasks-street_light")).to_have_text("うち 位置を確かめるもの 2件")
        expect(crew.part("work-all")).to_be_checked()
        crew.part("work-tasks").check()
        if pictures:
            crew.part("work-choice").scroll_into_view_if_needed()
            crew.page.screenshot(path=pictures / "outing-tasks.png")
        crew.tap("outing-start")
        expect(crew.part("menu-panel")).to_have_count(0)
        crew.page.context.set_geolocation(crew.position)
        server.stop()
        expect(crew.part("round-chip")).to_have_text("位置の確認 0 / 2")
        crew.tap("button-list")
        expect(crew.part("list-round").locator("option").first).to_have_text("すべて(3件)")
        tap(crew.part("list-tasks"))
        expect(crew.part("list-round").locator("option").first).to_have_text("すべて(2件)")
        rows = crew.part("list-row")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("A-1")
        if pictures:
            crew.page.screenshot(path=pictures / "confirm-list.png")
        tap(rows.first)
        asked = crew.part("confirm-place")
        expect(asked).to_contain_text("住所から置いた位置です。確かめてください。")
        expect(asked).to_contain_text("誤差 約300m")
        crew.expect_map()
        assert violations(crew.page) == []
        if pictures:
            crew.page.screenshot(path=pictures / "confirm-place.png")
        crew.page.context.set_geolocation(crew.position)
        crew.tap("place-is-right")
        expect(crew.part("toast")).to_contain_text("保存しました")
        crew.expect_unsent(1)

        expect(crew.part("round-chip")).to_have_text("位置の確認 1 / 2")
        crew.tap("round-next")
        expect(crew.part("sheet-title")).to_have_text("A-2")
        crew.tap("place-is-wrong")
        expect(crew.part("place-panel")).to_be_visible()
        crew.page.context.set_geolocation(crew.position)
        crew.tap("place-gps")
        expect(crew.part("confirm-place")).to_have_count(0)
        crew.save()
        crew.reload()
        expect(crew.part("round-finished")).to_be_visible()
        crew.tap("button-list")
        expect(crew.part("list-row")).to_have_count(3)
        expect(crew.part("list-round").locator("option")).to_have_text(
            ["すべて(3件)", "まだ見ていないもの(1件)", "見たもの(2件)", "未送信のもの(2件)", "要確認のもの(0件)"]
        )
        expect(crew.part("list-tasks")).to_have_count(0)
        server.start()
        crew.send()
        assert crew.receipts() == ["applied", "applied"]

    first, second = (server.read_json(f"/layers/street_light/features/{ids[name]}") for name in ("A-1", "A-2"))
    assert first["geometry"]["coordinates"] == pytest.approx(HERE)
    assert (first["position"]["method"], first["position"]["accuracy_m"]) == ("confirmed", 4)
    assert first["position"]["note"].startswith("現地で確認 20")
    assert second["geometry"]["coordinates"] == pytest.approx(HERE)
    assert second["position"]["method"] == "gps"
