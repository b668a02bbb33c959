"""Layers in the Tokyo Datum on the tablet: drawn where the office's maps have them, and captured in."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.layout import look_at
from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import PORTRAIT, Tablet, tablet

# A stake in zone 7 of the old datum, as surveys before 2002 have it.
STAKE = (7615.411, 15834.089)
DEFINITION = """format = "gis-capture.layer/v1"
key = "stake"
definition_version = 1
title = { ja = "境界杭", en = "Stakes" }
geometry_type = "Point"
crs = "EPSG:30167"
key_fields = ["name"]
label = "{name}"

[[fields]]
field_id = "stake.name"
name = "name"
title = { ja = "名称", en = "Name" }
type = "text"
constraints = { required = true }
"""


def add_stakes(workspace: Path) -> None:
    """Adds the layer with one stake."""
    folder = workspace / "layers" / "stake"
    folder.mkdir(parents=True)
    (folder / "layer.toml").write_text(DEFINITION, encoding="utf-8")
    geometry = {"type": "Point", "coordinates": STAKE}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::30167"}}
    feature = {"type": "Feature", "properties": {"名称": "杭1"}, "geometry": geometry}
    source = workspace / "境界杭.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}), encoding="utf-8")
    run_cli("convert", source, "--layer", "stake", "--workspace", workspace, exit_codes=(0, 3))


def told_place(crew: Tablet) -> tuple[float, float]:
    """Longitude and latitude of the form that is open, as it tells them."""
    crew.tap("form-place")
    latitude, longitude = crew.part("place-readout").locator("span").first.inner_text().split(" 経度 ")
    return float(longitude), float(latitude.removeprefix("緯度 "))


def test_a_layer_in_the_tokyo_datum_is_drawn_captured_and_sent(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Offline, a stake is where the office shows it, a new one arrives where it was put; how rough that is, is told."""
    add_stakes(server.workspace)
    server.start()

    def at_office() -> dict[str, tuple[float, float]]:
        found = server.read_json("/layers/stake/features")["features"]
        places = {one["properties"]["name"]: one["geometry"]["coordinates"] for one in found}
        return {name: (place[0], place[1]) for name, place in places.items()}

    old = at_office()["杭1"]
    with tablet(playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT, position=old) as crew:
        crew.set_up("stake")
        crew.wait_until_kept()
        server.stop()
        crew.find("杭1")
        assert told_place(crew) == pytest.approx(old, abs=1e-6)
        expect(crew.part("datum-rough")).to_contain_text("TKY2JGD")
        assert not look_at(crew.page)
        crew.tap("button-close")
        crew.record("stake")
        crew.place("gps")
        put = told_place(crew)
        crew.write("name", "杭2")
        crew.save()
        server.start()
        crew.send()
        assert crew.receipts() == ["applied"]
    assert at_office()["杭2"] == pytest.approx(put, abs=1e-6)
