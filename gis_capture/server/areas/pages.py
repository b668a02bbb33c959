"""The office pages and the tablet app, as they were built."""

from pathlib import Path

from flask import Blueprint, Response, request, send_file
from werkzeug.security import safe_join

from gis_capture.resources import static_dir
from gis_capture.server.answers import takes_gzip
from gis_capture.server.context import workspace
from gis_capture.server.errors import DETAILS, NotFoundError

area = Blueprint("pages", __name__)

# Their names hold a hash of their contents.
IMMUTABLE = "public, max-age=31536000, immutable"
WORKER = "service-worker.js"
# Written out, because the registry of a Windows machine can say that .js is text/plain.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@area.get("/")
def office_page() -> Response:
    """Gives the office pages."""
    return _file("index.html")


@area.get("/tablet/")
def tablet_page() -> Response:
    """Gives the tablet app."""
    return _file("tablet/index.html")


@area.get("/tablet/<path:name>")
def tablet_file(name: str) -> Response:
    """Gives a file of the tablet app: service worker, manifest, icons.

    What pages may fetch stands in the headers that a service worker keeps with them, so it is another one where that
    has changed.
    """
    online = workspace().folder.online_tiles
    if name == WORKER and online:
        script = (static_dir() / "tablet" / WORKER).read_bytes() + f"// {online.origin}\n".encode()
        response = Response(script, mimetype=MEDIA_TYPES[".js"])
        response.headers["Cache-Control"] = "no-cache"
        return response
    return _file(f"tablet/{name}")


@area.get("/favicon.ico")
def icon() -> Response:
    """Gives the icon that browsers ask for by themselves."""
    return _file("tablet/icon-192.png")


@area.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """Gives a script, style or font of the pages."""
    response = _file(f"assets/{name}")
    response.headers["Cache-Control"] = IMMUTABLE
    return response


def _file(name: str) -> Response:
    """Gives a built file, compressed where a ".gz" lies beside it; browsers ask each time whether it is new."""
    joined = safe_join(str(static_dir()), name)
    path = Path(joined) if joined else None
    if path is None or not _is_file(path):
        raise NotFoundError(DETAILS[404], path=name)
    packed = path.with_name(f"{path.name}.gz")
    is_packed = packed.is_file()
    sends_packed = is_packed and takes_gzip() and not request.range
    media_type = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    response = send_file(packed if sends_packed else path, mimetype=media_type, conditional=True)
    if sends_packed:
        response.content_encoding = "gzip"
    if is_packed:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _is_file(path: Path) -> bool:
    """Whether there is such a file; no system can have one whose name is too long."""
    try:
        return path.is_file()
    except OSError:
        return False
