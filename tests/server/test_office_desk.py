"""What the office decides over HTTP: conflicts, changes that wait, photos that have not come, the day."""

import hashlib
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.workspace import Workspace
from tests.server.test_sync import FEATURE_ID, change, push

PHOTO = b"\xff\xd8\xff photo"
SHA256 = hashlib.sha256(PHOTO).hexdigest()
OTHER_ID = "11111111-0000-7000-8000-000000000009"


def status_of(workspace: Workspace) -> Any:
    """What the layer holds."""
    feature = workspace.store.feature("street_light", FEATURE_ID)
    return feature.fields["status"] if feature else None


@pytest.fixture
def conflict_id(client: FlaskClient) -> str:
    """Two tablets have written one field."""
    client.post("/sync/push", json=push(change()))
    other = change(change_id=OTHER_ID, fields={"status": {"old": "球切れ", "new": "撤去"}})
    client.post("/sync/push", json=push(other, device_id="tablet-2", author="佐藤"))
    (conflict,) = client.get("/conflicts").get_json()["conflicts"]
    return str(conflict["conflict_id"])


@pytest.mark.parametrize(
    ("decision", "status"),
    [({"take": "stored"}, "点灯"), ({"take": "incoming"}, "撤去"), ({"take": "other", "value": "破損"}, "破損")],
)
def test_a_decision_closes_a_conflict(
    client: FlaskClient, workspace: Workspace, conflict_id: str, decision: dict[str, str], status: str
) -> None:
    """The layer has what was chosen; the record says who chose it and why."""
    body = {"decisions": {"status": decision}, "note": "現地で確認", "author": "山田"}
    resolved = client.post(f"/conflicts/{conflict_id}/resolve", json=body).get_json()
    decided = resolved["fields"][0]["decision"]

    assert (resolved["state"], status_of(workspace)) == ("closed", status)
    assert (decided["take"], decided["note"], decided["author"]) == (decision["take"], "現地で確認", "山田")
    assert client.get(f"/conflicts/{conflict_id}").get_json() == resolved
    assert client.get("/conflicts").get_json()["conflicts"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_request"),
        ({"decisions": {"status": "stored"}}, "bad_request"),
        ({"decisions": {"status": {"take": "stored"}}, "note": 3}, "bad_request"),
        ({"decisions": {"status": {"take": "stored"}}, "author": "山" * 201}, "bad_request"),
        ({"decisions": {"status": {"take": "both"}}}, "decision_invalid"),
        ({"decisions": {"name": {"take": "stored"}}}, "decision_invalid"),
        ({"decisions": {"status": {"take": "other", "value": "虹色"}}}, "not_in_domain"),
    ],
)
def test_a_decision_that_cannot_be_changes_nothing(
    client: FlaskClient, problem_of: Any, conflict_id: str, body: dict[str, Any], code: str
) -> None:
    """The record stays open."""
    problem_of(client.post(f"/conflicts/{conflict_id}/resolve", json=body), 400, code)

    assert client.get(f"/conflicts/{conflict_id}").get_json()["state"] == "open"


def test_what_is_not_there_is_told(client: FlaskClient, problem_of: Any) -> None:
    """Records and changes of other ids."""
    problem_of(client.get("/conflicts/none"), 404, "conflict_unknown")
    problem_of(client.post("/conflicts/none/resolve", json={"decisions": {}}), 404, "conflict_unknown")
    problem_of(client.post("/changes/none/release", json={}), 404, "change_unknown")
    problem_of(client.post("/changes/none/hand-on", json={}), 404, "change_unknown")
    problem_of(client.post("/changes/none/hand-on", json={"fields": []}), 404, "change_unknown")
    problem_of(client.post("/changes/none/hand-on", json={"fields": "x"}), 400, "bad_request")


def test_a_held_change_is_let_through(client: FlaskClient, workspace: Workspace, problem_of: Any) -> None:
    """It is listed with its author until somebody does; then it is in the layer and cannot be released again."""
    client.post("/sync/push", json=push(change(after="11111111-0000-7000-8000-000000000099"), author="田中"))
    (waiting,) = client.get("/changes/waiting").get_json()["changes"]
    url = f"/changes/{waiting['change_id']}/release"

    assert (waiting["receipt"]["status"], waiting["author"], status_of(workspace)) == ("held", "田中", "球切れ")
    problem_of(client.post(url.replace("release", "hand-on"), json={}), 409, "change_not_waiting")
    assert client.post(url, json={"author": "山田"}).get_json()["status"] == "applied"
    assert status_of(workspace) == "点灯"
    assert client.get("/changes/waiting").get_json() == {"changes": []}
    problem_of(client.post(url), 409, "change_not_waiting")


def test_a_rejected_change_is_mended_and_handed_on(client: FlaskClient, workspace: Workspace, problem_of: Any) -> None:
    """As it is it cannot be; with a value that fits it is stored."""
    client.post("/sync/push", json=push(change(fields={"status": {"old": "球切れ", "new": "虹色"}})))
    (waiting,) = client.get("/changes/waiting").get_json()["changes"]
    url = f"/changes/{waiting['change_id']}/hand-on"

    assert waiting["receipt"]["problem"]["code"] == "not_in_domain"
    problem_of(client.post(url), 400, "not_in_domain")
    assert client.post(url, json={"fields": {"status": "撤去"}}).get_json()["status"] == "applied"
    assert status_of(workspace) == "撤去"
    assert client.get("/changes/waiting").get_json() == {"changes": []}


def test_a_body_that_is_no_change_cannot_be_handed_on(client: FlaskClient, problem_of: Any) -> None:
    """It is told so, whatever stands in it."""
    client.post("/sync/push", json=push(change(fields=["status"])))
    (waiting,) = client.get("/changes/waiting").get_json()["changes"]

    problem_of(client.post(f"/changes/{waiting['change_id']}/hand-on", json={}), 400, "malformed_change")


def test_photos_are_missing_until_they_come(client: FlaskClient) -> None:
    """What a change names is listed with how much of it is here."""
    photo = {"sha256": SHA256, "name": "a.jpg", "size_bytes": len(PHOTO), "media_type": "image/jpeg"}
    client.post("/sync/push", json=push(change(attachments=[photo])))
    (missing,) = client.get("/attachments/missing").get_json()["attachments"]

    assert (missing["sha256"], missing["feature_id"], missing["n_bytes_here"]) == (SHA256, FEATURE_ID, 0)
    client.put(f"/attachments/{SHA256}", data=PHOTO)
    assert client.get("/attachments/missing").get_json() == {"attachments": []}


def test_a_day_is_a_day_of_japan(client: FlaskClient, workspace: Workspace, problem_of: Any) -> None:
    """15:00 UTC begins the next one."""
    workspace.clock = lambda: "2026-11-22T15:00:00Z"
    client.post("/sync/push", json=push(change(), author="田中"))
    (device,) = client.get("/days/2026-11-23/report").get_json()["devices"]

    assert (device["device_id"], device["authors"], device["n_sent"], device["n_applied"]) == (
        "tablet-1",
        ["田中"],
        1,
        1,
    )
    assert client.get("/days/2026-11-22/report").get_json()["devices"] == []
    for day in ("yesterday", "2026-13-01", "9999-12-31", "0001-01-01"):
        problem_of(client.get(f"/days/{day}/report"), 400, "bad_request")
