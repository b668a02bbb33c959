"""A clerk hands a layer out for QGIS on the office page, and takes the edited file back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.office import Office, office
from tests.e2e.serving import Server
from tests.sync.out_files import edited


@pytest.fixture
def clerk(office_browser: Browser, demo_server: Server) -> Iterator[Office]:
    """A clerk before the sample data."""
    with office(office_browser, demo_server.url) as opened:
        yield opened


def test_a_layer_goes_out_and_comes_back(clerk: Office, demo_server: Server, tmp_path: Path) -> None:
    """What was changed is told before it is stored; afterwards it is in the layer; the file is listed."""
    clerk.open("checkouts")
    clerk.part("checkout-aed").check()
    clerk.page.get_by_label("持ち出す人の名前").fill("山田")
    clerk.part("checkout-make").click()
    with clerk.page.expect_download() as download:
        clerk.part("checkout-made").get_by_role("link").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with edited(path) as db:
        (feature_id,) = db.execute("SELECT feature_id FROM aed ORDER BY fid LIMIT 1").fetchone()
        db.execute("UPDATE aed SET remarks = 'QGIS で直した' WHERE feature_id = ?", (feature_id,))

    clerk.part("checkin-input").set_input_files(path)
    expect(clerk.part("checkin-found")).to_contain_text("変更 1・削除 0")
    read_before = demo_server.read_json(f"/layers/aed/features/{feature_id}")["properties"]["remarks"]
    clerk.part("checkin-store").click()
    expect(clerk.part("checkin-done")).to_contain_text("登録しました: 1 件")

    assert read_before != "QGIS で直した"
    assert demo_server.read_json(f"/layers/aed/features/{feature_id}")["properties"]["remarks"] == "QGIS で直した"
    clerk.part("checkin-input").set_input_files(path)
    expect(clerk.part("checkin-found")).to_contain_text("新しい変更はありません")
    clerk.page.reload()
    expect(clerk.page.get_by_role("listitem").filter(has_text="山田")).to_have_count(1)
