"""Members of the crew share a tablet by PIN: who is given, who may act for whom, what is written down."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import box

from gis_capture.people import People, Right, Role
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, PASSWORD, sign_in

PIN = "4071"
FEATURE = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def crew(app: Flask, people: People) -> str:
    """鈴木 of the crew, to whom the administrator gave a PIN; the id."""
    made = people.add_account("suzuki", PASSWORD, Role.CREW, title="鈴木 一郎").account_id
    assert sign_in(app, people, "高山").post(f"/people/{made}/pin", json={"pin": PIN}).status_code == 200
    return made


def tablet(app: Flask, people: People, name: str) -> FlaskClient:
    """A paired tablet that sends as this name."""
    client = app.test_client()
    code, _ = people.make_pairing_code(name, "高山")
    assert client.post("/pair", json={"code": code, "device_id": name}).status_code == 201
    return client


def push(name: str, person: str | None, change_id: str = "c1") -> dict[str, Any]:
    """Takes a feature away, in the name of somebody, under the name that a tablet claims."""
    change = {"change_id": change_id, "layer": LAYER, "feature_id": FEATURE, "kind": "delete", "base_revision": 1}
    message = {"format": "gis-capture.push/v1", "device_id": name, "author": "別人", "changes": [change]}
    return message if person is None else {**message, "person": person}


def test_a_tablet_sends_for_who_typed_the_pin_on_it(
    app: Flask, people: People, crew: str, problem_of: Any, workspace: Workspace
) -> None:
    """Under that person's name, whatever the tablet claims; for a person of another tablet it is refused, and told."""
    mine, other = tablet(app, people, "t1"), tablet(app, people, "t2")
    assert mine.get("/crew").get_json()["members"] == [{"account_id": crew, "name": "鈴木 一郎", "verifier": None}]
    told = problem_of(mine.post("/sync/push", json=push("t1", crew)), 403, "person_refused")
    assert "残っています" in told["detail_ja"]
    answer = mine.post("/crew/pin", json={"account_id": crew, "pin": PIN})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert mine.get("/crew").get_json()["members"] == [answer.get_json()["member"]]

    clerk = people.accounts.get("佐藤").account_id
    for client, name, person in ((other, "t2", crew), (mine, "t1", "x"), (mine, "t1", clerk)):
        problem_of(client.post("/sync/push", json=push(name, person)), 403, "person_refused")
    assert workspace.store.feature(LAYER, FEATURE) is not None
    assert mine.post("/sync/push", json=push("t1", crew)).get_json()["receipts"][0]["status"] == "applied"
    history = sign_in(app, people, "高山").get(f"/layers/{LAYER}/features/{FEATURE}/history").text
    assert "鈴木 一郎" in history and "別人" not in history


def test_on_a_shared_tablet_the_person_needs_the_right_too(
    app: Flask, people: People, crew: str, workspace: Workspace
) -> None:
    """What the tablet may edit and the person may not is rejected in that person's name."""
    mine = tablet(app, people, "t1")
    mine.post("/crew/pin", json={"account_id": crew, "pin": PIN})
    people.accounts.grant(f"account:{crew}", LAYER, Right.NONE)
    assert mine.post("/sync/push", json=push("t1", crew)).get_json()["receipts"][0]["status"] == "rejected"
    assert workspace.store.feature(LAYER, FEATURE) is not None


def test_on_a_shared_tablet_the_area_of_the_person_counts_too(
    app: Flask, people: People, crew: str, workspace: Workspace
) -> None:
    """The tablet has none, or another one; both are kept."""
    mine, here, there = tablet(app, people, "t1"), box(137.2, 36.1, 137.3, 36.2), box(138, 36.1, 138.1, 36.2)
    mine.post("/crew/pin", json={"account_id": crew, "pin": PIN})
    device = f"device:{people.devices.get('t1').device_id}"
    for number, areas in enumerate(({f"account:{crew}": there}, {device: there, f"account:{crew}": here})):
        for subject, shape in areas.items():
            people.areas.put(subject, "範囲", shape)
        (receipt,) = mine.post("/sync/push", json=push("t1", crew, f"c{number}")).get_json()["receipts"]
        assert receipt["problem"]["code"] == "outside_area"
    people.areas.put(device, "範囲", here)
    assert mine.post("/sync/push", json=push("t1", crew, "c9")).get_json()["receipts"][0]["status"] == "applied"


