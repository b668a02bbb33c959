"""Layers and features over HTTP."""

import dataclasses
from typing import Any

import pyproj
import pytest
from flask.testing import FlaskClient
from shapely import Point

from gis_capture.model import Feature
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace

FEATURES = "/layers/street_light/features"


def ids_of(page: dict[str, Any]) -> list[str]:
    """The ids of a page's features."""
    return [feature["id"] for feature in page["features"]]


def test_layers_are_listed_with_counts_and_extent(client: FlaskClient) -> None:
    """Only layers of the store, with what the office page shows of them."""
    answer = client.get("/layers").get_json()
    (layer,) = answer["layers"]

    assert (answer["format"], answer["revision"]) == ("gis-capture.layers/v1", 1)
    assert layer["definition"]["key"] == "street_light"
    assert (layer["n_features"], layer["n_unlocated"], layer["last_import"]) == (30, 1, None)
    assert layer["has_paper"] is False
    assert layer["extent"] == pytest.approx([137.25, 36.14, 137.279, 36.14], abs=1e-5)


def test_layers_tell_how_large_their_features_are_on_their_way(client: FlaskClient) -> None:
    """So that a crew knows what it takes along before it does."""
    (layer,) = client.get("/layers").get_json()["layers"]
    lines = client.get("/sync/pull?layers=street_light&since=0").data.splitlines(keepends=True)
    sizes = [len(line) for line in lines if b'"feature_id"' in line]

    assert len(sizes) == 30
    assert layer["feature_bytes"] == pytest.approx(sum(sizes) / len(sizes), abs=1)


def test_all_definitions_are_offered(client: FlaskClient) -> None:
    """Also of layers that have nothing in the store yet."""
    keys = [layer["key"] for layer in client.get("/definitions").get_json()["definitions"]]

    assert "street_light" in keys and "fire_hydrant" in keys and keys == sorted(keys)


def test_pages_hold_every_feature_once(client: FlaskClient) -> None:
    """Following "next" from page to page gives all features, each once."""
    ids: list[str] = []
    url: str | None = f"{FEATURES}?limit=7"
    while url:
        page = client.get(url).get_json()
        ids += ids_of(page)
        assert (page["numberMatched"], page["numberReturned"]) == (30, len(page["features"]))
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)

    assert len(ids) == len(set(ids)) == 30


def test_a_feature_is_geojson(client: FlaskClient) -> None:
    """Fields under their names, id and revision, coordinates as they were stored."""
    response = client.get(f"{FEATURES}?limit=1")
    (feature,) = response.get_json()["features"]

    assert response.mimetype == "application/geo+json"
    assert feature["geometry"] == {"type": "Point", "coordinates": [137.25, 36.14]}
    assert (feature["properties"]["ledger_number"], feature["properties"]["revision"]) == ("A-000", 1)


def test_box_text_and_place_choose_features(client: FlaskClient) -> None:
    """By box, by text, and those that have no position; the count is that of the choice."""
    in_box = client.get(f"{FEATURES}?bbox=137.2495,36.1,137.2525,36.2").get_json()
    by_text = client.get(f"{FEATURES}?q=A-02").get_json()
    unlocated = client.get(f"{FEATURES}?unlocated=1").get_json()
    unconfirmed = client.get(f"{FEATURES}?unconfirmed=1").get_json()

    assert (in_box["numberMatched"], by_text["numberMatched"], unlocated["numberMatched"]) == (3, 10, 1)
    assert unconfirmed["numberMatched"] == 0
    assert unlocated["features"][0]["geometry"] is None


@pytest.mark.parametrize("query", ["unlocated=yes", "bbox=", "status=点灯&status=球切れ", "limit=1&limit=2"])
def test_no_choice_is_passed_over_silently(client: FlaskClient, query: str) -> None:
    """Half understood, it would give features that nobody asked for."""
    assert client.get(f"{FEATURES}?{query}").status_code == 400
    assert client.get(f"{FEATURES}?unlocated=0").get_json()["numberMatched"] > 1


def test_the_next_page_keeps_the_choice(client: FlaskClient) -> None:
    """A Japanese search text survives in the link."""
    page = client.get(f"{FEATURES}?q=球切れ&limit=10").get_json()
    following = client.get(page["links"][0]["href"]).get_json()

    assert (page["numberMatched"], following["numberReturned"]) == (15, 5)
    assert all(feature["properties"]["status"] == "球切れ" for feature in following["features"])


def test_one_feature_tells_how_its_position_was_found(client: FlaskClient) -> None:
    """The panel shows evidence and photos."""
    feature_id = ids_of(client.get(f"{FEATURES}?limit=1").get_json())[0]
    feature = client.get(f"{FEATURES}/{feature_id}").get_json()

    assert feature["id"] == feature_id
    assert feature["position"] == {"method": "coordinates", "accuracy_m": 1.0, "note": None}
    assert feature["attachments"] == []


def test_plane_coordinates_leave_as_longitude_and_latitude(client: FlaskClient, workspace: Workspace) -> None:
    """A layer in plane rectangular zone VII is given in EPSG:4326; checked against PROJ."""
    layer = dataclasses.replace(workspace.known_layer("park"), crs="EPSG:6675", geometry_type="Point")
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.put_layer(layer)
        transaction.insert([Feature("park", workspace.new_id(), Point(8123.5, 15678.25), {})])
    (feature,) = client.get("/layers/park/features").get_json()["features"]
    expected = pyproj.Transformer.from_crs(6675, 6668, always_xy=True).transform(8123.5, 15678.25)

    assert feature["geometry"]["coordinates"] == pytest.approx(list(expected), abs=1e-9)
