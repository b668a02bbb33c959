"""What the office decides: conflicts, waiting changes, history, the day."""

from gis_capture.server.openapi.operation import COUNT, JSON, TEXT, WHO, Operation, Schema

_DECISION: Schema = {
    "type": "object",
    "required": ["take"],
    "properties": {"take": {"type": "string", "enum": ["stored", "incoming", "other"]}, "value": {}},
}
_RESOLVE: Schema = {
    "type": "object",
    "required": ["decisions"],
    "properties": {
        "decisions": {"type": "object", "additionalProperties": _DECISION},
        "note": TEXT,
        "author": TEXT,
    },
}
_HAND_ON: Schema = {
    "type": "object",
    "properties": {
        "fields": {"type": "object"},
        "geometry": {"type": ["object", "null"]},
        "note": TEXT,
        "author": TEXT,
    },
}
_UNDO: Schema = {
    "type": "object",
    "required": ["revision"],
    "properties": {"revision": COUNT, "note": TEXT, "author": TEXT},
}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "/conflicts",
        "get",
        "Conflict records",
        {200: JSON},
        query={"state": {"type": "string", "enum": ["open", "closed", "all"]}, "layer": TEXT},
    ),
    Operation("/conflicts/{conflict_id}", "get", "One conflict record", {200: JSON}),
    Operation(
        "/conflicts/{conflict_id}/resolve", "post", "Closes fields of a record", {200: JSON}, body=(JSON, _RESOLVE)
    ),
    Operation("/changes/waiting", "get", "Held and rejected changes", {200: JSON}),
    Operation(
        "/changes/{change_id}/release",
        "post",
        "Applies a held change without its predecessor",
        {200: JSON},
        body=(JSON, {"type": "object", "properties": {"author": TEXT}}),
    ),
    Operation(
        "/changes/{change_id}/hand-on",
        "post",
        "Applies a rejected change with mended values",
        {200: JSON},
        body=(JSON, _HAND_ON),
    ),
    Operation("/changes/{change_id}/undo", "post", "Takes back what a change wrote", {200: JSON}, body=(JSON, WHO)),
    Operation("/layers/{layer}/features/{feature_id}/history", "get", "What happened to a feature", {200: JSON}),
    Operation(
        "/layers/{layer}/features/{feature_id}/restore",
        "post",
        "Brings a deleted feature back",
        {200: JSON},
        body=(JSON, WHO),
    ),
    Operation(
        "/layers/{layer}/features/{feature_id}/undo",
        "post",
        "Takes back what one revision did to a feature",
        {200: JSON},
        body=(JSON, _UNDO),
    ),
    Operation(
        "/layers/{layer}/deleted",
        "get",
        "Features that are deleted now",
        {200: JSON},
        query={"q": TEXT, "limit": COUNT},
    ),
    Operation("/days/{day}/report", "get", "What each tablet sent on a day", {200: JSON}),
)
