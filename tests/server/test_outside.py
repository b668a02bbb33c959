"""Sign-in by the city's identity provider: who is known here is let in, and nobody else, whatever is sent."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, KeySet, OctKey

from gis_capture.people import People
from gis_capture.server import create_app
from gis_capture.workspace import Workspace
from tests.server.conftest import PASSWORD, ReadingClient, sign_in
from tests.server.identity_provider import CLIENT_ID, IdentityProvider, identity_provider

BEGIN, BACK = "/sign-in/outside", "/sign-in/outside/back"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    """A provider that knows the clerk."""
    with identity_provider() as made:
        yield made


@pytest.fixture
def app(workspace: Workspace, people: People, provider: IdentityProvider) -> Flask:
    """A server that asks it; the clerk's address is entered here."""
    table = f'\n[oidc]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT_ID}"\ntitle = "市の認証"\n'
    file = workspace.path / "workspace.toml"
    file.write_text(file.read_text(encoding="utf-8") + table, encoding="utf-8")
    with Workspace.open(workspace.path) as again:
        workspace.folder = again.folder
    people.identities.put(people.accounts.get("佐藤"), "Sato@city.example")
    made = create_app(workspace)
    made.test_client_class = ReadingClient
    return made


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """Of somebody elsewhere."""
    made = app.test_client()
    made.environ_base["REMOTE_ADDR"] = "192.168.1.20"
    return made


def begin(browser: FlaskClient) -> str:
    """Presses the button; gives where the browser is led."""
    answer = browser.get(BEGIN)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def come_back(browser: FlaskClient, address: str) -> str:
    """Follows the provider back; gives where that ends."""
    parts = urlsplit(address)
    answer = browser.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def who(browser: FlaskClient) -> str | None:
    """Who is signed in."""
    principal = browser.get("/me").get_json()["principal"]
    return principal and str(principal["name"])


def test_a_known_person_is_signed_in(browser: FlaskClient, provider: IdentityProvider, people: People) -> None:
    """As the account here, with its role; the page says that there is such a way."""
    assert browser.get("/me").get_json()["outside"] == {"title": "市の認証"}
    assert come_back(browser, provider.sign_in(begin(browser))) == "/"

    assert who(browser) == "佐藤"
    assert browser.get("/me").get_json()["principal"]["role"] == "office"
    assert browser.get("/people").status_code == 403
    assert [line["what"] for line in people.audit.lines()][-2:] == ["sign_in", "refused"]


def test_the_subject_counts_from_the_first_time_on(
    app: Flask, browser: FlaskClient, provider: IdentityProvider, people: People
) -> None:
    """Another address of the same person is let in; another person with the old address is not."""
    assert come_back(browser, provider.sign_in(begin(browser))) == "/"
    provider.claims |= {"email": "renamed@city.example"}
    assert come_back(browser, provider.sign_in(begin(browser))) == "/"
    provider.claims |= {"sub": "s-2", "email": "sato@city.example"}
    stranger = app.test_client()
    assert come_back(stranger, provider.sign_in(begin(stranger))) == "/?refused=outside_unknown"
    assert who(stranger) is None
    people.accounts.remove(people.accounts.get("佐藤"))
    provider.claims |= {"sub": "s-1"}
    assert come_back(browser, provider.sign_in(begin(browser))) == "/?refused=outside_unknown"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@city.example"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": None},
        {"email": "takayama@city.example", "roles": ["admin"], "groups": ["admin"], "name": "高山"},
    ],
)
def test_nobody_else_gets_an_account_by_it(
    browser: FlaskClient, provider: IdentityProvider, people: People, claims: dict[str, Any]
) -> None:
    """An address that is not vouched for counts nothing, and no claim makes anybody anything."""
    before = people.accounts.all()
    provider.claims |= claims
    assert come_back(browser, provider.sign_in(begin(browser))) == "/?refused=outside_unknown"
    assert who(browser) is None and people.accounts.all() == before


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"azp": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": int(time.time()) - 3_600},
        {"exp": None},
        {"sub": None},
    ],
)
def test_a_token_for_something_else_is_refused(
    browser: FlaskClient, provider: IdentityProvider, claims: dict[str, Any]
) -> None:
    """Of another sign-in, for another server, by another provider, or over."""
    provider.claims |= claims
    assert come_back(browser, provider.sign_in(begin(browser))) == "/?refused=outside_broken_off"
    assert who(browser) is None


