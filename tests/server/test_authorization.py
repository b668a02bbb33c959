"""Every route has a rule, and the server keeps it: for each role, for each layer that is kept from somebody."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route

from gis_capture.people import ALL_LAYERS, People, Right, Role
from gis_capture.server.asking import DEVICE_COOKIE
from gis_capture.server.authorization.rules import RULES
from gis_capture.server.authorization.subjects import OF_NO_LAYER, RESOLVERS
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, PASSWORD, ReadingClient, sign_in

REFUSALS = ("sign_in_needed", "setup_needed", "role_too_low", "layer_not_granted")
VALUES = {
    "layer": LAYER, "layers": LAYER, "z": "0", "x": "0", "y": "0", "row": "0.webp", "kind": "png",
    "day": "2026-11-28", "sha256": "0" * 64, "path": "x", "name": "x", "file": "x",
}  # fmt: skip
SECRET = "street_tree"
"""A layer that is kept from people who work with another one."""


def routes(app: Flask) -> Iterator[tuple[str, str, Route]]:
    """Endpoint, method and route of all there is."""
    for route in app.url_map.iter_rules():
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            yield route.endpoint, method, route


def ask(
    client: FlaskClient, method: str, route: Route, values: dict[str, str] | None = None, address: str = "192.168.1.20"
) -> Any:
    """Asks a route for something that is not there, so that nothing but the rule says no."""
    known = {**VALUES, **(values or {})}
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: known.get(match[1], "unknown-id"), route.rule)
    asking = {"REMOTE_ADDR": address}
    return client.open(path, method=method, json={} if method != "GET" else None, environ_base=asking)


def is_refused(answer: Any) -> bool:
    """Whether it is the rule that says no."""
    return answer.mimetype == "application/problem+json" and answer.get_json()["code"] in REFUSALS


@pytest.fixture
def asking(app: Flask, people: People) -> dict[str, tuple[FlaskClient, Role | None]]:
    """A client of every role, one of a paired tablet, and one of nobody, all on other computers."""
    people.add_account("現場", PASSWORD, Role.CREW)
    people.add_account("閲覧", PASSWORD, Role.VIEWER)
    app.test_client_class = ReadingClient
    nobody, tablet = app.test_client(), app.test_client()
    code, _ = people.make_pairing_code("タブレット1", "高山")
    tablet.set_cookie(DEVICE_COOKIE, people.pair(code, "tablet-1", address="")[0])
    found: dict[str, tuple[FlaskClient, Role | None]] = {"nobody": (nobody, None), "tablet": (tablet, Role.CREW)}
    names = {"閲覧": Role.VIEWER, "現場": Role.CREW, "佐藤": Role.OFFICE, "高山": Role.ADMIN}
    return found | {role.word: (sign_in(app, people, name), role) for name, role in names.items()}


def test_every_route_has_a_rule_and_every_rule_a_route(app: Flask) -> None:
    """A new route without one fails here, and is the administrator's alone until it has one."""
    assert set(RULES) == {endpoint for endpoint, _, _ in routes(app)}


def test_every_id_in_an_address_leads_to_its_layer(app: Flask) -> None:
    """Or is known to be of no layer; a new kind of id has to be decided on here."""
    ids = {name for endpoint, _, route in routes(app) if RULES[endpoint].least for name in route.arguments}

    assert ids <= set(RESOLVERS) | OF_NO_LAYER


@pytest.mark.parametrize("who", ["nobody", "tablet", "viewer", "crew", "office", "admin"])
def test_the_server_keeps_the_rule_of_every_route(
    app: Flask, asking: dict[str, tuple[FlaskClient, Role | None]], who: str
) -> None:
    """Who has the role is not refused, who has not is; nothing is a server error."""
    client, role = asking[who]
    for endpoint, method, route in routes(app):
        # Signs out whoever asks.
        if endpoint in ("sign_in.sign_out", "people.change_own_password"):
            continue
        least = RULES[endpoint].least
        may = least is None or (role is not None and role >= least)
        answer = ask(client, method, route)
        assert is_refused(answer) is not may, (who, endpoint, answer.status_code, answer.get_data(as_text=True)[:300])
        assert answer.status_code < 500, (who, endpoint, answer.get_data(as_text=True)[:300])
        if not may:
            assert answer.status_code == (401 if role is None else 403), (who, endpoint)


def test_nobody_is_let_in_before_there_is_an_administrator(app: Flask, client: FlaskClient) -> None:
    """From another computer only what is open is answered; the own screen may do all."""
    for endpoint, method, route in routes(app):
        refused = ask(client, method, route)
        if RULES[endpoint].least is not None:
            assert refused.status_code == 401 and refused.get_json()["code"] == "setup_needed", endpoint
            assert "サーバーのパソコン" in refused.get_json()["detail_ja"]
            assert "office PC" in refused.get_json()["detail_en"]
            assert not is_refused(ask(client, method, route, address="127.0.0.1")), endpoint


