"""The page that leads a person through making a tablet trust the server."""

import plistlib
import random
import urllib.request
from datetime import UTC, datetime

import pytest
from cryptography import x509
from flask.testing import FlaskClient

from gis_capture.server.tls.certificates import fingerprint, make_authority
from gis_capture.server.tls.setup import Setup, SetupServer, create_setup_app
from gis_capture.workspace.https import Https

AUTHORITY = make_authority("道路課", "gis-capture.local", datetime(2026, 4, 1, tzinfo=UTC))
SETUP = Setup("道路課", Https(), "192.168.1.5", AUTHORITY.certificate)


@pytest.fixture
def client() -> FlaskClient:
    """A browser of a tablet."""
    return create_setup_app(SETUP).test_client()


@pytest.mark.parametrize(
    ("query", "language", "word"), [("", "ja", "証明書信頼設定"), ("?lang=en", "en", "Certificate Trust")]
)
def test_it_tells_the_steps_and_the_fingerprint(client: FlaskClient, query: str, language: str, word: str) -> None:
    """In both languages, for each kind of tablet, with the address of the app."""
    page = client.get("/" + query).get_data(as_text=True)

    assert f'<html lang="{language}">' in page
    assert word in page
    assert fingerprint(AUTHORITY.certificate) in page
    assert 'href="https://gis-capture.local:8460/tablet/"' in page
    assert page.count("data-platform=") == 3


def test_the_certificate_is_given_in_the_forms_that_tablets_open(client: FlaskClient) -> None:
    """DER for Android and Windows, a profile for iPads; both are the authority's, without its key."""
    certificate = x509.load_der_x509_certificate(client.get("/gis-capture.crt").data)
    profile = plistlib.loads(client.get("/gis-capture.mobileconfig").data)
    (root,) = profile["PayloadContent"]

    assert certificate == x509.load_pem_x509_certificate(AUTHORITY.certificate)
    assert root["PayloadType"] == "com.apple.security.root"
    assert x509.load_der_x509_certificate(root["PayloadContent"]) == certificate


def test_a_profile_loaded_twice_replaces_itself(client: FlaskClient) -> None:
    """Its number hangs on the certificate alone."""
    first, second = (plistlib.loads(client.get("/gis-capture.mobileconfig").data) for _ in range(2))

    assert first == second


def test_it_may_ask_the_server_alone(client: FlaskClient) -> None:
    """The policy of the page names the two addresses of the app; no inline script."""
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "connect-src https://gis-capture.local:8460 https://192.168.1.5:8460;" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/secrets/tls/authority.key", "/static/../setup.py", "/static/..%2f..%2fkept.py", "/layers"]
)
def test_it_gives_nothing_else(client: FlaskClient, path: str) -> None:
    """No key, no source, nothing of the app."""
    assert client.get(path).status_code == 404


def test_it_is_served_beside_the_app() -> None:
    """In a thread, for as long as the server runs; at a port that no system gives to a server that lets it choose.

    One of those listens at all addresses now and then, and would answer in the end.
    """
    address, port = "127.0.0.77", random.randrange(20_000, 30_000)
    setup = Setup("課", Https(setup_port=port), address, AUTHORITY.certificate)
    server = SetupServer(setup, address)
    with server, urllib.request.urlopen(setup.url, timeout=60) as answer:
        assert answer.status == 200
    # A process that was begun meanwhile may still hold the port; but nobody answers.
    with pytest.raises(OSError):
        urllib.request.urlopen(setup.url, timeout=2)
