"""`GET /addresses`: what tablets search addresses in."""

from flask import Flask
from flask.testing import FlaskClient
from shapely import Point, box

from gis_capture.locate.gazetteer import build_gazetteer
from gis_capture.locate.gazetteer.places import Place
from gis_capture.model import Feature
from gis_capture.people import People, Role
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, PASSWORD, sign_in


def names(client: FlaskClient, query: str) -> dict[str, list[str]]:
    """The towns that are given, each with the names of its lots."""
    towns = client.get(f"/addresses?{query}").get_json()["towns"]
    return {town["name"]: [lot[0] for lot in town["lots"]] for town in towns}


def test_towns_and_lots_of_an_area(workspace: Workspace, client: FlaskClient) -> None:
    """Lots come on wish only; without a gazetteer there is nothing to search, which is no error."""
    asked = "/addresses?bbox=137,36,138,37"
    answer = client.get(asked).get_json()
    assert (answer["format"], answer["towns"]) == ("gis-capture.addresses/v1", [])
    places = [
        Place("岐阜県", "高山市", "花里町", "", "", 137.2505, 36.1405),
        Place("岐阜県", "高山市", "花里町", "", "880-1", 137.25, 36.14),
    ]
    build_gazetteer([], workspace.folder.gazetteer_path, places=places)
    (town,) = client.get(f"{asked}&lots=1").get_json()["towns"]
    assert (town["city"], town["name"], town["lots"]) == ("高山市", "花里町", [["880-1", 137.25, 36.14]])
    (town,) = client.get(asked).get_json()["towns"]
    assert town["lots"] == []
    assert client.get("/addresses?bbox=139,36,140,37").get_json()["towns"] == []


def test_an_area_has_to_be_told(client: FlaskClient) -> None:
    """All towns of Japan are too many for a tablet."""
    assert client.get("/addresses").status_code == 400


def test_how_old_forms_of_characters_are_folded_comes_along(client: FlaskClient) -> None:
    """The rules stay in one place; what NFKC does is left to the tablet."""
    forms = client.get("/addresses?bbox=137,36,138,37").get_json()["forms"]
    assert [forms[char] for char in "髙﨑澤𠮷ヶが之"] == list("高崎沢吉ケケノ")
    assert not {"高", "ケ", "ｹ", "１"} & set(forms)


def test_who_is_limited_to_an_area_gets_its_towns_and_lots_alone(
    app: Flask, people: People, workspace: Workspace
) -> None:
    """A town that reaches into the area is one of it; none of its lots outside are given. A box elsewhere is empty."""
    places = [
        Place("岐阜県", "高山市", "花里町", "", "", 137.2505, 36.1405),
        Place("岐阜県", "高山市", "花里町", "", "1", 137.2506, 36.1405),
        Place("岐阜県", "高山市", "花里町", "", "2", 137.2611, 36.1405),
        Place("岐阜県", "高山市", "名田町", "", "3", 137.2609, 36.14),
        Place("岐阜県", "高山市", "本町", "", "4", 137.28, 36.14),
    ]
    build_gazetteer([], workspace.folder.gazetteer_path, places=places)
    account = people.add_account("西", PASSWORD, Role.CREW)
    people.areas.put(f"account:{account.account_id}", "西部", box(137.2495, 36.1, 137.2595, 36.2))
    crew, admin, asked = sign_in(app, people, "西"), sign_in(app, people, "高山"), "bbox=137,36,138,37&lots=1"
    # 名田町 has its middle 130 m outside, and reaches 200 m.
    assert names(crew, asked) == {"花里町": ["1"], "名田町": []}
    assert names(admin, asked) == {"花里町": ["1", "2"], "名田町": ["3"], "本町": ["4"]}
    assert names(crew, "bbox=137.27,36.1,138,37&lots=1") == {}


def test_a_feature_astray_brings_no_towns_between(client: FlaskClient, workspace: Workspace) -> None:
    """On wish: a box that is drawn brings what lies in it, whether features do or not."""
    places = [
        Place("岐阜県", "高山市", "花里町", "", "1", 137.2505, 36.1405),
        Place("長野県", "松本市", "大手一丁目", "", "2", 137.97, 36.238),
        Place("埼玉県", "さいたま市", "浦和区高砂", "", "3", 139.65, 35.86),
    ]
    build_gazetteer([], workspace.folder.gazetteer_path, places=places)
    with workspace.store.transact(Author("office", "山田"), at=workspace.clock()) as transaction:
        transaction.insert([Feature(LAYER, "00000000-0000-7000-8000-000000000099", Point(139.7, 35.9), {})])
    whole = "bbox=137,35,140,37&lots=1"
    assert len(names(client, whole)) == 3
    found = names(client, f"{whole}&near=1")
    assert list(found.values()) == [["1"], ["3"]] and "花里町" in found
