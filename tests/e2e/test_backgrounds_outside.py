"""On a tablet without a network: base maps of two foreign schemas in every theme, their sources, the office's style."""

import gzip
import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Playwright, expect
from shapely import LineString, Point, box

from gis_capture.model import BBox
from gis_capture.tiles.encode import TileLayer, encode_layers
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.pmtiles import encode_pmtiles
from tests.e2e.serving import Server, copy_workspace, run_cli
from tests.e2e.tablet import tablet

LON, LAT = 137.2526, 36.1461
PATIENCE_MS = 60_000
MAGENTA = (255, 0, 255)
CYAN = (0, 255, 255)
WATER = (0xBC, 0xD9, 0xEE)
SOURCES = {"protomaps": "© OpenStreetMap contributors", "gsi": "国土地理院 最適化ベクトルタイル"}


def shape(kind: str, x: float, y: float, more: float) -> Any:
    """A point, a line across, or an area: in thousandths of a degree from the middle."""
    west, south = LON + x / 1000, LAT + y / 1000
    if kind == "point":
        return Point(west, south)
    if kind == "line":
        return LineString([(west - more / 1000, south), (west, south + 0.0002), (west + more / 1000, south)])
    return box(west, south, west + more / 1000, south + more / 1500)


# Schema, layer, shape with its place and extent, what it says.
CONTENT: list[tuple[str, str, tuple[str, float, float, float], dict[str, str]]] = [
    ("protomaps", "earth", ("area", -20, -20, 60), {"kind": "earth"}),
    ("protomaps", "water", ("area", -5, 0.3, 4), {"kind": "lake"}),
    ("protomaps", "landuse", ("area", 1, 0.3, 2), {"kind": "park"}),
    ("protomaps", "buildings", ("area", 0.2, -0.9, 0.5), {"kind": "building"}),
    ("protomaps", "roads", ("line", 0, 0.1, 6), {"kind": "major_road", "name": "国分寺通り"}),
    ("protomaps", "roads", ("line", 0, -1.2, 6), {"kind": "rail"}),
    ("protomaps", "boundaries", ("line", 0, -1.6, 6), {"kind": "locality"}),
    ("protomaps", "places", ("point", 0.6, 0.8, 0), {"kind": "locality", "name": "Takayama", "name:ja": "高山市"}),
    ("gsi", "WA", ("area", -5, 0.3, 4), {}),
    ("gsi", "BldA", ("area", 0.2, -0.9, 0.5), {}),
    ("gsi", "RdCL", ("line", 0, 0.1, 6), {}),
    ("gsi", "RailCL", ("line", 0, -1.2, 6), {}),
    ("gsi", "RvrCL", ("line", 0, -0.3, 6), {}),
    ("gsi", "Cntr", ("line", 0, 1.4, 6), {}),
    ("gsi", "AdmBdry", ("line", 0, -1.6, 6), {}),
    ("gsi", "Anno", ("point", 0.6, 0.8, 0), {"vt_text": "高山"}),
]


def write_basemap(path: Path, schema: str) -> Path:
    """Writes some streets of a schema, around the middle, from far to close."""
    names = dict.fromkeys(layer for of, layer, *_ in CONTENT if of == schema)
    layers = []
    for name in names:
        own = [(shape(*where), told) for of, layer, where, told in CONTENT if (of, layer) == (schema, name)]
        shapes, properties = zip(*own, strict=True)
        layers.append(TileLayer(name, shapes, range(1, len(own) + 1), properties))
    tiles = {}
    for z in range(8, 16):
        middle = tile_at(LON, LAT, z)
        for x in range(middle.x - 1, middle.x + 2):
            for y in range(middle.y - 1, middle.y + 2):
                if content := encode_layers(layers, Tile(z, x, y)):
                    tiles[Tile(z, x, y)] = gzip.compress(content)
    told = {"attribution": SOURCES[schema], "vector_layers": [{"id": name, "fields": {}} for name in names]}
    path.write_bytes(encode_pmtiles(tiles, bounds=BBox(LON - 1, LAT - 1, LON + 1, LAT + 1), metadata=told))
    return path


