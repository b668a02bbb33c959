"""What somebody in the network would try: over every route, generated from the URL map."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_capture.people import ALL_LAYERS, People, Right, Role
from gis_capture.server.asking import DEVICE_COOKIE, SESSION_COOKIE
from gis_capture.server.authorization.rules import RULES
from gis_capture.server.security import SAFE_METHODS
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, PASSWORD, ReadingClient, sign_in
from tests.server.test_authorization import SECRET, VALUES, ask, is_refused, routes

FUZZ = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)


def test_pages_of_other_sites_cannot_write_by_any_route(app: Flask, people: People) -> None:
    """CSRF: the administrator's browser is made to send, with the cookies; every writing route refuses."""
    admin, n_lines = sign_in(app, people, "高山"), len(list(people.audit.lines()))
    tried = 0
    for _, method, route in routes(app):
        if method in SAFE_METHODS:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: VALUES.get(match[1], "unknown-id"), route.rule)
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = admin.open(path, method=method, data="{}", headers=headers, content_type="text/plain")
            assert answer.status_code == 403 and answer.get_json()["code"] == "forbidden", (method, path, headers)
            tried += 1
    assert tried > 90 and admin.get("/me").get_json()["principal"]["name"] == "高山"
    assert {line["what"] for line in list(people.audit.lines())[n_lines:]} <= {"refused"}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREW, Role.OFFICE])
def test_every_role_keeps_every_grant_of_a_layer(app: Flask, people: People, workspace: Workspace, role: Role) -> None:
    """Role by grant, over every route that names a layer: reading needs the right to read, all else to edit."""
    account = f"account:{people.add_account('試験', PASSWORD, role).account_id}"
    client, most = sign_in(app, people, "試験"), Right.READ if role is Role.VIEWER else Right.EDIT
    named = [one for one in routes(app) if {"layer", "layers"} & set(one[2].arguments) and RULES[one[0]].least]
    said = [(account, LAYER), (account, ALL_LAYERS), (f"role:{role.word}", LAYER)]
    for right, (subject, layer) in product((None, Right.NONE, Right.READ, Right.EDIT), said):
        people.accounts.grant(subject, layer, right)
        has = most if right is None else min(right, most)
        for endpoint, method, route in named:
            needed = Right.READ if method in SAFE_METHODS else Right.EDIT
            may = role >= (RULES[endpoint].least or 0) and has >= needed
            answer = ask(client, method, route)
            assert is_refused(answer) is not may, (endpoint, right, subject, layer, answer.status_code)
        people.accounts.grant(subject, layer, None)


def test_ids_of_others_lead_nowhere(app: Flask, people: People, workspace: Workspace) -> None:
    """IDOR: with every id that there is, in every place of every route, nothing of a layer that is kept is given."""
    workspace.add_layer(workspace.known_layer(SECRET))
    admin, clerk = sign_in(app, people, "高山"), people.accounts.get("佐藤").account_id
    token, device = people.pair(people.make_pairing_code("タブレット", "高山")[0], "t", address="")
    out = admin.post("/checkouts", json={"layers": [SECRET]}).get_json()
    feature = "00000000-0000-7000-8000-0000000000aa"
    change = {
        "change_id": "11111111-0000-7000-8000-000000000001", "layer": SECRET, "feature_id": feature, "kind": "insert",
        "after": None, "base_revision": None, "definition_version": 1, "fields": {"note": {"old": None, "new": "秘密"}},
        "geometry": {"old": None, "new": {"type": "Point", "coordinates": [137.25, 36.14]}},
        "made_at": "2026-11-23T02:10:00Z",
    }  # fmt: skip
    push = {"format": "gis-capture.push/v1", "device_id": "x", "changes": [change]}
    assert admin.post("/sync/push", json=push).get_json()["receipts"][0]["status"] in ("applied", "conflict")
    people.accounts.grant(f"account:{clerk}", SECRET, Right.NONE)
    limited = sign_in(app, people, "佐藤")
    ids = [
        change["change_id"],
        feature,
        out["file"].split("/")[2],
        device.device_id,
        people.accounts.all()[0].account_id,
    ]
    for endpoint, method, route in routes(app):
        named = [name for name in route.arguments if name.endswith("_id") or name in ("layer", "layers")]
        if not named or endpoint in ("devices.set_state", "people.remove_person"):
            continue
        for one in ids:
            values = {name: SECRET if name.startswith("layer") else str(one) for name in named}
            answer = ask(limited, method, route, values)
            assert answer.status_code in (400, 403, 404, 405, 409, 422), (endpoint, one, answer.status_code)
            assert "秘密" not in answer.text
    assert token and workspace.store.count(SECRET) <= 1


