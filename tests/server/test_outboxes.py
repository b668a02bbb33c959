"""A tablet's file comes in by the browser of the office."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture.people import People, Right
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER

PHOTO = b"\xff\xd8\xff photo"
FEATURE = "00000000-0000-7000-8000-000000000004"


def outbox(status: str, *, n: int = 1, photo: bytes = PHOTO) -> bytes:
    """What a tablet writes out that has seen the light lit; changes of it follow one another."""
    changes = [
        {
            "change_id": f"change-{number}",
            "layer": LAYER,
            "feature_id": FEATURE,
            "kind": "update",
            "base_revision": 1,
            "fields": {"status": {"old": "点灯", "new": status}},
            "made_at": "2026-11-23T02:10:00Z",
        }
        for number in range(n)
    ]
    message = {
        "format": "gis-capture.push/v1",
        "device_id": "tablet-1",
        "author": "維持係 1班",
        "clock_at": "2026-11-23T02:11:00Z",
        "changes": changes,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("push.json", json.dumps(message))
        archive.writestr(f"attachments/{hashlib.sha256(PHOTO).hexdigest()}", photo)
    return file.getvalue()


def send(client: FlaskClient, content: bytes) -> Any:
    """Uploads a file."""
    data = {"file": (io.BytesIO(content), "gis-capture-outbox.zip")}
    return client.post("/sync/outboxes", data=data, content_type="multipart/form-data")


def test_a_file_of_any_length_is_taken_in_once(client: FlaskClient, workspace: Workspace) -> None:
    """Each change has its receipt, the tablet is the author, photos are here; again it adds nothing."""
    first, again = (send(client, outbox("球切れ", n=1001)).get_json() for _ in range(2))

    assert [receipt["change_id"] for receipt in first["receipts"]] == [f"change-{number}" for number in range(1001)]
    assert first["receipts"][0]["status"] == "applied" and again["receipts"] == first["receipts"]
    assert first["photos"] == {"n": 1, "n_here": 1}
    feature = client.get(f"/layers/{LAYER}/features/{FEATURE}").get_json()
    assert feature["properties"]["status"] == "球切れ"
    history = client.get(f"/layers/{LAYER}/features/{FEATURE}/history").get_json()
    assert "維持係 1班" in json.dumps(history, ensure_ascii=False)
    assert list(workspace.folder.uploads_dir.iterdir()) == []


def test_a_damaged_photo_is_counted(client: FlaskClient) -> None:
    """The changes are stored all the same."""
    taken = send(client, outbox("球切れ", photo=b"damaged")).get_json()
    assert (taken["receipts"][0]["status"], taken["photos"]) == ("applied", {"n": 1, "n_here": 0})


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"[1, 2]", b'{"format": "other"}'])
def test_what_is_no_outbox_is_told(client: FlaskClient, content: bytes) -> None:
    """In words, and nothing of it is kept."""
    answer = send(client, content)
    assert 400 <= answer.status_code < 500 and answer.get_json()["detail_ja"]


def test_a_file_is_chosen(client: FlaskClient, problem_of: Any) -> None:
    """A form without one is told so."""
    problem_of(client.post("/sync/outboxes", data={}, content_type="multipart/form-data"), 400, "no_file")


def test_the_rights_of_who_brings_the_file_count(app: Flask, elsewhere: FlaskClient, people: People) -> None:
    """A layer that the clerk may only read stays as it is; who brought the file is written down."""
    clerk = f"account:{people.accounts.get('佐藤').account_id}"
    people.accounts.grant(clerk, LAYER, Right.READ)
    taken = send(elsewhere, outbox("球切れ")).get_json()

    assert taken["receipts"][0]["status"] == "rejected"
    (line,) = [entry for entry in people.audit.lines() if entry["what"] == "outbox"]
    assert "佐藤" in line.values() and line["subject"] == "tablet-1"
