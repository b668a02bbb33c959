"""Layers in plane rectangular coordinates on the tablet: drawn where they are, edited without losing a digit."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect
from pyproj import Transformer

from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import PORTRAIT, tablet, tap_place
from tests.e2e.test_main_job import read_layer

CRS = "EPSG:6675"
CENTRE = (7_512.3456, 16_034.5678)
HALF_M = 30.0
# A surveyed lot: decimals that no float in degrees gives back by itself.
CORNERS = [
    (CENTRE[0] + east * HALF_M + 0.123456789, CENTRE[1] + north * HALF_M + 0.0000123)
    for east, north in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
]
TO_PLANE = Transformer.from_crs("EPSG:6668", CRS, always_xy=True)
TO_DEGREES = Transformer.from_crs(CRS, "EPSG:6668", always_xy=True)
METRES_PER_PIXEL_AT_17 = 40_075_016.7 / (512 * 2**17)

DEFINITION = """format = "gis-capture.layer/v1"
key = "{key}"
definition_version = 1
title = {{ ja = "{title}", en = "{title}" }}
geometry_type = "{geometry_type}"
crs = "EPSG:6675"
key_fields = ["name"]
label = "{{name}}"

[[fields]]
field_id = "{key}.name"
name = "name"
title = {{ ja = "名称", en = "Name" }}
type = "text"
constraints = {{ required = true }}

[[fields]]
field_id = "{key}.note"
name = "note"
title = {{ ja = "メモ", en = "Note" }}
type = "text"
"""


def add_layer(workspace: Path, key: str, title: str, geometry: dict[str, Any]) -> None:
    """Adds a layer in zone 7 with one feature, as an office does that keeps its surveys in metres."""
    folder = workspace / "layers" / key
    folder.mkdir(parents=True)
    text = DEFINITION.format(key=key, title=title, geometry_type=geometry["type"])
    (folder / "layer.toml").write_text(text, encoding="utf-8")
    source = workspace / f"{title}.geojson"
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6675"}}
    feature = {"type": "Feature", "properties": {"名称": f"{title}1"}, "geometry": geometry}
    source.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}), encoding="utf-8")
    run_cli("convert", source, "--layer", key, "--workspace", workspace, exit_codes=(0, 3))


def test_a_layer_in_metres_is_drawn_edited_and_sent_back_to_the_last_digit(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """A tap opens the lot; an edit leaves its corners as they were; one is moved, and only that differs."""
    add_layer(server.workspace, "lot", "区画", {"type": "Polygon", "coordinates": [CORNERS]})
    add_layer(server.workspace, "stake", "境界杭", {"type": "Point", "coordinates": CENTRE})
    server.start()
    before = read_layer(server, "lot").geometry.iloc[0]
    lon, lat = TO_DEGREES.transform(*CENTRE)
    with tablet(
        playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT, position=(lon, lat)
    ) as crew:
        crew.set_up("lot", "stake")
        crew.wait_until_kept()
        server.stop()
        box = crew.part("map").bounding_box()
        assert box is not None
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        # Only the lot is there; it fills the map.
        tap_place(crew.page, middle[0] + 60, middle[1] + 40)
        expect(crew.part("sheet-title")).to_have_text("区画1")
        crew.write("note", "杭を確認")
        crew.save()

        crew.find("区画1")
        crew.expect_map()
        crew.tap("button-move")
        expect(crew.part("draw-panel")).to_be_visible()
        crew.expect_map()
        crosshair = crew.part("crosshair").bounding_box()
        assert crosshair is not None
        scale = METRES_PER_PIXEL_AT_17 * 0.8093
        half_px = HALF_M / scale
        x, y = crosshair["x"] + 32 + half_px, crosshair["y"] + 32 - half_px
        crew.page.mouse.move(x, y)
        crew.page.mouse.down()
        crew.page.mouse.move(x + 20, y, steps=4)
        crew.page.mouse.move(x + 40, y, steps=4)
        crew.page.mouse.up()
        crew.tap("draw-finish")
        crew.save()

        crew.record("stake")
        crew.place("gps")
        crew.write("name", "新しい杭")
        crew.save()
        crew.expect_unsent(3)
        crew.reload()
        server.start()
        crew.send()
        assert crew.receipts() == ["applied"] * 3

    lot = read_layer(server, "lot").iloc[0]
    assert lot.note == "杭を確認"
    old, new = list(before.exterior.coords), list(lot.geometry.exterior.coords)
    moved = [place for place, corner in enumerate(old) if corner not in new]
    assert len(moved) == 1, (old, new)
    assert [new[place] for place in range(5) if place not in moved] == [
        old[place] for place in range(5) if place not in moved
    ]
    east, north = (new[moved[0]][axis] - old[moved[0]][axis] for axis in (0, 1))
    assert (east, north) == pytest.approx((40 * scale, 0), abs=3)
    stakes = read_layer(server, "stake").set_index("name")
    place = stakes.geometry["新しい杭"]
    assert (place.x, place.y) == pytest.approx(TO_PLANE.transform(lon, lat), abs=1e-3)
