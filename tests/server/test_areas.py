"""Who is limited to an area gets nothing of what lies outside of it, by no route, and nothing of it is taken."""

import csv
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import Point, box

from gis_capture.people import ALL_LAYERS, People, Right, Role
from gis_capture.server.asking import DEVICE_COOKIE
from gis_capture.server.authorization.rules import RULES
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, PASSWORD, sign_in
from tests.server.test_authorization import ask, routes

# Lights 0 to 9 lie in it, but for number 7, which lies nowhere.
WEST = box(137.2495, 36.1, 137.2595, 36.2)
INSIDE = {f"A-{number:03d}" for number in range(10) if number != 7}
GZIP = {"Accept-Encoding": "gzip"}
NUMBER = re.compile(r"A-\d{3}")


def feature_id(number: int) -> str:
    """Of a light."""
    return f"00000000-0000-7000-8000-{number:012d}"


@pytest.fixture
def crew(app: Flask, people: People) -> FlaskClient:
    """Somebody who works in the west."""
    account = people.add_account("西", PASSWORD, Role.CREW)
    people.areas.put(f"account:{account.account_id}", "西部", WEST)
    return sign_in(app, people, "西")


def tile_numbers(content: bytes) -> set[str]:
    """The labels of what a tile shows."""
    if not content:
        return set()
    return set(NUMBER.findall(json.dumps(mapbox_vector_tile.decode(content))))


