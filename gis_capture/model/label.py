"""How a feature is named for people."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from gis_capture.model.layer import Layer


def label_of(layer: Layer, fields: Mapping[str, Any]) -> str | None:
    """Fills the layer's label from these fields; None where nothing in it has a value."""
    shown = {name: fields.get(name) for name in label_fields(layer)}
    text = layer.label.format_map({name: "" if value is None else value for name, value in shown.items()})
    return " ".join(text.split()) or None if any(value is not None for value in shown.values()) else None


def label_fields(layer: Layer) -> list[str]:
    """Names of the fields that the label shows."""
    return [name for _, name, _, _ in Formatter().parse(layer.label) if name]
