"""What the map shows: layers in order, faded or hidden, filtered, drawn together where dense; north at the top."""

import json
import re
from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.layout import look_at
from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import PORTRAIT, Tablet, tablet, tap, tap_place

HERE = (137.2526, 36.1461)
N_LAMPS = 900
STATES = ("点灯", "球切れ")
# So many stand at one pole, out of the way of the others.
N_AT_ONE_POLE = 3000


def add_lamps(workspace: Path) -> None:
    """Street lights on a grid 8 km wide; every third one is broken."""
    features = [
        {
            "type": "Feature",
            "properties": {"管理番号": f"L-{index}", "状態": STATES[index % 3 == 0]},
            "geometry": {
                "type": "Point",
                "coordinates": [HERE[0] + (index % 30 - 15) * 0.003, HERE[1] + (index // 30 - 15) * 0.002],
            },
        }
        for index in range(N_LAMPS)
    ]
    pole = {"type": "Point", "coordinates": [HERE[0] + 0.0015, HERE[1] + 0.001]}
    features += [
        {"type": "Feature", "properties": {"管理番号": f"P-{index}", "状態": STATES[0]}, "geometry": pole}
        for index in range(N_AT_ONE_POLE)
    ]
    source = workspace / "防犯灯.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    run_cli("convert", source, "--layer", "street_light", "--workspace", workspace, exit_codes=(0, 3))


def scale(crew: Tablet) -> re.Pattern[str]:
    """Gives how long the scale bar is, once the map stands still: its text stays over a zoom of less than two."""
    crew.expect_map()
    return re.compile(re.escape(crew.page.locator(".maplibregl-ctrl-scale").get_attribute("style") or ""))


def tap_middle(crew: Tablet) -> None:
    """Taps the middle of the map."""
    crew.expect_map()
    box = crew.part("map").bounding_box()
    assert box is not None
    tap_place(crew.page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_layers_are_ordered_hidden_and_filtered_and_crowds_open_at_a_tap(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Map and list leave the same things out, say so, and remember how the layers were shown."""
    add_lamps(screens_server.workspace)
    with tablet(
        playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT, position=HERE
    ) as crew:
        crew.set_up("street_light", "aed")
        before = scale(crew)
        tap_middle(crew)
        expect(crew.page.locator(".maplibregl-ctrl-scale")).not_to_have_attribute("style", before)
        expect(crew.part("sheet")).to_have_count(0)

        crew.tap("map-layers")
        assert not look_at(crew.page)
        shown = crew.part("layers-panel").get_by_role("listitem")
        expect(shown.first).to_have_attribute("data-testid", "layer-street_light")
        crew.tap("layer-up-aed")
        expect(shown.first).to_have_attribute("data-testid", "layer-aed")
        expect(crew.part("layer-up-aed")).to_be_disabled()
        crew.tap("layer-down-aed")
        expect(shown.first).to_have_attribute("data-testid", "layer-street_light")
        expect(crew.part("layer-down-aed")).to_be_disabled()
        crew.tap("layer-up-aed")
        expect(shown.first).to_have_attribute("data-testid", "layer-aed")
        crew.tap("layer-more-street_light")
        crew.part("layer-opacity-street_light").fill("40")
        crew.part("layer-show-aed").uncheck()
        crew.part("category-street_light-点灯").uncheck()
        crew.tap("button-list")
        crew.part("list-layer").select_option("street_light")
        n_before = len(screens_server.read_json("/layers/street_light/features?limit=1000")["features"])
        expect(crew.part("list-count")).not_to_contain_text(f"{n_before}件")
        crew.part("list-search").fill("L-1")
        expect(crew.part("list-row").filter(has_text="L-1").first).not_to_have_text("L-1")
        crew.tap("button-map")
        expect(crew.part("map-filtered")).to_be_visible()
        assert not look_at(crew.page)
        crew.tap("map-filter-clear")
        expect(crew.part("map-filtered")).to_have_count(0)

        crew.reload()
        crew.tap("map-layers")
        expect(shown.first).to_have_attribute("data-testid", "layer-aed")
        expect(crew.part("layer-show-aed")).not_to_be_checked()
        crew.tap("layer-more-street_light")
        expect(crew.part("layer-opacity-street_light")).to_have_value("40")
        crew.tap("button-map")
        choose_at_one_pole(crew)


def choose_at_one_pole(crew: Tablet) -> None:
    """Opens one of very many lamps that are drawn over one another: the map asks which."""
    crew.find("P-1234")
    crew.tap("button-close")
    tap_middle(crew)
    expect(crew.part("same-place")).to_contain_text(f"ここに{N_AT_ONE_POLE}件あります")
    assert not look_at(crew.page)
    tap(crew.part("same-place-row").filter(has_text="P-7"))
    expect(crew.part("sheet-title")).to_have_text("P-7")
    expect(crew.part("same-place")).to_have_count(0)


def test_a_map_that_was_turned_turns_back_to_north(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """The way back appears once the map is turned, here by keys, and goes when north is up again."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        expect(crew.part("map-north")).to_have_count(0)
        crew.page.locator(".maplibregl-canvas").focus()
        crew.page.keyboard.press("Shift+ArrowRight")
        expect(crew.part("map-north")).to_be_visible()
        crew.tap("map-north")
        expect(crew.part("map-north")).to_have_count(0)
        # The middle of the map, by a finger that rests there and by a key, is one place.
        crew.hold_middle()
        readout = crew.part("place-readout").inner_text()
        assert re.search("北緯|緯度", readout) and "メッシュ" in readout, readout
        expect(crew.part("sheet")).to_have_count(0)
        crew.page.screenshot(path=tmp_path / "held.png")
        crew.tap("map-held-close")
        expect(crew.part("map-held")).to_have_count(0)
        crew.page.locator(".maplibregl-canvas").focus()
        crew.page.keyboard.press("Enter")
        expect(crew.part("place-readout")).to_contain_text(readout.splitlines()[-1])
