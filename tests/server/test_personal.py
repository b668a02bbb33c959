"""Fields with personal data: on the server's own screen, elsewhere only when the office says so."""

import dataclasses
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture.model import Feature, Text
from gis_capture.people import People
from gis_capture.server.authorization.rules import RULES
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.server.test_authorization import ask, routes

LAYER = "street_light"
FIELD = "note_of_owner"
FEATURES = f"/layers/{LAYER}/features"
FEATURE_ID = "00000000-0000-7000-8000-000000000099"
SECRET = "持ち主の電話番号"


@pytest.fixture(autouse=True)
def secret(workspace: Workspace) -> None:
    """One light with a personal text in a field of its own."""
    layer = workspace.store.layer(LAYER)
    status = layer.field("status")
    personal = dataclasses.replace(
        status,
        field_id=f"{LAYER}.{FIELD}",
        name=FIELD,
        title=Text("持ち主", "Owner"),
        domain=None,
        is_personal=True,
        aliases=(),
    )
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.put_layer(
            dataclasses.replace(
                layer, fields=(*layer.fields, personal), definition_version=layer.definition_version + 1
            )
        )
        transaction.insert([Feature(LAYER, FEATURE_ID, None, {"ledger_number": "P-1", FIELD: SECRET})])


@pytest.fixture
def shared(workspace: Workspace) -> None:
    """The office has switched the setting on."""
    settings = dataclasses.replace(workspace.settings, shares_personal_fields=True)
    workspace.folder = dataclasses.replace(workspace.folder, settings=settings)


def all_answers(client: FlaskClient, tmp_path: Path, **environ: Any) -> dict[str, bool]:
    """Asks for the feature in every way; tells by address whether the personal text is in the answer."""
    paths = (
        f"{FEATURES}?limit=100",
        f"{FEATURES}/{FEATURE_ID}",
        f"/layers/{LAYER}/export?format=geojson",
        f"/layers/{LAYER}/export?format=csv",
    )
    found = {path: SECRET.encode() in client.get(path, **environ).data for path in paths}
    search = client.get(f"{FEATURES}?q={SECRET}", **environ).get_json()
    found["q"] = search["numberMatched"] == 1
    file = tmp_path / "export.gpkg"
    file.write_bytes(client.get(f"/layers/{LAYER}/export?format=gpkg", **environ).data)
    connection = sqlite3.connect(file)
    found["gpkg"] = FIELD in {row[1] for row in connection.execute(f"PRAGMA table_info({LAYER})")}
    connection.close()
    return found


def test_the_office_computer_sees_all(client: FlaskClient, tmp_path: Path) -> None:
    """Its own pages come from the loopback address."""
    assert all(all_answers(client, tmp_path).values())
    assert all(all_answers(client, tmp_path, environ_overrides={"REMOTE_ADDR": "::1"}).values())


def test_who_may_not_see_them_does_not(elsewhere: FlaskClient, client: FlaskClient, tmp_path: Path) -> None:
    """Neither in features, nor in files, nor by searching; the rest is there. The administrator sees all."""
    assert not any(all_answers(elsewhere, tmp_path).values())
    feature = elsewhere.get(f"{FEATURES}/{FEATURE_ID}").get_json()

    assert feature["properties"]["ledger_number"] == "P-1" and FIELD not in feature["properties"]
    assert all(all_answers(client, tmp_path).values())


@pytest.mark.usefixtures("shared")
def test_the_setting_shares_them(elsewhere: FlaskClient, tmp_path: Path) -> None:
    """With everybody."""
    assert all(all_answers(elsewhere, tmp_path).values())


def exchange(client: FlaskClient) -> tuple[bool, str]:
    """Pulls, then pushes a new personal text; tells whether the old one was pulled, and the receipt's status."""
    is_pulled = SECRET in client.get(f"/sync/pull?layers={LAYER}").text
    change = {
        "change_id": "11111111-0000-7000-8000-000000000001",
        "layer": LAYER,
        "feature_id": FEATURE_ID,
        "kind": "update",
        "after": None,
        "base_revision": 2,
        "definition_version": 2,
        "fields": {FIELD: {"old": SECRET, "new": "x"}},
        "made_at": "2026-11-23T02:10:00Z",
    }
    message = {
        "format": "gis-capture.push/v1",
        "device_id": "tablet-1",
        "clock_at": "2026-11-23T02:11:00Z",
        "changes": [change],
    }
    (receipt,) = client.post("/sync/push", json=message).get_json()["receipts"]
    return is_pulled, receipt["status"]


def test_tablets_neither_get_nor_write_them(client: FlaskClient) -> None:
    """Not even from the server's own computer: a tablet is carried away."""
    assert exchange(client) == (False, "rejected")


@pytest.mark.usefixtures("shared")
def test_tablets_get_and_write_them_by_the_setting(client: FlaskClient) -> None:
    """Where the office has switched it on."""
    assert exchange(client) == (True, "applied")


