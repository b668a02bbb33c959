"""Walks through every main screen of the tablet app and of the office pages, stopping at each.

A walk is a generator: it gives the name of the screen that is to be seen now, and goes on when asked for the next.
"""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.serving import CHECKOUT_DIR, Server, run_cli
from tests.e2e.tablet import AUTHOR, Tablet

LEDGERS_DIR = CHECKOUT_DIR / "sample_data" / "ledgers"
AREAS = """format = "gis-capture.layer/v1"
key = "damage_area"
definition_version = 1
title = { ja = "被害範囲", en = "Damaged areas" }
geometry_type = "Polygon"
crs = "EPSG:6668"
key_fields = ["name"]
label = "{name}"
style = { color = "#8b0000", shape = "square", min_zoom = 0, label_min_zoom = 14 }

[[fields]]
field_id = "damage_area.name"
name = "name"
title = { ja = "名称", en = "Name" }
type = "text"
constraints = { required = true }
"""
CORNERS = [[137.2500, 36.1430], [137.2530, 36.1428], [137.2533, 36.1452], [137.2504, 36.1455], [137.2500, 36.1430]]


def add_areas(workspace: Path) -> None:
    """Adds a layer of polygons, as an office does that needs one."""
    folder = workspace / "layers" / "damage_area"
    folder.mkdir(parents=True)
    (folder / "layer.toml").write_text(AREAS, encoding="utf-8")
    source = workspace / "被害範囲.geojson"
    feature = {
        "type": "Feature",
        "properties": {"名称": "川端町の冠水"},
        "geometry": {"type": "Polygon", "coordinates": [CORNERS]},
    }
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    run_cli("convert", source, "--layer", "damage_area", "--workspace", workspace, exit_codes=(0, 3))


