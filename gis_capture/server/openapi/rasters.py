"""Scans and aerial photographs as tiles."""

from gis_capture.server.openapi.operation import BYTES, JSON, TEXT, Operation
from gis_capture.workspace.raster_tracing import AIDS, MAX_WITHIN_M

_PICTURES = {
    "type": "object",
    "required": ["file", "name"],
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "contentMediaType": BYTES}},
        **{name: TEXT for name in ("name", "title", "attribution", "crs")},
    },
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/rasters", "get", "Raster layers, ready or being made", {200: JSON}),
    Operation(
        "/rasters",
        "post",
        "Takes the pictures of a layer and begins to build it",
        {202: JSON},
        body=("multipart/form-data", _PICTURES),
    ),
    Operation("/rasters/{name}.json", "get", "TileJSON 3", {200: JSON}),
    Operation(
        "/rasters/{name}/trace",
        "get",
        "The middle of a dark line near a place, or the area that dark lines close around it",
        {200: JSON},
        query={
            "aid": {"type": "string", "enum": list(AIDS)},
            "lon": {"type": "number", "minimum": -180, "maximum": 180},
            "lat": {"type": "number", "minimum": -85, "maximum": 85},
            "within_m": {"type": "number", "minimum": 0, "maximum": MAX_WITHIN_M, "default": 5},
        },
    ),
    Operation("/rasters/{name}/build", "post", "Goes on with a layer whose building was cut", {202: JSON}),
    Operation("/rasters/{name}/remove", "post", "Takes a layer away", {200: JSON}),
    Operation(
        "/rasters/{name}/{z}/{x}/{row}",
        "get",
        "A tile: Y.webp, Y.png or Y.jpg, and Y@2x for 512 pixels",
        {200: "image/webp", 204: None, 304: None},
    ),
)