def share_of(color: tuple[int, int, int], place: Locator) -> float:
    """How much of what is seen has a colour."""
    pixels = np.asarray(Image.open(io.BytesIO(place.screenshot())).convert("RGB")).astype(int)
    return float((np.abs(pixels - color).max(axis=2) < 6).mean())


def wait_to_see(color: tuple[int, int, int], place: Locator) -> None:
    """Waits until a map is drawn with a colour."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while share_of(color, place) < 0.0005:
        assert time.monotonic() < deadline, f"{color} is not seen"


@pytest.mark.e2e
def test_foreign_base_maps_and_the_office_style_are_drawn_without_a_network(
    demo_template: Path, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Sources are on the map as long as their base map is shown; hydrants look as the file of the theme says."""
    server = Server(copy_workspace(demo_template, tmp_path))
    for card in (server.workspace / "packs").glob("*.json"):
        # That of the demo would lie above.
        run_cli("basemap", "remove", card.stem, "--workspace", server.workspace)
    for schema in SOURCES:
        made = write_basemap(tmp_path / f"{schema}.pmtiles", schema)
        run_cli("basemap", "add", made, "--name", schema, "--workspace", server.workspace)
    hydrant = {"id": "hydrant", "type": "circle", "source": "x", "source-layer": "fire_hydrant"}
    (server.workspace / "styles").mkdir(exist_ok=True)
    for name, color in (("fire_hydrant", "#ff00ff"), ("fire_hydrant.night", "#00ffff")):
        paint = {"circle-color": color, "circle-radius": 12}
        style = json.dumps({"version": 8, "layers": [{**hydrant, "paint": paint}]})
        (server.workspace / "styles" / f"{name}.json").write_text(style, encoding="utf-8")
    server.start()
    try:
        with tablet(playwright, browser_path, tmp_path / "profile", server.url, position=(LON, LAT)) as crew:
            crew.open()
            crew.set_up("fire_hydrant")
            crew.wait_until_kept()
            server.stop()
            crew.reload()
            shown, told = crew.part("map"), crew.page.locator(".maplibregl-ctrl-attrib")
            assert share_of(MAGENTA, shown) > 0.0005
            crew.tap("map-theme")
            crew.tap("map-theme")
            wait_to_see(CYAN, shown)
            crew.page.screenshot(path=tmp_path / "hydrants-night.png")
            crew.tap("map-theme")
            wait_to_see(MAGENTA, shown)
            crew.tap("map-here")
            crew.page.wait_for_timeout(1_500)
            crew.tap("map-layers")
            crew.tap("layer-more-fire_hydrant")
            sign = crew.part("legend-fire_hydrant").locator("[fill]").first
            expect(sign).to_have_attribute("fill", "#ff00ff")
            crew.page.screenshot(path=tmp_path / "hydrants-legend.png")
            crew.tap("button-map")
            for schema, other in (("protomaps", "gsi"), ("gsi", "protomaps")):
                crew.tap("map-layers")
                crew.part(f"pack-show-{schema}").check()
                crew.part(f"pack-show-{other}").uncheck()
                crew.page.screenshot(path=tmp_path / f"{schema}-list.png")
                crew.tap("button-map")
                expect(told).to_be_visible()
                expect(told).to_contain_text(SOURCES[schema])
                expect(told).not_to_contain_text(SOURCES[other])
                light = {}
                for theme in ("plain", "sunlight", "night"):
                    expect(crew.part("map-theme")).to_have_attribute("data-theme", theme)
                    crew.page.wait_for_timeout(1_000)
                    crew.page.screenshot(path=tmp_path / f"{schema}-{theme}.png")
                    light[theme] = share_of(WATER, shown)
                    crew.tap("map-theme")
                assert light["plain"] > 0.05 > max(light["sunlight"], light["night"]), light
    finally:
        server.stop()
