"""What the colours of a map mean: read from its style, so that a style of the office's own is told truly."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gis_capture.model import Layer
from gis_capture.text import Text
from gis_capture.tiles.style import FONTS
from gis_capture.tiles.themes import Drawn

OTHERS = Text("その他・未記入", "Others, or not filled in")
_COLORS = {"circle": "circle-color", "line": "line-color", "fill": "fill-color", "symbol": "text-color"}
_ORDER = ("circle", "line", "fill", "symbol")
"""Kinds of map layers, those first whose colour tells most."""
_EM_PX, _ROW_PX, _SIGN_PX, _EDGE_PX = 14, 26, 36, 12


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A colour and a shape; `codes` are the values that have it, none for the rest of the layer."""

    codes: tuple[str, ...]
    title: Text
    color: str
    shape: str


@dataclass(frozen=True, slots=True)
class Legend:
    """That of one layer; `kind` is "point", "line" or "area"."""

    layer: str
    title: Text
    kind: Literal["point", "line", "area"]
    entries: tuple[LegendEntry, ...]

    def to_json(self) -> dict[str, Any]:
        """Gives a member of `GET /styles/<layers>/legend.json`."""
        entries = [
            {"codes": list(one.codes), "title": one.title.to_json(), "color": one.color, "shape": one.shape}
            for one in self.entries
        ]
        return {"layer": self.layer, "title": self.title.to_json(), "kind": self.kind, "entries": entries}


def legend_of(layer: Layer, drawn: Iterable[Drawn]) -> Legend:
    """Reads the legend of a layer from the map layers that draw it."""
    ours = [one for one in drawn if one.get("source-layer") == layer.key and not one["id"].endswith("-label")]
    name = layer.geometry_type.lower()
    kind: Literal["point", "line", "area"] = "area" if "polygon" in name else "line" if "line" in name else "point"
    first = {"point": "circle", "line": "line", "area": "fill"}[kind]
    ours.sort(key=lambda one: (one["type"] != first, _ORDER.index(one["type"]) if one["type"] in _ORDER else 9))
    for one in ours:
        color = one.get("paint", {}).get(_COLORS.get(one["type"], ""))
        if color is not None:
            return Legend(layer.key, layer.title, kind, tuple(_entries(layer, color)))
    return Legend(layer.key, layer.title, kind, (LegendEntry((), layer.title, layer.style.color, layer.style.shape),))


def legend_svg(legends: Sequence[Legend], *, language: str, background: str = "#ffffff", ink: str = "#1a1a1a") -> str:
    """Draws legends one below the other, in the fonts of the device."""
    rows: list[str] = []
    width, y = 0.0, _EDGE_PX + _ROW_PX / 2
    for legend in legends:
        is_single = len(legend.entries) == 1
        for number in range(-1 if not is_single else 0, len(legend.entries)):
            entry = legend.entries[max(number, 0)]
            words = legend.title if number < 0 or is_single else entry.title
            text = words.in_language(language)
            x = _EDGE_PX if number < 0 else _EDGE_PX + _SIGN_PX
            if number >= 0:
                rows.append(_sign(legend.kind, entry, _EDGE_PX + _SIGN_PX / 2 - 6, y))
            bold = ' font-weight="700"' if number < 0 or is_single else ""
            rows.append(f'<text x="{x}" y="{y}"{bold}>{html.escape(text)}</text>')
            width, y = max(width, x + _width_px(text)), y + _ROW_PX
    height = y - _ROW_PX / 2 + _EDGE_PX
    width = round(width + _EDGE_PX)
    fonts = ", ".join(f"'{font}'" if " " in font else font for font in FONTS)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" viewBox="0 0 {width} {height:g}"'
    )
    style = f'font-family="{fonts}" font-size="{_EM_PX}" fill="{ink}" dominant-baseline="central"'
    return f'{head}><rect width="100%" height="100%" fill="{background}"/><g {style}>{"".join(rows)}</g></svg>'


def _entries(layer: Layer, expression: Any) -> Iterable[LegendEntry]:
    """Takes apart a colour: one for all, or by the values of a field ("match")."""
    name, pairs, default = _matched(expression)
    shapes = {one.code: one.shape for one in layer.style.categories} if name == layer.style.category_field else {}
    field = next((one for one in layer.fields if one.name == name), None)
    titles = {code.code: code.title for code in field.domain.codes} if field and field.domain else {}
    for codes, color in pairs:
        named = [titles.get(code, Text(code, code)) for code in codes]
        title = Text("・".join(one.ja for one in named), ", ".join(one.en for one in named))
        yield LegendEntry(codes, title, color, shapes.get(codes[0], layer.style.shape))
    yield LegendEntry((), OTHERS if pairs else layer.title, default or layer.style.color, layer.style.shape)


def _matched(expression: Any) -> tuple[str | None, list[tuple[tuple[str, ...], str]], str | None]:
    """The field of a "match", what its values give, and what all others do."""
    if isinstance(expression, str):
        return None, [], expression
    if not isinstance(expression, list) or len(expression) < 2:
        return None, [], None
    if expression[0] != "match" or len(expression) < 5:
        # The first colour that a curve, a step or a case names.
        found = [color for part in expression[1:] if (color := _matched(part)[2] if part != expression else None)]
        return None, [], next((color for color in found if color.startswith(("#", "rgb", "hsl"))), None)
    asked = expression[1]
    while isinstance(asked, list) and len(asked) == 2 and asked[0] != "get":
        asked = asked[1]
    name = asked[1] if isinstance(asked, list) and len(asked) == 2 and isinstance(asked[1], str) else None
    pairs = []
    for labels, color in zip(expression[2:-1:2], expression[3:-1:2], strict=True):
        codes = tuple(map(str, labels if isinstance(labels, list) else [labels]))
        if codes and (single := _matched(color)[2]):
            pairs.append((codes, single))
    return name, pairs, _matched(expression[-1])[2]


def _sign(kind: str, entry: LegendEntry, x: float, y: float) -> str:
    paint = f'fill="{html.escape(entry.color)}" stroke="#ffffff" stroke-width="1.5"'
    if kind == "line":
        return f'<path d="M{x - 12} {y}H{x + 12}" stroke="{html.escape(entry.color)}" stroke-width="4"/>'
    if kind == "area":
        color = html.escape(entry.color)
        box = f'<rect x="{x - 11}" y="{y - 8}" width="22" height="16"'
        return f'{box} fill="{color}" fill-opacity="0.25" stroke="{color}" stroke-width="2"/>'
    shapes = {
        "square": f'<path d="M{x - 7} {y - 7}h14v14h-14z" {paint}/>',
        "triangle": f'<path d="M{x} {y - 8}l8.5 15h-17z" {paint}/>',
        "diamond": f'<path d="M{x} {y - 9}l9 9l-9 9l-9 -9z" {paint}/>',
        "cross": f'<path d="M{x - 3} {y - 8}h6v5h5v6h-5v5h-6v-5h-5v-6h5z" {paint}/>',
    }
    return shapes.get(entry.shape, f'<circle cx="{x}" cy="{y}" r="7.5" {paint}/>')


def _width_px(text: str) -> float:
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    return _EM_PX * (wide + 0.62 * (len(text) - wide))
