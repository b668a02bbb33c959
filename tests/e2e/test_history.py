"""What happened is seen and turned back at the office: undo, restore, decisions with a name, the receipt of the day."""

import io
import urllib.request
from hashlib import sha256
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.e2e.office import Office, office
from tests.e2e.office_screens import seen_at
from tests.e2e.screens import push_from_elsewhere
from tests.e2e.serving import Server

NAME = "窓口 花子"


def send_photo(server: Server, colour: str) -> dict[str, Any]:
    """Uploads a photo; gives it as a change names it."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "JPEG")
    name = sha256(file.getvalue()).hexdigest()
    request = urllib.request.Request(f"{server.url}/attachments/{name}", file.getvalue(), method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
    return {"sha256": name, "name": f"{colour}.jpg", "size_bytes": len(file.getvalue()), "media_type": "image/jpeg"}


def test_an_edit_is_undone_and_a_deleted_record_comes_back(screens_server: Server, office_browser: Browser) -> None:
    """The name is asked for once; both are in the history with it."""
    server = screens_server
    with office(office_browser, server.url) as clerk:
        clerk.open("map/public_toilet")
        feature = clerk.tap_feature(server, "public_toilet")
        before = feature["properties"]["name"]
        assert push_from_elsewhere(server, "public_toilet", feature, {"name": "現場の名前"}) == "applied"
        clerk.page.reload()
        clerk.tap_feature(server, "public_toilet")
        expect(clerk.part("history")).to_contain_text(f"{before} → 現場の名前")
        clerk.part("history-undo").first.click()
        clerk.part("history-undo-confirm").click()
        expect(clerk.part("history")).to_contain_text("「あなたの名前」を入れて")
        clerk.part("author-name").fill(NAME)
        clerk.part("author-keep").click()
        clerk.part("history-undo-confirm").click()
        expect(clerk.part("history-answer")).to_contain_text("取り消しました")
        expect(clerk.part("history")).to_contain_text(NAME)
        url = f"/layers/public_toilet/features/{feature['id']}"
        assert server.read_json(url)["properties"]["name"] == before

        seen = server.read_json(url)
        assert push_from_elsewhere(server, "public_toilet", seen, {}, kind="delete") == "applied"
        clerk.open("deleted/public_toilet")
        clerk.part("deleted-open").first.click()
        expect(clerk.part("author-name")).to_have_count(0)
        clerk.part("history-restore").click()
        expect(clerk.part("history")).to_contain_text("復元")
        assert server.read_json(url)["properties"]["name"] == before
        assert server.read_json(f"{url}/history")["entries"][0]["author"] == NAME


def test_a_conflict_is_decided_with_photos_places_and_a_name(screens_server: Server, office_browser: Browser) -> None:
    """Both sides' photos and places are shown; the decision carries the name and stands in the receipt of the day."""
    server = screens_server
    feature = server.read_json("/layers/aed/features?limit=1")["features"][0]
    for code, colour, east in (("要点検", "green", 0.0), ("故障", "blue", 0.0004)):
        more = {**seen_at(feature, east), "attachments": [send_photo(server, colour)]}
        push_from_elsewhere(server, "aed", feature, {"status": code}, **more)
    with office(office_browser, server.url) as clerk:
        clerk.open("conflicts")
        clerk.expect_map(clerk.page.locator("[data-map-state]"))
        for colour in ("green", "blue"):
            picture = clerk.page.get_by_role("img", name=f"{colour}.jpg")
            expect(picture).to_have_js_property("naturalWidth", 256)
        decide(clerk)
        expect(clerk.page.get_by_role("alert")).to_contain_text("「あなたの名前」")
        clerk.part("author-name").fill(NAME)
        clerk.part("author-keep").click()
        decide(clerk)
        expect(clerk.part("conflict-done")).to_be_visible()
        clerk.open("today")
        expect(clerk.part("today")).to_contain_text("維持係 2班")
        expect(clerk.page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("届いた値にした")
    record = server.read_json("/conflicts?state=all")["conflicts"][0]
    assert record["fields"][0]["decision"]["author"] == NAME
    assert server.read_json(f"/layers/aed/features/{feature['id']}")["properties"]["status"] == "故障"


def decide(clerk: Office) -> None:
    """Takes the value that came for the first field."""
    clerk.part("take-incoming").first.click()
