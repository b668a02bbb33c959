"""Answers requests for vector tiles before Flask sees them, at a fraction of its cost; the same answers to the byte.

It takes the plain case alone: GET or HEAD of a tile by a client that takes gzip. Everything else, and every error, is
Flask's. Tiles hold nothing personal, so that who asks makes no difference to them.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from gis_capture.errors import CaptureError
from gis_capture.server.areas.tiles import MEDIA_TYPE, cache_control
from gis_capture.server.context import Served
from gis_capture.server.security import HEADERS

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]
_PATH = re.compile(r"/tiles/([a-z0-9_,]+)/(\d{1,2})/(\d{1,7})/(\d{1,7})\.mvt", re.ASCII)
_QUERY = re.compile(r"(?:v=([0-9a-f]*))?", re.ASCII)


class TileDoor:
    """Stands before an app.

    Args:
        app: What answers everything else.
        served: The workspace.
    """

    def __init__(self, app: Wsgi, served: Served) -> None:
        self._app, self._served, self._tiles = app, served, served.workspace.tiles

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answers a request."""
        return self._answer(environ, start_response) or self._app(environ, start_response)

    def _answer(self, environ: dict[str, Any], start_response: Start) -> list[bytes] | None:
        """The answer to a request for a tile; None where it is another one, or where something is wrong."""
        path, query = _PATH.fullmatch(environ["PATH_INFO"]), _QUERY.fullmatch(environ.get("QUERY_STRING", ""))
        method, taken = environ["REQUEST_METHOD"], environ.get("HTTP_ACCEPT_ENCODING", "")
        if not path or not query or method not in ("GET", "HEAD") or "gzip" not in taken or "q=" in taken:
            return None
        keys = list(dict.fromkeys(path[1].split(",")))
        tiles = self._tiles
        try:
            self._served.adopt_direct_edits()
            caching = cache_control(tiles, keys, query[1])
            found = tiles.answer(keys, *map(int, path.group(2, 3, 4)), known=environ.get("HTTP_IF_NONE_MATCH", ""))
        except CaptureError:
            return None
        status = "200 OK" if found.content else "304 NOT MODIFIED" if found.content is None else "204 NO CONTENT"
        headers = [("ETag", f'W/"{found.etag}"'), ("Cache-Control", caching), ("Vary", "Accept-Encoding")]
        if found.content:
            headers += [("Content-Type", MEDIA_TYPE), ("Content-Encoding", "gzip")]
            headers.append(("Content-Length", str(len(found.content))))
        start_response(status, [*headers, *HEADERS.items()])
        return [found.content if found.content and method == "GET" else b""]
