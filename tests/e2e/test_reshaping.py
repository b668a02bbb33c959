"""Shapes on the tablet: divided, joined, duplicated, corrected with steps back, put onto neighbours exactly."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, Tablet, tablet
from tests.e2e.test_main_job import read_layer
from tests.e2e.test_plane_layers import CENTRE, CORNERS, HALF_M, METRES_PER_PIXEL_AT_17, TO_DEGREES, add_layer

LON, LAT = TO_DEGREES.transform(*CENTRE)
WEST, EAST = (
    [
        (CENTRE[0] + east * HALF_M + 0.123456789, CENTRE[1] + north * HALF_M + 0.0000123)
        for east, north in ((least, -1), (most, -1), (most, 1), (least, 1), (least, -1))
    ]
    for least, most in ((-1, -0.2), (0.2, 1))
)
HOLE = [(CENTRE[0] + east * 7.7, CENTRE[1] + north * 7.7) for east, north in ((1, 1), (1, -1), (-1, -1), (1, 1))]
HALF_PX = HALF_M / (METRES_PER_PIXEL_AT_17 * 0.8093)


def middle(crew: Tablet) -> tuple[float, float]:
    """Where the crosshair is."""
    crew.expect_map()
    box = crew.part("crosshair").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tap_at(crew: Tablet, *places: tuple[float, float]) -> None:
    """Taps places that count in halves of the lot from its middle, up and to the right."""
    crew.expect_map()
    x, y = middle(crew)
    for east, north in places:
        crew.page.touchscreen.tap(x + east * HALF_PX, y - north * HALF_PX)
        # Two taps in one place and moment are a double tap for a map.
        crew.page.wait_for_timeout(400)


def drag(crew: Tablet, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drags with a finger, in the same measure."""
    crew.expect_map()
    x, y = middle(crew)
    session = crew.page.context.new_cdp_session(crew.page)
    for step in range(9):
        east, north = (start[axis] + (end[axis] - start[axis]) * min(step, 7) / 7 for axis in (0, 1))
        touch = {"x": x + east * HALF_PX, "y": y - north * HALF_PX}
        session.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": [touch]}
        )
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def open_lot(crew: Tablet, label: str, tool: str) -> None:
    """Opens a lot by the list, and one of its tools."""
    crew.find(label)
    crew.expect_map()
    crew.tap(tool)


def test_a_lot_is_divided_joined_again_and_a_neighbour_is_drawn_onto_its_corners(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """The parts are the whole; undo takes both back; corners of the neighbour are the lot's own to the last digit."""
    add_layer(server.workspace, "lot", "区画", {"type": "Polygon", "coordinates": [CORNERS]})
    server.start()
    before = read_layer(server, "lot").geometry.iloc[0]
    with tablet(
        playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT, position=(LON, LAT)
    ) as crew:
        crew.set_up("lot")
        crew.wait_until_kept()
        server.stop()
        open_lot(crew, "区画1", "button-split")
        crew.part("sketch-snap").uncheck()
        tap_at(crew, (-0.5, 0.2), (0.5, 0.2))
        crew.tap("split-finish")
        expect(crew.part("split-problem")).to_have_text(
            "線が形を横切っていません。形の外から外まで、線を引いてください。"
        )
        crew.tap("draw-undo")
        crew.tap("draw-undo")
        tap_at(crew, (-1.5, 0.2), (0, 0.4), (1.5, 0.2))
        crew.tap("split-finish")
        expect(crew.part("toast")).to_contain_text("2つに分けました")
        crew.expect_unsent(2)
        crew.tap("button-undo")
        crew.expect_unsent(0)
        crew.reload()
        crew.tap("button-redo")
        crew.expect_unsent(2)
        expect(crew.part("button-redo")).to_have_count(0)
        crew.tap("button-undo")
        crew.expect_unsent(0)

        open_lot(crew, "区画1", "button-split")
        crew.part("sketch-snap").uncheck()
        tap_at(crew, (-1.5, 0.2), (1.5, 0.2))
        crew.reload()
        expect(crew.part("split-panel")).to_be_visible()
        crew.tap("split-finish")
        expect(crew.part("split-panel")).to_have_count(0)
        open_lot(crew, "区画1-2", "button-merge")
        crew.expect_map()
        box = crew.part("map").bounding_box()
        assert box is not None
        crew.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + HALF_PX)
        expect(crew.part("merge-other")).to_contain_text("相手: 区画1。")
        crew.tap("merge-finish")
        expect(crew.part("toast")).to_have_text("1つにつなぎました。")

        # Another lot beside it, tapped roughly: its corners go to those that are there.
        open_lot(crew, "区画1-2", "button-duplicate")
        expect(crew.part("draw-panel")).to_be_visible()
        tap_at(crew, (1.06, 0.95), (1.05, -1.04), (2.2, -1), (2.2, 1))
        crew.tap("draw-finish")
        crew.write("name", "となり")
        crew.save()
        crew.reload()
        server.start()
        crew.send()
        assert set(crew.receipts()) == {"applied"}

    lots = read_layer(server, "lot").set_index("name").geometry
    assert sorted(lots.index) == ["となり", "区画1-2"]
    assert lots["区画1-2"].area == pytest.approx(before.area, abs=1e-6)
    assert set(before.exterior.coords) <= set(lots["区画1-2"].exterior.coords)
    shared = set(lots["となり"].exterior.coords) & set(before.exterior.coords)
    assert shared == {CORNERS[1], CORNERS[2]}


