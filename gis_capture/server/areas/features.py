"""Features of layers: pages by box, ids, values and text, as GeoJSON, CSV or FlatGeobuf; and each by its id."""

import io
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from gis_capture.model import Feature, Layer, Text
from gis_capture.report.flatgeobuf import encode_flatgeobuf
from gis_capture.report.geojson import columns_to_geojson, to_geojson
from gis_capture.report.table import write_csv
from gis_capture.server.answers import attachment, json_response
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import NotFoundError
from gis_capture.server.feature_query import Page, read_page
from gis_capture.server.personal import sees_personal
from gis_capture.store.columns import Columns

area = Blueprint("features", __name__)
GEOJSON = "application/geo+json"


@area.get("/layers/<layer>/features")
def list_features(layer: str) -> Response:
    """Gives a page of features."""
    served().adopt_direct_edits()
    store = workspace().store
    definition = _seen(store.layer(layer))
    page = read_page(definition)
    if page.file_format == "geojson":
        response, following = _collection(page, store.page(layer, page.query))
    else:
        response, following = _file(page, list(store.numbered_features(layer, page.query)))
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    response.headers["Feature-Count"] = str(served().count(layer, page.query))
    return response


def _following(page: Page, fids: Sequence[int]) -> str:
    """The address of the next page; "" where there is none."""
    if len(fids) <= page.limit:
        return ""
    return f"{request.base_url}?{urlencode({**request.args.to_dict(), 'after': fids[page.limit - 1]})}"


def _collection(page: Page, columns: Columns) -> tuple[Response, str]:
    """A page as GeoJSON, and the address of the next one."""
    following = _following(page, columns.fids)
    features = columns_to_geojson(page.layer, columns)[: page.limit]
    document = {
        "type": "FeatureCollection",
        "features": features,
        "numberMatched": served().count(page.layer.key, page.query),
        "numberReturned": len(features),
        "links": [{"rel": "next", "type": GEOJSON, "href": following}] if following else [],
    }
    return json_response(document, mimetype=GEOJSON), following


def _file(page: Page, rows: list[tuple[int, Feature]]) -> tuple[Response, str]:
    """A page as CSV with a mark by which Excel knows its encoding, or as FlatGeobuf, and the address of the next."""
    features = [feature for _, feature in rows[: page.limit]]
    if page.file_format == "csv":
        text = io.StringIO(newline="")
        write_csv(text, page.layer, features, encoding="utf-8-sig")
        response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    else:
        response = Response(encode_flatgeobuf(page.layer, features), mimetype="application/flatgeobuf")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Disposition"] = attachment(page.layer.key, page.layer.title.ja, page.file_format)
    return response, _following(page, [fid for fid, _ in rows])


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
