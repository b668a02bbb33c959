"""Maps: tiles, styles, base maps."""

from gis_capture.server.openapi.operation import BBOX, BYTES, FLAG, JSON, SVG, TEXT, TILE, Operation, Schema
from gis_capture.tiles.themes import THEMES

_PLAN: Schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9_]{1,40}$"},
        "layers": {"type": "array", "items": TEXT},
        "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
    },
}
_MAP: Schema = {
    "type": "object",
    "required": ["file", "name"],
    "properties": {
        "file": {"type": "string", "contentMediaType": BYTES},
        **{name: TEXT for name in ("name", "title", "attribution")},
    },
}
_THEME: dict[str, Schema] = {"theme": {"type": "string", "enum": list(THEMES)}}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/tiles/{layers}/{z}/{x}/{y}.mvt", "get", "A vector tile", {200: TILE, 204: None, 304: None}),
    Operation("/tiles/{layers}.json", "get", "TileJSON 3", {200: JSON}),
    Operation("/styles/{layers}.json", "get", "A MapLibre style over the tiles", {200: JSON}, query=_THEME),
    Operation("/styles/{layers}/legend.json", "get", "What the colours of the style mean", {200: JSON}, query=_THEME),
    Operation(
        "/styles/{layers}/legend.svg",
        "get",
        "The legend of the style as a picture",
        {200: SVG},
        query=_THEME | {"language": {"type": "string", "enum": ["ja", "en"]}},
    ),
    Operation("/basemap", "get", "Base map packs", {200: JSON}),
    Operation("/basemaps", "post", "Takes a base map", {201: JSON}, body=("multipart/form-data", _MAP)),
    Operation("/basemaps/{name}/remove", "post", "Takes a base map away", {200: JSON}),
    Operation("/basemaps/{name}.json", "get", "TileJSON 3", {200: JSON}),
    Operation("/basemaps/{name}/{z}/{x}/{y}.{kind}", "get", "A tile of a base map", {200: BYTES, 204: None, 304: None}),
    Operation(
        "/addresses",
        "get",
        "Towns and lots of an area, for a search without a network",
        {200: JSON},
        query={"bbox": BBOX, "lots": FLAG, "near": FLAG},
    ),
    Operation(
        "/datum-shift",
        "get",
        "What takes positions to JGD2011, at nodes of a grid",
        {200: JSON},
        query={"crs": TEXT, "bbox": BBOX},
    ),
    Operation("/packs/{file}", "get", "A base map pack; Range is honoured", {200: BYTES, 206: BYTES, 304: None}),
    Operation("/packs/{file}/chunks", "get", "Hashes of the pieces of a pack", {200: JSON}),
    Operation("/layer-packs", "get", "Packs of vector tiles, ready or being made", {200: JSON}),
    Operation("/layer-packs", "post", "Begins to make a pack of layers in a box", {202: JSON}, body=(JSON, _PLAN)),
    Operation("/layer-packs/estimate", "post", "How large a pack would be", {200: JSON}, body=(JSON, _PLAN)),
    Operation("/layer-packs/{name}/remove", "post", "Takes a pack away", {200: JSON}),
)
