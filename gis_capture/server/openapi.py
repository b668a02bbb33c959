"""The OpenAPI 3.1 document: one row per operation; a test holds it against the routes."""

import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal

from gis_capture.report.export import MEDIA_TYPES
from gis_capture.report.table import ENCODINGS
from gis_capture.text import LANGUAGES
from gis_capture.workspace.reimport import TAKES

JSON = "application/json"
GEOJSON = "application/geo+json"
NDJSON = "application/x-ndjson"
TILE = "application/vnd.mapbox-vector-tile"
BYTES = "application/octet-stream"
HTML = "text/html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
COUNT: Schema = {"type": "integer", "minimum": 1}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DAY: Schema = {"type": "string", "format": "date"}
# Types of what stands in paths; all else is text.
PATH_TYPES = {"z": NUMBER, "x": NUMBER, "y": NUMBER, "sha256": SHA256, "day": DAY}


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route does.

    Attributes:
        answers: Media type by status; None = no body.
        query: Schema by name of the arguments.
        body: Media type and schema of the body.
    """

    path: str
    method: Literal["get", "head", "post", "put"]
    summary: str
    answers: dict[int, str | None]
    query: dict[str, Schema] | None = None
    body: tuple[str, Schema] | None = None
    headers: tuple[str, ...] = ()


_CONVERT: Schema = {
    "type": "object",
    "properties": {
        "layer": TEXT,
        "table": TEXT,
        "crs": TEXT,
        "matches": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        "is_repeat_allowed": {"type": "boolean"},
        "recipe": TEXT,
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
_LAYER: Schema = {
    "type": "object",
    "properties": {"layer": TEXT, "definition": {"type": "object"}, "author": TEXT},
}
_RECIPE: Schema = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": TEXT,
        "layer": TEXT,
        "table": TEXT,
        "crs": TEXT,
        "matches": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    },
}
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
_UPLOAD: Schema = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "contentMediaType": BYTES}},
        "author": TEXT,
    },
}
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
_HAND_OUT: Schema = {
    "type": "object",
    "properties": {
        "layers": {"type": "array", "items": TEXT},
        "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        "author": TEXT,
        "with_personal": {"type": "boolean"},
    },
}
_FLAG: Schema = {"type": "string", "enum": ["0", "1"]}
_TAKE_BACK: Schema = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": BYTES},
        "checkout_id": TEXT,
        "author": TEXT,
        "is_dry_run": _FLAG,
        "are_deletions_allowed": _FLAG,
        "is_after_restore": _FLAG,
    },
}
_WHO: Schema = {"type": "object", "properties": {"note": TEXT, "author": TEXT}}
_UNDO: Schema = {
    "type": "object",
    "required": ["revision"],
    "properties": {"revision": COUNT, "note": TEXT, "author": TEXT},
}
_BBOX: Schema = {"type": "string", "description": "min_x,min_y,max_x,max_y in EPSG:4326"}

OPERATIONS = (
    Operation("/", "get", "Office pages", {200: HTML}),
    Operation("/tablet/", "get", "Tablet app", {200: HTML}),
    Operation("/tablet/{name}", "get", "A file of the tablet app", {200: BYTES, 304: None}),
    Operation("/favicon.ico", "get", "The icon", {200: BYTES, 304: None}),
    Operation("/assets/{name}", "get", "A script, style or font; immutable", {200: BYTES, 304: None}),
    Operation("/health", "get", "Version, epoch and revision", {200: JSON}),
    Operation("/openapi.json", "get", "This document", {200: JSON}),
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
        "A page of features",
        {200: GEOJSON},
        query={
            "bbox": _BBOX,
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
    Operation("/tiles/{layers}/{z}/{x}/{y}.mvt", "get", "A vector tile", {200: TILE, 204: None, 304: None}),
    Operation("/tiles/{layers}.json", "get", "TileJSON 3", {200: JSON}),
    Operation("/styles/{layers}.json", "get", "A MapLibre style over the tiles", {200: JSON}),
    Operation("/basemap", "get", "Base map packs", {200: JSON}),
    Operation("/packs/{file}", "get", "A base map pack; Range is honoured", {200: BYTES, 206: BYTES, 304: None}),
    Operation("/sync/push", "post", "Takes changes in", {200: JSON}, body=(JSON, _PUSH)),
    Operation(
        "/sync/pull",
        "get",
        "Gives what changed since a revision",
        {200: NDJSON},
        query={
            "layers": TEXT,
            "since": NUMBER,
            "bbox": _BBOX,
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
    Operation("/imports", "get", "All imports, newest first", {200: JSON}),
    Operation(
        "/imports",
        "post",
        "Uploads a source and tells what is in it",
        {201: JSON},
        body=("multipart/form-data", _UPLOAD),
    ),
    Operation("/imports/{import_id}", "get", "The state of an import", {200: JSON}),
    Operation("/imports/{import_id}/convert", "post", "Begins to convert a source", {202: JSON}, body=(JSON, _CONVERT)),
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
    Operation("/checkouts", "get", "What was handed out, newest first", {200: JSON}),
    Operation("/checkouts", "post", "Makes a GeoPackage to edit elsewhere", {201: JSON}, body=(JSON, _HAND_OUT)),
    Operation("/checkouts/{checkout_id}/file", "get", "A file as it was handed out", {200: BYTES, 206: BYTES}),
    Operation(
        "/checkins", "post", "Takes an edited file back in", {200: JSON}, body=("multipart/form-data", _TAKE_BACK)
    ),
    Operation("/changes/{change_id}/undo", "post", "Takes back what a change wrote", {200: JSON}, body=(JSON, _WHO)),
    Operation("/layers/{layer}/features/{feature_id}/history", "get", "What happened to a feature", {200: JSON}),
    Operation(
        "/layers/{layer}/features/{feature_id}/restore",
        "post",
        "Brings a deleted feature back",
        {200: JSON},
        body=(JSON, _WHO),
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

_PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "detail_ja", "detail_en"],
    "properties": {
        **{name: TEXT for name in ("type", "title", "detail", "code", "detail_ja", "detail_en")},
        "status": COUNT,
    },
}


def openapi_document() -> dict[str, Any]:
    """Gives the document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation)
    problem = {"description": "A problem (RFC 9457)", "content": {"application/problem+json": {"schema": _PROBLEM}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "GIS Capture", "version": version("gis-capture"), "license": {"name": "MIT"}},
        "paths": paths,
        "components": {"responses": {"Problem": problem}},
    }


def _describe(operation: Operation) -> dict[str, Any]:
    words = re.findall(r"\w+", operation.path) or ["office"]
    described: dict[str, Any] = {
        "operationId": "_".join([operation.method, *words]),
        "summary": operation.summary,
        "parameters": [
            *(_parameter(name, "path", PATH_TYPES.get(name, TEXT)) for name in re.findall(r"{(\w+)}", operation.path)),
            *(_parameter(name, "query", schema) for name, schema in (operation.query or {}).items()),
            *(_parameter(name, "header", TEXT) for name in operation.headers),
        ],
        "responses": {
            **{str(status): _answer(media_type) for status, media_type in operation.answers.items()},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    if operation.body:
        media_type, schema = operation.body
        described["requestBody"] = {"content": {media_type: {"schema": schema}}}
    return described


def _parameter(name: str, place: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _answer(media_type: str | None) -> dict[str, Any]:
    if media_type is None:
        return {"description": "No body"}
    schema = {"type": "object"} if media_type in (JSON, GEOJSON) else {}
    return {"description": "As docs/format.md says", "content": {media_type: {"schema": schema}}}
