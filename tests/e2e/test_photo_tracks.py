"""A clerk puts photos without a position on the map by the track of a receiver."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.cli.test_photo_track import GPX, photo
from tests.e2e.office import office
from tests.e2e.serving import Server


def test_photos_come_to_lie_on_the_track_as_the_clock_is_set_right(
    server: Server, office_browser: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Offered for photos alone; seen on the map before anything is imported."""
    ledger, archive, track = tmp_path / "台帳.csv", tmp_path / "現場写真.zip", tmp_path / "踏査.gpx"
    ledger.write_text("番号,経度,緯度\n1,137.25,36.14\n", encoding="utf-8")
    track.write_text(GPX, encoding="utf-8")
    with zipfile.ZipFile(archive, "w") as packed:
        for name, taken in (("1.jpg", "09:32:05"), ("2.jpg", "09:32:10"), ("3.jpg", "09:42:00")):
            photo(tmp_path / name, taken)
            packed.write(tmp_path / name, name)
    pictures = pytestconfig.getoption("--screenshots")
    server.start()
    with office(office_browser, server.url) as clerk:
        clerk.complaints.allow("status of 422")
        clerk.open("import")
        clerk.choose_files([ledger])
        expect(clerk.part("position-state")).to_contain_text("1 行のうち 1 行")
        expect(clerk.part("track")).to_have_count(0)

        clerk.open("import/photos")
        clerk.choose_files([archive])
        placed = clerk.part("track-placed")
        clerk.part("track-input").set_input_files([ledger])
        expect(clerk.part("track").get_by_role("alert")).to_contain_text("時刻のある軌跡がありません")
        clerk.part("track-input").set_input_files([track])
        expect(clerk.part("track-found")).to_contain_text("踏査.gpx")
        expect(placed).to_contain_text("0 枚")
        clerk.page.get_by_label("カメラの時計のずれ").fill("120")
        clerk.page.get_by_label("カメラの時計のずれ").press("Tab")
        expect(placed).to_contain_text("2 枚")
        clerk.expect_map(clerk.page.get_by_role("region", name="位置の下見"))
        if pictures:
            clerk.page.screenshot(path=pictures / "photo-track.png", full_page=True)
        clerk.convert()
        assert clerk.account()[:3] == [3, 2, 1]
