"""Layers and their features."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.exceptions import Forbidden

from gis_capture.definitions import layer_from_json, layer_to_json
from gis_capture.errors import LayerError
from gis_capture.model import Layer, Text, parse_bbox
from gis_capture.report.geojson import to_geojson
from gis_capture.server.answers import json_response
from gis_capture.server.bodies import read_integer, read_object, read_text
from gis_capture.server.context import sees_personal, served, settings, workspace
from gis_capture.server.errors import NotFoundError, RequestError, StateError, request_language
from gis_capture.server.imports_desk import last_imports
from gis_capture.store.protocol import FeatureQuery

area = Blueprint("layers", __name__)
GEOJSON = "application/geo+json"
MAX_TEXT = 200
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
    elif sees_personal():
        layer = _layer_of(definition)
    else:
        # A definition says which fields are personal; whoever may not see them may not say so.
        raise Forbidden
    is_there = layer.key in {one.key for one in workspace().store.layers()}
    try:
        info = workspace().add_layer(layer, author=read_text(document, "author"))
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


@area.get("/layers/<layer>/features")
def list_features(layer: str) -> Response:
    """Gives a page of features as GeoJSON."""
    served().adopt_direct_edits()
    store, arguments = workspace().store, request.args
    bbox, text = arguments.get("bbox"), arguments.get("q", "").strip()[:MAX_TEXT]
    limit = read_integer("limit", default=settings().page_features, least=1, most=settings().max_page_features)
    query = FeatureQuery(
        bbox=parse_bbox(bbox) if bbox else None,
        is_located=False if arguments.get("unlocated") == "1" else None,
        text=text or None,
        after_fid=read_integer("after", default=0, least=0, most=2**62),
        limit=limit + 1,
        with_personal=sees_personal(),
    )
    definition = _seen(store.layer(layer))
    page = list(store.numbered_features(layer, query))
    rows = page[:limit]
    answer: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": list(to_geojson(definition, (feature for _, feature in rows))),
        "numberMatched": store.count(layer, query),
        "numberReturned": len(rows),
        "links": [],
    }
    if len(page) > limit:
        following = {**arguments.to_dict(), "after": rows[-1][0]}
        answer["links"] = [{"rel": "next", "type": GEOJSON, "href": f"{request.base_url}?{urlencode(following)}"}]
    return json_response(answer, mimetype=GEOJSON)


@area.get("/layers/<layer>/features/<feature_id>")
def give_feature(layer: str, feature_id: str) -> Response:
    """Gives one feature as GeoJSON, with its attachments and how its position was found."""
    served().adopt_direct_edits()
    store = workspace().store
    definition = _seen(store.layer(layer))
    feature = store.feature(layer, feature_id)
    if feature is None:
        raise NotFoundError(
            Text(
                "この地物はありません。削除されたか、取り込みが取り消されています。",
                "There is no such feature: it was deleted, or its import was undone.",
            ),
            feature_id=feature_id,
        )
    (document,) = to_geojson(definition, [feature])
    document["position"] = feature.position.to_json()
    document["attachments"] = [attachment.to_json() for attachment in feature.attachments]
    return json_response(document, mimetype=GEOJSON)


def _seen(layer: Layer) -> Layer:
    return layer if sees_personal() else layer.without_personal()
