"""What a map would refuse in a style is told before it leaves the map empty."""

from typing import Any

import pytest

from gis_capture.definitions import read_layer
from gis_capture.resources import layers_dir
from gis_capture.tiles.expressions import mistakes_in
from gis_capture.tiles.style import drawn_layers
from gis_capture.tiles.themes import THEMES, themed


def circle(**said: Any) -> dict[str, Any]:
    """A map layer."""
    return {"id": "a", "type": "circle", "source-layer": "a", "paint": {"circle-color": "#ffffff"}} | said


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"paint": {"circle-color": ["mach", ["get", "a"], "x", "#ffffff", "#000000"]}}, "paint.circle-color"),
        ({"paint": {"circle-color": ["match", ["get", "a"], "x", "#ffffff"]}}, "paint.circle-color"),
        ({"paint": {"circle-color": ["match", ["gett", "a"], "x", "#ffffff", "#000000"]}}, '"gett"'),
        ({"paint": {"circle-color": "#12345"}}, "#12345"),
        ({"paint": {"circle-radius": "5"}}, "circle-radius"),
        ({"paint": {"circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 2, 14]}}, "circle-radius"),
        ({"paint": {"circle-radius": ["interpolate", "linear", ["zoom"], 8, 2]}}, "circle-radius"),
        ({"paint": {"fill-color": "#ffffff"}}, "fill-color"),
        ({"paint": {"circle-radius": ["step", ["zoom"], 2, 8]}}, "circle-radius"),
        ({"paint": {"circle-color": []}}, "circle-color"),
        ({"filter": ["=", ["get", "a"], 1]}, "filter"),
        ({"filter": ["all", ["==", "a", 1], ["foo"]]}, '"foo"'),
        ({"filter": "a"}, "filter"),
        ({"minzoom": "8"}, "minzoom"),
    ],
)
def test_mistakes_are_told_where_they_are(said: dict[str, Any], where: str) -> None:
    """A misspelt word, arguments that do not pair, a colour or number that is none, a property of another type."""
    assert where in next(mistakes_in(circle(**said)))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"filter": ["in", "kind", "a", "b"]},
        {"filter": ["none", ["has", "a"], ["!in", "b", 1]]},
        {"filter": ["all", True, ["==", "a", 1]]},
        {"paint": {"circle-color": ["match", ["get", "a"], ["x", "y"], "red", "rgb(1, 2, 3)"]}},
        {"paint": {"circle-translate": [1, 2], "circle-color": {"stops": [[1, "#fff"], [2, "#000"]]}}},
        {"paint": {"circle-radius": ["interpolate", ["exponential", 1.5], ["zoom"], 8, 2, 14, ["get", "r"]]}},
        {"paint": {"circle-color": ["let", "a", ["get", "b"], ["case", ["==", ["var", "a"], 1], "#fff", "#000"]]}},
        {"type": "symbol", "paint": {}, "layout": {"text-font": ["Noto Sans JP"], "text-field": "{a}", "icon-size": 1}},
    ],
)
def test_what_is_right_is_not_doubted(said: dict[str, Any]) -> None:
    """Expressions, old filters, functions of old, arrays."""
    assert list(mistakes_in(circle(**said))) == []


def test_our_own_styles_hold_in_every_theme() -> None:
    """All layers that come with the program."""
    folders = sorted(path.parent for path in layers_dir().glob("*/layer.toml"))
    assert folders
    for folder in folders:
        drawn = drawn_layers(read_layer(folder))
        assert [told for theme in THEMES for one in themed(drawn, theme) for told in mistakes_in(one)] == []