def test_a_corner_is_moved_back_and_forth_by_mouse_and_by_finger(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """After a mouse moved one corner, a finger moves the one it touches, not that of the mouse; steps go back.

    Closing the app loses none of it, nor the hole of the lot. Of a shape of two parts the tapped one is corrected, the
    other stays.
    """
    add_layer(server.workspace, "lot", "区画", {"type": "Polygon", "coordinates": [CORNERS, HOLE]})
    add_layer(server.workspace, "pair", "飛び地", {"type": "MultiPolygon", "coordinates": [[WEST], [EAST]]})
    pictures = pytestconfig.getoption("--screenshots")
    server.start()
    with tablet(
        playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT, position=(LON, LAT)
    ) as crew:
        crew.set_up("lot", "pair")
        open_lot(crew, "区画1", "button-move")
        x, y = middle(crew)
        crew.page.mouse.move(x + HALF_PX, y - HALF_PX)
        crew.page.mouse.down()
        for step in range(1, 6):
            crew.page.mouse.move(x + HALF_PX + 8 * step, y - HALF_PX)
        crew.page.mouse.up()
        drag(crew, (-1, -1), (-1.6, -1))
        crew.tap("reshape-undo")
        crew.tap("reshape-undo")
        expect(crew.part("reshape-undo")).to_be_disabled()
        crew.tap("reshape-redo")
        crew.tap("reshape-redo")
        expect(crew.part("reshape-redo")).to_be_disabled()
        crew.tap("place-cancel")
        crew.tap("confirm-cancel")
        crew.reload()
        crew.tap("draw-finish")
        crew.save()
        open_lot(crew, "飛び地1", "button-move")
        expect(crew.part("draw-panel")).to_contain_text("2つの部分に分かれています")
        expect(crew.part("draw-finish")).to_have_count(0)
        if pictures:
            crew.expect_map()
            crew.page.screenshot(path=pictures / "reshape-choose.png")
        tap_at(crew, (0.6, 0))
        expect(crew.part("draw-panel")).to_contain_text("2つの部分のうち2番目を直します。")
        crew.part("sketch-snap").uncheck()
        drag(crew, (1, 1), (1, 0.4))
        expect(crew.part("reshape-undo")).to_be_enabled()
        crew.reload()
        expect(crew.part("draw-panel")).to_contain_text("2つの部分のうち2番目を直します。")
        if pictures:
            crew.page.screenshot(path=pictures / "reshape-part.png")
        crew.tap("draw-finish")
        crew.save()
        crew.send()
        assert crew.receipts() == ["applied", "applied"]

    west, east = (list(part.exterior.coords) for part in read_layer(server, "pair").geometry.iloc[0].geoms)
    assert west == WEST
    assert [corner for corner in EAST if corner not in east] == [EAST[2]]
    (moved,) = (corner for corner in east if corner not in EAST)
    assert (moved[1] - CENTRE[1]) / HALF_M == pytest.approx(0.4, abs=0.15)
    lot = read_layer(server, "lot").geometry.iloc[0]
    assert [set(hole.coords) for hole in lot.interiors] == [set(HOLE)]
    corners = list(lot.exterior.coords)
    moved = [corner for corner in CORNERS[:4] if corner not in corners]
    assert moved == [CORNERS[0], CORNERS[2]]
    new = [corner for corner in corners[:4] if corner not in CORNERS]
    assert sorted(round((corner[0] - CENTRE[0]) / HALF_M, 1) for corner in new) == pytest.approx([-1.6, 1.6], abs=0.15)


def test_a_place_far_from_everything_and_a_deletion_are_asked_about(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Where nothing was taken along, the place is probably wrong. Both arrive where the crew means it."""
    add_layer(server.workspace, "stake", "境界杭", {"type": "Point", "coordinates": CENTRE})
    server.start()
    with tablet(
        playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT, position=(LON + 0.3, LAT)
    ) as crew:
        crew.set_up("stake")
        crew.record("stake")
        crew.page.context.set_geolocation(crew.position)
        crew.tap("place-gps")
        expect(crew.page.get_by_role("dialog")).to_contain_text("持ち出した範囲から26.9 kmはなれています")
        crew.tap("confirm-cancel")
        expect(crew.part("place-panel")).to_be_visible()
        crew.page.context.set_geolocation(crew.position)
        crew.tap("place-gps")
        crew.tap("outside-put")
        crew.write("name", "遠い杭")
        crew.save()
        crew.find("境界杭1")
        crew.tap("button-delete")
        expect(crew.part("question")).to_have_text("「境界杭1」を削除しますか。")
        crew.tap("confirm-cancel")
        crew.tap("button-delete")
        crew.tap("confirm-delete")
        expect(crew.part("toast")).to_contain_text("削除を記録しました。")
        crew.tap("button-undo")
        expect(crew.part("toast")).to_have_text("元に戻しました: 境界杭「境界杭1」の削除")
        crew.expect_unsent(1)
        crew.reload()
        crew.find("境界杭1")
        crew.tap("button-delete")
        crew.tap("confirm-delete")
        crew.expect_unsent(2)
        crew.send()
        assert crew.receipts() == ["applied", "applied"]

    stakes = read_layer(server, "stake").set_index("name")
    assert list(stakes.index) == ["遠い杭"]
    place = TO_DEGREES.transform(stakes.geometry.iloc[0].x, stakes.geometry.iloc[0].y)
    assert place == pytest.approx((LON + 0.3, LAT), abs=1e-6)
