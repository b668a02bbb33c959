"""What a reverse proxy says is believed where the office has named it; what anybody else says does nothing."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.people import People
from gis_capture.server import create_app
from gis_capture.server.asking import SESSION_COOKIE
from gis_capture.workspace import Workspace
from tests.server.conftest import PASSWORD

PROXY, CLIENT = "10.0.0.5", "192.168.1.77"
TOLD = {"X-Forwarded-For": f"6.6.6.6, {CLIENT}", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "gis.city.example"}


@pytest.fixture
def proxied(workspace: Workspace) -> FlaskClient:
    """A server that believes one proxy."""
    file = workspace.path / "workspace.toml"
    file.write_text(f'trusted_proxies = ["{PROXY}", "10.1.0.0/16"]\n' + file.read_text(encoding="utf-8"), "utf-8")
    with Workspace.open(workspace.path) as again:
        workspace.folder = again.folder
    return create_app(workspace).test_client()


def noted_addresses(people: People) -> list[str]:
    """From where failed sign-ins came."""
    return [line["address"] for line in people.audit.lines() if line["what"] == "sign_in_refused"]


def sign_in_wrongly(client: FlaskClient, peer: str) -> Any:
    """Fails, as a page of the announced address does."""
    headers = {**TOLD, "Origin": "https://gis.city.example", "Host": "127.0.0.1:8460"}
    wrong = {"name": "佐藤", "password": "wrong"}
    return client.post("/sign-in", json=wrong, headers=headers, environ_overrides={"REMOTE_ADDR": peer})


@pytest.mark.parametrize("peer", [PROXY, "10.1.2.3", f"::ffff:{PROXY}"])
def test_a_named_proxy_is_believed(proxied: FlaskClient, people: People, peer: str) -> None:
    """Address, scheme and host are those that it tells; of a list of addresses the one it wrote itself."""
    assert sign_in_wrongly(proxied, peer).get_json()["code"] == "sign_in_failed"
    assert noted_addresses(people) == [CLIENT]
    environ = {"REMOTE_ADDR": peer}
    assert "Strict-Transport-Security" in proxied.get("/health", headers=TOLD, environ_overrides=environ).headers
    asked = {"name": "佐藤", "password": PASSWORD}
    signed_in = proxied.post("/sign-in", json=asked, headers=TOLD, environ_overrides=environ)
    assert "Secure" in next(one for one in signed_in.headers.getlist("Set-Cookie") if one.startswith(SESSION_COOKIE))


@pytest.mark.parametrize("peer", ["192.168.1.20", "10.0.0.6", "127.0.0.1", "", "no address"])
def test_spoofed_headers_do_nothing(proxied: FlaskClient, people: People, peer: str) -> None:
    """From elsewhere: the address is the peer's, the scheme that of the connection, the host that of the request."""
    assert sign_in_wrongly(proxied, peer).get_json()["code"] == "forbidden"
    answer = proxied.get("/health", headers=TOLD, environ_overrides={"REMOTE_ADDR": peer})
    assert "Strict-Transport-Security" not in answer.headers
    wrong = {"name": "佐藤", "password": "wrong"}
    proxied.post("/sign-in", json=wrong, headers=TOLD, environ_overrides={"REMOTE_ADDR": peer})
    assert noted_addresses(people) == [peer]


def test_without_the_setting_nobody_is_believed(client: FlaskClient, people: People) -> None:
    """Not even the own computer, where a proxy would stand."""
    assert sign_in_wrongly(client, "127.0.0.1").get_json()["code"] == "forbidden"
    assert "Strict-Transport-Security" not in client.get("/health", headers=TOLD).headers


def test_guesses_through_a_proxy_wait_by_their_own_address(proxied: FlaskClient, people: People) -> None:
    """One who guesses keeps nobody else behind the proxy waiting."""
    codes = []
    for number in range(25):
        headers = {"X-Forwarded-For": CLIENT}
        wrong = {"name": f"name {number}", "password": "wrong"}
        answer = proxied.post("/sign-in", json=wrong, headers=headers, environ_overrides={"REMOTE_ADDR": PROXY})
        codes.append(answer.get_json()["code"])
    assert codes[0] == "sign_in_failed" and codes[-1] == "too_many_attempts"
    other = {"X-Forwarded-For": "192.168.1.78"}
    asked = {"name": "佐藤", "password": PASSWORD}
    answer = proxied.post("/sign-in", json=asked, headers=other, environ_overrides={"REMOTE_ADDR": PROXY})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "line", ['trusted_proxies = ["proxy"]', 'trusted_proxies = "10.0.0.5"', "trusted_proxies = [5]"]
)
def test_what_is_no_address_of_a_proxy_stops_the_start(workspace: Workspace, line: str) -> None:
    """And the message names it."""
    file = workspace.path / "workspace.toml"
    file.write_text(f"{line}\n" + file.read_text(encoding="utf-8"), "utf-8")
    with pytest.raises(Exception, match=r"proxy|trusted_proxies"):
        Workspace.open(workspace.path)
