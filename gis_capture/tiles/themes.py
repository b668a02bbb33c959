"""A MapLibre style in another theme: with more contrast against the sun, or dark for the night.

The tablet changes its own style by the same rules (web/src/map/themes.ts).
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

Theme = Literal["plain", "sunlight", "night"]
THEMES: tuple[Theme, ...] = ("plain", "sunlight", "night")
Drawn = dict[str, Any]
"""A layer of a MapLibre style."""
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def themed(layers: Iterable[Drawn], theme: Theme) -> list[Drawn]:
    """Changes the colours of paint one by one; in sunlight names are larger and black, surfaces almost white."""
    if theme == "plain":
        return list(layers)
    return [_darkened(layer) if theme == "night" else _sharpened(layer) for layer in layers]


def _darkened(layer: Drawn) -> Drawn:
    return {**layer, "paint": _recolored(layer.get("paint", {}), _turned)}


def _sharpened(layer: Drawn) -> Drawn:
    paint = layer.get("paint", {})
    if layer["type"] == "background":
        return {**layer, "paint": _recolored(paint, _bleached)}
    if layer["type"] != "symbol" or not layer.get("id", "").endswith("-label"):
        return layer
    layout = layer.get("layout", {})
    size = {"text-size": 18} if "text-size" in layout else {}
    return {**layer, "layout": layout | size, "paint": {**paint, "text-color": "#000000", "text-halo-width": 3}}


def _recolored(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value) if _HEX.fullmatch(value) else value
    if isinstance(value, dict):
        return {name: _recolored(part, change) for name, part in value.items()}
    return [_recolored(part, change) for part in value] if isinstance(value, list) else value


def _turned(color: str) -> str:
    """Light and dark change places; the hue stays."""
    parts = _parts(color)
    turn = 255 - max(parts) - min(parts)
    return _hex(20 + round((part + turn) * 215 / 255) for part in parts)


def _bleached(color: str) -> str:
    return _hex(round(255 - (255 - part) / 3) for part in _parts(color))


def _parts(color: str) -> list[int]:
    return [int(color[start : start + 2], 16) for start in (1, 3, 5)]


def _hex(parts: Iterable[int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in parts)
