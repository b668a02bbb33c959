"""Scanned maps that people place by control points."""

from gis_capture.server.openapi.operation import BYTES, JSON, TEXT, Operation

_SCAN = {
    "type": "object",
    "required": ["file", "name"],
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "contentMediaType": BYTES}},
        **{name: TEXT for name in ("name", "title", "attribution")},
    },
}
_PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_CONTROL = {
    "type": "object",
    "required": ["crs", "method", "points", "mask"],
    "properties": {
        "crs": {"type": ["string", "null"]},
        "method": {"type": "string", "enum": ["similarity", "affine", "polynomial", "tps"]},
        "points": {"type": "array", "items": {**_PAIR, "minItems": 4, "maxItems": 4}, "maxItems": 500},
        "mask": {"type": "array", "items": _PAIR, "maxItems": 500},
    },
}
_SHEETS = {
    "type": "object",
    "properties": {"title": TEXT, "scans": {"type": "array", "items": TEXT, "maxItems": 400}},
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/scans", "get", "Scanned maps that are being placed", {200: JSON}),
    Operation("/scans", "post", "Takes a scanned map", {202: JSON}, body=("multipart/form-data", _SCAN)),
    Operation("/scans/{name}", "get", "A scan with its control points and how far each can be trusted", {200: JSON}),
    Operation(
        "/scans/{name}/control", "post", "Keeps control points, method and mask", {200: JSON}, body=(JSON, _CONTROL)
    ),
    Operation("/scans/{name}/control.georef.json", "get", "Georeference annotation of IIIF", {200: JSON}),
    Operation("/scans/{name}/layer", "post", "Makes a raster layer of scans", {202: JSON}, body=(JSON, _SHEETS)),
    Operation("/scans/{name}/remove", "post", "Takes a scan away", {200: JSON}),
    Operation("/map-sheets/{name}", "get", "Corners of a map sheet (図郭) by its name", {200: JSON}),
)
