"""Answers requests for features before Flask sees them, at a fraction of its cost; the same answers to the byte.

It takes the plain case alone: GET of a page of GeoJSON or of one feature. Everything else, every error, and all that is
written down, is Flask's. Who asks is checked as there.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wsgi import get_current_url

from gis_capture.errors import CaptureError
from gis_capture.people import OWN_SCREEN, Principal, Right
from gis_capture.server.answers import MIN_COMPRESSED_BYTES, plain_packing
from gis_capture.server.asking import who_asks
from gis_capture.server.authorization.rules import RULES
from gis_capture.server.context import Served
from gis_capture.server.feature_answers import GEOJSON, feature_page, one_feature
from gis_capture.server.feature_query import read_page
from gis_capture.server.security import HEADERS, HSTS
from gis_capture.tiles.packing import pack

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]
_PATH = re.compile(r"/layers/([a-z0-9_]+)/features(?:/([\w-]{1,80}))?", re.ASCII)
_ADDRESS = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "PATH_INFO")
_LEAST = max(RULES[f"features.{route}"].least or 0 for route in ("list_features", "give_feature"))


class FeatureDoor:
    """Stands before an app.

    Args:
        app: What answers everything else.
        served: The workspace.
    """

    def __init__(self, app: Wsgi, served: Served) -> None:
        self._app, self._served = app, served

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answers a request."""
        path = _PATH.fullmatch(environ["PATH_INFO"])
        packing = plain_packing(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if path is None or packing is None or environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        try:
            found = self._find(environ, path[1], path[2])
        except CaptureError:
            found = None
        if found is None:
            return self._app(environ, start_response)
        content, headers = found
        if packing and len(content) >= MIN_COMPRESSED_BYTES:
            content = pack(content, packing)
            headers.append(("Content-Encoding", packing))
        headers += [
            ("Content-Type", GEOJSON),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-cache"),
            ("Vary", "Accept-Encoding"),
        ]
        if environ.get("wsgi.url_scheme") == "https":
            headers.append(("Strict-Transport-Security", HSTS))
        start_response("200 OK", [*headers, *HEADERS.items()])
        return [content]

    def _find(self, environ: dict[str, Any], key: str, feature_id: str | None) -> tuple[bytes, list[Any]] | None:
        """The answer, as it is before it is packed, with its own headers; None where it is Flask's to give.

        Raises:
            CaptureError: Something is wrong.
        """
        query = environ.get("QUERY_STRING", "")
        # What is no UTF-8 is kept as it was sent, as Flask does.
        pairs = parse_qsl(query, keep_blank_values=True, errors="werkzeug.url_quote") if query else []
        arguments = dict(pairs)
        if not query.isascii() or len(arguments) < len(pairs):
            return None
        served, principal = self._served, who_asks(self._served, environ)
        if principal.area is not None:
            return None
        if principal.role < _LEAST or not (principal.is_unlimited or principal.right(key) >= Right.READ):
            return None
        revision, with_personal = served.adopt_direct_edits(), self._gives_personal(principal, key)
        layer, has_personal = served.layer(key, revision, with_personal=with_personal)
        if has_personal and with_personal and principal is not OWN_SCREEN:
            # Is written down.
            return None
        if feature_id:
            content = one_feature(served, layer, feature_id)
            return None if content is None else (content, [])
        page = read_page(layer, arguments, served.workspace.settings, with_personal=with_personal)
        if page.file_format != "geojson":
            return None
        sent = feature_page(served, page, _address(*map(environ.get, _ADDRESS)), arguments)
        link = [("Link", f'<{sent.following}>; rel="next"')] if sent.following else []
        return sent.content, [*link, ("Feature-Count", str(sent.n_matched))]

    def _gives_personal(self, principal: Principal, layer: str) -> bool:
        return self._served.workspace.settings.shares_personal_fields or principal.may_see_personal(layer)


@lru_cache(256)
def _address(*parts: Any) -> str:
    """What was asked, without the query, as Flask says it."""
    return get_current_url(dict(zip(_ADDRESS, parts, strict=True)), strip_querystring=True)