def test_large_pages_end_early_for_them_too(crew: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what ends a page lies outside, the next features are looked at; nobody is lost."""
    monkeypatch.setattr("gis_capture.store.tables.reading.PAGE_BYTES", 60)
    found, n_pages, url = list[dict[str, Any]](), 0, f"/layers/{LAYER}/features"
    while url:
        page = crew.get(url).get_json()
        found, n_pages = found + page["features"], n_pages + 1
        url = next((link["href"] for link in page["links"]), "")

    assert [one["properties"]["ledger_number"] for one in found] == sorted(INSIDE)
    assert n_pages > 2


def test_features_outside_are_not_given(crew: FlaskClient, app: Flask, people: People) -> None:
    """Neither page by page, nor in files, nor by id; numbers count what is seen. The administrator sees all."""
    found, url = list[dict[str, Any]](), f"/layers/{LAYER}/features?limit=4"
    while url:
        page = crew.get(url).get_json()
        assert page["numberMatched"] == len(INSIDE)
        found += page["features"]
        url = next((link["href"] for link in page["links"]), "")
    assert [one["properties"]["ledger_number"] for one in found] == sorted(INSIDE)
    for query in ("format=csv", "bbox=137,36,138,37", f"ids={feature_id(1)},{feature_id(20)}", "q=A-0"):
        text = crew.get(f"/layers/{LAYER}/features?{query}").text
        assert set(NUMBER.findall(text)) - {"A-0"} <= INSIDE and "A-001" in text
    for query in ("unlocated=1", "bbox=137.27,36.1,138,37", f"ids={feature_id(20)}", "q=A-02"):
        assert crew.get(f"/layers/{LAYER}/features?{query}").get_json()["numberMatched"] == 0
    for number, status in ((1, 200), (7, 404), (20, 404)):
        assert crew.get(f"/layers/{LAYER}/features/{feature_id(number)}").status_code == status
    for number, status in ((1, 200), (7, 403), (20, 403)):
        assert crew.get(f"/layers/{LAYER}/features/{feature_id(number)}/history").status_code == status
    assert sign_in(app, people, "高山").get(f"/layers/{LAYER}/features").get_json()["numberMatched"] == 30


def test_counts_and_extents_are_of_what_is_seen(crew: FlaskClient, app: Flask, people: People) -> None:
    """In the list of layers, in TileJSON and in styles; nobody is told how far the layer goes beyond."""
    (listed,) = crew.get("/layers").get_json()["layers"]
    assert (listed["n_features"], listed["n_unlocated"]) == (len(INSIDE), 0)
    for extent in (listed["extent"], crew.get(f"/tiles/{LAYER}.json").get_json()["bounds"]):
        assert 137.2495 <= extent[0] < extent[2] <= 137.2595
    (whole,) = sign_in(app, people, "高山").get("/layers").get_json()["layers"]
    assert whole["n_features"] == 30 and whole["extent"][2] > 137.2595


@pytest.mark.parametrize("file_format", ["csv", "geojson", "gpkg"])
def test_exports_hold_what_is_inside(crew: FlaskClient, tmp_path: Path, file_format: str) -> None:
    """As it is, and as it was."""
    for moment in ("", "&as_of=2099-01-01"):
        answer = crew.get(f"/layers/{LAYER}/export?format={file_format}{moment}")
        assert answer.status_code == 200 and answer.headers["Feature-Count"] == str(len(INSIDE))
        if file_format == "gpkg":
            path = tmp_path / "export.gpkg"
            path.write_bytes(answer.data)
            connection = sqlite3.connect(path)
            found = {row[0] for row in connection.execute(f"SELECT ledger_number FROM {LAYER}")}
            connection.close()
        elif file_format == "csv":
            found = {cell for row in csv.reader(answer.text.splitlines()) for cell in row if NUMBER.fullmatch(cell)}
        else:
            found = set(NUMBER.findall(answer.text))
        assert found == INSIDE


def test_tiles_show_what_is_inside(crew: FlaskClient, app: Flask, people: People) -> None:
    """By both ways; nobody is given the tile of another one, whatever is kept on the way."""
    admin, path = sign_in(app, people, "高山"), f"/tiles/{LAYER}/10/902/401.mvt"
    whole = admin.get(path)
    for headers in (GZIP, {}):
        part, again = crew.get(path, headers=headers), admin.get(path, headers=headers)
        assert part.headers["ETag"] != again.headers["ETag"] == whole.headers["ETag"]
        assert crew.get(path, headers={**headers, "If-None-Match": whole.headers["ETag"]}).status_code == 200
    assert len(tile_numbers(admin.get(path).data)) == 29
    assert tile_numbers(crew.get(path).data) == INSIDE
    versions = [re.search(r"v=(\w+)", one.get(f"/tiles/{LAYER}.json").text) for one in (crew, admin)]
    assert versions[0] and versions[1] and versions[0][1] != versions[1][1]
    kept = crew.get(f"{path}?v={versions[1][1]}", headers=GZIP)
    assert kept.headers["Cache-Control"] == "no-cache"


def lines(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    """What a pull gives."""
    return [json.loads(line) for line in client.get(f"/sync/pull?layers={LAYER}{query}").text.splitlines()]


def push(client: FlaskClient, *changes: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Sends changes; gives the status of each, and the code of its problem."""
    about = {"layer": LAYER, "after": None, "definition_version": 1, "made_at": "2026-11-23T02:10:00Z"}
    message = {
        "format": "gis-capture.push/v1",
        "device_id": "t",
        "changes": [{"change_id": f"c-{number}-{id(changes)}", **about, **one} for number, one in enumerate(changes)],
    }
    receipts = client.post("/sync/push", json=message).get_json()["receipts"]
    return [(one["status"], (one.get("problem") or {}).get("code")) for one in receipts]


def test_pulls_give_what_is_inside(crew: FlaskClient, app: Flask, people: People) -> None:
    """What leaves the area is told as out of scope, without what it holds; what was never in it, too."""
    first = lines(crew)
    assert {one["fields"]["ledger_number"] for one in first if one["type"] == "feature"} == INSIDE
    assert {one["type"] for one in first} == {"header", "layer", "feature", "end"}
    assert not [one for one in lines(crew, "&bbox=137.27,36,138,37") if one["type"] == "feature"]
    place = {"old": None, "new": {"type": "Point", "coordinates": [137.30, 36.14]}}
    moved = {"kind": "update", "feature_id": feature_id(2), "base_revision": 1, "fields": {}, "geometry": place}
    moved["geometry"] = {**place, "old": {"type": "Point", "coordinates": [137.252, 36.14]}}
    assert push(sign_in(app, people, "高山"), moved) == [("applied", None)]
    later = lines(crew, "&since=1")
    assert [one["feature_id"] for one in later if one["type"] == "out_of_scope"] == [feature_id(2)]
    assert "A-002" not in json.dumps(later)


def test_changes_outside_are_rejected(crew: FlaskClient, workspace: Workspace) -> None:
    """Of what lies there, into it and out of it; the office has them, and the others of the push are taken."""

    def at(x: float) -> dict[str, Any]:
        return {"type": "Point", "coordinates": [x, 36.14]}

    def update(number: int, **more: Any) -> dict[str, Any]:
        return {"kind": "update", "feature_id": feature_id(number), "base_revision": 1, "fields": {}, **more}

    def insert(number: int, geometry: Any) -> dict[str, Any]:
        edit = {"geometry": {"old": None, "new": geometry}} if geometry else {}
        return {"kind": "insert", "feature_id": feature_id(number), "base_revision": None, "fields": {}, **edit}

    status = {"status": {"old": "点灯", "new": "球切れ"}}
    found = push(
        crew,
        update(20, fields=status),
        update(7, geometry={"old": None, "new": at(137.255)}),
        update(4, geometry={"old": at(137.254), "new": at(137.30)}),
        {"kind": "delete", "feature_id": feature_id(21), "base_revision": 1},
        insert(101, at(137.30)),
        insert(102, None),
        insert(103, at(137.2555)),
        update(6, geometry={"old": at(137.256), "new": at(137.2561)}),
    )

    assert [code for _, code in found[:6]] == ["outside_area"] * 6
    assert [status for status, _ in found] == ["rejected"] * 6 + ["applied"] * 2
    assert workspace.store.count(LAYER) == 31
    assert workspace.store.feature(LAYER, feature_id(4)).geometry == Point(137.254, 36.14)  # type: ignore[union-attr]


def test_photos_outside_are_not_given(crew: FlaskClient, app: Flask, people: People, workspace: Workspace) -> None:
    """By their hash alone nobody gets at them."""
    admin, content = sign_in(app, people, "高山"), b"no picture"
    sha256 = "2a5ec7f56d4a8ff6f5f97eb1a0b24b0ac2f3a3a0e4e8b7cf8c6a9f5ba4e1c6d5"
    photo = {"sha256": sha256, "name": "a.jpg", "media_type": "image/jpeg", "size_bytes": len(content)}
    change = {"kind": "update", "feature_id": feature_id(20), "base_revision": 1, "fields": {}, "attachments": [photo]}
    assert push(admin, change)[0][0] == "applied"

    assert crew.get(f"/attachments/{sha256}").status_code == 403
    assert crew.get(f"/attachments/{sha256}/thumbnail").status_code == 403
    assert admin.get(f"/attachments/{sha256}").status_code == 404


def test_routes_that_keep_to_no_area_are_refused(app: Flask, people: People, crew: FlaskClient) -> None:
    """Whatever the role: a new route is closed to who is limited, until somebody has thought of it."""
    people.areas.put(f"account:{people.accounts.get('佐藤').account_id}", "西部", WEST)
    clerk = sign_in(app, people, "佐藤")
    for endpoint, method, route in routes(app):
        rule = RULES[endpoint]
        if rule.least is None or rule.least > Role.OFFICE or endpoint == "people.change_own_password":
            continue
        answer = ask(clerk, method, route)
        is_limited = answer.status_code == 403 and answer.get_json()["code"] == "area_limited"
        assert is_limited is not rule.keeps_area, (endpoint, answer.status_code)
    # A pack holds all that lies in its box.
    assert crew.get("/layer-packs").get_json()["packs"] == []


def test_areas_of_tablets_roles_and_people(app: Flask, people: People, problem_of: Any) -> None:
    """The administrator gives them, by a shape or by a feature; the own goes before that of the role."""
    admin = sign_in(app, people, "高山")
    people.add_account("東", PASSWORD, Role.CREW)
    token, device = people.pair(people.make_pairing_code("タブレット1", "高山")[0], "t", address="")
    crew, tablet = sign_in(app, people, "東"), app.test_client()
    tablet.set_cookie(DEVICE_COOKIE, token)

    def n_seen(client: FlaskClient) -> int:
        return int(client.get(f"/layers/{LAYER}/features").get_json()["numberMatched"])

    west, east = (json.loads(json.dumps(one.__geo_interface__)) for one in (WEST, box(137.2695, 36.1, 138, 37)))
    for who, geometry, counts in (
        ("role:crew", west, (9, 9)),
        (f"device:{device.device_id}", {"type": "Feature", "geometry": east}, (9, 10)),
        ("role:crew", None, (30, 10)),
        (f"device:{device.device_id}", None, (30, 30)),
    ):
        answer = admin.post("/areas", json={"subject": who, "name": "範囲", "geometry": geometry})
        assert answer.status_code == 200
        assert (n_seen(crew), n_seen(tablet)) == counts, who
    point = {"type": "Point", "coordinates": [137.25, 36.14]}
    problem_of(
        admin.post("/areas", json={"subject": "role:crew", "name": "点", "geometry": point}), 400, "feature_unusable"
    )
    asked = {"subject": "role:crew", "name": "地物", "layer": LAYER, "feature_id": feature_id(1)}
    problem_of(admin.post("/areas", json=asked), 422, "area_unusable")
    assert [one["name"] for one in admin.get("/people").get_json()["areas"]] == []


def test_packs_on_their_way_are_told_to_who_may_have_them(
    crew: FlaskClient, app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not to who is limited to an area, nor to who may not read one of their layers."""
    monkeypatch.setattr(ThreadPoolExecutor, "submit", lambda *_: None)
    admin = sign_in(app, people, "高山")
    other = people.add_account("他課", PASSWORD, Role.OFFICE)
    people.accounts.grant(f"account:{other.account_id}", ALL_LAYERS, Right.NONE)
    assert admin.post("/layer-packs", json={"name": "west", "bbox": [137.2, 36.1, 137.3, 36.2]}).status_code == 202

    jobs = [one.get("/layer-packs").get_json()["jobs"] for one in (admin, sign_in(app, people, "他課"), crew)]
    assert [[job["layers"] for job in told] for told in jobs] == [[[LAYER]], [], []]
