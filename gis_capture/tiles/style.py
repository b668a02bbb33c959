"""MapLibre style and TileJSON over the tiles of layers; fonts of the device, no glyphs, no sprite."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from gis_capture.model import BBox, Layer
from gis_capture.model.label import label_fields
from gis_capture.tiles.grid import MAX_ZOOM
from gis_capture.tiles.themes import Drawn, Theme, themed

FONTS = ["Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP", "sans-serif"]
SOURCE = "layers"
# Shapes as letters: they are drawn by the device's own fonts, so that no pictures have to be served.
LETTERS = {"square": "■", "triangle": "▲", "diamond": "◆", "cross": "✚"}
# Tiles are made up to this zoom; maps enlarge the last ones.
LAST_TILE_ZOOM = 18
THINNED = "n_thinned"
"""Property of the features of a thinned tile: how many features each of them stands for."""

_TOKEN = re.compile(r"\{([a-z0-9_]+)\}")
_NAMING = ("get", "has", "!has", "==", "!=", ">", ">=", "<", "<=", "in", "!in")
Expression = Any


def tile_fields(layer: Layer) -> tuple[str, ...]:
    """Names of the fields that tiles carry: what style, label and key need, personal data never."""
    wanted = {layer.style.category_field, *layer.key_fields, *label_fields(layer)}
    return tuple(field.name for field in layer.fields if field.name in wanted and not field.is_personal)


def tile_json(layers: Sequence[Layer], *, url: str, extent: BBox | None) -> dict[str, Any]:
    """Gives TileJSON 3.0.

    Args:
        layers: In the tiles.
        url: Of the tiles, with {z}, {x} and {y}.
        extent: Of the layers together, EPSG:4326; None = empty.
    """
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": "、".join(layer.title.ja for layer in layers),
        "tiles": [url],
        "scheme": "xyz",
        "minzoom": 0,
        "maxzoom": LAST_TILE_ZOOM,
        "vector_layers": [
            {
                "id": layer.key,
                "description": layer.title.ja,
                "fields": {name: layer.field(name).title.ja for name in tile_fields(layer)},
            }
            for layer in layers
        ],
    }
    return {**document, "bounds": list(extent)} if extent else document


def map_style(
    layers: Sequence[Layer],
    *,
    url: str,
    extent: BBox | None,
    theme: Theme = "plain",
    own: Mapping[str, Sequence[Drawn]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Gives a MapLibre style: areas lowest, then lines, points, and names on top.

    Args:
        layers: In the order in which they were asked for, the first one lowest.
        url: Of the tiles, with {z}, {x} and {y}.
        extent: Where the map opens, EPSG:4326.
        theme: In which the layers are drawn.
        own: By layer, map layers in place of those that its definition gives.
    """
    source: dict[str, Any] = {"type": "vector", "tiles": [url], "minzoom": 0, "maxzoom": LAST_TILE_ZOOM}
    ground = {"id": "background", "type": "background", "paint": {"background-color": "#f6f4ee"}}
    drawn = [one for layer in layers for one in own.get(layer.key) or themed(drawn_layers(layer), theme)]
    style: dict[str, Any] = {
        "version": 8,
        "name": "、".join(layer.title.ja for layer in layers),
        "sources": {SOURCE: {**source, "bounds": list(extent)} if extent else source},
        "layers": [*themed([ground], theme), *sorted(drawn, key=_height)],
    }
    if extent:
        style["center"] = [(extent.min_x + extent.max_x) / 2, (extent.min_y + extent.max_y) / 2]
        style["zoom"] = 12
    return style


def drawn_layers(layer: Layer) -> list[Drawn]:
    """The map layers that a definition gives."""
    return [one for part in (_areas, _outlines, _circles, _letters, _labels) for one in part(layer)]


