"""Layers, their features and their files."""

from gis_capture.report.export import MEDIA_TYPES
from gis_capture.report.table import ENCODINGS
from gis_capture.server.feature_query import FORMATS
from gis_capture.server.openapi.operation import BBOX, BYTES, COUNT, GEOJSON, JSON, NUMBER, TEXT, Operation, Schema

_LAYER: Schema = {
    "type": "object",
    "properties": {"layer": TEXT, "definition": {"type": "object"}, "author": TEXT},
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/layers", "get", "Layers of the store with their counts", {200: JSON}),
    Operation(
        "/layers",
        "post",
        "Makes a layer to capture in",
        {200: JSON, 201: JSON},
        body=(JSON, _LAYER),
    ),
    Operation("/definitions", "get", "All known definitions", {200: JSON}),
    Operation(
        "/layers/{layer}/features",
        "get",
        "A page of features; any field by its name as an argument keeps those with this value",
        {200: GEOJSON},
        query={
            "bbox": BBOX,
            "ids": {"type": "string", "description": "Ids of features, joined by commas"},
            "properties": {"type": "string", "description": "Names of the fields that are wanted, joined by commas"},
            "format": {"type": "string", "enum": list(FORMATS)},
            "limit": COUNT,
            "after": NUMBER,
            "q": TEXT,
            "unlocated": {"type": "string", "enum": ["0", "1"]},
        },
    ),
    Operation("/layers/{layer}/features/{feature_id}", "get", "One feature", {200: GEOJSON}),
    Operation(
        "/layers/{layer}/export",
        "get",
        "A layer as a file",
        {200: BYTES},
        query={
            "format": {"type": "string", "enum": list(MEDIA_TYPES)},
            "encoding": {"type": "string", "enum": list(ENCODINGS)},
            "as_of": {"type": "string", "description": "A day of Japan (its end), or an instant"},
        },
    ),
)
