"""A photo is for who may see a feature that carries it; knowing its SHA-256 gives nobody a right."""

import hashlib
import sqlite3
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import box

from gis_capture.people import People, Right, Role
from gis_capture.store.tables.sync import SyncTables
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, PASSWORD, sign_in
from tests.server.test_areas import WEST, feature_id, push

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40
SHA256 = hashlib.sha256(PHOTO).hexdigest()
URL = f"/attachments/{SHA256}"


def naming(number: int, key: str = "attachments") -> dict[str, Any]:
    """A change that hangs the photo on a light."""
    photo = {"sha256": SHA256, "name": "a.jpg", "media_type": "image/jpeg", "size_bytes": len(PHOTO)}
    change = {"change_id": str(uuid4()), "kind": "update"}
    return {**change, "feature_id": feature_id(number), "base_revision": 1, "fields": {}, key: [photo]}


@pytest.fixture
def east(app: Flask, people: People) -> FlaskClient:
    """Somebody who works in the east, where light 20 stands."""
    return worker(app, people, "東", box(137.2695, 36.1, 137.3, 36.2))


def worker(app: Flask, people: People, name: str, area: Any = None, role: Role = Role.CREW) -> FlaskClient:
    """Signs somebody in who is limited to an area."""
    account = people.add_account(name, PASSWORD, role)
    if area is not None:
        people.areas.put(f"account:{account.account_id}", "範囲", area)
    return sign_in(app, people, name)


def test_a_photo_on_its_way_is_of_who_sent_it(
    app: Flask, people: People, east: FlaskClient, workspace: Workspace, problem_of: Any
) -> None:
    """Until a feature carries it; then it is for all who may see that one, and the administrator sees it always."""
    west, viewer = worker(app, people, "西", WEST), worker(app, people, "見る人", role=Role.VIEWER)
    assert east.put(URL, data=PHOTO).status_code == 201
    # Who sends what is here already may have sent anything.
    assert west.put(URL, data=b"x" * len(PHOTO)).status_code == 201
    for path in (URL, f"{URL}/thumbnail"):
        assert east.get(path).status_code != 403
        for other in (west, viewer):
            problem_of(other.get(path), 403, "layer_not_granted")
    assert sign_in(app, people, "高山").get(URL).data == PHOTO

    assert push(east, naming(20)) == [("applied", None)]
    assert viewer.get(URL).data == east.get(URL).data == PHOTO
    problem_of(west.get(URL), 403, "layer_not_granted")
    people.accounts.grant("role:viewer", LAYER, Right.NONE)
    problem_of(viewer.get(URL), 403, "layer_not_granted")


def test_naming_the_photo_of_others_gives_no_right_to_it(
    app: Flask, people: People, east: FlaskClient, workspace: Workspace, problem_of: Any
) -> None:
    """By an own feature, now or taken away and undone; what is refused is with the office."""
    west, admin = worker(app, people, "西", WEST), sign_in(app, people, "高山")
    assert push(east, naming(20)) == [("applied", None)]
    assert east.put(URL, data=PHOTO).status_code == 201

    for key in ("attachments", "detached"):
        assert push(west, naming(1, key)) == [("rejected", "photo_of_others")]
        problem_of(west.get(URL), 403, "layer_not_granted")
    waiting = [one["body"]["feature_id"] for one in admin.get("/changes/waiting").get_json()["changes"]]
    assert waiting == [feature_id(1)] * 2
    # Who sees the photo may hang it on another feature; then it is for those who see that one.
    assert push(admin, naming(1)) == [("applied", None)]
    assert west.get(URL).data == PHOTO


@pytest.mark.parametrize("changes", [5, [5], [{"attachments": [{"sha256": ["x"]}, 5]}], [{"detached": {"sha256": {}}}]])
def test_a_push_that_names_photos_in_no_form_is_told_so(east: FlaskClient, changes: Any) -> None:
    """Where photos are looked for, as everywhere."""
    message = {"format": "gis-capture.push/v1", "device_id": str(uuid4()), "author": "東", "changes": changes}
    answer = east.post("/sync/push", json=message)
    assert answer.status_code < 500, answer.text


def test_the_office_hands_on_no_photo_that_it_may_not_see(
    app: Flask, people: People, east: FlaskClient, workspace: Workspace, problem_of: Any
) -> None:
    """Though it may edit the layer of the change that names it."""
    admin, clerk = sign_in(app, people, "高山"), sign_in(app, people, "佐藤")
    other = admin.post("/layers", json={"layer": "park"})
    assert other.status_code in (200, 201), other.text
    assert push(east, naming(20)) == [("applied", None)]
    assert east.put(URL, data=PHOTO).status_code == 201
    people.accounts.grant(f"account:{people.accounts.get('佐藤').account_id}", LAYER, Right.NONE)
    insert = {**naming(1), "kind": "insert", "layer": "park", "feature_id": feature_id(500), "base_revision": None}
    assert push(clerk, insert) == [("rejected", "photo_of_others")]
    (waiting,) = [one for one in clerk.get("/changes/waiting").get_json()["changes"] if one["body"]["layer"] == "park"]

    refused = clerk.post(f"/changes/{waiting['body']['change_id']}/hand-on", json={"fields": {}})
    problem_of(refused, 403, "layer_not_granted")
    problem_of(clerk.get(URL), 403, "layer_not_granted")


def test_the_carriers_of_a_photo_are_found_by_an_index(workspace: Workspace) -> None:
    """However many photos there are."""
    with closing(sqlite3.connect(workspace.folder.store_path)) as connection:
        asked = list[str]()
        connection.set_trace_callback(asked.append)
        assert list(SyncTables(connection).named_attachments(SHA256)) == []
        connection.set_trace_callback(None)
        ((*_, step),) = connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}")
    assert step.startswith("SEARCH") and "sha256=?" in step
