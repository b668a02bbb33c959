"""Answers requests for tiles before Flask sees them, at a fraction of its cost; the same answers to the byte.

It takes the plain case alone: GET or HEAD of a tile as it is stored or packed, by a client that takes it so.
Everything else, and every error, is Flask's. Who asks is checked as there: tiles hold nothing personal, but
a layer may be kept from who asks.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from gis_capture.errors import CaptureError
from gis_capture.people import OWN_SCREEN, Principal
from gis_capture.server.answers import names_in, plain_packing
from gis_capture.server.asking import who_asks
from gis_capture.server.context import Served
from gis_capture.server.kept_answers import Answer, KeptAnswers, Question
from gis_capture.server.security import HEADERS, HSTS
from gis_capture.server.tile_answers import SENDERS, SentTile, TileAsked
from gis_capture.tiles import parse_tile
from gis_capture.tiles.packing import BY_GZIP
from gis_capture.tiles.pmtiles import MEDIA_TYPES

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]
_PATH = re.compile(
    r"/(?:(tiles)/([a-z0-9_,]+)/(\d{1,2})/(\d{1,7})/(\d{1,7})\.(mvt)"
    r"|(rasters)/([a-z0-9_]{1,40})/(\d{1,2})/(\d{1,7})/(\d{1,7})\.(webp)"
    r"|(basemaps)/([a-z0-9_]{1,40})/(\d{1,2})/(\d{1,7})/(\d{1,7})\.([a-z]{3,4}))",
    re.ASCII,
)
_PARTS = ("/tiles/", "/rasters/", "/basemaps/")
_QUERY = re.compile(r"(?:v=([0-9a-f]*))?", re.ASCII)
_STATUS = {200: "200 OK", 204: "204 NO CONTENT", 304: "304 NOT MODIFIED"}


class TileDoor:
    """Stands before an app.

    Args:
        app: What answers everything else.
        served: The workspace.
    """

    def __init__(self, app: Wsgi, served: Served) -> None:
        self._app, self._served, self._kept = app, served, KeptAnswers()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answers a request."""
        if not environ["PATH_INFO"].startswith(_PARTS) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._app(environ, start_response)
        try:
            answer = self._answer(environ, who_asks(self._served, environ))
        except CaptureError:
            answer = None
        if answer is None:
            return self._app(environ, start_response)
        start_response(answer.status, answer.headers)
        return [answer.content]

    def _answer(self, environ: dict[str, Any], principal: Principal) -> Answer | None:
        """The answer to a request for a tile; None where it is another one, or where something is wrong.

        Raises:
            CaptureError: Something is wrong.
        """
        asked = environ.get
        question = (
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            asked("QUERY_STRING", ""),
            asked("HTTP_IF_NONE_MATCH", ""),
            asked("HTTP_ACCEPT_ENCODING", ""),
            environ["wsgi.url_scheme"],
        )
        # Scans and base maps come and go without a revision.
        revision = self._served.adopt_direct_edits() if question[1].startswith(_PARTS[0]) else None
        answers = None if revision is None else self._kept.of(revision)
        found = answers and answers.get(question, principal)
        if found:
            return found
        sent = self._find(question, principal)
        if sent is None:
            return None
        answer = _answer(sent, question)
        if answers is not None:
            answers.keep(question, principal, answer)
        return answer

    def _find(self, question: Question, principal: Principal) -> SentTile | None:
        _, address, arguments, known, taken, _ = question
        path, query = _PATH.fullmatch(address), _QUERY.fullmatch(arguments)
        if not path or not query:
            return None
        part, name, z, x, y, kind = (found for found in path.groups() if found is not None)
        packing = plain_packing(taken)
        tile = parse_tile(int(z), int(x), int(y))
        asked = TileAsked(name, tile, kind, query[1], known, principal.area, packing or BY_GZIP)
        if part == "tiles" and not (principal.is_unlimited or all(map(principal.right, name.split(",")))):
            return None
        sent = SENDERS[part](self._served, asked)
        if principal is not OWN_SCREEN and sent.caching.startswith("public"):
            sent = replace(sent, caching=sent.caching.replace("public", "private"))
        return None if sent.encoding and (packing is None or sent.encoding not in names_in(taken)) else sent


def _answer(sent: SentTile, question: Question) -> Answer:
    headers = [("ETag", sent.etag), ("Cache-Control", sent.caching)]
    if sent.media_type == MEDIA_TYPES["mvt"]:
        headers.append(("Vary", "Accept-Encoding"))
    if sent.content:
        headers += [("Content-Type", sent.media_type), ("Content-Length", str(len(sent.content)))]
        if sent.encoding:
            headers.append(("Content-Encoding", sent.encoding))
    if question[-1] == "https":
        headers.append(("Strict-Transport-Security", HSTS))
    content = sent.content if sent.content and question[0] == "GET" else b""
    return Answer(_STATUS[sent.status], [*headers, *HEADERS.items()], content)