def push_from_elsewhere(
    server: Server, layer: str, feature: dict[str, Any], fields: dict[str, str], **more: Any
) -> str:
    """Changes a feature as another crew does that saw it like this; gives the status of the receipt."""
    changes = {name: {"old": feature["properties"].get(name), "new": value} for name, value in fields.items()}
    message = {
        "format": "gis-capture.push/v1",
        "device_id": str(uuid.uuid4()),
        "author": "維持係 2班",
        "clock_at": "2026-11-23T02:00:00Z",
        "changes": [
            {
                "change_id": str(uuid.uuid4()),
                "layer": layer,
                "feature_id": feature["id"],
                "kind": "update",
                "after": None,
                "base_revision": feature["properties"]["revision"],
                "definition_version": 1,
                "fields": changes,
                "attachments": [],
                "made_at": "2026-11-23T01:50:00Z",
                "position": None,
                **more,
            }
        ],
    }
    request = urllib.request.Request(
        f"{server.url}/sync/push", data=json.dumps(message).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        (receipt,) = json.load(answer)["receipts"]
    return str(receipt["status"])


def seen_at(feature: dict[str, Any], east: float) -> dict[str, Any]:
    """A photo, another place of the feature, and where the crew stood."""
    lon, lat = feature["geometry"]["coordinates"]
    place = {"type": "Point", "coordinates": [lon + 0.0002 + east, lat + 0.0001]}
    photo = {"sha256": f"{int(east * 1e4) + 1:064x}", "name": "現場.heic", "size_bytes": 9, "media_type": "image/heic"}
    return {
        "geometry": {"old": feature["geometry"], "new": place},
        "position": {"lon": lon + east, "lat": lat, "accuracy_m": 4},
        "attachments": [photo],
    }


def tablet_screens(crew: Tablet, server: Server, photo: Path) -> Iterator[str]:
    """Set-up, a day in the field and the sending at its end, then the same in English."""
    feature = server.read_json("/layers/aed/features?limit=1")["features"][0]
    label = feature["properties"]["name"]
    expect(crew.part("author")).to_be_visible()
    crew.tap("setup-next")
    yield "setup-name"
    crew.part("author").fill(AUTHOR)
    crew.tap("setup-next")
    expect(crew.part("layer-list").locator("input").first).to_be_visible()
    yield "setup-layers"
    crew.tap("outing-start")
    expect(crew.part("checklist")).to_be_visible()
    yield "setup-ready"
    crew.tap("setup-finish")
    crew.expect_map()
    yield "tour"
    for _ in range(4):
        crew.tap("tour-next")
    yield "tour-end"
    crew.tap("tour-next")
    crew.expect_map()
    yield "map"
    crew.wait_until_kept()

    crew.tap("button-list")
    crew.part("list-search").fill("上")
    yield "list"
    crew.find(label)
    crew.expect_map()
    yield "form"
    crew.part("form-field-name").fill("")
    crew.tap("button-save")
    expect(crew.part("form-error-name")).to_be_visible()
    yield "form-problem"
    crew.part("form-field-name").fill(label)
    crew.choose("status", "故障")
    crew.attach(photo)
    yield "form-photo"
    crew.tap("button-list")
    yield "ask-unsaved"
    crew.tap("confirm-save")
    expect(crew.part("list-search")).to_be_visible()

    crew.tap("button-record")
    yield "record"
    crew.tap("layer-choice-street_light")
    crew.expect_map()
    yield "place"
    crew.place("center")
    yield "form-new"
    crew.write("ledger_number", "現場-001")
    crew.save()
    yield "map-saved"
    crew.tap("button-record")
    crew.tap("layer-choice-damage_area")
    expect(crew.part("draw-panel")).to_be_visible()
    crew.expect_map()
    yield "draw"
    crew.tap("place-cancel")
    crew.tap("map-redline")
    expect(crew.part("redline-panel")).to_be_visible()
    yield "redline"
    crew.tap("redline-close")
    for tool in ("split", "merge"):
        crew.find("川端町の冠水")
        crew.tap(f"button-{tool}")
        crew.expect_map()
        yield tool
        crew.tap(f"{tool}-cancel")
    crew.tap("button-map")
    crew.tap("map-measure")
    expect(crew.part("measure-panel")).to_be_visible()
    crew.expect_map()
    yield "measure"
    crew.tap("measure-close")
    crew.tap("map-layers")
    expect(crew.part("layers-panel")).to_be_visible()
    crew.tap("layer-more-street_light")
    yield "layers"
    crew.part("list-round").select_option("left")
    crew.tap("button-map")
    crew.expect_map()
    yield "map-filtered"
    crew.tap("map-filter-clear")
    for theme in ("sunlight", "night"):
        crew.tap("map-theme")
        expect(crew.part("map-theme")).to_have_attribute("data-theme", theme)
        crew.expect_map()
        yield f"map-{theme}"
    crew.tap("map-theme")
    crew.tap("button-menu")
    yield "menu"
    crew.tap("menu-outing")
    expect(crew.part("layer-list").locator("input").first).to_be_visible()
    yield "menu-layers"

    crew.page.context.set_offline(True)
    crew.complaints.allow("OfflineError|net::ERR_INTERNET_DISCONNECTED")
    crew.tap("button-send")
    crew.tap("send-start")
    expect(crew.part("send-trouble")).to_be_visible()
    yield "send-offline"
    assert push_from_elsewhere(server, "aed", feature, {"status": "要点検"}) == "applied"
    crew.page.context.set_offline(False)
    crew.send()
    yield "send-done"
    crew.find(label)
    crew.expect_map()
    yield "form-conflict"

    crew.tap("button-menu")
    crew.tap("language-en")
    yield "menu-english"
    crew.tap("button-list")
    yield "list-english"
    crew.part("list-row").first.tap()
    crew.expect_map()
    yield "form-english"
    crew.tap("button-send")
    yield "send-english"
    crew.tap("button-map")
    crew.expect_map()
    yield "map-english"
    crew.tap("map-layers")
    expect(crew.part("layers-panel")).to_be_visible()
    yield "layers-english"
    crew.tap("button-menu")
    crew.tap("menu-tour")
    expect(crew.part("tour")).to_be_visible()
    yield "tour-english"
    crew.tap("tour-skip")
    crew.tap("button-menu")
    crew.tap("language-ja")
    crew.tap("crew-leave")
    expect(crew.part("crew-choice")).to_be_visible()
    yield "crew-choice"


def office_screens(clerk: Office, server: Server) -> Iterator[str]:
    """All pages, an import from the drop to the undo, then the same in English."""
    feature = server.read_json("/layers/aed/features?limit=1")["features"][0]
    statuses = [
        push_from_elsewhere(server, "aed", feature, {"status": code}, **where)
        for code, where in zip(("要点検", "故障"), (seen_at(feature, 0), seen_at(feature, 0.0004)), strict=True)
    ]
    assert statuses == ["applied", "conflict"]
    other = server.read_json("/layers/public_toilet/features?limit=1")["features"][0]
    assert push_from_elsewhere(server, "public_toilet", other, {}, kind="delete") == "applied"
    clerk.open("layers")
    expect(clerk.part("layer-aed")).to_be_visible()
    yield "layers"
    clerk.open("import")
    expect(clerk.part("ledger-input")).to_be_attached()
    yield "import"
    clerk.complaints.allow("status of 4")
    clerk.part("ledger-input").set_input_files(LEDGERS_DIR.parent / "broken" / "truncated.xlsx")
    expect(clerk.part("import-failure")).to_be_visible()
    yield "import-broken"
    clerk.choose_files([LEDGERS_DIR / "防犯灯台帳.xlsx"])
    preview = clerk.page.locator("[data-map-state]")
    clerk.expect_map(preview)
    expect(clerk.part("update")).to_be_visible()
    yield "import-found"
    clerk.part("update-no").check()
    yield "import-repeated"
    clerk.convert()
    yield "import-done"
    clerk.part("undo").click()
    yield "import-undo"
    clerk.part("undo-confirm").click()
    expect(clerk.part("undo-confirm")).to_have_count(0)
    clerk.open("imports")
    expect(clerk.page.get_by_role("listitem").first).to_be_visible()
    yield "imports"
    clerk.open("lint")
    clerk.part("ledger-input").set_input_files(LEDGERS_DIR / "防犯灯台帳.xlsx")
    expect(clerk.part("lint-result")).to_be_visible()
    yield "lint"
    clerk.open("map")
    clerk.expect_map(clerk.part("office-map"))
    yield "map"
    clerk.open("backgrounds")
    expect(clerk.page.locator("[data-testid^=basemap-]")).to_have_count(1)
    yield "backgrounds"
    clerk.open("map/public_toilet")
    clerk.expect_map(clerk.part("office-map"))
    yield "map-layer"
    clerk.tap_feature(server, "public_toilet")
    yield "map-feature"
    clerk.part("history-undo").first.click()
    expect(clerk.part("history-undo-confirm")).to_be_visible()
    yield "map-feature-undo"
    clerk.open("deleted/public_toilet")
    clerk.part("deleted-open").first.click()
    expect(clerk.part("history-restore")).to_be_visible()
    yield "deleted"
    clerk.open("today")
    expect(clerk.part("today")).to_be_visible()
    yield "today"
    clerk.open("conflicts")
    expect(clerk.page.get_by_role("row").nth(1)).to_be_visible()
    clerk.expect_map(preview)
    yield "conflicts"
    clerk.open("checkouts")
    clerk.part("checkout-aed").check()
    clerk.part("checkout-make").click()
    expect(clerk.part("checkout-made")).to_be_visible()
    yield "checkouts"

    clerk.part("language").click()
    expect(clerk.part("checkout-aed")).to_be_visible()
    yield "checkouts-english"
    clerk.open("conflicts")
    expect(clerk.page.get_by_role("row").nth(1)).to_be_visible()
    yield "conflicts-english"
    clerk.open("layers")
    expect(clerk.part("layer-aed")).to_be_visible()
    yield "layers-english"
    clerk.open("import")
    clerk.choose_files([LEDGERS_DIR / "消防水利施設一覧.csv"])
    clerk.expect_map(preview)
    yield "import-english"
