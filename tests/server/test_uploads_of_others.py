"""What is not imported yet is of who sent it, and of the administrator: it may hold anything."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture.people import People, Role
from tests.server.conftest import PASSWORD, sign_in
from tests.server.test_authorization import ask, routes

LEDGER = "管理番号,経度,緯度,所有者電話番号\nZ-1,137.25,36.14,0577-00-2001\n"


@pytest.fixture
def upload(app: Flask, people: People) -> tuple[FlaskClient, str]:
    """鈴木 of the office, and an upload of that one."""
    people.add_account("鈴木", PASSWORD, Role.OFFICE)
    clerk = sign_in(app, people, "鈴木")
    answer = clerk.post("/imports", data={"file": (io.BytesIO(LEDGER.encode()), "空家等台帳.csv")})
    assert answer.status_code == 201
    return clerk, answer.get_json()["import_id"]


def test_an_upload_of_another_is_kept_by_every_route(
    app: Flask, people: People, upload: tuple[FlaskClient, str]
) -> None:
    """Whoever knows its id; nothing of it is told."""
    other = sign_in(app, people, "佐藤")
    asked = [(endpoint, method, route) for endpoint, method, route in routes(app) if "import_id" in route.arguments]
    assert len(asked) >= 10
    for endpoint, method, route in asked:
        refused = ask(other, method, route, {"import_id": upload[1]})
        assert (refused.status_code, refused.get_json()["code"]) == (403, "upload_of_another"), endpoint
    for endpoint, method, route in asked:
        if endpoint != "imports.start_conversion":
            mine = ask(upload[0], method, route, {"import_id": upload[1]})
            assert mine.status_code not in (401, 403), endpoint
    assert other.get("/imports").get_json() == {"imports": []}


def test_its_owner_goes_on_and_the_administrator_may_look(
    app: Flask, people: People, upload: tuple[FlaskClient, str]
) -> None:
    """Which is written down."""
    clerk, import_id = upload
    admin, path = sign_in(app, people, "高山"), f"/imports/{import_id}/preview"
    before = len(list(people.audit.lines()))
    assert "0577" in clerk.post(path, json={"layer": "vacant_house"}).text
    assert len(list(people.audit.lines())) == before
    assert "0577" in admin.post(path, json={"layer": "vacant_house"}).text
    (line,) = list(people.audit.lines())[before:]
    assert (line["who"], line["what"], line["subject"]) == ("高山", "upload_read", import_id)
