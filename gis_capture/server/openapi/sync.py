"""What tablets send and fetch."""

from gis_capture.server.openapi.operation import BBOX, BYTES, COUNT, JSON, NDJSON, NUMBER, TEXT, Operation, Schema

_PUSH: Schema = {
    "type": "object",
    "required": ["format", "device_id", "clock_at", "changes"],
    "properties": {
        "format": {"const": "gis-capture.push/v1"},
        "device_id": TEXT,
        "author": TEXT,
        "epoch": TEXT,
        "clock_at": TEXT,
        "changes": {"type": "array", "items": {"type": "object"}, "maxItems": 1000},
    },
}

_OUTBOX: Schema = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": BYTES}},
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/sync/push", "post", "Takes changes in", {200: JSON}, body=(JSON, _PUSH)),
    Operation("/sync/outboxes", "post", "Takes in a tablet's file", {200: JSON}, body=("multipart/form-data", _OUTBOX)),
    Operation(
        "/sync/pull",
        "get",
        "Gives what changed since a revision",
        {200: NDJSON},
        query={
            "layers": TEXT,
            "since": NUMBER,
            "bbox": BBOX,
            "limit": COUNT,
            "cursor": TEXT,
            "epoch": TEXT,
        },
    ),
    Operation("/attachments/missing", "get", "Attachments that changes name and that have not come", {200: JSON}),
    Operation("/attachments/{sha256}", "head", "How much of an attachment is here", {200: None, 404: None}),
    Operation("/attachments/{sha256}", "get", "An attachment", {200: BYTES, 206: BYTES, 304: None}),
    Operation(
        "/attachments/{sha256}/thumbnail",
        "get",
        "A small picture of a photo",
        {200: "image/jpeg", 304: None},
        query={"edge": COUNT},
    ),
    Operation(
        "/attachments/{sha256}",
        "put",
        "Takes an attachment, or the piece of it that Content-Range names",
        {201: None, 202: None},
        body=(BYTES, {}),
        headers=("Content-Range",),
    ),
)
