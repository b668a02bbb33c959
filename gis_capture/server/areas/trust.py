"""How a tablet comes to trust the server."""

import segno
from flask import Blueprint, Response

from gis_capture.server.addresses import lan_address
from gis_capture.server.answers import json_response
from gis_capture.server.context import workspace

area = Blueprint("trust", __name__)


@area.get("/https")
def https() -> Response:
    """Gives the address of tablets, the page that leads them to trust it, and the number to compare."""
    # Imported here, because a server without HTTPS needs none of it, and it takes long to load.
    from gis_capture.server.tls import ends_at, fingerprint, read_certificates
    from gis_capture.server.tls.setup import Setup

    folder = workspace().folder
    certificates = read_certificates(folder.secrets_dir)
    if folder.https is None or certificates is None:
        return json_response({"https": None})
    authority = certificates.authority.read_bytes()
    setup = Setup(folder.name, folder.https, lan_address(), authority)
    answer = {
        "origin": folder.https.origin,
        "setup_url": setup.url,
        "setup_code": segno.make(setup.url).svg_data_uri(scale=6, border=2),
        "fingerprint": fingerprint(authority),
        "ends_at": f"{ends_at(certificates.certificate.read_bytes()):%Y-%m-%dT%H:%M:%SZ}",
    }
    return json_response({"https": answer})


@area.get("/trusted")
def trusted() -> Response:
    """Answers a page of any origin: whoever gets this answer trusts the server's certificate."""
    response = Response(status=204)
    response.headers.update({"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"})
    return response