@pytest.mark.parametrize(
    "environ",
    [
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"Via": "1.1 proxy"}},
        {"headers": {"Host": "evil.example"}},
        {"headers": {"Host": "localhost.evil.example:8460"}},
        {"headers": {"Host": ""}},
        {"environ_overrides": {"REMOTE_ADDR": ""}},
        {"environ_overrides": {"REMOTE_ADDR": "192.168.1.20"}},
    ],
)
def test_what_only_looks_like_the_own_screen_is_not(client: FlaskClient, environ: dict[str, Any]) -> None:
    """A proxy, a name that a page elsewhere was given (DNS rebinding), another computer: tiles too."""
    gzip = {"Accept-Encoding": "gzip"}
    environ = {**environ, "headers": {**environ.get("headers", {}), **gzip}}
    for path in ("/layers", f"/tiles/{LAYER}/0/0/0.mvt"):
        assert client.get(path, headers=gzip).status_code == 200
        assert client.get(path, **environ).status_code == 401


@pytest.mark.parametrize("host", ["localhost:8460", "127.0.0.1:8460", "[::1]:8460", "192.168.1.5"])
def test_the_own_screen_is_asked_by_its_own_address(client: FlaskClient, host: str) -> None:
    """By number, or as localhost."""
    assert client.get("/layers", headers={"Host": host}).status_code == 200
    assert client.get("/layers", environ_overrides={"REMOTE_ADDR": "::1"}).status_code == 200


@pytest.fixture
def limited(app: Flask, workspace: Workspace, people: People) -> FlaskClient:
    """The clerk, who may edit the lights and nothing else; another layer has a feature too."""
    workspace.add_layer(workspace.known_layer(SECRET))
    clerk = f"account:{people.accounts.get('佐藤').account_id}"
    people.accounts.grant(clerk, ALL_LAYERS, Right.NONE)
    people.accounts.grant(clerk, LAYER, Right.EDIT)
    return sign_in(app, people, "佐藤")


def test_a_layer_that_is_not_granted_is_kept_by_every_route(app: Flask, limited: FlaskClient) -> None:
    """Asked by its key, alone or among others, for reading and for writing."""
    keys = {"layer": [SECRET], "layers": [SECRET, f"{LAYER},{SECRET}"]}
    for endpoint, method, route in routes(app):
        for argument in set(keys) & set(route.arguments):
            for key in keys[argument]:
                answer = ask(limited, method, route, {"layer": key, "layers": key})
                assert answer.status_code == 403 and answer.get_json()["code"] == "layer_not_granted", endpoint
            assert not is_refused(ask(limited, method, route)), endpoint


def test_tiles_at_the_door_are_kept_too(limited: FlaskClient, app: Flask, people: People) -> None:
    """The quick way past Flask asks the same; what it gives is no proxy's to keep."""
    gzip = {"Accept-Encoding": "gzip"}
    assert limited.get(f"/tiles/{LAYER}/0/0/0.mvt", headers=gzip).status_code == 200
    assert limited.get(f"/tiles/{LAYER},{SECRET}/0/0/0.mvt", headers=gzip).status_code == 403
    version = re.search(r"v=(\w+)", limited.get(f"/tiles/{LAYER}.json").text)
    assert version
    for headers in (gzip, {}):
        answer = limited.get(f"/tiles/{LAYER}/0/0/0.mvt?v={version[1]}", headers=headers)
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_lists_leave_out_what_is_not_granted(limited: FlaskClient) -> None:
    """Layers, and a pull that names none; one that names it is refused."""
    keys = [one["definition"]["key"] for one in limited.get("/layers").get_json()["layers"]]

    assert keys == [LAYER]
    assert SECRET not in limited.get("/sync/pull").text
    assert limited.get(f"/sync/pull?layers={LAYER},{SECRET}").status_code == 403


def test_ids_of_things_in_another_layer_are_refused(app: Flask, limited: FlaskClient, people: People) -> None:
    """Whatever the id is of: a change, a conflict, an import, a photo, a check-out. The administrator gets at all."""
    admin = sign_in(app, people, "高山")
    photo = "ab" * 32
    attachment = {"sha256": photo, "name": "a.jpg", "media_type": "image/jpeg", "size_bytes": 3}
    feature = "00000000-0000-7000-8000-0000000000aa"
    change = {
        "change_id": "11111111-0000-7000-8000-000000000001",
        "layer": SECRET,
        "feature_id": feature,
        "kind": "insert",
        "after": None,
        "base_revision": None,
        "definition_version": 1,
        "fields": {},
        "geometry": {"old": None, "new": {"type": "Point", "coordinates": [137.25, 36.14]}},
        "attachments": [attachment],
        "made_at": "2026-11-23T02:10:00Z",
    }
    push = {"format": "gis-capture.push/v1", "device_id": "t", "changes": [change]}
    assert admin.post("/sync/push", json=push).get_json()["receipts"][0]["status"] in ("applied", "rejected")
    out = admin.post("/checkouts", json={"layers": [SECRET]}).get_json()
    asked = [
        ("POST", f"/changes/{change['change_id']}/undo"),
        ("POST", f"/changes/{change['change_id']}/release"),
        ("GET", f"/layers/{SECRET}/features/{feature}"),
        ("GET", out["file"]),
    ]
    for method, path in asked:
        refused = limited.open(path, method=method, json={} if method == "POST" else None)
        assert refused.status_code == 403 and refused.get_json()["code"] == "layer_not_granted", path
        assert admin.open(path, method=method, json={} if method == "POST" else None).status_code != 403, path
    assert limited.get(f"/attachments/{photo}").status_code in (403, 404)


