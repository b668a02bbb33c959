"""Walks through every screen of the tablet app, stopping at each.

A walk is a generator: it gives the name of the screen that is to be seen now, and goes on when asked for the next.
"""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import AUTHOR, Tablet, tap

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
THEMES = ("plain", "sunlight", "night")
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


def see_otherwise(crew: Tablet) -> str:
    """Draws the map in the next way of seeing, and gives that."""
    before = crew.part("map-theme").get_attribute("data-theme") or ""
    after = THEMES[(THEMES.index(before) + 1) % len(THEMES)]
    crew.tap("map-theme")
    expect(crew.part("map-theme")).to_have_attribute("data-theme", after)
    crew.expect_map()
    return after


def tablet_screens(crew: Tablet, server: Server, photo: Path, theme: str = "plain") -> Iterator[str]:
    """Set-up, a day in the field and the sending at its end; the map looks like the theme all the time."""
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
    while crew.part("map-theme").get_attribute("data-theme") != theme:
        see_otherwise(crew)
    yield "map"
    crew.hold_middle()
    yield "map-held"
    crew.tap("map-held-close")
    expect(crew.part("map-held")).to_have_count(0)
    crew.wait_until_kept()

    crew.tap("button-list")
    tap(crew.part("round-options").locator("summary"))
    crew.part("round-layer-aed").check()
    expect(crew.part("round-progress")).to_be_visible()
    yield "list-round"
    tap(crew.part("round-options").locator("summary"))
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
    crew.tap("photo-show")
    expect(crew.part("photo-large")).to_be_visible()
    yield "photo-large"
    crew.tap("photo-close")
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
    expect(crew.part("round-chip")).to_be_visible()
    for _ in THEMES:
        yield f"map-{see_otherwise(crew)}"
    crew.tap("button-menu")
    yield "menu"
    crew.tap("text-size-200")
    yield "menu-large"
    crew.reload()
    crew.tap("button-menu")
    expect(crew.part("text-size-200")).to_have_attribute("aria-pressed", "true")
    assert crew.page.evaluate("getComputedStyle(document.body).fontSize") == "32px"
    crew.tap("text-size-100")
    crew.tap("menu-outing")
    expect(crew.part("layer-list").locator("input").first).to_be_visible()
    yield "menu-layers"
    crew.part("area-drawn").check()
    crew.tap("area-draw")
    expect(crew.part("area-panel")).to_be_visible()
    crew.expect_map()
    crew.tap("sketch-centre")
    yield "area"
    crew.tap("area-cancel")

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
    crew.reload()
    crew.tap("button-send")
    expect(crew.part("sent-line").first).to_be_visible()
    yield "send-later"

    crew.tap("button-menu")
    crew.tap("crew-leave")
    expect(crew.part("crew-choice")).to_be_visible()
    yield "crew-choice"
    crew.complaints.allow("status of 4|ServerError: 4")
    crew.page.goto(f"{crew.url}/tablet/#pair=AAAA-AAAA")
    crew.page.reload()
    tap(crew.part("crew").first)
    expect(crew.part("refused")).to_be_visible()
    yield "refused"
