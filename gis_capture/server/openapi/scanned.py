"""Ledgers on paper."""

from gis_capture.server.openapi.operation import BYTES, COUNT, JSON, NUMBER, TEXT, XLSX, Operation

_SCAN = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": BYTES}, "author": TEXT},
}
_CHOICE = {
    "type": "object",
    "required": ["table", "row", "column", "text"],
    "properties": {"table": NUMBER, "row": NUMBER, "column": NUMBER, "text": {"type": ["string", "null"]}},
}
_DECISIONS = {
    "type": "object",
    "properties": {
        "seen": NUMBER,
        "author": TEXT,
        "decisions": {"type": "array", "items": _CHOICE},
        "like": _CHOICE,
    },
}
_WHO = {"type": "object", "properties": {"author": TEXT}}
_ONE = "/scanned-ledgers/{scan_id}"

OPERATIONS: tuple[Operation, ...] = (
    Operation("/scanned-ledgers", "get", "Ledgers on paper that were taken in, newest first", {200: JSON}),
    Operation(
        "/scanned-ledgers",
        "post",
        "Takes the scan of a ledger and begins to read it",
        {202: JSON},
        body=("multipart/form-data", _SCAN),
    ),
    Operation(_ONE, "get", "How far it is read and confirmed, with its pages and tables", {200: JSON}),
    Operation(f"{_ONE}/remove", "post", "Stops reading it and takes it away", {200: JSON}),
    Operation(f"{_ONE}/pages/{{number}}.jpg", "get", "A straightened page", {200: "image/jpeg"}),
    Operation(
        f"{_ONE}/cells",
        "get",
        "Cells of a table: readings, proposal, doubts, decision",
        {200: JSON},
        query={"table": NUMBER, "column": NUMBER, "state": TEXT, "after": NUMBER, "limit": COUNT},
    ),
    Operation(f"{_ONE}/decisions", "post", "Keeps decisions on cells", {200: JSON}, body=(JSON, _DECISIONS)),
    Operation(f"{_ONE}/finish", "post", "Makes the confirmed tables a workbook", {200: JSON}, body=(JSON, _WHO)),
    Operation(f"{_ONE}/finished.xlsx", "get", "That workbook", {200: XLSX}),
    Operation(f"{_ONE}/import", "post", "Takes that workbook in as an upload", {201: JSON}, body=(JSON, _WHO)),
    Operation("/layers/{layer}/features/{feature_id}/paper", "get", "Where on paper a feature's row is", {200: JSON}),
    Operation(
        "/layers/{layer}/features/{feature_id}/paper.jpg", "get", "The strip of paper of it", {200: "image/jpeg"}
    ),
)
