"""The OpenAPI 3.1 document: one row per operation, by area; a test holds it against the routes."""

import re
from importlib.metadata import version
from typing import Any

from gis_capture.server.openapi import (
    checkouts,
    conflicts,
    imports,
    layers,
    pages,
    people,
    rasters,
    scanned,
    scans,
    sheets,
    sync,
    tiles,
)
from gis_capture.server.openapi.operation import COUNT, GEOJSON, JSON, PATH_TYPES, TEXT, XLSX, Operation, Schema

__all__ = ["OPERATIONS", "XLSX", "openapi_document"]

OPERATIONS = (
    *pages.OPERATIONS,
    *people.OPERATIONS,
    *layers.OPERATIONS,
    *tiles.OPERATIONS,
    *rasters.OPERATIONS,
    *scans.OPERATIONS,
    *scanned.OPERATIONS,
    *sheets.OPERATIONS,
    *sync.OPERATIONS,
    *imports.OPERATIONS,
    *conflicts.OPERATIONS,
    *checkouts.OPERATIONS,
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
