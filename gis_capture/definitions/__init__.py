"""Layer definitions: `layers/*/layer.toml` and their JSON form <-> `model.Layer` (docs/format.md, section 1)."""

from gis_capture.definitions.files import read_layer, read_layers
from gis_capture.definitions.json_form import layer_from_json, layer_to_json

__all__ = ["layer_from_json", "layer_to_json", "read_layer", "read_layers"]