def test_changes_of_a_layer_that_may_not_be_edited_are_rejected(
    app: Flask, people: People, workspace: Workspace, limited: FlaskClient
) -> None:
    """One by one, so that the others of the push are taken; what the sender does not see is unknown to it."""
    people.accounts.grant(f"account:{people.accounts.get('佐藤').account_id}", LAYER, Right.READ)
    about = {"kind": "delete", "base_revision": 1}
    changes = [
        {"change_id": f"c{number}", "layer": key, "feature_id": "00000000-0000-7000-8000-000000000001", **about}
        for number, key in enumerate((LAYER, SECRET))
    ]
    push = {"format": "gis-capture.push/v1", "device_id": "t", "changes": changes}
    receipts = limited.post("/sync/push", json=push).get_json()["receipts"]

    assert [receipt["problem"]["code"] for receipt in receipts] == ["layer_read_only", "layer_unknown"]
    assert workspace.store.count(LAYER) == 30


def test_a_tablet_sends_as_itself_alone(
    app: Flask, asking: dict[str, tuple[FlaskClient, Role | None]], people: People, problem_of: Any
) -> None:
    """Under the id it was paired with or a new one, but not under that of another one."""
    tablet, _ = asking["tablet"]
    people.pair(people.make_pairing_code("タブレット2", "高山")[0], "tablet-2", address="")
    push = {"format": "gis-capture.push/v1", "changes": []}

    problem_of(tablet.post("/sync/push", json={**push, "device_id": "tablet-2"}), 403, "device_differs")
    for own in ("tablet-1", "crew-b"):
        assert tablet.post("/sync/push", json={**push, "device_id": own}).status_code == 200


def test_an_account_sends_as_no_paired_tablet(
    app: Flask, asking: dict[str, tuple[FlaskClient, Role | None]], problem_of: Any
) -> None:
    """Unless it is signed in on that one; from elsewhere under any id that no tablet has."""
    (crew, _), (tablet, _) = asking["crew"], asking["tablet"]
    push = {"format": "gis-capture.push/v1", "changes": []}
    assert tablet.post("/sync/push", json={**push, "device_id": "crew-b"}).status_code == 200

    for taken in ("tablet-1", "crew-b"):
        problem_of(crew.post("/sync/push", json={**push, "device_id": taken}), 403, "device_differs")
    assert crew.post("/sync/push", json={**push, "device_id": "own"}).status_code == 200
    # An id that is nobody's is not taken by who sends under it first.
    assert asking["office"][0].post("/sync/push", json={**push, "device_id": "own"}).status_code == 200
    assert tablet.post("/sign-in", json={"name": "現場", "password": PASSWORD}).status_code == 200
    assert tablet.get("/me").get_json()["principal"]["kind"] == "account"
    assert tablet.post("/sync/push", json={**push, "device_id": "tablet-1"}).status_code == 200


def test_the_report_of_a_day_counts_what_may_be_seen(app: Flask, limited: FlaskClient, people: People) -> None:
    """Who sent how much into a layer that is not granted is not told."""
    admin = sign_in(app, people, "高山")
    change = {"layer": SECRET, "kind": "delete", "feature_id": "00000000-0000-7000-8000-000000000001"}
    sent = {"format": "gis-capture.push/v1", "device_id": "t", "changes": [{"change_id": "s", **change}]}
    assert admin.post("/sync/push", json=sent).status_code == 200
    day = list(people.audit.lines())[-1]["at"][:10]
    days = [day, str(date.fromisoformat(day) + timedelta(days=1))]
    told = [[one.get(f"/days/{each}/report").get_json()["devices"] for each in days] for one in (admin, limited)]
    assert any(told[0]) and not any(told[1])


def test_a_revoked_tablet_is_not_brought_back(app: Flask, people: People, problem_of: Any) -> None:
    """The office is told so, instead of believing that it was."""
    admin = sign_in(app, people, "高山")
    _, device = people.pair(people.make_pairing_code("タブレット1", "高山")[0], "t1", address="")
    path = f"/devices/{device.device_id}/state"
    assert admin.post(path, json={"state": "revoked"}).status_code == 200
    for state in ("active", "locked"):
        problem_of(admin.post(path, json={"state": state}), 409, "device_stays_revoked")
    assert admin.post(path, json={"state": "revoked"}).status_code == 200
