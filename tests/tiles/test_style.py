"""Styles are made of layer definitions alone and show no personal data."""

from dataclasses import replace
from typing import Any

from gis_capture.model import BBox, Field, Layer, Style, StyleCategory, Text
from gis_capture.model.label import label_of
from gis_capture.tiles.style import map_style, tile_fields, tile_json

LAYER = Layer(
    key="street_light",
    title=Text("街路灯", "Street lights"),
    geometry_type="Point",
    fields=tuple(
        Field(f"street_light.{name}", name, Text(name, name), is_personal=name == "owner")
        for name in ("number", "status", "owner", "remarks")
    ),
    key_fields=("number",),
    label="{number} {owner}",
    style=Style(color="#0017c1", category_field="status", categories=(StyleCategory("球切れ", "#ec0000", "triangle"),)),
)
URL = "/tiles/street_light/{z}/{x}/{y}.mvt"


def test_tiles_carry_what_the_map_needs_and_nothing_personal() -> None:
    """Key, category and label; the owner's name stays out although the label names it."""
    assert tile_fields(LAYER) == ("number", "status")


def test_a_label_without_values_is_none() -> None:
    """Empty parts leave no gaps; what is left out of the tile leaves nothing."""
    assert label_of(LAYER, {"number": "A-1"}) == "A-1"
    assert label_of(LAYER, {"number": None}) is None


def test_categories_have_colour_and_shape() -> None:
    """A broken lamp is told by colour and by shape, without any picture to load."""
    style = map_style([LAYER], url=URL, extent=None)
    layers = {layer["id"]: layer for layer in style["layers"]}
    match: Any = ["match", ["to-string", ["get", "status"]], "球切れ", "#ec0000", "#0017c1"]

    assert layers["street_light-circle"]["paint"]["circle-color"] == match
    assert layers["street_light-triangle"]["layout"]["text-field"] == "▲"
    assert layers["street_light-label"]["minzoom"] == 14
    assert "glyphs" not in style and "sprite" not in style


def test_a_layer_without_categories_has_one_shape() -> None:
    """No filter compares two plain texts: that is read as a field and its value, and draws nothing."""
    plain = replace(LAYER, style=Style(shape="square"))
    drawn = {layer["id"]: layer.get("filter") for layer in map_style([plain], url=URL, extent=None)["layers"]}

    assert drawn["street_light-square"] == ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]]
    assert drawn["street_light-circle"] is False


def test_a_personal_category_is_not_drawn() -> None:
    """A category field with personal data is not in the tile; the layer gets its plain colour."""
    personal = Layer(
        key="house",
        title=Text("家屋", "Houses"),
        geometry_type="Polygon",
        fields=(Field("house.owner", "owner", Text("所有者", "Owner"), is_personal=True),),
        style=Style(category_field="owner", categories=(StyleCategory("甲", "#111111"),)),
    )
    area = next(layer for layer in map_style([personal], url=URL, extent=None)["layers"] if layer["type"] == "fill")

    assert area["paint"]["fill-color"] == "#0017c1"


def test_tile_json_names_fields_and_extent() -> None:
    """Other programs find the layers with their Japanese titles and the box they fill."""
    document = tile_json([LAYER], url=URL, extent=BBox(137.0, 36.0, 137.5, 36.5))

    assert document["vector_layers"][0]["fields"] == {"number": "number", "status": "status"}
    assert document["bounds"] == [137.0, 36.0, 137.5, 36.5]
    assert "bounds" not in tile_json([LAYER], url=URL, extent=None)
