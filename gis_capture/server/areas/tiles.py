"""Vector tiles of the layers, with the documents that maps need to draw them."""

from hashlib import sha256

from flask import Blueprint, Response, request

from gis_capture.model import BBox, Layer
from gis_capture.server.answers import json_response
from gis_capture.server.context import served, settings, workspace
from gis_capture.tiles import encode_tile, map_style, parse_tile, tile_json

area = Blueprint("tiles", __name__)
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@area.get("/tiles/<layers>/<int:z>/<int:x>/<int:y>.mvt")
def give_tile(layers: str, z: int, x: int, y: int) -> Response:
    """Gives one tile; 204 when nothing is in it, 304 when the asker has it."""
    served().adopt_direct_edits()
    tile = parse_tile(z, x, y)
    store = workspace().store
    chosen = _layers(layers)
    state = f"{store.epoch} {store.revision()} {[(layer.key, layer.definition_version) for layer in chosen]} {tile}"
    etag = sha256(state.encode()).hexdigest()[:32]
    response = Response(mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(etag, weak=True)
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
        return response
    content = encode_tile(store, [layer.key for layer in chosen], *tile, max_features=settings().max_tile_features)
    response.set_data(content)
    response.status_code = 200 if content else 204
    return response


@area.get("/tiles/<layers>.json")
def give_tile_json(layers: str) -> Response:
    """Gives TileJSON."""
    chosen = _layers(layers)
    return json_response(tile_json(chosen, url=_url(layers), extent=_extent(chosen)))


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
