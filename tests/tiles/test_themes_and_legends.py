"""Themes keep what colours tell apart; legends say what a style draws."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.model import Code, Domain, Field, Layer, Style, StyleCategory, Text
from gis_capture.model.layer import GeometryType
from gis_capture.tiles.legend import OTHERS, legend_of, legend_svg
from gis_capture.tiles.style import drawn_layers, map_style, named_fields
from gis_capture.tiles.themes import THEMES, themed

STATUS = Domain((Code("点灯", Text("点灯", "lit")), Code("球切れ", Text("球切れ", "broken"))))
LAYER = Layer(
    key="street_light",
    title=Text("街路灯 <A&B>", "Street lights"),
    geometry_type="Point",
    fields=(Field("street_light.status", "status", Text("状態", "Status"), domain=STATUS),),
    label="{status}",
    style=Style(
        color="#0017c1",
        category_field="status",
        categories=(StyleCategory("点灯", "#7a5c00"), StyleCategory("球切れ", "#ec0000", "triangle")),
    ),
)
URL = "/tiles/street_light/{z}/{x}/{y}.mvt"
COLOR = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def brightness(color: str) -> int:
    """The sum of the lightest and the darkest part."""
    parts = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    return max(parts) + min(parts)


@given(COLOR, COLOR)
def test_at_night_light_and_dark_change_places(one: str, other: str) -> None:
    """What was lighter is darker, whatever the colours; none gets darker than the eye tells from the ground."""
    colors = []
    for color in (one, other):
        [layer] = themed(
            [{"id": "a", "type": "line", "paint": {"line-color": ["match", ["get", "a"], color]}}], "night"
        )
        colors.append(layer["paint"]["line-color"][2])
    if brightness(one) > brightness(other) + 4:
        assert brightness(colors[0]) < brightness(colors[1])


def test_a_theme_changes_colours_and_nothing_else() -> None:
    """The layers are the same ones, with the same filters and widths; codes of a match are no colours."""
    plain = drawn_layers(LAYER)
    night = themed(plain, "night")
    assert [{**one, "paint": None} for one in night] == [{**one, "paint": None} for one in plain]
    color = next(one for one in night if one["type"] == "circle")["paint"]["circle-color"]
    assert color[:3] == ["match", ["to-string", ["get", "status"]], "点灯"] and color[3] != "#7a5c00"
    grounds = [map_style([LAYER], url=URL, extent=None, theme=theme)["layers"][0]["paint"] for theme in THEMES]
    assert len({ground["background-color"] for ground in grounds}) == 3


def test_names_are_larger_in_sunlight() -> None:
    """Black on white, 18 pixels."""
    label = themed(drawn_layers(LAYER), "sunlight")[-1]
    assert (label["layout"]["text-size"], label["paint"]["text-color"]) == (18, "#000000")


def test_a_legend_has_the_categories_with_titles_shapes_and_the_rest() -> None:
    """In the order of the style; the rest of the layer last."""
    legend = legend_of(LAYER, drawn_layers(LAYER))
    assert [(one.codes, one.title.en, one.color, one.shape) for one in legend.entries] == [
        (("点灯",), "lit", "#7a5c00", "circle"),
        (("球切れ",), "broken", "#ec0000", "triangle"),
        ((), OTHERS.en, "#0017c1", "circle"),
    ]


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ("#111111", [((), "#111111")]),
        (["match", ["get", "a"], ["x", "y"], "#111111", "#222222"], [(("x", "y"), "#111111"), ((), "#222222")]),
        (["interpolate", ["linear"], ["zoom"], 8, "#333333", 14, "#444444"], [((), "#333333")]),
        (["case", ["==", ["get", "a"], "x"], "#555555", "#666666"], [((), "#555555")]),
        (["get", "color"], [((), "#0017c1")]),
        (7, [((), "#0017c1")]),
        (["match"], [((), "#0017c1")]),
    ],
)
def test_a_legend_is_read_from_the_style_whatever_it_says(color: object, expected: object) -> None:
    """A colour that a curve or a case gives is told by its first; what cannot be read, by the definition."""
    drawn = [{"id": "street_light-a", "type": "circle", "source-layer": LAYER.key, "paint": {"circle-color": color}}]
    assert [(one.codes, one.color) for one in legend_of(LAYER, drawn).entries] == expected


@pytest.mark.parametrize("kind", ["Point", "LineString", "Polygon"])
def test_a_legend_is_drawn(kind: GeometryType) -> None:
    """Well-formed, with a line of text and a sign for each entry, as wide as the longest words."""
    layer = replace(LAYER, geometry_type=kind)
    legend = legend_of(layer, drawn_layers(layer))
    root = ElementTree.fromstring(legend_svg([legend], language="ja"))
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["街路灯 <A&B>", "点灯", "球切れ", OTHERS.ja]
    assert float(root.attrib["width"]) > 14 * len(OTHERS.ja)


def test_fields_that_a_style_names_are_found() -> None:
    """In expressions, old filters and templates."""
    style = [
        {"filter": ["==", "kind", "x"], "layout": {"text-field": "{lamp} W"}},
        {"paint": {"a": ["case", ["has", "pole"], ["to-number", ["get", "power_w"]], 1]}},
    ]
    assert set(named_fields(style)) == {"kind", "lamp", "pole", "power_w"}