def named_fields(value: Any) -> Iterator[str]:
    """The properties that expressions, old filters and templates of a style name."""
    if isinstance(value, str):
        yield from _TOKEN.findall(value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from named_fields(part)
    elif isinstance(value, list):
        if len(value) > 1 and value[0] in _NAMING and isinstance(value[1], str):
            yield value[1]
        for part in value:
            yield from named_fields(part)


def _height(drawn: Drawn) -> int:
    kinds = ("fill", "line", "circle", "symbol")
    return 4 if drawn["id"].endswith("-label") else kinds.index(drawn["type"]) if drawn["type"] in kinds else 2


def _drawn(layer: Layer, part: str, kind: str, **rest: Any) -> dict[str, Any]:
    min_zoom = min(max(layer.style.min_zoom, 0), MAX_ZOOM)
    base = {"id": f"{layer.key}-{part}", "type": kind, "source": SOURCE, "source-layer": layer.key}
    return {**base, "minzoom": min_zoom, **rest}


def _is(*kinds: str) -> Expression:
    return ["in", ["geometry-type"], ["literal", [name for kind in kinds for name in (kind, f"Multi{kind}")]]]


def _points(layer: Layer, shape: str) -> Expression:
    """Gives the filter of the points that have a shape."""
    expression = _by_category(layer, "shape")
    # Two plain texts would be read as a filter of the old form: a field and its value.
    if isinstance(expression, str):
        return _is("Point") if expression == shape else False
    return ["all", _is("Point"), ["==", expression, shape]]


def _areas(layer: Layer) -> Iterable[dict[str, Any]]:
    paint = {"fill-color": _color(layer), "fill-opacity": 0.25}
    yield _drawn(layer, "area", "fill", filter=_is("Polygon"), paint=paint)


def _outlines(layer: Layer) -> Iterable[dict[str, Any]]:
    width = ["interpolate", ["linear"], ["zoom"], 10, 1.5, 17, 4]
    yield _drawn(
        layer,
        "line",
        "line",
        filter=_is("LineString", "Polygon"),
        layout={"line-cap": "round", "line-join": "round"},
        paint={"line-color": _color(layer), "line-width": width},
    )


def _circles(layer: Layer) -> Iterable[dict[str, Any]]:
    paint = {
        "circle-color": _color(layer),
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 2.5, 14, 6.5, 18, 10],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 14, 1.5],
    }
    yield _drawn(layer, "circle", "circle", filter=_points(layer, "circle"), paint=paint)


def _letters(layer: Layer) -> Iterable[dict[str, Any]]:
    shapes = {layer.style.shape, *(category.shape for category in layer.style.categories)} - {"circle"}
    for shape in sorted(shapes & LETTERS.keys()):
        yield _drawn(
            layer,
            shape,
            "symbol",
            filter=_points(layer, shape),
            layout={
                "text-field": LETTERS[shape],
                "text-font": FONTS,
                "text-size": ["interpolate", ["linear"], ["zoom"], 8, 7, 14, 16, 18, 24],
                "text-allow-overlap": True,
                "text-ignore-placement": True,
            },
            paint={"text-color": _color(layer), "text-halo-color": "#ffffff", "text-halo-width": 1.5},
        )


def _labels(layer: Layer) -> Iterable[dict[str, Any]]:
    if not layer.label:
        return
    yield _drawn(layer, "label", "symbol") | {
        "minzoom": min(max(layer.style.label_min_zoom, 0), MAX_ZOOM),
        "layout": {
            "text-field": ["coalesce", ["get", "label"], ""],
            "text-font": FONTS,
            "text-size": 13,
            "text-anchor": "top",
            "text-offset": [0, 0.8],
            "text-max-width": 9,
            "text-optional": True,
        },
        "paint": {"text-color": "#1a1a1a", "text-halo-color": "#ffffff", "text-halo-width": 1.5},
    }


def _color(layer: Layer) -> Expression:
    return _by_category(layer, "color")


def _by_category(layer: Layer, attribute: str) -> Expression:
    """Gives what a category says of colour or shape, as an expression over the features of a tile."""
    style = layer.style
    default = getattr(style, attribute)
    if not style.category_field or not style.categories or style.category_field not in tile_fields(layer):
        return default
    pairs = [part for category in style.categories for part in (category.code, getattr(category, attribute))]
    return ["match", ["to-string", ["get", style.category_field]], *pairs, default]