def test_waiting_changes_hide_them_from_other_computers(elsewhere: FlaskClient, client: FlaskClient) -> None:
    """What a tablet wrote into such a field is seen on the server's own screen only."""
    exchange(client)

    at_home = client.get("/changes/waiting")
    away = elsewhere.get("/changes/waiting")

    assert SECRET in at_home.text
    assert SECRET not in away.text
    assert away.get_json()["changes"][0]["body"]["fields"] == {FIELD: {"is_hidden": True}}


@pytest.mark.usefixtures("shared")
def test_conflicts_hide_them_from_other_computers(
    elsewhere: FlaskClient, client: FlaskClient, workspace: Workspace
) -> None:
    """A clash over such a field is listed, but not its values."""
    feature = workspace.store.feature(LAYER, FEATURE_ID)
    assert feature is not None
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.update(dataclasses.replace(feature, fields={**feature.fields, FIELD: "別の電話番号"}))
    assert exchange(client)[1] == "conflict"
    settings = dataclasses.replace(workspace.settings, shares_personal_fields=False)
    workspace.folder = dataclasses.replace(workspace.folder, settings=settings)

    at_home = client.get("/conflicts").get_json()["conflicts"][0]["fields"][0]
    (away,) = elsewhere.get("/conflicts").get_json()["conflicts"][0]["fields"]

    assert (at_home["base"], at_home["stored"]) == (SECRET, "別の電話番号")
    assert away["is_hidden"] and away["base"] is None and away["stored"] is None


def test_history_and_deleted_features_hide_it_too(elsewhere: FlaskClient, client: FlaskClient) -> None:
    """From other computers: a changed value says that it is hidden; a deleted feature is not found by it."""
    change = {"change_id": "c-1", "layer": LAYER, "feature_id": FEATURE_ID, "kind": "delete"}
    push = {"format": "gis-capture.push/v1", "device_id": "tablet", "changes": [{**change, "base_revision": 2}]}
    asked = (f"{FEATURES}/{FEATURE_ID}/history", f"/layers/{LAYER}/deleted?q={SECRET}")
    receipt = client.post("/sync/push", json=push).get_json()["receipts"][0]
    here = [client.get(path).get_data(as_text=True) for path in asked]
    there = [elsewhere.get(path).get_data(as_text=True) for path in asked]

    assert receipt["status"] == "applied"
    assert [SECRET in answer for answer in here] == [True, True]
    assert [SECRET in answer for answer in there] == [False, False]
    assert "is_hidden" in there[0] and FEATURE_ID not in there[1]


def test_words_about_a_waiting_change_tell_no_personal_value(
    elsewhere: FlaskClient, client: FlaskClient, workspace: Workspace, shared: None
) -> None:
    """Neither its reason nor a body that is no change; the office's own screen sees both."""
    about = {"layer": LAYER, "kind": "insert"}
    unlit = {"old": None, "new": {"not": SECRET}}
    changes = [
        {"change_id": "a", "feature_id": "a", **about, "fields": {FIELD: {"old": None, "new": SECRET}}, "after": "b"},
        {"change_id": "c", "feature_id": "c", **about, "fields": {FIELD: unlit}},
        {"change_id": "d", "feature_id": "d", **about, "fields": [SECRET]},
    ]
    answer = client.post("/sync/push", json={"format": "gis-capture.push/v1", "device_id": "t", "changes": changes})
    assert [one["status"] for one in answer.get_json()["receipts"]] == ["held", "rejected", "rejected"]
    settings = dataclasses.replace(workspace.settings, shares_personal_fields=False)
    workspace.folder = dataclasses.replace(workspace.folder, settings=settings)

    assert SECRET in client.get("/changes/waiting").get_data(as_text=True)
    away = elsewhere.get("/changes/waiting")
    assert len(away.get_json()["changes"]) == 3
    assert SECRET not in json.dumps(away.get_json(), ensure_ascii=False)


@pytest.mark.parametrize("subject", ["佐藤", "role:office"])
def test_personal_data_is_granted_by_layer(
    elsewhere: FlaskClient, client: FlaskClient, people: People, tmp_path: Path, subject: str
) -> None:
    """To who sees none, or kept from who sees all; a word about the layer goes before that of the account."""
    granted = {"subject": subject, "layer": LAYER, "right": "personal"}
    assert client.post("/grants", json=granted | {"layer": "street_tree"}).status_code == 200
    assert not any(all_answers(elsewhere, tmp_path).values())
    assert client.post("/grants", json=granted).status_code == 200
    assert all(all_answers(elsewhere, tmp_path).values())
    assert list(people.audit.lines())[-1]["detail"] == "with_personal"
    assert client.post("/grants", json=granted | {"right": "no_personal"}).status_code == 200
    assert not any(all_answers(elsewhere, tmp_path).values())
    given = client.post("/grants", json=granted | {"right": "read"}).get_json()["grants"]
    assert [one["right"] for one in given if one["layer"] == LAYER] == ["no_personal", "read"]
    given = client.post("/grants", json=granted | {"right": None}).get_json()["grants"]
    assert [one["layer"] for one in given] == ["street_tree"]


