"""Packs over HTTP: asked for, watched, fetched whole or in part, taken away."""

import errno
import time
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import box

from gis_capture.people import People, Role
from gis_capture.store.protocol import Author
from gis_capture.tiles.packs import PackPlan
from gis_capture.workspace import Workspace
from tests.server.conftest import PASSWORD, sign_in

BOX = [137.2, 36.1, 137.3, 36.2]


def made(client: FlaskClient, **body: Any) -> dict[str, Any]:
    """Asks for a pack and waits until it is there."""
    assert client.post("/layer-packs", json={"name": "east", "bbox": BOX, **body}).status_code == 202
    for _ in range(400):
        answer: dict[str, Any] = client.get("/layer-packs").get_json()
        if not answer["jobs"]:
            (pack,) = answer["packs"]
            return dict(pack)
        assert answer["jobs"][0]["state"] != "failed", answer
        time.sleep(0.05)
    raise AssertionError("it was not made in 20 seconds")


def test_a_pack_is_made_and_fetched(client: FlaskClient, workspace: Workspace) -> None:
    """Its address changes with its content alone, and ranges of it are given."""
    pack = made(client, layers=["street_light"])
    whole = client.get(pack["url"])
    part = client.get(pack["url"], headers={"Range": "bytes=0-6"})
    again = made(client, layers=["street_light"])
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.delete("street_light", "00000000-0000-7000-8000-000000000000")
    (changed,) = client.get("/layer-packs").get_json()["packs"]

    assert (len(whole.data), part.status_code, part.data) == (pack["size_bytes"], 206, b"PMTiles")
    assert "immutable" in whole.headers["Cache-Control"]
    assert (again, pack["is_current"], changed["is_current"]) == (pack, True, False)
    assert made(client, layers=["street_light"])["url"] != pack["url"]
    # Who is halfway through it can end.
    assert client.get(pack["url"]).data == whole.data


def test_an_estimate_costs_no_pack(client: FlaskClient) -> None:
    """Some bytes, and the box that would be packed."""
    answer = client.post("/layer-packs/estimate", json={"layers": ["street_light"]}).get_json()

    assert answer["size_bytes"] > 0 and len(answer["bbox"]) == 4
    assert client.get("/layer-packs").get_json() == {"packs": [], "jobs": []}


def test_what_cannot_be_made_is_refused(client: FlaskClient) -> None:
    """Before anything is begun."""
    for body, status in (
        ({"name": "../x", "bbox": BOX}, 400),
        ({"name": "x", "bbox": [1, 2, 3]}, 400),
        ({"name": "x", "bbox": [120, 20, 150, 50]}, 400),
        ({"name": "x", "bbox": [-1e308, -1e308, 1e308, 1e308]}, 400),
        ({"name": "x", "layers": "street_light"}, 400),
        ({"name": "x", "layers": ["nothing"]}, 404),
    ):
        assert client.post("/layer-packs", json=body).status_code == status, body
    assert client.get("/layer-packs").get_json() == {"packs": [], "jobs": []}
    assert client.post("/layer-packs/east/remove").status_code == 404


def test_a_pack_is_taken_away(client: FlaskClient) -> None:
    """Nobody is told of it any more."""
    pack = made(client)

    assert client.post("/layer-packs/east/remove").status_code == 200
    assert client.get(pack["url"]).status_code == 404


def test_who_is_limited_to_an_area_gets_no_pack_of_layers_and_is_told_why(
    app: Flask, client: FlaskClient, people: People, problem_of: Any
) -> None:
    """It holds all that lies in its box; neither its bytes nor the hashes of its pieces are given."""
    pack = made(sign_in(app, people, "高山"), layers=["street_light"])
    account = people.add_account("西", PASSWORD, Role.CREW)
    west = sign_in(app, people, "西")
    assert west.get(pack["url"]).status_code == 200
    people.areas.put(f"account:{account.account_id}", "西部", box(137.2495, 36.1, 137.2595, 36.2))

    for path in (pack["url"], f"{pack['url']}/chunks"):
        assert "背景地図は使えます" in problem_of(west.get(path), 403, "area_limited")["detail_ja"]
    assert west.get("/layer-packs").get_json() == {"packs": [], "jobs": []}
    assert west.get("/basemap").status_code == 200
    assert west.get("/packs/none.pmtiles").status_code == 404


def test_a_full_disk_is_told_to_who_asked_for_a_pack(
    client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as something unexpected: room can be made."""

    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PackPlan, "build", full)
    assert client.post("/layer-packs", json={"name": "city"}).status_code == 202
    for _ in range(100):
        (job,) = client.get("/layer-packs").get_json()["jobs"]
        if job["state"] == "failed":
            break
        time.sleep(0.05)
    assert (job["state"], "空き容量" in job["problem"]["ja"], "full" in job["problem"]["en"]) == ("failed", True, True)
