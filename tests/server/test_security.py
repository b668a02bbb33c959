"""Headers that keep pages of others out, on every answer."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/layers", "/tiles/street_light/0/0/0.mvt"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    """Answers and problems alike."""
    headers = client.get(path).headers

    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 400), (None, 400)]
)
def test_pages_of_other_sites_cannot_write(client: FlaskClient, site: str | None, status: int) -> None:
    """What a browser says of the sender decides; programs say nothing and are let through."""
    headers = {"Sec-Fetch-Site": site} if site else {}

    assert client.post("/sync/push", data="{", headers=headers).status_code == status
    assert client.get("/health", headers=headers).status_code == 200
