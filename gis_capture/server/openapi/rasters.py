"""Scans and aerial photographs as tiles."""

from gis_capture.server.openapi.operation import BYTES, JSON, TEXT, Operation

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
    Operation("/rasters/{name}/build", "post", "Goes on with a layer whose building was cut", {202: JSON}),
    Operation("/rasters/{name}/remove", "post", "Takes a layer away", {200: JSON}),
    Operation(
        "/rasters/{name}/{z}/{x}/{row}",
        "get",
        "A tile: Y.webp, Y.png or Y.jpg, and Y@2x for 512 pixels",
        {200: "image/webp", 204: None, 304: None},
    ),
)
