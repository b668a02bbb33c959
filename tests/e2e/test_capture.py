"""Capturing on site: areas by corners, lines on foot, points by several positions, measuring."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Geolocation, Playwright, expect

from tests.e2e.axe import violations
from tests.e2e.layout import look_at
from tests.e2e.photo import old_photo, take_photo
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, Tablet, tablet, tap
from tests.e2e.test_main_job import read_layer
from tests.e2e.test_plane_layers import TO_DEGREES, TO_PLANE, add_layer
from tests.e2e.test_red_pen import stroke
from tests.e2e.test_robustness import tab_to

LON, LAT = 137.2526, 36.1461


def tap_beside_centre(crew: Tablet, right_px: float, down_px: float) -> None:
    """Taps the map so far from the crosshair."""
    crew.expect_map()
    box = crew.part("crosshair").bounding_box()
    assert box is not None
    crew.page.touchscreen.tap(box["x"] + box["width"] / 2 + right_px, box["y"] + box["height"] / 2 + down_px)


def stand(crew: Tablet, lon: float, lat: float, accuracy: float) -> None:
    """The device tells another position."""
    crew.page.context.set_geolocation(Geolocation(longitude=lon, latitude=lat, accuracy=accuracy))
    expect(crew.part("status-gps")).to_have_text(f"GPS ±{round(accuracy)}m")


def test_an_area_is_drawn_corner_by_corner_and_a_line_on_foot_and_neither_is_lost(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """A crossing is told; corners and a walk go on after the app was closed; a walk may close and go over its way."""
    way = [TO_PLANE.transform(LON, LAT), TO_PLANE.transform(LON + 0.0005, LAT)]
    add_layer(screens_server.workspace, "path", "巡回路", {"type": "LineString", "coordinates": way})
    screens_server.stop()
    screens_server.start()
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("damage_area", "path")
        crew.wait_until_kept()
        screens_server.stop()
        crew.tap("button-record")
        crew.tap("layer-choice-damage_area")
        expect(crew.part("draw-panel")).to_be_visible()
        crew.part("sketch-snap").uncheck()
        crew.tap("draw-finish")
        expect(crew.part("draw-problem")).to_have_text("角が足りません。3か所以上に置いてください。")
        crew.tap("sketch-centre")
        for right_px, down_px in ((120, 0), (0, 120), (120, 120)):
            tap_beside_centre(crew, right_px, down_px)
        crew.tap("draw-finish")
        expect(crew.part("draw-problem")).to_contain_text("線が交わっています")
        crew.tap("draw-undo")
        crew.tap("draw-undo")
        crew.tap("draw-redo")
        crew.tap("button-list")
        expect(crew.part("question")).to_have_text("かきかけの線や形があります。どうしますか。")
        crew.tap("confirm-cancel")
        crew.reload()
        crew.tap("draw-redo")
        crew.tap("draw-undo")
        crew.tap("draw-finish")
        crew.write("name", "三角の空き地")
        crew.save()

        crew.tap("button-record")
        crew.tap("layer-choice-path")
        stand(crew, LON, LAT, 4)
        crew.tap("sketch-walk")
        for east, north, accuracy in ((0.0005, 0, 5), (0.0005, 0.0005, 60), (0.0005, 0.0005, 6)):
            stand(crew, LON + east, LAT + north, accuracy)
        expect(crew.page.get_by_text("歩いたあとを記録しています(3点)")).to_be_visible()
        crew.reload()
        expect(crew.page.get_by_text("歩いたあとを記録しています(3点)")).to_be_visible()
        for east, north, accuracy in ((0, 0.0005, 4), (0, 0, 5), (0.0005, 0, 4)):
            stand(crew, LON + east, LAT + north, accuracy)
        expect(crew.page.get_by_text("歩いたあとを記録しています(6点)")).to_be_visible()
        expect(crew.part("map-here")).to_have_attribute("aria-pressed", "true")
        crew.tap("sketch-walk")
        crew.tap("draw-finish")
        crew.write("name", "一回りした道")
        crew.save()
        crew.reload()
        crew.expect_unsent(2)
        screens_server.start()
        crew.send()
        assert crew.receipts() == ["applied", "applied"]

    triangle = read_layer(screens_server, "damage_area").set_index("name").loc["三角の空き地"]
    assert len(triangle.geometry.exterior.coords) == 4
    assert triangle.position_method == "tap"
    walked = read_layer(screens_server, "path").set_index("name").loc["一回りした道"]
    corners = [TO_DEGREES.transform(x, y) for x, y in walked.geometry.coords]
    east, north = LON + 0.0005, LAT + 0.0005
    way = [(LON, LAT), (east, LAT), (east, north), (LON, north), (LON, LAT), (east, LAT)]
    assert corners == [pytest.approx(place, abs=1e-8) for place in way]
    assert (walked.position_method, walked.position_accuracy_m) == ("gps", 6)
    assert walked.position_note == "端末の位置 6点"


def test_a_point_is_the_average_of_several_positions_and_a_poor_one_is_asked_about(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """±40 m: the app asks; ten positions are averaged, what that is worth is stored."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        crew.record("aed")
        stand(crew, LON, LAT, 40)
        crew.tap("place-gps")
        expect(crew.page.get_by_role("dialog")).to_contain_text("±40m")
        crew.tap("poor-average")
        for n in range(1, 10):
            expect(crew.part("average-progress")).to_contain_text(f"({n} / 10回)")
            stand(crew, LON + (0.00001 if n % 2 else -0.00001), LAT, 5 + n % 2)
        expect(crew.part("sheet-title")).to_have_text("新しい記録")
        crew.write("name", "平均の集会所")
        crew.save()
        crew.send()
        assert crew.receipts() == ["applied"]

    row = read_layer(screens_server, "aed").set_index("name").loc["平均の集会所"]
    assert (row.geometry.x, row.geometry.y) == pytest.approx((LON, LAT), abs=2e-6)
    assert (row.position_method, row.position_accuracy_m, row.position_note) == ("gps", 6, "10回の平均")


