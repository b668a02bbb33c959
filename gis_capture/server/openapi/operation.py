"""What a row of the OpenAPI document says of a route, and the schemas that several routes share."""

from dataclasses import dataclass
from typing import Any, Literal

JSON = "application/json"
GEOJSON = "application/geo+json"
NDJSON = "application/x-ndjson"
TILE = "application/vnd.mapbox-vector-tile"
BYTES = "application/octet-stream"
HTML = "text/html"
PLAIN = "text/plain"
SVG = "image/svg+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
COUNT: Schema = {"type": "integer", "minimum": 1}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DAY: Schema = {"type": "string", "format": "date"}
FLAG: Schema = {"type": "string", "enum": ["0", "1"]}
WHO: Schema = {"type": "object", "properties": {"note": TEXT, "author": TEXT}}
BBOX: Schema = {"type": "string", "description": "min_x,min_y,max_x,max_y in EPSG:4326"}
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
