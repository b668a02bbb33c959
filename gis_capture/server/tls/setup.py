"""The page that helps a tablet to trust the server; by plain HTTP, because the tablet does not trust it yet.

It gives away what is public alone: the authority's certificate. What it says can be falsified by someone in the
network, so that people compare the fingerprint with the one on the office's screen.
"""

import io
import plistlib
import uuid
from dataclasses import dataclass
from threading import Thread

import segno
from flask import Flask, Response, render_template, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from gis_capture.server.security import HEADERS
from gis_capture.server.tls.certificates import fingerprint, to_der
from gis_capture.server.tls.setup_words import WORDS
from gis_capture.workspace.https import Https

# A connection that says nothing for so long is let go.
_SILENCE_S = 15
_PAYLOADS = uuid.UUID("6f1b6a4e-3f0c-5d0e-9f0b-0d5a4f6c8b7e")


@dataclass(frozen=True, slots=True)
class Setup:
    """What the page tells.

    Attributes:
        office: Name of the office.
        https: The address of the app.
        address: Of the server in the network; it works where its name is not found.
        authority: Certificate (PEM) that a tablet is to trust.
    """

    office: str
    https: Https
    address: str
    authority: bytes

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self.address}:{self.https.setup_port}/"


def create_setup_app(setup: Setup) -> Flask:
    """Makes the app of the page."""
    app = Flask("gis_capture.server.tls", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = 0
    origins = (setup.https.origin, f"https://{setup.address}:{setup.https.port}")
    policy = f"default-src 'self'; connect-src {' '.join(origins)}; frame-ancestors 'none'; base-uri 'none'"

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update({**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"})
        return response

    @app.get("/")
    def page() -> str:
        asked = request.args.get("lang") or request.accept_languages.best_match(("ja", "en"), "ja")
        language = "en" if asked == "en" else "ja"
        words = {name: text.in_language(language) for name, text in WORDS.items()}
        return render_template(
            "setup.html", setup=setup, words=words, language=language, print=fingerprint(setup.authority)
        )

    @app.get("/qr.svg")
    def code() -> Response:
        picture = io.BytesIO()
        segno.make(setup.url).save(picture, kind="svg", scale=6, border=2)
        return Response(picture.getvalue(), mimetype="image/svg+xml")

    @app.get("/gis-capture.crt")
    def certificate() -> Response:
        return Response(to_der(setup.authority), mimetype="application/x-x509-ca-cert")

    @app.get("/gis-capture.mobileconfig")
    def profile() -> Response:
        return Response(make_profile(setup), mimetype="application/x-apple-aspen-config")

    return app


def make_profile(setup: Setup) -> bytes:
    """A configuration profile (Apple, "Configuration Profile Reference") that holds the authority's certificate."""
    name = f"GIS Capture {setup.office}".strip()

    def payload(kind: str, **more: object) -> dict[str, object]:
        number = uuid.uuid5(_PAYLOADS, kind + fingerprint(setup.authority))
        return {
            "PayloadType": kind,
            "PayloadVersion": 1,
            "PayloadIdentifier": f"local.gis-capture.{number}",
            "PayloadUUID": str(number).upper(),
            "PayloadDisplayName": name,
            **more,
        }

    root = payload("com.apple.security.root", PayloadContent=to_der(setup.authority))
    return plistlib.dumps(payload("Configuration", PayloadContent=[root]))


class SetupServer:
    """Serves the page beside the app, in threads of this process, while it is entered.

    Args:
        setup: What it tells.
        host: Address to listen on.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, setup: Setup, host: str) -> None:
        self._server: BaseWSGIServer = make_server(
            host, setup.https.setup_port, create_setup_app(setup), threaded=True, request_handler=_Handler
        )
        self._thread = Thread(target=self._server.serve_forever, name="set-up page", daemon=True)

    def __enter__(self) -> "SetupServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(WSGIRequestHandler):
    timeout = _SILENCE_S

    def log(self, type: str, message: str, *args: object) -> None:
        """Says nothing: it would be mixed with what the command tells."""