def test_the_map_follows_the_crew_and_what_is_measured_on_it_is_not_kept(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """The map stays with the crew until it is dragged. Three taps give a length and an area; the map is as it was."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        here = crew.part("map-here")
        expect(here).to_have_attribute("aria-pressed", "false")
        stand(crew, LON, LAT, 4)
        tap(here)
        expect(here).to_have_attribute("aria-pressed", "true")
        crew.expect_map()
        stand(crew, LON + 0.01, LAT + 0.01, 5)
        crew.expect_map()
        crew.tap("map-measure")
        crew.tap("sketch-centre")
        expect(crew.part("measure-last")).to_contain_text(f"緯度 {LAT + 0.01:.6f} 経度 {LON + 0.01:.6f}")
        crew.tap("measure-close")
        crew.expect_map()
        stroke(crew, [(6 * n, 0) for n in range(20)])
        expect(here).to_have_attribute("aria-pressed", "false")
        crew.tap("map-measure")
        crew.part("sketch-snap").uncheck()
        crew.tap("sketch-centre")
        expect(crew.part("measure-length")).to_have_text("0 m")
        tap_beside_centre(crew, 100, 0)
        tap_beside_centre(crew, 100, 100)
        expect(crew.part("measure-area")).to_contain_text("m²")
        expect(crew.part("measure-last")).to_contain_text("緯度 36.")
        crew.tap("measure-close")
        crew.expect_unsent(0)
        expect(crew.part("crosshair")).to_have_count(0)


def test_a_photo_is_drawn_on_and_both_are_sent(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """A red stroke over a grey photo: a second photo with the time and place of the first, which is not touched."""
    grey = tmp_path / "grey.jpg"
    Image.new("RGB", (800, 600), "#808080").save(grey)
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        stand(crew, LON, LAT, 4)
        crew.record("aed")
        crew.place("center")
        crew.write("name", "写真の集会所")
        crew.attach(grey)
        crew.tap("photo-pen")
        expect(crew.part("photo-pen-canvas")).to_have_attribute("data-ready", "true")
        box = crew.part("photo-pen-canvas").bounding_box()
        assert box is not None
        for row in (0.4, 0.6):
            crew.page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * row)
            crew.page.mouse.down()
            crew.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * row, steps=6)
            crew.page.mouse.up()
        assert violations(crew.page) == []
        crew.tap("photo-pen-undo")
        # The same by keys, from the middle to the right.
        tab_to(crew.page, "photo-pen-keys")
        crew.page.keyboard.press("Space")
        for _ in range(10):
            crew.page.keyboard.press("ArrowRight")
        crew.page.keyboard.press("Space")
        assert violations(crew.page) == []
        assert not look_at(crew.page)
        crew.page.screenshot(path=tmp_path / "photo-pen-keys.png")
        crew.tap("photo-pen-done")
        expect(crew.part("photo-thumbnail")).to_have_count(2)
        crew.save()
        first, second = (Image.open(BytesIO(data)).convert("RGB") for data in crew.photos().values())
        crew.send()
        assert crew.receipts() == ["applied"]

    plain, drawn = sorted((first, second), key=lambda picture: len(picture.getcolors(1 << 20) or []))
    assert plain.size == drawn.size == (800, 600)
    pixels = np.asarray(drawn)
    for (x, y), what in (((400, 240), "the stroke"), ((460, 300), "the stroke by keys")):
        red, _, blue = pixels[y, x]
        assert red > 180 and blue < 90, what
    assert pixels[360, 400].max() < 150, "the one taken back"
    (feature,) = [
        one
        for one in screens_server.read_json("/layers/aed/features?limit=1000")["features"]
        if one["properties"]["name"] == "写真の集会所"
    ]
    photos = screens_server.read_json(f"/layers/aed/features/{feature['id']}")["attachments"]
    assert len({photo["taken_at"] for photo in photos}) == 1 and len(photos) == 2
    assert sorted(photo["name"].endswith("_書込.jpg") for photo in photos) == [False, True]


def test_a_photo_is_kept_as_taken_where_the_crew_wants_it(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Byte by byte what the camera made, up to the office; one from the gallery tells itself when and where it was."""
    photo, old = take_photo(tmp_path), old_photo(tmp_path)
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed")
        crew.record("aed")
        crew.place("center")
        crew.write("name", "大きな写真")
        crew.part("photo-original").check()
        crew.attach(photo)
        Image.new("RGB", (80, 60), "#808080").save(grey := tmp_path / "grey.jpg")
        assert not look_at(crew.page)
        crew.part("photo-gallery").set_input_files([old, grey])
        expect(crew.part("photo-thumbnail")).to_have_count(3)
        crew.save()
        crew.find("大きな写真")
        tap(crew.part("photo-show").nth(1))
        expect(crew.part("photo-large")).to_be_visible()
        expect(crew.part("photo-stamp")).to_contain_text("2020/01/02 9:10")
        expect(crew.part("photo-stamp")).to_contain_text("緯度 36.125000 経度 137.240000")
        expect(crew.part("photo-stamp")).to_contain_text("向き 270°")
        crew.page.keyboard.press("Escape")
        expect(crew.part("photo-panel")).to_have_count(0)
        expect(crew.part("photo-show").nth(1)).to_be_focused()
        tap(crew.part("photo-show").nth(2))
        expect(crew.part("photo-stamp")).to_contain_text("場所は分かりません")
        crew.tap("photo-remove-saved")
        crew.tap("confirm-photo-remove")
        expect(crew.part("photo-thumbnail")).to_have_count(2)
        crew.tap("button-close")
        (sha256,) = (sha256 for sha256, data in crew.photos().items() if data == photo.read_bytes())
        assert len(crew.photos()) == 2
        crew.send()
        expect(crew.part("send-photos")).to_have_text("写真 2 / 2枚が届きました。")
        assert crew.receipts() == ["applied"]
    assert screens_server.read(f"/attachments/{sha256}") == photo.read_bytes()
    (feature,) = [
        one
        for one in screens_server.read_json("/layers/aed/features?limit=1000")["features"]
        if one["properties"]["name"] == "大きな写真"
    ]
    _, chosen = screens_server.read_json(f"/layers/aed/features/{feature['id']}")["attachments"]
    assert chosen["taken_at"] == "2020-01-02T00:10:11.000Z"
    assert chosen["position"] == {"lon": 137.24, "lat": 36.125, "accuracy_m": None, "heading_deg": 270}

    with tablet(playwright, browser_path, tmp_path / "other", screens_server.url, viewport=PORTRAIT) as other:
        other.set_up("aed")
        other.wait_until_kept()
        screens_server.stop()
        other.find("大きな写真")
        expect(other.part("photo-thumbnail")).to_have_count(2)
        tap(other.part("photo-show").first)
        expect(other.page.get_by_text("小さい写真だけがあります")).to_be_visible()
        other.tap("photo-close")
        screens_server.start()
