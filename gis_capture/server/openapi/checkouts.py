"""Files that are edited elsewhere."""

from gis_capture.server.openapi.operation import BYTES, FLAG, JSON, TEXT, Operation, Schema

_HAND_OUT: Schema = {
    "type": "object",
    "properties": {
        "layers": {"type": "array", "items": TEXT},
        "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        "author": TEXT,
        "with_personal": {"type": "boolean"},
    },
}
_TAKE_BACK: Schema = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": BYTES},
        "checkout_id": TEXT,
        "author": TEXT,
        "is_dry_run": FLAG,
        "are_deletions_allowed": FLAG,
        "is_after_restore": FLAG,
    },
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/checkouts", "get", "What was handed out, newest first", {200: JSON}),
    Operation("/checkouts", "post", "Makes a GeoPackage to edit elsewhere", {201: JSON}, body=(JSON, _HAND_OUT)),
    Operation("/checkouts/{checkout_id}/file", "get", "A file as it was handed out", {200: BYTES, 206: BYTES}),
    Operation(
        "/checkins", "post", "Takes an edited file back in", {200: JSON}, body=("multipart/form-data", _TAKE_BACK)
    ),
)
