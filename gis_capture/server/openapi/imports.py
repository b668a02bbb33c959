"""Ledgers on their way into layers."""

from gis_capture.convert.photo_track import MAX_AHEAD_S, MAX_GAP_S
from gis_capture.model.roles import NOTATIONS, ROLES, WAYS
from gis_capture.server.openapi.operation import BYTES, HTML, JSON, NUMBER, TEXT, XLSX, Operation, Schema
from gis_capture.text import LANGUAGES
from gis_capture.workspace.reimport import TAKES

_TRACK: Schema = {
    "type": "object",
    "properties": {
        "zone": {"type": "string", "description": "Of the camera's clock, such as +09:00"},
        "ahead_s": {"type": "number", "minimum": -MAX_AHEAD_S, "maximum": MAX_AHEAD_S},
        "max_gap_s": {"type": "number", "minimum": 0, "maximum": MAX_GAP_S},
    },
}
_POSITION: Schema = {
    "crs": TEXT,
    "recipe": TEXT,
    "roles": {"type": "object", "additionalProperties": {"enum": list(ROLES)}},
    "notation": {"enum": list(NOTATIONS)},
    "place_by": {"enum": list(WAYS)},
    "against": {"type": "array", "items": TEXT},
    "place_column": TEXT,
}
_PLACED: Schema = {**_POSITION, "track": _TRACK}
_CONVERT: Schema = {
    "type": "object",
    "properties": {
        **_PLACED,
        "layer": TEXT,
        "table": TEXT,
        "matches": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        "is_repeat_allowed": {"type": "boolean"},
        "is_list": {"type": "boolean"},
        "is_update": {"type": "boolean"},
        "key": {"type": "array", "items": TEXT},
        "base": TEXT,
    },
}
_DECIDE: Schema = {
    "type": "object",
    "required": ["decisions"],
    "properties": {
        "decisions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["table", "row", "take"],
                "properties": {"table": TEXT, "row": NUMBER, "kind": TEXT, "take": {"enum": list(TAKES)}},
            },
        },
        "author": TEXT,
        "note": TEXT,
    },
}
_RECIPE: Schema = {
    "type": "object",
    "required": ["name"],
    "properties": {
        **_POSITION,
        "name": TEXT,
        "layer": TEXT,
        "table": TEXT,
        "matches": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    },
}
_UPLOAD: Schema = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "contentMediaType": BYTES}},
        "author": TEXT,
    },
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/imports", "get", "All imports, newest first", {200: JSON}),
    Operation(
        "/imports",
        "post",
        "Uploads a source and tells what is in it",
        {201: JSON},
        body=("multipart/form-data", _UPLOAD),
    ),
    Operation("/imports/{import_id}", "get", "The state of an import", {200: JSON}),
    Operation(
        "/imports/{import_id}/tracks",
        "post",
        "Takes the tracks (GPX) beside an upload of photos, in place of former ones, and tells when they go",
        {201: JSON},
        body=("multipart/form-data", _UPLOAD),
    ),
    Operation("/imports/{import_id}/convert", "post", "Begins to convert a source", {202: JSON}, body=(JSON, _CONVERT)),
    Operation(
        "/imports/{import_id}/preview",
        "post",
        "Where the rows of an upload would lie, read as a person says; nothing is imported",
        {200: JSON},
        body=(JSON, {"type": "object", "properties": _PLACED}),
    ),
    Operation(
        "/imports/{import_id}/form",
        "post",
        "Takes an upload for forms, one record a sheet, and keeps the template as a recipe",
        {201: JSON},
        body=(JSON, {"type": "object", "properties": {"name": TEXT}}),
    ),
    Operation(
        "/imports/{import_id}/recipe",
        "post",
        "Keeps how a ledger is read for the next one of its shape",
        {201: JSON},
        body=(JSON, _RECIPE),
    ),
    Operation(
        "/imports/{import_id}/report",
        "get",
        "The map of an import as one HTML file",
        {200: HTML},
        query={"language": {"type": "string", "enum": list(LANGUAGES)}},
    ),
    Operation(
        "/imports/{import_id}/comparison",
        "get",
        "What a source would change as the next version of a ledger; nothing is written",
        {200: JSON},
        query={
            "layer": TEXT,
            "table": TEXT,
            "crs": TEXT,
            "key": TEXT,
            "base": TEXT,
            "recipe": TEXT,
            "roles": {"type": "string", "description": "JSON: a role by column"},
            "notation": {"enum": list(NOTATIONS)},
            "place_by": {"enum": list(WAYS)},
            "against": TEXT,
            "place_column": TEXT,
            "track": {"type": "string", "description": "JSON: the camera's clock, where tracks were uploaded"},
            "format": {"enum": ["json", "html", "csv", "xlsx"]},
            "language": {"enum": list(LANGUAGES)},
        },
    ),
    Operation("/imports/{import_id}/rows", "get", "Rows of a next version on which a person decides", {200: JSON}),
    Operation("/imports/{import_id}/decide", "post", "Decides on such rows", {200: JSON}, body=(JSON, _DECIDE)),
    Operation(
        "/imports/{import_id}/fix-list",
        "get",
        "The ledger of an import as a workbook with what has to be mended",
        {200: XLSX},
        query={"language": {"type": "string", "enum": list(LANGUAGES)}},
    ),
    Operation(
        "/imports/{import_id}/undo",
        "post",
        "Takes the features of an import out again",
        {200: JSON},
        body=(JSON, {"type": "object", "properties": {"author": TEXT}}),
    ),
    Operation(
        "/lint",
        "post",
        "Checks a ledger by the national rules for machine-readable tables; keeps nothing",
        {200: JSON},
        query={
            "format": {"enum": ["json", "marked", "clean-xlsx", "clean-csv"]},
            "language": {"enum": list(LANGUAGES)},
        },
        body=("multipart/form-data", _UPLOAD),
    ),
)
