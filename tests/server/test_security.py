"""Headers that keep pages of others out, on every answer."""

from typing import Any

import pytest
from flask.testing import FlaskClient

JSON = {"Content-Type": "application/json"}


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


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://evil.example", 403),
        ("http://192.168.1.5:8000", 403),
        ("https://192.168.1.5:8460.evil.example", 403),
        ("null", 403),
        ("http://192.168.1.5:8460", 400),
        (None, 400),
    ],
)
def test_plain_http_is_judged_by_the_origin(
    client: FlaskClient, problem_of: Any, origin: str | None, status: int
) -> None:
    """Over http browsers send no Sec-Fetch-Site; host and port of the page must be those of the server."""
    headers = {"Origin": origin} if origin else {}
    response = client.post("/sync/push", base_url="http://192.168.1.5:8460", data="{", headers=headers | JSON)

    problem_of(response, status, "forbidden" if status == 403 else "not_json")


def test_pages_say_that_they_send_json(client: FlaskClient, problem_of: Any) -> None:
    """What any form can send is not taken from a page; programs need not say the type."""
    headers = {"Origin": "http://localhost", "Content-Type": "text/plain"}

    problem_of(client.post("/sync/push", data="{}", headers=headers), 415, "unsupported_media_type")
    problem_of(client.post("/sync/push", data="{", headers={"Content-Type": "text/plain"}), 400, "not_json")


def test_browsers_are_told_to_stay_with_https(client: FlaskClient) -> None:
    """On HTTPS alone: by plain HTTP the promise would mean nothing."""
    assert "max-age" in client.get("/health", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/health").headers


def test_trust_is_told_to_a_page_of_any_origin(client: FlaskClient) -> None:
    """It says nothing else; before HTTPS is set up there is no address to tell."""
    answer = client.get("/trusted")

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/https").get_json() == {"https": None}
