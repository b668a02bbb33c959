"""Layers and their definitions."""

from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import Forbidden

from gis_capture.definitions import layer_from_json, layer_to_json
from gis_capture.errors import LayerError
from gis_capture.model import Layer
from gis_capture.people import Right, Role
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import demand, may_read, note, principal, sees_personal, signature
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import RequestError, StateError, request_language
from gis_capture.server.import_answers import last_imports
from gis_capture.server.seen import extent_seen, within
from gis_capture.store.protocol import EVERYTHING, LayerInfo
from gis_capture.sync.pull import mean_bytes
from gis_capture.tiles.legend import legend_of

area = Blueprint("layers", __name__)
MAX_DEFINITION_BYTES = 1_000_000


@area.get("/layers")
def list_layers() -> Response:
    """Lists the layers of the store with their counts; to whom an area is set, of what lies in it."""
    served().adopt_direct_edits()
    here = workspace()
    newest = last_imports(here.imports(), request_language())
    has_paper = here.scanned.has_any()
    layers = [
        {
            "definition": layer_to_json(info.layer),
            **_counts(info),
            "feature_bytes": mean_bytes(here.store, info.layer, with_personal=sees_personal()),
            "revision": info.revision,
            "last_import": newest.get(info.layer.key),
            "has_paper": has_paper,
            **_own_style(info.layer),
            **({"theme_styles": alone} if (alone := here.styles.theme_alone(info.layer.key)) else {}),
        }
        for info in here.layers()
        if may_read(info.layer.key)
    ]
    answer = {"format": "gis-capture.layers/v1", "revision": here.store.revision(), "layers": layers}
    return json_response(answer)


def _own_style(layer: Layer) -> dict[str, Any]:
    own = workspace().styles.own(layer.key)
    return {"own_style": own, "own_legend": legend_of(layer, own).to_json()} if own else {}


@area.post("/layers")
def add_layer() -> Response:
    """Makes a layer to capture in: one that is known by its key, or of a definition that is given."""
    document = read_object(max_bytes=MAX_DEFINITION_BYTES)
    definition = document.get("definition")
    if definition is None:
        layer = workspace().known_layer(read_text(document, "layer"))
    elif principal().role >= Role.OFFICE and sees_personal():
        layer = _layer_of(definition)
    else:
        # A definition says which fields are personal; whoever may not see them may not say so.
        raise Forbidden
    demand(Right.EDIT, [layer.key])
    note(layer=layer.key)
    is_there = layer.key in {one.key for one in workspace().store.layers()}
    try:
        info = workspace().add_layer(layer, author=signature(document))
    except LayerError as error:
        raise StateError(error.message, code="definition_refused") from error
    return json_response({"definition": layer_to_json(info.layer)}, status=200 if is_there else 201)


def _counts(info: LayerInfo) -> dict[str, Any]:
    part, extent = within(info.layer.key), extent_seen(info.extent)
    # What has no place lies in no area.
    n_features = served().count(info.layer.key, EVERYTHING, part) if part else info.n_features
    n_unlocated = 0 if part else info.n_unlocated
    return {"n_features": n_features, "n_unlocated": n_unlocated, "extent": list(extent) if extent else None}


def _layer_of(definition: object) -> Layer:
    try:
        return layer_from_json(definition if isinstance(definition, dict) else {})
    except LayerError as error:
        raise RequestError(error.message, code="definition_unusable") from error


@area.get("/definitions")
def list_definitions() -> Response:
    """Lists all known definitions, also of layers that are not in the store."""
    return json_response({"definitions": [layer_to_json(layer) for layer in workspace().known_layers()]})
