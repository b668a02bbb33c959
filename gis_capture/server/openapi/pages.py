"""The pages themselves, and what every client asks first."""

from gis_capture.server.openapi.operation import BYTES, HTML, JSON, PLAIN, Operation

OPERATIONS: tuple[Operation, ...] = (
    Operation("/", "get", "Office pages", {200: HTML}),
    Operation("/tablet/", "get", "Tablet app", {200: HTML}),
    Operation("/tablet/{name}", "get", "A file of the tablet app", {200: BYTES, 304: None}),
    Operation("/favicon.ico", "get", "The icon", {200: "image/png", 304: None}),
    Operation("/assets/{name}", "get", "A script, style or font; immutable", {200: BYTES, 304: None}),
    Operation("/health", "get", "Version, epoch, revision, and when the newest backup was made", {200: JSON}),
    Operation("/metrics", "get", "Figures for Prometheus: on the own computer, and for administrators", {200: PLAIN}),
    Operation("/https", "get", "Address of tablets, the page that leads to trust, the fingerprint", {200: JSON}),
    Operation("/trusted", "get", "Nothing; whoever gets it, from a page of any origin, trusts the server", {204: None}),
    Operation("/settings", "get", "All settings, as they count from the next start", {200: JSON}),
    Operation(
        "/settings/{name}",
        "put",
        "Writes a setting; null takes it back to its default. At the server's own screen only",
        {200: JSON},
        body=(JSON, {"type": "object", "properties": {"value": {"type": ["string", "null"]}}, "required": ["value"]}),
    ),
    Operation("/openapi.json", "get", "This document", {200: JSON}),
)
