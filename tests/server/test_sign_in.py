"""Set-up, sign-in and pairing over HTTP: cookies, other sites, tablets that are refused, what is written down."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture.people import People, Role
from gis_capture.people.attempts import FREE_BY_NAME
from gis_capture.server.asking import DEVICE_COOKIE, SESSION_COOKIE
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, PASSWORD, ReadingClient, sign_in

WHO = {"name": "佐藤", "password": PASSWORD}
FEATURE = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    """A browser on another computer."""
    app.test_client_class = ReadingClient
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.168.1.20"
    return client


def lines(people: People) -> list[tuple[str, str, str]]:
    """What was done: the word, who, and of which layer."""
    return [(line["what"], line["who"], line["layer"]) for line in people.audit.lines()]


def test_the_first_administrator_is_created_by_the_code(nobody: FlaskClient, workspace: Workspace) -> None:
    """And is signed in; after that the own screen signs in too."""
    own = nobody.application.test_client()
    assert own.get("/layers").status_code == 200
    assert nobody.get("/me").get_json()["problem"]["code"] == "setup_needed"
    assert nobody.get("/setup").headers["Location"] == "/#/setup"
    code = workspace.people.make_setup_code()
    wrong = nobody.post("/setup", json={**WHO, "code": "AAAA-AAAA"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "code_wrong")
    made = nobody.post("/setup", json={**WHO, "code": code})

    assert made.status_code == 201 and made.get_json()["principal"]["role"] == "admin"
    assert nobody.get("/layers").status_code == 200
    assert nobody.get("/me").get_json()["principal"]["name"] == "佐藤"
    assert (own.get("/layers").status_code, own.get("/layers").get_json()["code"]) == (401, "sign_in_needed")
    again = nobody.post("/setup", json={**WHO, "code": code})
    assert (again.status_code, again.get_json()["code"]) == (409, "setup_done")


def test_the_session_is_in_a_cookie_that_no_script_reads(nobody: FlaskClient, people: People) -> None:
    """Of this site alone, and by HTTPS alone where there is HTTPS; the answer itself holds no token."""
    answer = nobody.post("/sign-in", json=WHO)
    cookie = answer.headers["Set-Cookie"]

    assert cookie.startswith(f"{SESSION_COOKIE}=") and "Path=/" in cookie
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    assert cookie.split("=")[1].split(";")[0] not in answer.text
    assert "Secure" in nobody.post("/sign-in", json=WHO, base_url="https://localhost").headers["Set-Cookie"]


def test_a_planted_session_is_not_taken_over(nobody: FlaskClient, people: People) -> None:
    """Who signs in gets a new token, whatever the browser had; the one before ends."""
    nobody.set_cookie(SESSION_COOKIE, "p" * 43)
    nobody.post("/sign-in", json=WHO)
    first = nobody.get_cookie(SESSION_COOKIE)
    nobody.post("/sign-in", json=WHO)
    second = nobody.get_cookie(SESSION_COOKIE)

    assert first and second and len({"p" * 43, first.value, second.value}) == 3
    for value, status in ((second.value, 200), (first.value, 401), ("p" * 43, 401)):
        nobody.set_cookie(SESSION_COOKIE, value)
        assert nobody.get("/layers").status_code == status


def test_signing_out_ends_the_session_and_what_the_browser_keeps(nobody: FlaskClient, people: People) -> None:
    """The token is worth nothing afterwards, also for who copied it."""
    nobody.post("/sign-in", json=WHO)
    copied = nobody.get_cookie(SESSION_COOKIE)
    answer = nobody.post("/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache"' and nobody.get_cookie(SESSION_COOKIE) is None
    assert copied
    nobody.set_cookie(SESSION_COOKIE, copied.value)
    assert nobody.get("/layers").status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/pair", "/setup", "/people", "/devices/code", "/sync/push"])
@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_pages_of_other_sites_do_nothing_in_the_name_of_who_is_signed_in(
    app: Flask, people: People, path: str, headers: dict[str, str]
) -> None:
    """Nor sign anybody in or out (CSRF)."""
    admin = sign_in(app, people, "高山")

    assert admin.post(path, json={}, headers=headers).status_code == 403
    assert admin.get("/me").get_json()["principal"]["name"] == "高山"


def test_failures_are_told_alike_and_wait(nobody: FlaskClient, people: People, problem_of: Any) -> None:
    """Whether there is the name or not; then with 429 and the seconds."""
    told = [
        problem_of(nobody.post("/sign-in", json={"name": name, "password": "x"}), 401, "sign_in_failed")
        for name in ("佐藤", "nobody")
    ]
    assert told[0] == told[1]
    for _ in range(FREE_BY_NAME - 1):
        nobody.post("/sign-in", json={"name": "佐藤", "password": "x"})
    answer = nobody.post("/sign-in", json=WHO)

    problem_of(answer, 429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 2
    # Neither names nor passwords that were typed are in the account.
    assert {line for line in lines(people) if line[0] != "sign_in"} == {("sign_in_refused", "", "")}


def paired(app: Flask, people: People) -> tuple[FlaskClient, str]:
    """A tablet that the clerk's code paired; with the id of its device."""
    made = sign_in(app, people, "佐藤").post("/devices/code", json={"name": "タブレット1"}).get_json()
    assert made["url"] == f"http://localhost/tablet/#pair={made['code']}" and made["picture"].startswith("data:image")
    tablet = app.test_client()
    answer = tablet.post("/pair", json={"code": made["code"], "device_id": "tablet-1"})
    assert answer.status_code == 201
    return tablet, answer.get_json()["device"]["device_id"]


