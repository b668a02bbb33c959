"""Layers and their definitions."""

from flask import Blueprint, Response
from werkzeug.exceptions import Forbidden

from gis_capture.definitions import layer_from_json, layer_to_json
from gis_capture.errors import LayerError
from gis_capture.model import Layer
from gis_capture.people import Right, Role
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import demand, may_read, note, principal, signature
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import RequestError, StateError, request_language
from gis_capture.server.imports_desk import last_imports
from gis_capture.server.personal import sees_personal

area = Blueprint("layers", __name__)
MAX_DEFINITION_BYTES = 1_000_000


@area.get("/layers")
def list_layers() -> Response:
    """Lists the layers of the store with their counts."""
    served().adopt_direct_edits()
    here = workspace()
    newest = last_imports(here.imports(), request_language())
    layers = [
        {
            "definition": layer_to_json(info.layer),
            "n_features": info.n_features,
            "n_unlocated": info.n_unlocated,
            "extent": list(info.extent) if info.extent else None,
            "revision": info.revision,
            "last_import": newest.get(info.layer.key),
        }
        for info in here.layers()
        if may_read(info.layer.key)
    ]
    answer = {"format": "gis-capture.layers/v1", "revision": here.store.revision(), "layers": layers}
    return json_response(answer)


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


def _layer_of(definition: object) -> Layer:
    try:
        return layer_from_json(definition if isinstance(definition, dict) else {})
    except LayerError as error:
        raise RequestError(error.message, code="definition_unusable") from error


@area.get("/definitions")
def list_definitions() -> Response:
    """Lists all known definitions, also of layers that are not in the store."""
    return json_response({"definitions": [layer_to_json(layer) for layer in workspace().known_layers()]})