def test_on_a_shared_tablet_reads_follow_the_tablet_and_the_person(
    app: Flask, people: People, crew: str, problem_of: Any
) -> None:
    """By pulls, pages of features, counts and tiles; without a person, those of the tablet alone."""
    mine, path = tablet(app, people, "t1"), f"/layers/{LAYER}/features"
    device, account = f"device:{people.devices.get('t1').device_id}", f"account:{crew}"
    as_suzuki = {"Person": crew}
    problem_of(mine.get(path, headers=as_suzuki), 403, "person_refused")
    mine.post("/crew/pin", json={"account_id": crew, "pin": PIN})

    def seen(headers: dict[str, str]) -> int:
        lines = mine.get(f"/sync/pull?layers={LAYER}", headers=headers).text.splitlines()
        n_pulled = sum('"type":"feature"' in line.replace(" ", "") for line in lines)
        assert mine.get(path, headers=headers).get_json()["numberMatched"] == n_pulled
        assert mine.get("/layers", headers=headers).get_json()["layers"][0]["n_features"] == n_pulled
        assert bool(mine.get(f"/tiles/{LAYER}/10/902/401.mvt", headers=headers).data) is (n_pulled > 0)
        return n_pulled

    assert seen(as_suzuki) == seen({}) == 30
    west, middle = box(137.2495, 36.1, 137.2595, 36.2), box(137.2545, 36.1, 137.2695, 36.2)
    for areas, n_of_both, n_of_tablet in (
        ({account: west}, 9, 30),
        ({device: middle}, 4, 14),
        ({device: box(138, 36.1, 138.1, 36.2)}, 0, 0),
    ):
        for subject, shape in areas.items():
            people.areas.put(subject, "範囲", shape)
        assert (seen(as_suzuki), seen({})) == (n_of_both, n_of_tablet), areas

    people.accounts.grant(account, LAYER, Right.NONE)
    for asked in (path, f"/sync/pull?layers={LAYER}", f"/tiles/{LAYER}/10/902/401.mvt"):
        problem_of(mine.get(asked, headers=as_suzuki), 403, "layer_not_granted")
        assert mine.get(asked).status_code in (200, 204)
    assert mine.get("/layers", headers=as_suzuki).get_json()["layers"] == []
    people.pins.put(people.accounts.get("suzuki"), "830264")
    problem_of(mine.get("/layers", headers=as_suzuki), 403, "person_refused")


def test_without_pins_crews_send_as_before(app: Flask, people: People) -> None:
    """Under the name that they gave; there is nobody to choose."""
    mine = tablet(app, people, "t1")
    assert mine.get("/crew").get_json() == {"members": []}
    assert mine.post("/sync/push", json=push("t1", None)).get_json()["receipts"][0]["status"] == "applied"


def test_pins_are_for_tablets_alone(app: Flask, people: People, crew: str, problem_of: Any) -> None:
    """Somebody who is signed in learns nothing about the crew, and can try none."""
    clerk = sign_in(app, people, "佐藤")
    assert clerk.get("/crew").get_json() == {"members": []}
    problem_of(clerk.post("/crew/pin", json={"account_id": crew, "pin": PIN}), 403, "person_refused")
    problem_of(clerk.post("/sync/push", json=push("t", crew)), 403, "person_refused")


def test_only_the_administrator_gives_pins(app: Flask, people: People, crew: str, problem_of: Any) -> None:
    """To the crew; none is shown again, nor is its hash."""
    admin, clerk = sign_in(app, people, "高山"), sign_in(app, people, "佐藤")
    problem_of(clerk.post(f"/people/{crew}/pin", json={"pin": "5083"}), 403, "role_too_low")
    problem_of(tablet(app, people, "t1").post(f"/people/{crew}/pin", json={"pin": "5083"}), 403, "role_too_low")
    problem_of(admin.post(f"/people/{crew}/pin", json={"pin": "1234"}), 422, "pin_unusable")
    office = people.accounts.get("佐藤").account_id
    problem_of(admin.post(f"/people/{office}/pin", json={"pin": PIN}), 409, "pin_for_crew")
    listed = admin.get("/people")
    assert {one["name"]: one["has_pin"] for one in listed.get_json()["accounts"]}["suzuki"] is True
    assert PIN not in listed.text and "argon2" not in listed.text
    assert admin.post(f"/people/{crew}/pin", json={"pin": ""}).status_code == 200
    assert {one["has_pin"] for one in admin.get("/people").get_json()["accounts"]} == {False}


def test_what_is_done_with_pins_is_written_down(app: Flask, people: People, crew: str, problem_of: Any) -> None:
    """Who gave one, on which tablet it was typed, rightly or not, and for whom changes came; never the PIN."""
    mine = tablet(app, people, "t1")
    problem_of(mine.post("/crew/pin", json={"account_id": crew, "pin": "9035"}), 403, "pin_wrong")
    mine.post("/crew/pin", json={"account_id": crew, "pin": PIN})
    mine.post("/sync/push", json=push("t1", crew))
    lines = list(people.audit.lines())
    told = {line["what"]: (line["who"], line["subject"], line["detail"]) for line in lines}

    assert told["person_pin"] == ("高山", crew, "suzuki")
    assert told["crew_pin_refused"] == ("t1", crew, "")
    assert told["crew_pin"] == ("t1", "", "鈴木 一郎")
    who, subject, detail = told["push"]
    assert (who, subject) == ("t1", "t1") and f"person 鈴木 一郎 ({crew}); " in detail
    assert not any(pin in str(line) for line in lines for pin in (f"'{PIN}'", "9035"))
