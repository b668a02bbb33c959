"""Vector tiles of the layers, with the documents that maps need to draw them."""

import gzip

from flask import Blueprint, Response, request

from gis_capture.model import BBox, Layer
from gis_capture.server.answers import json_response, takes_gzip
from gis_capture.server.context import served, workspace
from gis_capture.tiles import TileService, map_style, tile_json

area = Blueprint("tiles", __name__)
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@area.get("/tiles/<layers>/<int:z>/<int:x>/<int:y>.mvt")
def give_tile(layers: str, z: int, x: int, y: int) -> Response:
    """Gives one tile; 204 when nothing is in it, 304 when the asker has it."""
    served().adopt_direct_edits()
    keys = [layer.key for layer in _layers(layers)]
    tiles = workspace().tiles
    # Read before the tile: at worst a newer tile is asked for once more.
    caching = cache_control(tiles, keys, request.args.get("v"))
    found = tiles.answer(keys, z, x, y, known=request.headers.get("If-None-Match", ""))
    response = Response(mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = caching
    response.set_etag(found.etag, weak=True)
    if not found.content:
        response.status_code = 304 if found.content is None else 204
    elif takes_gzip():
        response.set_data(found.content)
        response.content_encoding = "gzip"
    else:
        response.set_data(gzip.decompress(found.content))
    return response


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


def cache_control(tiles: TileService, keys: list[str], version: str | None) -> str:
    """A tile that was asked for by the present version of its layers may be kept; others are asked for anew."""
    is_of_version = bool(version) and version == tiles.version(keys)
    return "public, max-age=31536000, immutable" if is_of_version else "no-cache"


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
