"""Layers to capture in, without a ledger."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.definitions import layer_to_json
from gis_capture.workspace import Workspace
from tests.sync.tablets import LAMP, POLE


def test_a_known_layer_is_made_empty(client: FlaskClient, workspace: Workspace) -> None:
    """Made once, it is there; made again, nothing changes."""
    first = client.post("/layers", json={"layer": "fire_hydrant", "author": "山田"})
    revision = workspace.store.revision()
    second = client.post("/layers", json={"layer": "fire_hydrant"})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["definition"]["key"] == "fire_hydrant"
    assert (workspace.store.count("fire_hydrant"), workspace.store.revision()) == (0, revision)


def test_a_layer_of_a_given_definition_takes_changes(client: FlaskClient) -> None:
    """What is pushed into it comes back by a pull."""
    assert client.post("/layers", json={"definition": layer_to_json(POLE)}).status_code == 201
    change = {"change_id": "c1", "layer": "pole", "feature_id": "f1", "kind": "insert"}
    change["fields"] = {"number": {"old": None, "new": "P-1"}}  # type: ignore[assignment]
    message = {"format": "gis-capture.push/v1", "device_id": "t1", "changes": [change]}

    receipts = client.post("/sync/push", json=message).get_json()["receipts"]

    assert [receipt["status"] for receipt in receipts] == ["applied"]
    assert '"number":"P-1"' in client.get("/sync/pull?layers=pole").get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"layer": "no_such"}, 404, "layer_unknown"),
        ({"definition": {"key": "x"}}, 400, "definition_unusable"),
        ({"definition": []}, 400, "definition_unusable"),
        ({"definition": {**layer_to_json(LAMP), "key": "street_light", "definition_version": 0}}, 400, None),
        ({"definition": {**layer_to_json(LAMP), "key": "street_light", "crs": "EPSG:4326"}}, 409, "definition_refused"),
    ],
)
def test_what_cannot_be_made_is_told(client: FlaskClient, body: Any, status: int, code: str | None) -> None:
    """With the reason, and nothing changes."""
    answer = client.post("/layers", json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code or answer.get_json()["code"])
    assert answer.get_json()["detail_ja"]


def test_who_sees_no_personal_data_gives_no_definitions(elsewhere: FlaskClient) -> None:
    """It could say that a field is not personal."""
    body = {"definition": layer_to_json(POLE)}

    assert elsewhere.post("/layers", json=body).status_code == 403
    assert elsewhere.post("/layers", json={"layer": "street_tree"}).status_code == 201
