"""Maps: tiles, styles, base maps."""

from gis_capture.server.openapi.operation import BYTES, JSON, TILE, Operation

OPERATIONS: tuple[Operation, ...] = (
    Operation("/tiles/{layers}/{z}/{x}/{y}.mvt", "get", "A vector tile", {200: TILE, 204: None, 304: None}),
    Operation("/tiles/{layers}.json", "get", "TileJSON 3", {200: JSON}),
    Operation("/styles/{layers}.json", "get", "A MapLibre style over the tiles", {200: JSON}),
    Operation("/basemap", "get", "Base map packs", {200: JSON}),
    Operation("/basemaps/{name}/{z}/{x}/{y}.{kind}", "get", "A tile of a base map", {200: BYTES, 204: None, 304: None}),
    Operation("/packs/{file}", "get", "A base map pack; Range is honoured", {200: BYTES, 206: BYTES, 304: None}),
)
