"""Field sheets on paper."""

from gis_capture.server.openapi.operation import BYTES, COUNT, JSON, TEXT, Operation

PDF = "application/pdf"
_ORDER = {
    "type": "object",
    "properties": {
        "layers": {"type": "array", "items": TEXT},
        "scale": COUNT,
        **{name: TEXT for name in ("bbox", "paper", "title", "crew", "crs", "survey_on")},
    },
}

_SCAN = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": BYTES}, "author": TEXT},
}
_DECISION = {
    "type": "object",
    "required": ["action"],
    "properties": {
        "number": COUNT,
        "fields": {"type": "object"},
        **{name: TEXT for name in ("action", "layer", "note", "author")},
    },
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("/sheets", "get", "Field sheets that were printed, newest first", {200: JSON}),
    Operation("/sheets", "post", "Prints the field sheets of an area", {201: PDF}, body=(JSON, _ORDER)),
    Operation("/sheets/{sheet}/pdf", "get", "A sheet as it was printed", {200: PDF}),
    Operation("/sheets/{sheet}/atlas.pdf", "get", "All that was printed with a sheet, backs as well", {200: PDF}),
    Operation("/sheets/readings", "get", "Scans of marked sheets that came back, with their marks", {200: JSON}),
    Operation(
        "/sheets/readings",
        "post",
        "Takes a scan of marked sheets and begins to read it",
        {202: JSON},
        body=("multipart/form-data", _SCAN),
    ),
    Operation("/sheets/readings/{reading_id}", "get", "How far a reading is, and its marks", {200: JSON}),
    Operation("/sheets/readings/{reading_id}/{picture}", "get", "A page or a mark as a picture", {200: "image/jpeg"}),
    Operation("/sheets/readings/{reading_id}/remove", "post", "Takes a reading away", {200: JSON}),
    Operation(
        "/sheets/readings/{reading_id}/marks/{mark_id}",
        "post",
        "Decides on a mark: a change, a note, or nothing",
        {200: JSON},
        body=(JSON, _DECISION),
    ),
)
