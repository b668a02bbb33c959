"""Headers that every answer carries, and requests that no page of ours makes."""

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden

from gis_capture.workspace.online_tiles import OnlineTiles

# MapLibre needs blob: and data: images. Nothing needs an inline script, an inline style or another origin: what pages
# set by script (`element.style`) is no inline style.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}
# Half a year, and of this name alone: the set-up page is asked for by number, which browsers leave alone.
HSTS = "max-age=15552000"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask, online: OnlineTiles | None = None) -> None:
    """Adds the headers, and refuses writing requests that a page of another site makes a browser send.

    Nothing but `online` tiles may be fetched from elsewhere.
    """
    policy = CONTENT_SECURITY_POLICY
    if online:
        policy = policy.replace("connect-src 'self'", f"connect-src 'self' {online.origin}")
    sent = HEADERS | {"Content-Security-Policy": policy}

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method not in SAFE_METHODS and not _is_own():
            raise Forbidden

    @app.after_request
    def add_headers(response: Response) -> Response:
        wanted = sent | {"Strict-Transport-Security": HSTS} if request.is_secure else sent
        # Werkzeug looks through all headers for each one that is set.
        present = {name.lower() for name, _ in response.headers}
        response.headers.extend([one for one in wanted.items() if one[0].lower() not in present])
        return response


def _is_own() -> bool:
    """Tells whether a page of ours or a program sends the request; programs name no origin.

    Browsers send Sec-Fetch-Site only to addresses they trust (HTTPS, localhost), but Origin with all that writes.
    """
    site, origin = request.headers.get("Sec-Fetch-Site", "none"), request.headers.get("Origin")
    is_same_host = origin is None or origin.partition("://")[2].lower() == request.headers.get("Host", "").lower()
    return site in ("same-origin", "none") and is_same_host
