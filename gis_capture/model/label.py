"""How a feature is named for people."""

from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Any

from gis_capture.model.layer import Layer


def label_of(layer: Layer, fields: Mapping[str, Any]) -> str | None:
    """Fills the layer's label from these fields; None where nothing in it has a value."""
    shown = {name: fields.get(name) for name in _names(layer.label)}
    text = layer.label.format_map({name: "" if value is None else value for name, value in shown.items()})
    return " ".join(text.split()) or None if any(value is not None for value in shown.values()) else None


def label_fields(layer: Layer) -> tuple[str, ...]:
    """Names of the fields that the label shows."""
    return _names(layer.label)


@lru_cache(256)
def _names(label: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(label) if name)
