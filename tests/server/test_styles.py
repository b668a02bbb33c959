"""Styles and legends over HTTP; files of the office take the place of what definitions give."""

import json
from dataclasses import replace
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient

from gis_capture.store.protocol import Author
from gis_capture.tiles.grid import tile_at
from gis_capture.workspace import Workspace

Z, X, Y = tile_at(137.26, 36.14, 10)
TILE = f"/tiles/street_light/{Z}/{X}/{Y}.mvt"


def own_style(workspace: Workspace, name: str = "street_light.json", **changes: Any) -> None:
    """A file that draws the lights as one circle."""
    drawn = {
        "id": "lamp",
        "type": "circle",
        "source": "elsewhere",
        "source-layer": "street_light",
        "paint": {"circle-color": ["match", ["get", "lamp"], "LED", "#00ff00", "#ff0000"]},
    }
    ground = {"id": "background", "type": "background"}
    document = {"version": 8, "layers": [ground, {**drawn, **changes}]}
    (workspace.folder.styles_dir / name).write_text(json.dumps(document), encoding="utf-8")


def drawn(client: FlaskClient, query: str = "") -> dict[str, dict[str, Any]]:
    """The map layers of the lights by id."""
    style = client.get(f"/styles/street_light.json{query}").get_json()
    return {layer["id"]: layer for layer in style["layers"] if layer["type"] != "background"}


def listed(client: FlaskClient) -> dict[str, Any]:
    """The lights as `GET /layers` tells of them."""
    [layer] = [one for one in client.get("/layers").get_json()["layers"] if one["n_features"]]
    return dict(layer)


def test_a_file_takes_the_place_of_the_definition(client: FlaskClient, workspace: Workspace) -> None:
    """At once, in all themes; its layers draw our tiles, and what it names is in them under a new tag."""
    before = client.get(TILE)
    own_style(workspace)
    assert list(drawn(client)) == ["street_light-lamp"]
    assert drawn(client)["street_light-lamp"]["source"] == "layers"
    assert drawn(client, "?theme=night")["street_light-lamp"]["paint"]["circle-color"][3] != "#00ff00"
    after = client.get(TILE, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    legends = client.get("/styles/street_light/legend.json").get_json()["legends"]
    assert [entry["codes"] for entry in legends[0]["entries"]] == [["LED"], []]
    own_style(workspace, "street_light.night.json", id="night")
    assert list(drawn(client, "?theme=night")) == ["street_light-night"]
    assert drawn(client, "?theme=night")["street_light-night"]["paint"]["circle-color"][3] == "#00ff00"
    for path in workspace.folder.styles_dir.iterdir():
        path.unlink()
    assert "street_light-circle" in drawn(client)


def test_a_listed_layer_brings_its_own_style(client: FlaskClient, workspace: Workspace) -> None:
    """What a tablet takes along to draw like the office; nothing where there is no file."""
    assert "own_style" not in listed(client)
    own_style(workspace, minzoom=12)
    [lamp] = listed(client)["own_style"]
    assert (lamp["source-layer"], lamp["minzoom"], lamp["type"]) == ("street_light", 12, "circle")


def test_a_listed_layer_tells_what_the_colours_of_its_own_style_mean(client: FlaskClient, workspace: Workspace) -> None:
    """The same as the legend of the office's map; a tablet shows it without a network."""
    assert "own_legend" not in listed(client)
    own_style(workspace)
    [legend] = client.get("/styles/street_light/legend.json").get_json()["legends"]
    assert [entry["color"] for entry in legend["entries"]] == ["#00ff00", "#ff0000"]
    assert listed(client)["own_legend"] == legend


def test_a_listed_layer_brings_the_styles_of_single_themes(client: FlaskClient, workspace: Workspace) -> None:
    """Those with a file that can be used; the style for all themes stays as it is for tablets that know no more."""
    own_style(workspace)
    before = listed(client)
    assert "theme_styles" not in before
    own_style(workspace, "street_light.night.json", id="night")
    (workspace.folder.styles_dir / "street_light.sunlight.json").write_text("{", encoding="utf-8")
    after = listed(client)
    assert after["own_style"] == before["own_style"]
    assert {theme: [one["id"] for one in own] for theme, own in after["theme_styles"].items()} == {
        "night": ["street_light-night"]
    }
    assert after["theme_styles"]["night"][0]["paint"]["circle-color"][3] == "#00ff00"
    (workspace.folder.styles_dir / "street_light.json").unlink()
    assert "own_style" not in listed(client) and "night" in listed(client)["theme_styles"]


def test_fields_that_a_file_names_are_in_the_tiles_but_for_personal_ones(
    client: FlaskClient, workspace: Workspace
) -> None:
    """Every feature has the field that the style asks for; what is personal stays out."""
    own_style(
        workspace,
        type="symbol",
        paint={},
        layout={"text-field": ["concat", ["get", "location_note"], ["get", "remarks"]]},
    )
    layer = workspace.store.layer("street_light")
    fields = tuple(replace(field, is_personal=field.name == "remarks") for field in layer.fields)
    features = list(workspace.store.features("street_light"))
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.put_layer(replace(layer, fields=fields, definition_version=layer.definition_version + 1))
        for feature in features:
            values = {**feature.fields, "location_note": "角", "remarks": "山田"}
            transaction.update(replace(feature, fields=values))
    content = mapbox_vector_tile.decode(client.get(TILE).data)["street_light"]["features"]
    assert {feature["properties"]["location_note"] for feature in content} == {"角"}
    assert not any("remarks" in feature["properties"] for feature in content)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[" * 100_000,
        "[]",
        '{"layers": 3}',
        '{"layers": [3]}',
        '{"layers": [{"id": "a"}]}',
        '{"layers": [{"id": "a", "source-layer": "street_light", "type": "raster"}]}',
        '{"layers": [{"id": "a", "source-layer": "street_light", "type": "line", "paint": 3}]}',
        " " * 1_000_001,
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(
    content: str, client: FlaskClient, workspace: Workspace
) -> None:
    """The layer is drawn as its definition says."""
    before = client.get("/styles/street_light.json").get_json()
    (workspace.folder.styles_dir / "street_light.json").write_text(content, encoding="utf-8")
    after = client.get("/styles/street_light.json").get_json()
    [problem] = after.pop("metadata")["gis-capture:problems"]
    assert problem["code"] == "style_broken" and "street_light.json" in problem["message"]
    assert after == before


def test_themes_and_legends_are_served(client: FlaskClient) -> None:
    """An unknown theme is told; the picture speaks the language that is asked for."""
    answer = client.get("/styles/street_light.json?theme=neon")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")
    night = client.get("/styles/street_light.json?theme=night").get_json()
    ground = night["layers"][0]["paint"]["background-color"]
    picture = client.get("/styles/street_light/legend.svg?theme=night&language=en")
    assert (picture.mimetype, picture.status_code) == ("image/svg+xml", 200)
    assert "Street lights" in picture.text and ground in picture.text
    assert "球切れ" in client.get("/styles/street_light/legend.svg").text
    assert client.get("/styles/none/legend.json").status_code == 404