def test_a_tablet_is_paired_by_the_code_of_the_office(app: Flask, people: People) -> None:
    """It lasts, no script reads its token, and a program sends the same as a bearer's."""
    tablet, _ = paired(app, people)
    cookie = tablet.get_cookie(DEVICE_COOKIE)

    assert (
        cookie and cookie.http_only and cookie.same_site == "Lax" and cookie.max_age and cookie.max_age > 300 * 86_400
    )
    assert tablet.get("/sync/pull").status_code == 200
    assert tablet.get("/me").get_json()["principal"] | {"id": ""} == {
        "kind": "device", "id": "", "name": "タブレット1", "role": "crew", "sees_personal": False,
    }  # fmt: skip
    program = app.test_client()
    assert program.get("/layers", headers={"Authorization": f"Bearer {cookie.value}"}).status_code == 200
    assert program.get("/layers", headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("state", ["locked", "revoked"])
def test_nobody_gets_in_by_a_refused_tablet(app: Flask, people: People, problem_of: Any, state: str) -> None:
    """Neither by signing in on it, nor with a session from elsewhere; without it the session is as good as before."""
    tablet, device_id = paired(app, people)
    clerk = sign_in(app, people, "佐藤")
    clerk.post(f"/devices/{device_id}/state", json={"state": state})
    problem_of(tablet.post("/sign-in", json=WHO), 403, f"device_{state}")
    assert tablet.get_cookie(SESSION_COOKIE) is None

    session = clerk.get_cookie(SESSION_COOKIE)
    assert session is not None
    tablet.set_cookie(SESSION_COOKIE, session.value)
    push = {"format": "gis-capture.push/v1", "device_id": "tablet-1", "changes": []}
    for answer in (tablet.get("/layers"), tablet.get("/sync/pull"), tablet.post("/sync/push", json=push)):
        problem_of(answer, 403, f"device_{state}")
    assert tablet.get("/me").get_json()["problem"]["code"] == f"device_{state}"
    assert clerk.get("/layers").status_code == 200


@pytest.mark.parametrize(("state", "words"), [("locked", "ロック"), ("revoked", "取り消され")])
def test_a_refused_tablet_is_told_why_and_that_nothing_is_lost(
    app: Flask, people: People, problem_of: Any, state: str, words: str
) -> None:
    """At its next contact, on every way in: changes, tiles at the door, photos."""
    tablet, device_id = paired(app, people)
    gzip = {"Accept-Encoding": "gzip"}
    assert tablet.get(f"/tiles/{LAYER}/0/0/0.mvt", headers=gzip).status_code == 200
    clerk = sign_in(app, people, "佐藤")
    assert clerk.post(f"/devices/{device_id}/state", json={"state": state}).status_code == 200
    push = {"format": "gis-capture.push/v1", "device_id": "tablet-1", "changes": []}

    for answer in (
        tablet.post("/sync/push", json=push),
        tablet.get(f"/tiles/{LAYER}/0/0/0.mvt", headers=gzip),
        tablet.get("/attachments/" + "0" * 64),
    ):
        told = problem_of(answer, 403, f"device_{state}")
        assert words in told["detail_ja"] and "残っています" in told["detail_ja"]
    assert [one["state"] for one in clerk.get("/devices").get_json()["devices"]] == [state]
    assert clerk.post(f"/devices/{device_id}/state", json={"state": "gone"}).status_code == 400


def test_who_is_signed_in_signs_what_is_done(app: Flask, people: People, workspace: Workspace) -> None:
    """Whatever name a request claims."""
    clerk = sign_in(app, people, "佐藤")
    clerk.post("/layers", json={"layer": "street_tree", "author": "別人"})
    push = {"format": "gis-capture.push/v1", "device_id": "t", "author": "市長", "changes": [
        {"change_id": "c", "layer": LAYER, "feature_id": FEATURE, "kind": "delete", "base_revision": 1}
    ]}  # fmt: skip
    assert clerk.post("/sync/push", json=push).get_json()["receipts"][0]["status"] == "applied"
    history = f"/layers/{LAYER}/features/{FEATURE}/history"
    assert [entry["author"] for entry in clerk.get(history).get_json()["entries"]] == ["佐藤", "山田"]
    assert clerk.post(f"/layers/{LAYER}/features/{FEATURE}/restore", json={"author": "別人"}).status_code == 200
    assert clerk.get(history).get_json()["entries"][0]["author"] == "佐藤"


def test_what_is_done_is_written_down(app: Flask, people: People, workspace: Workspace) -> None:
    """Who, what, where from; reading of personal data and refusals too; looking at lights is not."""
    workspace.add_layer(workspace.known_layer("vacant_house"))
    assert workspace.store.layer("vacant_house").personal_names
    admin, clerk = sign_in(app, people, "高山"), sign_in(app, people, "佐藤")
    clerk.get(f"/layers/{LAYER}/features")
    clerk.get("/layers/vacant_house/features")
    admin.get("/layers/vacant_house/features")
    admin.get("/layers/vacant_house/export?format=csv")
    clerk.get("/people")
    change = {"change_id": "c-1", "layer": LAYER, "feature_id": FEATURE, "kind": "delete", "base_revision": 1}
    push = {"format": "gis-capture.push/v1", "device_id": "t 1", "changes": [change, {**change, "change_id": None}]}
    (taken, _) = clerk.post("/sync/push", json=push).get_json()["receipts"]
    admin.post("/people", json={"name": "新人", "password": PASSWORD, "role": "viewer"})
    admin.post("/grants", json={"subject": "role:viewer", "layer": LAYER, "right": "none"})
    written = admin.get("/audit.csv")

    assert lines(people) == [
        ("personal_read", "高山", "vacant_house"),
        ("export", "高山", "vacant_house"),
        ("refused", "佐藤", ""),
        ("push", "佐藤", LAYER),
        ("person_add", "高山", ""),
        ("grant", "高山", LAYER),
        ("audit_export", "高山", ""),
    ]
    assert written.data.startswith(b"\xef\xbb\xbfnumber,at,") and "192.168.1.20" in written.text
    assert people.audit.verify().is_whole
    written_down = list(people.audit.lines())
    assert written_down[1]["detail"] == "with_personal"
    # With these the changes are found in the history, and the line by a change.
    assert (written_down[3]["subject"], written_down[3]["detail"]) == (
        "t_1",
        f"revision {taken['revision']}; applied 1; rejected 1; changes c-1 -",
    )


def test_accounts_are_looked_after_by_the_administrator(app: Flask, people: People, problem_of: Any) -> None:
    """Added, given a new password, taken away; each ends what the account had."""
    admin = sign_in(app, people, "高山")
    new = {"name": "新人", "password": PASSWORD, "role": "crew"}
    made = admin.post("/people", json=new).get_json()["account"]
    assert (made["role"], made["sees_personal"]) == (Role.CREW.word, False) and "password" not in str(made)
    problem_of(admin.post("/people", json=new), 409, "name_taken")
    problem_of(admin.post("/people", json={**new, "name": "二人目", "role": "boss"}), 400, "role_unknown")
    problem_of(
        admin.post("/people", json={**new, "name": "二人目", "password": "password123"}), 422, "password_guessable"
    )
    problem_of(admin.post("/people/nobody/remove", json={}), 404, "account_unknown")
    crew = sign_in(app, people, "新人")
    path = f"/people/{made['account_id']}"
    assert admin.post(f"{path}/password", json={"password": "別の長い合い言葉です"}).status_code == 200
    assert crew.get("/layers").status_code == 401
    assert admin.post(f"{path}/remove", json={}).status_code == 200
    assert [one["name"] for one in admin.get("/people").get_json()["accounts"]] == ["佐藤", "高山"]


def test_everybody_changes_the_own_password_with_the_old_one(app: Flask, people: People, problem_of: Any) -> None:
    """Which a browser that was left open does not know."""
    clerk, after = sign_in(app, people, "佐藤"), "別の長い合い言葉です"
    problem_of(clerk.post("/me/password", json={"before": "wrong", "password": after}), 401, "sign_in_failed")
    assert clerk.post("/me/password", json={"before": PASSWORD, "password": after}).status_code == 200

    assert clerk.get("/layers").status_code == 401
    assert clerk.post("/sign-in", json={"name": "佐藤", "password": after}).status_code == 200


def test_before_there_is_an_account_only_an_administrator_is_made(client: FlaskClient, problem_of: Any) -> None:
    """Else nobody could let anybody in; the own screen makes that one too."""
    new = {"name": "高山", "password": PASSWORD, "role": "crew"}
    problem_of(client.post("/people", json=new), 409, "first_is_admin")
    assert client.post("/people", json={**new, "role": "admin"}).status_code == 201
    assert client.get("/layers").status_code == 401
