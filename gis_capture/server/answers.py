"""How answers are written: JSON, lines of JSON, packed."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, request
from isal import isal_zlib

from gis_capture.model import encode_json
from gis_capture.tiles.packing import BY_GZIP, PACKINGS, pack

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
GZIP_LEVEL = 2


def json_response(document: Any, *, status: int = 200, mimetype: str = "application/json") -> Response:
    """Gives a document as JSON; the default is not to be cached."""
    response = Response(encode_json(document), status=status, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    return response


def attachment(name: str, title: str, suffix: str) -> str:
    """Gives the Content-Disposition of a download: a plain name for programs, the title for browsers (RFC 6266)."""
    return f"attachment; filename=\"{name}.{suffix}\"; filename*=UTF-8''{quote(title, safe='')}.{suffix}"


def lines_response(pieces: Iterable[bytes]) -> Response:
    """Streams lines of JSON."""
    response = Response(pieces, mimetype="application/x-ndjson")
    response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Compresses answers of the types that gain from it, as the client takes it; what is streamed by gzip."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in COMPRESSED_TYPES:
            return response
        if "Vary" in response.headers:
            response.vary.add("Accept-Encoding")
        else:
            response.headers["Vary"] = "Accept-Encoding"
        if response.direct_passthrough or response.content_encoding or response.status_code in (204, 206, 304):
            return response
        if response.is_streamed:
            if not takes_gzip():
                return response
            response.response = _gzip_pieces(response.iter_encoded())
            # That of what is packed, which nobody knows beforehand, is another one.
            response.headers.pop("Content-Length", None)
            response.content_encoding = BY_GZIP
        elif len(body := response.get_data()) >= MIN_COMPRESSED_BYTES and (packing := packing_asked()):
            response.set_data(pack(body, packing))
            response.content_encoding = packing
        return response


def takes_gzip() -> bool:
    """Tells whether the client of the present request takes gzip."""
    return request.accept_encodings["gzip"] > 0


def packing_asked() -> str:
    """How the client of the present request wants it packed: what it takes rather, at best what costs least; "" = not.

    Who takes anything at all gets gzip.
    """
    taken = {name.lower(): quality for name, quality in request.accept_encodings if quality > 0}
    best = max((name for name in PACKINGS if name in taken), key=lambda name: taken[name], default="")
    return best or (BY_GZIP if takes_gzip() else "")


@lru_cache(256)
def names_in(header: str) -> frozenset[str]:
    """The names of an Accept-Encoding header that only lists them."""
    return frozenset(name.strip().lower() for name in header.split(","))


@lru_cache(256)
def plain_packing(header: str) -> str | None:
    """The same by the header where it only lists names; None where it says more."""
    if "q=" in header or "*" in header:
        return None
    taken = names_in(header)
    return next((name for name in PACKINGS if name in taken), "")


def _gzip_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    compressor = isal_zlib.compressobj(GZIP_LEVEL, wbits=31)
    for piece in pieces:
        if compressed := compressor.compress(piece):
            yield compressed
    yield compressor.flush()
