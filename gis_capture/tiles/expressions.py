"""Finds what a map would refuse in a layer of a MapLibre style: one wrong expression leaves the whole map empty.

MapLibre style specification: expressions, and what the properties of each type of layer begin with.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gis_capture.tiles.themes import Drawn

_WORDS = """
    let var literal array at in index-of slice case match coalesce step interpolate interpolate-hcl interpolate-lab
    ln2 pi e typeof string number boolean object collator format image global-state number-format to-string to-number
    to-boolean to-rgba to-color rgb rgba get has length properties feature-state geometry-type id zoom heatmap-density
    elevation line-progress accumulated + * - / % ^ sqrt log10 ln log2 sin cos tan asin acos atan min max round abs ceil
    floor distance == != > < >= <= all any ! within is-supported-script upcase downcase concat resolved-locale split
    join
"""
_OPERATORS = frozenset(_WORDS.split())
_OLD_FILTERS = frozenset(("none", "!in", "!has"))
# Fewest arguments, and whether their number is even (0) or odd (1) where that counts.
_ARGUMENTS: Mapping[str, tuple[int, int | None]] = {
    "match": (4, 0),
    "case": (3, 1),
    "step": (2, 0),
    "interpolate": (4, 0),
    "interpolate-hcl": (4, 0),
    "interpolate-lab": (4, 0),
    "get": (1, None),
    "has": (1, None),
    "literal": (1, None),
    "coalesce": (1, None),
    "in": (2, None),
    "!": (1, None),
}
_BEGINNINGS = {"symbol": ("symbol-", "icon-", "text-")}
_COLOR = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgb|hsl)a?\([-0-9.,%/ deg]+\)|[a-z]{3,20}", re.I)
_TEXTS = ("text-font", "text-variable-anchor", "text-variable-anchor-offset", "text-writing-mode")
_NUMBERS = ("-width", "-radius", "-opacity", "-size", "-blur", "-height", "-base", "-rotate")
_INTERPOLATIONS = ("linear", "exponential", "cubic-bezier")


def mistakes_in(drawn: Drawn) -> Iterator[str]:
    """Tells where and what, a text each: `paint.circle-color: ["mach", …]`."""
    beginnings = _BEGINNINGS.get(drawn["type"], (f"{drawn['type']}-",))
    for part in ("paint", "layout"):
        for name, value in drawn.get(part, {}).items():
            where = f"{part}.{name}"
            if name != "visibility" and not name.startswith(beginnings):
                yield f"{where}: {drawn['type']}?"
            elif isinstance(value, str):
                if name.endswith("-color") and not _COLOR.fullmatch(value):
                    yield f"{where}: {value[:40]}"
                elif name.endswith(_NUMBERS):
                    yield f'{where}: "{value[:40]}"'
            elif isinstance(value, list):
                if name in _TEXTS and not (value and value[0] in _OPERATORS):
                    continue
                if value and all(isinstance(one, int | float) for one in value):
                    continue
                yield from (f"{where}: {told}" for told in _in_expression(value))
    if "filter" in drawn and not isinstance(drawn["filter"], bool):
        told = _in_filter(drawn["filter"])
        yield from (f"filter: {one}" for one in told)
    for name in ("minzoom", "maxzoom"):
        if name in drawn and not (isinstance(drawn[name], int | float) and 0 <= drawn[name] <= 24):
            yield f"{name}: {drawn[name]!r:.40}"


def _in_filter(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield _shown(value)
    elif value[0] in _OLD_FILTERS:
        parts = value[1:] if value[0] == "none" else []
        for part in parts:
            yield from _in_filter(part)
    elif value[0] in ("all", "any"):
        for part in value[1:]:
            if not isinstance(part, bool):
                yield from _in_filter(part)
    elif value[0] == "in" and len(value) > 1 and isinstance(value[1], str):
        # The old form: a field and its values.
        return
    else:
        yield from _in_expression(value)


def _in_expression(value: Sequence[Any]) -> Iterator[str]:
    operator = value[0] if value else None
    if not isinstance(operator, str) or operator not in _OPERATORS:
        yield _shown(value)
        return
    if operator == "literal":
        return
    rest = value[1:]
    least, remainder = _ARGUMENTS.get(operator, (0, None))
    if len(rest) < least or (remainder is not None and len(rest) % 2 != remainder):
        yield _shown(value)
    for number, part in enumerate(rest):
        if isinstance(part, list):
            is_curve = operator.startswith("interpolate") and number == 0
            is_label = operator == "match" and number % 2 == 1 and number < len(rest) - 1
            if is_curve and part and part[0] in _INTERPOLATIONS:
                continue
            if not is_label:
                yield from _in_expression(part)
        elif operator.startswith("interpolate") and number == 0:
            yield _shown(value)


def _shown(value: Any) -> str:
    return f"{value!r:.60}".replace("'", '"')
