"""How answers are written: JSON, lines of JSON, gzip."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import orjson
from flask import Flask, Response, request

COMPRESSED_TYPES = (
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/x-ndjson",
    "application/vnd.mapbox-vector-tile",
    "text/csv",
    "text/html",
)
MIN_COMPRESSED_BYTES = 1_000
GZIP_LEVEL = 4
PIECE_BYTES = 64_000


def json_response(document: Any, *, status: int = 200, mimetype: str = "application/json") -> Response:
    """Gives a document as JSON; the default is not to be cached."""
    response = Response(encode_json(document), status=status, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    return response


def attachment(name: str, title: str, suffix: str) -> str:
    """Gives the Content-Disposition of a download: a plain name for programs, the title for browsers (RFC 6266)."""
    return f"attachment; filename=\"{name}.{suffix}\"; filename*=UTF-8''{quote(title, safe='')}.{suffix}"


def encode_json(document: Any) -> bytes:
    """Gives JSON in UTF-8; what UTF-8 cannot hold (half a surrogate pair, as a tablet may send it) is escaped."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, separators=(",", ":")).encode("ascii")


def lines_response(documents: Iterable[Any]) -> Response:
    """Streams one JSON document a line."""
    response = Response(_pieces(documents), mimetype="application/x-ndjson")
    response.headers["Cache-Control"] = "no-store"
    return response


def _pieces(documents: Iterable[Any]) -> Iterator[bytes]:
    """Joins lines to pieces, because each piece costs a way through the server."""
    buffer = bytearray()
    for document in documents:
        buffer += encode_json(document)
        buffer += b"\n"
        if len(buffer) >= PIECE_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)


def init_app(app: Flask) -> None:
    """Compresses answers of the types that gain from it, for clients that take gzip."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in COMPRESSED_TYPES:
            return response
        response.vary.add("Accept-Encoding")
        if (
            not takes_gzip()
            or response.direct_passthrough
            or response.content_encoding
            or response.status_code in (204, 206, 304)
        ):
            return response
        if response.is_streamed:
            response.response = _gzip_pieces(response.iter_encoded())
        elif len(body := response.get_data()) >= MIN_COMPRESSED_BYTES:
            response.set_data(gzip.compress(body, GZIP_LEVEL, mtime=0))
        else:
            return response
        response.content_encoding = "gzip"
        return response


def takes_gzip() -> bool:
    """Tells whether the client of the present request takes gzip."""
    return request.accept_encodings["gzip"] > 0


def _gzip_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(GZIP_LEVEL, wbits=31)
    for piece in pieces:
        if compressed := compressor.compress(piece):
            yield compressed
    yield compressor.flush()
