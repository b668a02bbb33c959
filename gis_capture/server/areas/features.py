"""Features of layers: pages by box, ids, values and text, as GeoJSON, CSV or FlatGeobuf; and each by its id."""

import io
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request

from gis_capture.model import Feature, Layer, Text, encode_json
from gis_capture.report.flatgeobuf import encode_flatgeobuf
from gis_capture.report.geojson import to_geojson
from gis_capture.report.table import write_csv
from gis_capture.server.answers import attachment, json_response
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import NotFoundError
from gis_capture.server.feature_query import Page, read_page
from gis_capture.server.personal import sees_personal

area = Blueprint("features", __name__)
GEOJSON = "application/geo+json"


@area.get("/layers/<layer>/features")
def list_features(layer: str) -> Response:
    """Gives a page of features."""
    served().adopt_direct_edits()
    store = workspace().store
    definition = _seen(store.layer(layer))
    page = read_page(definition)
    found = list(store.numbered_features(layer, page.query))
    rows = found[: page.limit]
    following = ""
    if len(found) > page.limit:
        following = f"{request.base_url}?{urlencode({**request.args.to_dict(), 'after': rows[-1][0]})}"
    n_matched = served().count(layer, page.query)
    features = [feature for _, feature in rows]
    if page.file_format == "geojson":
        response = json_response(_collection(page, features, n_matched, following), mimetype=GEOJSON)
    else:
        response = _file(page, features)
    response.headers["Feature-Count"] = str(n_matched)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _collection(page: Page, features: list[Feature], n_matched: int, following: str) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        # As bytes at once: so many live objects would keep the garbage collector busy.
        "features": [orjson.Fragment(encode_json(one)) for one in to_geojson(page.layer, features)],
        "numberMatched": n_matched,
        "numberReturned": len(features),
        "links": [{"rel": "next", "type": GEOJSON, "href": following}] if following else [],
    }


def _file(page: Page, features: list[Feature]) -> Response:
    """A page as CSV with a mark by which Excel knows its encoding, or as FlatGeobuf."""
    if page.file_format == "csv":
        text = io.StringIO(newline="")
        write_csv(text, page.layer, features, encoding="utf-8-sig")
        response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    else:
        response = Response(encode_flatgeobuf(page.layer, features), mimetype="application/flatgeobuf")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Disposition"] = attachment(page.layer.key, page.layer.title.ja, page.file_format)
    return response


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
