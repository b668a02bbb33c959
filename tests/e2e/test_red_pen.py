"""The red pen: lines drawn by hand on the map, kept as features with author and time, seen at the office."""

from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.office import office, place_on_map
from tests.e2e.serving import Server
from tests.e2e.tablet import AUTHOR, PORTRAIT, Tablet, tablet
from tests.e2e.test_main_job import read_layer


def stroke(crew: Tablet, points: list[tuple[float, float]]) -> None:
    """Draws with a finger; the points count from the middle of the map."""
    box = crew.part("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = crew.page.context.new_cdp_session(crew.page)
    for number, (right, down) in enumerate(points):
        kind = "touchMove" if number else "touchStart"
        touch = {"x": x + right, "y": y + down}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [touch]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def wave(down: float) -> list[tuple[float, float]]:
    """A line as a hand draws it."""
    return [(-150 + 6 * n, down + (n % 7) * 3) for n in range(50)]


def test_lines_drawn_by_hand_are_kept_erased_taken_back_and_seen_at_the_office(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path, office_browser: Browser
) -> None:
    """Three strokes, one erased, the erasure taken back, another erased; after a restart two are sent and seen.

    Steps go back as far as the pen was taken, and not into what was recorded before.
    """
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed", "redline")
        crew.wait_until_kept()
        screens_server.stop()
        crew.tap("map-redline")
        expect(crew.part("redline-panel")).to_be_visible()
        crew.expect_map()
        stroke(crew, wave(-120))
        expect(crew.part("redline-count")).to_have_text("線 1本")
        crew.tap("redline-close")
        crew.tap("map-redline")
        expect(crew.part("redline-undo")).to_be_disabled()
        crew.expect_map()
        crew.tap("redline-pen-青")
        stroke(crew, wave(0))
        expect(crew.part("redline-count")).to_have_text("線 2本")
        crew.tap("redline-pen-黒")
        stroke(crew, wave(120))
        expect(crew.part("redline-count")).to_have_text("線 3本")
        crew.tap("redline-eraser")
        stroke(crew, [(0, -40), (0, -20), (0, 0), (0, 20), (0, 40)])
        expect(crew.part("redline-count")).to_have_text("線 2本")
        for n in (3, 2, 1):
            crew.tap("redline-undo")
            expect(crew.part("redline-count")).to_have_text(f"線 {n}本")
        expect(crew.part("toast")).to_have_text("元に戻しました: 赤入れの追加")
        expect(crew.part("redline-undo")).to_be_disabled()
        crew.expect_unsent(1)
        for n in (2, 3):
            crew.tap("redline-redo")
            expect(crew.part("redline-count")).to_have_text(f"線 {n}本")
        stroke(crew, [(0, 80), (0, 100), (0, 120), (0, 140)])
        expect(crew.part("redline-count")).to_have_text("線 2本")
        crew.tap("redline-close")
        crew.reload()
        expect(crew.part("round-next")).to_have_count(0)
        screens_server.start()
        crew.send()
        assert set(crew.receipts()) == {"applied"}

    lines = read_layer(screens_server, "redline")
    assert set(lines.pen_color) == {"赤", "青"} and len(lines) == 2
    assert set(lines.drawn_by) == {AUTHOR}
    assert lines.drawn_at.notna().all()
    assert all(4 <= len(line.coords) <= 50 for line in lines.geometry), "a hand's line, without needless points"
    with office(office_browser, screens_server.url) as clerk:
        clerk.open("map/redline")
        where = clerk.part("office-map")
        clerk.expect_map(where)
        box = where.bounding_box()
        assert box is not None
        (listing,) = [
            one for one in screens_server.read_json("/layers")["layers"] if one["definition"]["key"] == "redline"
        ]
        blue = lines[lines.pen_color == "青"].geometry.iloc[0]
        x, y = place_on_map(blue.coords[0], listing["extent"], (box["width"], box["height"]))
        where.click(position={"x": x, "y": y})
        expect(clerk.part("feature-panel")).to_contain_text(AUTHOR)
        expect(clerk.part("feature-panel")).to_contain_text("青")