@pytest.mark.usefixtures("elsewhere")
def test_personal_data_is_kept_from_who_sees_all_other(client: FlaskClient, people: People, tmp_path: Path) -> None:
    """Also at the quick door."""
    people.accounts.grant(f"account:{people.accounts.get('高山').account_id}", LAYER, False)
    assert not any(all_answers(client, tmp_path).values())


@pytest.mark.usefixtures("elsewhere")
def test_tablets_are_granted_no_personal_data(client: FlaskClient, people: People, problem_of: Any) -> None:
    """The setting decides on them alone."""
    code, _ = people.make_pairing_code("t1", "高山")
    _, device = people.pair(code, "t1", address="")
    body = {"subject": f"device:{device.device_id}", "layer": LAYER, "right": "personal"}
    problem_of(client.post("/grants", json=body), 422, "personal_for_people")


def test_a_fix_list_is_given_to_who_may_see_what_it_quotes(
    elsewhere: FlaskClient, client: FlaskClient, workspace: Workspace, tmp_path: Path, problem_of: Any
) -> None:
    """It quotes the ledger; that it was read is written down."""
    ledger = tmp_path / "台帳.csv"
    ledger.write_text("管理番号,経度,緯度\nZ-1,137.25,36.14\nZ-2,137.25,x\n", encoding="utf-8")
    made = workspace.convert(ledger, layer="vacant_house")
    path = f"/imports/{made.import_id}/fix-list"
    problem_of(elsewhere.get(path), 403, "personal_hidden")
    assert client.get(path).status_code == 200
    (line,) = [line for line in workspace.people.audit.lines() if line["what"] == "fix_list"]
    assert (line["who"], line["layer"], line["detail"]) == ("高山", "vacant_house", "with_personal")


def test_words_of_an_import_tell_no_personal_value(
    elsewhere: FlaskClient, client: FlaskClient, workspace: Workspace, tmp_path: Path
) -> None:
    """In the import, in the list and in its map; who may see them has each reading written down, with the layer."""
    ledger = tmp_path / "空家.csv"
    ledger.write_text("管理番号,経度,緯度,所有者氏名\nZ-1,137.25,36.14,鈴\ue000\n", encoding="utf-8")
    made = workspace.convert(ledger, layer="vacant_house", matches={"所有者氏名": "owner_name"})
    told = [one for one in made.to_json("ja")["problems"] if one["field"] == "owner_name"]
    assert told and any("E000" in one["message"] for one in told)
    for path in (f"/imports/{made.import_id}", "/imports"):
        n_lines = len(list(workspace.people.audit.lines()))
        assert "E000" not in elsewhere.get(path).text
        assert len(list(workspace.people.audit.lines())) == n_lines
        assert "E000" in client.get(path).text
        (line,) = list(workspace.people.audit.lines())[n_lines:]
        assert (line["who"], line["what"], line["layer"]) == ("高山", "personal_read", "vacant_house")
    assert "E000" not in client.get(f"/imports/{made.import_id}/report").text


def test_only_what_was_given_is_written_down(client: FlaskClient, elsewhere: FlaskClient, workspace: Workspace) -> None:
    """Neither an empty list nor a conflict over something else is a reading of personal data."""
    exchange(elsewhere)
    n_lines = len(list(workspace.people.audit.lines()))
    for path in ("/conflicts?state=all", f"/layers/{LAYER}/features/00000000-0000-7000-8000-000000000001/history"):
        assert client.get(path).status_code == 200
    assert len(list(workspace.people.audit.lines())) == n_lines
    assert SECRET in client.get("/changes/waiting").text
    assert list(workspace.people.audit.lines())[-1]["layer"] == LAYER


def test_paper_is_for_who_may_see_what_stands_on_it(app: Flask, elsewhere: FlaskClient, client: FlaskClient) -> None:
    """A scanned ledger may hold anything, whatever the route."""
    asked = [(method, route) for endpoint, method, route in routes(app) if RULES[endpoint].is_personal]
    assert {route.rule for _, route in asked} >= {"/scanned-ledgers", "/scanned-ledgers/<scan_id>/finished.xlsx"}
    for method, route in asked:
        refused = ask(elsewhere, method, route)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "personal_hidden"), route.rule
        assert ask(client, method, route, address="127.0.0.1").status_code != 403, route.rule


def test_what_was_refused_is_written_down(elsewhere: FlaskClient, workspace: Workspace) -> None:
    """Method, path and why; not what was asked for behind it."""
    assert elsewhere.get("/people?q=x").status_code == 403
    line = list(workspace.people.audit.lines())[-1]
    assert (line["who"], line["what"], line["detail"]) == ("佐藤", "refused", "GET /people role_too_low")
