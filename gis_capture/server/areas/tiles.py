"""Vector tiles of the layers, with the documents that maps need to draw them."""

from typing import Any

from flask import Blueprint, Response, request

from gis_capture.model import BBox, Layer
from gis_capture.server.answers import json_response, packing_asked
from gis_capture.server.authorization import principal
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import RequestError, request_language
from gis_capture.server.seen import extent_seen
from gis_capture.server.tile_answers import TileAsked, layer_tile, tile_response
from gis_capture.text import Text
from gis_capture.tiles import map_style, parse_tile, tile_json
from gis_capture.tiles.legend import Legend, legend_of, legend_svg
from gis_capture.tiles.packing import BY_GZIP
from gis_capture.tiles.themes import THEMES

area = Blueprint("tiles", __name__)


@area.get("/tiles/<layers>/<int:z>/<int:x>/<int:y>.mvt")
def give_tile(layers: str, z: int, x: int, y: int) -> Response:
    """Gives one tile; 204 when nothing is in it, 304 when the asker has it."""
    known = request.headers.get("If-None-Match", "")
    version, packing = request.args.get("v"), packing_asked() or BY_GZIP
    asked = TileAsked(layers, parse_tile(z, x, y), "mvt", version, known, principal().area, packing)
    return tile_response(layer_tile(served(), asked))


@area.get("/tiles/<layers>.json")
def give_tile_json(layers: str) -> Response:
    """Gives TileJSON; the address of its tiles names their version, so that a proxy may keep them."""
    chosen = _layers(layers)
    version = workspace().tiles.version([layer.key for layer in chosen], principal().area)
    return json_response(tile_json(chosen, url=f"{_url(layers)}?v={version}", extent=_extent(chosen)))


@area.get("/styles/<layers>.json")
def give_style(layers: str) -> Response:
    """Gives a MapLibre style."""
    style = _style(layers, _layers(layers))
    problems = workspace().styles.problems([layer.key for layer in workspace().store.layers()])
    if problems:
        style["metadata"] = {"gis-capture:problems": [problem.to_json(request_language()) for problem in problems]}
    return json_response(style)


@area.get("/styles/<layers>/legend.json")
def give_legend(layers: str) -> Response:
    """Gives what the colours of a style mean."""
    return json_response({"legends": [legend.to_json() for legend in _legends(layers)[0]]})


@area.get("/styles/<layers>/legend.svg")
def draw_legend(layers: str) -> Response:
    """Draws what the colours of a style mean."""
    legends, ground = _legends(layers)
    ink = "#f0f0f0" if request.args.get("theme") == "night" else "#1a1a1a"
    language = request.args.get("language") or request_language()
    drawn = legend_svg(legends, language=language, background=ground, ink=ink)
    response = Response(drawn, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Language")
    return response


def _style(layers: str, chosen: list[Layer]) -> dict[str, Any]:
    theme = request.args.get("theme", "plain")
    if theme not in THEMES:
        names = ", ".join(THEMES)
        raise RequestError(Text(f"theme は {names} のどれかです。", f'"theme" is one of {names}.'), code="bad_request")
    own = {layer.key: workspace().styles.own(layer.key, theme) for layer in chosen}
    return map_style(chosen, url=_url(layers), extent=_extent(chosen), theme=theme, own=own)


def _legends(layers: str) -> tuple[list[Legend], str]:
    """The legends of layers, and the colour of the ground under them."""
    chosen = _layers(layers)
    drawn = _style(layers, chosen)["layers"]
    return [legend_of(layer, drawn) for layer in chosen], drawn[0]["paint"]["background-color"]


def _layers(text: str) -> list[Layer]:
    return [workspace().store.layer(key) for key in dict.fromkeys(text.split(","))]


def _url(layers: str) -> str:
    """The address of the tiles, whole, because maps resolve nothing in it."""
    return f"{request.host_url}tiles/{layers}/{{z}}/{{x}}/{{y}}.mvt"


def _extent(layers: list[Layer]) -> BBox | None:
    found = [extent_seen(workspace().store.layer_info(layer.key).extent) for layer in layers]
    boxes = [box for box in found if box]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return BBox(min(west), min(south), max(east), max(north))
