"""Layers are handed out and taken back over HTTP."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, N_LIGHTS
from tests.sync.out_files import edited


@pytest.fixture
def out(client: FlaskClient, tmp_path: Path) -> Path:
    """The lights, downloaded."""
    made = client.post("/checkouts", json={"layers": [LAYER], "author": "山田"})
    assert made.status_code == 201
    (tmp_path / "out.gpkg").write_bytes(client.get(made.headers["Location"]).data)
    return tmp_path / "out.gpkg"


def send(client: FlaskClient, path: Path, **form: str) -> Any:
    """Uploads a file."""
    data = {"file": (io.BytesIO(path.read_bytes()), path.name), **form}
    return client.post("/checkins", data=data, content_type="multipart/form-data")


def test_a_file_goes_out_and_comes_back(client: FlaskClient, workspace: Workspace, out: Path) -> None:
    """Counted first, then stored, then known; nothing stays in the folder of uploads."""
    with edited(out) as db:
        db.execute(f"UPDATE {LAYER} SET status = '撤去' WHERE ledger_number = 'A-004'")
    dry = send(client, out, is_dry_run="1").get_json()
    first = send(client, out).get_json()
    again = send(client, out).get_json()

    assert (dry["n_changes"], dry["counts"], first["counts"]) == (1, {}, {"applied": 1})
    assert again["receipts"] == first["receipts"] and again["layers"][0]["n_known"] == 1
    feature = client.get(f"/layers/{LAYER}/features/00000000-0000-7000-8000-000000000004").get_json()
    assert feature["properties"]["status"] == "撤去"
    assert list(workspace.folder.uploads_dir.iterdir()) == []


def test_what_was_handed_out_is_listed(client: FlaskClient, out: Path) -> None:
    """With who took it and how much of it; the file has a name for people."""
    (listed,) = client.get("/checkouts").get_json()["checkouts"]
    headers = client.get(listed["file"]).headers

    assert (listed["author"], listed["layers"], listed["n_features"]) == ("山田", [LAYER], N_LIGHTS)
    assert headers["Content-Type"] == "application/geopackage+sqlite3"
    assert headers["Content-Disposition"].startswith(f'attachment; filename="{LAYER}.gpkg"')


def test_an_area_is_handed_out(client: FlaskClient) -> None:
    """What touches the box, and what has no place."""
    made = client.post("/checkouts", json={"bbox": [137.25, 36, 137.2525, 37]}).get_json()

    assert made["n_features"] == 4


def test_personal_fields_stay_in_the_office(client: FlaskClient, elsewhere: FlaskClient, problem_of: Any) -> None:
    """Neither made nor downloaded from another computer."""
    made = client.post("/checkouts", json={"with_personal": True}).get_json()

    problem_of(elsewhere.get(made["file"]), 403, "personal_hidden")
    asked = elsewhere.post("/checkouts", json={"with_personal": True})
    problem_of(asked, 403, "personal_hidden")


def test_wrong_requests_say_what_is_wrong(
    client: FlaskClient, workspace: Workspace, out: Path, tmp_path: Path, problem_of: Any
) -> None:
    """No file, another kind of file, an unknown check-out, a box that is none."""
    (tmp_path / "x.gpkg").write_bytes(b"SQLite format 3\0" + bytes(3000))
    problem_of(client.post("/checkins"), 400, "no_file")
    problem_of(send(client, tmp_path / "x.gpkg"), 422, "checkin_unreadable")
    problem_of(send(client, out, checkout_id="../../layers"), 404, "checkout_unknown")
    problem_of(client.get("/checkouts/00000000-0000-7000-8000-000000000004/file"), 404, "checkout_unknown")
    problem_of(client.post("/checkouts", json={"bbox": [1, 2, 0, 3]}), 400, "bad_request")
    problem_of(client.post("/checkouts", json={"layers": ["nichts"]}), 404, "layer_unknown")
    workspace.store.epoch = "another"
    problem_of(send(client, out), 409, "checkout_other_epoch")
    assert send(client, out, is_after_restore="1").status_code == 200
    assert list(workspace.folder.uploads_dir.iterdir()) == []


def test_a_zip_brings_photos(client: FlaskClient, workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """The file with the pictures its rows name; alone it tells which are missing."""
    with edited(out) as db:
        db.execute(f"ALTER TABLE {LAYER} ADD COLUMN photo TEXT")
        db.execute(f"UPDATE {LAYER} SET photo = 'DCIM/a.png' WHERE ledger_number = 'A-004'")
    with zipfile.ZipFile(tmp_path / "back.zip", "w") as archive:
        archive.write(out, "out.gpkg")
        archive.writestr("DCIM/a.png", b"\x89PNG\r\n\x1a\n")
    alone = send(client, out, is_dry_run="1").get_json()
    packed = send(client, tmp_path / "back.zip").get_json()

    assert "checkin_photo_missing" in [one["code"] for one in alone["problems"]]
    assert "checkin_photo_missing" not in [one["code"] for one in packed["problems"]]
    feature = workspace.store.feature(LAYER, "00000000-0000-7000-8000-000000000004")
    assert feature is not None and [one.name for one in feature.attachments] == ["a.png"]
    assert list(workspace.folder.uploads_dir.iterdir()) == []


def test_a_journal_of_qfield_is_taken(client: FlaskClient, workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """With the id of its check-out; a half-written one is refused with its reason."""
    (checkout,) = workspace.checkouts.list()
    entry = {
        "uuid": "aaaaaaaa-0000-4000-8000-000000000001",
        "clientId": "c",
        "localPk": "4",
        "sourcePk": "4",
        "localLayerName": LAYER,
        "method": "patch",
        "new": {"attributes": {"status": "撤去"}},
    }
    path = tmp_path / "deltafile_01.json"
    path.write_text(json.dumps({"version": "1.0", "deltas": [entry]}), encoding="utf-8")
    taken = send(client, path, checkout_id=checkout.checkout_id)
    unnamed = send(client, path)
    path.write_text('{"version": "1.0", "deltas": [{', encoding="utf-8")
    cut = send(client, path, checkout_id=checkout.checkout_id)

    assert taken.get_json()["counts"] == {"applied": 1}
    assert (unnamed.status_code, cut.status_code) == (422, 422) and cut.get_json()["code"] == "delta_unreadable"
    assert list(workspace.folder.uploads_dir.iterdir()) == []
