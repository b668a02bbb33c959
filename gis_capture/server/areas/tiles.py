"""Vector tiles of the layers, with the documents that maps need to draw them."""

from flask import Blueprint, Response, request

from gis_capture.model import BBox, Layer
from gis_capture.server.answers import json_response
from gis_capture.server.context import served, workspace
from gis_capture.server.tile_answers import TileAsked, layer_tile, tile_response
from gis_capture.tiles import map_style, parse_tile, tile_json

area = Blueprint("tiles", __name__)


@area.get("/tiles/<layers>/<int:z>/<int:x>/<int:y>.mvt")
def give_tile(layers: str, z: int, x: int, y: int) -> Response:
    """Gives one tile; 204 when nothing is in it, 304 when the asker has it."""
    known = request.headers.get("If-None-Match", "")
    return tile_response(
        layer_tile(served(), TileAsked(layers, parse_tile(z, x, y), "mvt", request.args.get("v"), known))
    )


@area.get("/tiles/<layers>.json")
def give_tile_json(layers: str) -> Response:
    """Gives TileJSON; the address of its tiles names their version, so that a proxy may keep them."""
    chosen = _layers(layers)
    version = workspace().tiles.version([layer.key for layer in chosen])
    return json_response(tile_json(chosen, url=f"{_url(layers)}?v={version}", extent=_extent(chosen)))


@area.get("/styles/<layers>.json")
def give_style(layers: str) -> Response:
    """Gives a MapLibre style."""
    chosen = _layers(layers)
    return json_response(map_style(chosen, url=_url(layers), extent=_extent(chosen)))


def _layers(text: str) -> list[Layer]:
    return [workspace().store.layer(key) for key in dict.fromkeys(text.split(","))]


def _url(layers: str) -> str:
    """The address of the tiles, whole, because maps resolve nothing in it."""
    return f"{request.host_url}tiles/{layers}/{{z}}/{{x}}/{{y}}.mvt"


def _extent(layers: list[Layer]) -> BBox | None:
    found = [workspace().store.layer_info(layer.key).extent for layer in layers]
    boxes = [box for box in found if box]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return BBox(min(west), min(south), max(east), max(north))