@pytest.mark.parametrize("how", ["another key", "shared secret"])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    browser: FlaskClient, provider: IdentityProvider, how: str
) -> None:
    """Also one that is signed with what everybody knows."""
    if how == "another key":
        provider.shown = KeySet([ECKey.generate_key("P-256", {"kid": "k1"})])
    else:
        provider.algorithm, secret = "HS256", OctKey.import_key("0123456789abcdef0123456789abcdef", {"kid": "k1"})
        provider.key = provider.shown = secret  # type: ignore[assignment]
        provider.shown = KeySet([secret])
    assert come_back(browser, provider.sign_in(begin(browser))) == "/?refused=outside_broken_off"


def test_the_way_back_is_of_the_browser_that_began(
    app: Flask, browser: FlaskClient, provider: IdentityProvider
) -> None:
    """Nobody is led into a sign-in of somebody else, and none is used twice; a code is worth nothing elsewhere."""
    victim, back = app.test_client(), provider.sign_in(begin(browser))
    assert come_back(victim, back) == "/?refused=outside_broken_off"
    begin(victim)
    assert come_back(victim, back) == "/?refused=outside_broken_off"
    assert come_back(browser, back.replace("state=", "state=x")) == "/?refused=outside_broken_off"
    assert who(victim) is None and provider.n_tokens == 0
    # A failed attempt takes the browser's mark away: it has to begin again.
    back = provider.sign_in(begin(browser))
    assert come_back(browser, back) == "/" and come_back(browser, back) == "/?refused=outside_broken_off"
    assert browser.get(BACK).headers["Location"] == "/?refused=outside_broken_off"


def test_the_provider_checks_the_verifier(browser: FlaskClient, provider: IdentityProvider) -> None:
    """A code that somebody else got hold of buys no token (PKCE)."""
    back = provider.sign_in(begin(browser))
    next(iter(provider.asked.values()))["code_challenge"] = "of somebody else"
    assert come_back(browser, back) == "/?refused=outside_broken_off"


def test_sign_ins_end_after_ten_minutes(browser: FlaskClient, provider: IdentityProvider, workspace: Workspace) -> None:
    """What was begun long ago is not taken."""
    back = provider.sign_in(begin(browser))
    workspace.clock = lambda: "2099-01-01T00:00:00Z"
    assert come_back(browser, back) == "/?refused=outside_broken_off"


def test_without_the_provider_passwords_still_work(
    app: Flask, browser: FlaskClient, provider: IdentityProvider, people: People
) -> None:
    """The page hears why, and nothing hangs."""
    provider.issuer = "http://127.0.0.1:1"
    assert begin(browser) == "/?refused=outside_unreachable"
    assert browser.post("/sign-in", json={"name": "佐藤", "password": PASSWORD}).status_code == 200


def test_addresses_are_entered_by_the_administrator(app: Flask, people: People, problem_of: Any) -> None:
    """One of another account is refused, and what is none."""
    admin, crew = sign_in(app, people, "高山"), people.accounts.get("高山").account_id
    path = f"/people/{crew}/email"
    for wrong in ("sato@city.example", "no address", "a b@c"):
        problem_of(admin.post(path, json={"email": wrong}), 422, "email_unusable")
    assert admin.post(path, json={"email": "takayama@city.example"}).status_code == 200
    emails = {one["name"]: one["email"] for one in admin.get("/people").get_json()["accounts"]}
    assert emails == {"佐藤": "sato@city.example", "高山": "takayama@city.example"}
    assert sign_in(app, people, "佐藤").post(path, json={"email": ""}).status_code == 403


@pytest.mark.parametrize("issuer", ["http://provider.example", "ftp://provider.example", "https://", "https://a/?x=1"])
def test_a_provider_is_asked_by_https(workspace: Workspace, issuer: str) -> None:
    """Another address of one stops the start, and the message names it."""
    file = workspace.path / "workspace.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[oidc]\nissuer = "{issuer}"\nclient_id = "x"\n', encoding="utf-8")
    with pytest.raises(Exception, match="issuer"):
        Workspace.open(workspace.path)


def test_without_the_setting_there_is_no_such_way(workspace: Workspace, people: People) -> None:
    """Nothing outside is asked."""
    plain = create_app(workspace).test_client()
    assert plain.get("/me").get_json()["outside"] is None
    assert plain.get(BEGIN).status_code == 404 and plain.get(f"{BACK}?state=x&code=y").status_code == 404