TRAVERSALS = (
    "..", "../workspace.toml", "..%2fworkspace.toml", "%2e%2e/workspace.toml", "....//workspace.toml",
    "..\\workspace.toml", "..%5cworkspace.toml", "/etc/passwd", "%2fetc%2fpasswd", "secrets/people.sqlite",
    "..%2fsecrets%2fpeople.sqlite", "layers.gpkg", "..%c0%af..%c0%afworkspace.toml", "C:%5cWindows%5cwin.ini",
    "x%00.png", "a" * 300,
)  # fmt: skip


def test_no_path_leads_out_of_its_folder(app: Flask, client: FlaskClient) -> None:
    """Traversal: in every place of every address that is read, by the own screen, which may ask all."""
    for endpoint, method, route in routes(app):
        if method != "GET" or not route.arguments:
            continue
        for tried in TRAVERSALS:
            path = re.sub(r"<int:\w+>", "0", route.rule)
            path = re.sub(r"<(?:\w+:)?\w+>", tried.replace("\\", r"\\"), path)
            answer = client.get(path)
            assert answer.status_code < 500, (endpoint, path)
            for secret in (b"gis-capture.workspace/v1", b"SQLite format 3", b"root:x:0"):
                assert secret not in answer.data, (endpoint, path)


@contextmanager
def work_of(people: People) -> Iterator[list[str]]:
    """What a sign-in does, by the names of the steps that take time or touch the file."""
    steps = list[str]()
    database, hasher = people._database, people._passwords._hasher

    def noted(name: str, step: Any) -> Any:
        def call(*arguments: Any, **values: Any) -> Any:
            steps.append(name)
            return step(*arguments, **values)

        return call

    with (
        mock.patch.object(database, "row", noted("row", database.row)),
        mock.patch.object(database, "change", noted("change", database.change)),
        mock.patch.object(people._passwords, "_hasher", mock.Mock(verify=noted("verify", hasher.verify))),
    ):
        yield steps


def test_a_name_is_not_told_by_the_work_that_it_takes(app: Flask, client: FlaskClient, people: People) -> None:
    """Login timing: a wrong password of a known name and an unknown name take the same steps, one hash among them."""
    client.post("/sign-in", json={"name": "高山", "password": "to warm up"})
    taken = []
    for name in ("高山", "だれでもない", "x" * 150, ""):
        with work_of(people) as steps:
            answer = client.post("/sign-in", json={"name": name, "password": "wrong"})
        assert answer.get_json()["code"] == "sign_in_failed"
        taken.append(steps)
    assert taken[0].count("verify") == 1 and all(steps == taken[0] for steps in taken)


@pytest.mark.parametrize("cookie", [SESSION_COOKIE, DEVICE_COOKIE])
def test_a_token_that_somebody_planted_is_worth_nothing(
    app: Flask, client: FlaskClient, people: People, cookie: str
) -> None:
    """Session fixation: what the browser had before is not what it has after, and nobody else gets in by it."""
    planted = "A" * 43
    client.set_cookie(cookie, planted)
    client.environ_base["REMOTE_ADDR"] = "192.168.1.20"
    assert client.post("/sign-in", json={"name": "佐藤", "password": PASSWORD}).status_code == 200
    other = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "192.168.1.21"
    other.set_cookie(cookie, planted)
    assert client.get("/layers").status_code == 200 and other.get("/layers").status_code == 401


@FUZZ
@given(
    headers=st.dictionaries(
        st.sampled_from([
            "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Content-Range",
            "Content-Type", "Cookie", "Forwarded", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
            "Origin", "Range", "Referer", "Sec-Fetch-Site", "Transfer-Encoding", "X-Forwarded-For", "X-Forwarded-Host",
        ]),
        LATIN, max_size=5,
    ),
    body=st.binary(max_size=200),
    number=st.integers(0, 10_000),
)  # fmt: skip
def test_no_header_and_no_body_is_a_server_error(app: Flask, headers: dict[str, str], body: bytes, number: int) -> None:
    """Any header, any body, any route: an answer that says what is wrong."""
    app.test_client_class = ReadingClient
    known = list(routes(app))
    _, method, route = known[number % len(known)]
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: VALUES.get(match[1], "unknown-id"), route.rule)
    answer = app.test_client().open(path, method=method, headers=headers, data=body)
    assert answer.status_code < 500, (method, path, answer.text[:300])


@FUZZ
@given(path=st.text(max_size=40), query=LATIN, number=st.integers(0, 10_000))
def test_no_address_is_a_server_error(app: Flask, path: str, query: str, number: int) -> None:
    """Any path, any query, any id in a known route."""
    app.test_client_class = ReadingClient
    known = list(routes(app))
    _, method, route = known[number % len(known)]
    within = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: path.replace("/", "") or "x", route.rule)
    for one in (f"/{path}", within):
        environ = {"PATH_INFO": one.encode("utf-8", "replace").decode("latin-1"), "QUERY_STRING": query}
        answer = app.test_client().open("/", method=method, environ_overrides=environ)
        assert answer.status_code < 500, (method, one, query, answer.text[:300])
