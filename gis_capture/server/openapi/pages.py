"""The pages themselves, and what every client asks first."""

from gis_capture.server.openapi.operation import BYTES, HTML, JSON, Operation

OPERATIONS: tuple[Operation, ...] = (
    Operation("/", "get", "Office pages", {200: HTML}),
    Operation("/tablet/", "get", "Tablet app", {200: HTML}),
    Operation("/tablet/{name}", "get", "A file of the tablet app", {200: BYTES, 304: None}),
    Operation("/favicon.ico", "get", "The icon", {200: BYTES, 304: None}),
    Operation("/assets/{name}", "get", "A script, style or font; immutable", {200: BYTES, 304: None}),
    Operation("/health", "get", "Version, epoch and revision", {200: JSON}),
    Operation("/https", "get", "Address of tablets, the page that leads to trust, the fingerprint", {200: JSON}),
    Operation("/trusted", "get", "Nothing; whoever gets it, from a page of any origin, trusts the server", {204: None}),
    Operation("/openapi.json", "get", "This document", {200: JSON}),
)
